"""The audit trail: one entry for each thing that happened, chained by hash within a district.

An entry is written in the transaction of the action that it tells of. Each entry's hash covers the hash before
it, so an edited or removed entry is found by walking the chain (`first_break`); a cut-off end is found only by
comparing with a checkpoint that left the house.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.models.ids import new_id
from pdtracker.models.records import AuditEntry, AuditHead

GENESIS = "0" * 64

COLUMNS = (
    AuditEntry.seq,
    AuditEntry.at,
    AuditEntry.by_person_id,
    AuditEntry.by_name,
    AuditEntry.action,
    AuditEntry.subject,
    AuditEntry.subject_id,
    AuditEntry.facts,
    AuditEntry.previous_hash,
    AuditEntry.hash,
)
"""What an entry is made of: all that its hash covers, and the hash."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What an action did to one subject; `facts` are JSON values without secrets."""

    action: str
    subject: str
    subject_id: int
    facts: Mapping[str, Any] = field(default_factory=dict)


def append(
    session: DistrictSession,
    entries: Sequence[Happened],
    *,
    at: datetime,
    by_person_id: int | None,
    by_name: str,
) -> None:
    """Write the entries at the end of the district's chain, in the running transaction.

    The chain's head is locked from here to the commit, so it is called last.
    """
    head = session.scalar(sa.select(AuditHead).with_for_update())
    if head is None:
        head = AuditHead(seq=0, hash=GENESIS)
        session.add(head)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        row: dict[str, Any] = {
            "id": new_id(),
            "seq": head.seq + 1,
            "at": at,
            "by_person_id": by_person_id,
            "by_name": by_name,
            "action": entry.action,
            "subject": entry.subject,
            "subject_id": entry.subject_id,
            "facts": dict(entry.facts),
            "previous_hash": head.hash,
        }
        row["hash"] = entry_hash(row)
        head.seq, head.hash = head.seq + 1, row["hash"]
        rows.append(row)
    session.flush()
    session.insert_rows(AuditEntry, rows)


def entry_hash(row: Mapping[str, Any]) -> str:
    """The SHA-256 of an entry's canonical JSON, its predecessor's hash included."""
    told = {
        "seq": row["seq"],
        "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        "by_person_id": row["by_person_id"],
        "by_name": row["by_name"],
        "action": row["action"],
        "subject": row["subject"],
        "subject_id": row["subject_id"],
        "facts": row["facts"],
        "previous_hash": row["previous_hash"],
    }
    return hashlib.sha256(
        json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def first_break(session: DistrictSession) -> int | None:
    """The number of the first entry of this district that doesn't fit the chain; `None` when it is whole."""
    expected, previous = 1, GENESIS
    for row in session.execute(sa.select(*COLUMNS).order_by(AuditEntry.seq)).yield_per(1000):
        if row.seq != expected or row.previous_hash != previous or row.hash != entry_hash(row._asdict()):
            return expected
        expected, previous = expected + 1, row.hash
    head = session.scalar(sa.select(AuditHead))
    if (head.seq, head.hash) != (expected - 1, previous) if head else expected != 1:
        return expected
    return None
