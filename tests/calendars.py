"""Calendars for tests: the shared one, loaded as an operator loads it, with the least that an event needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.calendar import CalendarEntries, EventEntry, ProgrammeEntry, ThemeEntry, load_calendar
from pdtracker.db import Database
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.when import instant

EASTERN = "America/New_York"

CEM = ProgrammeEntry(
    slug="cem-2014",
    name="Connected Educator Month 2014",
    goals="More educators at ease with social media.",
    starts_on=date(2014, 10, 1),
    ends_on=date(2014, 10, 31),
    themes=(
        ThemeEntry("Leadership for Change", "https://example.org/themes"),
        ThemeEntry("Blended Learning", ""),
    ),
)
BEFORE = ProgrammeEntry(
    slug="cem-2013",
    name="Connected Educator Month 2013",
    goals="Help districts.",
    starts_on=date(2013, 10, 1),
    ends_on=date(2013, 10, 31),
)


def hours(begins: str, minutes: int = 60, zone: str = EASTERN) -> EventTime:
    """From `2014-10-14T19:00` on the clocks of `zone`, so many minutes."""
    starts_at = instant(datetime.fromisoformat(begins), zone)
    return EventTime(starts_at, starts_at + timedelta(minutes=minutes), zone, has_hours=True)


def window(first: str, last: str, zone: str = EASTERN) -> EventTime:
    """Open from the first day to the last, without hours."""
    begins, ends = datetime.fromisoformat(first), datetime.fromisoformat(last) + timedelta(days=1)
    return EventTime(instant(begins, zone), instant(ends, zone), zone, has_hours=False)


def entry(key: str, time: EventTime, **more: Any) -> EventEntry:
    """An event of Connected Educator Month 2014 that is called as its key, unless `more` says otherwise."""
    told: dict[str, Any] = {
        "programme": CEM.slug,
        "title": key,
        "summary": f"About {key}.",
        "kind": EventKind.WEBINAR,
        "category": CreditCategory.PEDAGOGY,
        "host": "Edcamp",
        "platform": "Online",
    }
    return EventEntry(key=key, time=time, **(told | more))


def load(
    database: Database, *entries: EventEntry, programmes: tuple[ProgrammeEntry, ...] = (CEM, BEFORE)
) -> Mapping[str, int]:
    """Load the shared calendar; gives the id of each event by its key."""
    with database.session(None, installation=True) as session:
        loaded = load_calendar(
            session, CalendarEntries(programmes, entries), datetime(2014, 9, 1, tzinfo=UTC)
        )
    return loaded.event_ids


def crowded_month(count: int = 600) -> tuple[EventEntry, ...]:
    """As many events in October 2014 as the month had, a tenth of them open all month, with titles of usual length."""
    kinds = tuple(EventKind)
    made = []
    for index in range(count):
        title = f"Session {index}: what we learned when students asked the questions"
        theme = (CEM.themes[index % 2][0],)
        if index % 10 == 0:
            made.append(entry(title, window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM, themes=theme))
            continue
        begins = f"2014-10-{index % 31 + 1:02d}T{8 + index % 13:02d}:30"
        more = {"kind": kinds[index % 12], "themes": theme, "host": f"Host {index % 60}", "hashtag": "#ce14"}
        made.append(entry(title, hours(begins), **more))
    return tuple(made)


def proposal(title: str = "Our own book talk", time: EventTime | None = None, **more: Any) -> Proposal:
    """What a teacher adds to their district's calendar."""
    told: dict[str, Any] = {
        "summary": "",
        "kind": EventKind.WEBINAR,
        "category": CreditCategory.PEDAGOGY,
        "host": "Oak Street School",
        "platform": "Library",
        "link": "",
        "hashtag": "",
        "programme_id": None,
    }
    return Proposal(title=title, time=time or hours("2014-10-20T16:00"), **(told | more))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collects what the database is asked meanwhile, without the beginnings and ends of transactions."""
    asked: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            asked.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", heard)
