"""Facets: how many events each option of each filter would leave beside the other filters, in one statement.

Every event is looked at once, with how many of the filters it misses. What misses none is found; an option of a filter
counts what misses none, or that filter only.

A word that very many events have costs as much as they are, whatever of them is shown. So who looks for words says of
how many events at most the options are counted, and the counts say of themselves that they are of a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.calendar import DayPart, clock_offsets
from pdtracker.domain.event_facts import Audience, Cost, GradeBand
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.models.events import (
    Event,
    EventCategory,
    EventCoHost,
    EventGrade,
    EventTheme,
    Organization,
    Programme,
    Theme,
)
from pdtracker.queries.event_filters import (
    EVERY_DAY,
    Condition,
    EventFilter,
    begins_at_a_time,
    by_filter,
    conditions,
    listed,
    unfiltered,
)
from pdtracker.scope import Scope, Visitor

MOST_HASHTAGS = 8
MOST_COUNTED = 1000
"""Of how many events the options are counted where somebody looks for words."""

# Any: an arm of the union that `tally` reads by the names of its columns.
Arm = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a filter can take, with how many events it would leave beside the other filters."""

    id: int
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counts beside a list: all that match, those before a moment, those open now without hours, and options.

    `hashtags` are the most frequent only. With `has_more` there are more than the `total`; with `is_of_a_part` the
    options are counted among a part of the events, and one that none of these has is not there.
    """

    total: int
    has_more: bool = False
    is_of_a_part: bool = False
    earlier: int = 0
    open_now: int = 0
    kinds: Mapping[EventKind, int]
    themes: tuple[Option, ...] = ()
    hosts: tuple[Option, ...] = ()
    programmes: Mapping[int, int]
    every_programme: int = 0
    categories: Mapping[CreditCategory, int]
    day_parts: Mapping[DayPart, int]
    with_hours: Mapping[bool, int]
    hashtags: tuple[Option, ...] = ()
    grades: Mapping[GradeBand, int]
    audiences: Mapping[Audience, int]
    costs: Mapping[Cost, int]
    languages: Mapping[str, int]
    platforms: Mapping[str, int]


def tally(
    who: Scope | Visitor, wanted: EventFilter, before: datetime | None, *, at_most: int | None = None
) -> Tally:
    """All counts of a list, in one statement, however many filters there are; of `at_most` so many events."""
    seen = _seen(who, wanted, at_most)
    found = _found(who, wanted, at_most) if at_most is not None and seen.has_filters else None
    sums_of = _sums(seen.table if found is None else found, who.at, before)
    if found is None:
        sums_of = sums_of.where(seen.matching())
    rows = who.session.execute(sa.union_all(sums_of, *_arms(seen, wanted))).all()
    by_facet: dict[str, dict[str, int]] = {}
    named: dict[str, list[Option]] = {}
    for row in rows:
        if row.id is not None:
            named.setdefault(row.facet, []).append(Option(row.id, row.name or "", row.count_))
        elif row.name is not None:
            counts = by_facet.setdefault(row.facet, {})
            counts[row.name] = counts.get(row.name, 0) + row.count_
    sums = next(row for row in rows if row.facet == "sum")
    hashtags = sorted(by_facet.get("hashtag", {}).items(), key=lambda found: (-found[1], found[0]))
    programmes = {option.id: option.count for option in named.get("programme", ())}

    def counted(facet: str) -> Mapping[str, int]:
        return by_facet.get(facet, {})

    return Tally(
        total=sums.count_,
        has_more=at_most is not None and sums.count_ >= at_most,
        is_of_a_part=at_most is not None and counted("seen")[""] >= at_most,
        earlier=sums.id,
        open_now=sums.more,
        kinds={EventKind(name): count for name, count in counted("kind").items()},
        themes=_merged(named.get("theme", ())),
        hosts=_merged(named.get("host", ())),
        programmes=programmes,
        every_programme=sum(programmes.values()) + counted("no_programme").get("", 0),
        categories={CreditCategory(name): count for name, count in counted("category").items()},
        day_parts={DayPart(name): count for name, count in counted("day_part").items()},
        with_hours={name == "1": count for name, count in counted("has_hours").items()},
        hashtags=tuple(Option(0, name, count) for name, count in hashtags[:MOST_HASHTAGS]),
        grades={GradeBand(name): count for name, count in counted("grade").items()},
        audiences={Audience(name): count for name, count in counted("audience").items()},
        costs={Cost(name): count for name, count in counted("cost").items()},
        languages=counted("language"),
        platforms=counted("platform"),
    )


def total(who: Scope | Visitor, wanted: EventFilter, *, at_most: int | None = None) -> Tally:
    """Only how many there are, `at_most` so many, where no filter is offered. One statement."""
    found = _found(who, wanted, at_most)
    count = who.session.scalar(sa.select(sa.func.count(found.c.starts_at))) or 0
    return Tally(
        total=count,
        has_more=at_most is not None and count >= at_most,
        kinds={},
        programmes={},
        categories={},
        day_parts={},
        with_hours={},
        grades={},
        audiences={},
        costs={},
        languages={},
        platforms={},
    )


class _Seen:
    """Every event that misses at most one filter, and which one that is."""

    def __init__(self, table: sa.CTE, filters: Iterable[str]) -> None:
        self.table = table
        self.columns = table.c
        self._filters = frozenset(filters)

    @property
    def has_filters(self) -> bool:
        """Whether any is on."""
        return bool(self._filters)

    def matching(self, *, without: str = "") -> Condition:
        """What misses no filter; with `without` also what misses that one only."""
        may_miss: Any = self.columns[f"misses_{without}"] if without in self._filters else sa.literal(0)
        return sa.and_(self.columns.missed == may_miss)


def _found(who: Scope | Visitor, wanted: EventFilter, at_most: int | None) -> Any:
    """What misses no filter, `at_most` so many."""
    return (
        sa.select(Event.starts_at, Event.ends_at, Event.has_hours)
        .where(*conditions(who, wanted))
        .limit(at_most)
        .subquery()
    )


def _seen(who: Scope | Visitor, wanted: EventFilter, at_most: int | None) -> _Seen:
    # Options of the time of day count within the programme; only where they are chosen others are asked for theirs.
    placed = replace(wanted, span=EVERY_DAY) if wanted.day_parts and wanted.programme_id else wanted
    missing = {name: sa.case((condition, 0), else_=1) for name, condition in by_filter(placed)}
    missed: Any = sum(missing.values(), sa.literal(0))
    table = (
        sa.select(
            Event.id,
            Event.programme_id,
            Event.organization_id,
            sa.type_coerce(Event.kind, sa.Text).label("kind"),
            sa.type_coerce(Event.category, sa.Text).label("category"),
            sa.func.lower(Event.hashtag).label("hashtag"),
            sa.type_coerce(Event.audience, sa.Text).label("audience"),
            sa.type_coerce(Event.cost, sa.Text).label("cost"),
            Event.language,
            Event.platform,
            Event.starts_at,
            Event.ends_at,
            Event.has_hours,
            missed.label("missed"),
            *(column.label(f"misses_{name}") for name, column in missing.items()),
        )
        .where(*listed(who), *unfiltered(wanted), missed <= 1)
        .limit(at_most)
        .cte("seen")
    )
    return _Seen(table, missing)


def _arms(seen: _Seen, wanted: EventFilter) -> list[Arm]:
    columns = seen.columns
    return [
        _arm("seen", sa.null(), sa.literal(""), sa.func.count(columns.id)),
        _of_column(seen, "kind", columns.kind),
        _of_column(seen, "hashtag", columns.hashtag).where(columns.hashtag.is_not(None)),
        _of_column(seen, "audience", columns.audience),
        _of_column(seen, "cost", columns.cost),
        _of_column(seen, "language", columns.language),
        _of_column(seen, "platform", columns.platform),
        _of_column(seen, "has_hours", sa.case((columns.has_hours, "1"), else_="0")),
        _of_column(seen, "day_part", _part_of_the_day(columns, wanted)).where(begins_at_a_time(columns)),
        _of_column(seen, "category", columns.category),
        _of_further_categories(seen),
        _of_grades(seen),
        _of_programmes(seen),
        _of_no_programme(seen),
        _of_themes(seen, wanted.programme_id),
        _of_hosts(seen),
        _of_co_hosts(seen),
    ]


def _sums(table: Any, at: datetime, before: datetime | None) -> Arm:
    columns = table.c
    is_earlier = columns.starts_at < before if before is not None else sa.false()
    is_open_now = sa.and_(sa.not_(columns.has_hours), columns.starts_at <= at, columns.ends_at > at)
    return _arm(
        "sum",
        sa.func.count(sa.case((is_earlier, 1))),
        sa.null(),
        sa.func.count(),
        sa.func.count(sa.case((is_open_now, 1))),
    ).select_from(table)


def _of_column(seen: _Seen, facet: str, value: Any) -> Arm:
    return _arm(facet, sa.null(), value, sa.func.count()).where(seen.matching(without=facet)).group_by(value)


def _of_further_categories(seen: _Seen) -> Arm:
    """The other categories of what is split over several."""
    columns = seen.columns
    name = sa.type_coerce(EventCategory.category, sa.Text)
    return (
        _arm("category", sa.null(), name, sa.func.count())
        .join_from(EventCategory, seen.table, columns.id == EventCategory.event_id)
        .where(seen.matching(without="category"), name != columns.category)
        .group_by(name)
    )


def _of_grades(seen: _Seen) -> Arm:
    name = sa.type_coerce(EventGrade.grade, sa.Text)
    return (
        _arm("grade", sa.null(), name, sa.func.count())
        .join_from(EventGrade, seen.table, seen.columns.id == EventGrade.event_id)
        .where(seen.matching(without="grade"))
        .group_by(name)
    )


def _of_programmes(seen: _Seen) -> Arm:
    return (
        _arm("programme", Programme.id, Programme.name, sa.func.count())
        .join_from(Programme, seen.table, seen.columns.programme_id == Programme.id)
        .where(seen.matching(without="programme"))
        .group_by(Programme.id, Programme.name)
    )


def _of_no_programme(seen: _Seen) -> Arm:
    return _arm("no_programme", sa.null(), sa.literal(""), sa.func.count()).where(
        seen.columns.programme_id.is_(None), seen.matching(without="programme")
    )


def _of_themes(seen: _Seen, programme_id: int | None) -> Arm:
    """The programme's themes, also those that nothing is left of; without a programme none."""
    columns = seen.columns
    return (
        _arm("theme", Theme.id, Theme.name, sa.func.count(columns.id))
        .select_from(Theme)
        .outerjoin(EventTheme, EventTheme.theme_id == Theme.id)
        .outerjoin(seen.table, sa.and_(columns.id == EventTheme.event_id, seen.matching(without="theme")))
        .where(Theme.programme_id == programme_id)
        .group_by(Theme.id, Theme.name)
    )


def _of_hosts(seen: _Seen) -> Arm:
    return (
        _arm("host", Organization.id, Organization.name, sa.func.count())
        .join_from(seen.table, Organization, Organization.id == seen.columns.organization_id)
        .where(seen.matching(without="host"))
        .group_by(Organization.id, Organization.name)
    )


def _of_co_hosts(seen: _Seen) -> Arm:
    return (
        _arm("host", Organization.id, Organization.name, sa.func.count())
        .join_from(seen.table, EventCoHost, EventCoHost.event_id == seen.columns.id)
        .join(Organization, Organization.id == EventCoHost.organization_id)
        .where(seen.matching(without="host"))
        .group_by(Organization.id, Organization.name)
    )


def _part_of_the_day(columns: Any, wanted: EventFilter) -> Any:
    """The part of the day in which an event begins on the clocks of the reader's zone; null outside of the span."""
    utc_minutes = sa.extract("hour", columns.starts_at) * 60 + sa.extract("minute", columns.starts_at)
    offset = sa.case(
        *((columns.starts_at < end, minutes) for _, end, minutes in clock_offsets(wanted.zone, *wanted.span))
    )
    shown = (utc_minutes + offset + 1440) % 1440
    # From the first to the last: each begins where the one before it ends.
    return sa.case(*((shown < part.minutes[1], part.value) for part in DayPart))


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
