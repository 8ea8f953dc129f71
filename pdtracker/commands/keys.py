"""`pdtracker keys list|rotate`: the districts' public keys, which prove their certificates without any installation."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from pdtracker.actions.keys import rotate_key
from pdtracker.db import Database
from pdtracker.domain.refusals import NotHere
from pdtracker.installation import issuer_of
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.certificates import every_public_key
from pdtracker.queries.kept_keys import keys_document
from pdtracker.scope import Scope
from pdtracker.settings import load_settings
from pdtracker.terminal import say


def register(subparsers: Any) -> None:
    """Adds `keys list` and `keys rotate`."""
    verbs = subparsers.add_parser(
        "keys", help="list the districts' public keys, or begin a new one"
    ).add_subparsers(metavar="VERB", required=True)
    listing = verbs.add_parser(
        "list",
        help="id, district, from when to when, and the public key",
        description="Lists the public keys. Kept with --json, the list checks certificates anywhere: "
        "pdtracker certificate verify FILE.pdf --keys LIST",
    )
    listing.add_argument("--json", action="store_true", help="as /.well-known/pdtracker-keys.json")
    listing.set_defaults(run=_list)
    rotate = verbs.add_parser(
        "rotate",
        help="let a new key sign a district's certificates from now on",
        description="Makes a new key, which the present one vouches for. Certificates that were issued before "
        "stay as they are; the retired key goes on proving them.",
    )
    rotate.add_argument("district", metavar="DISTRICT", help="the district's short name")
    rotate.set_defaults(run=_rotate)


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


def _rotate(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        with database.session(None, installation=True) as doors:
            place = district_by_slug(doors, arguments.district)
        if place is None:
            raise NotHere("no_district", f"There is no district {arguments.district} here.")
        with database.session(place.id) as session:
            kid = rotate_key(Scope(session, place, datetime.now(UTC)), issuer=issuer_of(settings))
    finally:
        database.dispose()
    say(f"{place.name} signs with key {kid} from now on; the one before it vouches for it.")
    return 0
