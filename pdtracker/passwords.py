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
_FEWEST_LETTERS = 3
_SIGNS_FOR_LETTERS = str.maketrans("013457$@", "oleastsa")


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
    if len(set(folded)) < _FEWEST_DIFFERENT or folded in _common() or _is_common(folded):
        return "This is one of the passwords that are tried first. Choose another one."
    letters = _letters(folded)
    if any(letters in part or (len(part) > len(letters) // 2 and part in letters) for part in _plain(about)):
        return "Somebody who knows you would try this. Choose something without your name or address."
    return None


def _normal(password: str) -> str:
    # The same keys on a phone and on a desk may give different code points for one letter.
    return unicodedata.normalize("NFKC", password)


def _is_common(folded: str) -> bool:
    """A common one, also said twice, with digits or a year around it, or with the usual signs for letters."""
    core = folded.strip("0123456789!?.*#$-_ ")
    for text in (folded, core, folded.translate(_SIGNS_FOR_LETTERS), core.translate(_SIGNS_FOR_LETTERS)):
        letters = _letters(text)
        half = letters[: len(letters) // 2]
        if letters in _common() or (half * 2 == letters and half in _common()):
            return True
    # Three letters and a row of digits are a row of digits.
    return len(core) <= _FEWEST_LETTERS and core != folded


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def _plain(about: Iterable[str]) -> set[str]:
    parts = {
        _letters(part) for text in about for part in (text.casefold(), text.casefold().partition("@")[0])
    }
    return {part for part in parts if len(part) > _FEWEST_LETTERS}


@cache
def _common() -> frozenset[str]:
    words = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").split()
    return frozenset(words)


@cache
def _nobodys_hash() -> str:
    """The hash of a password that nobody has, so that an unknown address takes as long as a known one."""
    return _hasher.hash("nobody's password, for everybody who isn't there")
