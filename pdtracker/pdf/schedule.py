"""The schedule pages of a certificate: every session in one table, so that an auditor adds up one list.

Each page says whose certificate it belongs to and carries the QR code, so that a loose page finds its way back. The
heading row stands on every page, and the sums never stand alone on one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.codes import code_text
from pdtracker.pdf.faces import Face
from pdtracker.pdf.palette import BLACK, MM, WHITE, Dress, columned, figure
from pdtracker.pdf.qr import code_of
from pdtracker.pdf.sheet import Align, Sheet
from pdtracker.pdf.typeset import Step, fit, text_width, wrap
from pdtracker.pdf.words import (
    NONE_WORD,
    amount_text,
    change_rows,
    date_words,
    day_text,
    fours,
    lower_first,
    tie,
    time_words,
    unit_words,
    units_text,
)

MARGIN: Final = 40.0
QR_SIDE: Final = 20 * MM
HEAD_HEIGHT: Final = 76.0
GUTTER: Final = 10.0
LEGEND: Final = 7.0


@dataclass(frozen=True, slots=True)
class Style:
    """Measures of the schedule's table."""

    size: float = 7.2
    leading: float = 9.2
    pad: float = 4.6


STYLES: Final = (Style(), Style(7.2, 8.8, 3.2), Style(6.95, 8.5, 3.2), Style(6.7, 8.2, 2.6))
"""Closer settings are taken only when they save a page."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, its width with the gutter, how it aligns, and whether it heads the row."""

    head: str
    wide: float
    align: Align = "left"
    heads_row: bool = False


class Schedule:
    """The sessions of a snapshot as a table that can be cut into pages."""

    def __init__(self, s: Snapshot, room: float, style: Style, dress: Dress) -> None:
        self.style, self.room, self.dress = style, room, dress
        self.ways = list(dict.fromkeys(session.attendance for session in s.sessions))
        texts = [
            (str(number), tie(date_words(x)), time_words(x), x.title, x.host, _where(x.kind, x.delivery, x.place),
             chr(ord("A") + self.ways.index(x.attendance) % 26))
            for number, x in enumerate(s.sessions, 1)
        ]  # fmt: skip
        categories = columned(s)
        minutes_head = "Minutes attended" if s.counts_together else "Minutes"
        self.columns = self._columns(texts, [*(c.short for c in categories), minutes_head])
        self.rows = [
            self._cells(
                [*text, *(str(x.minutes_in(c.name) or NONE_WORD) for c in categories), str(x.stated_minutes)]
            )
            for text, x in zip(texts, s.sessions, strict=True)
        ]
        self.heights = [max(map(len, cells)) * style.leading + style.pad for cells in self.rows]
        sums = [c.minutes for c in categories] + [s.total_minutes]
        self.changes = change_rows(s)
        self.sums = [
            *self.changes,
            ("Minutes certified" if s.changes else "Minutes in all", [f"{minutes:,}" for minutes in sums]),
            (unit_words(s.total_minutes, s.unit), [units_text(minutes, s.unit.minutes) for minutes in sums]),
        ]
        self.head_height = max(len(head) for head in self._heads()) * 8.6 + 6
        self.foot_height = len(self.sums) * (style.leading + style.pad * 0.8) + style.pad * 0.3

    def _columns(self, texts: Sequence[Sequence[str]], heads: Sequence[str]) -> list[Column]:
        size, dress = self.style.size, self.dress

        def need(place: int, head: str, most: float = 1e9, face: Face = dress.text) -> float:
            words = max(text_width(word, dress.semi, 6.6) for word in head.split(" "))
            widest = max(text_width(text[place], face, size) for text in texts)
            return max(min(widest, most * size), words) + GUTTER + 0.6

        figures = text_width("0,000", dress.bold, size)
        amounts = [
            Column(head, max(figures, text_width(head, dress.semi, 6.6)) + GUTTER + 0.6, "right")
            for head in heads
        ]
        fixed = [
            Column("No.", need(0, "No."), "right"),
            Column("Date", need(1, "Date", 13)),
            Column("Time", need(2, "Time", 12.5)),
        ]
        way = Column("Att.", need(6, "Att."), "centre")
        left = self.room + GUTTER - sum(column.wide for column in (*fixed, way, *amounts))
        wanted = [need(3, "Session", face=dress.semi), need(4, "Host", 16), need(5, "Delivery", 17)]
        shared = self._shared(wanted, left)
        return [
            *fixed,
            Column("Session", shared[0], "left", True),
            Column("Host", shared[1]),
            Column("Kind · delivery and place", shared[2]),
            way,
            *amounts,
        ]

    def _shared(self, wanted: Sequence[float], left: float) -> list[float]:
        """Width for session, host and place: as wanted if there is room, else the widest gives way first."""
        widths = list(wanted)
        while sum(widths) > left:
            widest = widths.index(max(widths))
            widths[widest] -= max(0.5, (sum(widths) - left) / 8)
        spare = (left - sum(widths)) / len(widths)
        return [wide + spare for wide in widths]

    def _heads(self) -> list[tuple[str, ...]]:
        return [wrap(c.head, self.dress.semi, 6.6, c.wide - GUTTER + 0.5) for c in self.columns]

    def _cells(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [
            wrap(text, self._face(column), self.style.size, column.wide - GUTTER + 0.5)
            for text, column in zip(texts, self.columns, strict=True)
        ]

    def _face(self, column: Column) -> Face:
        """The weight in which a column's cells are set."""
        return self.dress.semi if column.heads_row else self.dress.text

    def cuts(self, tall: float) -> list[int]:
        """Where the pages begin and end: 0, ..., number of rows."""
        marks, start = [0], 0
        while start < len(self.rows):
            used, stop = self.head_height, start
            while stop < len(self.rows) and (stop == start or used + self.heights[stop] <= tall):
                used += self.heights[stop]
                stop += 1
            if stop == len(self.rows) and used + self.foot_height > tall:
                stop = max(start + 1, stop - 2)
            marks.append(stop)
            start = stop
        if (
            marks[-1] == len(self.rows)
            and len(self.rows) - marks[-2] == 1
            and self._too_tall(marks[-2], tall)
        ):
            marks.append(len(self.rows))
        return marks

    def _too_tall(self, start: int, tall: float) -> bool:
        return self.head_height + sum(self.heights[start:]) + self.foot_height > tall

    def draw(self, sheet: Sheet, left: float, top: float, start: int, stop: int) -> float:
        """Some rows under the heading row, and the sums after the last one; returns where it ends."""
        style, right = self.style, left + self.room
        with sheet.group("Table"):
            y = self._draw_heads(sheet, left, top)
            with sheet.decoration():
                sheet.rule(left, y, right, 1.2, self.dress.ink)
            for number in range(start, stop):
                self._draw_cells(sheet, self.rows[number], left, y + style.pad / 2)
                y += self.heights[number]
                with sheet.decoration():
                    last = number == stop - 1
                    sheet.rule(
                        left, y, right, 1.2 if last else 0.35, self.dress.ink if last else self.dress.line
                    )
            if stop == len(self.rows):
                y = self._draw_sums(sheet, left, y + style.pad * 0.3)
        return y

    def _draw_heads(self, sheet: Sheet, left: float, top: float) -> float:
        heads = self._heads()
        most, x = max(map(len, heads)), left
        with sheet.group("TR"):
            for column, lines in zip(self.columns, heads, strict=True):
                with sheet.column_head():
                    y = top + 3 + (most - len(lines)) * 8.6
                    sheet.lines(
                        _edge(column, x), y, lines, self.dress.semi, 6.6, 8.6, self.dress.accent, column.align
                    )
                x += column.wide
        return top + self.head_height

    def _draw_cells(self, sheet: Sheet, cells: Sequence[Sequence[str]], left: float, y: float) -> None:
        x = left
        with sheet.group("TR"):
            for column, lines in zip(self.columns, cells, strict=True):
                with sheet.row_head() if column.heads_row else sheet.tag("TD"):
                    face = self._face(column)
                    sheet.lines(
                        _edge(column, x),
                        y,
                        lines,
                        face,
                        self.style.size,
                        self.style.leading,
                        self.dress.ink,
                        column.align,
                    )
                x += column.wide

    def _draw_sums(self, sheet: Sheet, left: float, y: float) -> float:
        style, dress = self.style, self.dress
        names = sum(column.wide for column in self.columns[:3])
        first = len(self.columns) - len(self.sums[0][1])
        for place, (name, figures) in enumerate(self.sums):
            face = dress.text if place < len(self.changes) else dress.bold
            x = left + sum(column.wide for column in self.columns[:first])
            top = y + style.pad * 0.4
            with sheet.group("TR"):
                with sheet.row_head(first):
                    sheet.lines(left + names, top, [name], face, style.size, style.leading, dress.ink)
                for column, text in zip(self.columns[first:], figures, strict=True):
                    with sheet.tag("TD"):
                        sheet.lines(
                            _edge(column, x), top, [text], face, style.size, style.leading, dress.ink, "right"
                        )
                    x += column.wide
            y += style.leading + style.pad * 0.8
        return y


def draw_schedule(sheet: Sheet, s: Snapshot, fingerprint: str, dress: Dress) -> None:
    """Adds as many pages as the sessions need."""
    room = sheet.width - 2 * MARGIN
    schedule = Schedule(s, room, STYLES[0], dress)
    legend = _legend(schedule.ways, room, dress)
    top, bottom = MARGIN + HEAD_HEIGHT, sheet.height - MARGIN + 12 - 26 - len(legend) * 9
    cuts = schedule.cuts(bottom - top)
    if len(cuts) > 2:
        for style in STYLES[1:]:
            closer = Schedule(s, room, style, dress)
            if len(closer.cuts(bottom - top)) < len(cuts):
                schedule, cuts = closer, closer.cuts(bottom - top)
                break
    for number, (start, stop) in enumerate(pairwise(cuts), 2):
        _head(sheet, s, room, dress)
        y = schedule.draw(sheet, MARGIN, top, start, stop)
        with sheet.tag("P"):
            if stop < len(schedule.rows):
                text = f"continued on page {number + 1}"
                sheet.text(sheet.width - MARGIN, y + 10, text, dress.text, LEGEND, dress.soft, "right")
            sheet.lines(MARGIN, y + 3, legend, dress.text, LEGEND, 9, dress.soft)
        _foot(sheet, s, fingerprint, number, len(cuts), dress)
        sheet.end_page()


def _head(sheet: Sheet, s: Snapshot, room: float, dress: Dress) -> None:
    if dress.bar:
        with sheet.decoration():
            sheet.box(MARGIN, MARGIN - 14, MARGIN + 46, MARGIN - 9, dress.bar)
    with sheet.tag("H2"):
        sheet.text(MARGIN, MARGIN + 14.4, "Schedule of sessions", dress.large, 18, dress.accent)
    beside = room - QR_SIDE - 20
    face = dress.bold.for_text(s.holder.name)
    size, lines = fit(s.holder.name, face, beside, (Step(1, 11, 8), Step(2, 9, 8)))
    with sheet.tag("P"):
        y = sheet.lines(MARGIN, MARGIN + 24, lines, face, size, size * 1.25, dress.ink)
    identity = (
        f"Certificate {code_text(s.code)} · {amount_text(s.total_minutes, s.unit)} ({s.total_minutes:,} minutes)"
        f" · {s.title} · Issued by {s.district.name} on {day_text(s.issued_on)}"
    )
    size, lines = fit(tie(identity), dress.text, beside, (Step(1, 8.4, 7.6), Step(2, 8.4, 7), Step(3, 7, 6)))
    with sheet.tag("P"):
        sheet.lines(MARGIN, y, lines, dress.text, size, size * 1.25, dress.soft)
    x, top = sheet.width - MARGIN - QR_SIDE + 4, MARGIN - 4
    said = "QR code that opens the verification page of this certificate"
    with sheet.tag("Figure", figure(said, x, top, QR_SIDE, QR_SIDE, sheet)):
        sheet.qr(code_of(s.verify_address, s.code), x, top, QR_SIDE, BLACK, WHITE)


def _foot(sheet: Sheet, s: Snapshot, fingerprint: str, number: int, pages: int, dress: Dress) -> None:
    y = sheet.height - MARGIN
    with sheet.furniture():
        address = f"Verify at {s.verify_address.split('://', 1)[1].rstrip('/')} with code {code_text(s.code)}"
        sheet.text(MARGIN, y - 1, address, dress.text, 7, dress.soft)
    with sheet.furniture():
        sheet.text(
            sheet.width - MARGIN, y - 1, f"Page {number} of {pages}", dress.bold, 7.6, dress.ink, "right"
        )
    with sheet.furniture():
        sheet.text(
            MARGIN, y + 8.5, f"Fingerprint (SHA-256) {fours(fingerprint)}", dress.text, 6.2, dress.soft
        )


def _legend(ways: Sequence[str], room: float, dress: Dress) -> tuple[str, ...]:
    named = [f"{chr(ord('A') + place % 26)} {lower_first(way)}" for place, way in enumerate(ways)]
    return wrap("Att. = attendance verified by: " + " · ".join(named), dress.text, LEGEND, room)


def _where(kind: str, delivery: str, place: str | None) -> str:
    return f"{kind} · {delivery}: {place}" if place else f"{kind} · {delivery}"


def _edge(column: Column, x: float) -> float:
    """Where a cell's text begins, ends, or has its middle."""
    return {"left": x, "right": x + column.wide - GUTTER, "centre": x + (column.wide - GUTTER) / 2}[
        column.align
    ]
