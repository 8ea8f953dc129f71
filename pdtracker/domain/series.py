"""Series: an event that comes again, by the week or by the month, always at the same time on the wall clock."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import date_text, instant, local

MOST_EVENTS = 52
"""So many events a series has at most, the first included."""

MOST_WEEKS = 12
_LONGEST = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Repetition:
    """How an event comes again: every so many weeks, or with `every_weeks` of `None` each month on its weekday.

    Until a day, which belongs to it, or so many times in all.
    """

    every_weeks: int | None
    until: date | None
    count: int | None


@dataclass(frozen=True, slots=True)
class InSeries:
    """Where an event stands in its series: its place, how many there are, and the next one that comes."""

    place: int
    count: int
    next_id: int | None
    next_at: datetime | None
    following: int

    @property
    def words(self) -> str:
        """`4th of 8`."""
        return f"{ordinal(self.place)} of {self.count}"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    tens = number % 100
    ending = "th" if 11 <= tens <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def repetition_faults(how: Repetition, time: EventTime) -> dict[str, str]:
    """What stands against it: field -> sentence. Fields: weeks, until, count."""
    if how.every_weeks is not None and not 1 <= how.every_weeks <= MOST_WEEKS:
        return {"weeks": f"Enter between 1 and {MOST_WEEKS} weeks."}
    if how.until is None and how.count is None:
        return {"until": "Enter the last day, or how many times it takes place."}
    if how.until is not None and how.count is not None:
        return {"until": "Enter the last day or how many times, not both."}
    if how.count is not None and not 2 <= how.count <= MOST_EVENTS:
        return {"count": f"Enter between 2 and {MOST_EVENTS} times."}
    if how.until is not None and how.until > time.first_on + _LONGEST:
        return {"until": "Enter a day within two years of the first one."}
    found = times(how, time)
    if len(found) < 2:
        return {
            "until": f"It would not take place again by then. Enter a day after {date_text(time.first_on)}."
        }
    if len(found) > MOST_EVENTS:
        return {
            "until": f"This makes {count_of(len(found), 'event', 'events')}; a series has at most {MOST_EVENTS}."
        }
    return {}


def times(how: Repetition, first: EventTime) -> tuple[EventTime, ...]:
    """When each of them is, the first included; at most one more than a series can have."""
    found = [first]
    for on in _days(how, first.first_on):
        if how.count is not None and len(found) >= how.count:
            break
        if (how.until is not None and on > how.until) or len(found) > MOST_EVENTS:
            break
        found.append(shifted(first, on - first.first_on))
    return tuple(found)


def shifted(time: EventTime, by: timedelta) -> EventTime:
    """The same hours on other days by the wall clock: 7 pm stays 7 pm when the clocks change in between."""
    ends_at = None if time.ends_at is None else later(time.ends_at, by, time.zone)
    return EventTime(later(time.starts_at, by, time.zone), ends_at, time.zone, time.has_hours)


def later(at: datetime, by: timedelta, zone: str, new_zone: str = "") -> datetime:
    """The moment that the clock of `zone` shows so much later; with another zone, when the clock there shows it."""
    wall = local(at, zone).replace(tzinfo=None) + by
    try:
        return instant(wall, new_zone or zone)
    except Mistyped:
        # The clocks skip that hour on this one day: an hour later they show what comes after it.
        return instant(wall + timedelta(hours=1), new_zone or zone)


def _days(how: Repetition, first: date) -> Iterator[date]:
    """The days after the first one, without an end."""
    if how.every_weeks is not None:
        on = first
        while True:
            on += timedelta(weeks=how.every_weeks)
            yield on
    week, month = (first.day - 1) // 7, first.month
    year = first.year
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        yield _weekday_of(year, month, first.weekday(), week)


def _weekday_of(year: int, month: int, weekday: int, week: int) -> date:
    """The weekday in that week of a month; where a month has no fifth one, its last."""
    start, length = monthrange(year, month)
    day = 1 + (weekday - start) % 7 + 7 * week
    return date(year, month, day if day <= length else day - 7)
