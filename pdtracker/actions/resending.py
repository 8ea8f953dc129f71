"""Letters that an administrator helps along: tried at once, sent again, or written to try whether mail arrives."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.posting import Attachment, Reader
from pdtracker.domain.access import Permission
from pdtracker.domain.letters import Letter, trial_letter
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope, action


class Helped(StrEnum):
    """What was done with a letter."""

    HURRIED = "hurried"
    TRIED_AGAIN = "tried again"
    COPIED = "copied"


@action(Permission.SEE_MAIL)
def send_again(scope: Scope, letter_id: int) -> Helped:
    """Let a letter that is put off be tried at once, one that was given up tried anew, and one that left leave again.

    A letter leaves again at most once a day. Raises NotNow for one that waits for its time or is with a worker,
    and for one that was called back.
    """
    letter = scope.session.scalar(sa.select(OutboxMail).where(OutboxMail.id == letter_id).with_for_update())
    if letter is None:
        raise NotHere
    match letter.state:
        case MailState.QUEUED:
            return _hurry(scope, letter)
        case MailState.FAILED | MailState.BOUNCED:
            letter.state, letter.attempts, letter.last_error = MailState.QUEUED, 0, ""
            letter.not_before = scope.at
            scope.record("mail.again", "outbox_mail", letter.id)
            return Helped.TRIED_AGAIN
        case MailState.SENT:
            _copy(scope, letter)
            return Helped.COPIED
        case MailState.GATHERED | MailState.DIGESTED:
            raise NotNow("in_a_digest", "Its reader chose to have it in a digest.")
        case MailState.WITHHELD:
            raise NotNow("withheld", letter.last_error)
        case _:
            raise NotNow("called_back", "What it told of was undone, so it was called back.")


@action(Permission.SEE_MAIL)
def send_trial_letter(scope: Scope) -> str:
    """Write to oneself, to see whether letters arrive; gives the address. One in a minute is enough."""
    me = scope.me
    minute = scope.at.replace(second=0, microsecond=0)
    row = posting.queued(
        scope,
        Reader(me.id, me.email, me.name),
        trial_letter(me.name, scope.district.name),
        key=f"test:{me.id}:{minute.isoformat()}",
        not_before=scope.at,
    )
    if not posting.queue_new(scope, [row]):
        raise NotNow("tested_before", "A letter to you is on its way already. Wait a minute for another.")
    scope.record("mail.tested", "outbox_mail", row["id"])
    return me.email


def _hurry(scope: Scope, letter: OutboxMail) -> Helped:
    if not letter.last_error:
        raise NotNow("on_its_way", "It leaves by itself at its time.")
    letter.not_before = scope.at
    scope.record("mail.hurried", "outbox_mail", letter.id)
    return Helped.HURRIED


def _copy(scope: Scope, letter: OutboxMail) -> None:
    today = scope.today
    file = letter.attachment_name, letter.attachment
    row = posting.queued(
        scope,
        Reader(letter.to_person_id, letter.to_email, letter.to_name),
        Letter(letter.subject, letter.body, letter.kind, letter.address),
        key=f"again:{letter.id}:{today.isoformat()}",
        not_before=scope.at,
        step_id=letter.step_id,
        attachment=Attachment(file[0], file[1]) if file[0] is not None and file[1] is not None else None,
    )
    if not posting.queue_new(scope, [row]):
        raise NotNow("sent_again_before", "It was sent again today already.")
    scope.record("mail.again", "outbox_mail", letter.id, copy=row["id"])
