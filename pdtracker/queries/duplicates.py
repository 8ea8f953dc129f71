"""Which events of the calendar a described one may be already."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.duplicates import NEAR, Compared, reasons
from pdtracker.domain.proposal import Proposal
from pdtracker.models.events import Event, EventState, Organization
from pdtracker.queries.event_filters import visible
from pdtracker.queries.events import EventRow
from pdtracker.scope import Scope

_MOST_COMPARED = 600
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class LikelyDuplicate:
    """An event that a described one may be, and what speaks for it in words."""

    event: EventRow
    why: tuple[str, ...]


def likely_duplicates(scope: Scope, told: Proposal, *, but: int | None = None) -> tuple[LikelyDuplicate, ...]:
    """The published and proposed events that this may be, the likeliest first; never `but` itself. One statement."""
    start = told.time.starts_at
    query = (
        sa.select(Event, Organization.name.label("host"))
        .join(Organization, Organization.id == Event.organization_id)
        .where(
            visible(scope),
            Event.starts_at.between(start - NEAR, start + NEAR),
            Event.state != EventState.CANCELLED,
            Event.id != (but or 0),
        )
        .order_by(Event.starts_at, Event.id)
        .limit(_MOST_COMPARED)
    )
    wanted = Compared(told.title, told.host, start, told.link, told.hashtag)
    found = [
        (event, host, why)
        for event, host in scope.session.execute(query)
        if (why := reasons(wanted, _compared(event, host)))
    ]
    found.sort(key=lambda one: (-len(one[2]), abs(one[0].starts_at - start), one[0].id))
    return tuple(LikelyDuplicate(_row(event, host), why) for event, host, why in found[:_MOST_SHOWN])


def _compared(event: Event, host: str) -> Compared:
    return Compared(event.title, host, event.starts_at, event.link or "", event.hashtag or "")


def _row(event: Event, host: str) -> EventRow:
    return EventRow(
        event.id,
        event.title,
        event.kind,
        host,
        event.hashtag,
        EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours),
        event.state,
        event.is_example,
        event.district_id is not None,
    )
