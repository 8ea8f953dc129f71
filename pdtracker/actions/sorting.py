"""Letters that are due, sorted before they leave: gathered for a digest, kept until the night is over, withheld.

No action by itself: who takes letters sorts them within the same transaction, so none slips through.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import sqlalchemy as sa

from pdtracker.domain.mailing import LetterKind, Pace
from pdtracker.models.mailing import BouncedAddress, MailChoice
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries.mailing import all_quiet_hours
from pdtracker.scope import Scope

SWITCHED_OFF = "Its reader does without letters of this kind."
ADDRESS_BOUNCED = "Letters to this address came back."
_ALWAYS_AT_ONCE = (LetterKind.ACCOUNT, LetterKind.OTHER)


def sort_due(scope: Scope) -> None:
    """Sort the district's due letters, within a transaction that sees accounts: few statements for many."""
    sorted_out = _spare(scope) + _gather(scope) + _withhold(scope) + _keep_until_morning(scope)
    if sorted_out:
        scope.record("mail.sorted", "district", scope.district.id, letters=sorted_out)


def _spare(scope: Scope) -> int:
    """Nothing goes to an address that letters came back from: whoever keeps writing there is taken for a nuisance."""
    bounced = sa.select(BouncedAddress.email_key).where(BouncedAddress.lifted_at.is_(None))
    return _change(
        scope,
        sa.func.lower(OutboxMail.to_email).in_(bounced),
        {"state": MailState.WITHHELD, "last_error": ADDRESS_BOUNCED},
    )


def _gather(scope: Scope) -> int:
    return _change(scope, _chosen((Pace.DAILY, Pace.WEEKLY)), {"state": MailState.GATHERED, "last_error": ""})


def _withhold(scope: Scope) -> int:
    return _change(scope, _chosen((Pace.NEVER,)), {"state": MailState.WITHHELD, "last_error": SWITCHED_OFF})


def _keep_until_morning(scope: Scope) -> int:
    """Letters in somebody's quiet hours are due at their end; what is about an account leaves at once."""
    ends: defaultdict[datetime, list[int]] = defaultdict(list)
    for one in all_quiet_hours(scope):
        end = one.hours.end(scope.at, one.zone)
        if end is not None:
            ends[end].append(one.person_id)
    return sum(
        _change(
            scope,
            sa.and_(OutboxMail.to_person_id.in_(people), OutboxMail.kind.not_in(_ALWAYS_AT_ONCE)),
            {"not_before": end},
        )
        for end, people in ends.items()
    )


def _chosen(paces: tuple[Pace, ...]) -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(MailChoice.id).where(
            MailChoice.person_id == OutboxMail.to_person_id,
            MailChoice.kind == OutboxMail.kind,
            MailChoice.pace.in_(paces),
        )
    )


def _change(scope: Scope, condition: sa.ColumnElement[bool], values: dict[str, object]) -> int:
    due = scope.session.scalars(
        sa.select(OutboxMail.id)
        .where(OutboxMail.state == MailState.QUEUED, OutboxMail.not_before <= scope.at, condition)
        .with_for_update(skip_locked=True)
    ).all()
    if due:
        scope.session.execute(
            sa.update(OutboxMail)
            .where(OutboxMail.id.in_(due))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
    return len(due)
