"""Pieces of a parcel: what rules see alike, because it lies in the same periods and categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple, TypeAlias

from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.rules import Period
from pdtracker.domain.regimes.selection import Selector
from pdtracker.domain.regimes.simplex import Amount

Key: TypeAlias = tuple[Period, object]
"""A period: its kind, and which one."""

_Part: TypeAlias = tuple[frozenset[str] | None, tuple[int, int]]


class Piece(NamedTuple):
    """So many units of a parcel, in these periods, of these categories; `None` where they can't be told apart.

    `units` are a ratio of whole numbers in its lowest terms: a record has hundreds of pieces, and few are asked.
    """

    parcel: Parcel
    periods: tuple[Key, ...]
    names: frozenset[str] | None
    units: tuple[int, int]

    def share_of(self, selector: Selector) -> Fraction | int:
        """How much of each of its units a selector means."""
        if not selector.takes(self.parcel.activity):
            return 0
        if not selector.categories:
            return 1
        if self.names is None:
            return self.parcel.eligible(selector) / self.parcel.units
        return int(not selector.categories.isdisjoint(self.names))

    def serves(self, selector: Selector) -> bool:
        """Whether a selector means any of it."""
        if self.names is None:
            return self.parcel.serves(selector)
        return selector.takes(self.parcel.activity) and (
            not selector.categories or not selector.categories.isdisjoint(self.names)
        )


class Pieces:
    """The pieces of a record by their places, and their units as whole numbers of `common` parts of a unit.

    `of_parcels` says which places each parcel has.
    """

    def __init__(
        self, parcels: Iterable[tuple[Parcel, Sequence[Piece]]], mosts: Iterable[Fraction] = ()
    ) -> None:
        self.all: list[Piece] = []
        self.of_parcels: list[tuple[Parcel, range]] = []
        for parcel, pieces in parcels:
            self.of_parcels.append((parcel, range(len(self.all), len(self.all) + len(pieces))))
            self.all += pieces
        ratios = [piece.units for piece in self.all]
        self.common = lcm(*{under for _, under in ratios}, *{most.denominator for most in mosts})
        self.parts: Sequence[int] = [whole * (self.common // under) for whole, under in ratios]

    def of(self, units: Fraction) -> Amount:
        """So many units in those parts."""
        parts = units * self.common
        return parts.numerator if parts.denominator == 1 else parts

    def units(self, parts: Amount) -> Fraction:
        """So many parts in units."""
        return Fraction(parts, self.common) if parts else NOTHING

    def needed(self, needs: Mapping[int, Amount]) -> Amount:
        """How many parts a room would have to hold in which one unit of each place needs so much."""
        return sum(self.parts[place] * need for place, need in needs.items())


def by_category(parcel: Parcel, asked: frozenset[str]) -> list[_Part]:
    """The units of a parcel by category, where one of the asked ones is among them and they lie side by side.

    Else all together.
    """
    whole: list[_Part] = [(None, parcel.units.as_integer_ratio())]
    if not asked or asked.isdisjoint(parcel.activity.categories):
        return whole
    parts = parcel.side_by_side()
    if not parts:
        return whole
    return [(frozenset((name,)) if name else frozenset(), units) for name, units in parts.items() if units[0]]
