"""Limits of a day, week or year: contact minutes before conversion, units after rounding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.cycles import CycleRule
from pdtracker.domain.regimes.parcel import Parcel
from pdtracker.domain.regimes.quantities import Unit, in_parts, total
from pdtracker.domain.regimes.rules import Limit, Period


def cut_minutes(parcels: Sequence[Parcel], limit: Limit, cycle: CycleRule) -> None:
    """Leaves of the parcels, in order of the record, what the limit on contact minutes has room for."""
    room = _Room(limit, limit.minutes or 0, cycle)
    for parcel in parcels:
        if limit.selector.takes(parcel.activity) and parcel.minutes:
            left = room.take(parcel, parcel.minutes)
            if left < parcel.minutes:
                parcel.tell(words.over_minutes, parcel.minutes, left, limit)
                parcel.minutes = left


def cut_units(parcels: Sequence[Parcel], limit: Limit, cycle: CycleRule, unit: Unit) -> None:
    """Leaves of the parcels, in order of the record, the units that the limit has room for."""
    most = limit.units if limit.units is not None else Fraction(limit.minutes or 0, unit.minutes)
    meant = [one for one in parcels if one.units and limit.selector.takes(one.activity)]
    common, (most_parts, *parts) = in_parts([most, *(one.units for one in meant)])
    room = _Room(limit, most_parts, cycle)
    for parcel, part in zip(meant, parts, strict=True):
        taken = room.take(parcel, part)
        if taken < part:
            left = Fraction(taken, common)
            parcel.tell(words.over_units, parcel.units, left, limit, most, unit)
            parcel.lower(left)


class _Room:
    """What is left of a limit in each of its periods; of whole minutes for whole minutes, else exact."""

    def __init__(self, limit: Limit, most: Fraction | int, cycle: CycleRule) -> None:
        self._per = limit.per
        self._most = most
        self._cycle = cycle
        self._left: dict[object, Fraction | int] = {}

    def take(self, parcel: Parcel, wanted: Fraction | int) -> Fraction | int:
        """What a parcel gets of what it wants; one of several days wants the same on each of them."""
        on, days = parcel.activity.on, parcel.activity.days
        if days == 1:
            return self._fill(period_of(self._per, on, self._cycle), wanted)
        counts = Counter(period_of(self._per, on + timedelta(days=day), self._cycle) for day in range(days))
        return total(self._fill(period, Fraction(wanted * count, days)) for period, count in counts.items())

    def _fill(self, period: object, wanted: Fraction | int) -> Fraction | int:
        left = self._left.get(period, self._most)
        taken = min(left, wanted)
        self._left[period] = left - taken
        return taken


def period_of(per: Period, on: date, cycle: CycleRule) -> object:
    """Which day, week or year a day lies in."""
    match per:
        case Period.DAY:
            return on
        case Period.WEEK:
            return on - timedelta(days=on.weekday())
        case Period.YEAR:
            return cycle.year_of(on)
