"""Notices: what a person's letters say, to be read in the house, whether or not a letter left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.domain.mailing import LetterKind
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope

NOTICES_PER_PAGE: Final = 50
COUNTED: Final = 100
"""Nobody reads a higher figure beside a bell."""

NOTICED: Final = tuple(kind for kind in LetterKind if kind.is_noticed)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice; `address` is where the thing is found, or empty."""

    id: int
    subject: str
    kind: LetterKind
    address: str
    at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class Notices:
    """A page of notices, the newest first; `last` is the one after which the next page begins."""

    rows: tuple[NoticeRow, ...]
    last: int | None


def notices(scope: Scope, *, after: int | None) -> Notices:
    """A page of one's own notices. One statement."""
    asked = (
        sa.select(
            OutboxMail.id,
            OutboxMail.subject,
            OutboxMail.kind,
            OutboxMail.address,
            OutboxMail.created_at,
            OutboxMail.read_at,
        )
        .where(*are_noticed(scope.me.id))
        .order_by(OutboxMail.id.desc())
        .limit(NOTICES_PER_PAGE + 1)
    )
    if after is not None:
        asked = asked.where(OutboxMail.id < after)
    found = tuple(
        NoticeRow(row.id, row.subject, row.kind, row.address, row.created_at, row.read_at is not None)
        for row in scope.session.execute(asked)
    )
    page = found[:NOTICES_PER_PAGE]
    return Notices(page, page[-1].id if len(found) > NOTICES_PER_PAGE else None)


def are_noticed(person_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Which letters are notices of a person: those of a decision that can still be undone wait as the letter does."""
    return (
        OutboxMail.to_person_id == person_id,
        OutboxMail.kind.in_(NOTICED),
        OutboxMail.state != MailState.CANCELLED,
        # A letter that was tried has its time behind it, however the mail server does.
        sa.or_(OutboxMail.state != MailState.QUEUED, OutboxMail.attempts > 0),
    )


def unread_count(person_id: Any) -> sa.ScalarSelect[int]:
    """How many notices of a person are unread, `COUNTED` at most, as a part of another statement."""
    unread = (
        sa.select(OutboxMail.id)
        .where(OutboxMail.read_at.is_(None), *are_noticed(person_id))
        .limit(COUNTED)
        .subquery()
    )
    return sa.select(sa.func.count()).select_from(unread).scalar_subquery()
