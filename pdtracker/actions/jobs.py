"""Jobs as people and the house see them: asked for, cancelled, begun again, and how each ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.leases import LeaseLost
from pdtracker.domain.access import Permission
from pdtracker.domain.job import KEPT, OPEN_STATES, ItemState, JobKind, JobState, JobStep, advance
from pdtracker.domain.refusals import NotHere
from pdtracker.models.ids import new_id
from pdtracker.models.jobs import Job, JobFile, JobItem
from pdtracker.scope import Scope, action

PURGED_AT_ONCE = 5
"""One of them can have thousands of parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a job to come: what it is about, and the version of it that was on the screen."""

    subject_id: int
    seen_version: int = 0
    person_name: str = ""
    title: str = ""


def enqueue(
    scope: Scope,
    kind: JobKind,
    parts: Sequence[Part],
    *,
    key: str,
    payload: Mapping[str, Any],
    run_at: datetime | None = None,
) -> int:
    """Write down a job in the running transaction: there is one exactly when what asks for it is committed.

    No action by itself. The same `key` again is the same job; gives its id. Three statements.
    """
    known = scope.session.scalar(sa.select(Job.id).where(Job.kind == kind, Job.dedupe_key == key))
    if known is not None:
        return known
    job_id = new_id()
    job = {
        "id": job_id,
        "kind": kind,
        "state": JobState.QUEUED,
        "priority": kind.priority,
        "dedupe_key": key,
        "payload": dict(payload),
        "by_person_id": scope.person.id if scope.person else None,
        "by_name": scope.person.name if scope.person else "",
        "run_at": run_at or scope.at,
        "owner": "",
        "lease_until": None,
        "attempts": 0,
        "last_error": "",
        "done": 0,
        "total": len(parts),
        "cancel_asked_at": None,
        "report": {},
        "created_at": scope.at,
        "started_at": None,
        "ended_at": None,
    }
    scope.session.insert_rows(Job, [job])
    scope.session.insert_rows(JobItem, [_item(job_id, place, part) for place, part in enumerate(parts)])
    scope.record("job.asked", "job", job_id, kind=kind.value, parts=len(parts))
    return job_id


@action(Permission.KEEP_JOBS)
def cancel_job(scope: Scope, job_id: int) -> None:
    """Stop a job of the district: a waiting one at once, a running one before its next part. What it did stays."""
    _cancel(scope, job_id, sa.true())


@action(Permission.REVIEW_CLAIMS)
def cancel_own_job(scope: Scope, job_id: int) -> None:
    """The same for a job that one asked for oneself."""
    _cancel(scope, job_id, Job.by_person_id == scope.me.id)


@action(Permission.KEEP_JOBS)
def retry_job(scope: Scope, job_id: int) -> None:
    """Let a job that failed or was given up go on where it stopped."""
    job = _locked(scope, job_id, sa.true())
    advance(job.state, JobStep.RETRY)
    scope.session.execute(
        sa.update(Job)
        .where(Job.id == job_id)
        .values(
            state=JobState.QUEUED,
            run_at=scope.at,
            attempts=0,
            last_error="",
            ended_at=None,
            cancel_asked_at=None,
        )
    )
    scope.record("job.retried", "job", job_id, from_state=job.state.value)


@action(Permission.KEEP_JOBS)
def end_job(
    scope: Scope, job_id: int, owner: str, step: JobStep, *, error: str = "", report: Mapping[str, Any]
) -> None:
    """Write down how a job ended, as the worker that has it says. Raises LeaseLost where it is no longer its own."""
    state = advance(JobState.RUNNING, step)
    ended = scope.session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.state == JobState.RUNNING, Job.owner == owner)
        .values(
            state=state,
            owner="",
            lease_until=None,
            last_error=error[:500],
            ended_at=scope.at,
            report=dict(report),
        )
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not ended:
        raise LeaseLost(f"job {job_id}")
    scope.record(f"job.{state.value}", "job", job_id, **({"error": error[:500]} if error else {}))


@action(Permission.MANAGE_DISTRICT)
def purge_jobs(scope: Scope) -> int:
    """Forget some of the jobs that ended long ago, until none is left; how many. What they did stays."""
    old = scope.session.scalars(
        sa.select(Job.id)
        .where(Job.state.not_in(OPEN_STATES), Job.ended_at < scope.at - KEPT)
        .limit(PURGED_AT_ONCE)
    ).all()
    if old:
        scope.session.execute(sa.delete(JobFile).where(JobFile.job_id.in_(old)))
        scope.session.execute(sa.delete(JobItem).where(JobItem.job_id.in_(old)))
        scope.session.execute(sa.delete(Job).where(Job.id.in_(old)))
    for job_id in old:
        scope.record("job.purged", "job", job_id)
    return len(old)


@action(Permission.MANAGE_DISTRICT)
def purge_job_files(scope: Scope) -> int:
    """Let go of some of the files that expired, until none is left; how many. Their bytes go with the next clearing."""
    old = scope.session.execute(
        sa.select(JobFile.id, JobFile.job_id).where(JobFile.expires_at <= scope.at).limit(PURGED_AT_ONCE)
    ).all()
    if old:
        scope.session.execute(sa.delete(JobFile).where(JobFile.id.in_([row.id for row in old])))
    for row in old:
        scope.record("job.file_purged", "job", row.job_id)
    return len(old)


def _item(job_id: int, place: int, part: Part) -> dict[str, Any]:
    return {
        "id": new_id(),
        "job_id": job_id,
        "place": place,
        "subject_id": part.subject_id,
        "seen_version": part.seen_version,
        "state": ItemState.WAITING,
        "result_id": None,
        "minutes": 0,
        "person_name": part.person_name,
        "title": part.title,
        "code": "",
        "sentence": "",
    }


def _cancel(scope: Scope, job_id: int, whose: sa.ColumnElement[bool]) -> None:
    job = _locked(scope, job_id, whose)
    advance(job.state, JobStep.CANCEL)
    values: dict[str, Any] = {"cancel_asked_at": job.cancel_asked_at or scope.at}
    if job.state is JobState.QUEUED:
        values |= {"state": JobState.CANCELLED, "ended_at": scope.at}
    scope.session.execute(sa.update(Job).where(Job.id == job_id).values(**values))
    scope.record("job.cancel_asked", "job", job_id, done=job.done, total=job.total)


def _locked(scope: Scope, job_id: int, whose: sa.ColumnElement[bool]) -> sa.Row[*tuple[Any, ...]]:
    row = scope.session.execute(
        sa.select(Job.state, Job.cancel_asked_at, Job.done, Job.total)
        .where(Job.id == job_id, whose)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotHere
    return row
