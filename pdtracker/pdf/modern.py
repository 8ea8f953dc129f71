"""The modern certificate, version 1: the person on the left, the record in a pale panel with the minute ring.

Read in this order: district, what it is, name, hours and title, sessions, approval; then the panel; then the small
print. Text is tried large, then smaller, then on more lines, then in a closer setting, and at last the sessions move
together to schedule pages. Nothing is cut, nothing is squeezed, nothing is set below 6 points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pdtracker.domain.certificate import CertifiedCategory, CertifiedSession, Snapshot, code_text
from pdtracker.pdf.document import text_string
from pdtracker.pdf.faces import Face, width
from pdtracker.pdf.logos import Logo
from pdtracker.pdf.ornament import Mark, initials_seal, minute_ring, minutes_per_dot, single_mark
from pdtracker.pdf.qr import code_of
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.typeset import Step, balance, fit, leading, text_width, wrap
from pdtracker.pdf.words import (
    NONE_WORD,
    amount_text,
    conversion_words,
    count_words,
    date_words,
    day_text,
    dotted,
    fours,
    lower_first,
    span_of,
    tie,
    time_words,
    unit_words,
    units_text,
)

HEADING: Final = "Certificate of Professional Learning"
MM: Final = 72 / 25.4
QR_SIDE: Final = 25 * MM

INK: Final = Colour("#14201f")
SOFT: Final = Colour("#47524f")
TEAL: Final = Colour("#0d5c55")
RUST: Final = Colour("#b4451a")
PANEL: Final = Colour("#eaf1ee")
LINE: Final = Colour("#b9c9c4")
PALE: Final = Colour("#8fa6a0")
WHITE: Final = Colour("#ffffff")
BLACK: Final = Colour("#000000")
MARKS: Final = (
    Mark("disc", TEAL),
    Mark("ring", RUST),
    Mark("square", Colour("#5b3a78")),
    Mark("bar", Colour("#3d5872")),
    Mark("dot", INK),
)

INSET: Final = 30.0
PANEL_WIDTH: Final = 206.0
PANEL_PAD: Final = 17.0
GUTTER: Final = 26.0
NAME_TRACK: Final = -18.0
TITLE_TRACK: Final = -6.0
SMALL: Final = 6.4
SMALL_LEADING: Final = 8.2


@dataclass(frozen=True, slots=True)
class TableStyle:
    """Measures of the table of sessions."""

    size: float
    leading: float
    pad: float
    head: float
    head_leading: float
    head_pad: float


@dataclass(frozen=True, slots=True)
class Density:
    """One setting of the left column, from loose to dense. `ease` is the share of the natural gaps that it needs."""

    name: tuple[Step, ...]
    title: tuple[Step, ...]
    statement: float
    logo: float
    heading: float
    table: TableStyle
    ease: float


COLUMN_GAP: Final = 8.0
TABLE: Final = TableStyle(7.3, 9.2, 4.2, 6.6, 8, 5)
TIGHT: Final = TableStyle(6.9, 8.4, 3, 6.6, 8, 4)
DENSITIES: Final = (
    Density(
        (Step(1, 56, 36), Step(2, 46, 28), Step(3, 34, 24)),
        (Step(1, 21, 18), Step(2, 20, 17), Step(3, 18, 14), Step(5, 15, 12)),
        14, 44, 15, TABLE, 0.6,
    ),
    Density(
        (Step(1, 46, 30), Step(2, 36, 24), Step(3, 28, 20)),
        (Step(1, 18, 15), Step(2, 16, 13), Step(3, 14, 11)),
        12.5, 36, 13, TABLE, 0.5,
    ),
    Density(
        (Step(1, 38, 28), Step(2, 28, 20), Step(3, 22, 16)),
        (Step(1, 15, 12), Step(2, 13, 11), Step(3, 12, 10)),
        11, 30, 12, TIGHT, 0,
    ),
)  # fmt: skip
LAST: Final = Density((Step(1, 28, 20), Step(6, 24, 10)), (Step(8, 12, 7),), 10, 26, 11, TIGHT, 0)
"""For texts beyond any that a form takes."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The space before a block: smallest, natural, largest."""

    least: float = 0
    natural: float = 0
    most: float = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the left column: its height, how it is drawn below a given top, and the gap before it."""

    height: float
    draw: Callable[[float], None]
    gap: Gap = Gap()


class Column:
    """Blocks from top to bottom with elastic gaps."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks

    def fits(self, room: float, ease: float) -> bool:
        """Whether the blocks stand in the room with their smallest gaps and this share of the ease above them."""
        least = sum(block.height + block.gap.least for block in self.blocks)
        return least + ease * sum(block.gap.natural - block.gap.least for block in self.blocks) <= room

    def place(self, top: float, bottom: float) -> None:
        """Draws the blocks; spare room goes into the gaps up to their largest, the rest stays below."""
        gaps = [block.gap for block in self.blocks]
        spare = bottom - top - sum(block.height + block.gap.natural for block in self.blocks)
        if spare < 0:
            give = sum(gap.natural - gap.least for gap in gaps) or 1
            share = max(-1.0, spare / give)
            spaces = [gap.natural + (gap.natural - gap.least) * share for gap in gaps]
        else:
            take = sum(gap.most - gap.natural for gap in gaps) or 1
            share = min(1.0, spare / take)
            spaces = [gap.natural + (gap.most - gap.natural) * share for gap in gaps]
        y = top
        for block, space in zip(self.blocks, spaces, strict=True):
            y += space
            block.draw(y)
            y += block.height


def draw_face(sheet: Sheet, s: Snapshot, fingerprint: str, logo: Logo | None) -> bool:
    """Draws the first page; returns whether the sessions stand on it (else they need schedule pages)."""
    panel_left, panel_right = sheet.width - INSET - PANEL_WIDTH, sheet.width - INSET
    left, right = INSET + 10, panel_left - GUTTER
    top, bottom = INSET + 6, sheet.height - INSET
    small = _small_print(s, fingerprint, right - left)
    small_top = bottom - len(small) * SMALL_LEADING
    approval = _approval(sheet, s, left)
    approval_top = small_top - 12 - approval.height
    column, listed = _column(sheet, s, logo, left, right, approval_top - 14 - top)
    column.place(top, approval_top - 14)
    approval.draw(approval_top)
    _panel(sheet, s, panel_left, panel_right, INSET, bottom)
    with sheet.decoration():
        sheet.rule(left, small_top - 5, right, 0.5, LINE)
    y = small_top
    with sheet.tag("P"):
        for face_size, line in small:
            y = sheet.lines(left, y, [line], Face.REGULAR, face_size, SMALL_LEADING, SOFT)
    sheet.end_page()
    return listed


def marks_of(categories: Sequence[CertifiedCategory]) -> dict[str, Mark]:
    """The mark of each category, the same wherever the category is named."""
    return {category.name: MARKS[place % len(MARKS)] for place, category in enumerate(categories)}


def counted(categories: Sequence[CertifiedCategory]) -> list[CertifiedCategory]:
    """The categories that have minutes."""
    return [category for category in categories if category.minutes]


def attendance_words(sessions: Sequence[CertifiedSession]) -> str:
    """The ways in which attendance was verified, in the order of first use."""
    first, *others = dict.fromkeys(session.attendance for session in sessions)
    return "; ".join([first, *(lower_first(other) for other in others)])


# Left column


def _column(
    sheet: Sheet, s: Snapshot, logo: Logo | None, left: float, right: float, room: float
) -> tuple[Column, bool]:
    """The loosest setting that fits, with the sessions on the face if any setting can hold them."""
    several = len(s.sessions) > 1
    least_table = len(s.sessions) * (2 * TIGHT.leading + TIGHT.pad)
    for listed in (True, False) if several and least_table < room else (False,):
        for density in DENSITIES:
            column = Column(_blocks(sheet, s, logo, density, left, right, listed))
            if column.fits(room, density.ease):
                return column, listed or not several
    return Column(_blocks(sheet, s, logo, LAST, left, right, False)), not several


def _blocks(
    sheet: Sheet, s: Snapshot, logo: Logo | None, d: Density, left: float, right: float, listed: bool
) -> list[Block]:
    room = right - left
    blocks = [
        _district(sheet, s, logo, d, left, right),
        _heading(sheet, d, left),
        _name(sheet, s, d, left, room),
    ]
    if s.holder.licence:
        blocks.append(_line(sheet, s.holder.licence, 8, left, room, Gap(1, 2, 5)))
    blocks += [_statement(sheet, s, d, left, room), _title(sheet, s, d, left, room)]
    if about := _about(s):
        blocks.append(_line(sheet, about, 8.6, left, room, Gap(1, 4, 7)))
    if len(s.sessions) == 1:
        blocks.append(_only_session(sheet, s, left, right))
    elif listed:
        table = SessionTable(s, room, d.table)
        blocks.append(Block(table.height, lambda y: table.draw(sheet, left, y), Gap(6, 12, 22)))
    else:
        elsewhere = (
            "Each session, with its date, time, place, and minutes by category, is listed in the schedule"
            " on the pages that follow."
        )
        blocks.append(_line(sheet, elsewhere, 8.4, left, room, Gap(6, 12, 22)))
    return blocks


def _district(sheet: Sheet, s: Snapshot, logo: Logo | None, d: Density, left: float, right: float) -> Block:
    wide, tall = _logo_size(logo, d.logo)
    text_left = left + wide + 13
    name = fit(
        s.district.name, Face.BOLD, right - text_left, (Step(1, 11, 9), Step(2, 10, 8), Step(3, 8.5, 7.5))
    )
    name_leading = name.size * 1.3
    text_height = len(name.lines) * name_leading + 10
    height = max(tall, text_height)

    def draw(y: float) -> None:
        top = y + (height - tall) / 2
        if logo:
            with sheet.tag("Figure", figure(f"Logo of {s.district.name}", left, top, wide, tall, sheet)):
                sheet.picture(0, left, top, wide, tall)
        else:
            with sheet.decoration():
                initials_seal(sheet, left + wide / 2, top + tall / 2, tall / 2, s.district.name, TEAL, WHITE)
        with sheet.tag("P"):
            below = y + (height - text_height) / 2
            below = sheet.lines(text_left, below, name.lines, Face.BOLD, name.size, name_leading, INK)
            sheet.text(text_left, below + 8, s.district.place, Face.REGULAR, 8, SOFT)

    return Block(height, draw)


def _logo_size(logo: Logo | None, tallest: float) -> tuple[float, float]:
    """The largest size in the room with the logo's own proportions; a seal is as wide as tall."""
    if logo is None:
        return tallest, tallest
    if logo.width > 2 * logo.height:
        tallest *= 0.8
    scale = min(168 / logo.width, tallest / logo.height)
    return logo.width * scale, logo.height * scale


def _heading(sheet: Sheet, d: Density, left: float) -> Block:
    def draw(y: float) -> None:
        with sheet.decoration():
            sheet.box(left, y, left + 46, y + 5, RUST)
        with sheet.tag("H1"):
            sheet.text(left, y + 12 + d.heading * 0.9, HEADING, Face.BOLD, d.heading, TEAL)

    return Block(12 + d.heading * 1.2, draw, Gap(8, 22, 40))


def _name(sheet: Sheet, s: Snapshot, d: Density, left: float, room: float) -> Block:
    size, lines = fit(s.holder.name, Face.BLACK, room, d.name, NAME_TRACK, True)
    distance = leading(lines, Face.BLACK, size, 1.13)

    def draw(y: float) -> None:
        with sheet.tag("P"):
            sheet.lines(left - size * 0.04, y, lines, Face.BLACK, size, distance, INK, "left", NAME_TRACK)

    return Block(len(lines) * distance, draw, Gap(2, 5, 10))


def _statement(sheet: Sheet, s: Snapshot, d: Density, left: float, room: float) -> Block:
    parts = (
        ("completed ", Face.REGULAR, SOFT),
        (amount_text(s.total_minutes, s.unit), Face.BOLD, INK),
        (" of approved professional learning in", Face.REGULAR, SOFT),
    )
    ems = sum(width(face, text) for text, face, _ in parts) / 1000
    size = min(d.statement, int(room / ems * 4) / 4)

    def draw(y: float) -> None:
        x = left
        with sheet.tag("P"):
            for text, face, colour in parts:
                x = sheet.text(x, y + size * 0.8, text, face, size, colour)

    return Block(size * 1.1, draw, Gap(6, 14, 26))


def _title(sheet: Sheet, s: Snapshot, d: Density, left: float, room: float) -> Block:
    size, lines = fit(s.title, Face.BOLD, room, d.title, TITLE_TRACK)

    def draw(y: float) -> None:
        with sheet.tag("H2"):
            sheet.lines(left, y, lines, Face.BOLD, size, size * 1.22, INK, "left", TITLE_TRACK)

    return Block(len(lines) * size * 1.22, draw, Gap(2, 4, 8))


def _about(s: Snapshot) -> str:
    """Programme, theme, number and span of the sessions: what the title does not say itself."""
    items = [s.programme] if s.programme and s.programme != s.title else []
    if len(s.sessions) > 1:
        items.append(f"{count_words(len(s.sessions), 'session', 'sessions')}, {tie(span_of(s.sessions))}")
    if s.theme:
        items.append(f"Theme: {s.theme}")
    return dotted(items)


def _only_session(sheet: Sheet, s: Snapshot, left: float, right: float) -> Block:
    """The facts of a single session, label over value, side by side."""
    session = s.sessions[0]
    place = [session.place] if session.place else []
    facts = [
        ("Date and time", [date_words(session), time_words(session)]),
        ("Kind", [session.kind]),
        ("Delivery and place", [session.delivery, *place]),
        ("Host", [session.host]),
    ]
    if session.title != s.title:
        facts.insert(0, ("Session", [session.title]))
    columns = fact_columns(facts, right - left)
    height = max(len(lines) for _, lines, _ in columns) * 11 + 11 + 9

    def draw(y: float) -> None:
        with sheet.decoration():
            sheet.rule(left, y, right, 0.5, LINE)
        x = left
        with sheet.group("L"):
            for label, lines, wide in columns:
                with sheet.group("LI"):
                    with sheet.tag("Lbl"):
                        sheet.text(x, y + 9 + 8, label, Face.SEMI, 6.8, TEAL)
                    with sheet.tag("LBody"):
                        sheet.lines(x, y + 9 + 11, lines, Face.REGULAR, 8.4, 11, INK)
                x += wide + 26

    return Block(height, draw, Gap(8, 16, 26))


def fact_columns(
    facts: Sequence[tuple[str, Sequence[str]]], room: float
) -> list[tuple[str, list[str], float]]:
    """Facts beside each other: as wide as they need, the widest giving way first until all stand in the room."""
    size, space = 8.4, 26.0
    room -= space * (len(facts) - 1)
    needs = [
        max(
            [
                text_width(label, Face.SEMI, 6.8),
                *(text_width(tie(part), Face.REGULAR, size) for part in parts),
            ]
        )
        + 0.5
        for label, parts in facts
    ]
    while sum(needs) > room and max(needs) > 60:
        widest = needs.index(max(needs))
        needs[widest] = max(60.0, needs[widest] - max(4.0, min(sum(needs) - room, needs[widest] * 0.1)))
    return [
        (label, [line for part in parts for line in balance(tie(part), Face.REGULAR, size, wide)], wide)
        for (label, parts), wide in zip(facts, needs, strict=True)
    ]


def _line(sheet: Sheet, text: str, size: float, left: float, room: float, gap: Gap) -> Block:
    """A quiet paragraph."""
    lines = wrap(text, Face.REGULAR, size, room)

    def draw(y: float) -> None:
        with sheet.tag("P"):
            sheet.lines(left, y, lines, Face.REGULAR, size, size * 1.28, SOFT)

    return Block(len(lines) * size * 1.28, draw, gap)


def _approval(sheet: Sheet, s: Snapshot, left: float) -> Block:
    side = 250.0
    name = fit(s.approval.name, Face.BOLD, side, (Step(1, 10, 8.5), Step(2, 8.5, 8)))
    role = wrap(s.approval.role, Face.REGULAR, 7.6, side)

    def draw(y: float) -> None:
        with sheet.tag("P"):
            sheet.text(left, y + 6, "Approved and signed electronically by", Face.SEMI, 6.8, TEAL)
        with sheet.decoration():
            sheet.rule(left, y + 11, left + side, 1.2, INK)
        with sheet.tag("P"):
            below = sheet.lines(left, y + 14, name.lines, Face.BOLD, name.size, 12, INK)
            below = sheet.lines(left, below, role, Face.REGULAR, 7.6, 9.6, SOFT)
            sheet.text(left, below + 7.4, f"Approved {day_text(s.approval.on)}", Face.REGULAR, 7.6, SOFT)

    return Block(14 + len(name.lines) * 12 + len(role) * 9.6 + 10, draw)


def _small_print(s: Snapshot, fingerprint: str, room: float) -> list[tuple[float, str]]:
    """Policy, retention, and what proves the record; each line with its size."""
    sentences = [f"Issued under {s.policy.name}, edition {s.policy.edition}. {conversion_words(s.unit)}."]
    if s.supersedes:
        sentences[0] += f" Replaces certificate {s.supersedes}."
    if s.retention:
        sentences.append(s.retention)
    lines = [
        (SMALL, line) for sentence in sentences for line in wrap(tie(sentence), Face.REGULAR, SMALL, room)
    ]
    proof = (
        f"Serial {s.serial}\u00a0· Signing key {fours(s.key)}",
        f"Fingerprint (SHA-256) {fours(fingerprint)}",
    )
    return lines + [(6.0, line) for text in proof for line in wrap(text, Face.REGULAR, 6, room)]


# Table of sessions


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
        self.categories = counted(s.categories)
        self.marks = marks_of(s.categories)
        self.total = s.total_minutes
        days = [date_words(session) for session in s.sessions]
        times = [time_words(session) for session in s.sessions]
        widths = [text_width(tie(day), Face.SEMI, style.size) for day in days]
        widths += [text_width(at, Face.REGULAR, style.size) for at in times]
        self.when = min(max(widths), style.size * 16) + COLUMN_GAP + 2
        self.heads = [
            (c.short, text_width(c.short, Face.SEMI, style.head) + COLUMN_GAP + 10) for c in self.categories
        ]
        self.heads.append(("Minutes", text_width("Minutes", Face.SEMI, style.head) + COLUMN_GAP + 2))
        self.title = room + COLUMN_GAP - self.when - sum(wide for _, wide in self.heads)
        self.rows = [self._row(*each) for each in zip(s.sessions, days, times, strict=True)]
        self.head_height = style.head_leading + style.head_pad
        self.foot_height = style.leading + style.pad
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
            (day, times), title, about, minutes, str(session.total_minutes), count * style.leading + style.pad
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
        with sheet.group("TR"):
            for at, label in ((left, "Date and time"), (x, "Session · kind · delivery and place · host")):
                with sheet.column_head():
                    sheet.lines(at, top, [label], Face.SEMI, style.head, style.head_leading, TEAL)
            x += self.title
            for place, (label, wide) in enumerate(self.heads):
                x += wide
                if place < len(self.categories):
                    edge = x - COLUMN_GAP - text_width(label, Face.SEMI, style.head) - 5
                    with sheet.decoration():
                        mark = self.marks[self.categories[place].name]
                        single_mark(sheet, mark, edge, top + 4.4, 2.1, WHITE)
                with sheet.column_head():
                    sheet.lines(
                        x - COLUMN_GAP, top, [label], Face.SEMI, style.head, style.head_leading, TEAL, "right"
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
        with sheet.group("TR"):
            with sheet.row_head():
                sheet.lines(left + self.when, y, ["Minutes in all"], Face.BOLD, size, distance, INK)
            x = left + self.when + self.title - COLUMN_GAP
            sums = [category.minutes for category in self.categories]
            for minutes, (_, wide) in zip([*sums, self.total], self.heads, strict=True):
                x += wide
                with sheet.tag("TD"):
                    sheet.lines(x, y, [f"{minutes:,}"], Face.BOLD, size, distance, INK, "right")


# Panel


def _panel(sheet: Sheet, s: Snapshot, x0: float, x1: float, top: float, bottom: float) -> None:
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
                    sheet.text(left, y + 7, label, Face.SEMI, 6.8, TEAL)
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
    marks = marks_of(s.categories)
    parts = [(c.minutes, marks[c.name]) for c in counted(s.categories)]
    said = "Ring of dots that shows the minutes of instruction by category; the same figures follow as text"
    with sheet.tag("Figure", figure(said, middle - outer, centre - outer, 2 * outer, 2 * outer, sheet)):
        inside = minute_ring(sheet, middle, centre, outer, parts, PALE, PANEL)
    figures, unit = units_text(s.total_minutes, s.unit.minutes), unit_words(s.total_minutes, s.unit)
    big, small = _hours_sizes(figures, unit, inside)
    with sheet.tag("P"):
        base = centre + big * 0.22
        sheet.text(middle, base, figures, Face.BLACK, big, INK, "centre", -20)
        sheet.text(middle, base + small * 1.5, unit, Face.SEMI, small, TEAL, "centre")
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
    marks = marks_of(s.categories)
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
            sheet.text(left, y + 7, "Certificate code", Face.SEMI, 6.8, TEAL)
            y = 2 + sheet.lines(left, y + 10, self.code.lines, Face.BOLD, self.code.size, 17, INK)
        with sheet.tag("P"):
            sheet.text(left, y + 7, "Verify at", Face.SEMI, 6.8, TEAL)
            sheet.lines(left, y + 9, self.address.lines, Face.REGULAR, self.address.size, 9.6, INK)
        x, top = right - QR_SIDE, bottom - QR_SIDE
        with sheet.tag("P"):
            y = sheet.lines(left, top - 1, ["Issued"], Face.SEMI, 6.8, 9, TEAL)
            sheet.lines(left, y, [day_text(s.issued_on)], Face.REGULAR, 7.4, 9.6, INK)
        said = "QR code that opens the verification page of this certificate"
        with sheet.tag("Figure", figure(said, x, top, QR_SIDE, QR_SIDE, sheet)):
            sheet.qr(code_of(s.verify_address, s.code), x, top, QR_SIDE, BLACK, WHITE)


def figure(said: str, x: float, top: float, wide: float, tall: float, sheet: Sheet) -> str:
    """The attributes of a figure: what it says in words, and where it stands."""
    box = f"{x:.1f} {sheet.height - top - tall:.1f} {x + wide:.1f} {sheet.height - top:.1f}"
    return f" /Alt {text_string(said)} /A <</O /Layout /Placement /Block /BBox [{box}]>>"
