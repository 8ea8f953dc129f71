"""Attendance evidence of a claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.attendance_import import ImportState
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.refusals import NotHere
from pdtracker.models.claims import Evidence
from pdtracker.models.imports import AttendanceImport
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One piece of evidence; the fields of a file are `None` for the other forms."""

    id: int
    kind: EvidenceKind
    link: str | None
    note: str
    file_sha256: str | None
    file_name: str | None
    media_type: str | None
    size_bytes: int | None
    minutes: int | None
    added_at: datetime


def evidence(scope: Scope, claim_id: int) -> tuple[EvidenceRow, ...]:
    """The evidence of a claim that the caller has found readable, in the order in which it was added.

    What shows a part of a bundle stands with that part (`queries.bundles`).
    """
    rows = scope.session.execute(
        _rows().where(Evidence.claim_id == claim_id, Evidence.event_id.is_(None)).order_by(Evidence.id)
    )
    return tuple(EvidenceRow(*row) for row in rows)


def file(scope: Scope, claim_id: int, evidence_id: int) -> EvidenceRow:
    """The file among the evidence of a claim that the caller has found readable. Raises NotHere."""
    row = scope.session.execute(
        _rows().where(
            Evidence.claim_id == claim_id, Evidence.id == evidence_id, Evidence.kind == EvidenceKind.FILE
        )
    ).one_or_none()
    if row is None:
        raise NotHere
    return EvidenceRow(*row)


def kept_files(session: DistrictSession) -> Iterator[tuple[int, str]]:
    """Every file that a row of the district names: its id and its hash.

    Also of evidence that was taken off; and the attendance reports that count or were undone. One that only waits can
    be brought again.
    """
    rows = session.execute(
        sa.select(Evidence.id, Evidence.file_sha256)
        .where(Evidence.file_sha256.is_not(None))
        .order_by(Evidence.id)
    ).yield_per(500)
    yield from ((row.id, row.file_sha256) for row in rows)
    reports = session.execute(
        sa.select(AttendanceImport.id, AttendanceImport.file_sha256)
        .where(AttendanceImport.state != ImportState.PENDING)
        .order_by(AttendanceImport.id)
    ).yield_per(500)
    yield from ((row.id, row.file_sha256) for row in reports)


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Evidence.id,
        Evidence.kind,
        Evidence.link,
        Evidence.note,
        Evidence.file_sha256,
        Evidence.file_name,
        Evidence.media_type,
        Evidence.size_bytes,
        Evidence.minutes,
        Evidence.added_at,
    ).where(Evidence.removed_at.is_(None))
