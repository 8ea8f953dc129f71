"""How a letter is drawn: by itself, by a twin of the same shape, on its head, or spelled from a base and marks.

Open Sans has Latin, Greek, Cyrillic and Vietnamese letters, but not all of Latin's marked ones (Ṣ, Ḥ, ǎ), and Unicode
has no single code for some letters at all (Ẹ with an acute). Both are spelled. A letter of two codes travels through
the typesetting as one private code, which never reaches the text layer.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final, NamedTuple

from pdtracker.pdf.opensans import open_sans

TWINS: Final = {
    "\u02bb": "‘",  # okina: the shape of the quotation mark
    "\u02bc": "’",  # modifier apostrophe, likewise
    "\u00a0": " ",
    "\u202f": " ",
    "\u2010": "-",
    "\u2011": "-",
    "ɛ": "ε",
    "ɣ": "γ",
    "ʋ": "υ",
}

_SILENT: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Me", "Mn"})
_TURNED: Final = {
    "ə": ("e", 1.0),
    "ǝ": ("e", 1.0),
    "Ə": ("e", 1.32),
    "ɔ": ("c", 1.0),
    "Ɔ": ("C", 1.0),
    "Ǝ": ("E", 1.0),
    "Ɛ": ("3", 1.0),
}
_DOTLESS: Final = {"i": "ı", "j": "ȷ"}
_MARKS: Final = {  # the letter whose outline is the mark, and whether it stands below
    "\u0300": ("\u0300", False),
    "\u0301": ("\u0301", False),
    "\u0302": ("\u02c6", False),
    "\u0303": ("\u0303", False),
    "\u0304": ("\u02c9", False),
    "\u0306": ("\u02d8", False),
    "\u0307": ("\u02d9", False),
    "\u0308": ("\u00a8", False),
    "\u0309": ("\u0309", False),
    "\u030a": ("\u02da", False),
    "\u030b": ("\u02dd", False),
    "\u030c": ("\u02c7", False),
    "\u030f": ("\u030f", False),
    "\u0323": ("\u0323", True),
    "\u0324": ("\u00a8", True),
    "\u0325": ("\u02da", True),
    "\u0327": ("\u00b8", True),
    "\u0328": ("\u02db", True),
    "\u032d": ("\u02c6", True),
    "\u032e": ("\u02d8", True),
    "\u0330": ("\u0303", True),
    "\u0331": ("\u02c9", True),
}
_MARK_ORDER: Final = "".join(sorted(_MARKS))
_PRIVATE: Final = 0xF0000
_PAIR: Final = re.compile(f"([^\\W\\d_])([{_MARK_ORDER}])")


class Recipe(NamedTuple):
    """The letter whose outline comes first, its marks with whether they stand below, and its size on its head."""

    base: str
    marks: tuple[tuple[str, bool], ...] = ()
    turned: float = 0.0


def joined(text: str) -> str:
    """The text with each base and its mark as one private code; a text without such pairs is unchanged."""
    return text if text.isascii() else _PAIR.sub(_private, text)


def spoken(letter: str) -> str:
    """What the letter stands for in the text layer."""
    if ord(letter) < _PRIVATE:
        return letter
    base, mark = divmod(ord(letter) - _PRIVATE, len(_MARK_ORDER))
    return _bases()[base] + _MARK_ORDER[mark]


@cache
def recipe(letter: str) -> Recipe | None:
    """How the letter is drawn, None when it can't be."""
    if letter in _own():
        return Recipe(letter)
    if letter in TWINS:
        return Recipe(TWINS[letter])
    if letter in _TURNED:
        base, scale = _TURNED[letter]
        return Recipe(base, (), scale)
    if unicodedata.category(letter) in _SILENT and ord(letter) < _PRIVATE:
        return None
    spelled = unicodedata.normalize("NFD", spoken(letter))
    for length in range(len(spelled) - 1, 0, -1):
        base, marks = unicodedata.normalize("NFC", spelled[:length]), spelled[length:]
        if base in _own() and all(mark in _MARKS for mark in marks):
            above = any(not _MARKS[mark][1] for mark in marks)
            return Recipe(_DOTLESS.get(base, base) if above else base, tuple(_MARKS[mark] for mark in marks))
    return None


def missing_letters(text: str) -> list[str]:
    """The letters that can't be drawn, each once, in the order of the text."""
    private = [letter for letter in dict.fromkeys(text) if unicodedata.category(letter) == "Co"]
    return private + [
        letter for letter in dict.fromkeys(joined(text)) if letter not in private and recipe(letter) is None
    ]


def _private(pair: re.Match[str]) -> str:
    base, mark = pair.groups()
    if base not in _own():
        return pair[0]
    return chr(_PRIVATE + _bases().index(base) * len(_MARK_ORDER) + _MARK_ORDER.index(mark))


@cache
def _own() -> frozenset[str]:
    """What the typeface draws by itself; its four weights have the same letters."""
    have = map(chr, open_sans("Regular").charToGlyph)
    return frozenset(letter for letter in have if unicodedata.category(letter) not in _SILENT)


@cache
def _bases() -> tuple[str, ...]:
    """The letters that can take a mark, in a fixed order."""
    return tuple(sorted(letter for letter in _own() if letter.isalpha()))
