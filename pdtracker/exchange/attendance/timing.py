"""When people came and went: the texts of entries as instants, by one order of day and month for the whole file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pdtracker.domain.attendance import Flag, SessionHours, Stay, Strength
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance.clock import Order, Written, instants, length_of, order_of, written
from pdtracker.exchange.attendance.entries import Entry, Meeting, Reading
from pdtracker.exchange.refused import Refused

_NOTHING = frozenset({"", "-", "--", "n/a"})
_SHOWN_OF_A_CELL = 40
_LONGEST_NIGHT = timedelta(hours=12)
"""A time without a date that is earlier than the one of joining is the next day's only within so long."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An entry with its times: the stay that it tells of, and how long it says that this was."""

    entry: Entry
    stay: Stay | None = None
    lasted: timedelta | None = None
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """When a meeting was by the file's own word; an end that it doesn't tell is `None`."""

    starts_at: datetime
    ends_at: datetime | None


class Timetable:
    """Reads the times of one file: knows its zone, its order of day and month, and the session's own days."""

    def __init__(self, reading: Reading, hours: SessionHours, zone: str) -> None:
        self._hours = hours
        self._zone = ZoneInfo(zone)
        self._strength = reading.strength
        days = (hours.starts_at.astimezone(self._zone).date(), hours.ends_at.astimezone(self._zone).date())
        self._days = tuple(dict.fromkeys(days))
        self._written: dict[str, Written | None] = {text: written(text) for text in _texts(reading)}
        self._told_order = reading.order
        self._order = self._order_of_the_file()
        self._spans = {key: self._span(meeting) for key, meeting in reading.meetings.items()}

    def span(self, meeting: str) -> Span | None:
        """When a meeting was, where the file says it."""
        return self._spans.get(meeting)

    def timed(self, entries: Sequence[Entry], refused: list[Refused]) -> Iterator[Timed]:
        """The entries with their times; those whose times can't be read are refused instead."""
        read = {
            Strength.INTERVALS: self._interval,
            Strength.TOTAL: self._total,
            Strength.PRESENCE: self._presence,
        }[self._strength]
        for entry in entries:
            told = read(entry) if entry.counts else Timed(entry)
            if isinstance(told, Refused):
                refused.append(told)
            else:
                yield told

    def _order_of_the_file(self) -> Order:
        if self._told_order is not None:
            return self._told_order
        order = order_of([told for told in self._written.values() if told], self._days)
        if order is not None:
            return order
        if self._strength is Strength.PRESENCE:
            return Order.MONTH_FIRST
        raise Mistyped(
            "The dates in this file can be read as month/day and as day/month, and none is on the day of the session. "
            "Is this the report of this session?"
        )

    def _interval(self, entry: Entry) -> Timed | Refused:
        if entry.joined in _NOTHING:
            return Refused(entry.line, "No time of joining.")
        joined = self._moments(entry.joined)
        if not joined:
            return Refused(entry.line, _unreadable("time of joining", entry.joined))
        if entry.left in _NOTHING:
            return self._open(entry, joined[0])
        # A time of day without a date can be of the night after the session's last day.
        left = self._moments(entry.left, (*self._days, self._days[-1] + timedelta(days=1)))
        if not left:
            return Refused(entry.line, _unreadable("time of leaving", entry.left))
        start, end = _fitting(joined, left, length_of(entry.lasted), self._hours)
        if end < start or (end - start > _LONGEST_NIGHT and not self._has_date(entry.left)):
            return Refused(entry.line, "The time of leaving is before the time of joining.")
        return Timed(entry, Stay(start, end) if start < end else None)

    def _has_date(self, text: str) -> bool:
        told = self._written[text]
        return told is not None and told.numbers is not None

    def _open(self, entry: Entry, joined_at: datetime) -> Timed:
        """A stay without an end lasts until the session ends, or the meeting where that was earlier."""
        span = self._spans.get(entry.meeting)
        end = min(self._hours.ends_at, span.ends_at) if span and span.ends_at else self._hours.ends_at
        stay = Stay(joined_at, end) if joined_at < end else None
        return Timed(entry, stay, flags=frozenset({Flag.END_ASSUMED}))

    def _total(self, entry: Entry) -> Timed | Refused:
        lasted = length_of(entry.lasted)
        if lasted is None:
            return Refused(entry.line, _unreadable("duration", entry.lasted))
        if entry.joined in _NOTHING or entry.left in _NOTHING:
            return Timed(entry, lasted=lasted)
        told = self._interval(entry)
        return told if isinstance(told, Refused) else replace(told, lasted=lasted)

    def _presence(self, entry: Entry) -> Timed:
        """Somebody came; a time beside it, of signing in, only shows whether that was on the session's day."""
        moments = self._moments(entry.joined)
        elsewhere = moments and moments[0].astimezone(self._zone).date() not in self._days
        return Timed(entry, flags=frozenset({Flag.OUTSIDE}) if elsewhere else frozenset())

    def _span(self, meeting: Meeting) -> Span | None:
        starts, ends = self._moments(meeting.started), self._moments(meeting.ended)
        return Span(starts[0], ends[-1] if ends else None) if starts else None

    def _moments(self, text: str, days: Sequence[date] = ()) -> tuple[datetime, ...]:
        """The instants that a text can mean: none, one, or several.

        There are two in the hour that the clocks repeat, and for a time without a date one on each of the `days`, or
        of the session's.
        """
        told = self._written.get(text)
        if told is None:
            return ()
        if told.numbers:
            day = told.day(self._order)
            return self._on(day, told) if day else ()
        return tuple(moment for day in days or self._days for moment in self._on(day, told))

    def _on(self, day: date, told: Written) -> tuple[datetime, ...]:
        local = datetime.combine(day, told.clock)
        try:
            if told.offset is not None:
                return (local.replace(tzinfo=told.offset).astimezone(UTC),)
            return instants(local, self._zone)
        except OverflowError:
            return ()


def _texts(reading: Reading) -> Iterator[str]:
    """Every time in a file, each once."""
    for entry in reading.entries:
        yield entry.joined
        yield entry.left
    for meeting in reading.meetings.values():
        yield meeting.started
        yield meeting.ended


def _fitting(
    joined: Sequence[datetime], left: Sequence[datetime], lasted: timedelta | None, hours: SessionHours
) -> tuple[datetime, datetime]:
    """Of what two times can mean, what fits the printed duration best, then the session.

    Without a duration the shortest stay that is possible is meant.
    """
    if len(joined) == len(left) == 1:
        return joined[0], left[0]
    ways = [(start, end) for start in joined for end in left]
    possible = [way for way in ways if way[0] <= way[1]] or ways
    wanted = lasted if lasted is not None else timedelta()

    def misfit(way: tuple[datetime, datetime]) -> tuple[timedelta, timedelta]:
        start, end = way
        within = min(end, hours.ends_at) - max(start, hours.starts_at)
        return abs(end - start - wanted), -within

    return min(possible, key=misfit)


def _unreadable(what: str, text: str) -> str:
    return f"The {what} can’t be read: “{text[:_SHOWN_OF_A_CELL]}”." if text else f"No {what}."
