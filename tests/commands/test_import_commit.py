"""`import events --commit`: the same file twice, on both databases, through the same action as the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pdtracker.cli import main

Run = Callable[..., int]
CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:A talk
DTSTART:20301015T190000Z
DTEND:20301015T203000Z
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Broken
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def run(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an installation with one district."""
    monkeypatch.setenv("PDTRACKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", "only for tests " * 3)
    monkeypatch.setenv("BASE_URL", "http://localhost")
    assert main(["district", "create", "maplewood", "Maplewood Schools", "--school", "North"]) == 0
    (tmp_path / "feed.ics").write_text(CALENDAR, encoding="utf-8")
    file = str(tmp_path / "feed.ics")
    return lambda *told: main(["import", "events", file, "--from", "2030-01-01", "--to", "2030-12-31", *told])


def test_without_commit_nothing_is_asked_of_a_database(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.db")
    capsys.readouterr()
    assert run("--json") == 0
    assert sorted(json.loads(capsys.readouterr().out)) == ["events", "refused"]


def test_a_calendar_is_taken_over_once(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for added in (1, 0):
        assert run("--commit", "maplewood", "--host", "Edcamp", "--kind", "panel", "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert told["committed"] == {"added": added, "changed": 0, "cancelled": 0}
        assert [row["line"] for row in told["refused"]] == [8]
    assert run("--commit", "maplewood") == 0
    assert "0 new, 0 changed, 0 cancelled; the rest was there." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (("--commit", "elsewhere"), "There is no district elsewhere."),
        (("--commit", "maplewood", "--programme", "cem-1999"), "There is no programme cem-1999."),
        (("--commit", "maplewood", "--host", "a\u202eb"), "hidden character"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, told: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(*told) != 0
    assert sentence in capsys.readouterr().err
