"""Backup and restore: whole, while in use, and refused when anything is not as it was."""

from __future__ import annotations

import io
import sqlite3
import tarfile
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pdtracker.backup import MANIFEST, NotBackedUp, back_up, restore
from pdtracker.commands.doctor import records_faults
from pdtracker.db import Database
from pdtracker.domain.claim import ClaimState
from pdtracker.settings import KEY_FILE, Settings
from tests.factories import NOW, Cast, a_certificate, a_claim
from tests.harness.databases import DatabaseUrls


@pytest.fixture
def database_urls(sqlite_urls: DatabaseUrls) -> DatabaseUrls:
    """The embedded database: what PostgreSQL's own tools do is theirs to prove."""
    return sqlite_urls


@pytest.fixture
def settings(cast: Cast) -> Settings:
    """An installation with a certificate, a piece of evidence and its own key."""
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    folder = cast.settings.evidence / "ab"
    folder.mkdir(parents=True)
    (folder / "abcdef").write_bytes(b"%PDF-1.7 evidence")
    (folder / ".half").write_bytes(b"being written")
    (cast.settings.instance / KEY_FILE).write_text(cast.settings.secret_key)
    return cast.settings


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Settings:
    """An empty installation with the same key."""
    home = tmp_path / "elsewhere"
    return replace(
        settings, instance=home, evidence=home / "evidence", database_url=f"sqlite:///{home / 'pdtracker.db'}"
    )


def test_a_restored_backup_holds_everything_and_verifies(
    settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    made = back_up(settings, tmp_path / "backup.tar", at=NOW)
    assert sorted(made.files) == ["evidence/ab/abcdef", "pdtracker.db", KEY_FILE]
    assert (tmp_path / "backup.tar").stat().st_mode & 0o077 == 0
    restore(elsewhere, tmp_path / "backup.tar")
    assert records_faults(elsewhere) == []
    assert (elsewhere.evidence / "ab" / "abcdef").read_bytes() == b"%PDF-1.7 evidence"
    assert (elsewhere.instance / KEY_FILE).read_text() == settings.secret_key
    assert _dump(elsewhere) == _dump(settings)


def test_a_backup_under_load_is_whole(
    cast: Cast, settings: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write_on() -> None:
        own = Database(settings.database_url)
        # One scope: each holds a connection until it is collected, and nobody says when that is.
        ada = replace(cast, database=own).scope("ada")
        while not stop.is_set():
            a_claim(ada, ClaimState.DRAFT)
        ada.session.close()
        own.dispose()

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        for number in range(5):
            back_up(settings, tmp_path / f"{number}.tar", at=NOW)
    finally:
        stop.set()
        writer.join()
    restore(elsewhere, tmp_path / "4.tar")
    assert records_faults(elsewhere) == []


def test_a_backup_never_replaces_a_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.tar").write_text("precious")
    with pytest.raises(NotBackedUp, match="already there"):
        back_up(settings, tmp_path / "backup.tar", at=NOW)
    assert (tmp_path / "backup.tar").read_text() == "precious"


def test_a_backup_leaves_nothing_else_behind(settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "kept"
    target.mkdir()
    back_up(settings, target / "backup.tar", at=NOW)
    assert [file.name for file in target.iterdir()] == ["backup.tar"]


def test_a_restore_never_writes_over_an_installation(settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "backup.tar", at=NOW)
    before = _dump(settings)
    with pytest.raises(NotBackedUp, match="already there"):
        restore(settings, tmp_path / "backup.tar")
    assert _dump(settings) == before


@pytest.mark.parametrize("offset", [0.3, 0.6, 0.9])
def test_a_changed_backup_is_refused_whole(
    settings: Settings, elsewhere: Settings, tmp_path: Path, offset: float
) -> None:
    file = tmp_path / "backup.tar"
    back_up(settings, file, at=NOW)
    content = bytearray(file.read_bytes())
    place = int(len(content) * offset)
    content[place] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(NotBackedUp):
        restore(elsewhere, file)
    assert not (elsewhere.instance / "pdtracker.db").exists()


def test_a_file_that_is_no_backup_is_refused(elsewhere: Settings, tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"not a tar", _tar("../../escape", b"x"), _tar(MANIFEST, b"[]"))):
        file = tmp_path / f"{number}.tar"
        file.write_bytes(content)
        with pytest.raises(NotBackedUp):
            restore(elsewhere, file)
    assert not (tmp_path.parent / "escape").exists()


def _tar(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _dump(settings: Settings) -> list[str]:
    with closing(sqlite3.connect(settings.instance / "pdtracker.db")) as connection:
        return sorted(connection.iterdump())
