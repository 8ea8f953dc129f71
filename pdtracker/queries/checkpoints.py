"""Checkpoints of the audit trail: how far a district's chain has grown, signed, to be kept outside of the database.

Whoever can write the database can write a whole new chain, or cut the end of one together with its head. Somebody who
kept a checkpoint elsewhere finds that: the entry with its number must still be there, with its hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from pdtracker import signing
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.canonical import canonical, instant_of, instant_text, members, text_of, whole_of
from pdtracker.domain.checkpoint import Officer
from pdtracker.models.checkpoints import CheckpointOfficers, TrailCheckpoint
from pdtracker.models.records import AuditEntry, AuditHead
from pdtracker.queries.outbox import districts
from pdtracker.queries.status_lists import opened_key
from pdtracker.scope import Scope

SCHEMA: Final = "pdtracker.checkpoints/1"
LIMIT_BYTES: Final = 16_777_216
_MEMBERS: Final = "district seq hash at key signature"
_NO_FILE: Final = "This is no file of checkpoints as pdtracker audit checkpoint writes it."


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """That a district's chain ended with entry `seq` of this hash at this moment, by the key of that name."""

    district: str
    seq: int
    hash: str
    at: datetime
    key: str
    signature: bytes = b""

    @property
    def signed_bytes(self) -> bytes:
        """What is signed: everything else in canonical JSON."""
        return canonical({"schema": SCHEMA, **self._told()})

    def to_document(self) -> dict[str, Any]:
        """The checkpoint for a file."""
        return {**self._told(), "signature": self.signature.hex()}

    def _told(self) -> dict[str, Any]:
        return {
            "district": self.district,
            "seq": self.seq,
            "hash": self.hash,
            "at": instant_text(self.at),
            "key": self.key,
        }


def checkpoint(
    session: DistrictSession, district: str, secrets: tuple[str, ...], at: datetime
) -> Checkpoint | None:
    """The end of a district's chain, signed by its newest key; none for a district without a key. Two statements.

    Raises KeyLocked when none of the secrets opens the key.
    """
    key = opened_key(session, secrets)
    head = session.execute(sa.select(AuditHead.seq, AuditHead.hash)).one_or_none()
    if key is None or head is None:
        return None
    unsigned = Checkpoint(district, head.seq, head.hash, at, key.kid)
    return Checkpoint(
        district, head.seq, head.hash, at, key.kid, signing.sign(key.private, unsigned.signed_bytes)
    )


def every_checkpoint(database: Database, secrets: tuple[str, ...], at: datetime) -> list[Checkpoint]:
    """The end of each district's chain as it stands, signed; without the districts whose key no secret opens."""
    made = []
    with database.session(None, installation=True) as session:
        everyone = districts(session)
    for district in everyone:
        with database.session(district.id) as session:
            try:
                one = checkpoint(session, district.slug, secrets, at)
            except signing.KeyLocked:
                continue
            if one is not None:
                made.append(one)
    return made


def departure(session: DistrictSession, kept: Checkpoint, keys: Mapping[str, bytes]) -> str | None:
    """In what the chain departs from a checkpoint, as the end of a sentence; `None` when it agrees. One statement.

    `keys` are the public halves by name of those who may have signed it.
    """
    public = keys.get(kept.key)
    if public is None:
        return "is signed by a key that isn’t known"
    if not signing.verify(public, kept.signed_bytes, kept.signature):
        return "doesn’t fit its signature: the file was changed"
    found = session.scalar(sa.select(AuditEntry.hash).where(AuditEntry.seq == kept.seq))
    if found is None:
        return f"names entry {kept.seq}, which is no longer there: the end of the chain was cut off"
    return None if found == kept.hash else f"names another entry {kept.seq}: the chain was written anew"


@dataclass(frozen=True, slots=True)
class Keepers:
    """Who gets the checkpoints, and who said so when; nobody where `officers` is empty."""

    officers: tuple[Officer, ...] = ()
    by_person_id: int | None = None
    named_at: datetime | None = None


def keepers(session: DistrictSession) -> Keepers:
    """The officers of a district as they were last named. One statement."""
    row = session.execute(
        sa.select(
            CheckpointOfficers.by_person_id,
            CheckpointOfficers.named_at,
            CheckpointOfficers.first_name,
            CheckpointOfficers.first_email,
            CheckpointOfficers.second_name,
            CheckpointOfficers.second_email,
        )
        .order_by(CheckpointOfficers.named_at.desc(), CheckpointOfficers.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return Keepers()
    officers = (Officer(row.first_name, row.first_email), Officer(row.second_name, row.second_email))
    return Keepers(officers if row.first_email else (), row.by_person_id, row.named_at)


def has_checkpoint(scope: Scope, on: date) -> bool:
    """Whether the day's checkpoint is written. One statement."""
    there = sa.select(TrailCheckpoint.id).where(TrailCheckpoint.written_on == on)
    return scope.session.scalar(there) is not None


def written_checkpoints(
    session: DistrictSession, district: str, limit: int | None = None
) -> tuple[Checkpoint, ...]:
    """The checkpoints of a district that the house kept itself, the newest first. One statement."""
    rows = session.execute(
        sa.select(
            TrailCheckpoint.seq,
            TrailCheckpoint.hash,
            TrailCheckpoint.at,
            TrailCheckpoint.kid,
            TrailCheckpoint.signature,
        )
        .order_by(TrailCheckpoint.written_on.desc())
        .limit(limit)
    )
    return tuple(Checkpoint(district, *row) for row in rows)


def checkpoints_document(kept: list[Checkpoint]) -> dict[str, Any]:
    """The checkpoints for a file; `of_checkpoints_document` reads them back."""
    return {"schema": SCHEMA, "checkpoints": [one.to_document() for one in kept]}


def of_checkpoints_document(data: bytes) -> tuple[Checkpoint, ...]:
    """The checkpoints of a kept file. Raises ValueError with a sentence for what is none."""
    try:
        document = json.loads(data)
        if document["schema"] != SCHEMA:
            raise ValueError(SCHEMA)
        return tuple(_read(member) for member in document["checkpoints"])
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise ValueError(_NO_FILE) from problem


def _read(member: object) -> Checkpoint:
    told = members(member, _MEMBERS)
    return Checkpoint(
        district=text_of(told["district"]),
        seq=whole_of(told["seq"]),
        hash=text_of(told["hash"]),
        at=instant_of(told["at"]),
        key=text_of(told["key"]),
        signature=bytes.fromhex(text_of(told["signature"])),
    )
