"""The classic certificate, version 1: a centred, engraved sheet with a seal, in Garamond and Source Serif.

Read in this order: district, what it is, name, hours and title, sessions and facts, who signs, verification, small
print. It shrinks as the modern one does: smaller, then on more lines, then in a closer setting, and at last the
sessions move together to schedule pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pdtracker.domain.appearance import AMOUNT
from pdtracker.domain.certificate import Snapshot
from pdtracker.pdf.classic_foot import Foot
from pdtracker.pdf.column import Block, Column, Gap
from pdtracker.pdf.engraving import INNER, draw_frame, draw_rosette
from pdtracker.pdf.faces import Face, ligated
from pdtracker.pdf.facts import FactRow, provider_facts, session_facts
from pdtracker.pdf.objects import text_string
from pdtracker.pdf.palette import Dress
from pdtracker.pdf.pictures import Pictures
from pdtracker.pdf.session_list import ListStyle, SessionList
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.typeset import Step, balance, fit, leading, text_width
from pdtracker.pdf.words import amount_text, count_words, dotted, lower_first, span_of, tie

HEADING: Final = "Certificate of Professional Learning"
INK: Final = Colour("#1d1b18")
SOFT: Final = Colour("#4a463f")
ACCENT: Final = "#173f3b"
PALE: Final = Colour("#7fa39c")
GOLD: Final = Colour("#8a6a2a")
STATEMENT: Final = f"has completed {AMOUNT} of approved professional learning in"

ABOVE_FOOT: Final = 10.0
_MARGIN: Final = 24.0
_HALF_RULE: Final = 118.0


@dataclass(frozen=True, slots=True)
class Density:
    """One setting of the middle, from loose to dense. `ease` is the share of the natural gaps that it needs."""

    name: tuple[Step, ...]
    title: tuple[Step, ...]
    statement: float
    logo: float
    italic: float
    heading: float
    seal: float
    sessions: ListStyle
    ease: float


_LIST: Final = ListStyle(7.8, 9.4, 3.4, 6.8, 8)
_TIGHT: Final = ListStyle(6.9, 8, 2, 6.4, 7.4)
DENSITIES: Final = (
    Density(
        (Step(1, 46, 32), Step(2, 32, 24), Step(3, 24, 18)),
        (Step(1, 24, 20), Step(2, 21, 17), Step(3, 18, 14), Step(4, 14, 12)),
        16, 46, 14.5, 33, 92, _LIST, 0.6,
    ),
    Density(
        (Step(1, 40, 27), Step(2, 28, 20), Step(3, 20, 16)),
        (Step(1, 20, 16), Step(2, 17, 14), Step(3, 15, 12)),
        14, 38, 12.5, 28, 88, _LIST, 0.55,
    ),
    Density(
        (Step(1, 36, 25), Step(2, 25, 18), Step(3, 18, 15)),
        (Step(1, 19, 15), Step(2, 16, 13), Step(3, 13.5, 11.5)),
        13, 34, 11.5, 25.5, 82, _LIST, 0.5,
    ),
    Density(
        (Step(1, 32, 22), Step(2, 22, 16), Step(3, 16, 14)),
        (Step(1, 17, 13), Step(2, 14, 12), Step(3, 12, 11)),
        12.5, 30, 11, 23, 76, _TIGHT, 0,
    ),
    Density(
        (Step(1, 26, 20), Step(2, 20, 15), Step(3, 15, 12)),
        (Step(1, 14, 12), Step(2, 12.5, 11), Step(3, 11, 10)),
        11.5, 24, 10, 20, 70, _TIGHT, 0,
    ),
)  # fmt: skip
LAST: Final = Density(
    (Step(1, 26, 16), Step(4, 18, 9)), (Step(2, 13, 10), Step(8, 11, 7)), 11, 22, 10, 19, 76, _TIGHT, 0
)
"""For texts beyond any that a form takes."""


def dress_of(s: Snapshot, texts: list[str]) -> Dress:
    """The serif faces, or Open Sans for all small print when one of these texts has a letter that they lack."""
    text, semi = Face.SERIF.for_text(*texts), Face.SERIF_SEMI.for_text(*texts)
    accent = (s.appearance.accent if s.appearance else None) or ACCENT
    pale = PALE if accent == ACCENT else Colour(pale_of(accent))
    return Dress(text, semi, semi, Face.DISPLAY, INK, SOFT, Colour(accent), pale, None)


def pale_of(accent: str) -> str:
    """The colour half way to white."""
    return "#" + "".join(f"{(int(accent[at : at + 2], 16) + 255) // 2:02x}" for at in (1, 3, 5))


def draw_face(sheet: Sheet, s: Snapshot, fingerprint: str, pictures: Pictures, dress: Dress) -> bool:
    """Draws the first page; returns whether the sessions stand on it (else they need schedule pages)."""
    draw_frame(sheet, dress.accent, dress.line)
    left, right = INNER + _MARGIN, sheet.width - INNER - _MARGIN
    top, bottom = INNER + 14, sheet.height - INNER - 9
    face = _Middle(sheet, s, pictures, dress, left, right)
    several = len(s.sessions) > 1 or s.counts_together
    for listed in (True, False) if several else (False,):
        for d in DENSITIES:
            foot = Foot(sheet, s, fingerprint, pictures, dress, left, right, d.seal)
            column = Column(face.blocks(d, listed))
            if column.fits(bottom - foot.height - ABOVE_FOOT - top, d.ease):
                _place(column, foot, top, bottom)
                return listed or not several
    foot = Foot(sheet, s, fingerprint, pictures, dress, left, right, LAST.seal)
    _place(Column(face.blocks(LAST, False)), foot, top, bottom)
    return not several


def _place(column: Column, foot: Foot, top: float, bottom: float) -> None:
    """What stands above the foot takes its largest gaps, and then stands in the middle of what is left."""
    end = bottom - foot.height - ABOVE_FOOT
    most = sum(block.height + block.gap.most for block in column.blocks)
    column.place(top + max(0.0, (end - top - most) / 2), end)
    foot.draw(bottom)
    foot.sheet.end_page()


class _Middle:
    """The blocks of the column in the middle."""

    def __init__(
        self, sheet: Sheet, s: Snapshot, pictures: Pictures, dress: Dress, left: float, right: float
    ) -> None:
        self.sheet, self.s, self.pictures, self.dress = sheet, s, pictures, dress
        self.left, self.right, self.middle, self.room = left, right, (left + right) / 2, right - left

    def blocks(self, d: Density, listed: bool) -> list[Block]:
        """The blocks in this setting, with the sessions among them or not."""
        s, sheet = self.s, self.sheet
        blocks = [
            *self._logo(d),
            self._district(),
            self._line("H1", HEADING, Face.DISPLAY, d.heading, self.dress.accent, Gap(4, 12, 18)),
            self._line("P", "This certifies that", Face.ITALIC, d.italic, SOFT, Gap(3, 9, 14)),
            self._name(d),
            self._under(),
            self._statement(d),
            self._title(d),
            self._summary(),
        ]
        if listed:
            table = SessionList(s, self.room, d.sessions, self.dress)
            blocks.append(Block(table.height, lambda y: _drawn(table, sheet, self.left, y), Gap(5, 9, 16)))
        elif len(s.sessions) > 1 or s.counts_together:
            minutes = "minutes attended" if s.counts_together else "minutes by category"
            told = (
                f"Each session, with its date, time, place, and {minutes}, is listed in the schedule on the"
                " pages that follow."
            )
            blocks.append(self._paragraph(told, 8.4, SOFT, Gap(5, 9, 16)))
        else:
            blocks.append(self._facts(FactRow(session_facts(s), self.room, self.dress)))
        return [*blocks, self._facts(FactRow(provider_facts(s), self.room, self.dress))]

    def _logo(self, d: Density) -> list[Block]:
        mark, logo = self.s.district.mark, self.pictures.logo
        if not mark or not logo:
            return []
        tall = d.logo * (0.72 if logo.width > 2 * logo.height else 1)
        size = self.pictures.size(mark, 210, tall)
        said = f"Logo of {self.s.district.name}"
        return [
            Block(
                size[1],
                lambda y: self.pictures.draw(self.sheet, mark, said, self.middle - size[0] / 2, y, size),
            )
        ]

    def _district(self) -> Block:
        dress, district = self.dress, self.s.district
        capitals = district.name.upper()
        shown = capitals if dress.semi.for_text(capitals) is dress.semi else district.name
        stored = f" /ActualText {text_string(f'{district.name}, {district.place} ')}"
        steps = (Step(1, 10, 8), Step(2, 9, 7.5), Step(4, 8, 6.5))
        size, lines = fit(shown, dress.semi, self.room * 0.86, steps, 130)

        def draw(y: float) -> None:
            with self.sheet.tag("P", stored):
                below = self.sheet.lines(
                    self.middle, y, lines, dress.semi, size, size * 1.32, INK, "centre", 130
                )
                self.sheet.text(self.middle, below + 8.5, district.place, dress.text, 8, SOFT, "centre", 20)

        return Block(len(lines) * size * 1.32 + 10, draw, Gap(4, 6, 8))

    def _line(self, role: str, text: str, face: Face, size: float, colour: Colour, gap: Gap) -> Block:
        def draw(y: float) -> None:
            with self.sheet.tag(role):
                self.sheet.text(self.middle, y + size * 0.76, ligated(text), face, size, colour, "centre")

        return Block(size, draw, gap)

    def _name(self, d: Density) -> Block:
        name = self.s.holder.name
        face = Face.DISPLAY.for_text(name)
        size, lines = fit(name, face, self.room * 0.96, d.name, 0, True)
        distance = leading(lines, face, size, 1.12 if face is Face.DISPLAY else 1.2)

        def draw(y: float) -> None:
            with self.sheet.tag("P"):
                self.sheet.lines(self.middle, y, lines, face, size, distance, INK, "centre")

        return Block(len(lines) * distance, draw, Gap(1, 5, 10))

    def _under(self) -> Block:
        licence = self.s.holder.licence

        def draw(y: float) -> None:
            with self.sheet.decoration():
                self.sheet.rule(self.middle - _HALF_RULE, y + 3, self.middle - 8, 0.6, GOLD)
                self.sheet.rule(self.middle + 8, y + 3, self.middle + _HALF_RULE, 0.6, GOLD)
                draw_rosette(self.sheet, self.middle, y + 3, GOLD)
            if licence:
                with self.sheet.tag("P"):
                    self.sheet.text(self.middle, y + 18, licence, self.dress.text, 8, SOFT, "centre")

        return Block(20 if licence else 8, draw, Gap(2, 5, 8))

    def _statement(self, d: Density) -> Block:
        said = (self.s.appearance.statement if self.s.appearance else None) or STATEMENT
        before, after = said.split(AMOUNT)
        slanted = Face.ITALIC.for_text(said)
        amount = amount_text(self.s.total_minutes, self.s.unit)
        parts = [
            (ligated(before) if slanted is Face.ITALIC else before, slanted, SOFT),
            (amount, Face.DISPLAY.for_text(amount), INK),
            (ligated(after) if slanted is Face.ITALIC else after, slanted, SOFT),
        ]
        whole = sum(text_width(text, face, 1) for text, face, _ in parts)
        size = min(d.statement, int(self.room / whole * 4) / 4)

        def draw(y: float) -> None:
            x = self.middle - whole * size / 2
            with self.sheet.tag("P"):
                for text, face, colour in parts:
                    x = self.sheet.text(x, y + size * 0.75, text, face, size, colour)

        return Block(size, draw, Gap(3, 8, 14))

    def _title(self, d: Density) -> Block:
        face = Face.DISPLAY.for_text(self.s.title)
        size, lines = fit(self.s.title, face, self.room * 0.9, d.title)
        distance = size * (1.16 if face is Face.DISPLAY else 1.24)

        def draw(y: float) -> None:
            with self.sheet.tag("H2"):
                self.sheet.lines(self.middle, y, lines, face, size, distance, INK, "centre")

        return Block(len(lines) * distance, draw, Gap(2, 5, 9))

    def _summary(self) -> Block:
        """Programme, theme, sessions and minutes by category: what the title does not say itself."""
        s = self.s
        counted = [c for c in s.categories if c.minutes]
        minutes = f"{s.total_minutes:,} minutes of instruction"
        items = [s.programme] if s.programme and s.programme != s.title else []
        if len(s.sessions) > 1:
            items.append(f"{count_words(len(s.sessions), 'session', 'sessions')}, {span_of(s.sessions)}")
        if s.theme:
            items.append(f"Theme: {s.theme}")
        if len(counted) == 1:
            items.append(f"{minutes}, all in {lower_first(counted[0].name)}")
        else:
            first, *others = (f"{c.name} {amount_text(c.minutes, s.unit)}" for c in counted)
            items += [f"{minutes}: {first}", *others]
        return self._paragraph(dotted([tie(item) for item in items]), 9, INK, Gap(2, 5, 8))

    def _paragraph(self, text: str, size: float, colour: Colour, gap: Gap) -> Block:
        lines = balance(text, self.dress.text, size, self.room)
        distance = size * 1.27

        def draw(y: float) -> None:
            with self.sheet.tag("P"):
                self.sheet.lines(self.middle, y, lines, self.dress.text, size, distance, colour, "centre")

        return Block(len(lines) * distance, draw, gap)

    def _facts(self, row: FactRow) -> Block:
        return Block(row.height, lambda y: row.draw(self.sheet, self.middle, y), Gap(5, 10, 18))


def _drawn(table: SessionList, sheet: Sheet, left: float, y: float) -> None:
    table.draw(sheet, left, y)
