"""Who of the workers has which job, and which stretch of time: taken under a lease, laid down again.

The machinery's own writes: they change nothing that a person would look for in the audit trail, and leave no entry.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.db import Database, DistrictSession
from pdtracker.domain.job import LEASE, ItemState, JobKind, JobState, wait_after
from pdtracker.models.jobs import Job, JobItem, PeriodicSlot
from pdtracker.queries.jobs import due

SLOT_LEASE = timedelta(minutes=10)
"""So long a worker is waited for that does what is done once: nothing of that takes longer."""
SLOTS_KEPT = 10
"""So many stretches of a kind are remembered, for whoever looks how the house is."""


class Slot(enum.StrEnum):
    """What a worker that asks for a stretch of time finds."""

    TAKEN = "taken"
    HELD = "held by another"
    DONE = "done"


class LeaseLost(RuntimeError):
    """Another worker has the job by now, or it was ended: what this one was about to do must not happen."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job in the hands of a worker."""

    id: int
    kind: JobKind
    payload: dict[str, Any]
    by_person_id: int | None
    owner: str
    attempts: int
    done: int
    total: int
    created_at: datetime


def take_job(session: DistrictSession, job_id: int, *, owner: str, at: datetime) -> Taken | None:
    """Take a due job of the district; `None` when another worker was faster.

    The row is locked before it is looked at again: on PostgreSQL who comes second skips it, on SQLite the whole
    transaction is one writer's.
    """
    free = sa.select(Job.id).where(Job.id == job_id, due(at)).with_for_update(skip_locked=True)
    with session.writing():
        row = session.execute(
            sa.update(Job)
            .where(Job.id.in_(free))
            .values(
                state=JobState.RUNNING,
                owner=owner,
                lease_until=at + LEASE,
                attempts=Job.attempts + 1,
                started_at=sa.func.coalesce(Job.started_at, at),
            )
            .returning(
                Job.id,
                Job.kind,
                Job.payload,
                Job.by_person_id,
                Job.owner,
                Job.attempts,
                Job.done,
                Job.total,
                Job.created_at,
            )
            .execution_options(synchronize_session=False)
        ).one_or_none()
    return None if row is None else Taken(**row._mapping)


def hold(session: DistrictSession, job_id: int, owner: str, at: datetime, *, parts: int = 0) -> None:
    """Within a transaction: the job is still this worker's, which is alive, and `parts` more are through.

    Raises LeaseLost, and with it undoes what the transaction did, when it isn't. Of parts that are through the
    attempts are forgotten: they count those that brought the job no further.
    """
    values: dict[str, Any] = {"lease_until": at + LEASE, "done": Job.done + parts}
    if parts:
        values["attempts"] = 0
    held = session.execute(
        sa.update(Job)
        .where(Job.id == job_id, Job.state == JobState.RUNNING, Job.owner == owner)
        .values(**values)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not held:
        raise LeaseLost(f"job {job_id}")


def refuse_part(
    session: DistrictSession, job_id: int, owner: str, item_id: int, at: datetime, *, code: str, sentence: str
) -> None:
    """A part was left out, and why. Raises LeaseLost."""
    with session.writing():
        hold(session, job_id, owner, at, parts=1)
        session.execute(
            sa.update(JobItem)
            .where(JobItem.id == item_id)
            .values(state=ItemState.REFUSED, code=code, sentence=sentence)
        )


def rest_job(session: DistrictSession, job_id: int, owner: str, at: datetime) -> None:
    """Lay a job down that has more to do: it is due at once, for whoever comes."""
    _lay_down(session, job_id, owner, run_at=at, attempts=sa.literal(0))


def postpone_job(session: DistrictSession, taken: Taken, at: datetime, error: str) -> None:
    """Lay a job down that met a fault: it waits longer each time."""
    _lay_down(
        session,
        taken.id,
        taken.owner,
        run_at=at + wait_after(taken.attempts),
        attempts=Job.attempts,
        last_error=error[:500],
    )


def _lay_down(session: DistrictSession, job_id: int, owner: str, **values: Any) -> None:
    with session.writing():
        session.execute(
            sa.update(Job)
            .where(Job.id == job_id, Job.state == JobState.RUNNING, Job.owner == owner)
            .values(state=JobState.QUEUED, owner="", lease_until=None, **values)
            .execution_options(synchronize_session=False)
        )


def take_slot(database: Database, kind: str, slot: int, *, owner: str, at: datetime) -> Slot:
    """Take a stretch of time for what is done once in it.

    Two that come at the same moment: the primary key refuses the second.
    """
    try:
        with database.session(None, installation=True) as session, session.writing():
            return _take_slot(session, kind, slot, owner, at)
    except sa.exc.IntegrityError:
        return Slot.HELD


def end_slot(database: Database, kind: str, slot: int, *, owner: str, at: datetime, error: str) -> None:
    """It was done, or `error` says why not: then it comes again with the next stretch."""
    with database.session(None, installation=True) as session, session.writing():
        session.execute(
            sa.update(PeriodicSlot)
            .where(PeriodicSlot.kind == kind, PeriodicSlot.slot == slot, PeriodicSlot.owner == owner)
            .values(done_at=at, last_error=error[:500])
        )


def leave_slot(database: Database, kind: str, slot: int, *, owner: str, at: datetime) -> None:
    """There is more to do in this stretch: whoever comes next takes it."""
    with database.session(None, installation=True) as session, session.writing():
        session.execute(
            sa.update(PeriodicSlot)
            .where(PeriodicSlot.kind == kind, PeriodicSlot.slot == slot, PeriodicSlot.owner == owner)
            .values(lease_until=at)
        )


def _take_slot(session: DistrictSession, kind: str, slot: int, owner: str, at: datetime) -> Slot:
    lease_until = at + SLOT_LEASE
    found = session.execute(
        sa.select(PeriodicSlot.lease_until, PeriodicSlot.done_at)
        .where(PeriodicSlot.kind == kind, PeriodicSlot.slot == slot)
        .with_for_update()
    ).one_or_none()
    if found is None:
        session.add(
            PeriodicSlot(
                kind=kind, slot=slot, owner=owner, lease_until=lease_until, done_at=None, last_error=""
            )
        )
        session.execute(
            sa.delete(PeriodicSlot).where(PeriodicSlot.kind == kind, PeriodicSlot.slot < slot - SLOTS_KEPT)
        )
        return Slot.TAKEN
    if found.done_at is not None:
        return Slot.DONE
    if found.lease_until > at:
        return Slot.HELD
    session.execute(
        sa.update(PeriodicSlot)
        .where(PeriodicSlot.kind == kind, PeriodicSlot.slot == slot)
        .values(owner=owner, lease_until=lease_until)
    )
    return Slot.TAKEN
