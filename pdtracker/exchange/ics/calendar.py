"""A published calendar, read: every occurrence of its events between two days.

An occurrence is known again by its UID and, in a series, by RECURRENCE-ID, the begin that it had by the rule. Of two
versions the one with the higher sequence counts, else the one that was changed last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from pdtracker.exchange.ics.events import Local, Status, Unreadable, Vevent, event_of
from pdtracker.exchange.ics.lines import calendars
from pdtracker.exchange.ics.series import MOST_DATES, Budget, Exhausted, dates_of
from pdtracker.exchange.refused import Refused

MOST_OCCURRENCES: Final = 20_000
"""Of a whole file."""

Moment: TypeAlias = "datetime | date"
"""An aware instant in the event's zone, or a whole day."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an event takes place. The end of whole days is the day after the last, as in the format."""

    line: int
    uid: str
    recurrence_id: Moment | None
    title: str
    start: Moment
    end: Moment | None
    """`None` where the calendar tells no end: the hours are unknown."""
    all_day: bool
    zone: str
    url: str | None
    place: str
    about: str
    status: Status


@dataclass(frozen=True, slots=True)
class CalendarReading:
    """The occurrences in order of time, and what could not be read."""

    events: tuple[Occurrence, ...]
    refused: tuple[Refused, ...]


def read_calendar(
    data: bytes, *, first_day: date | None, last_day: date, floating_zone: str | None = None
) -> CalendarReading:
    """The occurrences that touch the days, both included; all earlier ones too when there is no first day.

    `floating_zone` is where times are that tell no zone, in a calendar that tells none either. Raises Mistyped for a
    file that is no calendar or too large for one; single events are refused one by one.
    """
    refused: list[Refused] = []
    found: list[Occurrence] = []
    days = _Days(first_day, last_day)
    budget = Budget()
    for members in _by_uid(_events(data, floating_zone, refused)):
        found.extend(_occurrences(members, days, budget, refused))
        if len(found) > MOST_OCCURRENCES:
            refused.append(Refused(members[0].line, f"Only the first {MOST_OCCURRENCES:,} dates were read."))
            break
    found.sort(key=lambda occurrence: (_begin(occurrence), occurrence.title, occurrence.uid))
    return CalendarReading(
        tuple(found[:MOST_OCCURRENCES]), tuple(sorted(refused, key=lambda told: told.line))
    )


@dataclass(frozen=True, slots=True)
class _Days:
    """From a day, or from ever, to a day."""

    first: date | None
    last: date

    def touch(self, occurrence: Occurrence) -> bool:
        """Whether any of it lies within the days; something without an end lies where it begins."""
        if _day(occurrence.start) > self.last:
            return False
        if self.first is None:
            return True
        ended = occurrence.end
        if ended is None or ended == occurrence.start:
            return _day(occurrence.start) >= self.first
        last_moment = ended - (
            timedelta(microseconds=1) if isinstance(ended, datetime) else timedelta(days=1)
        )
        return _day(last_moment) >= self.first

    def are_after(self, at: datetime, length: timedelta | None) -> bool:
        """Whether something of this length has long ended before them; a cheap first look."""
        return (
            self.first is not None and (at + (length or timedelta()) + timedelta(days=2)).date() < self.first
        )


def _events(data: bytes, floating_zone: str | None, refused: list[Refused]) -> Iterator[Vevent]:
    for calendar in calendars(data, refused):
        for component in calendar.events:
            try:
                yield event_of(component, calendar, floating_zone)
            except Unreadable as why:
                refused.append(Refused(component.line, str(why)))


def _by_uid(events: Iterable[Vevent]) -> list[list[Vevent]]:
    """Events that belong together, the newest version of each: the series first, then its changed dates."""
    together: dict[str, dict[datetime | None, Vevent]] = {}
    for event in events:
        versions = together.setdefault(event.uid, {})
        key = event.recurrence_id.instant() if event.recurrence_id else None
        known = versions.get(key)
        if known is None or known.standing <= event.standing:
            versions[key] = event
    return [
        sorted(versions.values(), key=lambda event: event.recurrence_id is not None)
        for versions in together.values()
    ]


def _occurrences(
    members: Sequence[Vevent], days: _Days, budget: Budget, refused: list[Refused]
) -> Iterator[Occurrence]:
    """All dates of one UID within the days: those of the series that nothing changed, and the changed ones."""
    changes = [event for event in members if event.recurrence_id is not None]
    series = members[0] if members[0].recurrence_id is None else None
    refused.extend(
        Refused(event.line, "It changes this date and all later ones; only this date was changed.")
        for event in changes
        if event.changes_later_ones
    )
    singles = [_occurrence(event, event.start, event.recurrence_id) for event in changes]
    if series and series.rule is None and not series.also:
        singles.append(_occurrence(series, series.start, None))
    elif series:
        zone = series.start.zone
        changed = {event.recurrence_id.on_clock_of(zone) for event in changes if event.recurrence_id}
        yield from _unchanged(series, changed, days, budget, refused)
    yield from filter(days.touch, singles)


def _unchanged(
    series: Vevent, changed: set[datetime], days: _Days, budget: Budget, refused: list[Refused]
) -> Iterator[Occurrence]:
    """The dates of a series that no other component speaks of, as many as are read of one."""
    count = 0
    try:
        for at in dates_of(series, days.last, budget):
            if at in changed or days.are_after(at, series.length):
                continue
            local = Local(at, series.start.zone, series.start.is_day)
            occurrence = _occurrence(series, local, local)
            if not days.touch(occurrence):
                continue
            if count == MOST_DATES:
                raise Exhausted
            count += 1
            yield occurrence
    except Exhausted:
        read = "date was" if count == 1 else f"{count:,} dates were"
        refused.append(Refused(series.line, f"It repeats too often: only its first {read} read."))
    except Unreadable as why:
        refused.append(Refused(series.line, str(why)))


def _occurrence(event: Vevent, start: Local, recurrence_id: Local | None) -> Occurrence:
    end = None
    if event.length is not None:
        end = start.at + event.length if start.is_day else start.instant().astimezone(UTC) + event.length
    return Occurrence(
        line=event.line,
        uid=event.uid,
        recurrence_id=_moment(recurrence_id, event.shown_in) if recurrence_id else None,
        title=event.title,
        start=_moment(start, event.shown_in),
        end=end.date() if end and start.is_day else end and end.astimezone(ZoneInfo(event.shown_in)),
        all_day=start.is_day,
        zone=event.shown_in,
        url=event.url,
        place=event.place,
        about=event.about,
        status=event.status,
    )


def _moment(local: Local, zone: str) -> Moment:
    return local.at.date() if local.is_day else local.instant().astimezone(ZoneInfo(zone))


def _day(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _begin(occurrence: Occurrence) -> datetime:
    start = occurrence.start
    if isinstance(start, datetime):
        return start
    return datetime(start.year, start.month, start.day, tzinfo=ZoneInfo(occurrence.zone))
