"""Jobs of the districts with their parts, and the stretches of time in which something happens once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.job import ItemState, JobKind, JobState
from pdtracker.models.base import Base, Directory, DistrictOwned, Installation, in_district, words
from pdtracker.models.ids import new_id

# No CHECK names the kinds: the program knows what it can do, and a further kind is no change of the schema.
_KINDS = sa.Enum(
    JobKind,
    native_enum=False,
    create_constraint=False,
    validate_strings=True,
    length=32,
    values_callable=lambda kinds: [kind.value for kind in kinds],
)


class Job(Directory, Base):
    """Work that outlasts its request: written in the transaction that asks for it, done by a worker under a lease.

    Workers find the due ones of all districts at once; only its district writes one. `done` of `total` parts are
    through. Where it has an `owner`, that worker has it until `lease_until`.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False, sort_order=-1)
    kind: Mapped[JobKind] = mapped_column(_KINDS, sort_order=6)
    state: Mapped[JobState] = mapped_column(words(JobState), sort_order=7)
    priority: Mapped[int] = mapped_column(sort_order=8)
    # The same key again is the same job.
    dedupe_key: Mapped[str] = mapped_column(sort_order=9)
    payload: Mapped[dict[str, Any]] = mapped_column(sort_order=10)
    # Nobody, when the house itself asks for it.
    by_person_id: Mapped[int | None] = mapped_column(sort_order=11)
    by_name: Mapped[str] = mapped_column(sort_order=12)
    run_at: Mapped[datetime] = mapped_column(sort_order=13)
    owner: Mapped[str] = mapped_column(sort_order=14)
    lease_until: Mapped[datetime | None] = mapped_column(sort_order=15)
    # How often it was begun since it last got any further.
    attempts: Mapped[int] = mapped_column(sort_order=16)
    last_error: Mapped[str] = mapped_column(sort_order=17)
    done: Mapped[int] = mapped_column(sort_order=18)
    total: Mapped[int] = mapped_column(sort_order=19)
    cancel_asked_at: Mapped[datetime | None] = mapped_column(sort_order=20)
    report: Mapped[dict[str, Any]] = mapped_column(sort_order=21)
    created_at: Mapped[datetime] = mapped_column(sort_order=22)
    started_at: Mapped[datetime | None] = mapped_column(sort_order=23)
    ended_at: Mapped[datetime | None] = mapped_column(sort_order=24)

    __table_args__ = (
        in_district("by_person_id", to="person"),
        sa.UniqueConstraint("district_id", "id"),
        sa.UniqueConstraint("district_id", "kind", "dedupe_key"),
        sa.CheckConstraint("done BETWEEN 0 AND total", name="done"),
        sa.Index(
            "ix_job_due",
            "run_at",
            "id",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
        sa.Index(
            "ix_job_leased",
            "lease_until",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
        sa.Index("ix_job_person", "district_id", "by_person_id", "id"),
    )


class JobItem(DistrictOwned, Base):
    """One part of a job: what it is about, and what became of it. Done in a transaction of its own."""

    __tablename__ = "job_item"

    job_id: Mapped[int]
    # Parts are done in this order.
    place: Mapped[int]
    subject_id: Mapped[int]
    # The version of the subject that was on the screen; 0 for what has none.
    seen_version: Mapped[int]
    state: Mapped[ItemState] = mapped_column(words(ItemState))
    # What it led to, such as the decision.
    result_id: Mapped[int | None]
    minutes: Mapped[int]
    person_name: Mapped[str]
    title: Mapped[str]
    code: Mapped[str]
    sentence: Mapped[str]

    __table_args__ = (
        in_district("job_id", to="job"),
        sa.UniqueConstraint("district_id", "job_id", "place"),
        sa.Index("ix_job_item_state", "district_id", "job_id", "state", "place"),
    )


class JobFile(DistrictOwned, Base):
    """The file that a job made, for who asked for it, until it expires; its bytes are kept by their hash."""

    __tablename__ = "job_file"

    job_id: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    __table_args__ = (
        in_district("job_id", to="job"),
        sa.UniqueConstraint("district_id", "job_id"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256"),
        sa.CheckConstraint("size_bytes > 0", name="size"),
        sa.CheckConstraint("expires_at > made_at", name="expires"),
    )


class PeriodicSlot(Installation, Base):
    """A stretch of time in which something is done once in the whole installation, whoever of the workers does it."""

    __tablename__ = "periodic_slot"

    kind: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner: Mapped[str]
    lease_until: Mapped[datetime]
    done_at: Mapped[datetime | None]
    last_error: Mapped[str]
