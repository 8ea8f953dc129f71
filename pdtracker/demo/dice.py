"""Choices that fall the same way for the same seed, on every version of Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A seeded source of choices.

    Only `random.Random.random` is used: the one method whose sequence Python promises to keep for a seed.
    """

    def __init__(self, seed: int, purpose: str) -> None:
        self._next: Callable[[], float] = random.Random(f"pdtracker {seed} {purpose}").random  # noqa: S311 - chance, not secrecy

    def below(self, limit: int) -> int:
        """A whole number from 0 to `limit - 1`."""
        return int(self._next() * limit)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely as the others."""
        return choices[self.below(len(choices))]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """The choices in a new order."""
        left = list(choices)
        return [left.pop(self.below(len(left))) for _ in choices]
