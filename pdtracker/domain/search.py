"""Words to find by: how a text is folded into them, and how the search box reads what somebody typed.

Folding happens here and not in the databases, so that both find the same: capitals, accents, ligatures and widths
don't matter, and what is written without spaces (Chinese, Japanese, Thai) is found from any of its characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pdtracker.domain.text import clean_line

SEARCH_CHARACTERS = 100

_MOST_SOUGHT = 12
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'))
_PHRASE_OR_WORD = re.compile(r'"([^"]*)"|[^\s"]+')
# What no decomposition takes apart, though people type it without.
_PLAIN = str.maketrans(
    {"\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u0131": "i", "\u00e6": "ae", "\u0153": "oe"}
)
# Accents, the points of Hebrew and Arabic: people leave them out.
_ACCENTS = ((0x300, 0x36F), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670))
# Thai and Lao, Burmese, Khmer, Japanese, Chinese.
_UNSPACED = (
    (0xE00, 0xEFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0x20000, 0x3FFFF),
)


@dataclass(frozen=True, slots=True)
class Sought:
    """Words that have to stand one after the other. The last may go on (`assess` finds "assessment") unless `is_whole`.

    Without any word nothing is found: somebody asked for signs only.
    """

    words: tuple[str, ...]
    is_whole: bool = False


def search_line(*parts: str | None) -> str:
    """What the search box looks into: the folded words of the parts, one space between two."""
    return " ".join(_words(" ".join(part for part in parts if part)))


def search_words(text: str) -> tuple[Sought, ...]:
    """What a search asks for, each of which has to occur: words, and "phrases in quotes". At most twelve, none twice.

    Raises `Mistyped` for more than 100 characters and for what `clean_line` refuses; nothing else is wrong to ask.
    """
    line = clean_line(text, SEARCH_CHARACTERS).translate(_QUOTES)
    if not line:
        return ()
    sought = [
        Sought(tuple(_words(found[0])), is_whole=found[1] is not None)
        for found in _PHRASE_OR_WORD.finditer(line)
    ]
    with_words = tuple(dict.fromkeys(one for one in sought if one.words))[:_MOST_SOUGHT]
    return with_words or (Sought(()),)


def _words(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_PLAIN)
    kept = "".join(sign for sign in plain if not _within(sign, _ACCENTS))
    # Casefolding once more: a compatibility form can come apart into capitals.
    yield from "".join(map(_spaced, unicodedata.normalize("NFC", kept.casefold()))).split()


def _spaced(sign: str) -> str:
    if unicodedata.category(sign)[0] not in "LNM":
        return " "
    return f" {sign} " if _within(sign, _UNSPACED) else sign


def _within(sign: str, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(sign) <= last for first, last in spans)
