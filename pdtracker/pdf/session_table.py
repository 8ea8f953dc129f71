"""The table of sessions on the face of a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.pdf.faces import Face
from pdtracker.pdf.ornament import single_mark
from pdtracker.pdf.palette import INK, LINE, SOFT, WHITE, columned, marks_of
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.typeset import text_width, wrap
from pdtracker.pdf.words import NONE_WORD, change_rows, date_words, dotted, tie, time_words


@dataclass(frozen=True, slots=True)
class TableStyle:
    """Measures of the table of sessions."""

    size: float
    leading: float
    pad: float
    head: float
    head_leading: float
    head_pad: float


COLUMN_GAP: Final = 8.0
TABLE: Final = TableStyle(7.3, 9.2, 4.2, 6.6, 8, 5)
TIGHT: Final = TableStyle(6.9, 8.4, 3, 6.6, 8, 4)


@dataclass(frozen=True, slots=True)
class _Row:
    """One session, set: lines of each column."""

    when: tuple[str, tuple[str, ...]]
    title: tuple[str, ...]
    about: tuple[str, ...]
    minutes: list[str]
    total: str
    height: float


class SessionTable:
    """The sessions on the face, two lines and more in a row; the columns of minutes are marked like the ring."""

    def __init__(self, s: Snapshot, room: float, style: TableStyle) -> None:
        self.style, self.room = style, room
        self.categories = columned(s)
        self.all_categories = s.categories
        self.sums = _sums(s)
        self.minutes_head = "Minutes attended" if s.counts_together else "Minutes"
        days = [date_words(session) for session in s.sessions]
        times = [time_words(session) for session in s.sessions]
        widths = [text_width(tie(day), Face.SEMI, style.size) for day in days]
        widths += [text_width(at, Face.REGULAR, style.size) for at in times]
        self.when = min(max(widths), style.size * 16) + COLUMN_GAP + 2
        self.heads = [
            (c.short, text_width(c.short, Face.SEMI, style.head) + COLUMN_GAP + 10) for c in self.categories
        ]
        minutes_width = text_width(self.minutes_head, Face.SEMI, style.head)
        self.heads.append((self.minutes_head, minutes_width + COLUMN_GAP + 2))
        self.title = room + COLUMN_GAP - self.when - sum(wide for _, wide in self.heads)
        self.rows = [self._row(*each) for each in zip(s.sessions, days, times, strict=True)]
        self.head_height = style.head_leading + style.head_pad
        self.foot_height = len(self.sums) * style.leading + style.pad
        self.height = self.head_height + sum(row.height for row in self.rows) + self.foot_height

    def _row(self, session: CertifiedSession, day: str, at: str) -> _Row:
        style, room = self.style, self.title - COLUMN_GAP
        title = wrap(session.title, Face.SEMI, style.size, room)
        where = f"{session.delivery}: {session.place}" if session.place else session.delivery
        about = wrap(dotted([session.kind, where, session.host]), Face.REGULAR, style.size, room)
        times = wrap(at, Face.REGULAR, style.size, self.when - COLUMN_GAP)
        minutes = [str(session.minutes_in(c.name) or NONE_WORD) for c in self.categories]
        count = max(len(title) + len(about), 1 + len(times))
        return _Row(
            (day, times),
            title,
            about,
            minutes,
            str(session.stated_minutes),
            count * style.leading + style.pad,
        )

    def draw(self, sheet: Sheet, left: float, top: float) -> None:
        """Heading row, sessions, and the sums."""
        style, right = self.style, left + self.room
        with sheet.group("Table"):
            self._draw_heads(sheet, left, top)
            y = top + self.head_height
            with sheet.decoration():
                sheet.rule(left, y - style.head_pad / 2, right, 1.2, INK)
            for place, row in enumerate(self.rows):
                self._draw_row(sheet, row, left, y)
                y += row.height
                last = place == len(self.rows) - 1
                with sheet.decoration():
                    sheet.rule(left, y - style.pad / 2, right, 1.2 if last else 0.35, INK if last else LINE)
            self._draw_sums(sheet, left, y)

    def _draw_heads(self, sheet: Sheet, left: float, top: float) -> None:
        style, x = self.style, left + self.when
        marks = marks_of(self.all_categories, sheet.accent)
        with sheet.group("TR"):
            for at, label in ((left, "Date and time"), (x, "Session · kind · delivery and place · host")):
                with sheet.column_head():
                    sheet.lines(at, top, [label], Face.SEMI, style.head, style.head_leading, sheet.accent)
            x += self.title
            for place, (label, wide) in enumerate(self.heads):
                x += wide
                if place < len(self.categories):
                    edge = x - COLUMN_GAP - text_width(label, Face.SEMI, style.head) - 5
                    with sheet.decoration():
                        mark = marks[self.categories[place].name]
                        single_mark(sheet, mark, edge, top + 4.4, 2.1, WHITE)
                with sheet.column_head():
                    sheet.lines(
                        x - COLUMN_GAP,
                        top,
                        [label],
                        Face.SEMI,
                        style.head,
                        style.head_leading,
                        sheet.accent,
                        "right",
                    )

    def _draw_row(self, sheet: Sheet, row: _Row, left: float, y: float) -> None:
        style = self.style
        size, distance = style.size, style.leading
        with sheet.group("TR"):
            with sheet.tag("TD"):
                below = sheet.lines(left, y, [row.when[0]], Face.SEMI, size, distance, INK)
                sheet.lines(left, below, row.when[1], Face.REGULAR, size, distance, SOFT)
            with sheet.row_head():
                below = sheet.lines(left + self.when, y, row.title, Face.SEMI, size, distance, INK)
                sheet.lines(left + self.when, below, row.about, Face.REGULAR, size, distance, SOFT)
            x = left + self.when + self.title - COLUMN_GAP
            figures = [*((minutes, Face.REGULAR) for minutes in row.minutes), (row.total, Face.SEMI)]
            for (minutes, face), (_, wide) in zip(figures, self.heads, strict=True):
                x += wide
                with sheet.tag("TD"):
                    sheet.lines(x, y, [minutes], face, size, distance, INK, "right")

    def _draw_sums(self, sheet: Sheet, left: float, y: float) -> None:
        size, distance = self.style.size, self.style.leading
        for place, (name, figures) in enumerate(self.sums):
            face = Face.BOLD if place == len(self.sums) - 1 else Face.REGULAR
            with sheet.group("TR"):
                with sheet.row_head(2):
                    below = sheet.lines(left + self.when, y, [name], face, size, distance, INK)
                x = left + self.when + self.title - COLUMN_GAP
                for minutes, (_, wide) in zip(figures, self.heads, strict=True):
                    x += wide
                    with sheet.tag("TD"):
                        sheet.lines(x, y, [minutes], face, size, distance, INK, "right")
            y = below


def _sums(s: Snapshot) -> list[tuple[str, list[str]]]:
    """The rows under the sessions: the minutes in all, and before them what led there from those attended."""
    sums = [*(category.minutes for category in columned(s)), s.total_minutes]
    told = [f"{minutes:,}" for minutes in sums]
    return [*change_rows(s), ("Minutes certified" if s.changes else "Minutes in all", told)]
