"""The demo's own installation in an instance folder: made whole beside it, then put in its place.

Loading that is cut off leaves nothing but the folder `.demo`, which the next start throws away. The database itself
says whether it is a demo's, so that no other installation is ever served, or replaced, as one.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from pdtracker import migrating
from pdtracker.blobs import BlobStore
from pdtracker.db import Database
from pdtracker.demo.current import ZONE
from pdtracker.demo.loading import content, load_demo
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.when import local
from pdtracker.installation import issuer_of
from pdtracker.mail import FolderPost
from pdtracker.settings import Settings
from pdtracker.terminal import say

_DATABASE = "pdtracker.db"
_WAIT_SECONDS = 300


class NotTheDemo(Refusal):
    """The instance holds something else, or somebody uses it; the sentence says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__("not_the_demo", sentence)


def ready_demo(settings: Settings, *, now: datetime, fresh: bool) -> date:
    """See to it that the instance holds the demo; gives the day around which it is dated.

    `fresh` makes it anew and keeps nothing of the old one. Raises NotTheDemo and leaves everything as it is.
    """
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(settings.instance):
        demo_on = _held(settings)
        if demo_on is not None and not fresh:
            if migrating.current(settings.database_url) != migrating.head():
                migrating.upgrade(settings.database_url)
            return demo_on
        _make(settings, now)
        return day_of(now)


def day_of(now: datetime) -> date:
    """The day that a demo made at this moment is dated around."""
    return local(now, ZONE).date()


def _held(settings: Settings) -> date | None:
    """The day of the demo in the instance, `None` for an empty one; refuses every other."""
    file = settings.instance / _DATABASE
    if not file.exists():
        for folder in (settings.mail_folder, settings.evidence):
            if folder.is_dir() and any(folder.iterdir()):
                raise NotTheDemo(f"{folder} holds files of another installation. {_ELSEWHERE}")
        return None
    database = Database(settings.database_url)
    try:
        found = content(database)
    except sa.exc.DatabaseError as error:
        if _has_tables(file):
            raise NotTheDemo(f"{file} is not a database of pdtracker. {_ELSEWHERE}") from error
        return None
    finally:
        database.dispose()
    if found.demo_on is None and found.slugs:
        raise NotTheDemo(
            f"{settings.instance} holds an installation of yours, not the demo. Serve it with: pdtracker serve. "
            f"{_ELSEWHERE}"
        )
    return found.demo_on


_ELSEWHERE = "For the demo choose another folder: PDTRACKER_INSTANCE=./demo pdtracker"


def _has_tables(file: Path) -> bool:
    """Whether anything is in a file that isn't ours; an empty one is left behind by whoever only looked."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is not None
    except sqlite3.DatabaseError:
        return True


def _make(settings: Settings, now: datetime) -> None:
    """Make the demo in a folder of its own, then let it take the place of what is there."""
    _require_replaceable(settings)
    making = settings.instance / ".demo"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    file = making / _DATABASE
    _fill(file, settings, now)
    # The old files leave before the old database does: until then it says whose they are.
    for folder in (settings.mail_folder, settings.evidence):
        if folder.exists():
            folder.rename(making / f"old-{folder.name}")
    file.replace(settings.instance / _DATABASE)
    (making / "mail").rename(settings.mail_folder)
    (making / "evidence").rename(settings.evidence)
    shutil.rmtree(making)


def _fill(file: Path, settings: Settings, now: datetime) -> None:
    url = f"sqlite:///{file.as_posix()}"
    migrating.upgrade(url)
    database = Database(url)
    event.listen(database.engine, "connect", _without_syncing)
    post = FolderPost(file.parent / "mail")
    try:
        files = file.parent / "evidence"
        files.mkdir(mode=0o700)
        store = BlobStore(files)
        load_demo(database, issuer_of(settings), post, store, base_url=settings.base_url, now=now)
    finally:
        database.dispose()
    _as_one_file(file)


def _without_syncing(connection: Any, _entry: object) -> None:
    # What is cut off is thrown away: nothing has to reach the disk before `_as_one_file`.
    connection.execute("PRAGMA synchronous=OFF")


def _as_one_file(file: Path) -> None:
    """Bring everything into the one file and onto the disk; refuses while somebody else has it open."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")


def _require_replaceable(settings: Settings) -> None:
    """Refuse to replace a demo that somebody added a district to, or that is being served."""
    file = settings.instance / _DATABASE
    if not file.exists() or not _has_tables(file):
        return
    database = Database(settings.database_url)
    try:
        added = content(database).added_slugs
    finally:
        database.dispose()
    if added:
        raise NotTheDemo(
            f"{settings.instance} holds a district that was added to the demo ({', '.join(added)}) and would be lost. "
            f"{_ELSEWHERE}"
        )
    try:
        _as_one_file(file)
    except sqlite3.OperationalError as error:
        raise NotTheDemo(f"{file} is in use. Stop the demo that runs, then start again.") from error


@contextmanager
def _alone(instance: Path) -> Iterator[None]:
    """One at a time looks at an instance and makes its demo; a second one waits and finds it ready."""
    with closing(sqlite3.connect(instance / ".demo.lock", isolation_level=None, timeout=0)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            say("Another pdtracker is making the demo; waiting for it.")
            lock.execute(f"PRAGMA busy_timeout={_WAIT_SECONDS * 1000}")
            lock.execute("BEGIN EXCLUSIVE")
        yield
