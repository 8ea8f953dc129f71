"""Programmes: the seasons of the calendar, and what one of them holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.refusals import NotHere
from pdtracker.models.events import Event, Programme
from pdtracker.queries.event_filters import EventFilter, conditions
from pdtracker.scope import Scope, Visitor


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme in a list of them."""

    id: int
    slug: str
    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """A programme with its goals."""

    id: int
    slug: str
    name: str
    goals: str
    starts_on: date
    ends_on: date


def programmes(who: Scope | Visitor) -> tuple[ProgrammeRow, ...]:
    """Every programme in reach, the latest first. One statement."""
    rows = who.session.execute(
        sa.select(
            Programme.id, Programme.slug, Programme.name, Programme.starts_on, Programme.ends_on
        ).order_by(Programme.starts_on.desc(), Programme.id.desc())
    )
    return tuple(ProgrammeRow(*row) for row in rows)


def programme(who: Scope | Visitor, slug: str) -> ProgrammeFacts:
    """The programme of this short name; refuses with `NotHere`. One statement."""
    row = who.session.execute(
        sa.select(
            Programme.id,
            Programme.slug,
            Programme.name,
            Programme.goals,
            Programme.starts_on,
            Programme.ends_on,
        ).where(Programme.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotHere
    return ProgrammeFacts(*row)


def begins(who: Scope | Visitor, programme_id: int) -> tuple[EventTime, ...]:
    """When each event of a programme is that this person sees, in order. One statement."""
    rows = who.session.execute(
        sa.select(Event.starts_at, Event.ends_at, Event.zone, Event.has_hours)
        .where(*conditions(who, EventFilter(programme_id=programme_id)))
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(EventTime(*row) for row in rows)
