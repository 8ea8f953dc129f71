"""The fullest way to fill what has limits in common: a linear programme, solved exactly.

Bounded variables, whole numbers or fractions, never floats. The first that gains enters and the first that binds
leaves (Bland's rule, 1977), so it ends, and the same question has the same answer each time: amounts that come first
are filled first, and give way only where the whole gains by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

Amount: TypeAlias = Fraction | int
Worth: TypeAlias = tuple[Amount, Amount]
"""What one unit is worth: first by the one measure, and between equals by the other."""

_NONE: Worth = (0, 0)


def fullest(
    bounds: Sequence[Amount], rows: Sequence[tuple[Mapping[int, Amount], Amount]], worths: Sequence[Worth]
) -> list[Amount]:
    """The amounts, each from nothing to its bound, that are worth most while each row has room for them.

    A row says how much of it one unit of each amount takes, by its place, and how much it has.
    """
    programme = _Programme(bounds, rows, worths)
    while programme.gains():
        pass
    return programme.values[: len(bounds)]


class _Programme:
    """The amounts and what is left of each row, some of them told by the others (`told`)."""

    def __init__(
        self,
        bounds: Sequence[Amount],
        rows: Sequence[tuple[Mapping[int, Amount], Amount]],
        worths: Sequence[Worth],
    ) -> None:
        count = len(bounds)
        self.values: list[Amount] = [*([0] * count), *(most for _, most in rows)]
        self._bounds: list[Amount | None] = [*bounds, *[None] * len(rows)]
        self._full: set[int] = set()
        self._told: dict[int, dict[int, Amount]] = {
            count + place: {one: -taken for one, taken in row.items()} for place, (row, _) in enumerate(rows)
        }
        self._worth: dict[int, Worth] = {place: worth for place, worth in enumerate(worths) if worth != _NONE}

    def gains(self) -> bool:
        """Moves the first amount that gains by it, as far as it goes; whether there was one."""
        entering = min(
            (
                one
                for one, worth in self._worth.items()
                if (worth < _NONE if one in self._full else worth > _NONE)
            ),
            default=None,
        )
        if entering is None:
            return False
        way = -1 if entering in self._full else 1
        step, leaving = self._reach(entering, way)
        for one, row in self._told.items():
            if entering in row:
                self.values[one] += row[entering] * way * step
        self.values[entering] += way * step
        if leaving == entering:
            self._full ^= {entering}
        else:
            falls = self._told[leaving][entering] * way < 0
            self._full.discard(entering)
            self._swap(entering, leaving)
            if not falls:
                self._full.add(leaving)
        return True

    def _reach(self, entering: int, way: int) -> tuple[Amount, int]:
        """How far an amount can move, and what stops it: its own bound, or what is told by it."""
        stops: list[tuple[Amount, int]] = []
        own = self._bounds[entering]
        if own is not None:
            stops.append((own, entering))
        for one, row in self._told.items():
            change = row.get(entering, 0) * way
            bound = self._bounds[one]
            if change < 0:
                stops.append((_quotient(self.values[one], -change), one))
            elif change > 0 and bound is not None:
                stops.append((_quotient(bound - self.values[one], change), one))
        return min(stops)

    def _swap(self, entering: int, leaving: int) -> None:
        """From now on the leaving one tells, and the entering one is told."""
        row = self._told.pop(leaving)
        by = row.pop(entering)
        mine = {one: -_quotient(taken, by) for one, taken in row.items()}
        mine[leaving] = _quotient(1, by)
        for other in self._told.values():
            if (times := other.pop(entering, 0)) != 0:
                for one, taken in mine.items():
                    _put(other, one, other.get(one, 0) + times * taken)
        self._told[entering] = mine
        first, then = self._worth.pop(entering)
        for one, taken in mine.items():
            held = self._worth.get(one, _NONE)
            worth = (held[0] + first * taken, held[1] + then * taken)
            if worth == _NONE:
                self._worth.pop(one, None)
            else:
                self._worth[one] = worth


def _put(row: dict[int, Amount], one: int, taken: Amount) -> None:
    if taken:
        row[one] = taken
    else:
        row.pop(one, None)


def _quotient(amount: Amount, by: Amount) -> Amount:
    """Most coefficients are one or minus one; whole numbers then stay whole, which is quick."""
    if by in (1, -1):
        return amount * by
    return Fraction(amount) / by
