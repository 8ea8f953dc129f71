"""What an event may be already, in words: for whoever adds it, decides about it, or merges it."""

from __future__ import annotations

from collections.abc import Sequence

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.when import day_text
from pdtracker.queries.changing_events import editable
from pdtracker.queries.duplicates import LikelyDuplicate, likely_duplicates
from pdtracker.scope import Scope

Likely = tuple[LikelyDuplicate, str, str]
"""An event, when it is, and what speaks for it."""


def likely_to_be(who: Scope, event_id: int) -> list[Likely]:
    """Which events of the calendar one of the district's own may be. For those who may change it."""
    return in_words(who, likely_duplicates(who, editable(who, event_id).event, but=event_id))


def in_words(who: Scope, found: Sequence[LikelyDuplicate]) -> list[Likely]:
    """When each of them is, and what speaks for it."""
    return [(one, time_words(one.event.time, who.zone), _listed(one.why)) for one in found]


def time_words(time: EventTime, zone: str) -> str:
    """When an event is, in one line."""
    return time.days_words() if time.is_window else f"{day_text(time.day_in(zone))}, {time.hours_words(zone)}"


def _listed(why: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(why[:-1]), why[-1])))
