"""The signed record inside each certificate: snapshot, signature and public key as one canonical JSON file.

The file can be read by a person and checked with any Ed25519 library: the signature is over the canonical JSON
(RFC 8785) of its member `snapshot`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from pdtracker.domain.canonical import canonical
from pdtracker.domain.certificate import LIMIT_BYTES, NotASnapshot, Snapshot

NAME: Final = "certificate.json"
BADGE_NAME: Final = "badge.jwt"
"""What the badge beside it is called."""
SCHEMA: Final = "pdtracker.signed/1"
ALGORITHM: Final = "Ed25519"
RECORD_LIMIT_BYTES: Final = LIMIT_BYTES + 1024

_MEMBERS: Final = {"algorithm", "kid", "public_key", "schema", "signature", "snapshot"}


class NotARecord(ValueError):
    """The attached file is not a signed record as we write it."""


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A snapshot with its canonical bytes, the signature over them, and the public key that should fit."""

    snapshot: Snapshot
    canonical: bytes
    signature: bytes
    public_key: bytes

    def to_bytes(self) -> bytes:
        """The attached file: canonical JSON, with the snapshot's own bytes inside."""
        head = (
            f'{{"algorithm":"{ALGORITHM}","kid":"{self.snapshot.key}","public_key":"{self.public_key.hex()}",'
            f'"schema":"{SCHEMA}","signature":"{self.signature.hex()}","snapshot":'
        )
        return head.encode() + self.canonical + b"}"

    @classmethod
    def from_bytes(cls, data: bytes) -> SignedRecord:
        """The record that was written as exactly these bytes. Raises NotARecord."""
        if len(data) > RECORD_LIMIT_BYTES:
            raise NotARecord("longer than any record")
        try:
            document = json.loads(data.decode())
            if not isinstance(document, dict) or set(document) != _MEMBERS:
                raise NotARecord("other members than a record has")
            inner = canonical(document["snapshot"])
            record = cls(
                Snapshot.from_bytes(inner),
                inner,
                bytes.fromhex(document["signature"]),
                bytes.fromhex(document["public_key"]),
            )
        except (NotASnapshot, ValueError, TypeError, RecursionError) as problem:
            raise NotARecord(str(problem)) from problem
        if record.to_bytes() != data:
            raise NotARecord("not in canonical form")
        return record
