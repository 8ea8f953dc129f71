"""Passwords: hashed with argon2id, checked a few at a time, and refused when they are among the first to be guessed."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

FEWEST_CHARACTERS = 12
MOST_CHARACTERS = 200
AT_ONCE = 2

# OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
# A rush of sign-ins waits its turn instead of taking 19 MiB and a core each.
_turns = threading.BoundedSemaphore(AT_ONCE)
_FEWEST_DIFFERENT = 5


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the password was right, and whether its hash was made with older settings."""

    is_right: bool
    is_outdated: bool = False


def hash_password(password: str) -> str:
    """The hash to store."""
    with _turns:
        return _hasher.hash(_normal(password))


def check_password(stored: str | None, password: str) -> Verdict:
    """Whether `password` made `stored`. For nobody (`None`) the same work is done, and the answer is no."""
    known = stored if stored is not None else _nobodys_hash()
    with _turns:
        try:
            _hasher.verify(known, _normal(password[: MOST_CHARACTERS * 2]))
        except (VerificationError, InvalidHashError):
            return Verdict(is_right=False)
    return Verdict(is_right=stored is not None, is_outdated=_hasher.check_needs_rehash(known))


def weakness(password: str, about: Iterable[str] = ()) -> str | None:
    """Why the password can't be taken, as a sentence; `None` when it can.

    Long is what counts: no digits or signs are asked for. Refused are the ones that everybody tries first, and what
    is `about` the person (name, address).
    """
    if len(password) < FEWEST_CHARACTERS:
        return f"Use at least {FEWEST_CHARACTERS} characters. Three or four words that don't belong together do well."
    if len(password) > MOST_CHARACTERS:
        return f"Use at most {MOST_CHARACTERS} characters."
    folded = _normal(password).casefold()
    letters = "".join(sign for sign in folded if sign.isalnum())
    if len(set(folded)) < _FEWEST_DIFFERENT or folded in _common() or _is_common(letters):
        return "This is one of the passwords that are tried first. Choose another one."
    if any(
        part and (letters in part or (len(part) > len(letters) // 2 and part in letters))
        for part in _plain(about)
    ):
        return "Somebody who knows you would try this. Choose something without your name or address."
    return None


def _normal(password: str) -> str:
    # The same keys on a phone and on a desk may give different code points for one letter.
    return unicodedata.normalize("NFKC", password)


def _is_common(letters: str) -> bool:
    """A common one, also said twice, with digits or a year after it, or with the usual digits for letters."""
    bare = letters.rstrip("0123456789")
    for text in {
        letters,
        bare,
        letters.lstrip("0123456789"),
        letters.translate(_LEET),
        bare.translate(_LEET),
    }:
        half = text[: len(text) // 2]
        if text in _common() or (
            half and half * 2 == text and (half in _common() or len(half) < _FEWEST_DIFFERENT)
        ):
            return True
        if len(text) <= 3:
            return True
    return False


_LEET = str.maketrans("013457$@", "oleastsa")


def _plain(about: Iterable[str]) -> set[str]:
    parts: set[str] = set()
    for text in about:
        parts.add("".join(sign for sign in text.casefold() if sign.isalnum()))
        parts.add("".join(sign for sign in text.casefold().partition("@")[0] if sign.isalnum()))
    return {part for part in parts if len(part) >= 4}


@cache
def _common() -> frozenset[str]:
    words = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split()
    return frozenset(words)


@cache
def _nobodys_hash() -> str:
    """The hash of a password that nobody has, so that an unknown address takes as long as a known one."""
    return _hasher.hash("nobody's password, for everybody who isn't there")
