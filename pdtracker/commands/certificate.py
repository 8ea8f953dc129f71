"""`pdtracker certificate verify|list|render`: certificates from the command line, also without an installation.

What changes their standing is in `_standing`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.commands import _standing
from pdtracker.db import Database
from pdtracker.domain.codes import code_text, number_of
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.refusals import NotHere, NotNow, Refusal
from pdtracker.domain.statement import Statement, statement
from pdtracker.domain.when import date_text
from pdtracker.pdf.reading import LIMIT_BYTES
from pdtracker.queries import badge_verification, verification
from pdtracker.queries.certificates import Listed, anything_issued, certificates, district_of_code
from pdtracker.queries.kept_keys import LIMIT_BYTES as KEYS_LIMIT_BYTES
from pdtracker.queries.kept_keys import KeptKeys, of_keys_document
from pdtracker.queries.outbox import districts
from pdtracker.queries.status_lists import LIMIT_BYTES as STATUS_LIMIT_BYTES
from pdtracker.queries.status_lists import KeptList, of_status_document
from pdtracker.queries.verification import Answer, Standing, Verdict
from pdtracker.scope import Scope
from pdtracker.settings import is_installed, load_settings
from pdtracker.terminal import say

EXIT_AUTHENTIC: Final = 0
EXIT_NOT_AUTHENTIC: Final = 1
EXIT_NOT_IN_FORCE: Final = 2

_EXITS: Final = {
    Verdict.GENUINE: EXIT_AUTHENTIC,
    Verdict.REVOKED: EXIT_NOT_IN_FORCE,
    Verdict.SUPERSEDED: EXIT_NOT_IN_FORCE,
}
_WORDS: Final = {
    Verdict.GENUINE: "Authentic.",
    Verdict.REVOKED: "Revoked.",
    Verdict.SUPERSEDED: "Superseded.",
    Verdict.ALTERED: "Altered.",
    Verdict.UNKNOWN_KEY: "Unknown key.",
    Verdict.NOT_A_CERTIFICATE: "Not a certificate.",
    Verdict.UNKNOWN: "Unknown.",
}
_BATCH: Final = 1000


def register(subparsers: Any) -> None:
    """Adds `certificate verify`, `list`, `render`, `issue`, `revoke` and `reissue`."""
    verbs = subparsers.add_parser(
        "certificate", help="verify, list, issue and revoke certificates"
    ).add_subparsers(metavar="VERB", required=True)
    verify = verbs.add_parser(
        "verify",
        help="check a PDF or a badge: exit 0 authentic, 1 altered or unknown, 2 revoked or superseded",
        description="Checks a certificate's PDF, or its Open Badge (JSON, VC-JWT, PNG or SVG). In an installation keys "
        "and status come from its database; elsewhere, or with --keys, the keys in the file check the signature, "
        "and a list with --status its status.",
    )
    verify.add_argument("file", metavar="FILE", help="the certificate, or its badge")
    verify.add_argument(
        "--keys", metavar="FILE", help="public keys, as kept from https://…/.well-known/pdtracker-keys.json"
    )
    verify.add_argument(
        "--status",
        metavar="FILE",
        help="with --keys: a status list, as kept from https://…/.well-known/pdtracker-status/ or a shutdown kit",
    )
    verify.add_argument("--json", action="store_true", help="answer as JSON")
    verify.set_defaults(run=_verify)

    listing = verbs.add_parser("list", help="list what was issued: serial, code, status, holder")
    listing.add_argument("district", nargs="?", metavar="DISTRICT", help="only of this district")
    listing.add_argument("--json", action="store_true", help="answer as JSON")
    listing.set_defaults(run=_list)

    render = verbs.add_parser("render", help="write a certificate's PDF, the same bytes each time")
    render.add_argument("serial", metavar="SERIAL", help="its serial or its code")
    render.add_argument(
        "-o", "--output", required=True, metavar="FILE.pdf", help="where to; - is standard output"
    )
    render.set_defaults(run=_render)
    _standing.register(verbs)


def _verify(arguments: argparse.Namespace) -> int:
    answer = _answer(arguments.file, arguments.keys, arguments.status)
    if arguments.json:
        print(json.dumps(verification.document_of(answer), ensure_ascii=False, indent=2))
    else:
        _tell(answer)
    return _EXITS.get(answer.verdict, EXIT_NOT_AUTHENTIC)


def _answer(file: str, keys: str | None, status: str | None) -> Answer:
    if status is not None and keys is None:
        raise Refusal("keys", "Give the keys that you trust as well, with --keys FILE.")
    trusted = _kept_keys(keys) if keys is not None else None
    lists = _kept_lists(status, trusted) if status is not None and trusted is not None else ()
    try:
        with Path(file).open("rb") as opened:
            # One byte more than a certificate has is enough to tell that it is none.
            data = opened.read(LIMIT_BYTES + 1)
    except OSError as error:
        reason = f"The file can’t be read: {error.strerror or error}."
        return Answer(Verdict.NOT_A_CERTIFICATE, (reason,))
    if trusted is not None or not is_installed():
        return badge_verification.of_any_file_offline(data, trusted or KeptKeys({}), lists)
    with _installation() as (database, at), ExitStack() as sessions:
        doors = sessions.enter_context(database.session(None, installation=True))
        return badge_verification.of_any_file(
            doors, lambda district_id: sessions.enter_context(database.session(district_id)), data, at
        )


def _kept_keys(file: str) -> KeptKeys:
    try:
        return of_keys_document(_read(file, KEYS_LIMIT_BYTES))
    except ValueError as error:
        raise Refusal("keys", f"{file}: {error}") from error


def _kept_lists(file: str, trusted: KeptKeys) -> tuple[KeptList, ...]:
    try:
        return of_status_document(_read(file, STATUS_LIMIT_BYTES), trusted, datetime.now(UTC))
    except ValueError as error:
        raise Refusal("status", f"{file}: {error}") from error


def _read(file: str, limit_bytes: int) -> bytes:
    """The whole file. Raises ValueError when it is longer than any that we write."""
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(limit_bytes + 1)
    except OSError as error:
        raise ValueError(f"{error.strerror or error}.") from error
    if len(data) > limit_bytes:
        raise ValueError("It is larger than any that we write.")
    return data


def _tell(answer: Answer) -> None:
    print(_WORDS[answer.verdict], *answer.reasons)
    if answer.verdict is Verdict.UNKNOWN_KEY and not is_installed():
        print("Give the keys that you trust with --keys FILE.")
    _tell_record(answer)
    if answer.original is not None and answer.original.status is not None:
        # Its status is told as the original's own, far from the first line: it doesn't speak for the file.
        print("\nThe file names a certificate that was issued otherwise, as follows.")
        print(f"Status of that certificate: {answer.original.status.standing.value}.")
        _tell_record(answer.original)


def _tell_record(answer: Answer) -> None:
    status = answer.status
    if status and status.at and answer.issued:
        print(f"Since {date_text(status.at.astimezone(UTC))}.")
    if status and status.successor:
        stands = "" if status.successor.stands else ", which was revoked as well"
        print(f"In its place: {code_text(status.successor.code)}{stands}")
    if answer.snapshot is None and answer.credential is None:
        return
    facts = _facts(statement(answer.snapshot)) if answer.snapshot else _badge_facts(answer.credential or {})
    for term, words in facts:
        print(f"  {term:<12} {words}")
    if status is None or status.standing is Standing.UNTOLD:
        print("Whether it has been revoked since can only be told by the installation that issued it.")


def _facts(told: Statement) -> Iterator[tuple[str, str]]:
    yield "Holder", told.holder + (f" ({told.licence})" if told.licence else "")
    yield "Credit", hours_phrase(told.minutes)
    for category in told.categories:
        yield "", f"{category.name}: {category.minutes} minutes"
    for session in told.sessions:
        yield "Session", session.title
        yield "", session.when
        yield "", f"{session.how}; {session.host}"
        yield "", session.amount
    if told.reckoning:
        yield "In all", told.reckoning
    yield "Approved by", told.approval
    yield "Issued by", f"{told.issuer}, {told.place}, {told.issued_on}"
    yield "Counted by", told.policy
    yield "Code", told.code
    yield "Serial", told.serial
    yield "Key", told.key
    yield "Fingerprint", told.fingerprint


def _badge_facts(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a badge says, where no record of ours says it better."""
    subject = told["credentialSubject"]
    yield "Badge", str(told.get("name", ""))
    for held in subject.get("verifiableCredential", ()):
        yield "", f"{held['name']}, {code_text(number_of(held['id']) or '')}"
    for one in subject.get("identifier", ()):
        if one.get("identityType") == "name":
            yield "Holder", str(one["identityHash"])
    for described in subject.get("achievement", {}).get("resultDescription", ()):
        minutes = [x["value"] for x in subject["result"] if x["resultDescription"] == described["id"]]
        yield "", f"{described['name']}: {', '.join(minutes)}"
    yield "Issued by", f"{told['issuer']['name']}, {told['validFrom'][:10]}"
    if number := number_of(told["id"]):
        yield "Code", code_text(number)


def _list(arguments: argparse.Namespace) -> int:
    with _installation() as (database, at):
        found = list(_listed(database, arguments.district, at))
    if arguments.json:
        print(json.dumps([_listed_document(slug, row) for slug, row in found], ensure_ascii=False, indent=2))
        return 0
    for _, row in found:
        print(f"{row.serial}  {row.code}  {row.status:<10}  {row.holder}")
    if not found:
        say("No certificate has left the house yet.")
    return 0


def _listed(database: Database, slug: str | None, at: datetime) -> Iterator[tuple[str, Listed]]:
    with database.session(None) as session:
        places = [place for place in districts(session) if slug in (None, place.slug)]
    if slug is not None and not places:
        raise NotHere("no_district", f"There is no district {slug} here.")
    for place in places:
        with database.session(place.id) as session:
            scope, after = Scope(session, place, at), 0
            while batch := certificates(scope, limit=_BATCH, after_id=after):
                yield from ((place.slug, row) for row in batch)
                after = batch[-1].id


def _listed_document(slug: str, row: Listed) -> dict[str, object]:
    return {
        "serial": row.serial,
        "code": row.code,
        "status": row.status,
        "holder": row.holder,
        "district": slug,
        "title": row.title,
        "minutes": row.minutes,
        "issued_at": row.issued_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def _render(arguments: argparse.Namespace) -> int:
    number = number_of(arguments.serial)
    with _installation() as (database, at):
        with database.session(None, installation=True) as doors:
            district_id = district_of_code(doors, number) if number else None
        if number is None or district_id is None:
            raise NotHere("no_certificate", "No certificate has this serial or code.")
        with database.session(district_id) as session:
            issued = anything_issued(session, number)
    if issued is None:
        raise NotHere("no_certificate", "No certificate has this serial or code.")
    if verification.standing_of(issued, at).standing is Standing.WITHHELD:
        raise NotNow("not_released", "It hasn’t left the house: the decision can still be undone, or was.")
    if verification.sound_snapshot(issued) is None:
        raise Refusal("damaged", "Its record doesn’t fit its signature. Run: pdtracker doctor")
    _write(arguments.output, verification.pdf_of(issued))
    return 0


def _write(output: str, data: bytes) -> None:
    """Write the whole file or none of it."""
    if output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(output)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Refusal("output", f"{output} can’t be written: {error.strerror or error}.") from error
    say(f"{output}: {len(data):,} bytes.")


@contextmanager
def _installation() -> Iterator[tuple[Database, datetime]]:
    """The installation's database, and the moment; refuses in a sentence where it can't be read."""
    if not is_installed():
        raise Refusal(
            "no_installation", "There is no installation here. Set PDTRACKER_INSTANCE or DATABASE_URL."
        )
    database = Database(load_settings().database_url)
    try:
        yield database, datetime.now(UTC)
    except sa.exc.SQLAlchemyError as error:
        told = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise Refusal("database", f"The database can’t be read ({told}). Run: pdtracker doctor") from error
    finally:
        database.dispose()
