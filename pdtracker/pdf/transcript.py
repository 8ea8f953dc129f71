"""A person's transcript as PDF: portrait, as many pages as it needs, the heading row on each, the sums at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import pairwise
from typing import Final

from pdtracker.domain.codes import code_text
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.hours import hours_phrase, hours_text
from pdtracker.domain.transcript import TranscriptRow, TranscriptSheet
from pdtracker.pdf.document import write
from pdtracker.pdf.faces import Face
from pdtracker.pdf.letters import missing_letters
from pdtracker.pdf.metadata import Facts
from pdtracker.pdf.ornament import Mark, single_mark
from pdtracker.pdf.palette import INK, LINE, MARKS, PANEL, SOFT, TEAL, WHITE
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.stationery import FOOT_ROOM, MARGIN, RUNNING_HEAD, masthead, page_foot, running_head
from pdtracker.pdf.table_column import HEAD_HEIGHT, TableColumn, table_head
from pdtracker.pdf.typeset import Step, fit, text_width, wrap
from pdtracker.pdf.words import count_words, day_text, dotted, short_day_text, tie

SIZE: Final = (612.0, 792.0)
HEADING: Final = "Transcript of professional learning"
GUTTER: Final = 12.0
TEXT: Final = 8.0
LEADING: Final = 10.2
PAD: Final = 6.0
BESIDE_MARK: Final = 11.0


@dataclass(frozen=True, slots=True)
class _Row:
    """One award, set."""

    day: str
    title: tuple[str, ...]
    about: tuple[str, ...]
    named: str
    category: tuple[str, ...]
    code: str
    minutes: str
    hours: str
    height: float


def render(transcript: TranscriptSheet) -> bytes:
    """The PDF of the transcript; the same values give the same bytes. Raises MissingGlyph as a certificate does."""
    _check_letters(transcript)
    sheet = Sheet(SIZE)
    marks = {name: MARKS[place % len(MARKS)] for place, (name, _) in enumerate(transcript.categories)}
    columns = _columns(transcript)
    rows = [_set(row, columns) for row in transcript.rows]
    top = _head(sheet, transcript, marks)
    cuts = _cuts(rows, top, len(transcript.categories))
    pages = len(cuts) - 1
    for number, (start, stop) in enumerate(pairwise(cuts), 1):
        if number > 1:
            top = running_head(sheet, f"{transcript.person} · {HEADING}")
        _table(sheet, transcript, columns, rows[start:stop], marks, top, stop == len(rows))
        page_foot(sheet, _note(transcript), number, pages)
        sheet.end_page()
    period = f"{day_text(transcript.first_day)} to {day_text(transcript.last_day)}"
    facts = Facts(
        title=f"{HEADING}: {transcript.person}",
        author=transcript.district,
        subject=period,
        at=datetime.combine(transcript.issued_on, time(), UTC),
        identity=repr(transcript).encode(),
    )
    return write(facts, SIZE, sheet.pages, sheet.root, sheet.rare, [], [])


def _check_letters(t: TranscriptSheet) -> None:
    texts = [("the name", t.person), ("the district’s name", t.district), ("the district’s place", t.place)]
    texts.append(("the school’s name", t.school or ""))
    for row in t.rows:
        texts += [
            ("a title", row.title),
            ("a host", row.host),
            ("a kind", row.kind),
            ("a category", row.category),
        ]
    for where, text in texts:
        if letters := missing_letters(text):
            raise MissingGlyph(t.person, where, text, letters, document="transcript")


# Layout


def _columns(t: TranscriptSheet) -> tuple[TableColumn, ...]:
    """Date, activity, category, certificate, minutes, hours, from margin to margin."""
    right = SIZE[0] - MARGIN
    day = max([text_width("Oct 30, 2014", Face.REGULAR, TEXT), 40.0])
    code = text_width("7H4K 9QXM 2PTC 58WD", Face.REGULAR, TEXT) + 4
    names = [text_width(name, Face.REGULAR, TEXT) for name, _ in t.categories]
    category = min(96.0, max([text_width("Category", Face.SEMI, 7), *names])) + 2 + BESIDE_MARK
    minutes = max(text_width("Minutes", Face.SEMI, 7), text_width(f"{t.total_minutes:,}", Face.BOLD, TEXT))
    hours = max(text_width("Hours", Face.SEMI, 7), text_width(hours_text(t.total_minutes), Face.BOLD, TEXT))
    edges, x = [], right
    for wide in (hours, minutes, code, category):
        edges.append((x - wide, x))
        x -= wide + GUTTER
    start = MARGIN + day + GUTTER
    return (
        TableColumn("Date", MARGIN, MARGIN + day),
        TableColumn("Activity · kind · host", start, x),
        TableColumn("Category", *edges[3]),
        TableColumn("Certificate", *edges[2]),
        TableColumn("Minutes", *edges[1], "right"),
        TableColumn("Hours", *edges[0], "right"),
    )


def _set(row: TranscriptRow, columns: Sequence[TableColumn]) -> _Row:
    room = columns[1].room
    title = wrap(row.title, Face.SEMI, TEXT, room)
    about = wrap(dotted([row.kind, row.host]), Face.REGULAR, 7.2, room)
    category = wrap(row.category, Face.REGULAR, TEXT, columns[2].room - BESIDE_MARK)
    return _Row(
        tie(short_day_text(row.on)),
        title,
        about,
        row.category,
        category,
        code_text(row.code) if row.code else "–",
        f"{row.minutes:,}".replace("-", "−"),
        hours_text(row.minutes),
        max(len(title) + len(about), len(category)) * LEADING + PAD,
    )


def _cuts(rows: Sequence[_Row], top: float, sums: int) -> list[int]:
    """Where pages begin and end; the sums keep at least two rows with them."""
    bottom, foot = SIZE[1] - MARGIN - FOOT_ROOM, (sums + 1) * (LEADING + 2) + 8
    cuts, y = [0], top + HEAD_HEIGHT
    for number, row in enumerate(rows):
        if y + row.height > bottom and number > cuts[-1]:
            cuts.append(number)
            y = MARGIN + RUNNING_HEAD + HEAD_HEIGHT
        y += row.height
    if y + foot > bottom and len(rows) - cuts[-1] > 2:
        cuts.append(len(rows) - 2)
    return [*cuts, len(rows)]


# Drawing


def _head(sheet: Sheet, t: TranscriptSheet, marks: dict[str, Mark]) -> float:
    """The first page's head: district, person, period, and the answer in one sentence; returns where it ends."""
    y = masthead(sheet, district=t.district, place=t.place, heading=HEADING, person=t.person)
    period = f"{day_text(t.first_day)} to {day_text(t.last_day)}"
    with sheet.tag("P"):
        told = dotted([*([t.school] if t.school else []), period])
        about = wrap(told, Face.REGULAR, 9, SIZE[0] - 2 * MARGIN)
        y = sheet.lines(MARGIN, y, about, Face.REGULAR, 9, 12, SOFT)
    return _summary(sheet, t, marks, y + 14)


def _summary(sheet: Sheet, t: TranscriptSheet, marks: dict[str, Mark], top: float) -> float:
    """A pale band with the total and each category; returns where the table begins."""
    entries: list[tuple[str, int, Mark | None]] = [("All categories", t.total_minutes, None)]
    entries += [(name, minutes, marks[name]) for name, minutes in t.categories]
    wide, across = (SIZE[0] - 2 * MARGIN - 28) / min(4, len(entries)), min(4, len(entries))
    rounds = -(-len(entries) // across)
    bottom = top + 14 + rounds * 34
    with sheet.decoration():
        sheet.box(MARGIN, top, SIZE[0] - MARGIN, bottom, PANEL)
    with sheet.group("L"):
        for place, (name, minutes, mark) in enumerate(entries):
            x, y = MARGIN + 14 + place % across * wide, top + 9 + place // across * 34
            if mark:
                with sheet.decoration():
                    single_mark(sheet, mark, x + 4, y + 7, 3.2, PANEL)
            with sheet.group("LI"):
                with sheet.tag("Lbl"):
                    size, lines = fit(name, Face.SEMI, wide - 24, (Step(1, 7.5, 6), Step(2, 6, 6)))
                    beside = x + (13 if mark else 0)
                    sheet.lines(beside, y + 7 - len(lines) * 3.6, lines, Face.SEMI, size, 7.2, TEAL)
                with sheet.tag("LBody"):
                    shown = fit(hours_phrase(minutes), Face.BOLD, wide - 24, (Step(1, 12, 7), Step(2, 7, 6)))
                    sheet.lines(
                        beside, y + 15, shown.lines, Face.BOLD, shown.size, 14 / len(shown.lines), INK
                    )
    return bottom + 18


def _table(
    sheet: Sheet,
    t: TranscriptSheet,
    columns: Sequence[TableColumn],
    rows: Sequence[_Row],
    marks: dict[str, Mark],
    top: float,
    last: bool,
) -> None:
    if not rows:
        with sheet.tag("P"):
            sheet.lines(MARGIN, top, ["No credit in this period."], Face.REGULAR, TEXT, LEADING, INK)
        return
    right = SIZE[0] - MARGIN
    with sheet.group("Table"):
        y = table_head(sheet, columns, top)
        for place, row in enumerate(rows):
            _draw_row(sheet, row, columns, marks[row.named], y)
            y += row.height
            closing = place == len(rows) - 1
            with sheet.decoration():
                sheet.rule(MARGIN, y - PAD / 2 - 1, right, 1.2 if closing else 0.35, INK if closing else LINE)
        if last:
            _sums(sheet, t, columns, y + 2)


def _draw_row(sheet: Sheet, row: _Row, columns: Sequence[TableColumn], mark: Mark, y: float) -> None:
    day, activity, category, code, minutes, hours = columns
    with sheet.group("TR"):
        with sheet.tag("TD"):
            sheet.lines(day.at, y, [row.day], Face.REGULAR, TEXT, LEADING, INK)
        with sheet.row_head():
            below = sheet.lines(activity.at, y, row.title, Face.SEMI, TEXT, LEADING, INK)
            sheet.lines(activity.at, below, row.about, Face.REGULAR, 7.2, LEADING, SOFT)
        with sheet.decoration():
            single_mark(sheet, mark, category.at + 3, y + 5.4, 2.3, WHITE)
        with sheet.tag("TD"):
            sheet.lines(category.at + BESIDE_MARK, y, row.category, Face.REGULAR, TEXT, LEADING, INK)
        with sheet.tag("TD"):
            sheet.lines(code.at, y, [row.code], Face.REGULAR, TEXT, LEADING, INK)
        with sheet.tag("TD"):
            sheet.lines(minutes.at, y, [row.minutes], Face.REGULAR, TEXT, LEADING, INK, "right")
        with sheet.tag("TD"):
            sheet.lines(hours.at, y, [row.hours], Face.SEMI, TEXT, LEADING, INK, "right")


def _sums(sheet: Sheet, t: TranscriptSheet, columns: Sequence[TableColumn], y: float) -> None:
    _, activity, category, _, minutes, hours = columns
    entries = [(name, amount, Face.REGULAR) for name, amount in t.categories]
    entries.append(("In all", t.total_minutes, Face.BOLD))
    for place, (name, amount, face) in enumerate(entries):
        with sheet.group("TR"):
            with sheet.row_head(4):
                if place == 0:
                    label = count_words(len(t.rows), "award", "awards")
                    sheet.lines(activity.at, y, [label], Face.BOLD, TEXT, LEADING, INK)
                size, lines = fit(
                    name, face, hours.left - category.left - 60, (Step(1, TEXT, 6), Step(2, 6, 6))
                )
                sheet.lines(category.at, y, lines, face, size, LEADING / len(lines), INK)
            with sheet.tag("TD"):
                text = f"{amount:,}".replace("-", "−")
                sheet.lines(minutes.at, y, [text], face, TEXT, LEADING, INK, "right")
            with sheet.tag("TD"):
                sheet.lines(hours.at, y, [hours_text(amount)], Face.BOLD, TEXT, LEADING, INK, "right")
        y += LEADING + 2


def _note(t: TranscriptSheet) -> str:
    address = t.verify_address.split("://", 1)[1].rstrip("/")
    return f"Drawn up on {day_text(t.issued_on)}. Each certificate can be checked by its code at {address}."
