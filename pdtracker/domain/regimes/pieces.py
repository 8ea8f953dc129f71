"""Pieces of a parcel: what rules see alike, because it lies in the same periods and categories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from pdtracker.domain.regimes.parcel import Parcel
from pdtracker.domain.regimes.quantities import total
from pdtracker.domain.regimes.rules import Bucket, Period
from pdtracker.domain.regimes.selection import Selector

Key: TypeAlias = tuple[Period, object]
"""A period: its kind, and which one."""


class Piece(NamedTuple):
    """So many units of a parcel, in these periods, of these categories; `None` where they can't be told apart."""

    parcel: Parcel
    periods: tuple[Key, ...]
    names: frozenset[str] | None
    units: Fraction

    def share_of(self, selector: Selector) -> Fraction | int:
        """How much of each of its units a selector means."""
        if not selector.takes(self.parcel.activity):
            return 0
        if not selector.categories:
            return 1
        if self.names is None:
            return self.parcel.eligible(selector) / self.parcel.units
        return int(not selector.categories.isdisjoint(self.names))


def by_category(
    parcel: Parcel, maximums: Sequence[Bucket]
) -> Iterator[tuple[frozenset[str] | None, Fraction]]:
    """The units of a parcel by category, where a maximum asks for one and they lie side by side; else all together."""
    names = frozenset(parcel.activity.categories)
    is_asked = any(not names.isdisjoint(one.selector.categories) for one in maximums)
    shares = parcel.shares if is_asked else {}
    rest = parcel.units - total(shares.values())
    if not shares or rest < 0:
        yield None, parcel.units
        return
    yield from ((frozenset({name}), share) for name, share in shares.items() if share)
    if rest:
        yield frozenset(), rest
