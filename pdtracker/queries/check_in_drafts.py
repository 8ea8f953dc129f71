"""Whose check-ins are ready to become a draft, and what they have logged already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.attendance import SessionHours, Stay
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.check_ins import Mark
from pdtracker.domain.claim import HOLDING_STATES
from pdtracker.models.check_ins import CheckedIn, CheckIn, CheckInDesk
from pdtracker.models.claims import Claim
from pdtracker.models.events import Event, EventBreak, EventState, Organization
from pdtracker.models.ids import id_before
from pdtracker.models.people import Person
from pdtracker.queries.bundles import of_event
from pdtracker.queries.import_events import ImportEvent
from pdtracker.scope import Scope

_LOOKED_AT_SECONDS = 60 * 24 * 3600
"""Lines of the log that are older than two months are looked at when their session is logged, not before."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody at an event, with the last line of the log that speaks of them."""

    event_id: int
    person_id: int
    last_entry_id: int


def ready(scope: Scope, limit: int) -> tuple[Ready, ...]:
    """Who checked out, or checked in to what is over since, and was not looked at since; event by event. One statement.

    A correction is a further line, so whom it concerns is looked at again.
    """
    last = sa.func.max(CheckIn.id)
    rows = scope.session.execute(
        sa.select(CheckInDesk.event_id, CheckIn.person_id, last.label("last"))
        .join(CheckInDesk, CheckInDesk.id == CheckIn.desk_id)
        .join(Event, Event.id == CheckInDesk.event_id)
        .outerjoin(
            CheckedIn,
            sa.and_(
                CheckedIn.event_id == CheckInDesk.event_id,
                CheckedIn.person_id == CheckIn.person_id,
            ),
        )
        .where(
            CheckIn.id > sa.func.coalesce(CheckedIn.last_entry_id, id_before(_LOOKED_AT_SECONDS)),
            CheckIn.id > id_before(_LOOKED_AT_SECONDS),
            CheckIn.person_id.is_not(None),
            sa.or_(CheckIn.mark == Mark.OUT, Event.ends_at <= scope.at),
        )
        .group_by(CheckInDesk.event_id, CheckIn.person_id)
        .order_by(CheckInDesk.event_id, CheckIn.person_id)
        .limit(limit)
    )
    return tuple(Ready(row.event_id, row.person_id, row.last) for row in rows if row.person_id is not None)


def lock_people(scope: Scope, person_ids: Collection[int]) -> None:
    """Let nobody of these begin a claim beside this transaction: the lock is the one that they take themselves."""
    scope.session.execute(
        sa.select(Person.id)
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
        .with_for_update(key_share=True)
    )


def noted(scope: Scope, event_id: int, person_ids: Collection[int]) -> dict[int, CheckedIn]:
    """What became of their check-ins at the event so far. One statement; to change."""
    rows = scope.session.scalars(
        sa.select(CheckedIn).where(CheckedIn.event_id == event_id, CheckedIn.person_id.in_(person_ids))
    )
    return {row.person_id: row for row in rows}


def claims_to_change(scope: Scope, event_id: int, person_ids: Collection[int]) -> dict[int, Claim]:
    """Their claims for the whole event: what holds it, by itself or as a part, else the last one. One statement."""
    found: dict[int, Claim] = {}
    for claim in scope.session.scalars(
        sa.select(Claim)
        .where(of_event(event_id), Claim.session_id.is_(None), Claim.person_id.in_(person_ids))
        .order_by(Claim.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ):
        before = found.get(claim.person_id)
        if before is None or before.state not in HOLDING_STATES:
            found[claim.person_id] = claim
    return found


def of_sessions(scope: Scope, event_id: int, person_ids: Collection[int]) -> frozenset[int]:
    """Who of them claims sessions of the event, each by itself. One statement."""
    rows = scope.session.scalars(
        sa.select(Claim.person_id).where(
            Claim.event_id == event_id,
            Claim.session_id.is_not(None),
            Claim.person_id.in_(person_ids),
            Claim.state.in_(HOLDING_STATES),
        )
    )
    return frozenset(rows)


def attended_event(scope: Scope, event_id: int) -> ImportEvent | None:
    """What a draft copies from an event as a whole; nothing where it isn't in the calendar. Two statements."""
    row = scope.session.execute(
        sa.select(Event, Organization.name.label("host"))
        .join(Organization, Organization.id == Event.organization_id)
        .where(Event.id == event_id, Event.state == EventState.PUBLISHED, Event.ends_at.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    event: Event = row.Event
    time = EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours)
    # What goes on for days is claimed session by session.
    if event.ends_at is None or (time.has_hours and time.minutes is None):
        return None
    breaks = scope.session.execute(
        sa.select(EventBreak.starts_at, EventBreak.ends_at).where(EventBreak.event_id == event_id)
    )
    return ImportEvent(
        event_id=event_id,
        session_id=None,
        title=event.title,
        host=row.host,
        kind=event.kind,
        category=event.category,
        link=event.link,
        hashtag=event.hashtag,
        hours=SessionHours(
            event.starts_at,
            event.ends_at,
            event.zone,
            tuple(Stay(one.starts_at, one.ends_at) for one in breaks),
        ),
    )
