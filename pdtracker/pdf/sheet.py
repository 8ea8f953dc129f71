"""Draws on pages in reading order. Positions are points from the top left corner, as a sheet is read.

Each thing that is drawn either belongs to an element of the structure (`tag`), or is decoration (`decoration`) or the
furniture of a page (`furniture`), which a screen reader passes over.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import TracebackType
from typing import ClassVar, Final, Literal

from pdtracker.pdf.document import font_name
from pdtracker.pdf.faces import FIRST_CODE, RARE_LETTERS, Face, everyday_string
from pdtracker.pdf.letters import joined
from pdtracker.pdf.objects import Element, Ornament, Page
from pdtracker.pdf.qr import QUIET_MODULES, Code
from pdtracker.pdf.typeset import text_width

Align = Literal["left", "right", "centre"]

_RISE: Final = 0.76  # first baseline below the top of a line, in em
_COLUMN: Final = " /A <</O /Table /Scope /Column>>"
_ROW: Final = " /A <</O /Table /Scope /Row>>"
_WIDE_ROW: Final = " /A <</O /Table /Scope /Row /ColSpan %d>>"
_ORNAMENT: Final = "/Artifact BMC"
_FURNITURE: Final = "/Artifact <</Type /Pagination>> BDC"


class Colour:
    """A colour as the operators that set it."""

    __slots__ = ("fill", "stroke")

    def __init__(self, web: str) -> None:
        parts = " ".join(f"{int(web[at : at + 2], 16) / 255:.3f}".rstrip("0").rstrip(".") for at in (1, 3, 5))
        self.fill, self.stroke = f"{parts} rg", f"{parts} RG"


class Marked:
    """Marked content, or an element that holds others, for the length of a `with` block."""

    __slots__ = ("_content", "_element", "_passed", "_sheet")

    def __init__(self, sheet: Sheet, element: Element | None, content: bool, passed: str = _ORNAMENT) -> None:
        self._sheet, self._element, self._content, self._passed = sheet, element, content, passed

    def __enter__(self) -> None:
        sheet = self._sheet
        if self._element is not None:
            sheet.here[-1].kids.append(self._element)
            sheet.here.append(self._element)
        if self._content:
            sheet.open_content(self._element, self._passed)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._content:
            self._sheet.close_content()
        if self._element is not None:
            self._sheet.here.pop()


class Sheet:
    """The pages of one document while they are drawn. `conforms` when they keep the standards that files declare.

    `accent` is the district's colour.
    """

    conforms: ClassVar[bool] = True

    def __init__(self, size: tuple[float, float]) -> None:
        self.width, self.height = size
        self.root = Element("Document")
        self.here = [self.root]
        self.pages: list[Page] = []
        self.rare: dict[Face, str] = {}
        self.accent = Colour("#0d5c55")
        self.used: set[Face] = set()
        self.ornaments: list[Ornament] = []
        self._out: list[str] = []
        self._owners: list[Element] = []
        self._fill = self._stroke = self._track = ""
        self._open = False

    # Structure

    def group(self, role: str, attributes: str = "") -> Marked:
        """An element that holds other elements."""
        return Marked(self, Element(role, attributes), False)

    def tag(self, role: str, attributes: str = "") -> Marked:
        """An element that holds what is drawn within."""
        return Marked(self, Element(role, attributes), True)

    def column_head(self) -> Marked:
        """The head of a column of a table."""
        return Marked(self, Element("TH", _COLUMN), True)

    def row_head(self, columns: int = 1) -> Marked:
        """The head of a row of a table; it may stand over several columns."""
        return Marked(self, Element("TH", _ROW if columns == 1 else _WIDE_ROW % columns), True)

    def emblem(self, attributes: str) -> Marked:
        """A sign that stands for somebody, as a figure."""
        return self.tag("Figure", attributes)

    def decoration(self) -> Marked:
        """What carries no meaning of its own."""
        return Marked(self, None, True)

    def furniture(self) -> Marked:
        """What each page repeats: its running head, its foot, its number."""
        return Marked(self, None, True, _FURNITURE)

    def open_content(self, owner: Element | None, passed: str = _ORNAMENT) -> None:
        """Begins marked content; content does not nest."""
        if self._open:
            raise ValueError("content inside content")
        self._open = True
        if owner is None:
            self._out.append(passed)
            return
        number = len(self._owners)
        owner.kids.append((len(self.pages), number))
        self._owners.append(owner)
        self._out.append(f"/{owner.role} <</MCID {number}>> BDC")

    def close_content(self) -> None:
        """Ends marked content."""
        self._open = False
        self._out.append("EMC")

    def end_page(self) -> None:
        """Closes the page; what follows stands on the next one."""
        self.pages.append(Page("\n".join(self._out).encode("latin-1"), self._owners))
        self._out, self._owners = [], []
        self._fill = self._stroke = self._track = ""

    # Text

    def text(
        self,
        x: float,
        base: float,
        text: str,
        face: Face,
        size: float,
        colour: Colour,
        align: Align = "left",
        track: float = 0,
    ) -> float:
        """One line on a baseline; returns its right edge. A closing blank parts it from the next line's first word."""
        if not text:
            return x
        wide = text_width(text, face, size, track)
        left = x if align == "left" else x - wide if align == "right" else x - wide / 2
        self.used.add(face)
        self._colour_fill(colour)
        spaced = f"{track * size / 1000:.3f} Tc"
        if spaced != self._track:
            if self._track or track:
                self._out.append(spaced)
            self._track = spaced
        string = everyday_string(face, text + " ")
        shown = (
            f"/{font_name(face, 0)} {size:g} Tf {left:.2f} {self.height - base:.2f} Td {string} Tj"
            if string
            else self._mixed(text + " ", face, size, left, self.height - base)
        )
        self._out.append(f"BT {shown} ET")
        return left + wide

    def lines(
        self,
        x: float,
        top: float,
        lines: Sequence[str],
        face: Face,
        size: float,
        leading: float,
        colour: Colour,
        align: Align = "left",
        track: float = 0,
    ) -> float:
        """Lines of text below `top`; returns where they end."""
        base = top + (leading - size) / 2 + _RISE * size
        for line in lines:
            self.text(x, base, line, face, size, colour, align, track)
            base += leading
        return top + len(lines) * leading

    def _mixed(self, text: str, face: Face, size: float, x: float, y: float) -> str:
        """A line with letters outside the everyday font, which come from the sheet's further fonts."""
        known = self.rare.get(face, "")
        parts: list[tuple[int, str]] = []
        for letter in joined(text):
            number, code = 0, everyday_string(face, letter)
            if code is None:
                if letter not in known:
                    known += letter
                at = known.index(letter)
                number, code = 1 + at // RARE_LETTERS, f"<{FIRST_CODE + 1 + at % RARE_LETTERS:02X}>"
            if parts and parts[-1][0] == number:
                code = parts.pop()[1] + code
            parts.append((number, code))
        self.rare[face] = known
        shown = " ".join(f"/{font_name(face, number)} {size:g} Tf [{code}] TJ" for number, code in parts)
        return f"{x:.2f} {y:.2f} Td {shown}"

    # Lines and areas

    def rule(self, x0: float, y: float, x1: float, weight: float, colour: Colour) -> None:
        """A horizontal line."""
        self._colour_stroke(colour)
        at = self.height - y
        self._out.append(f"{weight:g} w {x0:.2f} {at:.2f} m {x1:.2f} {at:.2f} l S")

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        """A filled rectangle."""
        self._colour_fill(colour)
        self._out.append(f"{x0:.2f} {self.height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f")

    def stroke(self, path: str, colour: Colour, state: str) -> None:
        """A prepared path, stroked in a graphics state of its own (width, caps, dashes, place)."""
        self._colour_stroke(colour)
        self._out.append(f"q {state} {path} S Q")

    def fill(self, path: str, colour: Colour, state: str) -> None:
        """A prepared path, filled, in a graphics state of its own."""
        self._colour_fill(colour)
        self._out.append(f"q {state} {path} f Q")

    def frame(self, x0: float, y0: float, x1: float, y1: float, weight: float, colour: Colour) -> None:
        """A rectangle's outline."""
        self._colour_stroke(colour)
        self._out.append(f"{weight:g} w {x0:.2f} {self.height - y1:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re S")

    def upright(self, x: float, y0: float, y1: float, weight: float, colour: Colour) -> None:
        """A vertical line."""
        self._colour_stroke(colour)
        self._out.append(f"{weight:g} w {x:.2f} {self.height - y0:.2f} m {x:.2f} {self.height - y1:.2f} l S")

    def ornament(self, ornament: Ornament, colour: Colour, places: Sequence[str]) -> None:
        """A prepared drawing in one colour at some places, each a matrix."""
        if ornament not in self.ornaments:
            self.ornaments.append(ornament)
        self._colour_stroke(colour)
        self._colour_fill(colour)
        self._out += [f"q {place} cm /{ornament.name} Do Q" for place in places]

    def turned_text(
        self, text: str, face: Face, size: float, colour: Colour, at: tuple[float, float], turn: float
    ) -> None:
        """A letter on a curve: its place on the page and its turn in radians. The everyday font must have it."""
        self.used.add(face)
        self._colour_fill(colour)
        if self._track:
            self._out.append("0 Tc")
            self._track = ""
        cos, sin = math.cos(turn), math.sin(turn)
        string = everyday_string(face, text)
        matrix = f"{cos:.4f} {sin:.4f} {-sin:.4f} {cos:.4f} {at[0]:.2f} {at[1]:.2f} Tm"
        self._out.append(f"BT /{font_name(face, 0)} {size:g} Tf {matrix} {string} Tj ET")

    def picture(self, number: int, x: float, top: float, width: float, height: float) -> None:
        """The document's picture of this number."""
        self._out.append(
            f"q {width:.3f} 0 0 {height:.3f} {x:.2f} {self.height - top - height:.2f} cm /Im{number} Do Q"
        )

    def qr(self, code: Code, x: float, top: float, side: float, ink: Colour, ground: Colour) -> None:
        """The code, quiet zone inside `side`, on a ground of its own, as one image: no seams between modules."""
        self.box(x, top, x + side, top + side, ground)
        self._colour_fill(ink)
        module = side / (code.side + 2 * QUIET_MODULES)
        wide = module * code.side
        left, bottom = x + module * QUIET_MODULES, self.height - top - side + module * QUIET_MODULES
        data = code.rows.hex().upper()
        self._out.append(
            f"q {wide:.3f} 0 0 {wide:.3f} {left:.3f} {bottom:.3f} cm\n"
            f"BI /W {code.side} /H {code.side} /BPC 1 /IM true /D [1 0] /F /AHx ID\n{data}>\nEI Q"
        )

    def _colour_fill(self, colour: Colour) -> None:
        if colour.fill != self._fill:
            self._fill = colour.fill
            self._out.append(colour.fill)

    def _colour_stroke(self, colour: Colour) -> None:
        if colour.stroke != self._stroke:
            self._stroke = colour.stroke
            self._out.append(colour.stroke)
