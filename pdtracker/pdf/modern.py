"""The modern certificate, versions 1 to 3: the person on the left, the record in a pale panel with the minute ring.

Read in this order: district, what it is, name, hours and title, sessions, approval; then the panel; then the small
print. Text is tried large, then smaller, then on more lines, then in a closer setting, and at last the sessions move
together to schedule pages. Nothing is cut, nothing is squeezed, nothing is set below 6 points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pdtracker.domain.appearance import AMOUNT
from pdtracker.domain.certificate import Snapshot
from pdtracker.pdf.column import Block, Column, Gap
from pdtracker.pdf.faces import Face, width
from pdtracker.pdf.logos import Logo
from pdtracker.pdf.ornament import initials_seal
from pdtracker.pdf.palette import INK, LINE, RUST, SOFT, WHITE, Dress, figure
from pdtracker.pdf.panel import draw_panel
from pdtracker.pdf.pictures import Pictures
from pdtracker.pdf.proof import small_print
from pdtracker.pdf.session_table import TABLE, TIGHT, SessionTable, TableStyle
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.signers import Signers
from pdtracker.pdf.typeset import Step, balance, fit, leading, text_width, wrap
from pdtracker.pdf.words import (
    amount_text,
    count_words,
    date_words,
    day_text,
    dotted,
    span_of,
    tie,
    time_words,
)

HEADING: Final = "Certificate of Professional Learning"
STATEMENT: Final = f"completed {AMOUNT} of approved professional learning in"
INSET: Final = 30.0
PANEL_WIDTH: Final = 206.0
GUTTER: Final = 26.0
NAME_TRACK: Final = -18.0
TITLE_TRACK: Final = -6.0
SMALL: Final = 6.4
SMALL_LEADING: Final = 8.2


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


def dress_of(s: Snapshot) -> Dress:
    """Its faces and colours, with the accent that the district chose."""
    accent = s.appearance.accent if s.appearance else None
    return Dress(accent=Colour(accent)) if accent else Dress()


def draw_face(sheet: Sheet, s: Snapshot, fingerprint: str, pictures: Pictures, dress: Dress) -> bool:
    """Draws the first page; returns whether the sessions stand on it (else they need schedule pages)."""
    sheet.accent, logo = dress.accent, pictures.logo
    panel_left, panel_right = sheet.width - INSET - PANEL_WIDTH, sheet.width - INSET
    left, right = INSET + 10, panel_left - GUTTER
    top, bottom = INSET + 6, sheet.height - INSET
    small = small_print(s, fingerprint, right - left, Face.REGULAR, (SMALL, 6.0))
    small_top = bottom - len(small) * SMALL_LEADING
    approval = _approval(sheet, s, pictures, dress, left, right)
    approval_top = small_top - 12 - approval.height
    column, listed = _column(sheet, s, logo, left, right, approval_top - 14 - top)
    column.place(top, approval_top - 14)
    approval.draw(approval_top)
    draw_panel(sheet, s, panel_left, panel_right, INSET, bottom)
    with sheet.decoration():
        sheet.rule(left, small_top - 5, right, 0.5, LINE)
    y = small_top
    with sheet.tag("P"):
        for face_size, line in small:
            y = sheet.lines(left, y, [line], Face.REGULAR, face_size, SMALL_LEADING, SOFT)
    sheet.end_page()
    return listed


# Left column


def _column(
    sheet: Sheet, s: Snapshot, logo: Logo | None, left: float, right: float, room: float
) -> tuple[Column, bool]:
    """The loosest setting that fits, with the sessions on the face if any setting can hold them."""
    several = _has_list(s)
    least_table = len(s.sessions) * (2 * TIGHT.leading + TIGHT.pad)
    for listed in (True, False) if several and least_table < room else (False,):
        for density in DENSITIES:
            column = Column(_blocks(sheet, s, logo, density, left, right, listed))
            if column.fits(room, density.ease):
                return column, listed or not several
    return Column(_blocks(sheet, s, logo, LAST, left, right, False)), not several


def _has_list(s: Snapshot) -> bool:
    """Whether the sessions stand in a list, with what leads from them to the total; else the only one stands alone."""
    return len(s.sessions) > 1 or s.counts_together


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
    if not _has_list(s):
        blocks.append(_only_session(sheet, s, left, right))
    elif listed:
        table = SessionTable(s, room, d.table)
        blocks.append(Block(table.height, lambda y: table.draw(sheet, left, y), Gap(6, 12, 22)))
    else:
        minutes = "minutes attended" if s.counts_together else "minutes by category"
        elsewhere = (
            f"Each session, with its date, time, place, and {minutes}, is listed in the schedule"
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
            said = figure(f"Seal of {s.district.name} with its initials", left, top, wide, tall, sheet)
            with sheet.emblem(said):
                initials_seal(
                    sheet, left + wide / 2, top + tall / 2, tall / 2, s.district.name, sheet.accent, WHITE
                )
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
            sheet.text(left, y + 12 + d.heading * 0.9, HEADING, Face.BOLD, d.heading, sheet.accent)

    return Block(12 + d.heading * 1.2, draw, Gap(8, 22, 40))


def _name(sheet: Sheet, s: Snapshot, d: Density, left: float, room: float) -> Block:
    size, lines = fit(s.holder.name, Face.BLACK, room, d.name, NAME_TRACK, True)
    distance = leading(lines, Face.BLACK, size, 1.13)

    def draw(y: float) -> None:
        with sheet.tag("P"):
            sheet.lines(left - size * 0.04, y, lines, Face.BLACK, size, distance, INK, "left", NAME_TRACK)

    return Block(len(lines) * distance, draw, Gap(2, 5, 10))


def _statement(sheet: Sheet, s: Snapshot, d: Density, left: float, room: float) -> Block:
    before, after = ((s.appearance.statement if s.appearance else None) or STATEMENT).split(AMOUNT)
    parts = (
        (before, Face.REGULAR, SOFT),
        (amount_text(s.total_minutes, s.unit), Face.BOLD, INK),
        (after, Face.REGULAR, SOFT),
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
                        sheet.text(x, y + 9 + 8, label, Face.SEMI, 6.8, sheet.accent)
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


def _approval(
    sheet: Sheet, s: Snapshot, pictures: Pictures, dress: Dress, left: float, right: float
) -> Block:
    """Who signs, where the district named them, else the approver."""
    if s.appearance and s.appearance.signatories:
        signers = Signers(s, pictures, right - left, 230, dress)
        return Block(signers.height, lambda y: signers.draw(sheet, left, y))
    side = 250.0
    name = fit(s.approval.name, Face.BOLD, side, (Step(1, 10, 8.5), Step(2, 8.5, 8)))
    role = wrap(s.approval.role, Face.REGULAR, 7.6, side)

    def draw(y: float) -> None:
        with sheet.tag("P"):
            sheet.text(left, y + 6, "Approved and signed electronically by", Face.SEMI, 6.8, sheet.accent)
        with sheet.decoration():
            sheet.rule(left, y + 11, left + side, 1.2, INK)
        with sheet.tag("P"):
            below = sheet.lines(left, y + 14, name.lines, Face.BOLD, name.size, 12, INK)
            below = sheet.lines(left, below, role, Face.REGULAR, 7.6, 9.6, SOFT)
            sheet.text(left, below + 7.4, f"Approved {day_text(s.approval.on)}", Face.REGULAR, 7.6, SOFT)

    return Block(14 + len(name.lines) * 12 + len(role) * 9.6 + 10, draw)
