"""Filters of the calendar: what a search asks for as conditions on events, and how many each option would leave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import DayPart, clock_offsets
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.search import Sought
from pdtracker.models.events import (
    Event,
    EventCategory,
    EventCoHost,
    EventProposal,
    EventState,
    EventTheme,
    Organization,
    Theme,
)
from pdtracker.models.search import found_by
from pdtracker.scope import Scope, Visitor

Condition = sa.ColumnElement[bool]
# Any: an arm of the union that `tally` reads by the names of its columns.
Arm = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What a search asks for. Options of one kind widen it (theme A or B), different kinds narrow it.

    `starts_from` and `starts_until` are half-open. `has_hours` tells events with hours from open windows.
    `day_parts` are meant in `zone` between the days of `span`.
    """

    words: tuple[Sought, ...] = ()
    programme_id: int | None = None
    theme_ids: tuple[int, ...] = ()
    kinds: tuple[EventKind, ...] = ()
    categories: tuple[CreditCategory, ...] = ()
    host_id: int | None = None
    hashtag: str = ""
    has_hours: bool | None = None
    day_parts: tuple[DayPart, ...] = ()
    starts_from: datetime | None = None
    starts_until: datetime | None = None
    zone: str = "UTC"
    span: tuple[date, date] = (date(2010, 1, 1), date(2039, 12, 31))


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a filter can take, with how many events it would leave beside the other filters."""

    id: int
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts beside a list: all that match, those before a moment, those open now without hours, and options."""

    total: int
    earlier: int
    open_now: int
    kinds: Mapping[EventKind, int]
    themes: tuple[Option, ...]
    hosts: tuple[Option, ...]


def visible(who: Scope | Visitor) -> Condition:
    """Which events of the session's reach this person sees: a proposal is for its proposer and administrators.

    Nobody sees what turned out to be another event: its address leads there (`one_event.merged_into`).
    """
    stands = Event.merged_into_id.is_(None)
    if not isinstance(who, Scope) or who.person is None:
        return sa.and_(stands, Event.state != EventState.PROPOSED)
    if who.may(Permission.MANAGE_EVENTS):
        return stands
    mine = sa.select(EventProposal.event_id).where(EventProposal.proposed_by_id == who.person.id)
    return sa.and_(stands, sa.or_(Event.state != EventState.PROPOSED, Event.id.in_(mine)))


def conditions(who: Scope | Visitor, wanted: EventFilter) -> tuple[Condition, ...]:
    """The filter as conditions on `Event`, for one who sees what `who` sees; what was refused is in no list."""
    refused = sa.select(EventProposal.event_id).where(EventProposal.decided_at.is_not(None))
    is_open = sa.or_(Event.state != EventState.PROPOSED, Event.id.not_in(refused))
    listed = (is_open,) if isinstance(who, Scope) else ()
    return (visible(who), *listed, *_conditions(wanted))


def tally(who: Scope | Visitor, wanted: EventFilter, before: datetime | None) -> Tally:
    """All counts of a list, in one statement.

    An option's count leaves out its own filter: it says what choosing it gives.
    """
    # Where no filter is on, all arms have one condition between them; making it costs more than asking it.
    made: dict[EventFilter, Condition] = {}

    def matching(**without: Any) -> Condition:
        one = replace(wanted, **without)
        if one not in made:
            made[one] = sa.and_(*conditions(who, one))
        return made[one]

    rows = who.session.execute(
        sa.union_all(
            _sums(matching(), who.at, before),
            _kinds(matching(kinds=())),
            _themes(matching(theme_ids=()), wanted.programme_id),
            _hosts(matching(host_id=None)),
            _co_hosts(matching(host_id=None)),
        )
    ).all()
    sums = next(row for row in rows if row.facet == "sum")
    return Tally(
        total=sums.count_,
        earlier=sums.id,
        open_now=sums.more,
        kinds={EventKind(row.name): row.count_ for row in rows if row.facet == "kind"},
        themes=_merged(Option(row.id, row.name, row.count_) for row in rows if row.facet == "theme"),
        hosts=_merged(Option(row.id, row.name, row.count_) for row in rows if row.facet == "host"),
    )


def total(who: Scope | Visitor, wanted: EventFilter) -> Tally:
    """Only how many there are, where no filter is offered. One statement."""
    count = who.session.scalar(sa.select(sa.func.count()).select_from(Event).where(*conditions(who, wanted)))
    return Tally(total=count or 0, earlier=0, open_now=0, kinds={}, themes=(), hosts=())


def _conditions(wanted: EventFilter) -> Iterator[Condition]:
    if wanted.words:
        yield found_by(wanted.words)
    if wanted.programme_id is not None:
        yield Event.programme_id == wanted.programme_id
    if wanted.theme_ids:
        yield Event.id.in_(sa.select(EventTheme.event_id).where(EventTheme.theme_id.in_(wanted.theme_ids)))
    if wanted.kinds:
        yield Event.kind.in_(wanted.kinds)
    if wanted.categories:
        # An event that is split counts for each of its categories.
        split = sa.select(EventCategory.event_id).where(EventCategory.category.in_(wanted.categories))
        yield sa.or_(Event.category.in_(wanted.categories), Event.id.in_(split))
    if wanted.host_id is not None:
        co_hosted = sa.select(EventCoHost.event_id).where(EventCoHost.organization_id == wanted.host_id)
        yield sa.or_(Event.organization_id == wanted.host_id, Event.id.in_(co_hosted))
    if wanted.hashtag:
        yield sa.func.lower(Event.hashtag) == wanted.hashtag.lower()
    yield from _at_times(wanted)


def _at_times(wanted: EventFilter) -> Iterator[Condition]:
    if wanted.has_hours is not None:
        yield Event.has_hours.is_(wanted.has_hours)
    if wanted.starts_from is not None:
        yield Event.starts_at >= wanted.starts_from
    if wanted.starts_until is not None:
        yield Event.starts_at < wanted.starts_until
    if wanted.day_parts:
        yield sa.and_(_begins_at_a_time(), _in_parts_of_the_day(wanted))


def _begins_at_a_time() -> Condition:
    return sa.or_(Event.has_hours, Event.ends_at.is_(None))


def _in_parts_of_the_day(wanted: EventFilter) -> Condition:
    utc_minutes = sa.extract("hour", Event.starts_at) * 60 + sa.extract("minute", Event.starts_at)
    stretches = []
    for begin, end, offset in clock_offsets(wanted.zone, *wanted.span):
        shown = (utc_minutes + (offset + 1440)) % 1440
        spans = [part.minutes for part in wanted.day_parts]
        parts = [sa.and_(shown >= first, shown < last) for first, last in spans]
        stretches.append(sa.and_(Event.starts_at >= begin, Event.starts_at < end, sa.or_(*parts)))
    return sa.or_(*stretches)


def _sums(matching: Condition, at: datetime, before: datetime | None) -> Arm:
    is_earlier = Event.starts_at < before if before is not None else sa.false()
    is_open_now = sa.and_(sa.not_(Event.has_hours), Event.starts_at <= at, Event.ends_at > at)
    return (
        _arm(
            "sum",
            sa.func.count(sa.case((is_earlier, 1))),
            sa.null(),
            sa.func.count(),
            sa.func.count(sa.case((is_open_now, 1))),
        )
        .select_from(Event)
        .where(matching)
    )


def _kinds(matching: Condition) -> Arm:
    name = sa.type_coerce(Event.kind, sa.Text)
    return _arm("kind", sa.null(), name, sa.func.count()).where(matching).group_by(name)


def _themes(matching: Condition, programme_id: int | None) -> Arm:
    """The programme's themes, also those that nothing is left of; without a programme none."""
    return (
        _arm("theme", Theme.id, Theme.name, sa.func.count(Event.id))
        .select_from(Theme)
        .outerjoin(EventTheme, EventTheme.theme_id == Theme.id)
        .outerjoin(Event, sa.and_(Event.id == EventTheme.event_id, matching))
        .where(Theme.programme_id == programme_id)
        .group_by(Theme.id, Theme.name)
    )


def _hosts(matching: Condition) -> Arm:
    return (
        _arm("host", Organization.id, Organization.name, sa.func.count())
        .select_from(Event)
        .join(Organization, Organization.id == Event.organization_id)
        .where(matching)
        .group_by(Organization.id, Organization.name)
    )


def _co_hosts(matching: Condition) -> Arm:
    return (
        _arm("host", Organization.id, Organization.name, sa.func.count())
        .select_from(Event)
        .join(EventCoHost, EventCoHost.event_id == Event.id)
        .join(Organization, Organization.id == EventCoHost.organization_id)
        .where(matching)
        .group_by(Organization.id, Organization.name)
    )


def _arm(facet: str, key: Any, name: Any, count: Any, more: Any = None) -> Arm:
    return sa.select(
        sa.literal(facet, sa.Text).label("facet"),
        sa.cast(key, sa.BigInteger).label("id"),
        sa.cast(name, sa.Text).label("name"),
        count.label("count_"),
        (sa.literal(0) if more is None else more).label("more"),
    )


def _merged(options: Iterable[Option]) -> tuple[Option, ...]:
    """By name, each once: a host that hosts alone and beside others comes twice."""
    by_id: dict[int, Option] = {}
    for option in options:
        known = by_id.get(option.id)
        by_id[option.id] = replace(option, count=option.count + (known.count if known else 0))
    return tuple(sorted(by_id.values(), key=lambda option: option.name.casefold()))
