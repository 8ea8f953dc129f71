"""Earning: gates, contact time, conversion, rounding, limits and the topic minimum; what stands before any cycle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.accrual import ACTIVITY, HOUR, convert
from pdtracker.domain.regimes.facts import Activity, Facts
from pdtracker.domain.regimes.gates import is_let_through
from pdtracker.domain.regimes.limits import cut_minutes, cut_units
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.quantities import Unit, total
from pdtracker.domain.regimes.rules import Accrual, AppliesTo, Gate, Version
from pdtracker.domain.regimes.versions import governing


def earn(parcels: Sequence[Parcel], versions: Sequence[Version], version: Version, facts: Facts) -> None:
    """Gives each parcel its units; where versions go by the activity's date, by that day's gates and accruals."""
    held = _held_by_activity(parcels, versions, version, facts)
    passed = []
    for parcel in parcels:
        if parcel.activity.ends_on > facts.as_of:
            parcel.tell(words.not_yet, parcel.activity.ends_on, facts.as_of)
        elif is_let_through(parcel, (rules := held[parcel.activity.id]).gates, rules.version.words):
            passed.append(parcel)
    limits = [one for one in version.restrictions.limits if one.holders.include(facts.person_facts)]
    for limit in limits:
        if limit.minutes is not None:
            cut_minutes(passed, limit, version.cycle)
    for parcel in passed:
        rules = held[parcel.activity.id]
        convert(parcel, rules.accruals_for(parcel.activity), rules.version.rounding, version.unit)
    for limit in limits:
        if limit.units is not None:
            cut_units(passed, limit, version.cycle, version.unit)
    need_topics(passed, version.restrictions.topic_minimum, version.unit)


def need_topics(parcels: Iterable[Parcel], least: Fraction, unit: Unit) -> None:
    """Takes everything from topics that don't reach the minimum; an activity without a topic stands alone."""
    if not least:
        return
    topics: dict[object, list[Parcel]] = {}
    for parcel in parcels:
        if parcel.units:
            topics.setdefault(parcel.activity.topic or parcel.order, []).append(parcel)
    for together in topics.values():
        reached = total(parcel.units for parcel in together)
        is_short = reached < least
        for parcel in together:
            parcel.tell(words.topic_total, parcel.activity.topic, reached, least, unit)
            if is_short:
                parcel.lower(NOTHING)


@dataclass(frozen=True, slots=True)
class _Held:
    """The rules about single activities that hold for a person; `timed` accruals ask for no native quantity."""

    version: Version
    gates: tuple[Gate, ...]
    accruals: tuple[Accrual, ...]
    timed: tuple[Accrual, ...]

    @classmethod
    def by(cls, version: Version, holds: frozenset[str]) -> _Held:
        accruals = tuple(one for one in version.accruals if one.holders.include(holds))
        return cls(
            version,
            tuple(one for one in version.restrictions.gates if one.holders.include(holds)),
            accruals,
            tuple(one for one in accruals if one.per in (HOUR, ACTIVITY)),
        )

    def accruals_for(self, activity: Activity) -> tuple[Accrual, ...]:
        """Those that can fit."""
        return self.accruals if activity.quantities else self.timed


def _held_by_activity(
    parcels: Sequence[Parcel], versions: Sequence[Version], version: Version, facts: Facts
) -> dict[str, _Held]:
    """The rules for each activity: the governing version's, or those of its own day."""
    if all(one.applies_to is not AppliesTo.ACTIVITY_DATE for one in versions):
        return dict.fromkeys(
            (parcel.activity.id for parcel in parcels), _Held.by(version, facts.person_facts)
        )
    held = {one.version: _Held.by(one, facts.person_facts) for one in versions}
    return {
        parcel.activity.id: held[governing(versions, facts, parcel.activity.ends_on).version]
        for parcel in parcels
    }
