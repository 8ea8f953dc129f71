"""Who looked at a person's record, as the audit trail tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from pdtracker.domain.look import Record
from pdtracker.domain.when import local
from pdtracker.models.records import AuditEntry
from pdtracker.scope import Scope

PERSON: Final = "person"
_MOST: Final = 30
_A_DAY: Final = timedelta(hours=26)
"""No day is longer, also not one on which the clocks are put back."""


@dataclass(frozen=True, slots=True)
class Look:
    """One day on which somebody looked at a record."""

    by_name: str
    on: date
    record: Record


def looks_at(scope: Scope, person_id: int) -> tuple[Look, ...]:
    """Who looked at a person's record, the latest first. One statement."""
    rows = scope.session.execute(
        sa.select(AuditEntry.by_name, AuditEntry.at, AuditEntry.action)
        .where(*_of(person_id, *Record))
        .order_by(AuditEntry.seq.desc())
        .limit(_MOST)
    )
    records = {one.action: one for one in Record}
    return tuple(
        Look(by_name, local(at, scope.district.zone).date(), records[action]) for by_name, at, action in rows
    )


def has_looked(scope: Scope, person_id: int, record: Record) -> bool:
    """Whether the acting person's look at this record is noted for today already. One statement."""
    today = scope.today
    moments = scope.session.scalars(
        sa.select(AuditEntry.at).where(
            *_of(person_id, record),
            AuditEntry.by_person_id == scope.me.id,
            AuditEntry.at > scope.at - _A_DAY,
        )
    )
    return any(local(at, scope.district.zone).date() == today for at in moments)


def _of(person_id: int, *records: Record) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        AuditEntry.subject == PERSON,
        AuditEntry.subject_id == person_id,
        AuditEntry.action.in_([one.action for one in records]),
    )
