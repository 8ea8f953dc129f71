"""A list of sessions with a line each, as classic and plain show it on their face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.pdf.palette import Dress, columned
from pdtracker.pdf.sheet import Align, Colour, Sheet
from pdtracker.pdf.typeset import text_width, wrap
from pdtracker.pdf.words import (
    NONE_WORD,
    change_rows,
    date_words,
    dotted,
    tie,
    time_words,
    unit_words,
    units_text,
)


@dataclass(frozen=True, slots=True)
class ListStyle:
    """Measures of the list. `inset` is the room inside its edges, `fill` the ground of its heads."""

    size: float
    leading: float
    pad: float
    head: float
    head_leading: float
    gutter: float = 9.0
    inset: float = 0.0
    fill: Colour | None = None
    is_numbered: bool = False
    says_units: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    head: str
    wide: float
    align: Align = "left"
    heads_row: bool = False


_PARTS: Final = "\n"
"""Between the parts of a cell."""
LEAST_TITLE: Final = 130.0
"""The least room for a session's title; before that the place gives way."""


class SessionList:
    """The sessions of a snapshot, set for some room."""

    def __init__(self, s: Snapshot, room: float, style: ListStyle, dress: Dress) -> None:
        self.style, self.dress, self.room = style, dress, room
        categories = columned(s)
        texts = [_texts(number, x) for number, x in enumerate(s.sessions, 1)]
        amounts = [c.short for c in categories] + ["Minutes attended" if s.counts_together else "Minutes"]
        self.columns = self._columns(texts, amounts)
        places = range(len(texts[0])) if style.is_numbered else range(1, len(texts[0]))
        self.rows = [
            self._cells(
                [
                    *(text[at] for at in places),
                    *(str(x.minutes_in(c.name) or NONE_WORD) for c in categories),
                    str(x.stated_minutes),
                ]
            )
            for text, x in zip(texts, s.sessions, strict=True)
        ]
        self.heights = [max(map(len, cells)) * style.leading + style.pad for cells in self.rows]
        sums = [c.minutes for c in categories] + [s.total_minutes]
        self.sums = [
            *change_rows(s),
            ("Minutes certified" if s.changes else "Minutes in all", [f"{minutes:,}" for minutes in sums]),
        ]
        if style.says_units:
            told = [units_text(minutes, s.unit.minutes) for minutes in sums]
            unit = unit_words(s.total_minutes, s.unit)
            self.sums.append((unit[:1].upper() + unit[1:] if s.form else unit, told))
        self.plain_sums = len(self.sums) - (2 if style.says_units else 1)
        self.heads = [wrap(c.head, dress.semi, style.head, c.wide - style.gutter + 0.5) for c in self.columns]
        self.head_height = max(map(len, self.heads)) * style.head_leading + style.pad + 2
        self.sum_height = style.leading + style.pad * 0.5
        self.height = self.head_height + sum(self.heights) + len(self.sums) * self.sum_height + style.pad / 2

    def _columns(self, texts: Sequence[Sequence[str]], amounts: Sequence[str]) -> list[_Column]:
        style, dress = self.style, self.dress

        def need(place: int, most: float) -> float:
            widest = max(
                text_width(dotted(text[place].split(_PARTS)), dress.text, style.size) for text in texts
            )
            return min(widest, most * style.size) + style.gutter + 0.6

        figures = text_width("0,000", dress.bold, style.size)
        last = [
            _Column(head, max(figures, text_width(head, dress.semi, style.head)) + style.gutter, "right")
            for head in amounts
        ]
        number = text_width("00", dress.text, style.size) + style.gutter + 6
        first = [_Column("No.", number, "right")] if style.is_numbered else []
        first += [_Column("Date", need(1, 13)), _Column("Time", need(2, 9.6))]
        left = self.room - 2 * style.inset + style.gutter - sum(c.wide for c in (*first, *last))
        where = min(need(4, 20), max(left - LEAST_TITLE - style.gutter, left * 0.35))
        return [
            *first,
            _Column("Session and host", left - where, "left", True),
            _Column("Kind, delivery and place", where),
            *last,
        ]

    def _cells(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [
            self._lines(text.split(_PARTS), column.wide - self.style.gutter + 0.5)
            for text, column in zip(texts, self.columns, strict=True)
        ]

    def _lines(self, parts: Sequence[str], room: float) -> tuple[str, ...]:
        """The parts on one line with a dot between, if they have room on it, else each begins a line of its own."""
        face, size = self.dress.text, self.style.size
        beside = dotted(parts)
        if text_width(beside, face, size) <= room:
            return (beside,)
        return tuple(line for part in parts for line in wrap(part, face, size, room))

    def draw(self, sheet: Sheet, left: float, top: float) -> float:
        """Heads, sessions and sums; returns where they end."""
        style, dress, right = self.style, self.dress, left + self.room
        if style.fill:
            with sheet.decoration():
                sheet.box(left, top, right, top + self.head_height, style.fill)
        with sheet.group("Table"):
            self._draw_row(sheet, self.heads, left, top + style.pad / 2 + 1, is_head=True)
            y = top + self.head_height
            with sheet.decoration():
                sheet.rule(left, y, right, 0.8, dress.accent)
            for place, (cells, tall) in enumerate(zip(self.rows, self.heights, strict=True)):
                self._draw_row(sheet, cells, left, y + style.pad / 2)
                y += tall
                is_last = place == len(self.rows) - 1
                with sheet.decoration():
                    rule = (0.8, dress.accent) if is_last else (0.35, dress.line)
                    sheet.rule(left, y, right, *rule)
            return self._draw_sums(sheet, left, y + style.pad / 2)

    def _draw_row(
        self, sheet: Sheet, cells: Sequence[Sequence[str]], left: float, y: float, *, is_head: bool = False
    ) -> None:
        style, dress, x = self.style, self.dress, left + self.style.inset
        size, distance = (style.head, style.head_leading) if is_head else (style.size, style.leading)
        most = max(map(len, cells))
        with sheet.group("TR"):
            for column, lines in zip(self.columns, cells, strict=True):
                tagged = (
                    sheet.column_head()
                    if is_head
                    else sheet.row_head()
                    if column.heads_row
                    else sheet.tag("TD")
                )
                face, colour = (dress.semi, dress.accent) if is_head else (dress.text, dress.ink)
                top = y + (most - len(lines)) * distance if is_head else y
                with tagged:
                    sheet.lines(self._edge(column, x), top, lines, face, size, distance, colour, column.align)
                x += column.wide

    def _draw_sums(self, sheet: Sheet, left: float, y: float) -> float:
        style, dress = self.style, self.dress
        first = len(self.columns) - len(self.sums[0][1])
        # The changes of sessions that count together have one figure, as all of their rows have.
        named = sum(c.wide for c in self.columns[: 3 if style.is_numbered else 2])
        for place, (name, figures) in enumerate(self.sums):
            face = dress.text if place < self.plain_sums else dress.bold
            x = left + style.inset + sum(c.wide for c in self.columns[:first])
            with sheet.group("TR"):
                with sheet.row_head(first):
                    at = left + style.inset + named
                    sheet.lines(at, y, [name], face, style.size, style.leading, dress.ink)
                for column, text in zip(self.columns[first:], figures, strict=True):
                    with sheet.tag("TD"):
                        edge = self._edge(column, x)
                        sheet.lines(edge, y, [text], face, style.size, style.leading, dress.ink, "right")
                    x += column.wide
            y += self.sum_height
        return y

    def _edge(self, column: _Column, x: float) -> float:
        return x + column.wide - self.style.gutter if column.align == "right" else x


def _texts(number: int, x: CertifiedSession) -> tuple[str, ...]:
    where = f"{x.delivery}: {x.place}" if x.place else x.delivery
    return (
        str(number),
        tie(date_words(x)),
        time_words(x),
        _PARTS.join((x.title, x.host)),
        _PARTS.join((x.kind, where)),
    )
