"""`pdtracker audit verify|checkpoint|pack`: walks the chains, signs how far they have grown, packs an audit’s files."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pdtracker.actions.audit_packs import note_written
from pdtracker.audit import first_break
from pdtracker.backup import kept_checkpoints
from pdtracker.blobs import BlobStore
from pdtracker.db import Database
from pdtracker.domain.audit_pack import MOST_CLAIMS, PackOf
from pdtracker.domain.refs import id_of
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.when import date_text
from pdtracker.packing import write_pack
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.audit_packs import pack_subject
from pdtracker.queries.certificates import every_public_key
from pdtracker.queries.checkpoints import (
    LIMIT_BYTES,
    Checkpoint,
    checkpoints_document,
    departure,
    every_checkpoint,
    of_checkpoints_document,
    written_checkpoints,
)
from pdtracker.queries.kept_keys import of_keys_document
from pdtracker.queries.outbox import districts
from pdtracker.queries.people import member_of_address
from pdtracker.scope import Scope
from pdtracker.settings import load_settings
from pdtracker.terminal import say

T = TypeVar("T")


def register(subparsers: Any) -> None:
    """Adds `audit verify`, `audit checkpoint` and `audit pack`."""
    verbs = subparsers.add_parser("audit", help="verify the audit trail").add_subparsers(
        metavar="VERB", required=True
    )
    verify = verbs.add_parser(
        "verify",
        help="exit 0 when every chain is whole, 1 when one is broken",
        description="Walks every chain. A chain that was cut off or written anew as a whole is found with "
        "--checkpoint, by what was kept elsewhere.",
    )
    verify.add_argument(
        "--checkpoint",
        action="append",
        default=[],
        metavar="FILE",
        help="what audit checkpoint wrote before, what officers got by mail, or a backup; as often as needed",
    )
    verify.add_argument(
        "--keys",
        metavar="FILE",
        help="with --checkpoint: public keys, as kept from https://…/.well-known/pdtracker-keys.json, "
        "instead of those in the database",
    )
    verify.set_defaults(run=_verify)
    verbs.add_parser(
        "checkpoint",
        help="write how far every chain has grown, signed; keep it elsewhere",
        description="Prints the number and hash of each chain's last entry, signed by the district's key. Kept where "
        "nobody who can write the database can write, it shows later that nothing was cut off or written anew.",
    ).set_defaults(run=_checkpoint)
    _register_pack(verbs)


def _register_pack(verbs: Any) -> None:
    pack = verbs.add_parser(
        "pack",
        help="everything about one event or one person in one ZIP",
        description="Writes a ZIP with a cover, the lists and the files that a district has about an event or a "
        "person, and the hash of each. The audit trail keeps that it was written.",
    )
    pack.add_argument("district", metavar="DISTRICT")
    pack.add_argument("file", metavar="FILE", help="a file that isn't there yet")
    of = pack.add_mutually_exclusive_group(required=True)
    of.add_argument("--event", metavar="ID", help="as in the event's address")
    of.add_argument("--person", metavar="E-MAIL")
    pack.set_defaults(run=_pack)


def _pack(arguments: argparse.Namespace) -> int:
    settings, target = load_settings(), Path(arguments.file)
    database = Database(settings.database_url)
    try:
        with database.session(None, installation=True) as session:
            district = district_by_slug(session, arguments.district)
        if district is None:
            raise Refusal("district", f"There is no district {arguments.district}.")
        with database.session(district.id) as session:
            scope = Scope(session, district, datetime.now(UTC).replace(microsecond=0))
            subject = pack_subject(scope, *_asked(scope, arguments))
            try:
                with target.open("xb") as out:
                    made = write_pack(scope, BlobStore(settings.evidence), subject, out, MOST_CLAIMS)
            except FileExistsError as error:
                raise Refusal("file", f"{target} is already there. Choose another name.") from error
            with target.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            note_written(scope, subject, made.claims, digest)
    finally:
        database.dispose()
    say(f"{target}: {made.claims:,} claims, {made.files:,} files of evidence. SHA-256 {digest}")
    for one in made.missing:
        say(one)
    return 1 if made.missing else 0


def _asked(scope: Scope, arguments: argparse.Namespace) -> tuple[PackOf, int]:
    if arguments.person is not None:
        found = member_of_address(scope.session, arguments.person)
        if found is None:
            raise Refusal("person", f"Nobody of the district has the address {arguments.person}.")
        return PackOf.PERSON, found.person.id
    try:
        return PackOf.EVENT, id_of(arguments.event)
    except ValueError as error:
        raise Refusal("event", "An event’s id is the last part of its address.") from error


def _verify(arguments: argparse.Namespace) -> int:
    if arguments.keys is not None and not arguments.checkpoint:
        raise Refusal("keys", "The keys check checkpoints. Give those as well, with --checkpoint FILE.")
    kept = defaultdict(list)
    for file in arguments.checkpoint:
        for one in _kept(file):
            kept[one.district].append(one)
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        return _walk(database, kept, _public_keys(database, arguments.keys))
    finally:
        database.dispose()


def _walk(database: Database, kept: dict[str, list[Checkpoint]], keys: dict[str, bytes]) -> int:
    broken = False
    with database.session(None, installation=True) as session:
        everyone = districts(session)
    for district in everyone:
        with database.session(district.id) as session:
            first = first_break(session)
            print(f"{district.slug}: {'whole' if first is None else f'broken at entry {first}'}")
            broken = broken or first is not None
            for one in written_checkpoints(session, district.slug):
                if told := departure(session, one, keys):
                    print(f"{district.slug}: pdtracker’s own checkpoint of {_day(one)} {told}")
                    broken = True
            for one in kept.pop(district.slug, ()):
                told = departure(session, one, keys)
                print(f"{district.slug}: the checkpoint of {_day(one)} {told or 'agrees'}")
                broken = broken or told is not None
    for slug, unknown in kept.items():
        print(f"{slug}: no such district is here, though {len(unknown)} of its checkpoints were kept")
        broken = True
    return 1 if broken else 0


def _checkpoint(_arguments: argparse.Namespace) -> int:
    settings = load_settings()
    database = Database(settings.database_url)
    try:
        secrets = (settings.secret_key, *settings.secret_key_fallbacks)
        made = every_checkpoint(database, secrets, datetime.now(UTC))
    finally:
        database.dispose()
    print(json.dumps(checkpoints_document(made), ensure_ascii=False, indent=2))
    return 0


def _public_keys(database: Database, file: str | None) -> dict[str, bytes]:
    if file is None:
        return {key.kid: key.public_key for key in every_public_key(database)}
    return _understood(file, of_keys_document).public_keys


def _kept(file: str) -> tuple[Checkpoint, ...]:
    """The checkpoints of a file, which can also be a backup that carries some."""
    of_backup = kept_checkpoints(Path(file))
    return _understood(file, of_checkpoints_document, of_backup)


def _understood(file: str, read: Callable[[bytes], T], content: bytes | None = None) -> T:
    """What a file says, or its `content` as given; refused with its name where it says nothing of the kind."""
    try:
        return read(_read(file) if content is None else content)
    except ValueError as error:
        raise Refusal("file", f"{file}: {error}") from error


def _read(file: str) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise Refusal("file", f"{file} can’t be read: {error.strerror or error}.") from error
    if len(data) > LIMIT_BYTES:
        raise Refusal("file", f"{file} is larger than any that we write.")
    return data


def _day(one: Checkpoint) -> str:
    return date_text(one.at.astimezone(UTC))
