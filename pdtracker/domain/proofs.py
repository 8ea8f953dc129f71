"""Data Integrity proofs by `eddsa-jcs-2022` (W3C): which bytes are signed, and how keys and signatures are written.

A document is signed as canonical JSON (RFC 8785), so that a program without JSON-LD can check it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pdtracker.domain.canonical import Json, canonical, instant_text

CRYPTOSUITE: Final = "eddsa-jcs-2022"
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519: Final = b"\xed\x01"
"""What multicodec puts before a public key of Ed25519."""
_LONGEST: Final = 200


def did_of(public_key: bytes) -> str:
    """The key as a name that carries it: `did:key:z6Mk...`."""
    return f"did:key:{base58(_ED25519 + public_key)}"


def method_of(public_key: bytes) -> str:
    """The one verification method of that name."""
    did = did_of(public_key)
    return f"{did}#{did.removeprefix('did:key:')}"


def proof_options(context: Json, public_key: bytes, at: datetime) -> dict[str, Json]:
    """The proof but for its value."""
    return {
        "@context": context,
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": instant_text(at),
        "verificationMethod": method_of(public_key),
        "proofPurpose": "assertionMethod",
    }


def signed_bytes(document: Mapping[str, Json], options: Mapping[str, Json]) -> bytes:
    """What the key signs: the hashes of the proof's options and of the document without a proof, both canonical."""
    return b"".join(hashlib.sha256(canonical(part)).digest() for part in (options, document))


def base58(data: bytes) -> str:
    """The bytes in multibase's base58btc: `z` and Bitcoin's alphabet."""
    number, text = int.from_bytes(data), ""
    while number:
        number, letter = divmod(number, len(_BASE58))
        text = _BASE58[letter] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def of_base58(text: str) -> bytes:
    """The bytes back. Raises ValueError."""
    if not text.startswith("z") or len(text) > _LONGEST:
        raise ValueError("not written in base58btc")
    number = 0
    for letter in text[1:]:
        number = number * len(_BASE58) + _BASE58.index(letter)
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
