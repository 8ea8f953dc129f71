"""The calendar's rules: when an event is, and which programme is the current one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from pdtracker.domain.hours import MAX_DAY_MINUTES, NBSP
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.text import clean_line
from pdtracker.domain.when import (
    DASH,
    date_text,
    day_text,
    last_day,
    local,
    month_day,
    session_minutes,
    span_text,
    time_text,
    zone_words,
)

OPEN_ZONE = "America/New_York"
"""In which lists are read by whoever has no district: the month announced its events in it. Pages name it in words."""
HASHTAG_CHARACTERS = 60
TITLE_CHARACTERS = 160
SUMMARY_CHARACTERS = 2000
PLATFORM_CHARACTERS = 80
HOST_CHARACTERS = 120

_HASHTAG = re.compile(r"#?(\w+)")
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class DayPart(StrEnum):
    """The part of a reader's day in which an event with hours begins."""

    BEFORE_SCHOOL = "before_school"
    SCHOOL_HOURS = "school_hours"
    AFTER_SCHOOL = "after_school"

    @property
    def label(self) -> str:
        """Its name in the filters."""
        return {"before_school": "Before 8 am", "school_hours": "8 am to 4 pm", "after_school": "After 4 pm"}[
            self.value
        ]

    @property
    def minutes(self) -> tuple[int, int]:
        """The half-open span of minutes since midnight in which it lies."""
        match self:
            case DayPart.BEFORE_SCHOOL:
                return 0, 480
            case DayPart.SCHOOL_HOURS:
                return 480, 960
            case DayPart.AFTER_SCHOOL:
                return 960, 1440


@dataclass(frozen=True, slots=True)
class EventTime:
    """When an event is: with hours; with a known beginning only (no end); or an open window of whole days.

    A window is a matter of days in the host's zone, so it reads the same in every zone.
    """

    starts_at: datetime
    ends_at: datetime | None
    zone: str
    has_hours: bool

    @property
    def minutes(self) -> int | None:
        """How long it lasts; `None` where nobody said so, and where it goes on for days: nobody is there at night."""
        if not self.has_hours or self.ends_at is None:
            return None
        minutes = session_minutes(self.starts_at, self.ends_at)
        return minutes if minutes <= MAX_DAY_MINUTES else None

    @property
    def is_window(self) -> bool:
        """Whether it is open for whole days, without fixed hours."""
        return not self.has_hours and self.ends_at is not None

    @property
    def first_on(self) -> date:
        """Its first day where the host is."""
        return local(self.starts_at, self.zone).date()

    @property
    def last_on(self) -> date:
        """Its last day where the host is: a window ends with the midnight after it."""
        if self.ends_at is None:
            return self.first_on
        return last_day(self.ends_at, self.zone)

    def has_begun(self, at: datetime) -> bool:
        """Whether it can have been attended."""
        return self.starts_at <= at

    def is_over(self, at: datetime) -> bool:
        """Whether it has ended; an end that isn't known is taken to come within the day."""
        return (self.ends_at or self.starts_at + timedelta(days=1)) <= at

    def day_in(self, zone: str) -> date:
        """The day under which a reader in `zone` looks for it."""
        return self.first_on if self.is_window else local(self.starts_at, zone).date()

    def clock_text(self, zone: str, *, is_live: bool) -> str:
        """What stands before it in a day's list: `7:00 pm`; for a window `All day`, `All month`, `Oct 1–14`.

        A live event without hours doesn't last that long, nobody wrote down when it was: `Some time`, `In October`.
        """
        if not self.is_window:
            return time_text(local(self.starts_at, zone))
        first, last = self.first_on, self.last_on
        if first == last:
            return "Some time" if is_live else "All day"
        if (first.year, first.month) == (last.year, last.month):
            if first.day == 1 and (last + timedelta(days=1)).day == 1:
                return f"In {_MONTH_NAMES[first.month - 1]}" if is_live else "All month"
            return f"{_short(first)}{DASH}{last.day}"
        return f"{_short(first)}{DASH}{_short(last)}"

    def hours_words(self, zone: str) -> str:
        """Its hours in `zone`: `7:00–8:00 pm`; `7:00 pm, the end is not recorded`; empty for a window."""
        if self.is_window:
            return ""
        if self.ends_at is None:
            return f"{time_text(local(self.starts_at, zone))}, the end is not recorded"
        return span_text(self.starts_at, self.ends_at, zone)

    def when_words(self, zone: str) -> str:
        """Its day and hours in `zone`: `Wednesday, October 15, 7:00–8:00 pm Eastern Time`; of a window its days."""
        if self.is_window:
            return self.days_words()
        if self.has_hours and self.ends_at is not None and self.minutes is None:
            return f"{self.hours_words(zone)} {zone_words(zone)}"
        day = day_text(self.day_in(zone))
        if self.ends_at is None:
            start = time_text(local(self.starts_at, zone))
            return f"{day}, {start} {zone_words(zone)}, the end is not recorded"
        return f"{day}, {self.hours_words(zone)} {zone_words(zone)}"

    def days_words(self) -> str:
        """A window's days, as `days_text` writes them."""
        return days_text(self.first_on, self.last_on)


class Season(Protocol):
    """Anything with a first and a last day."""

    @property
    def starts_on(self) -> date:
        """The first day."""

    @property
    def ends_on(self) -> date:
        """The last day."""


SeasonT = TypeVar("SeasonT", bound=Season)


def current_season(seasons: Sequence[SeasonT], on: date) -> SeasonT | None:
    """The programme that people mean on this day: the one that runs, else the next to begin, else the last that ended.

    Of two that run, the one that began later. `None` only without any.
    """
    running = [season for season in seasons if season.starts_on <= on <= season.ends_on]
    if running:
        return max(running, key=lambda season: season.starts_on)
    coming = [season for season in seasons if season.starts_on > on]
    if coming:
        return min(coming, key=lambda season: season.starts_on)
    return max(seasons, key=lambda season: season.ends_on, default=None)


def days_text(first: date, last: date) -> str:
    """`October 1, 2014`, `October 1–31, 2014`, `September 28 – October 9, 2014`."""
    if first == last:
        return date_text(first)
    if first.year != last.year:
        return f"{date_text(first)} {DASH} {date_text(last)}"
    if first.month != last.month:
        return f"{month_day(first)} {DASH} {date_text(last)}"
    return f"{month_day(first)}{DASH}{last.day}, {last.year}"


def clean_hashtag(text: str) -> str:
    """A hashtag with its sign, as typed: `#ce14` from `ce14` or `#ce14`. Empty stays empty. Raises `Mistyped`."""
    line = clean_line(text, HASHTAG_CHARACTERS)
    if not line:
        return ""
    found = _HASHTAG.fullmatch(line)
    if found is None:
        raise Mistyped("Enter one hashtag of letters, digits and underscores, such as #ce14.")
    return f"#{found[1]}"


def month_words(year: int, month: int) -> str:
    """`October 2014`."""
    return f"{_MONTH_NAMES[month - 1]} {year}"


@cache
def clock_offsets(zone: str, first: date, last: date) -> tuple[tuple[datetime, datetime, int], ...]:
    """The stretches from `first` to `last` in which the clocks of `zone` keep one offset: from, until (UTC), minutes.

    A filter by the time of day adds them in the database, which knows no zones.
    """
    at = datetime(first.year, first.month, first.day, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    stretches: list[tuple[datetime, datetime, int]] = []
    begin, offset = at, _offset(at, zone)
    while at < end:
        step = timedelta(days=1) if _offset(at + timedelta(days=1), zone) == offset else timedelta(minutes=30)
        at += step
        if _offset(at, zone) != offset:
            stretches.append((begin, at, offset))
            begin, offset = at, _offset(at, zone)
    return (*stretches, (begin, end, offset))


def in_time(at: datetime, now: datetime) -> str:
    """How far ahead a moment of the next hours is: `in a minute`, `in 35 minutes`, `in 1 hour 5 minutes`.

    Whole minutes, rounded up: what is said to begin in a minute has not begun.
    """
    minutes = max(1, -((now - at) // timedelta(minutes=1)))
    if minutes < 60:
        return "in a minute" if minutes == 1 else f"in {minutes}{NBSP}minutes"
    hours, rest = divmod(minutes, 60)
    words = f"in {hours}{NBSP}hour{'' if hours == 1 else 's'}"
    return f"{words} {rest}{NBSP}minute{'' if rest == 1 else 's'}" if rest else words


def _offset(at: datetime, zone: str) -> int:
    shown = at.astimezone(ZoneInfo(zone)).utcoffset()
    return int((shown or timedelta()).total_seconds()) // 60


def _short(on: date) -> str:
    return f"{_MONTH_NAMES[on.month - 1][:3]}{NBSP}{on.day}"
