"""How a district's certificates look beyond their template: accent colour, its own sentence, who signs.

Whatever is printed is frozen with the certificate, so all of this stands in its snapshot; a signature stands there by
the digest of its pixels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pdtracker.domain.canonical import Json, items, members, nfc, nfc_or_none, text_of, text_or_none

AMOUNT: Final = "{amount}"
"""Where the credit stands in a district's own sentence."""
LEAST_CONTRAST: Final = 7.0
STATEMENT_LETTERS: Final = 140
NAME_LETTERS: Final = 80
TITLE_LETTERS: Final = 100
MOST_SIGNATORIES: Final = 2

_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Design(StrEnum):
    """The design of a certificate."""

    MODERN = "modern"
    CLASSIC = "classic"
    PLAIN = "plain"

    @property
    def label(self) -> str:
        """Its name on pages."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: name, office, and the SHA-256 of the signature's pixels, None where ink is awaited."""

    name: str
    title: str
    signature: str | None = None


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a district chose; None stands for the template's own. Raises ValueError for what no form lets through."""

    accent: str | None = None
    statement: str | None = None
    signatories: tuple[Signatory, ...] = ()

    def __post_init__(self) -> None:
        _require(self.accent is None or accent_fault(self.accent) is None, "the accent reads on white")
        _require(
            self.statement is None or statement_fault(self.statement) is None,
            "the sentence names the amount once",
        )
        _require(len(self.signatories) <= MOST_SIGNATORIES, "at most two sign")
        for each in self.signatories:
            _require(bool(each.name and each.title), "who signs has a name and an office")
            _require(
                each.signature is None or _DIGEST.fullmatch(each.signature) is not None,
                "a signature is a SHA-256",
            )

    @property
    def signatures(self) -> tuple[str, ...]:
        """The digests of the signatures, each once, in the order of who signs."""
        return tuple(dict.fromkeys(each.signature for each in self.signatories if each.signature))


def contrast_on_white(colour: str) -> float:
    """The contrast of a colour (`#0d5c55`) on white paper, as WCAG 2 measures it: 1 to 21."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def readable(colour: str) -> str:
    """The colour, or the nearest darker shade of it that reads on white."""
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for share in range(100, -1, -1):
        shade = "#" + "".join(f"{part * share // 100:02x}" for part in parts)
        if contrast_on_white(shade) >= LEAST_CONTRAST:
            return shade
    return "#000000"


def accent_fault(colour: str) -> str | None:
    """What is wrong with an accent colour, None when it can stand on a certificate."""
    if not _COLOUR.fullmatch(colour):
        return "Write the colour as # and six digits or letters from a to f, such as #0d5c55."
    if (contrast := contrast_on_white(colour)) < LEAST_CONTRAST:
        # Rounded down: 6.99 must not read as the 7 that it isn't.
        told = int(contrast * 10) / 10
        return (
            f"On white paper this colour has a contrast of {told:g} to 1, and small print needs 7 to 1."
            f" Its nearest darker shade that reads is {readable(colour)}."
        )
    return None


def statement_fault(statement: str) -> str | None:
    """What is wrong with a district's own sentence, None when it can stand on a certificate."""
    if statement.count(AMOUNT) != 1:
        return f"Write {AMOUNT} once, where the hours stand."
    if len(statement) > STATEMENT_LETTERS:
        return f"Use at most {STATEMENT_LETTERS} letters; these are {len(statement)}."
    return None


def appearance_document(appearance: Appearance) -> dict[str, Json]:
    """The appearance as a snapshot states it."""
    return {
        "accent": appearance.accent,
        "statement": nfc_or_none(appearance.statement),
        "signatories": [
            {"name": nfc(each.name), "title": nfc(each.title), "signature": each.signature}
            for each in appearance.signatories
        ],
    }


def read_appearance(value: object) -> Appearance:
    """The appearance that a snapshot states. Raises ValueError."""
    d = members(value, "accent statement signatories")
    return Appearance(
        text_or_none(d["accent"]),
        text_or_none(d["statement"]),
        tuple(_signatory(each) for each in items(d["signatories"])),
    )


def _signatory(value: object) -> Signatory:
    d = members(value, "name title signature")
    return Signatory(text_of(d["name"]), text_of(d["title"]), text_or_none(d["signature"]))


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise ValueError(f"no appearance: {rule}")
