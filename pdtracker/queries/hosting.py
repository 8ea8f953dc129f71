"""Who speaks for an event, in a district: its hosts, and who manages the calendar."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.access import Permission, Role
from pdtracker.models.events import EventHost
from pdtracker.models.people import Membership, Person
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody of the district to write to."""

    id: int
    name: str
    email: str


def speaks_for(scope: Scope, event_id: int) -> bool:
    """Whether the person hosts the event, or manages the district's calendar. One statement at most."""
    if scope.may(Permission.MANAGE_EVENTS):
        return True
    return (
        scope.session.scalar(
            sa.select(EventHost.id).where(EventHost.event_id == event_id, EventHost.person_id == scope.me.id)
        )
        is not None
    )


def recipient(scope: Scope, person_id: int) -> Recipient | None:
    """A person of the district to write to; nobody where they have left, or are who acts. One statement at most."""
    if person_id == scope.me.id:
        return None
    row = scope.session.execute(
        sa.select(Person.id, Person.name, Person.email).where(
            Person.id == person_id, Person.left_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else Recipient(*row)


def hosts_of(scope: Scope, event_id: int) -> tuple[Recipient, ...]:
    """The people of the district who host the event and are still there. One statement."""
    rows = scope.session.execute(
        sa.select(Person.id, Person.name, Person.email)
        .join(EventHost, EventHost.person_id == Person.id)
        .where(EventHost.event_id == event_id, Person.left_at.is_(None))
        .order_by(Person.id)
    )
    return tuple(Recipient(*row) for row in rows)


def administrators(scope: Scope) -> tuple[Recipient, ...]:
    """The district's administrators who are still there. One statement."""
    rows = scope.session.execute(
        sa.select(Person.id, Person.name, Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.role == Role.ADMINISTRATOR, Person.left_at.is_(None))
        .order_by(Person.id)
    )
    return tuple(Recipient(*row) for row in rows)
