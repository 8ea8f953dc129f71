"""What is kept locked at rest: AES-256-GCM under a key drawn from the installation's secret.

Whoever reads the database alone opens nothing. What was locked for one purpose and one name opens for no other, so
that no row's contents can be put in another's place.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORM: Final = b"\x01"
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12


class Locked(Exception):
    """None of the secrets opens it."""


def lock(plain: bytes, name: str, secret: str, *, purpose: bytes) -> bytes:
    """What is to be kept, locked; it opens only with this secret, for this name and purpose."""
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    return _FORM + salt + nonce + AESGCM(_drawn(secret, salt, purpose)).encrypt(nonce, plain, name.encode())


def unlock(locked: bytes, name: str, candidates: Sequence[str], *, purpose: bytes) -> bytes:
    """What was locked, by the first of the secrets (the current one, then its fallbacks) that opens it.

    Raises Locked when none does.
    """
    form, rest = locked[:1], locked[1:]
    salt, nonce, sealed = (
        rest[:_SALT_BYTES],
        rest[_SALT_BYTES : _SALT_BYTES + _NONCE_BYTES],
        rest[_SALT_BYTES + _NONCE_BYTES :],
    )
    if form == _FORM and len(nonce) == _NONCE_BYTES:
        for secret in candidates:
            try:
                return AESGCM(_drawn(secret, salt, purpose)).decrypt(nonce, sealed, name.encode())
            except InvalidTag:
                continue
    raise Locked


def _drawn(secret: str, salt: bytes, purpose: bytes) -> bytes:
    """The AES key for one locked thing."""
    if not secret:
        raise ValueError("the installation has no secret")
    return HKDF(SHA256(), 32, salt, purpose).derive(secret.encode())
