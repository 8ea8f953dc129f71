"""The review desk: what waits for whom, with what the machine found beside each claim.

Pages come by keyset: the longest waiting first, `(waiting_since, id)` as the place to go on from. The number of
statements doesn't depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.checks import Check, CheckFacts, CheckGroup, Overlap, SameText, check_claim, group_of
from pdtracker.domain.claim import LIVE_STATES, ClaimState
from pdtracker.domain.credit import minutes_left
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.when import local, session_minutes
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.districts import School
from pdtracker.models.events import EventHost
from pdtracker.models.people import Person
from pdtracker.queries import facts
from pdtracker.scope import Scope

PAGE_ROWS = 50
COUNTED_UP_TO = 1000
_A_YEAR = timedelta(days=366)


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
    """Where a page goes on: after the row that waits since `at` and has this id."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What the address asks for; `None` leaves it open."""

    school_id: int | None = None
    kind: EventKind | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A claim on the desk."""

    id: int
    version: int
    state: ClaimState
    person_id: int
    person_name: str
    school_name: str | None
    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    waiting_since: datetime
    decided_at: datetime | None
    checks: tuple[Check, ...]
    group: CheckGroup


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some rows of a tab, and where the next page begins (`None` at the end)."""

    rows: tuple[QueueRow, ...]
    after: Place | None


def waiting(
    scope: Scope, chosen: QueueFilter, after: Place | None = None, limit: int = PAGE_ROWS
) -> QueuePage:
    """The claims that wait for this reviewer, the longest waiting first. Three statements.

    Never one's own, nor those of events that one hosts.
    """
    statement = _on_desk(scope, chosen, Tab.NEEDS_YOU)
    if after is not None:
        statement = statement.where(sa.tuple_(Claim.waiting_since, Claim.id) > sa.tuple_(after.at, after.id))
    page = statement.order_by(Claim.waiting_since, Claim.id).limit(limit + 1)
    found = scope.session.execute(_with_facts(page)).all()
    rows = found[:limit]
    more = Place(rows[-1].waiting_since, rows[-1].id) if len(found) > limit else None
    return QueuePage(with_checks(scope, rows), more)


def settled(
    scope: Scope, tab: Tab, chosen: QueueFilter, after: Place | None = None, limit: int = PAGE_ROWS
) -> QueuePage:
    """The claims that went back or were decided, the newest first, without checks. One statement."""
    statement = _on_desk(scope, chosen, tab)
    if after is not None:
        statement = statement.where(sa.tuple_(Claim.decided_at, Claim.id) < sa.tuple_(after.at, after.id))
    page = statement.order_by(Claim.decided_at.desc(), Claim.id.desc()).limit(limit + 1)
    found = sorted(
        scope.session.execute(_with_facts(page)), key=lambda row: (row.decided_at, row.id), reverse=True
    )
    rows = tuple(_row(row, ()) for row in found[:limit])
    last = rows[-1] if rows else None
    more = Place(last.decided_at, last.id) if last and last.decided_at and len(found) > limit else None
    return QueuePage(rows, more)


@dataclass(frozen=True, slots=True)
class TabCounts:
    """How many claims lie in each tab; counting stops after `COUNTED_UP_TO`, so one more than that means "more"."""

    needs_you: int
    returned: int
    decided: int


def tab_counts(scope: Scope, chosen: QueueFilter) -> TabCounts:
    """The figures beside the tabs. One statement."""
    counts = [
        sa.select(sa.func.count())
        .select_from(_on_tab(scope, chosen, tab, sa.select(Claim.id)).limit(COUNTED_UP_TO + 1).subquery())
        .scalar_subquery()
        for tab in Tab
    ]
    row = scope.session.execute(sa.select(*counts, sa.literal(1)).select_from(_one_row())).one()
    return TabCounts(int(row[0]), int(row[1]), int(row[2]))


def chosen_rows(scope: Scope, claim_ids: Sequence[int]) -> tuple[QueueRow, ...]:
    """These claims with their checks, as far as they wait for this reviewer. Three statements."""
    statement = _on_desk(scope, QueueFilter(), Tab.NEEDS_YOU).where(Claim.id.in_(claim_ids))
    found = scope.session.execute(_with_facts(statement)).all()
    return with_checks(scope, found)


def next_waiting(scope: Scope, chosen: QueueFilter, after: Place | None) -> int | None:
    """The id of the claim to open next: the first after this place, else the first of all.

    Two statements at most.
    """
    for place in (after, None):
        page = _on_tab(scope, chosen, Tab.NEEDS_YOU, sa.select(Claim.id))
        if place is not None:
            page = page.where(sa.tuple_(Claim.waiting_since, Claim.id) > sa.tuple_(place.at, place.id))
        row = scope.session.execute(page.order_by(Claim.waiting_since, Claim.id).limit(1)).first()
        if row is not None:
            return int(row.id)
    return None


def with_checks(scope: Scope, rows: Sequence[Any]) -> tuple[QueueRow, ...]:
    """Rows of `_with_facts` with what the machine found. Two statements: policies, and credit so far."""
    if not rows:
        return ()
    editions = facts.policies(scope)
    days = [local(row.starts_at, scope.district.zone).date() for row in rows]
    credited = facts.credited(
        scope, {row.person_id for row in rows}, min(days) - _A_YEAR, max(days) + _A_YEAR
    )
    return tuple(
        _row(row, check_claim(_check_facts(scope, row, _cap_left(editions, credited, row, on))))
        for row, on in zip(rows, days, strict=True)
    )


def _with_facts(page: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    """The rows of a page, which is cut before anything is joined to it, with the facts that the checks need."""
    claim = aliased(Claim, page.subquery())
    other, same = aliased(Claim), aliased(Claim)
    author = aliased(Person)
    overlapping = aliased(Claim)
    first_overlap = (
        sa.select(overlapping.id)
        .where(
            overlapping.person_id == claim.person_id,
            overlapping.id != claim.id,
            overlapping.state.in_(sorted(LIVE_STATES)),
            overlapping.starts_at < claim.ends_at,
            overlapping.ends_at > claim.starts_at,
        )
        .order_by(overlapping.starts_at)
        .limit(1)
        .correlate(claim)
        .scalar_subquery()
    )
    twin = aliased(Claim)
    first_twin = (
        sa.select(twin.id)
        .where(
            twin.reflection_digest == claim.reflection_digest,
            twin.id != claim.id,
            twin.state.in_(sorted(LIVE_STATES)),
        )
        .order_by(twin.id)
        .limit(1)
        .correlate(claim)
        .scalar_subquery()
    )
    evidence = [
        sa.exists(
            sa.select(Evidence.id).where(
                Evidence.claim_id == claim.id, Evidence.kind == kind, Evidence.removed_at.is_(None)
            )
        ).label(f"has_{kind.value}")
        for kind in EvidenceKind
    ]
    return (
        sa.select(
            claim.id,
            claim.version,
            claim.state,
            claim.person_id,
            Person.name.label("person_name"),
            School.name.label("school_name"),
            claim.title,
            claim.host,
            claim.kind,
            claim.category,
            claim.starts_at,
            claim.ends_at,
            claim.zone,
            claim.claimed_minutes,
            claim.session_starts_at,
            claim.session_ends_at,
            claim.longer_reason,
            claim.reflection_words,
            claim.waiting_since,
            claim.decided_at,
            *evidence,
            other.title.label("other_title"),
            other.starts_at.label("other_starts_at"),
            other.ends_at.label("other_ends_at"),
            other.state.label("other_state"),
            same.title.label("same_title"),
            same.person_id.label("same_person_id"),
            author.name.label("same_author"),
        )
        .join(Person, sa.and_(Person.district_id == claim.district_id, Person.id == claim.person_id))
        .outerjoin(School, sa.and_(School.district_id == claim.district_id, School.id == claim.school_id))
        .outerjoin(other, sa.and_(other.district_id == claim.district_id, other.id == first_overlap))
        .outerjoin(same, sa.and_(same.district_id == claim.district_id, same.id == first_twin))
        .outerjoin(author, sa.and_(author.district_id == same.district_id, author.id == same.person_id))
        .order_by(claim.waiting_since, claim.id)
    )


def _on_desk(scope: Scope, chosen: QueueFilter, tab: Tab) -> sa.Select[*tuple[Any, ...]]:
    """The claims of a tab that concern this reviewer."""
    return _on_tab(scope, chosen, tab, sa.select(Claim))


def _on_tab(
    scope: Scope, chosen: QueueFilter, tab: Tab, statement: sa.Select[*tuple[Any, ...]]
) -> sa.Select[*tuple[Any, ...]]:
    """Only the claims of this tab that this reviewer may decide, as the filter asks."""
    hosted = sa.exists(
        sa.select(EventHost.id).where(
            EventHost.event_id == Claim.event_id, EventHost.person_id == scope.me.id
        )
    )
    states = _TAB_STATES[tab]
    # One state is written out in the statement: SQLite uses a partial index only for a value that it can read.
    in_state = (
        Claim.state
        == sa.bindparam("tab_state", states[0], type_=Claim.state.type, literal_execute=True, unique=True)
        if len(states) == 1
        else Claim.state.in_(states)
    )
    statement = statement.where(in_state, Claim.person_id != scope.me.id, ~hosted)
    if scope.review_school_ids is not None:
        statement = statement.where(Claim.school_id.in_(sorted(scope.review_school_ids)))
    if chosen.school_id is not None:
        statement = statement.where(Claim.school_id == chosen.school_id)
    if chosen.kind is not None:
        statement = statement.where(Claim.kind == chosen.kind)
    if chosen.person_id is not None:
        statement = statement.where(Claim.person_id == chosen.person_id)
    return statement


def _one_row() -> sa.Subquery:
    return sa.select(sa.literal(1).label("one")).subquery()


def _check_facts(scope: Scope, row: Any, cap_left_minutes: int | None) -> CheckFacts:
    overlaps = (
        (
            Overlap(
                row.other_title,
                row.other_starts_at,
                row.other_ends_at,
                row.other_state is ClaimState.CREDITED,
            ),
        )
        if row.other_title is not None
        else ()
    )
    own = row.same_person_id == row.person_id
    same_text = (
        (SameText(row.same_title, "" if own else row.same_author),) if row.same_title is not None else ()
    )
    return CheckFacts(
        kind=row.kind,
        minutes=row.claimed_minutes,
        session_minutes=_lasted(row),
        longer_reason=row.longer_reason,
        cap_left_minutes=cap_left_minutes,
        evidence=frozenset(kind for kind in EvidenceKind if getattr(row, f"has_{kind.value}")),
        reflection_words=row.reflection_words,
        overlaps=overlaps,
        same_text=same_text,
        zone=scope.district.zone,
    )


def _lasted(row: Any) -> int | None:
    if row.session_starts_at is not None and row.session_ends_at is not None:
        return session_minutes(row.session_starts_at, row.session_ends_at)
    return session_minutes(row.starts_at, row.ends_at) if row.kind.is_live else None


def _cap_left(
    editions: Sequence[facts.PolicyEdition], credited: facts.Credited, row: Any, on: date
) -> int | None:
    try:
        policy = facts.edition_for(editions, on).policy
    except Refusal:
        return None
    by_kind = credited.in_year(row.person_id, policy.year_of(on))
    return minutes_left(policy, row.kind, by_kind, sum(by_kind.values()))


def _row(row: Any, checks: tuple[Check, ...]) -> QueueRow:
    return QueueRow(
        id=row.id,
        version=row.version,
        state=row.state,
        person_id=row.person_id,
        person_name=row.person_name,
        school_name=row.school_name,
        title=row.title,
        host=row.host,
        kind=row.kind,
        category=row.category,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        minutes=row.claimed_minutes,
        waiting_since=row.waiting_since,
        decided_at=row.decided_at,
        checks=checks,
        group=group_of(checks),
    )
