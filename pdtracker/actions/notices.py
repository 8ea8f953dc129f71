"""Notices that somebody has read: one, or all that were on the page."""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere
from pdtracker.models.records import OutboxMail
from pdtracker.queries.notices import are_noticed
from pdtracker.scope import Scope, action


@action(Permission.SEE_EVENTS)
def read_notice(scope: Scope, notice_id: int) -> str:
    """Take note that one read a notice of one's own; gives where its thing is found. Raises NotHere."""
    found = scope.session.execute(
        sa.select(OutboxMail.address, OutboxMail.read_at).where(
            OutboxMail.id == notice_id, *are_noticed(scope.me.id)
        )
    ).one_or_none()
    if found is None:
        raise NotHere
    if found.read_at is None:
        _read(scope, OutboxMail.id == notice_id)
        scope.record("notice.read", "outbox_mail", notice_id)
    return str(found.address)


@action(Permission.SEE_EVENTS)
def read_notices(scope: Scope, up_to: int) -> None:
    """Take note that one read all of one's notices up to this one; what came meanwhile stays unread."""
    _read(scope, OutboxMail.id <= up_to)
    scope.record("notice.all_read", "person", scope.me.id)


def _read(scope: Scope, which: sa.ColumnElement[bool]) -> None:
    scope.session.execute(
        sa.update(OutboxMail)
        .where(which, OutboxMail.read_at.is_(None), *are_noticed(scope.me.id))
        .values(read_at=scope.at)
        .execution_options(synchronize_session=False)
    )
