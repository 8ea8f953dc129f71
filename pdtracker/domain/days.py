"""How full somebody's days are: the hours of all their claims together, on the days on which each of them was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pdtracker.domain.hours import MAX_DAY_MINUTES, hours_phrase
from pdtracker.domain.log import LogDay
from pdtracker.domain.text import quoted
from pdtracker.domain.when import date_text, instant, last_day, local, short_day

LONG_DAY_MINUTES = 600
"""Above ten hours of learning on one day, a glance."""

# The day on which the clocks are put back has 25 hours.
_ONE_DAY = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Spent:
    """The minutes of one claim, and when they lay."""

    title: str
    starts_at: datetime
    ends_at: datetime
    minutes: int

    def days(self, zone: str) -> tuple[date, date]:
        """The first and the last day: one and the same unless it is longer than a day.

        What is no longer than a day counts where it began, as its credit does, so that a day of another zone is one
        day and not two.
        """
        first = local(self.starts_at, zone).date()
        if self.ends_at - self.starts_at <= _ONE_DAY:
            return first, first
        return first, last_day(self.ends_at, zone)


def spent_by_log(title: str, log: Sequence[LogDay], minutes: int, zone: str) -> tuple[Spent, ...]:
    """The days of a log, each by itself; where only `minutes` of it stand credited, each in proportion, rounded down.

    A log tells days of a zone and no hours: each stands at noon, which is the same day in every zone near.
    """
    logged = max(sum(day.minutes for day in log), 1)
    found = []
    for day in sorted(log):
        noon = instant(datetime.combine(day.on, time(12)), zone)
        spent = min(day.minutes, day.minutes * minutes // logged)
        if spent:
            found.append(Spent(title, noon, noon + timedelta(minutes=1), spent))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class DayLoad:
    """What lies on some days altogether: the minutes, and the titles of the other claims there."""

    first: date
    last: date
    minutes: int
    others: tuple[str, ...] = ()

    @property
    def day_count(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1

    @property
    def is_impossible(self) -> bool:
        """Whether it is more than these days have."""
        return self.minutes > MAX_DAY_MINUTES * self.day_count

    @property
    def is_long(self) -> bool:
        """Whether it is more than ten hours for each of these days."""
        return self.minutes > LONG_DAY_MINUTES * self.day_count

    @property
    def when(self) -> str:
        """`on Oct 8`, or `from Oct 8 to Oct 9`."""
        if self.first == self.last:
            return f"on {short_day(self.first)}"
        return f"from {short_day(self.first)} to {short_day(self.last)}"

    @property
    def beside(self) -> str:
        """`, with “Course A” and “Course B”`; nothing without others."""
        return f", with {_named(self.others)}" if self.others else ""


def fullest(claim: Spent, others: Iterable[Spent], zone: str) -> DayLoad:
    """The fullest days around a claim: its own, or those of a longer one that encloses it, with all that lies in them.

    Whatever was on some of these days and on others too is not counted: nobody knows how much of it lay where.
    """
    rest = [(other.days(zone), other) for other in others]
    own = claim.days(zone)
    enclosing = {days for days, _ in rest if _encloses(days, own)}
    return max(
        (_load(days, claim, rest) for days in sorted({own, *enclosing})),
        key=lambda load: load.minutes / load.day_count,
    )


def fullest_of(parts: Sequence[Spent], others: Iterable[Spent], zone: str) -> DayLoad | None:
    """The fullest days of something that has several parts, each beside the other ones; `None` without any."""
    rest = list(others)
    loads = [
        fullest(part, [*rest, *parts[:place], *parts[place + 1 :]], zone) for place, part in enumerate(parts)
    ]
    return max(loads, key=lambda load: load.minutes / load.day_count, default=None)


def full_day_fault(load: DayLoad) -> str:
    """What stands against a claim that asks for more hours than its days have."""
    first, last = date_text(load.first), date_text(load.last)
    if load.first == load.last:
        when, have = f"on {first}", "a day has 24"
    else:
        when, have = f"from {first} to {last}", f"these days have {24 * load.day_count:,}"
    beside = f" together with {_named(load.others)}" if load.others else ""
    return f"This makes {hours_phrase(load.minutes)}{beside} {when}, and {have}. Look whether day and hours are right."


def _encloses(outer: tuple[date, date], inner: tuple[date, date]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _load(days: tuple[date, date], claim: Spent, rest: Sequence[tuple[tuple[date, date], Spent]]) -> DayLoad:
    there = [other for when, other in rest if _encloses(days, when)]
    return DayLoad(
        *days, claim.minutes + sum(one.minutes for one in there), tuple(one.title for one in there)
    )


def _named(titles: Sequence[str]) -> str:
    """`“A”`, `“A” and “B”`, `“A”, “B” and 3 more`."""
    shown = [quoted(title) for title in titles[:2]]
    if len(titles) > len(shown):
        return f"{', '.join(shown)} and {len(titles) - len(shown)} more"
    return " and ".join(shown)
