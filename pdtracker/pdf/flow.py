"""A sheet that fills from top to bottom: what doesn't fit any more goes to the next page, under a running head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from pdtracker.pdf.faces import Face
from pdtracker.pdf.palette import INK, LINE, TEAL
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.stationery import FOOT_ROOM, MARGIN, RUNNING_HEAD, page_foot, running_head
from pdtracker.pdf.typeset import wrap
from pdtracker.pdf.words import tie

LEADING: Final = 11.0
TEXT: Final = 8.0


class Flow:
    """Where on which page the next thing stands. `running` heads the pages after the first, `foot` ends each."""

    def __init__(self, size: tuple[float, float], running: str, foot: str, pages: int) -> None:
        self.sheet = Sheet(size)
        self.left, self.right = MARGIN, size[0] - MARGIN
        self.bottom = size[1] - MARGIN - FOOT_ROOM
        self.y = MARGIN
        self._running, self._foot, self._pages = running, foot, pages

    @property
    def room(self) -> float:
        """From margin to margin."""
        return self.right - self.left

    @property
    def is_fresh(self) -> bool:
        """Whether nothing stands on the page yet but its running head."""
        return bool(self.sheet.pages) and self.y == MARGIN + RUNNING_HEAD

    def keep(self, height: float) -> bool:
        """Makes sure that so much fits below; whether a page had to be turned."""
        if self.y + height <= self.bottom or self.is_fresh:
            return False
        self.turn()
        return True

    def turn(self) -> None:
        """Ends the page and begins the next one."""
        self.end()
        self.y = running_head(self.sheet, self._running)

    def end(self) -> None:
        """Ends the page with its foot and number."""
        page_foot(self.sheet, self._foot, len(self.sheet.pages) + 1, self._pages)
        self.sheet.end_page()

    def heading(self, text: str, *, keep: float = 40) -> None:
        """A heading, with at least `keep` of what follows it on the same page."""
        self.keep(22 + keep)
        self.y += 10
        with self.sheet.tag("H2"):
            self.sheet.lines(self.left, self.y, [text], Face.BOLD, 10, 13, TEAL)
        self.y += 17

    def paragraph(
        self, text: str, colour: Colour = INK, face: Face = Face.REGULAR, size: float = TEXT
    ) -> None:
        """A paragraph of running text."""
        lines, leading = wrap(tie(text), face, size, self.room), size * LEADING / TEXT
        self.keep(len(lines) * leading)
        with self.sheet.tag("P"):
            self.y = self.sheet.lines(self.left, self.y, lines, face, size, leading, colour)
        self.y += 3

    def points(self, texts: Sequence[str], colour: Colour = INK, size: float = TEXT) -> None:
        """A list, a dash before each of its points."""
        if not texts:
            return
        leading = size * LEADING / TEXT
        with self.sheet.group("L"):
            for text in texts:
                lines = wrap(tie(text), Face.REGULAR, size, self.room - 12)
                self.keep(len(lines) * leading)
                with self.sheet.group("LI"):
                    with self.sheet.tag("Lbl"):
                        self.sheet.lines(self.left, self.y, ["–"], Face.REGULAR, size, leading, colour)
                    with self.sheet.tag("LBody"):
                        self.y = self.sheet.lines(
                            self.left + 12, self.y, lines, Face.REGULAR, size, leading, colour
                        )
                self.y += 2

    def table(
        self,
        draw_head: Callable[[float], float],
        heights: Sequence[float],
        draw_row: Callable[[int, float], None],
        head_height: float,
    ) -> None:
        """Rows under a head that is drawn again on each page; both are given their top edge."""
        place = 0
        while place < len(heights):
            self.keep(head_height + heights[place])
            with self.sheet.group("Table"):
                self.y = draw_head(self.y)
                first = place
                while place < len(heights) and (place == first or self.y + heights[place] <= self.bottom):
                    draw_row(place, self.y)
                    self.y += heights[place]
                    place += 1
                    is_last = place == len(heights) or self.y + heights[place] > self.bottom
                    with self.sheet.decoration():
                        at = self.y - 3
                        self.sheet.rule(
                            self.left, at, self.right, 1.2 if is_last else 0.35, INK if is_last else LINE
                        )
            if place < len(heights):
                self.turn()
