"""The bench of the calendar's search: a rare word is found as often among many events, a wide one more often."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pdtracker.bench.calendar import RARE, WIDE, calendar, many_events
from pdtracker.db import Database
from pdtracker.domain.search import search_words
from pdtracker.queries.event_facets import tally
from pdtracker.queries.event_filters import EventFilter
from pdtracker.scope import Visitor


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
