"""`pdtracker audit verify|checkpoint`: walks the chain of every audit trail; writes how far they have grown, signed."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pdtracker.audit import first_break
from pdtracker.backup import kept_checkpoints
from pdtracker.db import Database
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.when import date_text
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
from pdtracker.settings import load_settings

T = TypeVar("T")


def register(subparsers: Any) -> None:
    """Adds `audit verify` and `audit checkpoint`."""
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
                    print(f"{district.slug}: the house’s own checkpoint of {_day(one)} {told}")
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
