"""The review desk: what waits for whom, what went back, what was decided.

Pages come by keyset: what waits begins with the longest waiting, what is settled with the newest; `(moment, id)` is the
place to go on from. The number of statements doesn't depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.kinds import EventKind
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.districts import School
from pdtracker.models.events import EventHost
from pdtracker.models.people import Person
from pdtracker.queries.checking import CheckedClaim, checked
from pdtracker.queries.people import SchoolRow
from pdtracker.scope import Scope

PAGE_ROWS = 50
COUNTED_UP_TO = 1000


class Tab(StrEnum):
    """Where a claim lies on the desk."""

    NEEDS_YOU = "needs_you"
    RETURNED = "returned"
    DECIDED = "decided"


_TAB_STATES: Mapping[Tab, tuple[ClaimState, ...]] = {
    Tab.NEEDS_YOU: (ClaimState.SUBMITTED,),
    Tab.RETURNED: (ClaimState.RETURNED,),
    Tab.DECIDED: (ClaimState.CREDITED, ClaimState.DENIED, ClaimState.REVERSED),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page goes on: after the row of this moment and id."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What the address asks for; `None` leaves it open."""

    school_id: int | None = None
    kind: EventKind | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some of the claims that wait, and where the next page begins (`None` at the end)."""

    rows: tuple[CheckedClaim, ...]
    after: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledClaim:
    """A claim that went back or was decided, with its last decision. `step_id` is what an undo names."""

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
    by_person_id: int
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
    """The claim to open next, and whose it is."""

    id: int
    person_name: str


def waiting(
    scope: Scope, chosen: QueueFilter, after: Place | None = None, limit: int = PAGE_ROWS
) -> QueuePage:
    """The claims that wait for this reviewer, the longest waiting first. Three statements.

    Never one's own, nor those of events that one hosts. Who only looks on sees what waits in the whole district.
    """
    statement = _after(_waiting(scope, chosen, sa.select(Claim.id)), after)
    found = checked(scope, statement.order_by(Claim.waiting_since, Claim.id).limit(limit + 1))
    rows = tuple(found[:limit])
    more = Place(rows[-1].waiting_since, rows[-1].id) if len(found) > limit else None
    return QueuePage(rows, more)


def chosen_waiting(scope: Scope, claim_ids: Collection[int]) -> tuple[CheckedClaim, ...]:
    """These claims with their checks, as far as they wait for this reviewer, the longest waiting first.

    Three statements.
    """
    statement = _waiting(scope, QueueFilter(), sa.select(Claim.id)).where(Claim.id.in_(claim_ids))
    return tuple(checked(scope, statement))


def settled(
    scope: Scope, tab: Tab, chosen: QueueFilter, after: Place | None = None, limit: int = PAGE_ROWS
) -> SettledPage:
    """The claims that went back or were decided, the newest first. Two statements."""
    # Each state by itself comes in order from the index; sorting all that was ever decided would not.
    newest = [_newest(scope, state, chosen, after, limit + 1) for state in _TAB_STATES[tab]]
    among = sa.union_all(*(sa.select(page.c.id) for page in newest))
    found = scope.session.execute(
        sa.select(
            Claim.id,
            Claim.state,
            Claim.person_id,
            Person.name.label("person_name"),
            School.name.label("school_name"),
            Claim.title,
            Claim.kind,
            Claim.starts_at,
            Claim.claimed_minutes.label("minutes"),
            Claim.decided_at,
        )
        .join(Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Claim.person_id))
        .outerjoin(School, sa.and_(School.district_id == Claim.district_id, School.id == Claim.school_id))
        .where(Claim.id.in_(among))
        .order_by(Claim.decided_at.desc(), Claim.id.desc())
        .limit(limit + 1)
    ).all()
    rows = _with_decisions(scope, found[:limit])
    last = found[limit - 1] if len(found) > limit else None
    return SettledPage(rows, Place(last.decided_at, last.id) if last else None)


def head(scope: Scope, chosen: QueueFilter) -> Head:
    """The tabs' figures under this filter, and the schools that the filter offers. One statement."""
    counts = [
        sa.select(sa.func.count())
        .select_from(_on_tab(scope, tab, chosen, sa.select(Claim.id)).limit(COUNTED_UP_TO + 1).subquery())
        .scalar_subquery()
        for tab in Tab
    ]
    schools = _schools_in_view(scope)
    offered = sa.true() if schools is None else School.id.in_(sorted(schools))
    one = sa.select(sa.literal(1).label("one")).subquery()
    rows = scope.session.execute(
        sa.select(*counts, School.id.label("school_id"), School.name)
        .select_from(one)
        .outerjoin(School, offered)
        .order_by(School.name)
    ).all()
    return Head(
        TabCounts(*(int(count) for count in rows[0][: len(counts)])),
        tuple(SchoolRow(row.school_id, row.name) for row in rows if row.school_id is not None),
    )


def next_waiting(scope: Scope, chosen: QueueFilter, after: Place | None) -> NextClaim | None:
    """The claim to open next: the first after this place, else the first of all. Two statements at most."""
    for place in dict.fromkeys((after, None)):
        page = _waiting(scope, chosen, sa.select(Claim.id, Person.name)).join(
            Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Claim.person_id)
        )
        row = scope.session.execute(
            _after(page, place).order_by(Claim.waiting_since, Claim.id).limit(1)
        ).first()
        if row is not None:
            return NextClaim(row.id, row.name)
    return None


def waiting_before(scope: Scope, chosen: QueueFilter, place: Place) -> tuple[int, int]:
    """How many wait longer than the claim at this place, and how many wait in all. One statement.

    Both stop after `COUNTED_UP_TO`.
    """
    ids = _waiting(scope, chosen, sa.select(Claim.id))
    earlier = ids.where(sa.tuple_(Claim.waiting_since, Claim.id) < sa.tuple_(place.at, place.id))
    counts = [
        sa.select(sa.func.count()).select_from(page.limit(COUNTED_UP_TO + 1).subquery()).scalar_subquery()
        for page in (earlier, ids)
    ]
    one = sa.select(sa.literal(1).label("one")).subquery()
    row = scope.session.execute(sa.select(*counts).select_from(one)).one()
    return int(row[0]), int(row[1])


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
                ClaimStep.by_person_id,
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


def _newest(
    scope: Scope, state: ClaimState, chosen: QueueFilter, after: Place | None, limit: int
) -> sa.Subquery:
    statement = _for_reviewer(scope, chosen, sa.select(Claim.id).where(_in_state(state)))
    if after is not None:
        statement = statement.where(sa.tuple_(Claim.decided_at, Claim.id) < sa.tuple_(after.at, after.id))
    return statement.order_by(Claim.decided_at.desc(), Claim.id.desc()).limit(limit).subquery()


def _after(statement: sa.Select[*tuple[Any, ...]], place: Place | None) -> sa.Select[*tuple[Any, ...]]:
    if place is None:
        return statement
    return statement.where(sa.tuple_(Claim.waiting_since, Claim.id) > sa.tuple_(place.at, place.id))


def _waiting(
    scope: Scope, chosen: QueueFilter, statement: sa.Select[*tuple[Any, ...]]
) -> sa.Select[*tuple[Any, ...]]:
    return _on_tab(scope, Tab.NEEDS_YOU, chosen, statement)


def _on_tab(
    scope: Scope, tab: Tab, chosen: QueueFilter, statement: sa.Select[*tuple[Any, ...]]
) -> sa.Select[*tuple[Any, ...]]:
    states = _TAB_STATES[tab]
    return _for_reviewer(
        scope,
        chosen,
        statement.where(_in_state(states[0]) if len(states) == 1 else Claim.state.in_(states)),
    )


def _in_state(state: ClaimState) -> sa.ColumnElement[bool]:
    """The state is written out in the statement: SQLite uses a partial index only for a value that it can read."""
    return Claim.state == sa.bindparam(
        "tab_state", state, type_=Claim.state.type, literal_execute=True, unique=True
    )


def _for_reviewer(
    scope: Scope, chosen: QueueFilter, statement: sa.Select[*tuple[Any, ...]]
) -> sa.Select[*tuple[Any, ...]]:
    """Only claims that this reviewer may decide, as the filter asks."""
    hosted = sa.exists(
        sa.select(EventHost.id).where(
            EventHost.event_id == Claim.event_id, EventHost.person_id == scope.me.id
        )
    )
    statement = statement.where(Claim.person_id != scope.me.id, ~hosted)
    schools = _schools_in_view(scope)
    if schools is not None:
        statement = statement.where(Claim.school_id.in_(sorted(schools)))
    if chosen.school_id is not None:
        statement = statement.where(Claim.school_id == chosen.school_id)
    if chosen.kind is not None:
        statement = statement.where(Claim.kind == chosen.kind)
    if chosen.person_id is not None:
        statement = statement.where(Claim.person_id == chosen.person_id)
    return statement


def _schools_in_view(scope: Scope) -> frozenset[int] | None:
    """The schools whose claims lie on this desk; `None` for all: who only looks on sees the whole district."""
    return scope.review_school_ids if scope.may(Permission.REVIEW_CLAIMS) else None
