"""Agenda: the sessions of an event that has several, and the breaks that nobody gets credit for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import TypeVar

from pdtracker.domain.attendance import SessionHours, Stay, time_within
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.when import DASH, date_text, local, month_day, session_minutes, span_text, time_text

MOST_SESSIONS = 60
MOST_BREAKS = 30
LONGEST_AGENDA = timedelta(days=31)
"""How long an event with sessions lasts at most."""


@dataclass(frozen=True, slots=True)
class PlannedBreak:
    """A stretch of an event that counts for nobody."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """One session as its host plans it; `id` is `None` while it is new."""

    title: str
    starts_at: datetime
    ends_at: datetime
    id: int | None = None


Span = PlannedBreak | PlannedSession
SpanT = TypeVar("SpanT", PlannedBreak, PlannedSession)


@dataclass(frozen=True, slots=True)
class Agenda:
    """Sessions and breaks. Parallel sessions stand in the order in which their host told them."""

    sessions: tuple[PlannedSession, ...] = ()
    breaks: tuple[PlannedBreak, ...] = ()

    @property
    def in_order(self) -> Agenda:
        """The same by start."""
        return Agenda(
            tuple(sorted(self.sessions, key=lambda one: one.starts_at)),
            tuple(sorted(self.breaks, key=lambda one: one.starts_at)),
        )

    def by_day(self, zone: str) -> tuple[tuple[date, tuple[PlannedSession, ...]], ...]:
        """The sessions under the days on which a reader in `zone` looks for them."""
        grouped = groupby(self.in_order.sessions, key=lambda one: local(one.starts_at, zone).date())
        return tuple((on, tuple(of_day)) for on, of_day in grouped)

    def counted_minutes(self, starts_at: datetime, ends_at: datetime) -> int:
        """The minutes between two moments that can count for somebody: whole ones, less the breaks."""
        return self._hours(starts_at, ends_at).counted // timedelta(minutes=1)

    def event_minutes(self, time: EventTime) -> int | None:
        """How long the whole event can count: of parallel sessions one, between sessions nothing.

        `None` where it has no hours, or goes on for longer than a day: then each session is claimed for itself.
        """
        if not time.has_hours or time.ends_at is None or time.minutes is None:
            return None
        hours = self._hours(time.starts_at, time.ends_at)
        stays = [Stay(one.starts_at, one.ends_at) for one in self.sessions]
        return (time_within(stays, hours) if stays else hours.counted) // timedelta(minutes=1)

    def session(self, session_id: int | None) -> PlannedSession | None:
        """The session of this id, if it is one of these."""
        return next((one for one in self.sessions if session_id is not None and one.id == session_id), None)

    def break_minutes(self, time: EventTime, session: PlannedSession | None) -> int:
        """How many minutes of an event at this time, or of one session of it, count for nobody."""
        if session is not None:
            lasted = session_minutes(session.starts_at, session.ends_at)
            return lasted - self.counted_minutes(session.starts_at, session.ends_at)
        counted = self.event_minutes(time)
        return 0 if counted is None or time.minutes is None else time.minutes - counted

    def words(self, zone: str) -> str:
        """The whole of it in a line: `Oct 14, 9:00-9:50 am Keynote; ...; break 10:00-10:15 am`."""
        told = [f"{_when(one, zone)} {one.title}" for one in self.in_order.sessions]
        told += [f"{_when(one, zone)} break" for one in self.in_order.breaks]
        return "; ".join(told)

    def _hours(self, starts_at: datetime, ends_at: datetime) -> SessionHours:
        return SessionHours(
            starts_at, ends_at, "", tuple(Stay(one.starts_at, one.ends_at) for one in self.breaks)
        )


NO_AGENDA = Agenda()


def agenda_faults(agenda: Agenda, time: EventTime) -> dict[str, str]:
    """What stands against an agenda of an event at this time: place -> sentence; empty if nothing.

    Places: `session_1` and `break_1` for the first as told, and so on.
    """
    return dict(_faults(agenda, time))


def moved_along(told: Agenda, was: Agenda, before: EventTime, after: EventTime) -> Agenda:
    """What is told, with whatever nobody touched moved as the event as a whole moves.

    One that begins earlier or ends later has grown: then its sessions stay where they are.
    """
    shift = _shift(before, after)
    if shift is None:
        return told
    zones = (after.zone, before.zone)
    return Agenda(
        tuple(
            _along(one, [old for old in was.sessions if old.id == one.id], shift, zones)
            for one in told.sessions
        ),
        tuple(_along(one, was.breaks, shift, zones) for one in told.breaks),
    )


def _faults(agenda: Agenda, time: EventTime) -> Iterator[tuple[str, str]]:
    if len(agenda.sessions) > MOST_SESSIONS:
        yield f"session_{MOST_SESSIONS + 1}", f"An event has at most {MOST_SESSIONS} sessions."
    if len(agenda.breaks) > MOST_BREAKS:
        yield f"break_{MOST_BREAKS + 1}", f"An event has at most {MOST_BREAKS} breaks."
    for number, session in enumerate(agenda.sessions, start=1):
        if fault := _session_fault(session, time):
            yield f"session_{number}", fault
    for number, pause in enumerate(agenda.breaks, start=1):
        if fault := _span_fault(pause, time, "break"):
            yield f"break_{number}", fault
    yield from _breaks_apart(agenda.breaks)


def _session_fault(session: PlannedSession, time: EventTime) -> str:
    if not session.title:
        return "Enter what the session is called."
    if fault := _span_fault(session, time, "session"):
        return fault
    if session.ends_at - session.starts_at > timedelta(minutes=MAX_DAY_MINUTES):
        return "One session lasts at most a day."
    return ""


def _span_fault(one: Span, time: EventTime, noun: str) -> str:
    if not time.has_hours or time.ends_at is None:
        return f"Only an event at fixed hours has a {noun}. Choose fixed hours above, or take it out."
    if one.ends_at <= one.starts_at:
        return f"The {noun} starts {_on_at(one.starts_at, time.zone)}. Enter an end after that."
    if one.starts_at < time.starts_at:
        begins = _on_at(time.starts_at, time.zone)
        return f"The event starts {begins}, after this {noun}. Change one of the two."
    if one.ends_at > time.ends_at:
        return f"The event ends {_on_at(time.ends_at, time.zone)}, before this {noun} does. Change one of the two."
    return ""


def _breaks_apart(breaks: Sequence[PlannedBreak]) -> Iterator[tuple[str, str]]:
    placed = sorted(enumerate(breaks, start=1), key=lambda pair: pair[1].starts_at)
    for (_, first), (number, second) in pairwise(placed):
        if second.starts_at < first.ends_at:
            yield f"break_{number}", "Two breaks overlap. Enter one for both."


def _shift(before: EventTime, after: EventTime) -> timedelta | None:
    """How far the whole event moves; `None` where start and end don't move alike."""
    if before.ends_at is None or after.ends_at is None or not (before.has_hours and after.has_hours):
        return None
    start = after.starts_at - before.starts_at
    return start if after.ends_at - before.ends_at == start else None


def _along(one: SpanT, known: Iterable[Span], shift: timedelta, zones: tuple[str, str]) -> SpanT:
    for old in known:
        if _stands(one, old, *zones):
            return replace(one, starts_at=old.starts_at + shift, ends_at=old.ends_at + shift)
    return one


def _stands(told: Span, was: Span, new_zone: str, old_zone: str) -> bool:
    """Whether nobody touched its times: the same moments, or the same on the clock of the zone that was chosen."""
    if (told.starts_at, told.ends_at) == (was.starts_at, was.ends_at):
        return True
    return _clocks(told, new_zone) == _clocks(was, old_zone)


def _clocks(one: Span, zone: str) -> tuple[datetime, datetime]:
    starts, ends = local(one.starts_at, zone), local(one.ends_at, zone)
    return starts.replace(tzinfo=None), ends.replace(tzinfo=None)


def _when(one: Span, zone: str) -> str:
    span = span_text(one.starts_at, one.ends_at, zone)
    start = local(one.starts_at, zone)
    return span if DASH + " " in span else f"{month_day(start)}, {span}"


def _on_at(at: datetime, zone: str) -> str:
    shown = local(at, zone)
    return f"on {date_text(shown)} at {time_text(shown)}"
