"""Letters about attendance: "log it while it is fresh" to who was there, and that a report was taken back.

No action by itself: `drafting` and `taking_back` call it within theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from pdtracker.models.imports import AttendanceImport
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope


def attended_key(event_id: int, person_id: int) -> str:
    """The key of the one letter that a person gets about having been at an event, whatever shows it."""
    return f"attended:{event_id}:{person_id}"


def post(scope: Scope, letters: Sequence[dict[str, Any]]) -> None:
    """Queue letters, each once: what was sent isn't sent again, what was called back leaves with its new words."""
    known = {
        row.dedupe_key: row
        for row in scope.session.scalars(
            sa.select(OutboxMail).where(OutboxMail.dedupe_key.in_([row["dedupe_key"] for row in letters]))
        )
    }
    scope.session.insert_rows(OutboxMail, [row for row in letters if row["dedupe_key"] not in known])
    for row in letters:
        before = known.get(row["dedupe_key"])
        if before is not None and before.state is MailState.CANCELLED:
            before.subject, before.body, before.not_before = row["subject"], row["body"], row["not_before"]
            before.state = MailState.QUEUED


def call_back(scope: Scope, one: AttendanceImport, person_ids: Collection[int]) -> None:
    """Cancel the letters about drafts that are gone, as far as they have not left."""
    keys = [attended_key(one.event_id, person_id) for person_id in person_ids]
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.dedupe_key.in_(keys), OutboxMail.state == MailState.QUEUED)
        .values(state=MailState.CANCELLED)
        .execution_options(synchronize_session=False)
    )
