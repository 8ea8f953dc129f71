"""Addresses that take no letters: noted when one comes back for good, lifted when the address is right again."""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.actions.sorting import ADDRESS_BOUNCED
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.ids import new_id
from pdtracker.models.mailing import BouncedAddress
from pdtracker.models.people import Person
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope, action


@action(Permission.SEE_MAIL)
def tell_bounced(scope: Scope, mail_id: int, to_email: str, error: str) -> None:
    """The mail server said for good that there is no such reader: nothing more goes there until somebody lifts it."""
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.id == mail_id, OutboxMail.state == MailState.QUEUED)
        .values(state=MailState.BOUNCED, last_error=error[:500])
    )
    _note(scope, to_email, error[:500], by_name="")
    scope.record("mail.bounced", "outbox_mail", mail_id, error=error[:500])


@action(Permission.SEE_MAIL)
def record_bounce(scope: Scope, email: str, why: str) -> None:
    """Note that letters to somebody came back by another way. Again is harmless. Refuses with NotValid a stranger's."""
    person_id = scope.session.scalar(sa.select(Person.id).where(Person.email_key == _key(email)))
    if person_id is None:
        raise NotValid({"email": "Nobody in this district has this address. Enter it as on their page."})
    if _note(scope, email, why, by_name=scope.me.name):
        scope.record("mail.bounce_noted", "person", person_id, why=why)


@action(Permission.SEE_MAIL)
def lift_bounce(scope: Scope, bounce_id: int) -> int:
    """Let letters go to an address again; gives how many leave that were withheld. Raises NotHere."""
    bounce = scope.session.scalar(
        sa.select(BouncedAddress).where(BouncedAddress.id == bounce_id).with_for_update()
    )
    if bounce is None:
        raise NotHere
    return _lift(scope, bounce)


@action(Permission.SEE_EVENTS)
def confirm_address(scope: Scope) -> int:
    """Say that one's own address is right; gives how many letters leave. Raises NotNow where none came back."""
    bounce = scope.session.scalar(
        sa.select(BouncedAddress)
        .where(BouncedAddress.email_key == _key(scope.me.email), BouncedAddress.lifted_at.is_(None))
        .with_for_update()
    )
    if bounce is None:
        raise NotNow("address_fine", "No letter to your address came back.")
    return _lift(scope, bounce)


def _note(scope: Scope, email: str, why: str, *, by_name: str) -> bool:
    standing = sa.select(BouncedAddress.id).where(
        BouncedAddress.email_key == _key(email), BouncedAddress.lifted_at.is_(None)
    )
    if scope.session.scalar(standing) is not None:
        return False
    scope.session.add(
        BouncedAddress(
            id=new_id(), email_key=_key(email), why=why, at=scope.at, by_name=by_name, lifted_by=""
        )
    )
    return True


def _lift(scope: Scope, bounce: BouncedAddress) -> int:
    """What waited for it leaves now: withheld letters, and those that came back."""
    if bounce.lifted_at is not None:
        return 0
    bounce.lifted_at, bounce.lifted_by = scope.at, scope.person.name if scope.person else "operator"
    waiting = scope.session.scalars(
        sa.select(OutboxMail.id).where(
            sa.func.lower(OutboxMail.to_email) == bounce.email_key,
            sa.or_(
                OutboxMail.state == MailState.BOUNCED,
                sa.and_(OutboxMail.state == MailState.WITHHELD, OutboxMail.last_error == ADDRESS_BOUNCED),
            ),
        )
    ).all()
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.id.in_(waiting))
        .values(state=MailState.QUEUED, not_before=scope.at, attempts=0, last_error="")
        .execution_options(synchronize_session=False)
    )
    scope.record("mail.bounce_lifted", "bounced_address", bounce.id, letters=len(waiting))
    return len(waiting)


def _key(email: str) -> str:
    return email.strip().casefold()
