"""`import roster`: what a roster would do as words and as JSON, and doing it, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pdtracker.cli import main
from tests.exchange.roster.rosters import SCHOOLS, oneroster_11, teacher, zipped

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in an installation with one district, on a packed roster of these users."""
    monkeypatch.setenv("PDTRACKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", "only for tests " * 3)
    monkeypatch.setenv("BASE_URL", "http://localhost")
    assert main(["district", "create", "maplewood", "Maplewood Schools", "--school", "North"]) == 0
    file = tmp_path / "roster.zip"

    def running(*told: str, users: tuple[str, ...], mode: str = "bulk") -> int:
        file.write_bytes(zipped(oneroster_11(*users, mode=mode)))
        return main(["import", "roster", "maplewood", str(file), *told])

    return running


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


ADA = teacher("T1", "Ada", "Lindqvist", orgs="org-110,org-120")
BO = teacher("T2", "Bo", "Berg", role="administrator", orgs="org-1")


def test_the_answer_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    student = teacher("S1", "Kim", "Child", role="student")
    assert run("--json", users=(ADA, BO, student, teacher("T1", "Ada", "Again"))) == 0
    assert answer(capsys) == {
        "format": "oneroster",
        "version": "1.1",
        "mode": "bulk",
        "schools": [
            {"key": "org-110", "name": "Lincoln Middle School", "action": "create"},
            {"key": "org-120", "name": "Adams", "action": "create"},
        ],
        "people": [
            {
                "key": "T1",
                "name": "Ada Lindqvist",
                "email": "ada.lindqvist@maplewood.example",
                "schools": ["org-110", "org-120"],
                "role": "teacher",
                "action": "create",
            },
            {
                "key": "T2",
                "name": "Bo Berg",
                "email": "bo.berg@maplewood.example",
                "schools": [],
                "role": "administrator",
                "action": "create",
            },
        ],
        "refused": [{"file": "users.csv", "line": 5, "why": "T1 stands in line 2 already."}],
        "warnings": [
            "1 student or guardian was left out unread.",
            "1 person has a role there that reaches farther than a teacher\u2019s. An import gives nobody more than "
            "the teacher\u2019s role: give theirs on their pages.",
        ],
    }


def test_without_commit_nothing_is_kept_and_with_it_twice_is_once(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    for told, action in (
        ((), "create"),
        (("--commit",), "create"),
        (("--commit",), "unchanged"),
        ((), "unchanged"),
    ):
        capsys.readouterr()
        assert run("--json", *told, users=(ADA, BO)) == 0
        shown = answer(capsys)
        assert {one["action"] for one in (*shown["people"], *shown["schools"])} == {action}


def test_many_leaving_need_a_second_yes(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--commit", users=(ADA, BO)) == 0
    capsys.readouterr()
    assert run("--json", "--commit", users=(ADA,)) != 0
    told = capsys.readouterr()
    assert [one["action"] for one in json.loads(told.out)["people"]] == ["unchanged", "deactivate"]
    assert "1 of 2 people would leave" in told.err
    assert "--leaving 1" in told.err
    assert run("--commit", "--leaving", "1", users=(ADA,)) == 0
    capsys.readouterr()
    assert run("--json", users=(ADA,)) == 0
    assert [one["action"] for one in answer(capsys)["people"]] == ["unchanged"]


def test_in_words(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(users=(ADA, teacher("T3", "x", "y").replace("@", "at"))) == 0
    told = capsys.readouterr().out
    assert "OneRoster 1.1 (bulk)" in told
    assert "    create  T1  Ada Lindqvist  ada.lindqvist@maplewood.example" in told
    assert "users.csv, line 3: The e-mail address isn\u2019t one." in told
    assert "1 create, 0 update, 0 deactivate, 0 unchanged, 1 refused" in told


def test_a_folder_is_as_good_as_an_archive(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for name, data in oneroster_11(ADA, orgs=SCHOOLS).items():
        (folder / name).write_bytes(data)
    (folder / "students.csv").write_bytes(b"never opened")
    capsys.readouterr()
    assert main(["import", "roster", "maplewood", str(folder), "--json"]) == 0
    assert [one["key"] for one in answer(capsys)["people"]] == ["T1"]


@pytest.mark.parametrize(
    ("district", "data", "sentence"),
    [
        ("elsewhere", zipped(oneroster_11(ADA)), "There is no district 'elsewhere' here."),
        ("maplewood", b"no roster at all\n", "Choose the columns"),
        ("maplewood", b"", "empty"),
        ("maplewood", b"PK\x03\x04", "can\u2019t be unpacked"),
        ("maplewood", None, "can\u2019t be read"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    district: str,
    data: bytes | None,
    sentence: str,
) -> None:
    file = tmp_path / "x.csv"
    if data is not None:
        file.write_bytes(data)
    capsys.readouterr()
    assert main(["import", "roster", district, str(file), "--json"]) == 1
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_who_is_refused_only_is_nobody(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("--json", users=(teacher("T3", "x", "y").replace("@", "at"),)) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["people"] == []
    assert "Nobody could be read" in told.err
