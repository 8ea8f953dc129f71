"""Letters leaving the house: taken under a lease, then told as sent, as to be tried again, or as failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from pdtracker.actions.joining_letters import call_back, draw_links
from pdtracker.actions.sorting import sort_due
from pdtracker.domain.access import Permission
from pdtracker.domain.joining import LINK_PLACE
from pdtracker.domain.mailing import LetterKind
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope, action

LEASE = timedelta(minutes=5)
"""How long a worker may take over a letter; after that another one tries it."""

MOST_ATTEMPTS = 12
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter to deliver."""

    id: int
    to_email: str
    to_name: str
    subject: str
    body: str
    attempts: int
    to_person_id: int
    kind: LetterKind
    attachment_name: str | None = None
    attachment: str | None = None
    link_secret: str | None = None
    """The secret of the link that belongs where the body has its place; drawn now, and kept nowhere."""


@action(Permission.SEE_MAIL, installation=True)
def take_due_mail(scope: Scope, limit: int = 50) -> tuple[Mail, ...]:
    """Take letters that are due, the oldest first; nobody else gets them before the lease ends.

    What its reader has in a digest, not at night or not at all is sorted out first.

    A worker that dies with a letter in its hands leaves it to the next: delivered at least once.
    """
    sort_due(scope)
    due = scope.session.scalars(
        sa.select(OutboxMail.id)
        .where(OutboxMail.state == MailState.QUEUED, OutboxMail.not_before <= scope.at)
        .order_by(OutboxMail.not_before, OutboxMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return ()
    rows = scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.id.in_(due))
        .values(attempts=OutboxMail.attempts + 1, not_before=scope.at + LEASE)
        .returning(
            OutboxMail.id,
            OutboxMail.to_email,
            OutboxMail.to_name,
            OutboxMail.subject,
            OutboxMail.body,
            OutboxMail.attempts,
            OutboxMail.to_person_id,
            OutboxMail.kind,
            OutboxMail.attachment_name,
            OutboxMail.attachment,
        )
        .execution_options(synchronize_session=False)
    ).all()
    taken = _with_links(scope, sorted((Mail(**row._mapping) for row in rows), key=lambda mail: mail.id))
    for mail in taken:
        scope.record("mail.taken", "outbox_mail", mail.id, attempt=mail.attempts)
    return tuple(taken)


def _with_links(scope: Scope, taken: Sequence[Mail]) -> list[Mail]:
    """The letters with the links of those that bring one; whose link was withdrawn meanwhile doesn't leave."""
    saying_so = [mail.id for mail in taken if LINK_PLACE in mail.body]
    if not saying_so:
        return list(taken)
    drawn, void = draw_links(scope, saying_so)
    call_back(scope, void)
    for mail_id in void:
        scope.record("mail.called_back", "outbox_mail", mail_id)
    return [replace(mail, link_secret=drawn.get(mail.id)) for mail in taken if mail.id not in void]


@action(Permission.SEE_MAIL)
def tell_sent(scope: Scope, mail_id: int) -> None:
    """The letter was handed over."""
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == MailState.QUEUED)
        .values(state=MailState.SENT, sent_at=scope.at, last_error="")
    )
    scope.record("mail.sent", "outbox_mail", mail_id)


@action(Permission.SEE_MAIL)
def tell_not_sent(scope: Scope, mail_id: int, *, attempts: int, error: str) -> None:
    """The letter could not be handed over: it waits longer each time, and is given up after `MOST_ATTEMPTS`."""
    given_up = attempts >= MOST_ATTEMPTS
    wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempts - 1))
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == MailState.QUEUED)
        .values(
            state=MailState.FAILED if given_up else MailState.QUEUED,
            not_before=scope.at + wait,
            last_error=error[:500],
        )
    )
    scope.record("mail.failed" if given_up else "mail.delayed", "outbox_mail", mail_id, error=error[:500])
