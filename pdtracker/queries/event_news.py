"""To whom a letter about an event is due, of those who registered and of those who mean to come without."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from pdtracker.domain.registration import ASK_UNTIL, REMIND_BEFORE, RegistrationState
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim
from pdtracker.models.events import Event, EventState
from pdtracker.models.going import Going
from pdtracker.models.people import Account, AccountDistrict, Person
from pdtracker.models.registrations import Registration
from pdtracker.queries.event_filters import Condition
from pdtracker.queries.registrations import HOLDING
from pdtracker.scope import Scope

AnyTie = TypeVar("AnyTie", Registration, Going)
NEWS_FOR = timedelta(days=30)
"""What began longer ago is news for nobody."""


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody's tie to an event, about which something may have to be written to them.

    `is_over`: it ended not long ago, they came as far as anybody knows, and neither logged it nor were asked to.
    """

    tie: Registration | Going
    event: Event
    name: str
    email: str
    zone: str
    is_over: bool

    @property
    def is_coming(self) -> bool:
        """Whether they come; who waits for a place may not."""
        return isinstance(self.tie, Going) or self.tie.state is RegistrationState.REGISTERED

    @property
    def got_a_place(self) -> bool:
        """Whether they have a place and were told last that they wait for one."""
        return (
            isinstance(self.tie, Registration)
            and self.tie.state is RegistrationState.REGISTERED
            and self.tie.told_state is RegistrationState.WAITING
        )

    @property
    def wants_reminder(self) -> bool:
        """Whether they are to be reminded: who has a place always is."""
        return isinstance(self.tie, Registration) or self.tie.wants_reminder


def due_to_registered(scope: Scope, log_days: int | None, limit: int) -> tuple[Due, ...]:
    """Registrations about which something may have to be written, locked, the earliest event first. One statement.

    `log_days` after its end people are asked to log an event; `None` is never.

    Something is new of the event; who waited has a place; it is tomorrow; or it is over, is not logged yet, and was
    not long ago. Within a transaction that sees accounts, for the zones in which people read times.
    """
    is_registered = Registration.state == RegistrationState.REGISTERED
    got_a_place = sa.and_(is_registered, Registration.told_state == RegistrationState.WAITING)
    is_soon = sa.and_(is_registered, _is_soon(scope, Registration))
    is_over = sa.and_(is_registered, _is_over(scope, Registration, log_days))
    holds = Registration.state.in_(HOLDING)
    return _due(
        scope,
        Registration,
        (holds, sa.or_(_is_news(Registration), got_a_place, is_soon, is_over)),
        is_over,
        limit,
    )


def due_to_going(scope: Scope, log_days: int | None, limit: int) -> tuple[Due, ...]:
    """The same of those who mean to come without a registration; only who wants it is reminded. One statement."""
    is_soon = sa.and_(Going.wants_reminder, _is_soon(scope, Going))
    is_over = _is_over(scope, Going, log_days)
    return _due(scope, Going, (sa.or_(_is_news(Going), is_soon, is_over),), is_over, limit)


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


def asked_to_log(scope: Scope, event_id: int, person_ids: Collection[int]) -> frozenset[int]:
    """Who of them was asked already to log an event that they registered for or meant to come to. One statement."""
    asked = (
        sa.select(tie.person_id).where(
            tie.event_id == event_id, tie.person_id.in_(person_ids), tie.asked_to_log_at.is_not(None)
        )
        for tie in (Registration, Going)
    )
    return frozenset(scope.session.scalars(sa.union_all(*asked)))


def _is_news(tie: type[Registration | Going]) -> Condition:
    return Event.version > tie.told_version


def _is_soon(scope: Scope, tie: type[Registration | Going]) -> Condition:
    return sa.and_(
        Event.state == EventState.PUBLISHED,
        tie.reminded_at.is_(None),
        Event.starts_at > scope.at,
        Event.starts_at <= scope.at + REMIND_BEFORE,
    )


def _is_over(scope: Scope, tie: type[Registration | Going], log_days: int | None) -> Condition:
    if log_days is None:
        return sa.false()
    logged = sa.exists(
        sa.select(Claim.id).where(Claim.event_id == tie.event_id, Claim.person_id == tie.person_id)
    )
    in_a_bundle = sa.exists(
        sa.select(ClaimPart.id).where(
            ClaimPart.event_id == tie.event_id, ClaimPart.person_id == tie.person_id
        )
    )
    return sa.and_(
        Event.state == EventState.PUBLISHED,
        tie.asked_to_log_at.is_(None),
        Event.ends_at <= scope.at - timedelta(days=log_days),
        Event.ends_at > scope.at - ASK_UNTIL,
        ~logged,
        ~in_a_bundle,
    )


def _due(
    scope: Scope,
    tie: type[AnyTie],
    conditions: Sequence[Condition],
    is_over: Condition,
    limit: int,
) -> tuple[Due, ...]:
    rows = scope.session.execute(
        sa.select(tie, Event, Person.name, Person.email, Account.zone, is_over.label("is_over"))
        .select_from(tie)
        .join(Event, Event.id == tie.event_id)
        .join(Person, Person.id == tie.person_id)
        .outerjoin(AccountDistrict, AccountDistrict.person_id == Person.id)
        .outerjoin(Account, Account.id == AccountDistrict.account_id)
        .where(*conditions, Person.left_at.is_(None), Event.starts_at > scope.at - NEWS_FOR)
        .order_by(Event.starts_at, tie.id)
        .limit(limit)
        .with_for_update(of=tie, skip_locked=True)
    ).all()
    return tuple(
        Due(row[0], row.Event, row.name, row.email, row.zone or scope.district.zone, bool(row.is_over))
        for row in rows
    )
