"""Addresses that letters came back from, and how many letters to them are withheld."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.models.mailing import BouncedAddress
from pdtracker.models.people import Person
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class BounceRow:
    """An address that takes no letters, whose it is, why, and since when; `by_name` is empty for the mail server."""

    id: int
    email: str
    why: str
    at: datetime
    by_name: str
    person_id: int | None
    person_name: str
    withheld: int


def standing_bounces(scope: Scope, email_key: str | None = None) -> tuple[BounceRow, ...]:
    """The addresses that take no letters now, the latest first, or this one alone. One statement."""
    withheld = (
        sa.select(sa.func.count())
        .select_from(OutboxMail)
        .where(
            OutboxMail.state.in_((MailState.WITHHELD, MailState.BOUNCED)),
            sa.func.lower(OutboxMail.to_email) == BouncedAddress.email_key,
        )
        .correlate(BouncedAddress)
        .scalar_subquery()
    )
    asked = (
        sa.select(
            BouncedAddress.id,
            BouncedAddress.email_key,
            BouncedAddress.why,
            BouncedAddress.at,
            BouncedAddress.by_name,
            Person.id.label("person_id"),
            sa.func.coalesce(Person.name, "").label("person_name"),
            withheld.label("withheld"),
        )
        .outerjoin(Person, Person.email_key == BouncedAddress.email_key)
        .where(BouncedAddress.lifted_at.is_(None))
        .order_by(BouncedAddress.at.desc(), BouncedAddress.id.desc())
    )
    if email_key is not None:
        asked = asked.where(BouncedAddress.email_key == email_key)
    return tuple(BounceRow(*row) for row in scope.session.execute(asked))


def bounce_of(scope: Scope, email: str) -> BounceRow | None:
    """What is known of an address that takes no letters; `None` for one that does. One statement."""
    found = standing_bounces(scope, email.strip().casefold())
    return found[0] if found else None
