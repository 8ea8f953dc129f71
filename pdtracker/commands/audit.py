"""`pdtracker audit verify`: walks the chain of every district's audit trail."""

from __future__ import annotations

import argparse
from typing import Any

from pdtracker.audit import first_break
from pdtracker.db import Database
from pdtracker.queries.outbox import districts
from pdtracker.settings import load_settings


def register(subparsers: Any) -> None:
    """Adds `audit verify`."""
    verbs = subparsers.add_parser("audit", help="verify the audit trail").add_subparsers(
        metavar="VERB", required=True
    )
    verbs.add_parser("verify", help="exit 0 when every chain is whole, 1 when one is broken").set_defaults(
        run=_verify
    )


def _verify(_arguments: argparse.Namespace) -> int:
    database = Database(load_settings().database_url)
    broken = False
    with database.session(None, installation=True) as session:
        everyone = districts(session)
    for district in everyone:
        with database.session(district.id) as session:
            first = first_break(session)
        print(f"{district.slug}: {'whole' if first is None else f'broken at entry {first}'}")
        broken = broken or first is not None
    database.dispose()
    return 1 if broken else 0
