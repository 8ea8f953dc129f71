"""The sessions of an event on its page: by day on the reader's clock, with the breaks between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pdtracker.domain.agenda import Agenda
from pdtracker.domain.when import local, month_day, span_text, time_text, weekday_text


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One line of a day. A break has no minutes."""

    session_id: int | None
    title: str
    starts: str
    hours: str
    minutes: int | None
    has_begun: bool


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """A day of an event with its lines in order."""

    number: int
    title: str
    lines: tuple[SessionLine, ...]


def agenda_days(agenda: Agenda, zone: str, at: datetime) -> tuple[AgendaDay, ...]:
    """The sessions and breaks under the days of a reader in `zone`; none where an event has no sessions."""
    if not agenda.sessions:
        return ()
    found: dict[date, list[SessionLine]] = {}
    for starts_at, line in sorted(_lines(agenda, zone, at), key=lambda pair: pair[0]):
        found.setdefault(local(starts_at, zone).date(), []).append(line)
    return tuple(
        AgendaDay(on.day, f"{weekday_text(on)}, {month_day(on)}", tuple(lines)) for on, lines in found.items()
    )


def _lines(agenda: Agenda, zone: str, at: datetime) -> list[tuple[datetime, SessionLine]]:
    sessions = [
        (
            one.starts_at,
            SessionLine(
                one.id,
                one.title,
                time_text(local(one.starts_at, zone)),
                span_text(one.starts_at, one.ends_at, zone),
                agenda.counted_minutes(one.starts_at, one.ends_at),
                one.starts_at <= at,
            ),
        )
        for one in agenda.sessions
    ]
    breaks = [
        (
            one.starts_at,
            SessionLine(
                None,
                "Break",
                time_text(local(one.starts_at, zone)),
                span_text(one.starts_at, one.ends_at, zone),
                None,
                has_begun=False,
            ),
        )
        for one in agenda.breaks
    ]
    return sessions + breaks
