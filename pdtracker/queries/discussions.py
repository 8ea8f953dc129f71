"""Discussions: a page of one, one contribution, what was reported, and whether a district has any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.discussion import Piece, pieces
from pdtracker.domain.refusals import NotHere
from pdtracker.models.discussions import Contribution, ContributionReport, DiscussionClosure
from pdtracker.models.events import Event
from pdtracker.models.people import Person
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """Somebody's words under an event. Hidden ones are read by their author and by who may hide them."""

    id: int
    event_id: int
    by_id: int
    by_name: str
    words: str
    at: datetime
    changed_at: datetime | None
    withdrawn_at: datetime | None
    hidden_at: datetime | None
    hidden_by: str
    hidden_reason: str
    reports: int

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The words, with their links apart."""
        return pieces(self.words)


@dataclass(frozen=True, slots=True)
class ContributionPage:
    """A stretch of a discussion in order of time; `last` is where the next one begins, if there is more."""

    rows: tuple[ContributionRow, ...]
    last: int | None


@dataclass(frozen=True, slots=True)
class DiscussionSums:
    """How much was said under an event, when last, and since when the district has no discussions."""

    count: int
    last_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What was reported and waits for a decision."""

    event_id: int
    event_title: str
    contribution_id: int
    words: str
    by_name: str
    reason: str
    at: datetime


def discussion_sums(scope: Scope, event_id: int) -> DiscussionSums:
    """What the event's page says of its discussion. One statement."""
    said = sa.select(
        sa.func.count(Contribution.id).label("said"),
        sa.func.max(Contribution.written_at).label("last_at"),
    ).where(
        Contribution.event_id == event_id,
        Contribution.withdrawn_at.is_(None),
        Contribution.hidden_at.is_(None),
    )
    closed = sa.select(sa.func.max(DiscussionClosure.closed_at)).scalar_subquery()
    row = scope.session.execute(said.add_columns(closed.label("closed_at"))).one()
    return DiscussionSums(row.said, row.last_at, row.closed_at)


def closed_since(scope: Scope) -> datetime | None:
    """Since when the district has no discussions; `None` while it has. One statement."""
    return scope.session.scalar(sa.select(DiscussionClosure.closed_at))


def contributions(scope: Scope, event_id: int, *, after: int | None, limit: int) -> ContributionPage:
    """A page of what was said under an event, from the first or after one. One statement."""
    query = _rows().where(Contribution.event_id == event_id).order_by(Contribution.id)
    if after is not None:
        query = query.where(Contribution.id > after)
    found = [_row(row) for row in scope.session.execute(query.limit(limit + 1))]
    return ContributionPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def contribution(scope: Scope, event_id: int, contribution_id: int) -> ContributionRow:
    """One contribution to the discussion of this event; refuses with `NotHere`. One statement."""
    row = scope.session.execute(
        _rows().where(Contribution.id == contribution_id, Contribution.event_id == event_id)
    ).one_or_none()
    if row is None:
        raise NotHere
    return _row(row)


def waiting_reports(scope: Scope, limit: int) -> tuple[ReportRow, ...]:
    """What was reported and nobody decided about, the oldest first. One statement."""
    rows = scope.session.execute(
        sa.select(ContributionReport, Contribution, Event.title, Person.name)
        .join(Contribution, Contribution.id == ContributionReport.contribution_id)
        .join(Event, Event.id == Contribution.event_id)
        .join(Person, Person.id == Contribution.person_id)
        .where(ContributionReport.settled_at.is_(None), Contribution.withdrawn_at.is_(None))
        .order_by(ContributionReport.id)
        .limit(limit)
    )
    return tuple(
        ReportRow(said.event_id, title, said.id, said.words, name, report.reason, report.reported_at)
        for report, said, title, name in rows
    )


# Any: columns that `_row` reads by their names.
def _rows() -> sa.Select[*tuple[Any, ...]]:
    hider = aliased(Person)
    reports = (
        sa.select(sa.func.count(ContributionReport.id))
        .where(ContributionReport.contribution_id == Contribution.id, ContributionReport.settled_at.is_(None))
        .correlate(Contribution)
        .scalar_subquery()
    )
    return (
        sa.select(
            Contribution,
            Person.name.label("by_name"),
            hider.name.label("hidden_by"),
            reports.label("reports"),
        )
        .join(Person, Person.id == Contribution.person_id)
        .outerjoin(hider, hider.id == Contribution.hidden_by_id)
    )


def _row(row: Any) -> ContributionRow:
    said: Contribution = row.Contribution
    return ContributionRow(
        id=said.id,
        event_id=said.event_id,
        by_id=said.person_id,
        by_name=row.by_name,
        words=said.words,
        at=said.written_at,
        changed_at=said.changed_at,
        withdrawn_at=said.withdrawn_at,
        hidden_at=said.hidden_at,
        hidden_by=row.hidden_by or "",
        hidden_reason=said.hidden_reason,
        reports=row.reports,
    )
