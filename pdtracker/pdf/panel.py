"""The panel of the modern certificate: the record with its ring, categories, code and QR code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pdtracker.domain.certificate import CertifiedCategory, Snapshot
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.domain.codes import code_text
from pdtracker.pdf.faces import Face
from pdtracker.pdf.ornament import minute_ring, minutes_per_dot, single_mark
from pdtracker.pdf.palette import (
    BLACK,
    INK,
    LINE,
    MM,
    PALE,
    PANEL,
    SOFT,
    WHITE,
    counted,
    figure,
    marks_of,
)
from pdtracker.pdf.qr import code_of
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.typeset import Step, balance, fit, text_width, wrap
from pdtracker.pdf.words import conversion_words, day_text, lower_first, tie, unit_words, units_text

QR_SIDE: Final = 25 * MM
PANEL_PAD: Final = 17.0


def draw_panel(sheet: Sheet, s: Snapshot, x0: float, x1: float, top: float, bottom: float) -> None:
    """The record: hours, ring, categories, provider, attendance, code. Read after the sentence on the left."""
    left, right = x0 + PANEL_PAD, x1 - PANEL_PAD
    room = right - left
    with sheet.decoration():
        sheet.box(x0, top, x1, bottom, PANEL)
    shown = [c for c in s.categories if c.minutes or len(s.categories) <= 3]
    names = [fit(c.name, Face.REGULAR, room - 14 - 72, (Step(1, 8, 7), Step(2, 7, 6))) for c in shown]
    even = min(name.size for name in names)
    heights = [17 if len(name.lines) == 1 else 22 for name in names]
    unit = wrap(conversion_words(s.unit), Face.REGULAR, 6.6, room)
    facts = _panel_facts(s, room)
    foot = _PanelFoot(s, room)
    fixed = 17 + sum(heights) + 17 + len(unit) * 8.4 + 2 + sum(9 + len(lines) * 9.2 for _, lines in facts)
    free = bottom - top - 2 * PANEL_PAD - fixed - foot.height
    outer = max(46.0, min(room / 2, (free - 28) / 2))
    gap = max(3.0, min(13.0, (free - 2 * outer) / 5))
    y = _hours(sheet, s, (x0 + x1) / 2, top + PANEL_PAD + outer, outer, gap)
    rows = [(c, name.lines, tall) for c, name, tall in zip(shown, names, heights, strict=True)]
    y = _categories(sheet, s, rows, even, left, right, y)
    with sheet.tag("P"):
        y = sheet.lines(left, y + 1, unit, Face.REGULAR, 6.6, 8.4, SOFT) + 1
    with sheet.group("L"):
        for label, lines in facts:
            y += gap * 0.9
            with sheet.group("LI"):
                with sheet.tag("Lbl"):
                    sheet.text(left, y + 7, label, Face.SEMI, 6.8, sheet.accent)
                with sheet.tag("LBody"):
                    y = sheet.lines(left, y + 9, lines, Face.REGULAR, 7.3, 9.2, INK)
    foot.draw(sheet, left, right, bottom - PANEL_PAD)


def _panel_facts(s: Snapshot, room: float) -> list[tuple[str, list[str]]]:
    provider = [s.district.name]
    if s.district.sponsor_number:
        period = f", {s.district.sponsor_period}" if s.district.sponsor_period else ""
        provider.append(f"Sponsor no. {s.district.sponsor_number}{period}")
    facts = [("Provider", provider), ("Attendance verified by", [attendance_words(s.sessions)])]
    if s.reflection:
        facts.append(("Reflection", [s.reflection]))
    return [
        (label, [line for part in parts for line in balance(tie(part), Face.REGULAR, 7.3, room)])
        for label, parts in facts
    ]


def _hours(sheet: Sheet, s: Snapshot, middle: float, centre: float, outer: float, gap: float) -> float:
    """The ring with the sum inside and its scale below; returns where it ends."""
    marks = marks_of(s.categories, sheet.accent)
    parts = [(c.minutes, marks[c.name]) for c in counted(s.categories)]
    said = "Ring of dots that shows the minutes of instruction by category; the same figures follow as text"
    with sheet.tag("Figure", figure(said, middle - outer, centre - outer, 2 * outer, 2 * outer, sheet)):
        inside = minute_ring(sheet, middle, centre, outer, parts, PALE, PANEL)
    figures, unit = units_text(s.total_minutes, s.unit.minutes), unit_words(s.total_minutes, s.unit)
    big, small = _hours_sizes(figures, unit, inside)
    with sheet.tag("P"):
        base = centre + big * 0.22
        sheet.text(middle, base, figures, Face.BLACK, big, INK, "centre", -20)
        sheet.text(middle, base + small * 1.5, unit, Face.SEMI, small, sheet.accent, "centre")
    y = centre + outer + gap * 0.6
    with sheet.tag("P"):
        sheet.text(
            middle, y + 7, _SCALE_WORDS[minutes_per_dot(s.total_minutes)], Face.REGULAR, 6.6, SOFT, "centre"
        )
    return y + 12 + gap * 0.4


@lru_cache(maxsize=512)
def _hours_sizes(figures: str, unit: str, inside: float) -> tuple[float, float]:
    """The sizes of sum and unit in a ring with this much room."""
    big = min(60.0, float(int(inside * 0.82)))
    while big > 8 and text_width(figures, Face.BLACK, big, -20) > inside * 1.42:
        big -= 1
    small = min(10.0, inside * 0.17)
    while small > 6 and text_width(unit, Face.SEMI, small) > inside * 1.35:
        small -= 0.25
    return big, small


_SCALE_WORDS: Final = {
    1: "Each dot is one minute, each round an hour",
    5: "Each dot is five minutes, each round five hours",
    15: "Each dot is a quarter of an hour, each round fifteen hours",
    60: "Each dot is one hour, each round sixty hours",
}


def _categories(
    sheet: Sheet,
    s: Snapshot,
    rows: Sequence[tuple[CertifiedCategory, Sequence[str], float]],
    size: float,
    left: float,
    right: float,
    y: float,
) -> float:
    """Minutes and hours by category, with the marks of the ring; returns where the table ends."""
    marks = marks_of(s.categories, sheet.accent)
    with sheet.group("Table"):
        for category, lines, tall in rows:
            with sheet.decoration():
                sheet.rule(left, y, right, 0.5, LINE)
                single_mark(sheet, marks[category.name], left + 4, y + tall / 2, 3.1, PANEL)
            base = y + tall / 2 + 2.6
            with sheet.group("TR"):
                with sheet.row_head():
                    below = y + tall / 2 - len(lines) * 4.2 + 0.5
                    sheet.lines(left + 14, below, lines, Face.REGULAR, size, 8.4, INK)
                with sheet.tag("TD"):
                    sheet.text(
                        right - 36, base, f"{category.minutes:,} min", Face.REGULAR, 7.6, SOFT, "right"
                    )
                with sheet.tag("TD"):
                    sheet.text(
                        right, base, f"{units_text(category.minutes, 60)} h", Face.BOLD, 8, INK, "right"
                    )
            y += tall
        with sheet.decoration():
            sheet.rule(left, y, right, 1.2, INK)
        with sheet.group("TR"):
            with sheet.row_head():
                sheet.text(left + 14, y + 11.8, "In all", Face.BOLD, 8, INK)
            with sheet.tag("TD"):
                sheet.text(right - 36, y + 11.8, f"{s.total_minutes:,} min", Face.SEMI, 7.6, INK, "right")
            with sheet.tag("TD"):
                sheet.text(
                    right, y + 11.8, f"{units_text(s.total_minutes, 60)} h", Face.BOLD, 8, INK, "right"
                )
    return y + 17


class _PanelFoot:
    """Code, address, day of issue and QR code, at the foot of the panel."""

    def __init__(self, s: Snapshot, room: float) -> None:
        self.snapshot = s
        self.code = fit(code_text(s.code), Face.BOLD, room, (Step(1, 14, 9),))
        shown = s.verify_address.split("://", 1)[1].rstrip("/")
        self.address = fit(shown, Face.REGULAR, room, (Step(1, 7.6, 6.4), Step(2, 6.8, 6), Step(3, 6, 6)))
        self.height = 10 + 19 + 9 + len(self.address.lines) * 9.6 + 9 + QR_SIDE

    def draw(self, sheet: Sheet, left: float, right: float, bottom: float) -> None:
        """Draws upwards from the bottom."""
        s, y = self.snapshot, bottom - self.height
        with sheet.tag("P"):
            sheet.text(left, y + 7, "Certificate code", Face.SEMI, 6.8, sheet.accent)
            y = 2 + sheet.lines(left, y + 10, self.code.lines, Face.BOLD, self.code.size, 17, INK)
        with sheet.tag("P"):
            sheet.text(left, y + 7, "Verify at", Face.SEMI, 6.8, sheet.accent)
            sheet.lines(left, y + 9, self.address.lines, Face.REGULAR, self.address.size, 9.6, INK)
        x, top = right - QR_SIDE, bottom - QR_SIDE
        with sheet.tag("P"):
            y = sheet.lines(left, top - 1, ["Issued"], Face.SEMI, 6.8, 9, sheet.accent)
            sheet.lines(left, y, [day_text(s.issued_on)], Face.REGULAR, 7.4, 9.6, INK)
        said = "QR code that opens the verification page of this certificate"
        with sheet.tag("Figure", figure(said, x, top, QR_SIDE, QR_SIDE, sheet)):
            sheet.qr(code_of(s.verify_address, s.code), x, top, QR_SIDE, BLACK, WHITE)


def attendance_words(sessions: Sequence[CertifiedSession]) -> str:
    """The ways in which attendance was verified, in the order of first use."""
    first, *others = dict.fromkeys(session.attendance for session in sessions)
    return "; ".join([first, *(lower_first(other) for other in others)])
