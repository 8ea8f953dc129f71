"""Events: lists by day and month, one event with what it would bring, and what claims need of it.

Everything that a public page asks takes `Scope | Visitor`: the session decides which calendars are in reach (the
shared one, and a person's own district's), `event_filters.visible` who sees a proposal.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.outlook import Outlook, outlook
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.domain.when import day_text, local, time_text, zone_words
from pdtracker.models.claims import Claim
from pdtracker.models.events import (
    Event,
    EventCoHost,
    EventProposal,
    EventState,
    EventTheme,
    Organization,
    Programme,
    Theme,
)
from pdtracker.models.people import Person
from pdtracker.queries.event_filters import EventFilter, conditions, visible
from pdtracker.queries.facts import credited, edition_for, policies
from pdtracker.scope import Scope, Visitor

HOLDING = (ClaimState.DRAFT, ClaimState.SUBMITTED, ClaimState.RETURNED, ClaimState.CREDITED)
"""A claim in one of these states holds its event: there is no second one."""
MOST_IN_A_MONTH = 2000
"""A month's page draws no more events than this, and says so."""

_CANDIDATE_DAYS = 60


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


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name, to link to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """Who proposed an event, and what became of it; a refusal has its reason."""

    by_id: int
    by_name: str
    at: datetime
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """One event with everything that its page says. `source` is where a recorded one is written down."""

    id: int
    title: str
    summary: str
    kind: EventKind
    category: CreditCategory
    state: EventState
    host: Named
    co_hosts: tuple[Named, ...]
    themes: tuple[Named, ...]
    programme: Named | None
    programme_slug: str | None
    time: EventTime
    platform: str
    link: str | None
    hashtag: str | None
    source: str | None
    is_example: bool
    is_own: bool
    proposal: ProposalFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimableEvent:
    """What a claim copies from an event that its claimant can have attended."""

    id: int
    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    link: str | None
    hashtag: str | None
    time: EventTime


@dataclass(frozen=True, slots=True)
class MyClaim:
    """The claim with which a person holds an event."""

    id: int
    state: ClaimState


# Any: columns that `_row` and `event` read by their names.
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
    query = _rows().where(*conditions(who, wanted))
    if before is not None:
        query = query.where(here < _place(before)).order_by(Event.starts_at.desc(), Event.id.desc())
    else:
        query = query.order_by(Event.starts_at, Event.id)
        if after is not None:
            query = query.where(here > _place(after))
    found = [_row(row) for row in who.session.execute(query.limit(limit + 1))]
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
        _rows()
        .where(*conditions(who, wanted), sa.or_(begins, is_open))
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_IN_A_MONTH + 1)
    )
    return tuple(_row(row) for row in who.session.execute(query))


def next_events(who: Scope | Visitor, limit: int, programme_id: int | None = None) -> tuple[EventRow, ...]:
    """The published events with hours that are not over yet, the next one first. One statement."""
    query = (
        _rows()
        .where(Event.state == EventState.PUBLISHED, Event.has_hours, Event.ends_at > who.at)
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    if programme_id is not None:
        query = query.where(Event.programme_id == programme_id)
    return tuple(_row(row) for row in who.session.execute(query))


def attended_candidates(scope: Scope, words: Sequence[str], limit: int) -> tuple[EventRow, ...]:
    """What the person may have attended and not claimed: published, begun in the last 60 days, the latest first.

    `words` narrow it (see `domain.calendar.search_words`); then the 60 days don't matter. One statement.
    """
    held = sa.select(Claim.event_id).where(
        Claim.person_id == scope.me.id, Claim.state.in_(HOLDING), Claim.event_id.is_not(None)
    )
    query = (
        _rows()
        .where(
            *conditions(scope, EventFilter(words=tuple(words))),
            Event.state == EventState.PUBLISHED,
            Event.starts_at <= scope.at,
            Event.id.not_in(held),
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(limit)
    )
    if not words:
        query = query.where(Event.starts_at > scope.at - timedelta(days=_CANDIDATE_DAYS))
    return tuple(_row(row) for row in scope.session.execute(query))


def waiting_proposals(scope: Scope) -> tuple[EventRow, ...]:
    """The proposals that an administrator has yet to decide, the first to begin first. One statement."""
    scope.require(Permission.MANAGE_EVENTS)
    query = (
        _rows()
        .join(EventProposal, EventProposal.event_id == Event.id)
        .where(Event.state == EventState.PROPOSED, EventProposal.decided_at.is_(None))
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(_row(row) for row in scope.session.execute(query))


def event(who: Scope | Visitor, event_id: int) -> EventFacts:
    """One event; refuses with `NotHere` what this person doesn't see. At most three statements."""
    row = who.session.execute(
        sa.select(Event, Organization.name.label("host"), Programme.name.label("programme"), Programme.slug)
        .join(Organization, Organization.id == Event.organization_id)
        .outerjoin(Programme, Programme.id == Event.programme_id)
        .where(Event.id == event_id, visible(who))
    ).one_or_none()
    if row is None:
        raise NotHere
    found: Event = row.Event
    names = _names(who, event_id)
    return EventFacts(
        id=found.id,
        title=found.title,
        summary=found.summary,
        kind=found.kind,
        category=found.category,
        state=found.state,
        host=Named(found.organization_id, row.host),
        co_hosts=tuple(Named(name.id, name.name) for name in names if name.what == "co_host"),
        themes=tuple(Named(name.id, name.name) for name in names if name.what == "theme"),
        programme=Named(found.programme_id, row.programme) if found.programme_id and row.programme else None,
        programme_slug=row.slug,
        time=EventTime(found.starts_at, found.ends_at, found.zone, found.has_hours),
        platform=found.platform,
        link=found.link,
        hashtag=found.hashtag,
        source=found.source,
        is_example=found.is_example,
        is_own=found.district_id is not None,
        proposal=_proposal(who, event_id) if isinstance(who, Scope) and found.district_id else None,
    )


def event_for_claim(scope: Scope, event_id: int) -> ClaimableEvent:
    """The event that somebody wants to claim. One statement.

    Refuses with `NotHere` what they don't see, with `NotNow` what was cancelled, what an administrator has not
    accepted, and what has not begun.
    """
    row = scope.session.execute(
        sa.select(Event, Organization.name.label("host"))
        .join(Organization, Organization.id == Event.organization_id)
        .where(Event.id == event_id, visible(scope))
    ).one_or_none()
    if row is None:
        raise NotHere
    found: Event = row.Event
    time = EventTime(found.starts_at, found.ends_at, found.zone, found.has_hours)
    if found.state is EventState.CANCELLED:
        raise NotNow("event_cancelled", f"This {found.kind.noun} was cancelled: there is nothing to claim.")
    if found.state is EventState.PROPOSED:
        raise NotNow(
            "event_proposed",
            "This event is still a proposal. Log the session as one of your own, or wait until it is accepted.",
        )
    if not time.has_begun(scope.at):
        start, zone = local(found.starts_at, scope.district.zone), zone_words(scope.district.zone)
        raise NotNow(
            "event_not_begun",
            f"It begins on {day_text(start)} at {time_text(start)} {zone}. You can log it from then on.",
        )
    return ClaimableEvent(
        id=found.id,
        title=found.title,
        host=row.host,
        kind=found.kind,
        category=found.category,
        link=found.link,
        hashtag=found.hashtag,
        time=time,
    )


def my_claim(scope: Scope, event_id: int) -> MyClaim | None:
    """The claim with which the person holds this event, if there is one. One statement."""
    row = scope.session.execute(
        sa.select(Claim.id, Claim.state).where(
            Claim.person_id == scope.me.id, Claim.event_id == event_id, Claim.state.in_(HOLDING)
        )
    ).one_or_none()
    return MyClaim(row.id, row.state) if row else None


def claimed_among(scope: Scope, event_ids: Collection[int]) -> frozenset[int]:
    """Which of these events the person holds with a claim. One statement."""
    return frozenset(
        scope.session.scalars(
            sa.select(Claim.event_id).where(
                Claim.person_id == scope.me.id, Claim.event_id.in_(event_ids), Claim.state.in_(HOLDING)
            )
        )
    )


def event_outlook(scope: Scope, facts: EventFacts) -> Outlook:
    """Would it count for me, and as what? By the policy in force on its first day. Two statements.

    Refuses with `NotNow` when the district has no policy for that day.
    """
    on = local(facts.time.starts_at, scope.district.zone).date()
    policy = edition_for(policies(scope), on).policy
    year = policy.year_of(on)
    return outlook(
        policy,
        kind=facts.kind,
        category=facts.category,
        minutes=facts.time.minutes,
        on=on,
        credited_by_kind=credited(scope, [scope.me.id], *year).in_year(scope.me.id, year),
    )


def _rows() -> Rows:
    return sa.select(*_ROW).select_from(Event).join(Organization, Organization.id == Event.organization_id)


def _row(row: Found) -> EventRow:
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


def _place(place: Place) -> sa.Tuple:
    return sa.tuple_(sa.literal(place.starts_at, Event.starts_at.type), sa.literal(place.id, Event.id.type))


def _names(who: Scope | Visitor, event_id: int) -> Sequence[Found]:
    """The names of the event's themes and co-hosts, in order."""
    themes = (
        sa.select(sa.literal("theme").label("what"), Theme.id, Theme.name)
        .join(EventTheme, EventTheme.theme_id == Theme.id)
        .where(EventTheme.event_id == event_id)
    )
    co_hosts = (
        sa.select(sa.literal("co_host").label("what"), Organization.id, Organization.name)
        .join(EventCoHost, EventCoHost.organization_id == Organization.id)
        .where(EventCoHost.event_id == event_id)
    )
    rows = who.session.execute(sa.union_all(themes, co_hosts)).all()
    return sorted(rows, key=lambda row: row.name.casefold())


def _proposal(scope: Scope, event_id: int) -> ProposalFacts | None:
    row = scope.session.execute(
        sa.select(
            EventProposal.proposed_by_id,
            Person.name,
            EventProposal.proposed_at,
            EventProposal.decided_at,
            EventProposal.reason,
        )
        .join(Person, Person.id == EventProposal.proposed_by_id)
        .where(EventProposal.event_id == event_id)
    ).one_or_none()
    if row is None:
        return None
    return ProposalFacts(row.proposed_by_id, row.name, row.proposed_at, row.decided_at, row.reason)
