"""The badge inside a certificate's PDF: a token, made once at issue and kept, so that the file is the same for ever.

A token because it is made in a fraction of a millisecond, and because its signature covers its very letters. What pages
say of a certificate may change with the program; so what was signed is kept, not made again.
"""

from __future__ import annotations

import base64
import uuid
import zlib
from typing import Final

from pdtracker.domain.canonical import instant_text, nfc
from pdtracker.domain.certificate import Snapshot
from pdtracker.exchange.open_badges import sealing
from pdtracker.exchange.open_badges.credential import Certified, credential

NAME: Final = "badge.jwt"
LIMIT_BYTES: Final = 524_288
_SIGNATURE_BYTES: Final = 64
_LEVEL: Final = 9


def token_of(certified: Certified, sign: sealing.Sign) -> str:
    """The certificate's badge as a token."""
    return sealing.token(credential(certified), certified.public_key, sign, subject_of(certified.snapshot))


def subject_of(snapshot: Snapshot) -> str:
    """What a token calls the person, who is told by identifiers only: a token needs a name for its subject."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{snapshot.address}#holder").urn


def packed(token: str) -> bytes:
    """The token in a third of its length: its signature, then its header and what it says, compressed."""
    header, payload, signature = (_unpacked(part) for part in token.split("."))
    return signature + zlib.compress(header + b"\n" + payload, _LEVEL)


def unpacked(kept: bytes) -> bytes:
    """The token, letter for letter, from what is kept of it."""
    header, payload = zlib.decompress(kept[_SIGNATURE_BYTES:]).split(b"\n")
    return b".".join(map(_packed, (header, payload, kept[:_SIGNATURE_BYTES])))


def is_badge_of(snapshot: Snapshot, public_key: bytes, data: bytes, fits: sealing.Fits) -> bool:
    """Whether the bytes are a badge of this certificate, signed with this key. Never raises.

    A code is given once, so what the key signed under the certificate's address is its badge, and no other's.
    """
    if len(data) > LIMIT_BYTES:
        return False
    try:
        told, signer = sealing.token_signer(data.decode("ascii"), fits)
    except (sealing.Broken, sealing.NoSuchKey, ValueError):
        return False
    return (
        signer.public_key == public_key
        and told.get("id") == snapshot.address
        and told.get("name") == nfc(snapshot.title)
        and told.get("validFrom") == instant_text(snapshot.issued_at)
    )


def _packed(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _unpacked(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
