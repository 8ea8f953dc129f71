"""The names of certificates and of the keys that sign them: serials, printed codes, key ids.

Serials and codes are written in Crockford's base32, which has no I, L, O and U, and read as people type them.
"""

from __future__ import annotations

import hashlib
from typing import Final

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERIAL_LETTERS: Final = 26
CODE_LETTERS: Final = 16

_SERIAL_BYTES: Final = 16
_CODE_BYTES: Final = 10
_HYPHENS: Final = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_serial(random: bytes) -> str:
    """The serial for 16 random bytes: 26 letters of Crockford's base32, unguessable, never reused."""
    if len(random) != _SERIAL_BYTES:
        raise ValueError("a serial is made of 16 random bytes")
    return _crockford(int.from_bytes(random), SERIAL_LETTERS)


def new_code(random: bytes) -> str:
    """The printed code for 10 random bytes: 16 letters (80 bits) without I, L, O, U.

    All letters are random, none is a check letter: with a thousand million codes in use a mistyped letter meets
    another certificate once in 10^15 tries, and a mistyped code must get the same answer as an unknown one.
    """
    if len(random) != _CODE_BYTES:
        raise ValueError("a code is made of 10 random bytes")
    return _crockford(int.from_bytes(random), CODE_LETTERS)


def number_of(text: str) -> str | None:
    """The code or serial that a person meant, in its own spelling; `None` when it can be neither.

    Any case, spaces and hyphens of every kind, O for 0, I or L for 1, or the whole address.
    """
    last = text.strip().rstrip("/").rsplit("/", 1)[-1]
    number = "".join(letter for letter in last if not letter.isspace() and letter not in _HYPHENS)
    if not number.isascii():
        return None
    number = number.upper().translate(_ALIKE)
    lengths = (CODE_LETTERS, SERIAL_LETTERS)
    return number if any(is_spelled(number, letters) for letters in lengths) else None


def code_text(code: str) -> str:
    """The code as it is printed and read aloud: groups of four."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def kid_of(public_key: bytes) -> str:
    """The name of a signing key: the first 16 hexadecimal digits of its public half's SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def is_spelled(text: str, letters: int) -> bool:
    """Whether the text is so many letters of Crockford's alphabet, in the spelling that is kept."""
    return len(text) == letters and all(letter in CROCKFORD for letter in text)


def _crockford(number: int, letters: int) -> str:
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(letters)))
