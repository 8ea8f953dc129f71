"""Backup and restore: one file with the database, the evidence and the kept key, each with its SHA-256.

The database is copied while it is in use: `VACUUM INTO` on SQLite (a plain copy of the file would be broken),
`pg_dump` on PostgreSQL. A backup is whole or it isn't there; a restore checks everything before it moves anything.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import sqlalchemy as sa

from pdtracker import migrating
from pdtracker.domain.refusals import Refusal
from pdtracker.settings import KEY_FILE, Settings

MANIFEST = "manifest.json"
SQLITE_NAME = "pdtracker.db"
POSTGRESQL_NAME = "pdtracker.pgdump"
_FORMAT = 1
_LARGEST_MANIFEST = 67_108_864


class NotBackedUp(Refusal):
    """No backup was made, or none can be read back; the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__("backup", sentence)


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup file holds."""

    made_at: str
    revision: str | None
    files: dict[str, str]
    size_bytes: int


def back_up(
    settings: Settings, target: Path, *, at: datetime, checkpoints: Mapping[str, Any] | None = None
) -> Backup:
    """Write a backup to `target`, which must not exist yet. The database may be in use.

    Its manifest carries the document of `checkpoints`: how far the audit trails had grown before it.
    """
    if target.exists():
        raise NotBackedUp(f"{target} is already there. Choose another name; a backup never replaces one.")
    if not target.parent.is_dir():
        raise NotBackedUp(f"The folder {target.parent} isn't there.")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
        folder = Path(scratch)
        _dump(settings, folder)
        for name, path in _kept_files(settings):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name)
        files = {name: _digest(folder / name) for name in _names(folder)}
        made_at, revision = at.isoformat(), migrating.current(settings.database_url)
        manifest = {
            "format": _FORMAT,
            "made_at": made_at,
            "revision": revision,
            "files": files,
            "checkpoints": dict(checkpoints or {}),
        }
        part = folder / ".part"
        with part.open("xb") as raw:
            os.fchmod(raw.fileno(), 0o600)
            with tarfile.open(fileobj=raw, mode="w") as archive:
                _add_bytes(archive, MANIFEST, json.dumps(manifest, indent=1).encode())
                for name in files:
                    archive.add(folder / name, arcname=name, recursive=False)
            raw.flush()
            os.fsync(raw.fileno())
        # A link, not a rename: it fails when somebody made the same name meanwhile.
        os.link(part, target)
    _sync_folder(target.parent)
    return Backup(made_at, revision, files, target.stat().st_size)


def kept_checkpoints(file: Path) -> bytes | None:
    """The checkpoints in a backup's manifest as their own file would have them; `None` for what is no backup."""
    try:
        with tarfile.open(file, mode="r:") as archive:
            member = archive.extractfile(MANIFEST)
            told = json.loads(member.read(_LARGEST_MANIFEST)) if member else {}
    except (OSError, tarfile.TarError, KeyError, ValueError):
        return None
    return json.dumps(told.get("checkpoints")).encode() if isinstance(told, dict) else None


def restore(settings: Settings, source: Path) -> Backup:
    """Bring a backup back into an empty installation: nothing is there before, everything is checked first."""
    if settings.is_sqlite and _sqlite_file(settings).exists():
        raise NotBackedUp(
            f"{_sqlite_file(settings)} is already there. Restore into an empty instance: set PDTRACKER_INSTANCE."
        )
    settings.instance.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.instance, prefix=".restore-") as scratch:
        folder = Path(scratch)
        backup = _unpack(source, folder)
        if settings.is_sqlite:
            if SQLITE_NAME not in backup.files:
                raise NotBackedUp("This backup is of a PostgreSQL database; set DATABASE_URL to one.")
            _check_sqlite(folder / SQLITE_NAME)
        elif POSTGRESQL_NAME not in backup.files:
            raise NotBackedUp("This backup is of a SQLite database; unset DATABASE_URL.")
        for name in backup.files:
            if name.startswith("evidence/"):
                home = settings.evidence / PurePosixPath(name).relative_to("evidence")
                home.parent.mkdir(parents=True, exist_ok=True)
                (folder / name).replace(home)
        if KEY_FILE in backup.files:
            (folder / KEY_FILE).replace(settings.instance / KEY_FILE)
            (settings.instance / KEY_FILE).chmod(0o600)
        # The database comes last: an interrupted restore leaves none, and can be begun again.
        if settings.is_sqlite:
            (folder / SQLITE_NAME).replace(_sqlite_file(settings))
            _sync_folder(_sqlite_file(settings).parent)
        else:
            _run_tool(
                "pg_restore",
                "--exit-on-error",
                "--single-transaction",
                "--dbname",
                _libpq(settings),
                str(folder / POSTGRESQL_NAME),
            )
    return backup


def _dump(settings: Settings, folder: Path) -> None:
    if settings.is_sqlite:
        with closing(sqlite3.connect(_sqlite_file(settings), isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(folder / SQLITE_NAME),))
        _check_sqlite(folder / SQLITE_NAME)
    else:
        _run_tool(
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--file",
            str(folder / POSTGRESQL_NAME),
            _libpq(settings),
        )


def _check_sqlite(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
        broken_keys = connection.execute("PRAGMA foreign_key_check").fetchone()
    if answer != "ok" or broken_keys:
        raise NotBackedUp(f"The copied database is not whole: {answer if answer != 'ok' else broken_keys}.")


def _kept_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """What belongs to the database but isn't in it: evidence, and the key that the instance made for itself."""
    if settings.evidence.is_dir():
        for path in sorted(settings.evidence.rglob("*")):
            # A name with a dot in front is a file that is just being written.
            if path.is_file() and not path.name.startswith("."):
                yield f"evidence/{path.relative_to(settings.evidence).as_posix()}", path
    if (settings.instance / KEY_FILE).is_file():
        yield KEY_FILE, settings.instance / KEY_FILE


def _unpack(source: Path, folder: Path) -> Backup:
    try:
        with tarfile.open(source, mode="r:") as archive:
            archive.extractall(folder, filter="data")
        manifest = json.loads((folder / MANIFEST).read_bytes())
        files = dict(manifest["files"])
        found = {name: _digest(folder / name) for name in _names(folder) if name != MANIFEST}
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise NotBackedUp(
            f"{source} is no backup of pdtracker, or a broken one ({type(error).__name__})."
        ) from error
    if manifest.get("format") != _FORMAT or found != files:
        wrong = sorted(name for name in {*found, *files} if found.get(name) != files.get(name))
        raise NotBackedUp(f"{source} is not what was backed up: {', '.join(wrong[:3]) or 'unknown format'}.")
    return Backup(str(manifest["made_at"]), manifest["revision"], files, source.stat().st_size)


def _names(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _sqlite_file(settings: Settings) -> Path:
    return Path(str(sa.make_url(settings.database_url).database))


def _libpq(settings: Settings) -> str:
    return (
        sa.make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    )


def _run_tool(tool: str, *arguments: str) -> None:
    path = shutil.which(tool)
    if path is None:
        raise NotBackedUp(f"{tool} isn't installed. It comes with PostgreSQL's client programs.")
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotBackedUp(
            f"{tool} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no reason'}"
        )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
