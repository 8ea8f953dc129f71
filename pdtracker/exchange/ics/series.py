"""The dates of a series between two days.

python-dateutil works a rule out, but a rule can be a bomb: every second, since 1901, or on February 30, which it would
look for until the year 9999. So every step that it takes is counted, and a series that takes too many ends there.
(recurring-ical-events has no such place to stop: one daily February 30 took it six seconds.)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import takewhile
from math import prod
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from pdtracker.exchange.ics.events import Unreadable, Vevent
from pdtracker.exchange.ics.values import Rule, text_of_rule

MOST_DATES: Final = 500
"""Of one series."""

_STEPS_OF_A_SERIES: Final = 40_000
_STEPS_OF_A_FILE: Final = 160_000
_WEIGHT: Final = {"YEARLY": 16, "MONTHLY": 3}
_MOST_TIMES_OF_A_DAY: Final = 24


class Exhausted(Exception):
    """A rule has taken more steps than a calendar of professional learning needs."""


class Budget:
    """The steps that the rules of a file can take altogether."""

    def __init__(self) -> None:
        self._left_of_file = _STEPS_OF_A_FILE
        self._left_of_series = 0

    def begin_series(self) -> None:
        """The next series begins with its own share."""
        self._left_of_series = min(_STEPS_OF_A_SERIES, self._left_of_file)

    def spend(self, steps: int = 1) -> None:
        """Counts steps. Raises Exhausted when none are left."""
        self._left_of_series -= steps
        self._left_of_file -= steps
        if self._left_of_series < 0:
            raise Exhausted


class _CountedInterval(int):
    """An interval that pays for every step that is taken with it.

    dateutil goes from one period to the next by adding the interval, whether the period has a date or not. It offers
    no other place to stop a rule that never yields one.
    """

    _budget: Budget
    _weight: int

    @classmethod
    def of(cls, interval: int, budget: Budget, weight: int) -> Self:
        made = cls(interval)
        made._budget, made._weight = budget, weight
        return made

    def __add__(self, other: int) -> int:
        self._budget.spend(self._weight)
        return int(self) + other

    __radd__ = __add__

    def __mul__(self, other: int) -> int:
        self._budget.spend(self._weight)
        return int(self) * other

    __rmul__ = __mul__

    def __rfloordiv__(self, other: int) -> int:
        self._budget.spend(self._weight)
        return other // int(self)


def dates_of(series: Vevent, until: date, budget: Budget) -> Iterator[datetime]:
    """The begins of a series on its own zone's clock, in order, up to the end of a day; exceptions are left out.

    The first begin is a date of the series also where the rule doesn't meet it. Raises Unreadable for a rule that
    can't be worked out, Exhausted for one that takes too long.
    """
    budget.begin_series()
    zone = series.start.zone
    never = {local.on_clock_of(zone) for local in series.never if not local.is_day or series.start.is_day}
    never_on = {local.at.date() for local in series.never if local.is_day and not series.start.is_day}
    extra = sorted({series.start.at, *(local.on_clock_of(zone) for local in series.also)})
    latest = datetime.combine(until + timedelta(days=1), datetime.min.time())
    last = None
    for at in _merged(extra, _ruled(series, budget), series.start.at):
        if at >= latest:
            return
        budget.spend()
        if at != last and at not in never and at.date() not in never_on:
            yield at
        last = at


def _merged(extra: list[datetime], ruled: Iterator[datetime], first: datetime) -> Iterator[datetime]:
    """Both in order. A rule, which may never answer, is asked only after what stands before its first begin."""
    coming = iter(extra)
    waiting = next(coming, None)
    while waiting is not None and waiting <= first:
        yield waiting
        waiting = next(coming, None)
    for at in ruled:
        while waiting is not None and waiting <= at:
            yield waiting
            waiting = next(coming, None)
        yield at
    if waiting is not None:
        yield waiting
        yield from coming


def _ruled(series: Vevent, budget: Budget) -> Iterator[datetime]:
    rule = series.rule
    if rule is None:
        return
    try:
        yield from _worked_out(rule, series, budget)
    except Exhausted:
        raise
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, AttributeError):
        # What dateutil runs into when a rule asks for the ninth Monday of a month.
        raise Unreadable("The rule by which it repeats can’t be worked out.") from None


def _worked_out(rule: Rule, series: Vevent, budget: Budget) -> Iterator[datetime]:
    told = dict(rule)
    interval = int(told.pop("INTERVAL", [1])[0])
    if interval < 1:
        raise ValueError("an interval of nothing")
    if prod(len(told.get(part, (0,))) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")) > _MOST_TIMES_OF_A_DAY:
        raise Exhausted
    weight = _WEIGHT.get(str(told["FREQ"][0]).upper(), 1)
    until = told.pop("UNTIL", None)
    bare: Any = rrulestr(text_of_rule(told), dtstart=series.start.at)
    dates: rrule = bare.replace(interval=_CountedInterval.of(interval, budget, weight))
    if not until:
        return iter(dates)
    last = _last(until[0], series)
    # Not given to dateutil, which refuses a rule with both COUNT and UNTIL; calendars have them.
    return takewhile(lambda at: at <= last, dates)


def _last(until: date, series: Vevent) -> datetime:
    """UNTIL on the series' clock: often in UTC, or a day although the series has hours."""
    if not isinstance(until, datetime):
        return datetime.combine(until, datetime.max.time().replace(microsecond=0))
    if until.tzinfo is None:
        return until
    if series.start.is_day:
        return until.replace(tzinfo=None)
    return until.astimezone(ZoneInfo(series.start.zone)).replace(tzinfo=None)
