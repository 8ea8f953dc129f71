"""Figures: one way of doing something beside another, measured in turn in the same run."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ROUNDS: Final = 7


class Unit(StrEnum):
    """What a figure counts."""

    TIMES = "times"
    STATEMENTS = "statements"
    SECONDS = "seconds"
    BYTES = "bytes"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should reach: at least the limit, or at most."""

    limit: float
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Whether a value reaches it."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A result: its value by the best of each way, the spread over the runs one by one, and what it should reach.

    `told` says what lies behind it, in words.
    """

    name: str
    value: float
    unit: Unit
    low: float
    middle: float
    high: float
    runs: int
    goal: Goal | None
    told: str

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; `None` without one."""
        return None if self.goal is None else self.goal.is_met(self.value)


def in_turn(
    ways: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS, times: int = 1
) -> dict[str, list[float]]:
    """Processor seconds for one call of each way, for each round; in a round every way has its turn.

    Each is called once before, so that nobody pays for what is only done at first. The collector stays on, for it is
    on in a server too.
    """
    for way in ways.values():
        way()
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            began = time.process_time()
            for _ in range(times):
                way()
            taken[name].append((time.process_time() - began) / times)
    return taken


def beside(name: str, first: Sequence[float], second: Sequence[float], goal: Goal | None = None) -> Figure:
    """How many times longer the first took than the second."""
    each = [one / other for one, other in zip(first, second, strict=True)]
    return Figure(
        name=name,
        value=min(first) / min(second),
        unit=Unit.TIMES,
        low=min(each),
        middle=statistics.median(each),
        high=max(each),
        runs=len(each),
        goal=goal,
        told=f"{min(first) * 1e3:.2f} ms beside {min(second) * 1e3:.2f} ms",
    )


def counted(name: str, unit: Unit, values: Sequence[float], goal: Goal | None, told: str = "") -> Figure:
    """A figure that stands for itself; the least of its values counts."""
    return Figure(
        name=name,
        value=min(values),
        unit=unit,
        low=min(values),
        middle=statistics.median(values),
        high=max(values),
        runs=len(values),
        goal=goal,
        told=told,
    )
