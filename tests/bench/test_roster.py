"""The bench of the roster: both ways are measured, and what is imported is the whole file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pdtracker.bench.roster import roster, roster_files
from pdtracker.exchange.roster.reading import read_roster


def test_the_import_is_measured_beside_the_driver(tmp_path: Path) -> None:
    against, again = roster(tmp_path, teachers=150, rounds=1)
    assert against.goal is not None
    assert against.goal.at_least
    assert against.value > 0
    assert again.value > 0
    assert not list(tmp_path.glob("roster-*"))


def test_everybody_of_the_file_is_read() -> None:
    read = read_roster(roster_files(150), date(2026, 8, 17))
    assert (len(read.people), len(read.schools), read.refused) == (150, 100, ())
