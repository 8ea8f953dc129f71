"""Who has a place at an event, and who waits for one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.domain.registration import Expecting, RegistrationState, Terms
from pdtracker.models.going import Going
from pdtracker.models.people import Person
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


def expecting(scope: Scope, event_ids: Collection[int]) -> Expecting:
    """How many expect these events to take place, of those who are still there. One statement."""

    def count(
        table: type[Registration] | type[Going], *which: sa.ColumnElement[bool]
    ) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.count())
            .select_from(table)
            .join(Person, Person.id == table.person_id)
            .where(table.event_id.in_(event_ids), Person.left_at.is_(None), *which)
            .scalar_subquery()
        )

    row = scope.session.execute(
        sa.select(
            count(Registration, Registration.state == RegistrationState.REGISTERED),
            count(Registration, Registration.state == RegistrationState.WAITING),
            count(Going),
        )
    ).one()
    return Expecting(*row)


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
