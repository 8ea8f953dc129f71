"""How an id is written in addresses and fields: 13 letters and digits that can be read aloud and sort like the id."""

from __future__ import annotations

import re

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, in lower case: without i, l, o and u, which are taken for other letters."""

LENGTH = 13
# An id has 63 bits, so the first of 13 letters carries only three.
PATTERN = r"[0-7][0-9a-hjkmnp-tv-z]{12}"

_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
# Two letters at a time: a page of the calendar writes some 150 references.
_PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)
_PLACES = range(50, -1, -10)


def is_id(number: int) -> bool:
    """Whether a row could have this id: it has 63 bits. No database is asked for a longer one."""
    return 0 <= number < 1 << 63


def ref_of(number: int) -> str:
    """The reference of an id: `00000000000a5` for 325 (zero padded, lower case)."""
    if not is_id(number):
        raise ValueError(f"{number} is no id")
    return ALPHABET[number >> 60] + "".join([_PAIRS[number >> place & 1023] for place in _PLACES])


def id_of(ref: str) -> int:
    """The id that a reference stands for. Raises ValueError for anything that `ref_of` doesn't write."""
    if not re.fullmatch(PATTERN, ref):
        raise ValueError("not a reference")
    number = 0
    for letter in ref:
        number = number * 32 + _VALUE[letter]
    return number
