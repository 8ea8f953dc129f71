"""Accrual: from minutes and native quantities to the regime's units."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.facts import Activity
from pdtracker.domain.regimes.parcel import Parcel
from pdtracker.domain.regimes.quantities import Unit, total
from pdtracker.domain.regimes.rounding import REMEMBERED, in_steps
from pdtracker.domain.regimes.rules import Accrual, Rounding, Scope

HOUR: Final = "hour"
ACTIVITY: Final = "activity"
"""What an accrual can go by beside native quantities."""

_HOUR_MINUTES: Final = 60


def convert(parcel: Parcel, accruals: Sequence[Accrual], rounding: Rounding | None, unit: Unit) -> None:
    """Gives the parcel its units and each category its share, by the first accrual that fits."""
    accrual = _first_fitting(accruals, parcel.activity)
    if accrual is None:
        parcel.tell(words.nothing_fits, parcel.activity)
    elif accrual.per == HOUR and parcel.minutes < accrual.least_minutes:
        parcel.tell(words.too_short, parcel.minutes, accrual.least_minutes)
    else:
        parcel.units = raw = _raw(parcel, accrual)
        parcel.tell(words.converted, parcel.activity, parcel.minutes, accrual, raw, unit)
        if rounding is not None and rounding.scope is not Scope.TOTAL:
            _round(parcel, accrual, rounding, unit)
        if accrual.most_each is not None and parcel.units > accrual.most_each:
            parcel.tell(words.cut_each, parcel.units, accrual.most_each, unit)
            parcel.units = accrual.most_each
        if parcel.activity.categories:
            _share(parcel, unit)


def _first_fitting(accruals: Sequence[Accrual], activity: Activity) -> Accrual | None:
    for accrual in accruals:
        if _fits(accrual, activity):
            return accrual
    return None


def _fits(accrual: Accrual, activity: Activity) -> bool:
    if accrual.per == HOUR:
        return activity.minutes > 0 and accrual.selector.takes(activity)
    if accrual.per != ACTIVITY and not activity.quantities.get(accrual.per):
        return False
    # Who states a quantity needn't state the minutes; those that are stated have to be enough.
    is_short = 0 < activity.minutes < accrual.least_minutes
    return not is_short and accrual.selector.takes(activity)


def _raw(parcel: Parcel, accrual: Accrual) -> Fraction:
    if accrual.per == HOUR:
        return _of_minutes(parcel.minutes, accrual.rate)
    if accrual.per == ACTIVITY:
        return accrual.rate
    return parcel.activity.quantities[accrual.per] * accrual.rate


def _of_minutes(minutes: Fraction | int, per_hour: Fraction) -> Fraction:
    if isinstance(minutes, int):
        return _of_whole_minutes(minutes, *per_hour.as_integer_ratio())
    return minutes * per_hour / _HOUR_MINUTES


@lru_cache(maxsize=REMEMBERED)
def _of_whole_minutes(minutes: int, units: int, per: int) -> Fraction:
    return Fraction(minutes * units, _HOUR_MINUTES * per)


def _round(parcel: Parcel, accrual: Accrual, rounding: Rounding, unit: Unit) -> None:
    before, activity = parcel.units, parcel.activity
    # A limit on contact time takes from the whole; then the sittings no longer say what is left.
    by_sitting = (
        rounding.scope is Scope.SESSION and accrual.per == HOUR and parcel.minutes == activity.minutes
    )
    if by_sitting and activity.sessions:
        sittings = (_of_minutes(minutes, accrual.rate) for minutes in activity.sessions)
        after = total(in_steps(units, rounding.quantum, rounding.mode) for units in sittings)
    else:
        after = in_steps(before, rounding.quantum, rounding.mode)
    if after is not before and after != before:
        parcel.tell(words.rounded, before, after, rounding, unit)
        parcel.units = after


def _share(parcel: Parcel, unit: Unit) -> None:
    """The part of the units that each category has.

    Of an activity with minutes it is the category's part of them; of one that only states a quantity, the category's
    minutes are taken as clock hours, never for more than the whole.
    """
    activity, units = parcel.activity, parcel.units
    if activity.minutes:
        parcel.share_by_minutes()
    else:
        parcel.shares = {
            name: min(units, Fraction(minutes, unit.minutes)) for name, minutes in activity.categories.items()
        }
