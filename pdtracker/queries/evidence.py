"""Attendance evidence of a claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.attendance_import import ImportState
from pdtracker.domain.evidence import EvidenceKind, Piece
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.when import date_text, local
from pdtracker.models.claims import Evidence
from pdtracker.models.imports import AttendanceImport
from pdtracker.scope import Scope

_COLUMNS: Final = (
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
)


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
    given_on: date
    """The day on which it was added, where the reader is."""

    @property
    def piece(self) -> Piece:
        """As people read it, and awards keep it."""
        return Piece(self.kind, self.link or self.file_name or self.note, self.minutes, self.given_on)

    @property
    def given(self) -> str:
        """`given October 16, 2014`, of what somebody added; what was recorded there says its time itself."""
        return "" if self.kind.is_recorded else f"given {date_text(self.given_on)}"


def evidence(scope: Scope, claim_id: int) -> tuple[EvidenceRow, ...]:
    """The evidence of a claim that the caller has found readable, in the order in which it was added.

    What shows a part of a bundle stands with that part (`queries.bundles`).
    """
    rows = scope.session.execute(
        _rows().where(Evidence.claim_id == claim_id, Evidence.event_id.is_(None)).order_by(Evidence.id)
    )
    return tuple(_row(row, scope.zone) for row in rows)


def pieces_of(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, tuple[Piece, ...]]:
    """What shows each of these claims as awards keep it; one without any is missing. One statement.

    What shows a part of a bundle stands with that part.
    """
    found: dict[int, list[Piece]] = defaultdict(list)
    rows = scope.session.execute(
        sa.select(Evidence.claim_id, *_COLUMNS)
        .where(Evidence.claim_id.in_(claim_ids), Evidence.event_id.is_(None), Evidence.removed_at.is_(None))
        .order_by(Evidence.id)
    )
    for claim_id, *row in rows:
        found[claim_id].append(_row(row, scope.district.zone).piece)
    return {claim_id: tuple(pieces) for claim_id, pieces in found.items()}


def file(scope: Scope, claim_id: int, evidence_id: int) -> EvidenceRow:
    """The file among the evidence of a claim that the caller has found readable. Raises NotHere."""
    row = scope.session.execute(
        _rows().where(
            Evidence.claim_id == claim_id, Evidence.id == evidence_id, Evidence.kind == EvidenceKind.FILE
        )
    ).one_or_none()
    if row is None:
        raise NotHere
    return _row(row, scope.zone)


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


def _row(row: Sequence[Any], zone: str) -> EvidenceRow:
    return EvidenceRow(*(*row, local(row[-1], zone).date()))


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(*_COLUMNS).where(Evidence.removed_at.is_(None))
