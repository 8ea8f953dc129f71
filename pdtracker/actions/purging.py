"""Letting go of what nobody needs any more. Never a record: no claim, credit, certificate, evidence row or audit entry.

In small transactions, so that nobody waits for it; repeating any of them is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker.actions.rates import WINDOWS_KEPT
from pdtracker.blobs import BlobStore
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.access import Permission
from pdtracker.domain.attendance_import import ImportState
from pdtracker.models.claims import Evidence
from pdtracker.models.imports import AttendanceImport, AttendanceLine
from pdtracker.models.jobs import JobFile
from pdtracker.models.people import JoiningCode, SignIn
from pdtracker.models.records import IdempotencyKey, Rate
from pdtracker.queries.imports import PENDING_KEPT
from pdtracker.scope import Scope, action

AT_ONCE = 500
REPORTS_AT_ONCE = 5
"""One of them can have thousands of lines."""
SIGN_INS_KEPT = timedelta(days=30)
"""So long after its end a sign-in still says whose text it was that came too late."""
KEYS_KEPT = timedelta(days=90)
"""So long a request is known as made, and its answer, such as the page of a batch, can be read."""
FILES_KEPT = timedelta(days=1)
"""So long a file waits for the row that names it: a request takes seconds."""


@dataclass(frozen=True, slots=True)
class Purged:
    """How much of the district went."""

    codes: int
    keys: int


def purge_sign_ins(database: Database, at: datetime) -> int:
    """Forget sign-ins that ended or ran out long ago; how many."""
    before = at - SIGN_INS_KEPT
    old = sa.select(SignIn.id).where(sa.or_(SignIn.expires_at < before, SignIn.ended_at < before))

    def some(session: DistrictSession) -> int:
        ids = session.scalars(old.limit(AT_ONCE)).all()
        session.execute(sa.delete(SignIn).where(SignIn.id.in_(ids)))
        return len(ids)

    return _in_small_steps(database, some)


def purge_rates(database: Database, at: datetime) -> int:
    """Forget counters whose windows are long over; how many."""
    before = at - WINDOWS_KEPT
    old = sa.select(Rate.bucket, Rate.window_starts_at).where(Rate.window_starts_at < before)

    def some(session: DistrictSession) -> int:
        keys = session.execute(old.limit(AT_ONCE)).all()
        session.execute(sa.delete(Rate).where(sa.tuple_(Rate.bucket, Rate.window_starts_at).in_(keys)))
        return len(keys)

    return _in_small_steps(database, some)


@action(Permission.MANAGE_DISTRICT)
def purge_district(scope: Scope) -> Purged:
    """Forget some of the joining codes that ran out and of the keys of requests made long ago, until none is left."""
    codes = scope.session.scalars(
        sa.select(JoiningCode.code_hash).where(JoiningCode.expires_at <= scope.at).limit(AT_ONCE)
    ).all()
    keys = scope.session.scalars(
        sa.select(IdempotencyKey.id).where(IdempotencyKey.created_at < scope.at - KEYS_KEPT).limit(AT_ONCE)
    ).all()
    if codes:
        scope.session.execute(sa.delete(JoiningCode).where(JoiningCode.code_hash.in_(codes)))
    if keys:
        scope.session.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.id.in_(keys)))
    if codes or keys:
        scope.record("district.purged", "district", scope.district.id, codes=len(codes), keys=len(keys))
    return Purged(len(codes), len(keys))


@action(Permission.MANAGE_DISTRICT)
def purge_reports(scope: Scope) -> int:
    """Throw away some of the attendance reports that nobody confirmed for days, until none is left; how many."""
    old = scope.session.scalars(
        sa.select(AttendanceImport.id)
        .where(
            AttendanceImport.state == ImportState.PENDING,
            AttendanceImport.created_at < scope.at - PENDING_KEPT,
        )
        .limit(REPORTS_AT_ONCE)
    ).all()
    if old:
        scope.session.execute(sa.delete(AttendanceLine).where(AttendanceLine.import_id.in_(old)))
        scope.session.execute(sa.delete(AttendanceImport).where(AttendanceImport.id.in_(old)))
    for import_id in old:
        scope.record("attendance.purged", "attendance_import", import_id)
    return len(old)


def purge_files(scope: Scope, store: BlobStore) -> int:
    """Remove the district's files that no row names: no evidence, not even what was taken off, and no report.

    Of what a job collected, the row goes when the file expires (`jobs.purge_job_files`).

    A file that is brought again in this moment stays, see `blobs`.
    """
    before = scope.at - FILES_KEPT
    gone = 0
    for some in _hundreds(store.untouched_since(scope.district.id, before)):
        named = {
            name
            for column in (Evidence.file_sha256, AttendanceImport.file_sha256, JobFile.sha256)
            for name in scope.session.scalars(sa.select(column).where(column.in_(some)))
        }
        scope.session.rollback()
        gone += sum(store.remove(scope.district.id, name, before) for name in some if name not in named)
    return gone


def _in_small_steps(database: Database, some: Callable[[DistrictSession], int]) -> int:
    total = 0
    while True:
        with database.session(None, installation=True) as session, session.writing():
            count = some(session)
        total += count
        if count < AT_ONCE:
            return total


def _hundreds(names: Iterator[str]) -> Iterator[list[str]]:
    some: list[str] = []
    for name in names:
        some.append(name)
        if len(some) == 100:
            yield some
            some = []
    if some:
        yield some
