"""Attendance imports: a report that was brought for an event, its lines with whose they are, and what is remembered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.attendance import Strength
from pdtracker.domain.attendance_import import ImportState, LineOutcome
from pdtracker.domain.matching import AliasKind, MatchBy, Standing
from pdtracker.models.base import Base, DistrictOwned, in_district, words


class AttendanceImport(DistrictOwned, Base):
    """A report that somebody brought for an event, or for one of its sessions. Its file is kept by content hash."""

    __tablename__ = "attendance_import"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_session.id"))
    by_person_id: Mapped[int | None]
    by_name: Mapped[str]
    file_sha256: Mapped[str]
    file_name: Mapped[str]
    size_bytes: Mapped[int]
    # How it was read: the encoding and the columns only where somebody chose them.
    format: Mapped[str]
    strength: Mapped[Strength] = mapped_column(words(Strength))
    encoding: Mapped[str]
    chosen_encoding: Mapped[str | None]
    zone: Mapped[str]
    columns: Mapped[dict[str, Any] | None]
    refused: Mapped[list[Any]]
    refused_count: Mapped[int]
    absent_count: Mapped[int]
    state: Mapped[ImportState] = mapped_column(words(ImportState))
    replaces_id: Mapped[int | None]
    created_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str]

    __table_args__ = (
        in_district("by_person_id", to="person"),
        in_district("replaces_id", to="attendance_import"),
        sa.Index("ix_attendance_import_event", "district_id", "event_id", "id"),
        sa.Index("ix_attendance_import_state", "district_id", "state", "created_at"),
    )


class AttendanceLine(DistrictOwned, Base):
    """One person of a report, with what it says of them, whose line it is, and what became of it.

    `tenths` are minutes within the session in tenths; nothing where the report only says that they came.
    """

    __tablename__ = "attendance_line"

    import_id: Mapped[int]
    position: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    account: Mapped[str]
    number: Mapped[str]
    tenths: Mapped[int | None]
    flags: Mapped[list[Any]]
    stays: Mapped[list[Any]]
    file_lines: Mapped[list[Any]]
    standing: Mapped[Standing] = mapped_column(words(Standing))
    matched_by: Mapped[MatchBy | None] = mapped_column(words(MatchBy))
    person_id: Mapped[int | None]
    suggested: Mapped[list[Any]]
    remembers: Mapped[bool]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime | None]
    outcome: Mapped[LineOutcome | None] = mapped_column(words(LineOutcome))
    evidence_id: Mapped[int | None]
    # The draft that the import made, and its version then: who touched it since has another one.
    claim_id: Mapped[int | None]
    claim_version: Mapped[int | None]

    __table_args__ = (
        in_district("import_id", to="attendance_import"),
        in_district("person_id", to="person"),
        in_district("evidence_id", to="evidence"),
        in_district("claim_id", to="claim"),
        sa.UniqueConstraint("district_id", "import_id", "position"),
        sa.Index("ix_attendance_line_standing", "district_id", "import_id", "standing", "position"),
        sa.Index("ix_attendance_line_claim", "district_id", "claim_id"),
        sa.Index("ix_attendance_line_person", "district_id", "person_id", "import_id", "standing"),
        sa.Index("ix_attendance_line_evidence", "district_id", "evidence_id"),
    )


class AttendanceAlias(DistrictOwned, Base):
    """A decision that is remembered: who, or nobody, goes by this address, number or name in reports."""

    __tablename__ = "attendance_alias"

    kind: Mapped[AliasKind] = mapped_column(words(AliasKind))
    key: Mapped[str]
    person_id: Mapped[int | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "kind", "key"),
    )


class AttendanceProfile(DistrictOwned, Base):
    """Which columns of a list say what, kept under a name for the next list of the same shape."""

    __tablename__ = "attendance_profile"

    name: Mapped[str]
    columns: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("district_id", "name"),)
