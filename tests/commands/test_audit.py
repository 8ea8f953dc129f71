"""`audit checkpoint` and `audit verify`: what one kept elsewhere is held against the chains of today."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pdtracker.cli import main
from pdtracker.db import Database
from pdtracker.jobs import write_checkpoints
from pdtracker.models.checkpoints import TrailCheckpoint
from pdtracker.queries.checkpoints import written_checkpoints
from pdtracker.queries.outbox import districts

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an installation with one district."""
    monkeypatch.setenv("PDTRACKER_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SECRET_KEY", "only for tests " * 3)
    monkeypatch.setenv("BASE_URL", "http://localhost")
    assert main(("district", "create", "northfield", "Northfield Schools")) == 0
    return lambda *told: main(told)


def kept(run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Path:
    capsys.readouterr()
    assert run("audit", "checkpoint") == 0
    file = tmp_path / "kept.json"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    return file


def test_what_was_kept_agrees_after_more_has_happened(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = kept(run, capsys, tmp_path)
    told = ("northfield", "cam@northfield.example", "Cam Okafor", "--role", "administrator")
    assert run("user", "create", *told) == 0
    capsys.readouterr()
    assert run("audit", "verify", "--checkpoint", str(file)) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "northfield: whole"
    assert said[1].startswith("northfield: the checkpoint of ")
    assert said[1].endswith(" agrees")


def test_keys_that_were_kept_speak_in_the_database_s_place(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, keys = kept(run, capsys, tmp_path), tmp_path / "keys.json"
    assert run("keys", "list", "--json") == 0
    keys.write_text(capsys.readouterr().out, encoding="utf-8")
    told = ("audit", "verify", "--checkpoint", str(file), "--keys", str(keys))
    assert run(*told) == 0
    keys.write_text(json.dumps(json.loads(keys.read_text()) | {"keys": []}), encoding="utf-8")
    capsys.readouterr()
    assert run(*told) == 1
    assert "key that isn’t known" in capsys.readouterr().out


def test_a_changed_checkpoint_and_a_missing_district_are_broken(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = kept(run, capsys, tmp_path)
    document = json.loads(file.read_text(encoding="utf-8"))
    for change, said in (
        ({"seq": 99}, "doesn’t fit its signature"),
        ({"district": "elsewhere"}, "no such district is here"),
    ):
        changed = document | {"checkpoints": [document["checkpoints"][0] | change]}
        file.write_text(json.dumps(changed), encoding="utf-8")
        assert run("audit", "verify", "--checkpoint", str(file)) == 1
        assert said in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "", "{}", '{"schema": "pdtracker.checkpoints/1"}'])
def test_a_file_that_is_none_is_refused_with_its_name(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "none.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    capsys.readouterr()
    assert run("audit", "verify", "--checkpoint", str(file)) == 1
    told = capsys.readouterr()
    assert str(file) in told.err + told.out
    assert "Traceback" not in told.err
    assert run("audit", "verify", "--keys", str(file)) == 1


def test_a_backup_carries_checkpoints_that_are_held_against_the_chain(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if "postgresql" in os.environ["DATABASE_URL"]:
        pytest.skip("the copy of PostgreSQL's backups is proved beside its own tools")
    backup = tmp_path / "backup.tar"
    assert run("db", "backup", str(backup)) == 0
    capsys.readouterr()
    assert run("audit", "verify", "--checkpoint", str(backup)) == 0
    assert "the checkpoint of" in capsys.readouterr().out


def test_a_checkpoint_of_the_house_that_the_chain_doesn_t_fit_is_told(
    run: Run, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    database, at = Database(database_url), datetime.now(UTC)
    try:
        assert write_checkpoints(database, (("only for tests " * 3).strip(),), at) == 1
        assert run("audit", "verify") == 0
        with database.session(None, installation=True) as session:
            (district,) = districts(session)
        with database.session(district.id) as session, session.writing():
            (kept,) = written_checkpoints(session, district.slug)
            forged = {"seq": kept.seq + 40, "hash": kept.hash, "kid": kept.key, "signature": kept.signature}
            on = at.date() + timedelta(days=5)
            session.insert_rows(TrailCheckpoint, [{"id": 1, "written_on": on, "at": at, **forged}])
    finally:
        database.dispose()
    capsys.readouterr()
    assert run("audit", "verify") == 1
    assert "pdtracker’s own checkpoint" in capsys.readouterr().out


def test_everything_about_a_person_is_written_to_a_file(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    email = "cam@northfield.example"
    assert run("user", "create", "northfield", email, "Cam Okafor", "--role", "administrator") == 0
    file = tmp_path / "pack.zip"
    assert run("audit", "pack", "northfield", str(file), "--person", email) == 0
    assert "0 claims" in capsys.readouterr().err
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("manifest.json"))["about"] == email
    for told in (("--person", email), ("--event", "nothing"), ("--person", "who@northfield.example")):
        assert run("audit", "pack", "northfield", str(file), *told) != 0
    assert run("audit", "verify") == 0
