"""Times and durations as reports write them.

`10/05/2026` is the tenth of May in one account and the fifth of October in another, and the file doesn't say. So the
times are first only taken apart (`written`), then one order for the whole file is chosen (`order_of`), by the days
that exist and by the session's own day. Digits are ASCII; a text that is longer than a time can be is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from typing import Final
from zoneinfo import ZoneInfo

_LONGEST: Final = 48

_CLOCK: Final = (
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r" ?(?:(?P<half>[AaPp])\.?[Mm]\.?)? ?(?P<zone>Z|(?:GMT|UTC)?[+-][0-9]{1,2}(?::?[0-9]{2})?|[A-Z]{2,3}T|UTC)?"
)
_NUMERIC: Final = re.compile(
    r"(?P<first>[0-9]{1,4})(?P<mark>[/.-])(?P<second_part>[0-9]{1,2})(?P=mark)(?P<third>[0-9]{4}|[0-9]{2})"
    rf"(?:,? |T){_CLOCK}"
)
_MONTH_FIRST: Final = re.compile(
    rf"(?P<month>[A-Za-z]{{3,9}})\.? (?P<day>[0-9]{{1,2}}),? (?P<year>[0-9]{{4}}),? {_CLOCK}"
)
_DAY_FIRST: Final = re.compile(
    rf"(?P<day>[0-9]{{1,2}})\.? (?P<month>[A-Za-z]{{3,9}})\.?,? (?P<year>[0-9]{{4}}),? {_CLOCK}"
)
_TIME_ONLY: Final = re.compile(_CLOCK)
_SERIAL: Final = re.compile(r"[2-7][0-9]{4}(?:\.[0-9]{1,12})?")
_EXCEL_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days have no zone
_MONTHS: Final = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_ZONES: Final = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "UTC": 0, "GMT": 0, "Z": 0,
}  # fmt: skip

_AMOUNT: Final = re.compile(r"([0-9]{1,6}(?:[.,][0-9]{1,3})?) ?([a-z]+)\.?")
_CLOCK_LENGTH: Final = re.compile(r"([0-9]{1,3}):([0-9]{2})(?::([0-9]{2}))?")
_PLAIN: Final = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,3})?")
_UNITS: Final = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "godz", "ore"), 3600),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("s", "sec", "secs", "sek", "second", "seconds"), 1),
}


class Order(Enum):
    """Which of three numbers is the day; a year in front settles it."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"


@dataclass(frozen=True, slots=True)
class Written:
    """A time as it was written: a clock face, and the numbers of a date whose order may be open."""

    clock: time
    numbers: tuple[int, int, int] | None = None
    """Of its date: year, and the two others as they stand; with a known order month and day."""
    is_open: bool = False
    offset: timezone | None = None

    def day(self, order: Order) -> date | None:
        """The date under an order; `None` when there is no such day."""
        if self.numbers is None:
            return None
        year, first, second = self.numbers
        month, day = (second, first) if self.is_open and order is Order.DAY_FIRST else (first, second)
        try:
            return date(year, month, day)
        except ValueError:
            return None


def written(text: str) -> Written | None:
    """What a time says; `None` when it can't be read."""
    if not text or len(text) > _LONGEST:
        return None
    if found := _NUMERIC.fullmatch(text):
        return _numeric(found)
    if found := _MONTH_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text):
        month = _MONTHS.get(found["month"][:3].lower())
        return _with_clock(found, (int(found["year"]), month, int(found["day"]))) if month else None
    if found := _TIME_ONLY.fullmatch(text):
        return _with_clock(found, None)
    if _SERIAL.fullmatch(text):
        at = _EXCEL_DAY_ZERO + timedelta(seconds=round(float(text) * 86_400))
        return Written(at.time(), (at.year, at.month, at.day))
    return None


def order_of(times: Collection[Written], days: Collection[date]) -> Order | None:
    """The order of day and month in a file: the one by which most dates exist, then most are on the `days`.

    `None` when the file can be read both ways and the session's days don't decide.
    """
    pairs = {
        time.numbers: (time.day(Order.MONTH_FIRST), time.day(Order.DAY_FIRST))
        for time in times
        if time.is_open
    }
    if all(by_month == by_day for by_month, by_day in pairs.values()):
        return Order.MONTH_FIRST
    counted = [pairs[time.numbers] for time in times if time.is_open]

    def standing(way: int) -> tuple[int, int]:
        return sum(pair[way] is not None for pair in counted), sum(pair[way] in days for pair in counted)

    by_month, by_day = standing(0), standing(1)
    if by_month == by_day:
        return None
    return Order.MONTH_FIRST if by_month > by_day else Order.DAY_FIRST


def instants(local: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The moments, in UTC, when the zone's clock shows a time: two in the hour that comes again, else one."""
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return (first.astimezone(UTC),)
    # In the hour that is skipped, the clock that wasn't put forward is meant.
    once = first.astimezone(UTC)
    if once.astimezone(zone).replace(tzinfo=None) != local:
        return (once,)
    return once, second.astimezone(UTC)


def length_of(text: str) -> timedelta | None:
    """A duration: `1 hr 26 min`, `29m 22s`, `204 mins`, `1:26:00`, `< 1 min`, plain minutes; else `None`."""
    told = text.strip().lower()
    if len(told) > _LONGEST:
        return None
    if told.startswith("<"):
        return timedelta() if length_of(told[1:]) is not None else None
    if _PLAIN.fullmatch(told):
        return _length(told, 60)
    if found := _CLOCK_LENGTH.fullmatch(told):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    amounts = list(_AMOUNT.finditer(told))
    if not amounts or _AMOUNT.sub("", told).strip(" ,") or any(found[2] not in _UNITS for found in amounts):
        return None
    return _sum(_length(found[1], _UNITS[found[2]]) for found in amounts)


def _numeric(found: re.Match[str]) -> Written | None:
    first, second, third = found["first"], int(found["second_part"]), found["third"]
    if len(first) == 4:
        return _with_clock(found, (int(first), second, int(third))) if len(third) == 2 else None
    if len(first) > 2:
        return None
    year = int(third) + (2000 if len(third) == 2 else 0)
    if found["mark"] == ".":
        return _with_clock(found, (year, second, int(first)))
    return _with_clock(found, (year, int(first), second), is_open=True)


def _with_clock(
    found: re.Match[str], day: tuple[int, int, int] | None, *, is_open: bool = False
) -> Written | None:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    # Some accounts write both at once: `17:00:00 PM`.
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    zone = found["zone"]
    offset = _offset(zone) if zone else None
    if zone and offset is None:
        return None
    try:
        clock = time(hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return None
    return Written(clock, day, is_open, offset)


def _offset(zone: str) -> timezone | None:
    if zone in _ZONES:
        return timezone(timedelta(hours=_ZONES[zone]))
    ahead = re.fullmatch(r"(?:GMT|UTC)?([+-])([0-9]{1,2}):?([0-9]{2})?", zone)
    if ahead is None or int(ahead[2]) > 14 or int(ahead[3] or 0) > 59:
        return None
    length = timedelta(hours=int(ahead[2]), minutes=int(ahead[3] or 0))
    return timezone(-length if ahead[1] == "-" else length)


def _length(number: str, seconds: int) -> timedelta:
    return timedelta(seconds=float(number.replace(",", ".")) * seconds)


def _sum(lengths: Iterable[timedelta]) -> timedelta:
    return sum(lengths, timedelta())
