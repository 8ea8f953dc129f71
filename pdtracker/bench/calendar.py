"""A search of the calendar with all its filters: among a hundred thousand events beside among a thousand.

The large calendar is the small one told a hundred times. A rare word is in as many events of both, and so costs what
is found and not what lies around it. A wide one finds a hundred times as many: it costs the page that is shown, and
the filters' counts of no more events than `MOST_COUNTED`.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from pdtracker import migrating
from pdtracker.actions.calendar import CalendarEntries, EventEntry, ProgrammeEntry, ThemeEntry, load_calendar
from pdtracker.bench.filling import without_safety
from pdtracker.bench.measuring import ROUNDS, Figure, Goal, beside, in_turn
from pdtracker.db import Database
from pdtracker.demo.calendar import DemoEvent
from pdtracker.demo.examples import example_events
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.search import search_words
from pdtracker.models.events import Event
from pdtracker.models.search import INDEX_DUE
from pdtracker.queries.event_facets import MOST_COUNTED, tally
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import events_page
from pdtracker.scope import Visitor

FEW: Final = 1_000
TIMES: Final = 100
RARE, WIDE = "rareword", "wideword"

_RARE_EACH, _WIDE_EACH = 50, 10
_SEED, _ROWS, _BITS_OF_A_COPY = 2014, 50, 44
_MOST_RATIO: Final = 2.0
_BEGINS: Final = datetime(2014, 10, 1, 14, tzinfo=UTC)
_THEMES: Final = tuple(ThemeEntry(f"Theme {number}", "") for number in range(8))
_SEASON: Final = ProgrammeEntry(
    "season", "A season", "", _BEGINS.date(), _BEGINS.date() + timedelta(days=60), _THEMES
)


def calendar(folder: Path, *, few: int = FEW, times: int = TIMES, rounds: int = ROUNDS) -> list[Figure]:
    """A search by a rare word and by a wide one: its filters with their counts, and the first page."""
    small, large = Database(many_events(folder, few, 1)), Database(many_events(folder, few, times))
    try:
        taken = in_turn(
            {
                f"{word} {name}": partial(search, database, word)
                for word in (RARE, WIDE)
                for name, database in (("few", small), ("many", large))
            },
            rounds=rounds,
        )
    finally:
        small.dispose()
        large.dispose()
    ratio = f"{few * times:,} events : {few:,}"
    return [
        beside(
            f"search that finds as many, {ratio}",
            taken[f"{RARE} many"],
            taken[f"{RARE} few"],
            Goal(_MOST_RATIO),
        ),
        beside(
            f"search that finds {times} times as many, {ratio}",
            taken[f"{WIDE} many"],
            taken[f"{WIDE} few"],
            Goal(_MOST_RATIO),
        ),
    ]


def many_events(folder: Path, few: int, times: int) -> str:
    """The address of a database whose shared calendar has `few` events so many times over, made when it isn't there."""
    file = folder / f"events-{few}-{times}-{migrating.head()}.db"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        if times == 1:
            part.unlink(missing_ok=True)
            _fill(f"sqlite:///{part.as_posix()}", few)
        else:
            shutil.copyfile(many_events(folder, few, 1).removeprefix("sqlite:///"), part)
            _multiply(part, times)
        part.rename(file)
    return f"sqlite:///{file.as_posix()}"


def search(database: Database, word: str) -> None:
    """What the page of the calendar asks for one word: its filters with their counts, and the first rows."""
    with database.session(None) as session:
        who, wanted = Visitor(session, _BEGINS), EventFilter(words=search_words(word))
        found = tally(who, wanted, None, at_most=MOST_COUNTED)
        page = events_page(who, replace(wanted, is_wide=found.is_of_a_part), _ROWS)
        if not found.total or not page.rows:
            raise RuntimeError(f"{word} was not found")


def _fill(url: str, few: int) -> None:
    migrating.upgrade(url)
    database = Database(url)
    load_events(database, few)
    database.dispose()


def load_events(database: Database, few: int) -> None:
    """So many events in the shared calendar of a database that has the newest schema."""
    examples = example_events(_SEED)
    entries = tuple(_entry(examples[number % len(examples)], number) for number in range(few))
    with database.session(None, installation=True) as session:
        load_calendar(session, CalendarEntries((_SEASON,), entries), _BEGINS)


def _entry(example: DemoEvent, number: int) -> EventEntry:
    begins = _BEGINS + timedelta(hours=number)
    words = [RARE] * (number % _RARE_EACH == 0) + [WIDE] * (number % _WIDE_EACH == 0)
    return EventEntry(
        key=str(number),
        programme=_SEASON.slug,
        title=" ".join((example.title, str(number), *words)),
        summary=example.summary,
        kind=example.kind,
        category=example.category,
        host=example.host,
        themes=(_THEMES[number % len(_THEMES)].name,),
        time=EventTime(begins, begins + timedelta(hours=1), "America/New_York", has_hours=True),
        platform=example.platform,
        hashtag=example.hashtag,
        is_example=True,
    )


def copying() -> tuple[str, str]:
    """Two statements that copy every event with its themes for each row of a table `copies`, on either database.

    Only the first of each keeps the rare word. Every word of them is one of ours: names of the schema and the changes.
    """
    columns = [column.name for column in Event.__table__.columns]
    changes = {"id": f"id + (CAST(copy AS BIGINT) << {_BITS_OF_A_COPY})"} | {
        name: f"replace({name}, '{RARE}', 'another')" for name in ("title", "search_text")
    }
    told = ", ".join(changes.get(name, name) for name in columns)
    return (
        f"INSERT INTO event ({', '.join(columns)}) SELECT {told} FROM event, copies",  # noqa: S608
        "INSERT INTO event_theme (event_id, theme_id)"  # noqa: S608
        f" SELECT event_id + (CAST(copy AS BIGINT) << {_BITS_OF_A_COPY}), theme_id FROM event_theme, copies",
    )


def _multiply(file: Path, times: int) -> None:
    """Let SQLite itself copy events with their themes."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        without_safety(connection, None)
        connection.execute("BEGIN")
        connection.execute("CREATE TEMP TABLE copies (copy INTEGER)")
        connection.executemany("INSERT INTO copies VALUES (?)", [(copy,) for copy in range(1, times)])
        for statement in (*copying(), *INDEX_DUE):
            connection.execute(statement)
        connection.execute("COMMIT")
