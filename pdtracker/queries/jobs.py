"""Jobs: what is due for the workers, how each stands, and what became of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVarTuple

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.job import OPEN_STATES, ItemState, JobKind, JobState, JobStep, may
from pdtracker.domain.refusals import NotHere
from pdtracker.models.claims import ClaimStep
from pdtracker.models.jobs import Job, JobItem, PeriodicSlot
from pdtracker.scope import Scope

Ts = TypeVarTuple("Ts")

JOBS_PER_PAGE = 50
ITEMS_PER_PAGE = 100
DUE_AT_ONCE = 20
MOST_RECENT = 5
RECENT = timedelta(hours=1)
"""So long a job that ended stands where it was asked for."""


@dataclass(frozen=True, slots=True)
class DueJob:
    """A job that waits for a worker, and the district whose it is."""

    id: int
    district_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as it stands."""

    id: int
    kind: JobKind
    state: JobState
    payload: dict[str, Any]
    by_person_id: int | None
    by_name: str
    run_at: datetime
    lease_until: datetime | None
    attempts: int
    last_error: str
    done: int
    total: int
    cancel_asked_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still has something before it."""
        return self.state in OPEN_STATES

    @property
    def may_cancel(self) -> bool:
        """Whether it can be asked to stop, and wasn't yet."""
        return may(self.state, JobStep.CANCEL) and self.cancel_asked_at is None

    @property
    def may_retry(self) -> bool:
        """Whether it can be begun again."""
        return may(self.state, JobStep.RETRY)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One part of a job, and what became of it."""

    id: int
    place: int
    subject_id: int
    seen_version: int
    state: ItemState
    result_id: int | None
    minutes: int
    person_name: str
    title: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many parts of a job are through, with what, and how many were left out."""

    done: int
    minutes: int
    refused: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Undoable:
    """How many decisions of a job can still be undone, and until when the first of them can."""

    count: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How a district's jobs stand: those that should have been begun long ago, and those that need somebody."""

    late: int
    failed: int
    dead: int


_ROW = (
    Job.id,
    Job.kind,
    Job.state,
    Job.payload,
    Job.by_person_id,
    Job.by_name,
    Job.run_at,
    Job.lease_until,
    Job.attempts,
    Job.last_error,
    Job.done,
    Job.total,
    Job.cancel_asked_at,
    Job.created_at,
    Job.started_at,
    Job.ended_at,
)
_ITEM = (
    JobItem.id,
    JobItem.place,
    JobItem.subject_id,
    JobItem.seen_version,
    JobItem.state,
    JobItem.result_id,
    JobItem.minutes,
    JobItem.person_name,
    JobItem.title,
    JobItem.code,
    JobItem.sentence,
)


def due(at: datetime) -> sa.ColumnElement[bool]:
    """What a worker may take: what waits and is due, and what a worker had that said nothing for its lease."""
    return sa.or_(
        sa.and_(_is(JobState.QUEUED), Job.run_at <= at), sa.and_(_is(JobState.RUNNING), Job.lease_until <= at)
    )


def due_jobs(session: DistrictSession, at: datetime) -> tuple[DueJob, ...]:
    """Some of the jobs of all districts that a worker may take, the most urgent first. One statement."""
    rows = session.execute(
        sa.select(Job.id, Job.district_id)
        .where(due(at))
        .order_by(Job.priority, Job.run_at, Job.id)
        .limit(DUE_AT_ONCE)
    )
    return tuple(DueJob(*row) for row in rows)


def is_cancel_asked(session: DistrictSession, job_id: int) -> bool:
    """Whether somebody asked a job to stop. One statement."""
    return session.scalar(sa.select(Job.cancel_asked_at).where(Job.id == job_id)) is not None


def job(scope: Scope, job_id: int) -> JobRow:
    """A job of the district. Raises NotHere. One statement."""
    return _one(scope, Job.id == job_id)


def own_job(scope: Scope, job_id: int, *kinds: JobKind) -> JobRow:
    """A job that one asked for, of one of these kinds. Raises NotHere. One statement."""
    return _one(scope, sa.and_(Job.id == job_id, Job.by_person_id == scope.me.id, Job.kind.in_(kinds)))


def own_recent_jobs(scope: Scope, *kinds: JobKind) -> tuple[JobRow, ...]:
    """The jobs of these kinds that one asked for and that go on, or ended within the hour. One statement."""
    mine = sa.and_(
        Job.by_person_id == scope.me.id,
        Job.kind.in_(kinds),
        sa.or_(Job.state.in_(OPEN_STATES), Job.ended_at > scope.at - RECENT),
    )
    rows = scope.session.execute(sa.select(*_ROW).where(mine).order_by(Job.id.desc()).limit(MOST_RECENT))
    return tuple(JobRow(**row._mapping) for row in rows)


def undoable(scope: Scope, job_id: int) -> Undoable:
    """What of a job's decisions nobody undid and has not left. One statement."""
    first = sa.func.min(ClaimStep.release_at, type_=ClaimStep.release_at.type)
    row = scope.session.execute(of_undoable(scope, job_id, sa.select(sa.func.count(), first))).one()
    return Undoable(*row)


def of_undoable(scope: Scope, job_id: int, asked: sa.Select[*Ts]) -> sa.Select[*Ts]:
    """What is asked of a job's parts whose decisions nobody undid and that have not left."""
    later = sa.orm.aliased(ClaimStep)
    return (
        asked.select_from(JobItem)
        .join(
            ClaimStep,
            sa.and_(ClaimStep.district_id == JobItem.district_id, ClaimStep.id == JobItem.result_id),
        )
        .where(
            JobItem.job_id == job_id,
            JobItem.state == ItemState.DONE,
            ClaimStep.release_at > scope.at,
            ~sa.exists(sa.select(later.id).where(later.undoes_step_id == ClaimStep.id)),
        )
    )


def undo_key(job_id: int) -> str:
    """Under which key an undo of what a job decided is asked for: there is one at most."""
    return f"undo:{job_id}"


def undo_of(scope: Scope, job_id: int) -> int | None:
    """The job that undoes what another one decided; `None` while nobody asked for it. One statement."""
    return scope.session.scalar(
        sa.select(Job.id).where(Job.kind == JobKind.UNDO_DECISIONS, Job.dedupe_key == undo_key(job_id))
    )


def jobs(
    scope: Scope, *, after: int | None, limit: int = JOBS_PER_PAGE
) -> tuple[Sequence[JobRow], int | None]:
    """A page of the district's jobs, the newest first, and where the next page begins. One statement."""
    wanted = sa.select(*_ROW).order_by(Job.id.desc()).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(Job.id < after)
    rows = [JobRow(**row._mapping) for row in scope.session.execute(wanted)]
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def next_item(session: DistrictSession, job_id: int) -> ItemRow | None:
    """The first part that waits; `None` when none is left. One statement."""
    row = session.execute(
        sa.select(*_ITEM)
        .where(JobItem.job_id == job_id, JobItem.state == ItemState.WAITING)
        .order_by(JobItem.place)
        .limit(1)
    ).first()
    return ItemRow(*row) if row else None


def next_items(session: DistrictSession, job_id: int, limit: int) -> list[ItemRow]:
    """The first parts that wait, in their order. One statement."""
    rows = session.execute(
        sa.select(*_ITEM)
        .where(JobItem.job_id == job_id, JobItem.state == ItemState.WAITING)
        .order_by(JobItem.place)
        .limit(limit)
    )
    return [ItemRow(*row) for row in rows]


def tally(session: DistrictSession, job_id: int) -> Tally:
    """What became of the parts of a job, counted. One statement."""
    row = session.execute(
        sa.select(
            sa.func.count().filter(JobItem.state == ItemState.DONE),
            sa.func.coalesce(sa.func.sum(JobItem.minutes).filter(JobItem.state == ItemState.DONE), 0),
            sa.func.count().filter(JobItem.state == ItemState.REFUSED),
            sa.func.count().filter(JobItem.state == ItemState.WAITING),
        )
        .select_from(JobItem)
        .where(JobItem.job_id == job_id)
    ).one()
    return Tally(*(int(number) for number in row))


def items(
    scope: Scope, job_id: int, state: ItemState, *, after: int | None, limit: int = ITEMS_PER_PAGE
) -> tuple[Sequence[ItemRow], int | None]:
    """A page of the parts in a state, in their order, and where the next page begins. One statement."""
    wanted = (
        sa.select(*_ITEM)
        .where(JobItem.job_id == job_id, JobItem.state == state)
        .order_by(JobItem.place)
        .limit(limit + 1)
    )
    if after is not None:
        wanted = wanted.where(JobItem.place > after)
    rows = [ItemRow(*row) for row in scope.session.execute(wanted)]
    return rows[:limit], rows[limit - 1].place if len(rows) > limit else None


def job_counts(scope: Scope, late_since: datetime) -> JobCounts:
    """How many jobs wait since before a moment, how many failed, how many were given up. One statement."""
    row = scope.session.execute(
        sa.select(
            sa.func.count().filter(sa.and_(due(scope.at), Job.run_at < late_since)),
            sa.func.count().filter(Job.state == JobState.FAILED),
            sa.func.count().filter(Job.state == JobState.DEAD),
        ).select_from(Job)
    ).one()
    return JobCounts(*(int(number) for number in row))


def stumbled_slots(session: DistrictSession) -> tuple[tuple[str, str], ...]:
    """What is done again and again and failed the last time: what it is, and why. One statement."""
    last = sa.select(PeriodicSlot.kind, sa.func.max(PeriodicSlot.slot)).where(
        PeriodicSlot.done_at.is_not(None)
    )
    rows = session.execute(
        sa.select(PeriodicSlot.kind, PeriodicSlot.last_error)
        .where(
            sa.tuple_(PeriodicSlot.kind, PeriodicSlot.slot).in_(last.group_by(PeriodicSlot.kind)),
            PeriodicSlot.last_error != "",
        )
        .order_by(PeriodicSlot.kind)
    )
    return tuple((row.kind, row.last_error) for row in rows)


def _one(scope: Scope, which: sa.ColumnElement[bool]) -> JobRow:
    row = scope.session.execute(sa.select(*_ROW).where(which)).one_or_none()
    if row is None:
        raise NotHere
    return JobRow(**row._mapping)


def _is(state: JobState) -> sa.ColumnElement[bool]:
    """Written out in the statement: a partial index is used only for a value that can be read."""
    return Job.state == sa.bindparam(
        "job_state", state, type_=Job.state.type, literal_execute=True, unique=True
    )
