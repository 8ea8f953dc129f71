"""Approving a thousand claims at once: in one transaction, with their credit, their certificates and their letters."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event

from pdtracker import signing
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.bench.desk import settings_of
from pdtracker.bench.filling import REVIEWER, SLUG, fill
from pdtracker.bench.measuring import Figure, Goal, Unit, beside, counted
from pdtracker.db import Database
from pdtracker.domain.certificate import Snapshot
from pdtracker.installation import issuer_of
from pdtracker.models.certificates import Certificate
from pdtracker.models.people import Person
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.people import member
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.reviews import (
    waiting,
)
from pdtracker.scope import Scope
from pdtracker.terminal import Progress

RUNS: Final = 5
MANY, FEW = 1_000, 100


@dataclass(frozen=True, slots=True)
class _Run:
    """One run on a database of its own: what the many took, and how many statements each took."""

    seconds: float
    processor_seconds: float
    bound_seconds: float
    few_statements: int
    many_statements: int


def approval(*, many: int = MANY, few: int = FEW, runs: int = RUNS) -> list[Figure]:
    """Approve `many` claims beside freezing and signing as many snapshots; count statements beside those for `few`."""
    with tempfile.TemporaryDirectory() as folder:
        full, taken = Path(folder) / "waiting.db", []
        # Half of the claims are the large district's, half of these wait, and a few are of events that Bo hosts.
        count = (many + few) * 5
        with Progress("Making claims that wait", count) as progress:
            fill(full, count, at=datetime.now(UTC), step=progress.step, newest=1.0)
        with Progress(f"Approving {many:,} claims", runs) as progress:
            for number in range(runs):
                copy = Path(folder) / f"run-{number}.db"
                shutil.copyfile(full, copy)
                taken.append(_run(copy, many, few))
                progress.step()
    statements = [run.many_statements for run in taken]
    return [
        counted(f"approve {many:,}, seconds", Unit.SECONDS, [run.seconds for run in taken], Goal(5)),
        beside(
            f"approve {many:,} : freezing and signing them alone",
            [run.processor_seconds for run in taken],
            [run.bound_seconds for run in taken],
        ),
        counted(
            f"approve, statements, {many:,} claims : {few:,}",
            Unit.TIMES,
            [run.many_statements / run.few_statements for run in taken],
            Goal(1.0),
            f"{max(statements)} statements",
        ),
    ]


def _run(file: Path, many: int, few: int) -> _Run:
    url = f"sqlite:///{file.as_posix()}"
    database, issuer = Database(url), issuer_of(settings_of(url, file.parent))
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    with _bo(database) as scope:
        wishes = [Wish(row.id, row.version) for row in waiting(scope, QueueFilter(), limit=many + few).rows]
        if len(wishes) < many + few:
            raise RuntimeError(f"only {len(wishes)} claims wait")
        statements.clear()
        _approve(scope, wishes[:few], issuer)
        few_statements = len(statements)
        statements.clear()
        seconds, processor_seconds = _approve(scope, wishes[few:], issuer)
        many_statements = len(statements)
        bound_seconds = _bound(scope, many)
    database.dispose()
    return _Run(seconds, processor_seconds, bound_seconds, few_statements, many_statements)


def _approve(scope: Scope, wishes: Sequence[Wish], issuer: Issuer) -> tuple[float, float]:
    """Seconds by the wall and of the processor; each claim has to be approved."""
    began, processor_began = time.perf_counter(), time.process_time()
    outcomes = approve_claims(scope, wishes, issuer)
    taken = time.perf_counter() - began, time.process_time() - processor_began
    if any(outcome.refusal for outcome in outcomes):
        raise RuntimeError("a claim was refused")
    return taken


@contextmanager
def _bo(database: Database) -> Iterator[Scope]:
    """The scope of the large district's reviewer."""
    with database.session(None, installation=True) as doors:
        district = district_by_slug(doors, SLUG)
    if district is None:
        raise LookupError(f"{SLUG} is not in the database")
    with database.session(district.id) as session:
        person_id = session.scalars(sa.select(Person.id).where(Person.email == REVIEWER)).one()
        found = member(session, person_id)
        session.rollback()
        if found is None:
            raise LookupError(f"{REVIEWER} is not in the database")
        yield Scope(session, district, datetime.now(UTC), found.person, found.roles, found.review_school_ids)


def _bound(scope: Scope, many: int) -> float:
    """Processor seconds to bring the snapshots that were just made into their form, hash and sign them."""
    frozen = scope.session.scalars(
        sa.select(Certificate.snapshot).order_by(Certificate.id.desc()).limit(many)
    ).all()
    snapshots, key = [Snapshot.from_bytes(row) for row in frozen], signing.new_key()
    began = time.process_time()
    for snapshot in snapshots:
        canonical = snapshot.to_bytes()
        hashlib.sha256(canonical).hexdigest()
        signing.sign(key.private, canonical)
    return time.process_time() - began
