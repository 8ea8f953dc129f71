"""Colours, marks and small habits that the sheets share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pdtracker.domain.certificate import CertifiedCategory, Snapshot
from pdtracker.pdf.faces import Face
from pdtracker.pdf.objects import text_string
from pdtracker.pdf.ornament import Mark
from pdtracker.pdf.sheet import Colour, Sheet

MM: Final = 72 / 25.4

INK: Final = Colour("#14201f")
SOFT: Final = Colour("#47524f")
TEAL: Final = Colour("#0d5c55")
RUST: Final = Colour("#b4451a")
PANEL: Final = Colour("#eaf1ee")
LINE: Final = Colour("#b9c9c4")
PALE: Final = Colour("#8fa6a0")
WHITE: Final = Colour("#ffffff")
BLACK: Final = Colour("#000000")
MARKS: Final = (
    Mark("disc", TEAL),
    Mark("ring", RUST),
    Mark("square", Colour("#5b3a78")),
    Mark("bar", Colour("#3d5872")),
    Mark("dot", INK),
)


def marks_of(categories: Sequence[CertifiedCategory], accent: Colour = TEAL) -> dict[str, Mark]:
    """The mark of each category, the same wherever the category is named; the first has the accent colour."""
    marks = (MARKS[0]._replace(colour=accent), *MARKS[1:])
    return {category.name: marks[place % len(marks)] for place, category in enumerate(categories)}


@dataclass(frozen=True, slots=True)
class Dress:
    """The faces and colours in which a design sets its pages; `bar` heads a page, `line` parts rows."""

    text: Face = Face.REGULAR
    semi: Face = Face.SEMI
    bold: Face = Face.BOLD
    large: Face = Face.BLACK
    ink: Colour = INK
    soft: Colour = SOFT
    accent: Colour = TEAL
    line: Colour = LINE
    bar: Colour | None = RUST


def counted(categories: Sequence[CertifiedCategory]) -> list[CertifiedCategory]:
    """The categories that have minutes."""
    return [category for category in categories if category.minutes]


def columned(s: Snapshot) -> list[CertifiedCategory]:
    """The categories that have a column in a list of sessions: none where the sessions count together."""
    return [] if s.counts_together else counted(s.categories)


def figure(said: str, x: float, top: float, wide: float, tall: float, sheet: Sheet) -> str:
    """The attributes of a figure: what it says in words, and where it stands."""
    box = f"{x:.1f} {sheet.height - top - tall:.1f} {x + wide:.1f} {sheet.height - top:.1f}"
    return f" /Alt {text_string(said)} /A <</O /Layout /Placement /Block /BBox [{box}]>>"
