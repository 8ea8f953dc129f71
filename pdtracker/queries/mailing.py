"""How people have their letters: their choices, their quiet hours, what is gathered for their digests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.domain.digest_letters import GatheredLetter
from pdtracker.domain.mailing import LetterKind, Pace, QuietHours
from pdtracker.models.mailing import MailChoice, QuietHoursRow
from pdtracker.models.people import Account, AccountDistrict, Person
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Quiet:
    """Somebody's quiet hours, and the zone by whose clock they are meant."""

    person_id: int
    hours: QuietHours
    zone: str


@dataclass(frozen=True, slots=True)
class DigestReader:
    """Who has letters waiting for a digest, of one pace, and since when."""

    person_id: int
    name: str
    email: str
    zone: str
    pace: Pace
    since: datetime


def mail_choices(scope: Scope, person_id: int) -> Mapping[LetterKind, Pace]:
    """How a person has each kind that they chose for. One statement."""
    rows = scope.session.execute(
        sa.select(MailChoice.kind, MailChoice.pace).where(MailChoice.person_id == person_id)
    )
    return {row.kind: row.pace for row in rows}


def quiet_hours(scope: Scope, person_id: int) -> QuietHours | None:
    """A person's quiet hours. One statement."""
    row = scope.session.execute(
        sa.select(QuietHoursRow.from_minute, QuietHoursRow.until_minute).where(
            QuietHoursRow.person_id == person_id
        )
    ).one_or_none()
    return QuietHours(*row) if row is not None else None


def all_quiet_hours(scope: Scope) -> tuple[Quiet, ...]:
    """Everybody's quiet hours. Within a transaction that sees accounts, for their zones. One statement."""
    rows = scope.session.execute(
        sa.select(
            QuietHoursRow.person_id, QuietHoursRow.from_minute, QuietHoursRow.until_minute, Account.zone
        )
        .outerjoin(AccountDistrict, AccountDistrict.person_id == QuietHoursRow.person_id)
        .outerjoin(Account, Account.id == AccountDistrict.account_id)
    )
    return tuple(
        Quiet(row.person_id, QuietHours(row.from_minute, row.until_minute), row.zone or scope.district.zone)
        for row in rows
    )


def digest_readers(scope: Scope) -> tuple[DigestReader, ...]:
    """Whose digest has something in it, by pace. Within a transaction that sees accounts. One statement."""
    since = sa.func.min(OutboxMail.not_before, type_=OutboxMail.not_before.type)
    rows = scope.session.execute(
        sa.select(Person.id, Person.name, Person.email, Account.zone, MailChoice.pace, since.label("since"))
        .select_from(OutboxMail)
        .join(
            MailChoice,
            sa.and_(MailChoice.person_id == OutboxMail.to_person_id, MailChoice.kind == OutboxMail.kind),
        )
        .join(Person, Person.id == OutboxMail.to_person_id)
        .outerjoin(AccountDistrict, AccountDistrict.person_id == Person.id)
        .outerjoin(Account, Account.id == AccountDistrict.account_id)
        .where(OutboxMail.state == MailState.GATHERED, Person.left_at.is_(None))
        .group_by(Person.id, Person.name, Person.email, Account.zone, MailChoice.pace)
        .order_by(Person.id, MailChoice.pace)
    )
    return tuple(
        DigestReader(row.id, row.name, row.email, row.zone or scope.district.zone, row.pace, row.since)
        for row in rows
    )


def gathered(scope: Scope, person_id: int, pace: Pace) -> Sequence[tuple[int, GatheredLetter]]:
    """What is gathered for a digest, the oldest first, with the letters' ids; locked. One statement."""
    kinds = sa.select(MailChoice.kind).where(MailChoice.person_id == person_id, MailChoice.pace == pace)
    rows = scope.session.execute(
        sa.select(OutboxMail.id, OutboxMail.subject, OutboxMail.address, OutboxMail.kind)
        .where(
            OutboxMail.to_person_id == person_id,
            OutboxMail.state == MailState.GATHERED,
            OutboxMail.kind.in_(kinds),
        )
        .order_by(OutboxMail.id)
        .with_for_update(skip_locked=True)
    )
    return tuple((row.id, GatheredLetter(row.subject, row.address, row.kind)) for row in rows)
