"""`pdtracker export archive DIR`: the shutdown kit, by which certificates are checked when no server is left."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pdtracker.commands._kit import write_archive
from pdtracker.db import Database
from pdtracker.domain.refusals import Refusal
from pdtracker.installation import issuer_of
from pdtracker.queries.status_lists import Publisher
from pdtracker.settings import is_installed, load_settings
from pdtracker.terminal import say


def register(subparsers: Any) -> None:
    """Adds `export archive`."""
    verbs = subparsers.add_parser("export", help="write the shutdown kit").add_subparsers(
        metavar="VERB", required=True
    )
    archive = verbs.add_parser(
        "archive",
        help="certificates, keys, status lists and verifiers in a folder that needs no server",
        description="Writes a folder from which every certificate can be checked without this installation: the "
        "signed records, the keys with their history, the status lists, a page and a program that check, and a "
        "README. Exit 1 when a record doesn't prove itself and was left out.",
    )
    archive.add_argument("folder", metavar="DIR", help="a folder that isn't there yet")
    archive.set_defaults(run=_archive)


def _archive(arguments: argparse.Namespace) -> int:
    if not is_installed():
        raise Refusal(
            "no_installation", "There is no installation here. Set PDTRACKER_INSTANCE or DATABASE_URL."
        )
    settings = load_settings()
    database = Database(settings.database_url)
    publisher = Publisher.of(settings.base_url, issuer_of(settings).secrets)
    # Whole seconds, as every part of the kit states them.
    at = datetime.now(UTC).replace(microsecond=0)
    try:
        written = write_archive(database, publisher, Path(arguments.folder), at)
    finally:
        database.dispose()
    for slug, count in written.counts.items():
        say(f"{slug}: {count:,} certificates.")
    if written.left_out:
        say(f"{written.left_out:,} left out: see {arguments.folder}/left-out.txt, and run pdtracker doctor.")
        return 1
    say(f"The kit is in {arguments.folder}. Begin with README.txt.")
    return 0
