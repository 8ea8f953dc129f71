"""`pdtracker db`: the newest schema, a check of everything, an online backup and its way back."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pdtracker import migrating
from pdtracker.backup import back_up, restore
from pdtracker.commands.doctor import records_faults
from pdtracker.db import Database
from pdtracker.queries.checkpoints import checkpoints_document, every_checkpoint
from pdtracker.settings import Settings, load_settings
from pdtracker.terminal import say


def register(subparsers: Any) -> None:
    """Adds `db upgrade|check|grant|backup|restore`."""
    verbs = subparsers.add_parser("db", help="migrate, check, back up, restore").add_subparsers(
        metavar="VERB", required=True
    )
    verbs.add_parser("upgrade", help="bring the database to the newest schema").set_defaults(run=_upgrade)
    verbs.add_parser("check", help="compare schema, audit chains and certificates").set_defaults(run=_check)
    grant = verbs.add_parser("grant", help="let a PostgreSQL role that owns nothing run the application")
    grant.add_argument("role")
    grant.set_defaults(run=_grant)
    backup = verbs.add_parser("backup", help="write database, evidence and key into one file, while in use")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    bring_back = verbs.add_parser("restore", help="bring a backup into an empty installation, and prove it")
    bring_back.add_argument("file", type=Path)
    bring_back.set_defaults(run=_restore)


def _upgrade(_arguments: argparse.Namespace) -> int:
    settings = load_settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    migrating.upgrade(settings.database_url)
    say(f"The database is at schema {migrating.current(settings.database_url)}.")
    return 0


def _check(_arguments: argparse.Namespace) -> int:
    settings = load_settings()
    at_revision, newest = migrating.current(settings.database_url), migrating.head()
    if at_revision != newest:
        say(
            f"The database is at schema {at_revision or 'nothing'}, the program at {newest}. Run: pdtracker db upgrade"
        )
        return 1
    faults = [str(difference) for difference in migrating.differences(settings.database_url)]
    faults += records_faults(settings)
    for fault in faults:
        say(fault)
    if not faults:
        say(f"Schema {newest}, audit chains and certificates are whole.")
    return 1 if faults else 0


def _grant(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    if settings.is_sqlite:
        say("SQLite has no roles; whoever may write the file may do everything.")
        return 1
    migrating.grant(settings.database_url, arguments.role)
    say(f"{arguments.role} may run the application now. Set DATABASE_URL to sign in as {arguments.role}.")
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    settings, at = load_settings(), datetime.now(UTC)
    # Before the copy: what is signed must be in it.
    checkpoints = _checkpoints(settings, at)
    made = back_up(settings, arguments.file.resolve(), at=at, checkpoints=checkpoints)
    say(
        f"{arguments.file}: {len(made.files)} files, {made.size_bytes:,} bytes. Keep it as safe as the server itself."
    )
    return 0


def _checkpoints(settings: Settings, at: datetime) -> dict[str, Any]:
    """How far each audit trail has grown, signed; nothing where the schema is empty or of another version."""
    if migrating.current(settings.database_url) != migrating.head():
        return checkpoints_document([])
    database = Database(settings.database_url)
    try:
        secrets = (settings.secret_key, *settings.secret_key_fallbacks)
        return checkpoints_document(every_checkpoint(database, secrets, at))
    finally:
        database.dispose()


def _restore(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    brought = restore(settings, arguments.file.resolve())
    # The key may have come with the backup: the settings are read again.
    settings = load_settings()
    migrating.upgrade(settings.database_url)
    faults = records_faults(settings)
    for fault in faults:
        say(fault)
    if faults:
        return 1
    say(f"Restored as of {brought.made_at}: audit chains and every certificate verify.")
    return 0
