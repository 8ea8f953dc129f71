"""Filters of the review desk: what a list is narrowed to, and the statements that read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import EventKind
from pdtracker.models.claims import Claim
from pdtracker.models.districts import School
from pdtracker.models.people import Person
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.bundles import hosted_by
from pdtracker.queries.stand_ins import people_absent, schools_of_absent, stood_for
from pdtracker.queries.turns import has_no_route, turn_of
from pdtracker.scope import Scope

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


def wanted(
    scope: Scope, chosen: QueueFilter, place: Place | None = None, where: str = ""
) -> tuple[frozenset[str], dict[str, Any]]:
    """What a list of the desk is narrowed to: the names of its conditions, and the values that they ask for.

    Only claims that this reviewer may decide, as the filter asks; `where` says on which side of a place.
    """
    schools = _schools_in_view(scope)
    wanted = {
        "decider": scope.me.id if scope.may(Permission.REVIEW_CLAIMS) else None,
        "mine": scope.me.id,
        "schools": None if schools is None else sorted(schools),
        "school": chosen.school_id,
        "kind": chosen.kind,
        "person": chosen.person_id,
    }
    values: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    conditions = frozenset(values)
    values["today"] = scope.today
    if place is None:
        return conditions, values
    return conditions | {where}, values | {"place_at": place.at, "place_id": place.id}


def _schools_in_view(scope: Scope) -> frozenset[int] | None:
    """The schools whose claims lie on this desk; `None` for all: who only looks on sees the whole district."""
    return scope.review_school_ids if scope.may(Permission.REVIEW_CLAIMS) else None


# The statements of the desk. They are made once for each set of conditions, because to put one together takes longer
# than to run it; what they ask for comes as values.

_MINE = sa.bindparam("mine", type_=sa.BigInteger())
_SCHOOLS: sa.BindParameter[Any] = sa.bindparam("schools", expanding=True)
_ROWS = sa.bindparam("rows", type_=sa.Integer())
_PLACE = sa.tuple_(
    sa.bindparam("place_at", type_=Claim.waiting_since.type),
    sa.bindparam("place_id", type_=sa.BigInteger()),
)
_DECIDER = sa.bindparam("decider", type_=sa.BigInteger())
# What waits for a reviewer: what goes by no path as far as its school is theirs, else what is their turn.
_HERE: sa.ColumnElement[bool] = Claim.school_id.in_(_SCHOOLS)
_TODAY = sa.bindparam("today", type_=sa.Date())
_FOR_WHO_IS_AWAY = stood_for(_DECIDER, _TODAY).is_not(None)
_NAMED = sa.or_(
    ClaimRoute.turn_person_id == _DECIDER, ClaimRoute.turn_person_id.in_(people_absent(_DECIDER, _TODAY))
)
_TURNS = (
    sa.or_(has_no_route(), turn_of(_DECIDER), _FOR_WHO_IS_AWAY),
    sa.and_(
        # The first lines are for the database: it finds the few claims of a school, or of a named person, at once.
        sa.or_(
            _HERE,
            Claim.id.in_(sa.select(ClaimRoute.claim_id).where(_NAMED)),
            Claim.school_id.in_(schools_of_absent(_DECIDER, _TODAY)),
        ),
        sa.or_(sa.and_(_HERE, has_no_route()), turn_of(_DECIDER), _FOR_WHO_IS_AWAY),
    ),
)
_CONDITIONS: Mapping[str, sa.ColumnElement[bool]] = {
    "mine": sa.and_(
        Claim.person_id != _MINE,
        ~hosted_by(_MINE),
    ),
    "schools": Claim.school_id.in_(_SCHOOLS),
    "school": Claim.school_id == sa.bindparam("school"),
    "kind": Claim.kind == sa.bindparam("kind"),
    "person": Claim.person_id == sa.bindparam("person"),
    "after": sa.tuple_(Claim.waiting_since, Claim.id) > _PLACE,
    "until": sa.tuple_(Claim.waiting_since, Claim.id) <= _PLACE,
    "before": sa.tuple_(Claim.decided_at, Claim.id) < _PLACE,
}


@cache
def waiting_page(conditions: frozenset[str]) -> sa.Select[int]:
    """The ids of a page of what waits, the longest waiting first; it asks for `rows`."""
    page = _waiting(sa.select(Claim.id).where(_in_state(ClaimState.SUBMITTED)), conditions)
    return page.order_by(Claim.waiting_since, Claim.id).limit(_ROWS)


@cache
def waiting_chosen(conditions: frozenset[str]) -> sa.Select[int]:
    """The ids among those `chosen` that wait."""
    chosen = sa.select(Claim.id).where(
        _in_state(ClaimState.SUBMITTED), Claim.id.in_(sa.bindparam("chosen", expanding=True))
    )
    return _waiting(chosen, conditions)


@cache
def settled_page(tab: Tab, conditions: frozenset[str]) -> sa.Select[*tuple[Any, ...]]:
    """A page of what went back or was decided, the newest first; it asks for `rows`."""
    # Each state by itself comes in order from the index; sorting all that was ever decided would not.
    newest = [
        _narrowed(sa.select(Claim.id).where(_in_state(state)), conditions)
        .order_by(Claim.decided_at.desc(), Claim.id.desc())
        .limit(_ROWS)
        .subquery()
        for state in _TAB_STATES[tab]
    ]
    return (
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
        .where(Claim.id.in_(sa.union_all(*(sa.select(page.c.id) for page in newest))))
        .order_by(Claim.decided_at.desc(), Claim.id.desc())
        .limit(_ROWS)
    )


@cache
def heads(conditions: frozenset[str]) -> sa.Select[*tuple[Any, ...]]:
    """The figure of each tab, in the order of the tabs, once with each school that the filter offers."""
    offered = School.id.in_(_SCHOOLS) if "schools" in conditions else sa.true()
    counts = [_count(_TAB_STATES[tab], conditions) for tab in Tab]
    return (
        sa.select(*counts, School.id.label("school_id"), School.name)
        .select_from(_one())
        .outerjoin(School, offered)
        .order_by(School.name)
    )


@cache
def counts(conditions: frozenset[str]) -> sa.Select[*tuple[Any, ...]]:
    """How many wait under these conditions, and how many on either side of a place that they name."""
    waits = _TAB_STATES[Tab.NEEDS_YOU]
    return sa.select(_count(waits, conditions), _count(waits, conditions - {"until"})).select_from(_one())


def _count(states: Collection[ClaimState], conditions: frozenset[str]) -> sa.ScalarSelect[int]:
    (first, *others) = states
    within = Claim.state.in_(states) if others else _in_state(first)
    narrowed = _waiting if states == _TAB_STATES[Tab.NEEDS_YOU] else _narrowed
    found = narrowed(sa.select(Claim.id).where(within), conditions).limit(COUNTED_UP_TO + 1)
    return sa.select(sa.func.count()).select_from(found.subquery()).scalar_subquery()


def _one() -> sa.Subquery:
    return sa.select(sa.literal(1).label("one")).subquery()


def that_wait(
    statement: sa.Select[*tuple[Any, ...]], conditions: frozenset[str]
) -> sa.Select[*tuple[Any, ...]]:
    """A statement about claims, narrowed to those that wait under these conditions."""
    return _waiting(statement.where(_in_state(ClaimState.SUBMITTED)), conditions)


def _waiting(statement: sa.Select[Any], conditions: frozenset[str]) -> sa.Select[Any]:
    """What waits: for who decides only what is their turn."""
    if "decider" not in conditions:
        return _narrowed(statement, conditions)
    return _narrowed(statement, conditions - {"schools"}).where(_TURNS["schools" in conditions])


def _narrowed(statement: sa.Select[Any], conditions: frozenset[str]) -> sa.Select[Any]:
    # Of what is settled everything in their schools lies on a reviewer's desk, whoever decided it.
    return statement.where(*(_CONDITIONS[name] for name in sorted(conditions - {"decider"})))


def _in_state(state: ClaimState) -> sa.ColumnElement[bool]:
    """The state is written out in the statement: SQLite uses a partial index only for a value that it can read."""
    return Claim.state == sa.bindparam(
        "tab_state", state, type_=Claim.state.type, literal_execute=True, unique=True
    )
