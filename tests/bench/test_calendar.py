"""The bench of the calendar's search: a rare word is found as often among many events, a wide one more often.

On PostgreSQL it is measured here. The suite copies 200 events once; PDTRACKER_TEST_EVENTS=100000 is the full run:

    PDTRACKER_TEST_EVENTS=100000 pytest -s tests/bench/test_calendar.py
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.bench.calendar import RARE, WIDE, calendar, copying, load_events, many_events, search
from pdtracker.db import Database
from pdtracker.domain.search import search_words
from pdtracker.queries.event_facets import tally
from pdtracker.queries.event_filters import EventFilter
from pdtracker.scope import Visitor
from tests.harness.databases import APP_ROLE, DatabaseUrls

EVENTS = int(os.environ.get("PDTRACKER_TEST_EVENTS", "0"))
_ROUNDS = 50 if EVENTS else 1


def found(url: str, word: str) -> int:
    database = Database(url)
    try:
        with database.session(None) as session:
            who = Visitor(session, datetime.now(UTC))
            return tally(who, EventFilter(words=search_words(word)), None).total
    finally:
        database.dispose()


def test_the_large_calendar_is_the_small_one_many_times_with_as_many_rare_words(tmp_path: Path) -> None:
    small, large = many_events(tmp_path, 200, 1), many_events(tmp_path, 200, 3)
    assert (found(small, RARE), found(large, RARE)) == (4, 4)
    assert (found(small, WIDE), found(large, WIDE)) == (20, 60)


def test_both_searches_are_measured(tmp_path: Path) -> None:
    rare, wide = calendar(tmp_path, few=100, times=2, rounds=1)
    assert rare.goal is not None
    assert rare.value > 0
    assert wide.value > 0


@pytest.mark.postgres
def test_postgresql_finds_as_fast_among_many_events(postgres_urls: DatabaseUrls) -> None:
    few, times = (1_000, EVENTS // 1_000) if EVENTS else (100, 2)
    database, admin = Database(postgres_urls.app), sa.create_engine(postgres_urls.admin)
    load_events(database, few)
    _analyzed(admin)
    before = _taken(database, admin)
    with admin.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE copies AS SELECT generate_series(1, {times - 1}) AS copy"
        )
        for statement in copying():
            connection.exec_driver_sql(statement)
    _analyzed(admin)
    assert (found(postgres_urls.app, RARE), found(postgres_urls.app, WIDE)) == (few // 50, few * times // 10)
    after = _taken(database, admin)
    admin.dispose()
    database.dispose()
    if EVENTS:
        print({word: f"{before[word]:.4f} s, {after[word]:.4f} s" for word in before})
        assert max(after[word] / before[word] for word in before) <= 2


def _taken(database: Database, admin: sa.Engine) -> dict[str, float]:
    """Processor seconds for a search of each word, of ours and of the server's processes, whoever else is at work."""
    taken: dict[str, float] = {}
    for word in (RARE, WIDE):
        search(database, word)
        began = _spent(admin)
        for _ in range(_ROUNDS):
            search(database, word)
        taken[word] = (_spent(admin) - began) / _ROUNDS
    return taken


def _spent(admin: sa.Engine) -> float:
    with admin.connect() as connection:
        servers = connection.scalars(
            sa.text("SELECT pid FROM pg_stat_activity WHERE usename = :role"), {"role": APP_ROLE}
        ).all()
    ticks = 0
    for server in servers:
        fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _analyzed(admin: sa.Engine) -> None:
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
