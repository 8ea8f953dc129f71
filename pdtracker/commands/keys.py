"""`pdtracker keys list`: the districts' public keys, which prove their certificates without any installation."""

from __future__ import annotations

import argparse
import json
from typing import Any

from pdtracker.db import Database
from pdtracker.queries.certificates import every_public_key
from pdtracker.queries.verification import keys_document
from pdtracker.settings import load_settings


def register(subparsers: Any) -> None:
    """Adds `keys list`."""
    verbs = subparsers.add_parser("keys", help="list the districts' public keys").add_subparsers(
        metavar="VERB", required=True
    )
    listing = verbs.add_parser(
        "list",
        help="id, district, from when to when, and the public key",
        description="Lists the public keys. Kept with --json, the list checks certificates anywhere: "
        "pdtracker certificate verify FILE.pdf --keys LIST",
    )
    listing.add_argument("--json", action="store_true", help="as /.well-known/pdtracker-keys.json")
    listing.set_defaults(run=_list)


def _list(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        keys = every_public_key(database)
    finally:
        database.dispose()
    if arguments.json:
        print(json.dumps(keys_document(keys, settings.base_url), ensure_ascii=False, indent=2))
        return 0
    for key in keys:
        until = f"{key.retired_at:%Y-%m-%d}" if key.retired_at else "today"
        print(f"{key.kid}  {key.district_slug}  {key.valid_from:%Y-%m-%d} to {until}  {key.public_key.hex()}")
    return 0
