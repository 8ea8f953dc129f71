"""Who changed a licence last, as the audit trail tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.models.records import AuditEntry
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class LastChange:
    """Whose change it was, and when."""

    by_name: str
    at: datetime


def last_change(scope: Scope, licence_id: int) -> LastChange | None:
    """The newest entry about a licence itself; `None` for one that came without any. One statement."""
    row = scope.session.execute(
        sa.select(AuditEntry.by_name, AuditEntry.at)
        .where(AuditEntry.subject == "licence", AuditEntry.subject_id == licence_id)
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else LastChange(row.by_name, row.at)
