"""The letters of a district as an administrator sees them: by where they stand, by whom they go to, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from pdtracker.domain.refusals import NotHere
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope

LETTERS_PER_PAGE: Final = 50


class Tab(StrEnum):
    """Where a letter stands, as one looks for it."""

    WAITING = "waiting"
    DELAYED = "delayed"
    FAILED = "failed"
    SENT = "sent"
    DIGEST = "digest"
    WITHHELD = "withheld"
    BOUNCED = "bounced"
    CALLED_BACK = "called-back"


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter of the list. `next_at` is when it is due, while it waits; `error` what the last try came to."""

    id: int
    subject: str
    to_name: str
    to_email: str
    tab: Tab
    attempts: int
    next_at: datetime
    error: str
    sent_at: datetime | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class OneLetter:
    """A letter with what stands in it."""

    row: LetterRow
    to_person_id: int
    body: str
    attachment_name: str | None


@dataclass(frozen=True, slots=True)
class Letters:
    """A page of letters, the newest first; `last` is the one after which the next page begins."""

    rows: tuple[LetterRow, ...]
    last: int | None


_IN_HAND: Final = OutboxMail.last_error == ""
_OF_TAB: Final[Mapping[Tab, tuple[sa.ColumnElement[bool], ...]]] = {
    Tab.WAITING: (OutboxMail.state == MailState.QUEUED, _IN_HAND),
    Tab.DELAYED: (OutboxMail.state == MailState.QUEUED, ~_IN_HAND),
    Tab.FAILED: (OutboxMail.state == MailState.FAILED,),
    Tab.SENT: (OutboxMail.state == MailState.SENT,),
    Tab.DIGEST: (OutboxMail.state.in_((MailState.GATHERED, MailState.DIGESTED)),),
    Tab.WITHHELD: (OutboxMail.state == MailState.WITHHELD,),
    Tab.BOUNCED: (OutboxMail.state == MailState.BOUNCED,),
    Tab.CALLED_BACK: (OutboxMail.state == MailState.CANCELLED,),
}
_TAB_OF: Final = {
    MailState.FAILED: Tab.FAILED,
    MailState.SENT: Tab.SENT,
    MailState.GATHERED: Tab.DIGEST,
    MailState.DIGESTED: Tab.DIGEST,
    MailState.WITHHELD: Tab.WITHHELD,
    MailState.BOUNCED: Tab.BOUNCED,
    MailState.CANCELLED: Tab.CALLED_BACK,
}
_COLUMNS: Final = (
    OutboxMail.id,
    OutboxMail.subject,
    OutboxMail.to_name,
    OutboxMail.to_email,
    OutboxMail.state,
    OutboxMail.attempts,
    OutboxMail.not_before,
    OutboxMail.last_error,
    OutboxMail.sent_at,
    OutboxMail.created_at,
)


def letters(
    scope: Scope, tab: Tab | None, *, person_id: int | None = None, after: int | None = None
) -> Letters:
    """A page of the letters that stand so (`None`: of every state), or of those to one person. One statement."""
    asked = sa.select(*_COLUMNS).order_by(OutboxMail.id.desc()).limit(LETTERS_PER_PAGE + 1)
    if tab is not None:
        asked = asked.where(*_OF_TAB[tab])
    if person_id is not None:
        asked = asked.where(OutboxMail.to_person_id == person_id)
    if after is not None:
        asked = asked.where(OutboxMail.id < after)
    found = tuple(_row(row) for row in scope.session.execute(asked))
    page = found[:LETTERS_PER_PAGE]
    return Letters(page, page[-1].id if len(found) > LETTERS_PER_PAGE else None)


def letter(scope: Scope, letter_id: int) -> OneLetter:
    """One letter. Raises NotHere for one that the district doesn't have. One statement."""
    row = scope.session.execute(
        sa.select(*_COLUMNS, OutboxMail.to_person_id, OutboxMail.body, OutboxMail.attachment_name).where(
            OutboxMail.id == letter_id
        )
    ).one_or_none()
    if row is None:
        raise NotHere
    return OneLetter(_row(row), row.to_person_id, row.body, row.attachment_name)


def standing_counts(scope: Scope) -> Mapping[Tab, int]:
    """How many wait, are put off and have failed; what is done with isn't counted, for it grows for ever.

    One statement.
    """
    row = scope.session.execute(
        sa.select(
            *(
                sa.select(sa.func.count()).select_from(OutboxMail).where(*_OF_TAB[tab]).scalar_subquery()
                for tab in (Tab.WAITING, Tab.DELAYED, Tab.FAILED)
            )
        )
    ).one()
    return dict(zip((Tab.WAITING, Tab.DELAYED, Tab.FAILED), row, strict=True))


def _row(row: sa.Row[*tuple[object, ...]]) -> LetterRow:
    tab = _TAB_OF.get(row.state) or (Tab.DELAYED if row.last_error else Tab.WAITING)
    return LetterRow(
        id=row.id,
        subject=row.subject,
        to_name=row.to_name,
        to_email=row.to_email,
        tab=tab,
        attempts=row.attempts,
        next_at=row.not_before,
        error=row.last_error,
        sent_at=row.sent_at,
        written_at=row.created_at,
    )
