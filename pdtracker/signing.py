"""A district's Ed25519 keys: made, named, kept locked at rest, and used to sign and to verify.

A key is named by the beginning of its public half's SHA-256 (the "kid"), so that a printed certificate names the key
that can check it. The private half is stored locked with AES-256-GCM under a key drawn from the installation's secret;
whoever reads the database alone cannot sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from pdtracker import sealing
from pdtracker.domain.codes import kid_of

PUBLIC_BYTES: Final = 32
PRIVATE_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_SHORTEST_RSA_BITS: Final = 2048
_LONGEST_RSA_BITS: Final = 8192

_PURPOSE: Final = b"pdtracker signing key"


class KeyLocked(Exception):
    """None of the installation's secrets opens this private key."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A new pair: its name, its public half, and its private half, which is never shown."""

    kid: str
    public: bytes
    private: bytes = field(repr=False)


def new_key() -> SigningKey:
    """A fresh pair from the system's randomness."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return SigningKey(kid_of(public), public, private.private_bytes_raw())


def sign(private: bytes, data: bytes) -> bytes:
    """The signature (64 bytes) of the data; the same data and key always give the same signature."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(data)


def verify(public: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the signature is of exactly this data, by the other half of this key. Never raises for wrong bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_rs256(modulus: int, exponent: int, data: bytes, signature: bytes) -> bool:
    """Whether an RSA signature (PKCS #1, SHA-256) is of exactly this data. Never raises for wrong bytes.

    Nothing of ours is signed so; badges of other issuers are. A key too short to be relied on fits nothing.
    """
    if not _SHORTEST_RSA_BITS <= modulus.bit_length() <= _LONGEST_RSA_BITS:
        return False
    try:
        key = RSAPublicNumbers(exponent, modulus).public_key()
        key.verify(signature, data, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def lock(private: bytes, kid: str, secret: str) -> bytes:
    """The private half locked for keeping; it opens only with this secret and for this key's name."""
    return sealing.lock(private, kid, secret, purpose=_PURPOSE)


def unlock(locked: bytes, kid: str, candidates: Sequence[str]) -> bytes:
    """The private half, by the first of the secrets (the current one, then its fallbacks) that opens it.

    Raises KeyLocked when none does.
    """
    try:
        return sealing.unlock(locked, kid, candidates, purpose=_PURPOSE)
    except sealing.Locked:
        raise KeyLocked(
            f"no secret of this installation opens signing key {kid}; add the former SECRET_KEY to"
            " SECRET_KEY_FALLBACKS"
        ) from None
