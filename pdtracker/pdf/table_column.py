"""A column of a printed table, and the row of heads above such columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pdtracker.pdf.faces import Face
from pdtracker.pdf.palette import INK, TEAL
from pdtracker.pdf.sheet import Align, Sheet

HEAD_HEIGHT: Final = 17.0


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its head, its left and right edge, and how it aligns."""

    head: str
    left: float
    right: float
    align: Align = "left"

    @property
    def at(self) -> float:
        """Where its text begins or ends."""
        return self.right if self.align == "right" else self.left

    @property
    def room(self) -> float:
        """From edge to edge."""
        return self.right - self.left


def table_head(sheet: Sheet, columns: Sequence[TableColumn], top: float) -> float:
    """The heads over a rule from the first column's edge to the last one's; returns where the rows begin."""
    with sheet.group("TR"):
        for column in columns:
            with sheet.column_head():
                sheet.lines(column.at, top, [column.head], Face.SEMI, 7, 9, TEAL, column.align)
    with sheet.decoration():
        sheet.rule(columns[0].left, top + HEAD_HEIGHT - 4, columns[-1].right, 1.2, INK)
    return top + HEAD_HEIGHT
