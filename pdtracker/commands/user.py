"""`pdtracker user create`: somebody in a district, with a way to sign in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email

from pdtracker.actions.joining import new_code
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.commands.serve import require_schema
from pdtracker.db import Database
from pdtracker.domain.access import Role
from pdtracker.domain.refusals import Mistyped, NotHere, NotValid
from pdtracker.domain.text import clean_line, clean_name
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.people import schools
from pdtracker.scope import DistrictFacts, Scope
from pdtracker.settings import load_settings
from pdtracker.terminal import say

_TITLE_CHARACTERS = 120


def register(subparsers: Any) -> None:
    """Adds `user create`."""
    verbs = subparsers.add_parser("user", help="add people").add_subparsers(metavar="VERB", required=True)
    create = verbs.add_parser(
        "create",
        help="add somebody to a district",
        description="Adds somebody and prints their starting password, which is kept nowhere.",
    )
    create.add_argument("district", help="the district's short name")
    create.add_argument("email", help="the address that they sign in with")
    create.add_argument("name", help="their name as it stands on certificates")
    create.add_argument(
        "--role",
        action="append",
        choices=[role.value for role in Role],
        required=True,
        help="what they may do; as often as needed",
    )
    create.add_argument("--title", default="", help="such as Principal")
    create.add_argument("--school", help="the name of their school")
    create.add_argument(
        "--reviews-for",
        action="append",
        metavar="SCHOOL",
        help="a reviewer's school; without it the whole district",
    )
    create.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    create.set_defaults(run=_create)


def _create(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    require_schema(settings)
    is_told = bool(arguments.password_stdin)
    password = sys.stdin.readline().rstrip("\r\n") if is_told else new_code()
    database = Database(settings.database_url)
    try:
        district = _district(database, arguments.district)
        with database.session(district.id) as session:
            scope = Scope(session, district, datetime.now(UTC))
            added = add_person(scope, _person(scope, arguments), password=password)
    finally:
        database.dispose()
    if added.joining_code is not None:
        say(
            f"{arguments.email} has an account here. Its owner signs in and enters this code, shown only now, at "
            f"{settings.base_url}/join"
        )
        print(added.joining_code)
    elif not is_told:
        say(f"{arguments.email} signs in at {settings.base_url}/sign-in with this password, shown only now:")
        print(password)
    return 0


def _district(database: Database, slug: str) -> DistrictFacts:
    with database.session(None, installation=True) as doors:
        district = district_by_slug(doors, slug)
    if district is None:
        raise NotHere("no_district", f"There is no district {slug!r} here.")
    return district


def _person(scope: Scope, arguments: argparse.Namespace) -> NewPerson:
    reviewed = _schools(scope, arguments.reviews_for) if arguments.reviews_for else None
    school = _schools(scope, [arguments.school]) if arguments.school else frozenset()
    try:
        return NewPerson(
            name=clean_name(arguments.name),
            email=validate_email(
                arguments.email, check_deliverability=False, test_environment=True
            ).normalized,
            title=clean_line(arguments.title, _TITLE_CHARACTERS),
            school_id=next(iter(school), None),
            roles=Roles(roles=frozenset(Role(role) for role in arguments.role), review_school_ids=reviewed),
        )
    except Mistyped as error:
        raise NotValid({"name": error.sentence}) from error
    except EmailNotValidError as error:
        raise NotValid({"email": f"{arguments.email!r} is no e-mail address."}) from error


def _schools(scope: Scope, names: Sequence[str]) -> frozenset[int]:
    known = {school.name: school.id for school in schools(scope)}
    if unknown := [name for name in names if name not in known]:
        raise NotValid(
            {"school": f"There is no school {unknown[0]!r}. There are: {', '.join(known) or 'none'}."}
        )
    return frozenset(known[name] for name in names)
