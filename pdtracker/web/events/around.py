"""What stands around an event on its page: its archive, its discussion, and events that go with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pdtracker.domain.access import Permission
from pdtracker.domain.archive import ArchiveState
from pdtracker.domain.when import date_text, day_text, local, moment_text
from pdtracker.queries.archives import archive
from pdtracker.queries.discussions import discussion_sums
from pdtracker.queries.hosting import speaks_for
from pdtracker.queries.one_event import EventFacts
from pdtracker.queries.related_events import RelatedEvent, related_events
from pdtracker.scope import Scope, Visitor

MOST_RELATED = 4


def around(who: Scope | Visitor, facts: EventFacts, zone: str) -> dict[str, Any]:
    """The values of the page's templates for it. Four statements at most."""
    is_over = facts.time.is_over(who.at)
    is_published = facts.state == "published"
    told: dict[str, Any] = {
        "related": [(one, _when(one, zone)) for one in related_events(who, facts, MOST_RELATED)],
        "may_invite": who.may(Permission.SEE_EVENTS) and is_published and not is_over,
        "may_archive": who.may(Permission.PROPOSE_EVENT) and is_published and is_over,
        "archived": [],
        "archive_waits": 0,
        "said": None,
        "last_said": "",
    }
    if isinstance(who, Scope) and is_published:
        if told["may_archive"]:
            told |= _archive(who, facts.id)
        told["said"] = sums = discussion_sums(who, facts.id)
        told["last_said"] = moment_text(sums.last_at, who.at, who.zone) if sums.last_at else ""
    return told


def _archive(who: Scope, event_id: int) -> dict[str, Any]:
    found = archive(who, event_id)
    waits = sum(one.state is ArchiveState.PROPOSED for one in found)
    return {
        "archived": [
            (one, date_text(local(one.at, who.zone).date()), urlsplit(one.link).hostname or "")
            for one in found
            if one.state is ArchiveState.LISTED
        ],
        "archive_waits": waits if waits and speaks_for(who, event_id) else 0,
    }


def _when(one: RelatedEvent, zone: str) -> str:
    if one.time.is_window:
        return one.time.days_words()
    return f"{day_text(one.time.day_in(zone))}, {one.time.clock_text(zone, is_live=one.kind.is_live)}"
