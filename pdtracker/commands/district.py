"""`pdtracker district create`: a district that can begin at once."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email

from pdtracker.actions.districts import NewDistrict, create_district
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.commands.serve import require_schema
from pdtracker.db import Database
from pdtracker.domain.access import Role
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.text import clean_name
from pdtracker.scope import Scope
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
    create.add_argument(
        "--administrator",
        nargs=2,
        metavar=("EMAIL", "NAME"),
        help="its first administrator, with a code to come in by",
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
    first = _administrator(*arguments.administrator) if arguments.administrator else None
    now = datetime.now(UTC)
    try:
        made = create_district(database, new, secret=settings.secret_key, at=now)
        address = f"{settings.base_url.rstrip('/')}/{made.slug}"
        if first is None:
            say(
                f"{made.name} is at {address}. Add its first administrator: "
                f"pdtracker user create {made.slug} EMAIL NAME --role administrator"
            )
            return 0
        with database.session(made.id) as session:
            code = add_person(Scope(session, made, now), first).joining_code
    finally:
        database.dispose()
    say(
        f"{made.name} is at {address}. {first.name} comes in at {settings.base_url.rstrip('/')}/join with the code "
        f"{code}, which is kept nowhere and good for two weeks. What is still missing stands on the first page: "
        f"{address}/set-up"
    )
    return 0


def _administrator(email: str, name: str) -> NewPerson:
    """Who sets the district up. Raises NotValid for an address or a name that is none."""
    try:
        known = validate_email(email, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise NotValid({"email": "Enter an e-mail address such as cam@maplewood.example."}) from error
    try:
        cleaned = clean_name(name)
    except Mistyped as error:
        raise NotValid({"name": error.sentence}) from error
    return NewPerson(
        name=cleaned,
        email=known.ascii_email or known.normalized,
        title="",
        school_id=None,
        roles=Roles(roles=frozenset({Role.ADMINISTRATOR})),
    )
