"""Rounding to whole steps: 50 minutes in quarter hours are 0.75 down, 0.75 nearest, 1 up."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Final, assert_never

from pdtracker.domain.regimes.rules import Mode

REMEMBERED: Final = 8192
"""So many results are kept; they are pure arithmetic, so they never go stale."""


def in_steps(units: Fraction, quantum: Fraction, mode: Mode) -> Fraction:
    """The nearest whole number of steps below, around or above; halfway between two goes up."""
    return _in_steps(units.numerator, units.denominator, quantum.numerator, quantum.denominator, mode)


@lru_cache(maxsize=REMEMBERED)
def _in_steps(units: int, per: int, quantum: int, quantum_per: int, mode: Mode) -> Fraction:
    """The same as whole numbers, which are quick to look up: records repeat the same minutes all the time."""
    over, under = units * quantum_per, per * quantum
    match mode:
        case Mode.DOWN:
            steps = over // under
        case Mode.NEAREST:
            steps = (2 * over + under) // (2 * under)
        case Mode.UP:
            steps = -(-over // under)
        case _:
            assert_never(mode)
    return Fraction(steps * quantum, quantum_per)
