"""Dates and times: instants in UTC, the wall clock of a zone, school years, and how pages write all of them.

Every instant is an aware `datetime`; comparisons and differences are made in UTC, because Python compares and
subtracts two times of the same zone by their wall clocks and so loses the hour of a clock change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from types import MappingProxyType
from zoneinfo import ZoneInfo, available_timezones

from pdtracker.domain.hours import NBSP
from pdtracker.domain.refusals import Mistyped

DASH = "\N{EN DASH}"

ZONE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "America/New_York": "Eastern Time",
        "America/Detroit": "Eastern Time",
        "America/Indiana/Indianapolis": "Eastern Time",
        "America/Kentucky/Louisville": "Eastern Time",
        "America/Chicago": "Central Time",
        "America/Indiana/Tell_City": "Central Time",
        "America/Indiana/Knox": "Central Time",
        "America/Menominee": "Central Time",
        "America/North_Dakota/Center": "Central Time",
        "America/Denver": "Mountain Time",
        "America/Boise": "Mountain Time",
        "America/Phoenix": "Arizona Time",
        "America/Los_Angeles": "Pacific Time",
        "America/Anchorage": "Alaska Time",
        "America/Adak": "Aleutian Time",
        "Pacific/Honolulu": "Hawaii Time",
        "America/Puerto_Rico": "Atlantic Time",
        "Pacific/Guam": "Guam Time",
        "Pacific/Pago_Pago": "Samoa Time",
        "UTC": "UTC",
    }
)
"""The zones that a district of the United States can choose first, in the words that its people use."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def known_zone(name: str) -> bool:
    """Whether the IANA database has this zone."""
    return name in _zone_names()


@cache
def _zone_names() -> frozenset[str]:
    # "localtime" and "Factory" depend on the machine and mean nothing to a reader.
    return frozenset(available_timezones() - {"localtime", "Factory"})


def instant(local: datetime, zone: str) -> datetime:
    """The moment, in UTC, at which the wall clock of `zone` shows `local` (naive).

    A time that a clock change skips is refused with `Mistyped`; of a time that occurs twice, the first is
    meant.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall-clock time has no zone of its own")
    if not known_zone(zone):
        raise Mistyped("Choose a time zone from the list.")
    if not 2000 <= local.year <= 2100:
        raise Mistyped("Enter a year between 2000 and 2100.")
    at = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    shown = at.astimezone(ZoneInfo(zone))
    if shown.replace(tzinfo=None, fold=0) != local.replace(fold=0):
        raise Mistyped(
            f"There was no {time_text(local)} on {date_text(local)} in {zone_words(zone)}: "
            f"the clocks were put forward. Enter {time_text(shown)} if that is what your clock showed."
        )
    return at


def local(at: datetime, zone: str) -> datetime:
    """What the wall clock of `zone` shows at the instant `at`, aware."""
    return _utc(at).astimezone(ZoneInfo(zone))


def last_day(ends_at: datetime, zone: str) -> date:
    """The last day of a stretch of whole days: it ends with the midnight after it."""
    return local(ends_at - timedelta(microseconds=1), zone).date()


def overlaps(a_start: datetime, a_end: datetime, b_start: datetime, b_end: datetime) -> bool:
    """Whether two half-open spans share a moment. One that begins as the other ends does not overlap it."""
    return max(_utc(a_start), _utc(b_start)) < min(_utc(a_end), _utc(b_end))


def session_minutes(starts_at: datetime, ends_at: datetime) -> int:
    """The whole minutes that really pass from one instant to the next; seconds are dropped."""
    length = _utc(ends_at) - _utc(starts_at)
    if length < timedelta(0):
        raise ValueError("a session ends after it starts")
    return length // timedelta(minutes=1)


def school_year(on: date, starts: tuple[int, int]) -> tuple[date, date]:
    """The first and last day of the school year that holds `on`; `starts` is (month, day), such as (7, 1)."""
    month, day = starts
    if (month, day) == (2, 29):
        raise ValueError("a school year can't start on a day that most years lack")
    first = date(on.year, month, day)
    if on < first:
        first = date(on.year - 1, month, day)
    return first, date(first.year + 1, month, day) - timedelta(days=1)


def school_year_text(first: date, last: date) -> str:
    """`2014-15` with an en dash, or `2014` for a year that is the calendar's."""
    return f"{first.year}" if first.year == last.year else f"{first.year}{DASH}{last.year % 100:02d}"


def day_text(on: date) -> str:
    """`Wednesday, October 15, 2014`: for days on which someone must act, or was somewhere."""
    return f"{weekday_text(on)}, {date_text(on)}"


def date_text(on: date) -> str:
    """`October 15, 2014`."""
    return f"{month_day(on)}, {on.year}"


def month_day(on: date) -> str:
    """`October 15`."""
    return f"{_MONTHS[on.month - 1]}{NBSP}{on.day}"


def short_day(on: date) -> str:
    """`Oct 15`."""
    return f"{_MONTHS[on.month - 1][:3]}{NBSP}{on.day}"


def short_date(on: date, today: date) -> str:
    """`Oct 15`, and `Sep 26, 2013` where the year is another than today's."""
    return short_day(on) if on.year == today.year else f"{short_day(on)}, {on.year}"


def weekday_text(on: date) -> str:
    """`Wednesday`."""
    return _WEEKDAYS[on.weekday()]


def time_text(at: datetime | time) -> str:
    """`7:00 pm`, of the wall clock as given: convert with `local` first."""
    return f"{_clock_face(at)}{NBSP}{_half_of_day(at)}"


def span_text(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """`7:00-8:30 pm`, `10:00 am-1:00 pm`, with an en dash; over several days each end with its day."""
    start, end = local(starts_at, zone), local(ends_at, zone)
    if start.date() != end.date():
        return f"{month_day(start)}, {time_text(start)} {DASH} {month_day(end)}, {time_text(end)}"
    if start.utcoffset() != end.utcoffset():
        # The clocks change in between: 1:30 am to 1:15 am is 45 minutes when an hour occurs twice.
        return f"{time_text(start)} {start.tzname()}{DASH}{time_text(end)} {end.tzname()}"
    beginning = _clock_face(start) if _half_of_day(start) == _half_of_day(end) else time_text(start)
    return f"{beginning}{DASH}{time_text(end)}"


def since_text(at: datetime, now: datetime, zone: str) -> str:
    """How long something waits: `today`, `yesterday`, `since Monday`, `since Oct 3`, `since Oct 3, 2013`."""
    then, today = local(at, zone).date(), local(now, zone).date()
    days = (today - then).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    if days < 7:
        return f"since {weekday_text(then)}"
    return f"since {short_date(then, today)}"


def moment_text(at: datetime, now: datetime, zone: str) -> str:
    """When something happened: `today, 11:20 am`, `yesterday, 9:14 pm`, `Monday, October 13, 7:40 am`."""
    then, today = local(at, zone), local(now, zone).date()
    match (today - then.date()).days:
        case 0:
            day = "today"
        case 1:
            day = "yesterday"
        case _:
            day = f"{weekday_text(then)}, {month_day(then) if then.year == today.year else date_text(then)}"
    return f"{day}, {time_text(then)}"


def zone_words(zone: str) -> str:
    """`Eastern Time` for `America/New_York`; of zones without a common name the city, `Ho Chi Minh time`."""
    return ZONE_WORDS.get(zone) or f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def _clock_face(at: datetime | time) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d}"


def _half_of_day(at: datetime | time) -> str:
    return "am" if at.hour < 12 else "pm"


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("an instant carries its zone")
    return at.astimezone(UTC)
