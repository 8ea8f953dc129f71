"""A row of numbered, labelled boxes, as a form has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pdtracker.pdf.faces import Face
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.typeset import text_width, wrap
from pdtracker.pdf.words import tie

BLACK: Final = Colour("#000000")
DARK: Final = Colour("#333333")
LABEL: Final = 6.5
PAD: Final = 5.0
LINE: Final = 0.5

_LEADING: Final = 1.26


class Text(NamedTuple):
    """One paragraph of a field."""

    text: str
    size: float
    face: Face = Face.REGULAR


@dataclass(frozen=True, slots=True)
class Field:
    """A numbered field: its label, what stands in it, and its share of the row."""

    number: int
    label: str
    values: Sequence[Text]
    share: float


class FieldRow:
    """Fields beside each other, as high as the fullest."""

    def __init__(self, fields: Sequence[Field], room: float) -> None:
        self.fields = fields
        shares = sum(field.share for field in fields)
        self.wide = [room * field.share / shares for field in fields]
        self.labels = [
            wrap(field.label, Face.REGULAR, LABEL, wide - 2 * PAD - _number_width(field))
            for field, wide in zip(fields, self.wide, strict=True)
        ]
        self.lines = [
            [
                (line, value.face, value.size)
                for value in field.values
                for line in wrap(tie(value.text), value.face, value.size, wide - 2 * PAD)
            ]
            for field, wide in zip(fields, self.wide, strict=True)
        ]
        self.height = max(
            PAD * 1.5 + len(labels) * LABEL * 1.35 + sum(size * _LEADING for *_, size in lines)
            for labels, lines in zip(self.labels, self.lines, strict=True)
        )

    def draw(self, sheet: Sheet, left: float, top: float) -> float:
        """Draws the row; returns where it ends."""
        x = left
        with sheet.group("L"):
            for field, labels, lines, wide in zip(
                self.fields, self.labels, self.lines, self.wide, strict=True
            ):
                with sheet.decoration():
                    sheet.frame(x, top, x + wide, top + self.height, LINE, BLACK)
                y = top + PAD * 0.8
                with sheet.group("LI"):
                    with sheet.tag("Lbl"):
                        y = draw_label(sheet, x + PAD, y, field.number, labels)
                    with sheet.tag("LBody"):
                        for line, face, size in lines:
                            y = sheet.lines(x + PAD, y, [line], face, size, size * _LEADING, BLACK)
                x += wide
        return top + self.height


def draw_label(sheet: Sheet, x: float, top: float, number: int, label: Sequence[str]) -> float:
    """The number and the label of a field; returns where it ends."""
    after = sheet.text(x, top + LABEL * 0.85, str(number), Face.BOLD, LABEL, BLACK) + 3.2
    for place, line in enumerate(label):
        sheet.text(after, top + LABEL * (0.85 + 1.35 * place), line, Face.REGULAR, LABEL, DARK)
    return top + len(label) * LABEL * 1.35


def _number_width(field: Field) -> float:
    return text_width(str(field.number), Face.BOLD, LABEL) + 3.2
