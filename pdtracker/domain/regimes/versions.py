"""Which version of a regime governs: by the activity's date, the cycle's first day or its last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pdtracker.domain.regimes.facts import Facts
from pdtracker.domain.regimes.rules import AppliesTo, Version


def governing(versions: Sequence[Version], facts: Facts, on: date | None = None) -> Version:
    """The version that governs a cycle, or an activity on a day of it: of those that apply, the one that began last.

    Before the first one's day the first one stands in; an evaluation says so.
    """
    applying = [
        one for one in versions if one.effective is None or one.effective <= _deciding(one, facts, on)
    ]
    if not applying:
        return min(versions, key=_began)
    return max(applying, key=_began)


def stands_in(version: Version, facts: Facts) -> bool:
    """Whether it governs only because there is none for so early a day."""
    return version.effective is not None and version.effective > _deciding(version, facts, None)


def _began(version: Version) -> date:
    return version.effective or date.min


def _deciding(version: Version, facts: Facts, on: date | None) -> date:
    """The date that decides whether a version applies."""
    match version.applies_to:
        case AppliesTo.CYCLE_START:
            return facts.cycle.start
        case AppliesTo.RENEWAL_DATE:
            return facts.cycle.end
        case AppliesTo.ACTIVITY_DATE:
            return min(facts.as_of, facts.cycle.end) if on is None else on
