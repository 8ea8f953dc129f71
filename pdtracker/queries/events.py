"""Events: lists by day and month.

Everything that a public page asks takes `Scope | Visitor`: the session decides which calendars are in reach (the
shared one, and a person's own district's), `event_filters.visible` who sees a proposal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.search import Sought
from pdtracker.models.events import (
    Event,
    EventProposal,
    EventState,
    Organization,
)
from pdtracker.models.people import Person
from pdtracker.queries.bundles import held_events
from pdtracker.queries.event_filters import EventFilter, begins_at_a_time, conditions, listed
from pdtracker.scope import Scope, Visitor

MOST_IN_A_MONTH = 2000
"""A month's page draws no more events than this, and says so."""

_CANDIDATE_DAYS = 60
_LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in a list. `is_own` tells the district's own from the shared calendar's."""

    id: int
    title: str
    kind: EventKind
    host: str
    hashtag: str | None
    time: EventTime
    state: EventState
    is_example: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """An event that waits for an administrator, and who proposed it when."""

    event: EventRow
    by_name: str
    at: datetime
    is_returned: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list that is ordered by start and id; pages begin after or end before one."""

    starts_at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class EventPage:
    """A stretch of a list, in order, and whether anything lies before and after it."""

    rows: tuple[EventRow, ...]
    has_earlier: bool
    has_later: bool

    @property
    def first(self) -> Place:
        """The place of the first row; only of a page with rows."""
        return Place(self.rows[0].time.starts_at, self.rows[0].id)

    @property
    def last(self) -> Place:
        """The place of the last row; only of a page with rows."""
        return Place(self.rows[-1].time.starts_at, self.rows[-1].id)


# Any: columns that `row_of` and `event` read by their names.
Rows = sa.Select[*tuple[Any, ...]]
Found = sa.Row[*tuple[Any, ...]]

_ROW = (
    Event.id,
    Event.title,
    Event.kind,
    Organization.name.label("host"),
    Event.hashtag,
    Event.starts_at,
    Event.ends_at,
    Event.zone,
    Event.has_hours,
    Event.state,
    Event.is_example,
    Event.district_id,
)


def events_page(
    who: Scope | Visitor,
    wanted: EventFilter,
    limit: int,
    *,
    after: Place | None = None,
    before: Place | None = None,
) -> EventPage:
    """A page of events by start: from the beginning, `after` a place, or the last ones `before` one. One statement.

    What lies on the side that the page came from is taken to be there.
    """
    here = sa.tuple_(Event.starts_at, Event.id)
    query = row_query(is_wide=wanted.is_wide).where(*conditions(who, wanted))
    if before is not None:
        query = query.where(here < at_place(before)).order_by(Event.starts_at.desc(), Event.id.desc())
    else:
        query = query.order_by(Event.starts_at, Event.id)
        if after is not None:
            query = query.where(here > at_place(after))
    found = [row_of(row) for row in who.session.execute(query.limit(limit + 1))]
    has_more, rows = len(found) > limit, found[:limit]
    if before is not None:
        return EventPage(tuple(reversed(rows)), has_earlier=has_more, has_later=True)
    return EventPage(tuple(rows), has_earlier=after is not None, has_later=has_more)


def month_events(
    who: Scope | Visitor, wanted: EventFilter, first: datetime, until: datetime
) -> tuple[EventRow, ...]:
    """The events that begin within a span, and the windows that are open during it, by start. One statement.

    At most one more than `MOST_IN_A_MONTH`.
    """
    begins = sa.and_(Event.starts_at >= first, Event.starts_at < until)
    is_open = sa.and_(sa.not_(Event.has_hours), Event.starts_at < until, Event.ends_at > first)
    query = (
        row_query()
        .where(*conditions(who, wanted), sa.or_(begins, is_open))
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_IN_A_MONTH + 1)
    )
    return tuple(row_of(row) for row in who.session.execute(query))


def next_events(who: Scope | Visitor, limit: int, programme_id: int | None = None) -> tuple[EventRow, ...]:
    """The published events with hours that are not over yet, the next one first. One statement."""
    query = (
        row_query()
        .where(Event.state == EventState.PUBLISHED, Event.has_hours, Event.ends_at > who.at)
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    if programme_id is not None:
        query = query.where(Event.programme_id == programme_id)
    return tuple(row_of(row) for row in who.session.execute(query))


def on_now(who: Scope | Visitor, limit: int) -> tuple[EventRow, ...]:
    """The published events with hours that run at this moment, the first to end first. One statement."""
    query = (
        row_query()
        .where(
            *listed(who),
            Event.state == EventState.PUBLISHED,
            Event.has_hours,
            # What began longer ago isn't looked for: so the search stays on the index of beginnings.
            Event.starts_at > who.at - _LONGEST,
            Event.starts_at <= who.at,
            Event.ends_at > who.at,
        )
        .order_by(Event.ends_at, Event.id)
        .limit(limit)
    )
    return tuple(row_of(row) for row in who.session.execute(query))


def starting_next(who: Scope | Visitor, limit: int) -> tuple[EventRow, ...]:
    """The published events that begin after this moment at a known time, the next one first. One statement."""
    query = (
        row_query()
        .where(
            *listed(who),
            Event.state == EventState.PUBLISHED,
            begins_at_a_time(Event),
            Event.starts_at > who.at,
        )
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return tuple(row_of(row) for row in who.session.execute(query))


def attended_candidates(
    scope: Scope, words: Sequence[Sought], limit: int, *, kinds: tuple[EventKind, ...] = ()
) -> tuple[EventRow, ...]:
    """What the person may have attended and not claimed: published, begun in the last 60 days, the latest first.

    Of these `kinds`, or of all. `words` narrow it (see `domain.search.search_words`); then the 60 days don't matter.
    One statement.
    """
    held = held_events(scope.me.id)
    query = (
        row_query()
        .where(
            *conditions(scope, EventFilter(words=tuple(words), kinds=kinds)),
            Event.state == EventState.PUBLISHED,
            Event.starts_at <= scope.at,
            Event.id.not_in(held),
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(limit)
    )
    if not words:
        query = query.where(Event.starts_at > scope.at - timedelta(days=_CANDIDATE_DAYS))
    return tuple(row_of(row) for row in scope.session.execute(query))


def waiting_proposals(scope: Scope) -> tuple[WaitingProposal, ...]:
    """The proposals that nobody decided yet, the first to begin first; some were returned. One statement."""
    scope.require(Permission.MANAGE_EVENTS)
    query = (
        row_query()
        .add_columns(Person.name.label("by_name"), EventProposal.proposed_at, EventProposal.returned_at)
        .join(EventProposal, EventProposal.event_id == Event.id)
        .join(Person, Person.id == EventProposal.proposed_by_id)
        .where(Event.state == EventState.PROPOSED, EventProposal.decided_at.is_(None))
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(
        WaitingProposal(row_of(row), row.by_name, row.proposed_at, row.returned_at is not None)
        for row in scope.session.execute(query)
    )


def returned_proposals(scope: Scope) -> tuple[EventRow, ...]:
    """The acting person's proposals that a moderator gave back, the first to begin first. One statement."""
    query = (
        row_query()
        .join(EventProposal, EventProposal.event_id == Event.id)
        .where(
            EventProposal.proposed_by_id == scope.me.id,
            EventProposal.returned_at.is_not(None),
            EventProposal.decided_at.is_(None),
        )
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(row_of(row) for row in scope.session.execute(query))


def row_query(*, is_wide: bool = False) -> Rows:
    """Events with what `row_of` makes a row of, for queries that narrow and order them.

    With `is_wide` the database goes from the events to their hosts, never the other way: a number that is computed is
    in no index.
    """
    host_id = Event.organization_id + 0 if is_wide else Event.organization_id
    return sa.select(*_ROW).select_from(Event).join(Organization, Organization.id == host_id)


def row_of(row: Found) -> EventRow:
    """The row of a list."""
    return EventRow(
        row.id,
        row.title,
        row.kind,
        row.host,
        row.hashtag,
        EventTime(row.starts_at, row.ends_at, row.zone, row.has_hours),
        row.state,
        row.is_example,
        row.district_id is not None,
    )


def at_place(place: Place) -> sa.Tuple:
    """A place as the database compares it with start and id."""
    return sa.tuple_(sa.literal(place.starts_at, Event.starts_at.type), sa.literal(place.id, Event.id.type))
