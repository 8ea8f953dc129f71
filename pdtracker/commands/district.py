"""`pdtracker district create`: a district that can begin at once."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from pdtracker.actions.districts import NewDistrict, create_district
from pdtracker.commands.serve import require_schema
from pdtracker.db import Database
from pdtracker.settings import load_settings
from pdtracker.terminal import say


def register(subparsers: Any) -> None:
    """Adds `district create`."""
    verbs = subparsers.add_parser("district", help="make a district").add_subparsers(
        metavar="VERB", required=True
    )
    create = verbs.add_parser(
        "create",
        help="make a district",
        description="Makes a district with two questions for reflections, plain rules for credit and a key to sign "
        "certificates with.",
    )
    create.add_argument("slug", help="its short name in addresses, such as maplewood")
    create.add_argument("name", help="its name as it stands on certificates")
    create.add_argument("--place", default="", help="such as 'Maplewood, Massachusetts'")
    create.add_argument("--zone", default="America/New_York", help="its time zone (default: %(default)s)")
    create.add_argument(
        "--school", action="append", default=[], metavar="NAME", help="a school; as often as needed"
    )
    create.add_argument(
        "--sponsor-number", metavar="NUMBER", help="its number with the state, where it has one"
    )
    create.set_defaults(run=_create)


def _create(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    require_schema(settings)
    database = Database(settings.database_url)
    new = NewDistrict(
        slug=arguments.slug,
        name=arguments.name,
        place=arguments.place,
        zone=arguments.zone,
        schools=arguments.school,
        sponsor_number=arguments.sponsor_number,
    )
    try:
        made = create_district(database, new, secret=settings.secret_key, at=datetime.now(UTC))
    finally:
        database.dispose()
    say(
        f"{made.name} is at {settings.base_url}/{made.slug}. Add its first administrator: "
        f"pdtracker user create {made.slug} EMAIL NAME --role administrator"
    )
    return 0
