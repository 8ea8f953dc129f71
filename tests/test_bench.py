"""`pdtracker bench`: figures for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pdtracker import cli
from pdtracker.bench.measuring import Figure, Goal, Unit, beside, counted
from pdtracker.commands import bench as command


@pytest.fixture(autouse=True)
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Benchmarks that take no time."""

    def measured(_folder: Path) -> list[Figure]:
        return [
            beside("tutorial : own", [24.0, 26.0], [1.0, 2.0], Goal(12, at_least=True)),
            counted("statements", Unit.STATEMENTS, [7], Goal(6)),
            counted("size", Unit.BYTES, [45_426], None),
        ]

    monkeypatch.setenv("PDTRACKER_INSTANCE", str(tmp_path))
    monkeypatch.setattr(command, "BENCHES", {"first": measured, "second": measured})


def test_figures_for_people_say_what_should_be_reached(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "first"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "first"
    assert lines[2].split()[:4] == ["tutorial", ":", "own", "24.0x"]
    assert lines[2].split("at least 12.0x")[1].split()[0] == "met"
    assert lines[3].split("at most 6")[1].split() == ["MISSED"]
    assert "45,426" in lines[4]


def test_figures_for_programs_are_json_with_everything_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"first", "second"}
    ratio, statements, size = told["first"]
    assert (ratio["value"], ratio["low"], ratio["high"], ratio["runs"]) == (24.0, 13.0, 24.0, 2)
    assert ratio["goal"] == {"limit": 12, "at_least": True}
    assert (ratio["met"], statements["met"], size["met"]) == (True, False, None)


def test_an_unknown_name_is_refused_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "secnod"]) == 1
    assert "Choose from: data, first, second" in capsys.readouterr().err


def test_data_makes_the_claims_and_measures_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[tuple[Path, int]] = []
    monkeypatch.setattr(command, "many_claims", lambda folder, count: made.append((folder, count)))
    assert cli.main(["bench", "data"]) == 0
    assert made == [(tmp_path / "bench", count) for count in (10_000, 200_000, 1_000_000)]
    assert "tutorial" not in capsys.readouterr().out


def test_data_is_not_begun_on_a_disk_that_is_too_small(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1})())
    assert cli.main(["bench", "data"]) == 1
    assert "Make room" in capsys.readouterr().err
