"""`pdtracker certificate issue|revoke|reissue`: what somebody says of a certificate, from the command line.

Whoever does it is named for ever on the certificate's page, so it takes a person with the grant, by their address; the
audit trail says that they did it from here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from pdtracker.actions.certificates import issue_certificate, reissue_certificate, revoke_certificate
from pdtracker.commands.serve import require_schema
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.access import Permission, require
from pdtracker.domain.codes import code_text, number_of
from pdtracker.domain.refs import id_of
from pdtracker.domain.refusals import NotHere, NotPermitted, Refusal
from pdtracker.installation import issuer_of
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.certificates import anything_issued, district_of_code
from pdtracker.queries.outbox import districts
from pdtracker.queries.people import member_of_address
from pdtracker.scope import DistrictFacts, Scope
from pdtracker.settings import is_installed, load_settings
from pdtracker.terminal import say

_WAY: Final = "the command line"


def register(verbs: Any) -> None:
    """Adds `certificate issue`, `certificate revoke` and `certificate reissue`."""
    issue = verbs.add_parser(
        "issue",
        help="issue a new certificate for a credited claim whose certificate was revoked",
        description="Issues a new certificate for credit that stands, when its certificate was revoked, and prints "
        "its serial. Where one stands, prints that one's and changes nothing. An approval issues the first one.",
    )
    issue.add_argument("district", metavar="DISTRICT", help="the district's short name")
    issue.add_argument("claim", metavar="CLAIM", help="the last part of the claim's address")
    issue.set_defaults(run=_issue)
    revoke = verbs.add_parser(
        "revoke",
        help="say that a certificate is no longer valid",
        description="Revokes a certificate. Everyone who checks it sees the reason, for ever; the credit stays.",
    )
    revoke.set_defaults(run=_revoke)
    reissue = verbs.add_parser(
        "reissue",
        help="issue a certificate again, under the holder's name of today",
        description="Issues a certificate again and prints the successor's serial; the old one leads to it.",
    )
    reissue.set_defaults(run=_reissue)
    for verb in (revoke, reissue):
        verb.add_argument("number", metavar="SERIAL", help="its serial or its code")
    for verb in (issue, revoke, reissue):
        verb.add_argument("--reason", required=True, help="one sentence; name nobody")
        verb.add_argument(
            "--as",
            dest="email",
            required=True,
            metavar="EMAIL",
            help="who does it: somebody of the district whose role allows it",
        )


def _issue(arguments: argparse.Namespace) -> int:
    try:
        claim_id = id_of(arguments.claim.rstrip("/").rpartition("/")[2])
    except ValueError as error:
        raise NotHere("no_claim", "There is no such claim in this district, or it was never sent.") from error
    with _database() as database:
        with database.session(None, installation=True) as doors:
            place = district_by_slug(doors, arguments.district)
        if place is None:
            raise NotHere("no_district", f"There is no district {arguments.district} here.")
        with database.session(place.id) as session:
            scope = _acting(session, place, arguments.email, Permission.ISSUE_CERTIFICATES)
            print(
                issue_certificate(scope, claim_id, reason=arguments.reason, issuer=issuer_of(load_settings()))
            )
    return 0


def _revoke(arguments: argparse.Namespace) -> int:
    with _named(arguments, Permission.REVOKE_CERTIFICATES) as (scope, serial, code):
        revoke_certificate(scope, serial, reason=arguments.reason, issuer=issuer_of(load_settings()))
    say(f"{code_text(code)} is revoked. Its holder gets a letter with the reason.")
    return 0


def _reissue(arguments: argparse.Namespace) -> int:
    with _named(arguments, Permission.ISSUE_CERTIFICATES) as (scope, serial, code):
        print(reissue_certificate(scope, serial, reason=arguments.reason, issuer=issuer_of(load_settings())))
    say(f"{code_text(code)} is superseded, and leads to this one.")
    return 0


@contextmanager
def _named(arguments: argparse.Namespace, permission: Permission) -> Iterator[tuple[Scope, str, str]]:
    """Who acts on the certificate of this serial or code, its serial and its code. Refuses with NotHere."""
    number = number_of(arguments.number)
    with _database() as database:
        with database.session(None, installation=True) as doors:
            district_id = district_of_code(doors, number) if number else None
            place = next((one for one in districts(doors) if one.id == district_id), None)
        if number is None or place is None:
            raise NotHere("no_certificate", "No certificate has this serial or code.")
        with database.session(place.id) as session:
            scope = _acting(session, place, arguments.email, permission)
            issued = anything_issued(session, number)
            if issued is None:
                raise NotHere("no_certificate", "No certificate has this serial or code.")
            yield scope, issued.serial, issued.code


@contextmanager
def _database() -> Iterator[Database]:
    if not is_installed():
        raise Refusal(
            "no_installation", "There is no installation here. Set PDTRACKER_INSTANCE or DATABASE_URL."
        )
    settings = load_settings()
    require_schema(settings)
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        database.dispose()


def _acting(session: DistrictSession, place: DistrictFacts, email: str, permission: Permission) -> Scope:
    """The scope of the person with this address. Raises NotPermitted for nobody, who has left, and who may not."""
    found = member_of_address(session, email)
    if found is None or found.left_at is not None:
        raise NotPermitted("nobody", f"Nobody of {place.name} has the address {email}.")
    require(found.roles, permission)
    return Scope(
        session,
        place,
        datetime.now(UTC),
        found.person,
        found.roles,
        found.review_school_ids,
        way=_WAY,
    )
