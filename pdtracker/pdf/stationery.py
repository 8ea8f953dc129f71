"""What a person's records on paper share: the head of the first page, the running head of the others, the foot."""

from __future__ import annotations

from typing import Final

from pdtracker.pdf.faces import Face
from pdtracker.pdf.ornament import initials_seal
from pdtracker.pdf.palette import INK, LINE, RUST, SOFT, TEAL, WHITE, figure
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.typeset import Step, fit
from pdtracker.pdf.words import tie

MARGIN: Final = 44.0
FOOT_ROOM: Final = 34.0
RUNNING_HEAD: Final = 30.0
_SEAL: Final = 18.0
_BESIDE_SEAL: Final = 48.0
_BAR_WIDTH: Final = 46.0
_BAR_HEIGHT: Final = 5.0


def masthead(sheet: Sheet, *, district: str, place: str, heading: str, person: str) -> float:
    """The district with its seal, what the record is, and whose; returns where the lines about it begin."""
    room = sheet.width - 2 * MARGIN
    said = f"Seal of {district} with its initials"
    with sheet.emblem(figure(said, MARGIN, MARGIN, 2 * _SEAL, 2 * _SEAL, sheet)):
        initials_seal(sheet, MARGIN + _SEAL, MARGIN + _SEAL, _SEAL, district, TEAL, WHITE)
    size, lines = fit(district, Face.BOLD, room - 50, (Step(1, 11, 9), Step(2, 10, 8), Step(4, 8, 7)))
    with sheet.tag("P"):
        y = sheet.lines(MARGIN + _BESIDE_SEAL, MARGIN + 4, lines, Face.BOLD, size, size * 1.3, INK)
        sheet.text(MARGIN + _BESIDE_SEAL, y + 9, place, Face.REGULAR, 8, SOFT)
    y = max(y + 14, MARGIN + 2 * _SEAL) + 26
    _bar(sheet, y)
    with sheet.tag("H1"):
        sheet.text(MARGIN, y + 25, heading, Face.BOLD, 14, TEAL)
    size, lines = fit(
        person, Face.BLACK, room, (Step(1, 34, 22), Step(2, 28, 18), Step(4, 20, 12)), -18, True
    )
    with sheet.tag("P"):
        y = sheet.lines(MARGIN, y + 32, lines, Face.BLACK, size, size * 1.2, INK, "left", -18)
    return y + 2


def running_head(sheet: Sheet, text: str) -> float:
    """The head of a further page; returns where its content begins."""
    _bar(sheet, MARGIN - 14)
    with sheet.furniture():
        size, lines = fit(text, Face.BOLD, sheet.width - 2 * MARGIN, (Step(1, 9, 6), Step(2, 7, 6)))
        sheet.lines(MARGIN, MARGIN, lines, Face.BOLD, size, 11, INK)
    return MARGIN + RUNNING_HEAD


def page_foot(sheet: Sheet, note: str, number: int, pages: int) -> None:
    """The rule, the note and the page's number at the foot of a page. The note is read out once, on the last page."""
    y, right = sheet.height - MARGIN, sheet.width - MARGIN
    with sheet.decoration():
        sheet.rule(MARGIN, y - 18, right, 0.5, LINE)
    size, lines = fit(tie(note), Face.REGULAR, right - MARGIN - 70, (Step(1, 7, 6), Step(3, 6.5, 6)))
    with sheet.tag("P") if number == pages else sheet.furniture():
        sheet.lines(MARGIN, y - 13, lines, Face.REGULAR, size, 8.6, SOFT)
    with sheet.furniture():
        sheet.text(right, y - 6, f"Page {number} of {pages}", Face.BOLD, 7.6, INK, "right")


def _bar(sheet: Sheet, top: float) -> None:
    with sheet.decoration():
        sheet.box(MARGIN, top, MARGIN + _BAR_WIDTH, top + _BAR_HEIGHT, RUST)
