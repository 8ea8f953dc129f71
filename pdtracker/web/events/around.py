"""What stands around an event on its page: events that go with it, and a letter to a colleague."""

from __future__ import annotations

from typing import Any

from pdtracker.domain.access import Permission
from pdtracker.domain.when import day_text
from pdtracker.queries.one_event import EventFacts
from pdtracker.queries.related_events import RelatedEvent, related_events
from pdtracker.scope import Scope, Visitor

MOST_RELATED = 4


def around(who: Scope | Visitor, facts: EventFacts, zone: str) -> dict[str, Any]:
    """The values of the page's templates for it."""
    is_over = facts.time.is_over(who.at)
    return {
        "related": [(one, _when(one, zone)) for one in related_events(who, facts, MOST_RELATED)],
        "may_invite": isinstance(who, Scope)
        and who.may(Permission.SEE_EVENTS)
        and facts.state == "published"
        and not is_over,
    }


def _when(one: RelatedEvent, zone: str) -> str:
    if one.time.is_window:
        return one.time.days_words()
    return f"{day_text(one.time.day_in(zone))}, {one.time.clock_text(zone, is_live=one.kind.is_live)}"
