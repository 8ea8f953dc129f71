"""A person's own calendar: what they go to, have a place at or wait for, and what they made of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.claim import HOLDING_STATES, ClaimState
from pdtracker.domain.going import Log, Tie
from pdtracker.domain.registration import RegistrationState
from pdtracker.models.base import DayAfter
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim
from pdtracker.models.events import Event, EventState
from pdtracker.models.going import Going
from pdtracker.models.registrations import Registration
from pdtracker.queries.bundles import events_with_drafts
from pdtracker.queries.event_filters import visible
from pdtracker.queries.events import EventRow, Place, at_place, row_of, row_query
from pdtracker.scope import Scope

_UNLOGGED_FOR = timedelta(days=30)
_TIES = {RegistrationState.REGISTERED: Tie.REGISTERED, RegistrationState.WAITING: Tie.WAITING}


@dataclass(frozen=True, slots=True)
class Mark:
    """That the acting person is going to an event, and whether a letter reminds them."""

    wants_reminder: bool


@dataclass(frozen=True, slots=True)
class Mine:
    """Which events of a list one logged or began to, and by which tie others are in one's calendar."""

    logged: frozenset[int] = frozenset()
    drafted: frozenset[int] = frozenset()
    ties: Mapping[int, Tie] = field(default_factory=dict)

    @property
    def all(self) -> frozenset[int]:
        """All of them."""
        return self.logged | self.drafted | self.ties.keys()

    def logs(self, event_id: int) -> Log | None:
        """How far one is with logging an event; nothing where one didn't begin to."""
        if event_id in self.logged:
            return Log.SENT
        return Log.DRAFT if event_id in self.drafted else None


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """An event of one's own calendar."""

    event: EventRow
    tie: Tie


@dataclass(frozen=True, slots=True)
class PastEvents:
    """A stretch of what is over in one's own calendar, the latest first, and whether there is more before it."""

    rows: tuple[OwnEvent, ...]
    has_earlier: bool

    @property
    def last(self) -> Place:
        """The place of the last row; only where there is one."""
        return Place(self.rows[-1].event.time.starts_at, self.rows[-1].event.id)


@dataclass(frozen=True, slots=True)
class HeldBy:
    """The claim that holds an event, and where it stands."""

    claim_id: int
    state: ClaimState


def my_mark(scope: Scope, event_id: int) -> Mark | None:
    """Whether the acting person marked this event. One statement."""
    wants = scope.session.scalar(
        sa.select(Going.wants_reminder).where(Going.event_id == event_id, Going.person_id == scope.me.id)
    )
    return None if wants is None else Mark(wants)


def mine_among(scope: Scope, event_ids: Collection[int]) -> Mine:
    """Which of these events are the acting person's own, and how. One statement."""
    held, ties = events_with_drafts(scope.me.id).subquery(), _ties(scope.me.id)
    is_sent = sa.case((held.c.is_draft, Log.DRAFT.value), else_=Log.SENT.value)
    rows = scope.session.execute(
        sa.union_all(
            sa.select(held.c.event_id, is_sent).where(held.c.event_id.in_(event_ids)),
            sa.select(ties.c.event_id, ties.c.tie).where(ties.c.event_id.in_(event_ids)),
        )
    ).all()
    return Mine(
        frozenset(event_id for event_id, how in rows if how == Log.SENT),
        frozenset(event_id for event_id, how in rows if how == Log.DRAFT),
        {event_id: Tie(how) for event_id, how in rows if how not in set(Log)},
    )


def my_coming(scope: Scope, limit: int, *, with_cancelled: bool) -> tuple[OwnEvent, ...]:
    """What the acting person goes to or waits for and isn't over, the next one first. One statement."""
    ties = _ties(scope.me.id)
    query = _own(scope, ties).where(_ends_at() > scope.at)
    if not with_cancelled:
        query = query.where(Event.state == EventState.PUBLISHED)
    rows = scope.session.execute(query.order_by(Event.starts_at, Event.id).limit(limit))
    return tuple(OwnEvent(row_of(row), Tie(row.tie)) for row in rows)


def my_past(scope: Scope, limit: int, before: Place | None) -> PastEvents:
    """What they went to and is over, the latest first; who waited in vain wasn't there. One statement."""
    ties = _ties(scope.me.id)
    query = _own(scope, ties).where(_ends_at() <= scope.at, ties.c.tie != Tie.WAITING.value)
    if before is not None:
        query = query.where(sa.tuple_(Event.starts_at, Event.id) < at_place(before))
    rows = scope.session.execute(
        query.order_by(Event.starts_at.desc(), Event.id.desc()).limit(limit + 1)
    ).all()
    return PastEvents(
        tuple(OwnEvent(row_of(row), Tie(row.tie)) for row in rows[:limit]), has_earlier=len(rows) > limit
    )


def my_unlogged(scope: Scope, limit: int) -> tuple[OwnEvent, ...]:
    """What they went to in the last month and have no claim for, the latest first. One statement."""
    ties, at = _ties(scope.me.id), scope.at
    mine = sa.select(Claim.event_id).where(Claim.person_id == scope.me.id, Claim.event_id == Event.id)
    parts = sa.select(ClaimPart.event_id).where(
        ClaimPart.person_id == scope.me.id, ClaimPart.event_id == Event.id
    )
    query = _own(scope, ties).where(
        _ends_at() <= at,
        Event.starts_at > at - _UNLOGGED_FOR,
        Event.state == EventState.PUBLISHED,
        ties.c.tie != Tie.WAITING.value,
        ~sa.exists(mine),
        ~sa.exists(parts),
    )
    rows = scope.session.execute(query.order_by(Event.starts_at.desc(), Event.id.desc()).limit(limit))
    return tuple(OwnEvent(row_of(row), Tie(row.tie)) for row in rows)


def held_among(scope: Scope, event_ids: Collection[int]) -> Mapping[int, HeldBy]:
    """The claims with which the acting person holds these events, by themselves or in a bundle. One statement."""
    holds = (Claim.person_id == scope.me.id, Claim.state.in_(HOLDING_STATES), Claim.follow_up.is_(None))
    whole = sa.select(Claim.event_id, Claim.id, Claim.state).where(*holds, Claim.event_id.in_(event_ids))
    parts = (
        sa.select(ClaimPart.event_id, Claim.id, Claim.state)
        .select_from(ClaimPart)
        .join(Claim, Claim.id == ClaimPart.claim_id)
        .where(*holds, ClaimPart.event_id.in_(event_ids))
    )
    rows = scope.session.execute(sa.union_all(whole, parts))
    return {row[0]: HeldBy(row[1], row[2]) for row in rows if row[0] is not None}


def own_event_ids(scope: Scope) -> sa.Select[int]:
    """The events that the acting person goes to or has a place at, whenever they are; for a feed."""
    ties = _ties(scope.me.id)
    return sa.select(ties.c.event_id).where(ties.c.tie != Tie.WAITING.value)


def _own(scope: Scope, ties: sa.Subquery) -> sa.Select[*tuple[Any, ...]]:
    return row_query().add_columns(ties.c.tie).join(ties, ties.c.event_id == Event.id).where(visible(scope))


def _ties(person_id: int) -> sa.Subquery:
    """A person's events, each with its tie; a registration takes the place of a mark, so none stands there twice."""
    marked = sa.select(Going.event_id, sa.literal(Tie.GOING.value).label("tie")).where(
        Going.person_id == person_id
    )
    registered = sa.select(
        Registration.event_id,
        sa.case(*((Registration.state == state, tie.value) for state, tie in _TIES.items())).label("tie"),
    ).where(Registration.person_id == person_id, Registration.state.in_(_TIES))
    return sa.union_all(marked, registered).subquery()


def _ends_at() -> sa.ColumnElement[Any]:
    """An end that isn't known is taken to come within the day, as `EventTime.is_over` has it."""
    return sa.func.coalesce(Event.ends_at, DayAfter(Event.starts_at))
