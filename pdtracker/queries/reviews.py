"""The review desk: what waits for whom, what went back, what was decided.

Pages come by keyset: what waits begins with the longest waiting, what is settled with the newest; `(moment, id)` is the
place to go on from. Within its page what waits stands by the findings of the checks, those to look at first before the
others: that is the one order of the desk. The number of statements doesn't depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.checks import CheckGroup
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.kinds import EventKind
from pdtracker.models.claims import ClaimStep
from pdtracker.queries.checking import CheckedClaim, checked
from pdtracker.queries.people import SchoolRow
from pdtracker.queries.policy_steps import by_whom
from pdtracker.queries.review_filters import (
    Place,
    QueueFilter,
    Tab,
    counts,
    heads,
    settled_page,
    waiting_chosen,
    waiting_page,
    wanted,
)
from pdtracker.scope import Scope

PAGE_ROWS = 50


_GROUPS = {group: number for number, group in enumerate(CheckGroup)}


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some of the claims that wait, in the order of the desk, and where the next page begins (`None` at the end)."""

    rows: tuple[CheckedClaim, ...]
    after: Place | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a claim stands in its page of what waits, also when it waits no longer."""

    group: CheckGroup
    place: Place

    @classmethod
    def of(cls, row: CheckedClaim) -> Spot:
        """Where this row stands."""
        return cls(row.group, Place(row.waiting_since, row.id))

    def is_before(self, row: CheckedClaim) -> bool:
        """Whether the row comes later in the same page."""
        return _rank(self) < _rank(Spot.of(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledClaim:
    """A claim that went back or was decided, with its last decision. `step_id` is what an undo names.

    `by_person_id` is `None` where a policy decided.
    """

    id: int
    state: ClaimState
    person_id: int
    person_name: str
    school_name: str | None
    title: str
    kind: EventKind
    starts_at: datetime
    minutes: int
    step_id: int
    step: Step
    by_person_id: int | None
    by_name: str
    at: datetime
    comment: str
    granted_minutes: int | None
    release_at: datetime | None


@dataclass(frozen=True, slots=True)
class SettledPage:
    """Some of the claims that went back or were decided, and where the next page begins (`None` at the end)."""

    rows: tuple[SettledClaim, ...]
    after: Place | None


@dataclass(frozen=True, slots=True)
class TabCounts:
    """How many claims lie in each tab; counting stops after `COUNTED_UP_TO`, so one more than that means "more"."""

    needs_you: int
    returned: int
    decided: int


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above every list of the desk: the tabs' figures, and the schools to choose from."""

    counts: TabCounts
    schools: tuple[SchoolRow, ...]


@dataclass(frozen=True, slots=True)
class NextClaim:
    """The claim to open next, whose it is, and after which place its page of the list begins."""

    id: int
    person_name: str
    page: Place | None


@dataclass(frozen=True, slots=True)
class InQueue:
    """Where a waiting claim stands in the list: how many before it of how many, its page, and which one comes next.

    Both figures stop after `COUNTED_UP_TO`. `row` is the claim as the list shows it.
    """

    before: int
    total: int
    page: Place | None
    row: CheckedClaim
    next: NextClaim | None


def waiting(
    scope: Scope, chosen: QueueFilter, after: Place | None = None, limit: int = PAGE_ROWS
) -> QueuePage:
    """A page of the claims that wait for this reviewer, the longest waiting. Three statements.

    Never one's own, nor those of events that one hosts. Who only looks on sees what waits in the whole district.
    """
    conditions, values = wanted(scope, chosen, after, "after")
    found = checked(scope, waiting_page(conditions), values | {"rows": limit + 1})
    last = found[limit - 1] if len(found) > limit else None
    return QueuePage(_in_order(found[:limit]), Place(last.waiting_since, last.id) if last else None)


def all_waiting(scope: Scope, chosen: QueueFilter, limit: int) -> tuple[CheckedClaim, ...]:
    """All claims that wait for this reviewer under this filter, the longest waiting, `limit` at most.

    Three statements.
    """
    conditions, values = wanted(scope, chosen)
    return tuple(checked(scope, waiting_page(conditions), values | {"rows": limit}))


def chosen_waiting(scope: Scope, claim_ids: Collection[int]) -> tuple[CheckedClaim, ...]:
    """These claims with their checks, as far as they wait for this reviewer, in the order of the desk.

    Three statements.
    """
    conditions, values = wanted(scope, QueueFilter())
    page = waiting_chosen(conditions)
    return _in_order(checked(scope, page, values | {"chosen": list(claim_ids)}))


def settled(
    scope: Scope, tab: Tab, chosen: QueueFilter, after: Place | None = None, limit: int = PAGE_ROWS
) -> SettledPage:
    """The claims that went back or were decided, the newest first. Two statements."""
    conditions, values = wanted(scope, chosen, after, "before")
    found = scope.session.execute(settled_page(tab, conditions), values | {"rows": limit + 1}).all()
    rows = _with_decisions(scope, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return SettledPage(rows, Place(last.decided_at, last.id) if last else None)


def head(scope: Scope, chosen: QueueFilter) -> Head:
    """The tabs' figures under this filter, and the schools that the filter offers. One statement."""
    conditions, values = wanted(scope, chosen)
    rows = scope.session.execute(heads(conditions), values).all()
    return Head(
        TabCounts(*(int(count) for count in rows[0][: len(Tab)])),
        tuple(SchoolRow(row.school_id, row.name) for row in rows if row.school_id is not None),
    )


def next_waiting(
    scope: Scope, chosen: QueueFilter, page: Place | None, last: Spot | None, named: int | None = None
) -> NextClaim | None:
    """The claim to open after the one at this spot of this page: the next of the list, after its end the first.

    A decision can change the order of the list. What was `named` as the next one is it nevertheless, while it waits.
    Nine statements at most. Without a spot it is the first of the page.
    """
    shown = waiting(scope, chosen, page)
    row = _named(scope, chosen, shown, named) if named is not None else None
    if row is None:
        return _next(scope, chosen, page, shown, last)
    if any(one.id == row.id for one in shown.rows):
        return NextClaim(row.id, row.person_name, page)
    is_behind = shown.after is not None and (row.waiting_since, row.id) > (shown.after.at, shown.after.id)
    return NextClaim(row.id, row.person_name, shown.after if is_behind else None)


def in_queue(scope: Scope, chosen: QueueFilter, page: Place | None, claim: Place) -> InQueue | None:
    """Where a claim stands in the list, on the page that it was opened from; `None` when it isn't in this list.

    Seven statements for most, thirteen at most.
    """
    shown = waiting(scope, chosen, page)
    if not any(row.id == claim.id for row in shown.rows):
        # Opened from elsewhere: its page begins with itself. Ids are whole numbers, so this is the place before it.
        page = Place(claim.at, claim.id - 1)
        shown = waiting(scope, chosen, page)
    index = next((number for number, row in enumerate(shown.rows) if row.id == claim.id), None)
    if index is None:
        return None
    before, total = _counted(scope, chosen, page)
    row = shown.rows[index]
    return InQueue(before + index, total, page, row, _next(scope, chosen, page, shown, Spot.of(row)))


def _named(scope: Scope, chosen: QueueFilter, shown: QueuePage, named: int) -> CheckedClaim | None:
    """The named claim, if it waits and the list still holds it."""
    conditions, values = wanted(scope, chosen)
    on_page = (row for row in shown.rows if row.id == named)
    return next(on_page, None) or next(
        iter(checked(scope, waiting_chosen(conditions), values | {"chosen": [named]})), None
    )


def _next(
    scope: Scope, chosen: QueueFilter, page: Place | None, shown: QueuePage, last: Spot | None
) -> NextClaim | None:
    for row in shown.rows:
        if last is None or last.is_before(row):
            return NextClaim(row.id, row.person_name, page)
    if shown.after is not None:
        row = waiting(scope, chosen, shown.after).rows[0]
        return NextClaim(row.id, row.person_name, shown.after)
    first = shown if page is None else waiting(scope, chosen)
    others = (row for row in first.rows if last is None or row.id != last.place.id)
    return next((NextClaim(row.id, row.person_name, None) for row in others), None)


def _counted(scope: Scope, chosen: QueueFilter, page: Place | None) -> tuple[int, int]:
    """How many wait before a page begins, and how many in all. One statement."""
    conditions, values = wanted(scope, chosen, page, "until")
    row = scope.session.execute(counts(conditions), values).one()
    return (int(row[0]) if page is not None else 0), int(row[-1])


def _in_order(rows: Iterable[CheckedClaim]) -> tuple[CheckedClaim, ...]:
    return tuple(sorted(rows, key=lambda row: _rank(Spot.of(row))))


def _rank(spot: Spot) -> tuple[int, datetime, int]:
    return _GROUPS[spot.group], spot.place.at, spot.place.id


def _with_decisions(scope: Scope, found: Sequence[Any]) -> tuple[SettledClaim, ...]:
    """The claims with the step that brought each where it stands."""
    last = (
        sa.select(sa.func.max(ClaimStep.id))
        .where(ClaimStep.claim_id.in_([row.id for row in found]))
        .group_by(ClaimStep.claim_id)
    )
    steps = {
        row.claim_id: row
        for row in scope.session.execute(
            sa.select(
                ClaimStep.claim_id,
                ClaimStep.id,
                ClaimStep.step,
                by_whom(ClaimStep).label("by_person_id"),
                ClaimStep.by_name,
                ClaimStep.at,
                ClaimStep.comment,
                ClaimStep.granted_minutes,
                ClaimStep.release_at,
            ).where(ClaimStep.id.in_(last))
        )
    }
    return tuple(
        SettledClaim(
            id=row.id,
            state=row.state,
            person_id=row.person_id,
            person_name=row.person_name,
            school_name=row.school_name,
            title=row.title,
            kind=row.kind,
            starts_at=row.starts_at,
            minutes=row.minutes,
            step_id=steps[row.id].id,
            step=steps[row.id].step,
            by_person_id=steps[row.id].by_person_id,
            by_name=steps[row.id].by_name,
            at=steps[row.id].at,
            comment=steps[row.id].comment,
            granted_minutes=steps[row.id].granted_minutes,
            release_at=steps[row.id].release_at,
        )
        for row in found
    )
