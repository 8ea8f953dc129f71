"""Attendance imports: those that one may see, with how many of their lines stand where."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.attendance import Strength
from pdtracker.domain.attendance_import import ImportState
from pdtracker.domain.matching import Standing, standings
from pdtracker.domain.refusals import NotHere
from pdtracker.models.events import Event, EventHost, EventSession
from pdtracker.models.imports import AttendanceImport, AttendanceLine
from pdtracker.scope import Scope

IMPORTS_PER_PAGE: Final = 30
PENDING_KEPT: Final = timedelta(days=7)
"""So long a report waits to be confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One import, with how many of its lines stand where."""

    id: int
    event_id: int
    session_id: int | None
    event_title: str
    session_title: str | None
    by_name: str
    file_name: str
    file_sha256: str
    size_bytes: int
    format: str
    strength: Strength
    encoding: str
    chosen_encoding: str | None
    zone: str
    columns: Mapping[str, Any] | None
    refused: tuple[tuple[int, str], ...]
    refused_count: int
    absent_count: int
    state: ImportState
    replaces_id: int | None
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None
    undone_by: str
    counts: Mapping[Standing, int]

    @property
    def line_count(self) -> int:
        """How many people the report lists."""
        return sum(self.counts.values())


def imports(scope: Scope, *, before: int | None, event_id: int | None = None) -> tuple[ImportRow, ...]:
    """The imports that one may see, newest first; one more than a page holds where there are more. Two statements."""
    wanted = _imports(scope).order_by(AttendanceImport.id.desc()).limit(IMPORTS_PER_PAGE + 1)
    if before is not None:
        wanted = wanted.where(AttendanceImport.id < before)
    if event_id is not None:
        wanted = wanted.where(AttendanceImport.event_id == event_id)
    found = scope.session.execute(wanted).all()
    counted = _counts(scope, [row.AttendanceImport.id for row in found])
    return tuple(_import_row(row, counted) for row in found)


def one_import(scope: Scope, import_id: int) -> ImportRow:
    """An import that one may see. Raises NotHere."""
    row = scope.session.execute(_imports(scope).where(AttendanceImport.id == import_id)).one_or_none()
    if row is None:
        raise NotHere
    return _import_row(row, _counts(scope, [import_id]))


def to_change(scope: Scope, import_id: int) -> AttendanceImport:
    """The same as an entity, locked until the transaction ends."""
    found = scope.session.scalar(
        sa.select(AttendanceImport)
        .where(AttendanceImport.id == import_id, _mine(scope))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotHere
    return found


def same_file(scope: Scope, event_id: int, session_id: int | None, sha256: str) -> int | None:
    """The import that brought just this file for the event already, and that counts or waits."""
    return scope.session.scalar(
        sa.select(AttendanceImport.id)
        .where(
            AttendanceImport.event_id == event_id,
            AttendanceImport.session_id.is_not_distinct_from(session_id),
            AttendanceImport.file_sha256 == sha256,
            AttendanceImport.state.in_([ImportState.PENDING, ImportState.COMMITTED]),
        )
        .order_by(AttendanceImport.id.desc())
        .limit(1)
    )


def of_the_same_meeting(scope: Scope, one: ImportRow | AttendanceImport, source: str) -> tuple[int, ...]:
    """Committed imports of the same session by the same software: what a newer export of the meeting replaces."""
    rows = scope.session.scalars(
        sa.select(AttendanceImport.id)
        .where(
            AttendanceImport.event_id == one.event_id,
            AttendanceImport.session_id.is_not_distinct_from(one.session_id),
            AttendanceImport.state == ImportState.COMMITTED,
            AttendanceImport.id != one.id,
            sa.or_(AttendanceImport.format == source, AttendanceImport.format.startswith(f"{source}-")),
        )
        .order_by(AttendanceImport.id)
    )
    return tuple(rows)


def _hosts(scope: Scope) -> sa.ColumnElement[bool]:
    return EventHost.person_id == scope.me.id


def _mine(scope: Scope) -> sa.ColumnElement[bool]:
    """Imports of the events that one hosts; all for who keeps the calendar."""
    if scope.may(Permission.MANAGE_EVENTS):
        return sa.true()
    return AttendanceImport.event_id.in_(sa.select(EventHost.event_id).where(_hosts(scope)))


def _imports(scope: Scope) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(AttendanceImport, Event.title, EventSession.title.label("session_title"))
        .join(Event, Event.id == AttendanceImport.event_id)
        .outerjoin(EventSession, EventSession.id == AttendanceImport.session_id)
        .where(_mine(scope))
    )


def _counts(scope: Scope, import_ids: Collection[int]) -> dict[int, dict[Standing, int]]:
    counted: dict[int, dict[Standing, int]] = {import_id: {} for import_id in import_ids}
    rows = scope.session.execute(
        sa.select(AttendanceLine.import_id, AttendanceLine.standing, sa.func.count().label("lines"))
        .where(AttendanceLine.import_id.in_(import_ids))
        .group_by(AttendanceLine.import_id, AttendanceLine.standing)
    )
    for row in rows:
        counted[row.import_id][row.standing] = row.lines
    return counted


def _import_row(row: Any, counted: Mapping[int, Mapping[Standing, int]]) -> ImportRow:
    one: AttendanceImport = row.AttendanceImport
    return ImportRow(
        id=one.id,
        event_id=one.event_id,
        session_id=one.session_id,
        event_title=row.title,
        session_title=row.session_title,
        by_name=one.by_name,
        file_name=one.file_name,
        file_sha256=one.file_sha256,
        size_bytes=one.size_bytes,
        format=one.format,
        strength=one.strength,
        encoding=one.encoding,
        chosen_encoding=one.chosen_encoding,
        zone=one.zone,
        columns=one.columns,
        refused=tuple((int(number), str(why)) for number, why in one.refused),
        refused_count=one.refused_count,
        absent_count=one.absent_count,
        state=one.state,
        replaces_id=one.replaces_id,
        created_at=one.created_at,
        committed_at=one.committed_at,
        undone_at=one.undone_at,
        undone_by=one.undone_by,
        counts=standings(counted[one.id]),
    )
