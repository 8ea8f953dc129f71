"""Whom a badge is for: an address as a salted hash, which only who knows the address can find again (Open Badges)."""

from __future__ import annotations

import hashlib


def salt_of(serial: str) -> str:
    """The salt for the recipient of the certificate with this serial; each has its own, and the badge tells it."""
    return hashlib.sha256(f"recipient {serial}".encode()).hexdigest()[:32]


def identity_hash(serial: str, email: str) -> str:
    """SHA-256 of the address and the certificate's salt, 64 hexadecimal digits."""
    return hashlib.sha256(f"{email}{salt_of(serial)}".encode()).hexdigest()
