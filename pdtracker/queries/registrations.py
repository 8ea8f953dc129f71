"""Who has a place at an event, who waits for one, and whom a letter is due to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.registration import ASK_UNTIL, REMIND_BEFORE, RegistrationState, Terms
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim
from pdtracker.models.events import Event, EventState, Organization
from pdtracker.models.people import Account, AccountDistrict, Person
from pdtracker.models.registrations import Registration, RegistrationTerms
from pdtracker.scope import Scope

HOLDING = (RegistrationState.REGISTERED, RegistrationState.WAITING)


@dataclass(frozen=True, slots=True)
class Places:
    """How registration for an event stands, and where the acting person stands in it."""

    terms: Terms
    taken: int
    waiting: int
    mine: RegistrationState | None
    ahead: int

    @property
    def left(self) -> int | None:
        """How many places are free; `None` where there is one for everybody."""
        return None if self.terms.places is None else max(0, self.terms.places - self.taken)


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who registered, for the host's list."""

    name: str
    email: str
    state: RegistrationState
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ComingEvent:
    """An event for which the acting person registered."""

    id: int
    title: str
    host: str
    time: EventTime
    state: RegistrationState


@dataclass(frozen=True, slots=True)
class Due:
    """A registration with its event, to whom something may have to be written."""

    registration: Registration
    event: Event
    name: str
    email: str
    zone: str
    is_logged: bool


def places(scope: Scope, event_id: int) -> Places | None:
    """How registration stands; `None` for an event that doesn't ask for it. At most two statements."""
    terms = scope.session.execute(
        sa.select(RegistrationTerms.places, RegistrationTerms.closes_at).where(
            RegistrationTerms.event_id == event_id
        )
    ).one_or_none()
    if terms is None:
        return None
    rows = scope.session.execute(
        sa.select(Registration.person_id, Registration.state)
        .where(Registration.event_id == event_id, Registration.state.in_(HOLDING))
        .order_by(Registration.asked_at, Registration.id)
    ).all()
    line = [row.person_id for row in rows if row.state is RegistrationState.WAITING]
    mine = {row.person_id: row.state for row in rows}.get(scope.me.id)
    ahead = line.index(scope.me.id) if mine is RegistrationState.WAITING else 0
    return Places(Terms(terms.places, terms.closes_at), len(rows) - len(line), len(line), mine, ahead)


def attendees(scope: Scope, event_id: int) -> tuple[Attendee, ...]:
    """Who comes, by name, then who waits, in the order of the line. One statement.

    The caller has found that the acting person keeps the event.
    """
    rows = scope.session.execute(
        sa.select(Person.name, Person.email, Registration.state, Registration.asked_at)
        .join(Registration, Registration.person_id == Person.id)
        .where(Registration.event_id == event_id, Registration.state.in_(HOLDING))
        .order_by(Registration.asked_at, Registration.id)
    ).all()
    coming = [Attendee(*row) for row in rows if row.state is RegistrationState.REGISTERED]
    coming.sort(key=lambda one: one.name.casefold())
    return (*coming, *(Attendee(*row) for row in rows if row.state is RegistrationState.WAITING))


def my_registrations(scope: Scope) -> tuple[ComingEvent, ...]:
    """The events to come for which the acting person registered or waits, the next one first. One statement."""
    rows = scope.session.execute(
        sa.select(Event, Organization.name.label("host"), Registration.state)
        .join(Organization, Organization.id == Event.organization_id)
        .join(Registration, Registration.event_id == Event.id)
        .where(
            Registration.person_id == scope.me.id,
            Registration.state.in_(HOLDING),
            Event.state == EventState.PUBLISHED,
            sa.func.coalesce(Event.ends_at, Event.starts_at) > scope.at,
        )
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(
        ComingEvent(
            event.id,
            event.title,
            host,
            EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours),
            state,
        )
        for event, host, state in rows
    )


def due_letters(scope: Scope, limit: int) -> tuple[Due, ...]:
    """Registrations about which something may have to be written, locked, the earliest event first. One statement.

    Something is new of the event; who waited has a place; it is tomorrow; or it is over, is not logged yet, and was
    not long ago. Within a transaction that sees accounts, for the zones in which people read times.
    """
    at = scope.at
    is_new = sa.or_(
        Event.version > Registration.told_version,
        sa.and_(
            Registration.state == RegistrationState.REGISTERED,
            Registration.told_state == RegistrationState.WAITING,
        ),
    )
    stands = sa.and_(Event.state == EventState.PUBLISHED, Registration.state == RegistrationState.REGISTERED)
    is_soon = sa.and_(
        stands,
        Registration.reminded_at.is_(None),
        Event.starts_at > at,
        Event.starts_at <= at + REMIND_BEFORE,
    )
    logged = _logged()
    is_over = sa.and_(
        stands,
        Registration.asked_to_log_at.is_(None),
        Event.ends_at <= at,
        Event.ends_at > at - ASK_UNTIL,
        ~logged,
    )
    rows = scope.session.execute(
        sa.select(Registration, Event, Person.name, Person.email, Account.zone, logged.label("is_logged"))
        .join(Event, Event.id == Registration.event_id)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(AccountDistrict, AccountDistrict.person_id == Person.id)
        .outerjoin(Account, Account.id == AccountDistrict.account_id)
        .where(
            Registration.state.in_(HOLDING),
            Person.left_at.is_(None),
            # What began long ago is news for nobody.
            Event.starts_at > at - timedelta(days=30),
            sa.or_(is_new, is_soon, is_over),
        )
        .order_by(Event.starts_at, Registration.id)
        .limit(limit)
        .with_for_update(of=Registration, skip_locked=True)
    ).all()
    return tuple(
        Due(
            row.Registration,
            row.Event,
            row.name,
            row.email,
            row.zone or scope.district.zone,
            is_logged=row.is_logged,
        )
        for row in rows
    )


def asked_to_log(scope: Scope, event_id: int, person_ids: Collection[int]) -> frozenset[int]:
    """Who of them was asked already to log an event for which they registered. One statement."""
    rows = scope.session.scalars(
        sa.select(Registration.person_id).where(
            Registration.event_id == event_id,
            Registration.person_id.in_(person_ids),
            Registration.asked_to_log_at.is_not(None),
        )
    )
    return frozenset(rows)


def _logged() -> sa.ColumnElement[bool]:
    """Whether the person of a registration has a claim for its event, or has it in a bundle."""
    theirs = sa.exists(
        sa.select(Claim.id).where(
            Claim.event_id == Registration.event_id, Claim.person_id == Registration.person_id
        )
    )
    bundled = sa.exists(
        sa.select(ClaimPart.id).where(
            ClaimPart.event_id == Registration.event_id, ClaimPart.person_id == Registration.person_id
        )
    )
    return sa.or_(theirs, bundled)


def told_of(event: Event) -> dict[str, Any]:
    """What of an event is news for those who come, once it is another."""
    return {
        "starts": event.starts_at.isoformat(),
        "ends": event.ends_at.isoformat() if event.ends_at else None,
        "zone": event.zone,
        "has_hours": event.has_hours,
        "platform": event.platform,
        "link": event.link or "",
        "cancelled": event.state is EventState.CANCELLED,
    }


def has_news(event: Event, told: Mapping[str, Any]) -> bool:
    """Whether time, place or standing are others than the person was told."""
    return told_of(event) != dict(told)
