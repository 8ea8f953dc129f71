"""`district create` and `user create`: from nothing to somebody who signs in."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pdtracker.actions.joining import join_with_password
from pdtracker.app import create_app
from pdtracker.cli import main
from pdtracker.db import Database
from pdtracker.settings import load_settings

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an installation of its own."""
    monkeypatch.setenv("PDTRACKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", "only for tests " * 3)
    monkeypatch.setenv("BASE_URL", "http://localhost")
    return lambda *told: main(told)


def _enters(email: str, password: str) -> bool:
    settings = load_settings()
    database = Database(settings.database_url)
    client = create_app(settings, database=database).test_client()
    page = client.get("/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/sign-in", data={"csrf_token": token, "email": email, "password": password})
    database.dispose()
    return answer.status_code == 303


def test_a_district_and_its_first_administrator_come_from_two_commands(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("district", "create", "northfield", "Northfield Schools", "--school", "Northfield High") == 0
    told = ("user", "create", "northfield", "cam@northfield.example", "Cam Okafor")
    assert (
        run(*told, "--role", "administrator", "--role", "reviewer", "--reviews-for", "Northfield High") == 0
    )
    password = capsys.readouterr().out.strip()
    assert password.count("-") == 3
    assert _enters("cam@northfield.example", password)
    assert run(*told, "--role", "teacher") == 1
    assert "already has this address" in capsys.readouterr().err


def test_a_password_can_be_handed_in(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("district", "create", "northfield", "Northfield Schools")
    told = (
        "user",
        "create",
        "northfield",
        "ada@northfield.example",
        "Ada",
        "--role",
        "teacher",
        "--password-stdin",
    )
    monkeypatch.setattr("sys.stdin", io.StringIO("password1234\n"))
    assert run(*told) == 1
    assert "tried first" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("four words that differ\n"))
    assert run(*told) == 0
    assert capsys.readouterr().out == ""
    assert _enters("ada@northfield.example", "four words that differ")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (("district", "create", "events", "Events"), "slug"),
        (("district", "create", "North Field", "Northfield"), "slug"),
        (("district", "create", "northfield", "123"), "name"),
        (("district", "create", "northfield", "Northfield", "--zone", "Mars/Olympus"), "zone"),
        (("user", "create", "nowhere", "a@b.example", "Ada", "--role", "teacher"), "no district 'nowhere'"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    run: Run, capsys: pytest.CaptureFixture[str], told: tuple[str, ...], words: str
) -> None:
    assert run(*told) == 1
    assert words in capsys.readouterr().err


def test_a_short_name_is_taken_once(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("district", "create", "northfield", "Northfield Schools") == 0
    assert run("district", "create", "northfield", "Northfield Again") == 1
    assert "short name is taken" in capsys.readouterr().err


def test_a_district_comes_with_a_code_for_its_first_administrator(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ("district", "create", "oakdale", "Oakdale Schools", "--administrator")
    assert run(*told, "no address", "Pat Rivera") == 1
    capsys.readouterr()
    assert run(*told, "pat@oakdale.example", "Pat Rivera") == 0
    said = " ".join(capsys.readouterr())
    found = re.search(r"[0-9a-z]{4}(?:-[0-9a-z]{4}){3}", said)
    assert found is not None
    assert "http://localhost/oakdale/set-up" in said
    settings = load_settings()
    database = Database(settings.database_url)
    join_with_password(
        database,
        found[0],
        "seven quiet rivers bend",
        network="",
        key=settings.secret_key,
        at=datetime.now(UTC),
    )
    database.dispose()
    assert _enters("pat@oakdale.example", "seven quiet rivers bend")
