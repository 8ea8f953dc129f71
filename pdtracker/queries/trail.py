"""The audit trail as an administrator reads it: newest first, narrowed by days, by who, by what and by subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.audit import COLUMNS
from pdtracker.domain.trail import Area, actions_of
from pdtracker.models.records import AuditEntry, AuditHead
from pdtracker.scope import Scope

ENTRIES_PER_PAGE: Final = 50
WINDOW: Final = 50_000
"""How many entries one page looks through, so that a rare one among millions doesn't hold it up."""
_BATCH: Final = 2000
# Entries are numbered as they are written and bear the moment at which their action began: no action takes longer.
_LONGEST_ACTION: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that entries tell of, such as a claim."""

    name: str
    id: int


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What is looked for. `since` and `until` are instants, the latter not included; `who` is part of a name."""

    since: datetime | None = None
    until: datetime | None = None
    who: str = ""
    area: Area | None = None
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `by_person_id` is `None` for the program and for an operator at the command line."""

    seq: int
    at: datetime
    by_person_id: int | None
    by_name: str
    action: str
    subject: str
    subject_id: int
    facts: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of entries; the next one begins below the number `before`.

    `looked_back_to` is the moment at which the search stopped when it found less than a page.
    """

    entries: tuple[Entry, ...]
    before: int | None
    looked_back_to: datetime | None


@dataclass(frozen=True, slots=True)
class End:
    """The last entry of a district's chain: its number and its hash."""

    seq: int
    hash: str


def end_of_trail(scope: Scope) -> End:
    """How far the chain has grown. One statement."""
    row = scope.session.execute(sa.select(AuditHead.seq, AuditHead.hash)).one_or_none()
    return End(row.seq, row.hash) if row else End(0, "")


def trail(scope: Scope, chosen: TrailFilter, *, before: int | None = None) -> Trail:
    """A page of the entries below the number `before`, the newest first. At most four statements."""
    low, high = _bounds(scope, chosen)
    top = high + 1 if before is None else min(before, high + 1)
    floor = low if chosen.subject else max(low, top - WINDOW)
    rows = scope.session.execute(
        sa.select(*COLUMNS)
        .where(*_conditions(chosen), AuditEntry.seq < top, AuditEntry.seq >= floor)
        .order_by(AuditEntry.seq.desc())
        .limit(ENTRIES_PER_PAGE + 1)
    ).all()
    entries = tuple(Entry(*row) for row in rows[:ENTRIES_PER_PAGE])
    if len(rows) > ENTRIES_PER_PAGE:
        return Trail(entries, entries[-1].seq, None)
    if floor <= low:
        return Trail(entries, None, None)
    stopped_at = scope.session.scalar(sa.select(AuditEntry.at).where(AuditEntry.seq == floor))
    return Trail(entries, floor, stopped_at)


def whole_trail(scope: Scope, chosen: TrailFilter) -> Iterator[Entry]:
    """Every entry that fits, the oldest first; held in batches, so that millions need no more memory than some."""
    low, high = _bounds(scope, chosen)
    found = scope.session.execute(
        sa.select(*COLUMNS)
        .where(*_conditions(chosen), AuditEntry.seq >= low, AuditEntry.seq <= high)
        .order_by(AuditEntry.seq)
        .execution_options(yield_per=_BATCH)
    )
    for row in found:
        yield Entry(*row)


def _bounds(scope: Scope, chosen: TrailFilter) -> tuple[int, int]:
    """Between which numbers, both included, the entries of the chosen days lie. At most two statements."""
    end = sa.select(AuditHead.seq).scalar_subquery()
    if chosen.since is None and chosen.until is None:
        return 1, scope.session.scalar(sa.select(end)) or 0
    within = [
        *([AuditEntry.at >= chosen.since] if chosen.since else ()),
        *([AuditEntry.at < chosen.until] if chosen.until else ()),
    ]
    row = scope.session.execute(
        sa.select(sa.func.min(AuditEntry.at), sa.func.max(AuditEntry.at)).where(*within)
    ).one()
    first: datetime | None = row[0]
    last: datetime | None = row[1]
    if first is None or last is None:
        return 1, 0
    # Beside the days' first and last moment only: the number of what lies between grows with the years.
    low, high = scope.session.execute(
        sa.select(
            sa.select(sa.func.min(AuditEntry.seq))
            .where(AuditEntry.at >= first, AuditEntry.at <= first + _LONGEST_ACTION)
            .scalar_subquery(),
            sa.select(sa.func.max(AuditEntry.seq))
            .where(AuditEntry.at >= last - _LONGEST_ACTION, AuditEntry.at <= last)
            .scalar_subquery(),
        )
    ).one()
    return low, high


def _conditions(chosen: TrailFilter) -> Iterator[sa.ColumnElement[bool]]:
    if chosen.since is not None:
        yield AuditEntry.at >= chosen.since
    if chosen.until is not None:
        yield AuditEntry.at < chosen.until
    if chosen.who:
        yield AuditEntry.by_name.icontains(chosen.who, autoescape=True)
    if chosen.area is not None:
        yield AuditEntry.action.in_(actions_of(chosen.area))
    if chosen.subject is not None:
        yield AuditEntry.subject == chosen.subject.name
        yield AuditEntry.subject_id == chosen.subject.id
