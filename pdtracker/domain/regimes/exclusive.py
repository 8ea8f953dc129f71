"""Exclusive buckets: minimums that the same credit may not fill twice.

No assignment has to be searched. Credit can be shared out so that every bucket gets its minimum exactly when each set
of buckets can draw on at least the sum of its minimums (Hall's condition, here with amounts). The set that can't is
itself the explanation: "literacy + subject together lack 2 CEUs".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from pdtracker.domain.regimes.facts import Activity
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.quantities import total
from pdtracker.domain.regimes.rules import Bucket


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Buckets that together lack so much."""

    buckets: tuple[Bucket, ...]
    amount: Fraction


def shortfalls(
    buckets: Sequence[Bucket], minimums: Sequence[Fraction], parcels: Sequence[Parcel]
) -> list[Shortfall]:
    """What the buckets lack, in the smallest sets that say it; their sum is the least credit that would mend all."""
    if not buckets:
        return []
    lack = _lacks(buckets, minimums, parcels)
    worst = max(lack.values())
    if worst <= 0:
        return []
    places = min((one for one in lack if lack[one] == worst), key=lambda one: (len(one), sorted(one)))
    return [
        Shortfall(tuple(buckets[place] for place in sorted(part)), lack[part])
        for part in _apart(places, lack)
    ]


def _lacks(
    buckets: Sequence[Bucket], minimums: Sequence[Fraction], parcels: Sequence[Parcel]
) -> dict[frozenset[int], Fraction]:
    """For every set of buckets, its minimums less the credit that could go to any of them."""
    pools = _pools(buckets, parcels)
    found = {}
    for size in range(1, len(buckets) + 1):
        for places in combinations(range(len(buckets)), size):
            asked = total(minimums[place] for place in places)
            held = total(pool.within_reach(buckets, places) for pool in pools)
            found[frozenset(places)] = asked - held
    return found


class _Pool:
    """Credit of activities that the buckets see alike, added up, so that sets of buckets needn't walk the record."""

    def __init__(self, reached: frozenset[int], parcels: Sequence[Parcel]) -> None:
        self._reached = reached
        self._units = total(parcel.units for parcel in parcels)
        names = parcels[0].activity.categories
        self._shares = {name: total(one.share(name) for one in parcels) for name in names}

    def within_reach(self, buckets: Sequence[Bucket], places: Iterable[int]) -> Fraction:
        """The units that could go to any of the buckets; a category's share is counted once."""
        categories: set[str] = set()
        for place in self._reached.intersection(places):
            if not buckets[place].selector.categories:
                return self._units
            categories |= buckets[place].selector.categories
        return min(total(self._shares.get(name, NOTHING) for name in categories), self._units)


def _pools(buckets: Sequence[Bucket], parcels: Sequence[Parcel]) -> list[_Pool]:
    alike: dict[tuple[frozenset[int], object], list[Parcel]] = {}
    reached: dict[object, frozenset[int]] = {}
    for parcel in parcels:
        if parcel.units:
            said = _words(parcel.activity)
            if said not in reached:
                reached[said] = frozenset(_places(buckets, parcel.activity))
            alike.setdefault((reached[said], _look(parcel)), []).append(parcel)
    return [_Pool(places, found) for (places, _), found in alike.items()]


def _words(activity: Activity) -> object:
    """All that a selector looks at; a record has few different ones."""
    return activity.kind, activity.level, tuple(activity.categories), tuple(activity.evidence)


def _places(buckets: Sequence[Bucket], activity: Activity) -> Iterator[int]:
    return (place for place, bucket in enumerate(buckets) if bucket.selector.takes(activity))


def _look(parcel: Parcel) -> object:
    """How the shares of an activity lie over each other; only those that lie alike can be added up.

    Side by side, or each over the whole: sums of such stay so. Anything else stands alone.
    """
    names = tuple(parcel.activity.categories)
    if len(names) < 2:
        return names
    shares = parcel.shares.values()
    if total(shares) <= parcel.units:
        return names, "side by side"
    return (names, "whole") if all(share == parcel.units for share in shares) else parcel.activity.id


def _apart(places: frozenset[int], lack: dict[frozenset[int], Fraction]) -> list[frozenset[int]]:
    """The set in parts that lack the same when each is told alone."""
    for size in range(1, len(places) // 2 + 1):
        for chosen in combinations(sorted(places), size):
            part = frozenset(chosen)
            rest = places - part
            if lack[part] > 0 and lack[rest] > 0 and lack[part] + lack[rest] == lack[places]:
                return [part, *_apart(rest, lack)]
    return [places]
