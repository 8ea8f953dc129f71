"""The calendar's values, and Connected Educator Month 2012 to 2014 as far as it is recorded."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from importlib import resources
from typing import Any

from pdtracker.domain.event_facts import NOBODY_SAID, Audience, Cost, ForWhom, GradeBand
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.when import instant, session_minutes

_GRADES_IN_WORDS = {
    "grades K to 2": GradeBand.EARLY,
    "grades 3 to 5": GradeBand.ELEMENTARY,
    "fifth graders": GradeBand.ELEMENTARY,
    "middle school": GradeBand.MIDDLE,
    "high school": GradeBand.HIGH,
}


class Dated(StrEnum):
    """How much of an event's time is known. Minutes are known only where the source or the hours say them."""

    HOURS = "hours"
    START = "start"
    DAYS = "days"
    WINDOW = "window"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class DemoProgramme:
    """A programme, its goals in our own words."""

    slug: str
    name: str
    goals: str
    starts_on: date
    ends_on: date
    hashtag: str | None
    source: str | None
    note: str


@dataclass(frozen=True, slots=True)
class DemoTheme:
    """A theme of a programme; its slug is unique within the programme. `convenors` are slugs of organizations."""

    programme: str
    slug: str
    name: str
    source: str
    note: str
    convenors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoOrganization:
    """Who hosts. An invented one hosts only examples."""

    slug: str
    name: str
    is_invented: bool


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """An event of the calendar.

    `starts_at` and `ends_at` are instants. Where the hours are not known they bound the days, from the
    midnight that begins the first to the midnight that ends the last; the end may be unknown.
    `hosted_by` holds the e-mail addresses of people who host it and so never review claims for it.
    """

    key: str
    programme: str
    title: str
    summary: str
    kind: EventKind
    category: CreditCategory
    host: str
    co_hosts: tuple[str, ...]
    themes: tuple[str, ...]
    dated: Dated
    first_on: date
    last_on: date
    starts_at: datetime
    ends_at: datetime | None
    minutes: int | None
    zone: str
    platform: str
    link: str | None
    hashtag: str | None
    source: str | None
    note: str
    is_example: bool
    hosted_by: tuple[str, ...] = ()
    for_whom: ForWhom = NOBODY_SAID

    @property
    def has_hours(self) -> bool:
        """Whether begin and end are known to the minute."""
        return self.dated is Dated.HOURS


@dataclass(frozen=True, slots=True)
class DemoCalendar:
    """Programmes with their themes, the organizations that host, and the events."""

    programmes: tuple[DemoProgramme, ...]
    themes: tuple[DemoTheme, ...]
    organizations: tuple[DemoOrganization, ...]
    events: tuple[DemoEvent, ...]


def recorded_calendar() -> DemoCalendar:
    """The programmes of 2012, 2013 and 2014 with every event that a source names; no minute is guessed."""
    recorded = packaged("cem_calendar.toml")
    return DemoCalendar(
        programmes=tuple(_programme(row) for row in recorded["programmes"]),
        themes=tuple(_theme(row) for row in recorded["themes"]),
        organizations=tuple(
            DemoOrganization(slug=row["slug"], name=row["name"], is_invented=False)
            for row in recorded["organizations"]
        ),
        events=recorded_events(),
    )


def recorded_events() -> tuple[DemoEvent, ...]:
    """The recorded events alone, in the order of the file: what the sources list first, by year."""
    return tuple(_recorded_event(row) for row in packaged("cem_calendar.toml")["events"])


# Any: the file is TOML, its rows are as different as its tables.
def packaged(name: str) -> dict[str, Any]:
    """A TOML file of the demo's own."""
    return tomllib.loads((resources.files("pdtracker.demo") / "data" / name).read_text(encoding="utf-8"))


def example_for_whom(kind: EventKind, category: CreditCategory, text: str) -> ForWhom:
    """Whom an invented event is for: what its own words and its kind say of it."""
    grades = tuple(grade for words, grade in _GRADES_IN_WORDS.items() if words in text)
    audience = Audience.LEADERS if category is CreditCategory.LEADERSHIP else Audience.TEACHERS
    is_paid = kind in (EventKind.CONFERENCE, EventKind.COURSE)
    return ForWhom(grades, audience, Cost.FEE if is_paid else Cost.FREE, "en")


def span_at(dated: Dated, first_on: date, last_on: date, zone: str) -> tuple[datetime, datetime]:
    """The midnights that bound whole days: the one that begins the first, the one that ends the last."""
    if dated in (Dated.HOURS, Dated.START):
        raise ValueError("an event with hours is bounded by them")
    midnight = time(0)
    return (
        instant(datetime.combine(first_on, midnight), zone),
        instant(datetime.combine(last_on + timedelta(days=1), midnight), zone),
    )


def _programme(row: dict[str, Any]) -> DemoProgramme:
    return DemoProgramme(
        slug=row["slug"],
        name=row["name"],
        goals=row["goals"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        hashtag=row["hashtag"],
        source=row["source"],
        note=row.get("note", ""),
    )


def _theme(row: dict[str, Any]) -> DemoTheme:
    return DemoTheme(
        programme=row["programme"],
        slug=row["slug"],
        name=row["name"],
        source=row["source"],
        note=row.get("note", ""),
        convenors=tuple(row.get("convenors", ())),
    )


def _recorded_event(row: dict[str, Any]) -> DemoEvent:
    dated = Dated(row["dated"])
    starts_at, ends_at = _recorded_span(row, dated)
    minutes: int | None = row.get("minutes")
    if dated is Dated.HOURS and (ends_at is None or minutes != session_minutes(starts_at, ends_at)):
        raise ValueError(f"the hours of {row['key']} don't make its minutes")
    kind = EventKind(row["kind"])
    return DemoEvent(
        key=row["key"],
        programme=row["programme"],
        title=row["title"],
        summary=row["summary"],
        kind=kind,
        category=kind.default_category,
        host=row["host"],
        co_hosts=tuple(row.get("co_hosts", ())),
        themes=tuple(row.get("themes", ())),
        dated=dated,
        first_on=row["first_on"],
        last_on=row["last_on"],
        starts_at=starts_at,
        ends_at=ends_at,
        minutes=minutes,
        zone=row["zone"],
        platform=row["platform"],
        link=row.get("link"),
        hashtag=row.get("hashtag"),
        source=row["source"],
        note=row.get("note", ""),
        is_example=False,
    )


def _recorded_span(row: dict[str, Any], dated: Dated) -> tuple[datetime, datetime | None]:
    zone, first_on, last_on = row["zone"], row["first_on"], row["last_on"]
    match dated:
        case Dated.HOURS:
            return (
                instant(datetime.combine(first_on, row["starts"]), zone),
                instant(datetime.combine(last_on, row["ends"]), zone),
            )
        case Dated.START:
            return instant(datetime.combine(first_on, row["starts"]), zone), None
        case Dated.DAYS | Dated.WINDOW | Dated.MONTH:
            return span_at(dated, first_on, last_on, zone)
