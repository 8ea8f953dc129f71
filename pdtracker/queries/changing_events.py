"""An event as those who keep it see it: who may change it, what its form begins with, and what was changed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.event_facts import ForWhom, in_order
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.refusals import NotHere, NotPermitted
from pdtracker.models.events import (
    Event,
    EventCoHost,
    EventGrade,
    EventProposal,
    EventState,
    EventTheme,
    Organization,
    Theme,
)
from pdtracker.models.records import AuditEntry
from pdtracker.queries.agendas import agenda_of
from pdtracker.queries.details import split_of_event
from pdtracker.queries.event_filters import visible
from pdtracker.queries.hosting import speaks_for
from pdtracker.scope import Scope

_KEEPERS = NotPermitted("not_its_host", "Only those who host this event and administrators can change it.")


@dataclass(frozen=True, slots=True)
class EditableEvent:
    """An event with what its form begins with. `version` is what its editor has seen.

    `comment` is what a moderator asks for, while the proposal is returned.
    """

    id: int
    version: int
    state: EventState
    event: Proposal
    is_returned: bool
    comment: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Something that happened to an event: who, when, what, and what else the trail keeps of it."""

    at: datetime
    by_name: str
    what: str
    facts: Mapping[str, Any]


def to_change(scope: Scope, event_id: int) -> Event:
    """An event of the district's own, as an entity, locked until the transaction ends.

    Refuses with NotHere what isn't seen, is merged or of the shared calendar, else with NotPermitted.
    """
    found = scope.session.scalar(
        sa.select(Event)
        .where(Event.id == event_id, visible(scope))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or found.district_id is None or found.merged_into_id is not None:
        raise NotHere
    if not speaks_for(scope, event_id):
        raise _KEEPERS
    return found


def editable(scope: Scope, event_id: int) -> EditableEvent:
    """The event as its form begins. Refuses as `to_change` does. At most six statements."""
    row = scope.session.execute(
        sa.select(Event, Organization.name.label("host"), EventProposal.returned_at, EventProposal.comment)
        .join(Organization, Organization.id == Event.organization_id)
        .outerjoin(EventProposal, EventProposal.event_id == Event.id)
        .where(
            Event.id == event_id,
            Event.district_id.is_not(None),
            Event.merged_into_id.is_(None),
            visible(scope),
        )
    ).one_or_none()
    if row is None:
        raise NotHere
    if not speaks_for(scope, event_id):
        raise _KEEPERS
    found: Event = row.Event
    return EditableEvent(
        found.id,
        found.version,
        found.state,
        as_proposal(scope, found, row.host),
        row.returned_at is not None,
        row.comment or "",
    )


def as_proposal(scope: Scope, event: Event, host: str) -> Proposal:
    """What an event says, as its proposer would have said it. Four statements."""
    named = _named(scope, event.id)
    grades = scope.session.scalars(sa.select(EventGrade.grade).where(EventGrade.event_id == event.id))
    return Proposal(
        title=event.title,
        summary=event.summary,
        kind=event.kind,
        category=event.category,
        host=host,
        time=EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours),
        platform=event.platform,
        link=event.link or "",
        hashtag=event.hashtag or "",
        programme_id=event.programme_id,
        split=split_of_event(scope, event.id),
        for_whom=ForWhom(in_order(grades), event.audience, event.cost, event.language),
        archive_link=event.archive_link or "",
        agenda=agenda_of(scope, event.id),
        co_hosts=tuple(row.name for row in named if row.what == "co_host"),
        theme_ids=tuple(row.id for row in named if row.what == "theme"),
    )


def _named(scope: Scope, event_id: int) -> Sequence[Any]:
    """The co-hosts of an event by name, and its themes in their order."""
    co_hosts = (
        sa.select(
            sa.literal("co_host").label("what"),
            Organization.id,
            Organization.name,
            sa.literal(0).label("place"),
        )
        .join(EventCoHost, EventCoHost.organization_id == Organization.id)
        .where(EventCoHost.event_id == event_id)
    )
    themes = (
        sa.select(sa.literal("theme").label("what"), Theme.id, Theme.name, Theme.position.label("place"))
        .join(EventTheme, EventTheme.theme_id == Theme.id)
        .where(EventTheme.event_id == event_id)
    )
    rows = scope.session.execute(sa.union_all(co_hosts, themes)).all()
    return sorted(rows, key=lambda row: (row.place, row.name.casefold()))


def proposal_of(scope: Scope, event_id: int) -> EventProposal | None:
    """Who proposed an event and what became of it, as an entity, locked until the transaction ends."""
    return scope.session.scalar(
        sa.select(EventProposal)
        .where(EventProposal.event_id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def history(scope: Scope, event_id: int) -> tuple[HistoryRow, ...]:
    """What happened to an event, the latest first, from the audit trail. One statement.

    The caller has found that the acting person keeps the event.
    """
    rows = scope.session.execute(
        sa.select(AuditEntry.at, AuditEntry.by_name, AuditEntry.action, AuditEntry.facts)
        .where(AuditEntry.subject == "event", AuditEntry.subject_id == event_id)
        .order_by(AuditEntry.seq.desc())
    )
    return tuple(HistoryRow(row.at, row.by_name, row.action, row.facts) for row in rows)
