"""The refusal of a letter that can't be drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pdtracker.domain.refusals import NotValid


class MissingGlyph(NotValid):
    """The sheet's typefaces lack a letter: nothing is issued, and the sentence names the letter and the person."""

    default_code = "missing_glyph"

    def __init__(
        self, person: str, where: str, text: str, letters: Sequence[str], *, document: str = "certificate"
    ) -> None:
        named = " and ".join(_letter_words(letter) for letter in letters[:3])
        shown = "".join(letter for letter in text if letter.isprintable())
        whose = "".join(letter for letter in person if letter.isprintable())
        sentence = (
            f"The {document} of {whose} can’t be set: in {where}, “{shown}”, the typeface lacks {named}."
        )
        super().__init__({document: sentence})
        self.sentence = sentence
        self.args = (sentence,)
        self.letters = tuple(letters)


def _letter_words(letter: str) -> str:
    name = f"U+{ord(letter):04X}, {unicodedata.name(letter, 'without a name').lower()}"
    return f"“{letter}” ({name})" if letter.isprintable() else f"the unprintable {name}"
