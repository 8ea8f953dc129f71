"""A sign-in sheet as PDF: a line for everybody who is expected, with their square to scan, and blank ones."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pdtracker.domain.sign_in_sheet import SheetName, SignInSheet
from pdtracker.pdf.document import write
from pdtracker.pdf.faces import Face
from pdtracker.pdf.flow import Flow
from pdtracker.pdf.letters import missing_letters
from pdtracker.pdf.metadata import Facts
from pdtracker.pdf.palette import BLACK, INK, LINE, RUST, SOFT, TEAL, WHITE, figure
from pdtracker.pdf.qr import code_of
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.stationery import MARGIN
from pdtracker.pdf.typeset import Step, fit, wrap
from pdtracker.pdf.words import tie

HEADING: Final = "Sign-in sheet"
_ROW: Final = 38.0
_HEAD: Final = 18.0
_SQUARE: Final = 34.0
_CORNER: Final = 76.0
_COLUMNS: Final = (("", 0.0), ("Name", 26.0), ("Signature", 0.47), ("In", 0.71), ("Out", 0.80))
"""The heads of the columns: points from the left margin up to 26, shares of the room beyond."""


def render(sheet: SignInSheet, at: datetime) -> bytes:
    """The PDF of the sheet; the same values give the same bytes."""
    pages = len(_drawn(sheet, 1).pages)
    drawn = _drawn(sheet, pages)
    facts = Facts(
        title=f"{HEADING}: {_printable(sheet.title)}",
        author=_printable(sheet.district),
        subject=sheet.when,
        at=at,
        identity=repr(sheet).encode(),
    )
    return write(facts, sheet.paper.size, drawn.pages, drawn.root, drawn.rare, [], [])


def _drawn(sheet: SignInSheet, pages: int) -> Sheet:
    title = _printable(sheet.title)
    foot = (
        f"{_printable(sheet.district)}. Sign once when you come, and write the time when you go."
        " A host scans or types it; minutes count from in to out."
    )
    flow = Flow(sheet.paper.size, f"{HEADING} · {title} · {sheet.when}", foot, pages)
    _masthead(flow, sheet, title)
    lines: list[SheetName | None] = [*sheet.names, *([None] * sheet.blanks)]
    flow.table(
        lambda top: _table_head(flow, top),
        [_ROW] * len(lines),
        lambda place, top: _line(flow, place + 1, lines[place], top),
        _HEAD,
    )
    flow.end()
    return flow.sheet


def _masthead(flow: Flow, sheet: SignInSheet, title: str) -> None:
    """What and when, and the square that leads to the page on which the sheet is typed in."""
    drawn = flow.sheet
    with drawn.decoration():
        drawn.box(MARGIN, MARGIN, MARGIN + 46, MARGIN + 5, RUST)
    with drawn.tag("P"):
        drawn.text(MARGIN, MARGIN + 22, f"{HEADING} · {_printable(sheet.district)}", Face.SEMI, 9, TEAL)
    room = flow.room - _CORNER - 12
    size, lines = fit(title, Face.BLACK, room, (Step(1, 22, 15), Step(2, 18, 13), Step(4, 14, 10)), -10)
    with drawn.tag("H1"):
        y = drawn.lines(MARGIN, MARGIN + 27, lines, Face.BLACK, size, size * 1.2, INK, "left", -10)
    about = sheet.when if sheet.event == sheet.title else f"{_printable(sheet.event)} · {sheet.when}"
    with drawn.tag("P"):
        y = drawn.lines(MARGIN, y + 2, wrap(tie(about), Face.SEMI, 9.5, room), Face.SEMI, 9.5, 13, INK)
    with drawn.tag("P"):
        told = "Afterwards: scan the code on the right and type in who signed, or scan the code of each line."
        y = drawn.lines(MARGIN, y + 1, wrap(told, Face.REGULAR, 8, room), Face.REGULAR, 8, 11, SOFT)
    prefix, _, tail = sheet.address.rpartition("/")
    left, top = flow.right - _CORNER + 6, MARGIN - 4
    said = "QR code that opens the page on which this sheet is typed in"
    with drawn.tag("Figure", figure(said, left, top, _CORNER, _CORNER, drawn)):
        drawn.qr(code_of(f"{prefix}/", tail), left, top, _CORNER, BLACK, WHITE)
    flow.y = max(y, MARGIN + _CORNER) + 12


def _table_head(flow: Flow, top: float) -> float:
    with flow.sheet.group("TR"):
        for (words, _), left in zip(_COLUMNS, _lefts(flow), strict=True):
            if not words:
                with flow.sheet.column_head():
                    flow.sheet.lines(left, top, ["No."], Face.SEMI, 7.5, 9, TEAL)
                continue
            with flow.sheet.column_head():
                flow.sheet.lines(left, top, [words], Face.SEMI, 7.5, 9, TEAL)
        with flow.sheet.column_head():
            flow.sheet.lines(flow.right, top, ["To scan"], Face.SEMI, 7.5, 9, TEAL, "right")
    with flow.sheet.decoration():
        flow.sheet.rule(flow.left, top + _HEAD - 5, flow.right, 1.2, INK)
    return top + _HEAD


def _line(flow: Flow, number: int, who: SheetName | None, top: float) -> None:
    """One line: its number, a printed name or room for one, room to sign, two times, and the badge's square."""
    sheet, lefts, base = flow.sheet, _lefts(flow), top + _ROW - 12
    with sheet.group("TR"):
        with sheet.row_head():
            sheet.text(lefts[0], base, str(number), Face.REGULAR, 8, SOFT)
        with sheet.tag("TD"):
            _name(sheet, who, lefts[1], top, lefts[2] - lefts[1] - 10)
        for left in lefts[2:]:
            with sheet.tag("TD"):
                sheet.text(left, base, " ", Face.REGULAR, 8, SOFT)
        with sheet.group("TD"):
            _square(sheet, who, flow.right - _SQUARE, top)
    with sheet.decoration():
        if who is None:
            sheet.rule(lefts[1], base + 2, lefts[2] - 10, 0.5, LINE)
        sheet.rule(lefts[2], base + 2, lefts[3] - 10, 0.5, LINE)
        sheet.rule(lefts[3], base + 2, lefts[4] - 8, 0.5, LINE)
        sheet.rule(lefts[4], base + 2, flow.right - _SQUARE - 8, 0.5, LINE)


def _square(sheet: Sheet, who: SheetName | None, left: float, top: float) -> None:
    """The badge of who is expected; nobody has one on a blank line."""
    if who is None:
        with sheet.tag("P"):
            sheet.text(left, top + _ROW - 12, " ", Face.REGULAR, 8, SOFT)
        return
    said = f"QR code that checks {_printable(who.name)} in"
    with sheet.tag("Figure", figure(said, left, top - 1, _SQUARE, _SQUARE, sheet)):
        prefix, sign, badge = who.badge.rpartition("=")
        sheet.qr(code_of(prefix + sign, badge), left, top - 1, _SQUARE, BLACK, WHITE)


def _name(sheet: Sheet, who: SheetName | None, left: float, top: float, room: float) -> None:
    if who is None:
        sheet.text(left, top + _ROW - 12, " ", Face.REGULAR, 8, SOFT)
        return
    size, lines = fit(_printable(who.name), Face.SEMI, room, (Step(1, 10.5, 8), Step(2, 8, 7)))
    y = sheet.lines(left, top + 4, lines[:2], Face.SEMI, size, size * 1.2, INK)
    size, about = fit(_printable(who.about), Face.REGULAR, room, (Step(1, 7.5, 6), Step(2, 6, 6)))
    sheet.lines(left, y, about[:1], Face.REGULAR, size, 9, SOFT)


def _lefts(flow: Flow) -> list[float]:
    return [flow.left + (at if at > 1 else at * flow.room) for _, at in _COLUMNS]


def _printable(text: str) -> str:
    """A sheet is better with a stand-in letter than not at all: nobody is certified by it."""
    missing = missing_letters(text)
    return "".join("?" if letter in missing else letter for letter in text) if missing else text
