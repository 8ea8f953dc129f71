"""The compliance bench counts every licence of all districts, and says what it measured."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pdtracker.bench.compliance import Installation, measure
from pdtracker.bench.data import many_claims

SMALL = 1_000


def test_every_teacher_has_a_licence_and_each_is_counted_and_written(tmp_path: Path) -> None:
    few, many = (many_claims(tmp_path, SMALL * times, small=SMALL) for times in (1, 2))
    found = measure(few, many)
    assert found[0].name.startswith("100 licences counted")
    assert all(figure.value > 0 for figure in found)
    pages = found[-1]
    assert (pages.name, pages.value, pages.is_met) == ("statements of that page", 2, True)


def test_it_begins_with_nothing_counted_and_gives_licences_once(tmp_path: Path) -> None:
    installation = Installation(many_claims(tmp_path, SMALL, small=SMALL), datetime.now(UTC))
    try:
        assert installation.give_licences() == installation.give_licences() == 50
        assert installation.count_all() == 50
        installation.give_licences()
        assert installation.count_all() == 50
    finally:
        installation.database.dispose()
