"""Programmes: the seasons of the calendar, their themes with who convenes them, and what one of them holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.refusals import NotHere
from pdtracker.models.events import Event, Organization, Programme, Theme, ThemeConvenor
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
    """A programme with its goals. `source` is where they are written down, `note` says what is not known."""

    id: int
    slug: str
    name: str
    goals: str
    starts_on: date
    ends_on: date
    source: str | None
    note: str


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """A theme with the organizations that convene it. No convenor, no source: nobody wrote it down."""

    id: int
    name: str
    source: str
    note: str
    convenors: tuple[str, ...]


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
            Programme.source,
            Programme.note,
        ).where(Programme.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotHere
    return ProgrammeFacts(*row)


@dataclass(frozen=True, slots=True)
class ThemeChoice:
    """A theme that an event can have, with its programme."""

    id: int
    name: str
    programme_id: int
    programme: str


def themes(who: Scope | Visitor, programme_id: int) -> tuple[ThemeFacts, ...]:
    """A programme's themes in their order, each with who convenes it. One statement."""
    rows = who.session.execute(
        sa.select(Theme.id, Theme.name, Theme.source, Theme.note, Organization.name.label("convenor"))
        .outerjoin(ThemeConvenor, ThemeConvenor.theme_id == Theme.id)
        .outerjoin(Organization, Organization.id == ThemeConvenor.organization_id)
        .where(Theme.programme_id == programme_id)
        .order_by(Theme.position, Theme.id)
    ).all()
    convenors: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.convenor is not None:
            convenors[row.id].append(row.convenor)
    found = {row.id: row for row in rows}
    return tuple(
        ThemeFacts(row.id, row.name, row.source, row.note, tuple(sorted(convenors[row.id], key=str.casefold)))
        for row in found.values()
    )


def themes_to_choose(who: Scope | Visitor) -> tuple[ThemeChoice, ...]:
    """Every theme of every programme, the latest programme first. One statement."""
    rows = who.session.execute(
        sa.select(Theme.id, Theme.name, Theme.programme_id, Programme.name.label("programme"))
        .join(Programme, Programme.id == Theme.programme_id)
        .order_by(Programme.starts_on.desc(), Programme.id, Theme.position, Theme.id)
    )
    return tuple(ThemeChoice(*row) for row in rows)


def begins(who: Scope | Visitor, programme_id: int) -> tuple[EventTime, ...]:
    """When each event of a programme is that this person sees, in order. One statement."""
    rows = who.session.execute(
        sa.select(Event.starts_at, Event.ends_at, Event.zone, Event.has_hours)
        .where(*conditions(who, EventFilter(programme_id=programme_id)))
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(EventTime(*row) for row in rows)
