"""The published status list of a district: one bit for each certificate, after W3C's Bitstring Status List 1.0.

A certificate's place in the list follows from its serial, which is random: the place tells nothing of when it was
issued, and whoever holds a certificate finds its bit without asking anybody. Serials are drawn until their place is
free, so that no two certificates of a district share one. A certificate from before there were lists, whose place
another one had, stands `elsewhere`, as its list says.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

PLACES: Final = 2**24
"""The bits of a list; the standard asks for 131,072 at least. Few are set, so that it packs into some kilobytes."""
_PLACE_BYTES: Final = 3
_BITS: Final = 8
_PACKED_LIMIT_BYTES: Final = 4_194_304
_BASE64URL: Final = "u"
"""What multibase puts before base64url without padding."""


class Purpose(StrEnum):
    """What a set bit says: that the certificate is no longer in force, or that a newer one took its place."""

    REVOCATION = "revocation"
    REFRESH = "refresh"


def place_of(serial: str) -> int:
    """The certificate's place in its district's lists: the first 24 bits of its serial's SHA-256."""
    return int.from_bytes(hashlib.sha256(serial.encode()).digest()[:_PLACE_BYTES])


def mark_of(serial: str) -> str:
    """What a certificate is called where its serial is not to be told: that opens its page."""
    return hashlib.sha256(serial.encode()).hexdigest()[:32]


def encoded(places: Iterable[int]) -> str:
    """The list with these bits set, the first one leftmost, packed with GZIP, in multibase's base64url."""
    bits = bytearray(PLACES // _BITS)
    for place in places:
        bits[place // _BITS] |= 0x80 >> place % _BITS
    # Without the moment of packing: the same list is the same bytes.
    packed = gzip.compress(bits, compresslevel=6, mtime=0)
    return _BASE64URL + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The bits of a list. Raises ValueError for what is none of ours; never unpacks more than ours has."""
    if not text.startswith(_BASE64URL) or len(text) > _PACKED_LIMIT_BYTES:
        raise ValueError("not a list of bits")
    try:
        packed = base64.b64decode(text[1:] + "=" * (-(len(text) - 1) % 4), altchars=b"-_", validate=True)
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as opened:
            bits = opened.read(PLACES // _BITS + 1)
    except (ValueError, EOFError, OSError) as problem:
        raise ValueError("not a list of bits") from problem
    if len(bits) != PLACES // _BITS:
        raise ValueError("a list of another length than ours")
    return bits


def is_set(bits: bytes, place: int) -> bool:
    """Whether the bit at this place is set."""
    return bool(bits[place // _BITS] & 0x80 >> place % _BITS)
