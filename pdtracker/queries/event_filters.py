"""Filters of the calendar: what a search asks for as conditions on events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import DayPart, clock_offsets
from pdtracker.domain.event_facts import Audience, Cost, GradeBand
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.search import Sought
from pdtracker.models.events import (
    Event,
    EventCategory,
    EventCoHost,
    EventGrade,
    EventProposal,
    EventState,
    EventTheme,
)
from pdtracker.models.search import found_by
from pdtracker.scope import Scope, Visitor

Condition = sa.ColumnElement[bool]
EVERY_DAY = (date(2010, 1, 1), date(2039, 12, 31))
"""Between which days a filter by the time of day knows the clocks of a zone."""


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
    span: tuple[date, date] = EVERY_DAY
    grades: tuple[GradeBand, ...] = ()
    audiences: tuple[Audience, ...] = ()
    costs: tuple[Cost, ...] = ()
    languages: tuple[str, ...] = ()
    platform: str = ""
    # Whether very many events have the words: a page of them is found another way (see `models.search.found_by`).
    is_wide: bool = False


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
    return (*listed(who), *unfiltered(wanted), *(condition for _, condition in by_filter(wanted)))


def listed(who: Scope | Visitor) -> tuple[Condition, ...]:
    """What a list can show to this person at all."""
    refused = sa.select(EventProposal.event_id).where(EventProposal.decided_at.is_not(None))
    is_open = sa.or_(Event.state != EventState.PROPOSED, Event.id.not_in(refused))
    return (visible(who), is_open) if isinstance(who, Scope) else (visible(who),)


def unfiltered(wanted: EventFilter) -> Iterator[Condition]:
    """What a search asks for beside the filters that have options: words and days."""
    if wanted.words:
        yield found_by(wanted.words, is_wide=wanted.is_wide)
    if wanted.starts_from is not None:
        yield Event.starts_at >= wanted.starts_from
    if wanted.starts_until is not None:
        yield Event.starts_at < wanted.starts_until


def by_filter(wanted: EventFilter) -> Iterator[tuple[str, Condition]]:
    """The filters that are on, by their names: each has options, which `event_facets` counts."""
    yield from _by_subject(wanted)
    yield from _by_public(wanted)
    if wanted.has_hours is not None:
        yield "has_hours", Event.has_hours.is_(wanted.has_hours)
    if wanted.day_parts:
        yield "day_part", sa.and_(begins_at_a_time(Event), _in_parts_of_the_day(wanted))


def begins_at_a_time(event: Any) -> Condition:
    """Whether the clock says when it begins; `event` is `Event`, or what has its columns."""
    return sa.or_(event.has_hours, event.ends_at.is_(None))


def _by_subject(wanted: EventFilter) -> Iterator[tuple[str, Condition]]:
    if wanted.programme_id is not None:
        yield "programme", sa.func.coalesce(Event.programme_id, 0) == wanted.programme_id
    if wanted.theme_ids:
        of_theme = sa.select(EventTheme.event_id).where(EventTheme.theme_id.in_(wanted.theme_ids))
        yield "theme", Event.id.in_(of_theme)
    if wanted.kinds:
        yield "kind", Event.kind.in_(wanted.kinds)
    if wanted.categories:
        # An event that is split counts for each of its categories.
        split = sa.select(EventCategory.event_id).where(EventCategory.category.in_(wanted.categories))
        yield "category", sa.or_(Event.category.in_(wanted.categories), Event.id.in_(split))
    if wanted.host_id is not None:
        co_hosted = sa.select(EventCoHost.event_id).where(EventCoHost.organization_id == wanted.host_id)
        yield "host", sa.or_(Event.organization_id == wanted.host_id, Event.id.in_(co_hosted))
    if wanted.hashtag:
        yield "hashtag", sa.func.lower(sa.func.coalesce(Event.hashtag, "")) == wanted.hashtag.lower()


def _by_public(wanted: EventFilter) -> Iterator[tuple[str, Condition]]:
    if wanted.grades:
        of_grade = sa.select(EventGrade.event_id).where(EventGrade.grade.in_(wanted.grades))
        yield "grade", Event.id.in_(of_grade)
    if wanted.audiences:
        yield "audience", Event.audience.in_(wanted.audiences)
    if wanted.costs:
        yield "cost", Event.cost.in_(wanted.costs)
    if wanted.languages:
        yield "language", Event.language.in_(wanted.languages)
    if wanted.platform:
        yield "platform", Event.platform == wanted.platform


def _in_parts_of_the_day(wanted: EventFilter) -> Condition:
    utc_minutes = sa.extract("hour", Event.starts_at) * 60 + sa.extract("minute", Event.starts_at)
    stretches = []
    for begin, end, offset in clock_offsets(wanted.zone, *wanted.span):
        shown = (utc_minutes + (offset + 1440)) % 1440
        spans = [part.minutes for part in wanted.day_parts]
        parts = [sa.and_(shown >= first, shown < last) for first, last in spans]
        stretches.append(sa.and_(Event.starts_at >= begin, Event.starts_at < end, sa.or_(*parts)))
    return sa.or_(*stretches)
