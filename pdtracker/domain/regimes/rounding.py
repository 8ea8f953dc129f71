"""Rounding to whole steps: 50 minutes in quarter hours are 0.75 down, 0.75 nearest, 1 up."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Final, assert_never

from pdtracker.domain.regimes.rules import Mode

REMEMBERED: Final = 8192
"""So many results are kept; they are pure arithmetic, so they never go stale."""


def in_steps(units: Fraction, quantum: Fraction, mode: Mode) -> Fraction:
    """The nearest whole number of steps below, around or above; halfway between two goes up.

    What is a whole number of steps comes back itself, so that nobody has to compare it.
    """
    steps = _in_steps(*units.as_integer_ratio(), *quantum.as_integer_ratio(), mode)
    return units if steps is None else steps


@lru_cache(maxsize=REMEMBERED)
def _in_steps(units: int, per: int, quantum: int, quantum_per: int, mode: Mode) -> Fraction | None:
    """The same as whole numbers, which are quick to look up: records repeat the same minutes all the time.

    `None` where nothing changes.
    """
    over, under = units * quantum_per, per * quantum
    if over % under == 0:
        return None
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
