"""The plain certificate: a form for licensing offices. Each field has a number and a label; black on white.

Version 1 is the same for all; version 2 is the form of one licensing body, with the fields that it asks for.

The fields are numbered in reading order, so that a letter can say "field 14", and an empty one says so. The sessions
stand in a box under which nothing can be added; where they have no room, they move together to schedule pages and a
summary by delivery stands for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from pdtracker.domain.appearance import AMOUNT
from pdtracker.domain.certificate import Snapshot
from pdtracker.pdf.faces import Face
from pdtracker.pdf.fields import BLACK, DARK, LINE, PAD, Field, FieldRow, Text, draw_label
from pdtracker.pdf.form_fields import Sizes, count_fields, form_rows, layout_of
from pdtracker.pdf.form_layouts import FormLayout
from pdtracker.pdf.palette import Dress
from pdtracker.pdf.panel import attendance_words
from pdtracker.pdf.pictures import Pictures
from pdtracker.pdf.plain_foot import Foot
from pdtracker.pdf.session_list import ListStyle, SessionList
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.typeset import Step, fit, text_width, wrap
from pdtracker.pdf.words import (
    amount_text,
    conversion_words,
    count_words,
    date_words,
    lower_first,
    span_of,
    time_words,
    units_text,
)

HEADING: Final = "Certificate of Professional Learning"
MARGIN: Final = 36.0
NOT_RECORDED: Final = "Not recorded"
GREY: Final = Colour("#737373")
DRESS: Final = Dress(Face.REGULAR, Face.SEMI, Face.BOLD, Face.BOLD, BLACK, DARK, BLACK, GREY, None)

_TINT: Final = Colour("#ededed")
_BEFORE_TABLE: Final = 7.0
_AFTER_TABLE: Final = 6.0
_NOTHING: Final = "Nothing follows"


@dataclass(frozen=True, slots=True)
class Level:
    """One setting of the form: sizes of name, title and values, of the sums, and the measures of the list."""

    name: float
    title: float
    value: float
    sums: float
    sessions: ListStyle
    is_tight: bool = False


class _Make(Protocol):
    """Makes the next field: label, share, and what stands in it, empty texts left out."""

    def __call__(self, label: str, share: float, *texts: str | Text) -> Field:
        """The field."""


LEVELS: Final = (
    Level(17, 11.1, 9.2, 18, ListStyle(8, 10, 7, 7.2, 9, 10, 5, _TINT, True, True)),
    Level(12.5, 9.6, 8.2, 13, ListStyle(7.6, 9.4, 4.4, 6.8, 8.2, 10, 5, _TINT, True, True)),
    Level(11.5, 9, 7.6, 12, ListStyle(7, 8.6, 3, 6.8, 8.2, 10, 5, _TINT, True, True), True),
    Level(11.5, 8.6, 7.2, 11, ListStyle(6.8, 8, 2, 6.4, 7.6, 10, 5, _TINT, True, True), True),
)


def draw_face(sheet: Sheet, s: Snapshot, fingerprint: str, pictures: Pictures) -> bool:
    """Draws the first page; returns whether the sessions stand on it (else they need schedule pages)."""
    left, right, bottom = MARGIN, sheet.width - MARGIN, sheet.height - MARGIN + 6
    head = _Head(sheet, s, pictures, left, right)
    top = MARGIN - 2 + head.height + 6
    form = _Form(s, pictures, fingerprint, right - left)
    is_listed, spare = _set_to_fit(form, bottom - top)
    head.draw(MARGIN - 2)
    form.draw(sheet, left, top, bottom, spare)
    sheet.end_page()
    return is_listed


def _set_to_fit(form: _Form, room: float) -> tuple[bool, float]:
    """Sets the loosest form that fits, with the sessions on it if any can hold them; says which, and what is left."""
    for is_listed in (True, False):
        for level in LEVELS:
            form.set(level, is_listed)
            if form.height <= room:
                return is_listed, room - form.height
    return False, 0.0


class _Head:
    """The district on the left, what the sheet is and its code on the right."""

    def __init__(self, sheet: Sheet, s: Snapshot, pictures: Pictures, left: float, right: float) -> None:
        self.sheet, self.s, self.pictures, self.left, self.right = sheet, s, pictures, left, right
        mark = s.district.mark
        self.logo = pictures.size(mark, 120, 30) if mark else (0.0, 0.0)
        self.text_left = left + (self.logo[0] + 10 if mark else 0)
        self.serial = f"No. {s.serial}"
        layout = layout_of(s)
        self.heading, self.body = (layout.heading, layout.body) if layout else (HEADING, "")
        beside = max(text_width(self.heading, Face.BOLD, 17), text_width(self.serial, Face.SEMI, 10))
        beside = max(beside, text_width(self.body, Face.REGULAR, 8))
        room = right - beside - 24 - self.text_left
        steps = (Step(1, 11, 9), Step(2, 9.5, 8), Step(3, 8, 7), Step(6, 7, 6))
        self.size, self.lines = fit(s.district.name, Face.BOLD, room, steps)
        self.place = wrap(s.district.place, Face.REGULAR, 8, room)
        self.text_height = len(self.lines) * self.size * 1.26 + len(self.place) * 10
        self.height = max(self.logo[1], self.text_height, 36)

    def draw(self, top: float) -> None:
        """Draws it under `top`."""
        sheet, s, middle = self.sheet, self.s, top + self.height / 2
        if mark := s.district.mark:
            at = middle - self.logo[1] / 2
            self.pictures.draw(sheet, mark, f"Logo of {s.district.name}", self.left, at, self.logo)
        with sheet.tag("P"):
            y = middle - self.text_height / 2
            y = sheet.lines(self.text_left, y, self.lines, Face.BOLD, self.size, self.size * 1.26, BLACK)
            sheet.lines(self.text_left, y, self.place, Face.REGULAR, 8, 10, DARK)
        with sheet.tag("H1"):
            at = middle - 6 if self.body else middle + 1
            sheet.text(self.right, at, self.heading, Face.BOLD, 17, BLACK, "right")
        if self.body:
            with sheet.tag("P"):
                sheet.text(self.right, middle + 5.6, self.body, Face.REGULAR, 8, DARK, "right")
        with sheet.tag("P"):
            sheet.text(
                self.right, middle + (17.6 if self.body else 15), self.serial, Face.SEMI, 10, BLACK, "right"
            )


class _Form:
    """The fields above the sessions, the sessions, and the fields below them, in one setting at a time."""

    def __init__(self, s: Snapshot, pictures: Pictures, fingerprint: str, room: float) -> None:
        self.s, self.pictures, self.fingerprint, self.room = s, pictures, fingerprint, room

    def set(self, level: Level, is_listed: bool) -> None:
        """Sets everything in this setting, with the sessions on the face or not."""
        s = self.s
        numbers = iter(range(1, 60))
        # The number of the sessions' field stands in fields before it.
        before = 4 + 4 + 3 + 2 + len(s.categories) + 1
        if layout := layout_of(s):
            before = count_fields(s, layout)
        before += _own_words(s) is not None
        self.rows = list(
            self._form_rows(layout, level, numbers, before + 1)
            if layout
            else self._rows(level, numbers, before + 1)
        )
        self.number = next(numbers)
        self.foot = Foot(s, self.pictures, self.fingerprint, self.room, numbers, level.is_tight)
        style = level.sessions
        if s.form and s.form.minutes != s.total_minutes:
            # What counts there was rounded, and stands above: the list adds up minutes.
            style = replace(style, says_units=False)
        self.table = SessionList(s, self.room, style, DRESS) if is_listed else None
        self.told = () if is_listed else self._elsewhere()
        inside = self.table.height if self.table else len(self.told) * 11 + 6
        self.height = (
            sum(row.height for row in self.rows)
            + _BEFORE_TABLE
            + 15
            + inside
            + _AFTER_TABLE
            + self.foot.height
        )

    def _elsewhere(self) -> tuple[str, ...]:
        minutes = "minutes attended" if self.s.counts_together else "minutes by category"
        text = (
            f"All {len(self.s.sessions)} sessions, with date, time, place, attendance, and {minutes}, are listed in"
            f" the schedule on the pages that follow. By delivery: {_by_delivery(self.s)}."
        )
        return wrap(text, Face.REGULAR, 8.4, self.room - 2 * PAD)

    def _rows(self, level: Level, numbers: Iterator[int], table: int) -> Iterator[FieldRow]:
        s, room = self.s, self.room

        def field(label: str, share: float, *texts: str | Text) -> Field:
            values = [text if isinstance(text, Text) else Text(text, level.value) for text in texts if text]
            return Field(next(numbers), label, values or [Text(NOT_RECORDED, level.value)], share)

        name_room = room * 4 / 6 - 2 * PAD
        size, name = fit(
            s.holder.name, Face.BOLD, name_room, (Step(1, level.name, 11.5), Step(3, level.name, 10)), 0, True
        )
        about = [x for x in (s.programme, f"Theme: {s.theme}" if s.theme else "") if x]
        yield FieldRow(
            [
                field("Name of holder", 4, *(Text(line, size, Face.BOLD) for line in name)),
                field("License or teacher ID (masked)", 2, s.holder.licence or ""),
            ],
            room,
        )
        yield FieldRow(
            [
                field("Title of activity", 4, Text(s.title, level.title, Face.BOLD)),
                field("Program and theme", 2, *about),
            ],
            room,
        )
        if own := _own_words(s):
            yield FieldRow([field("Statement", 1, own)], room)
        yield self._occasion(field, table)
        number = f"Sponsor no. {s.district.sponsor_number}" if s.district.sponsor_number else ""
        period = s.district.sponsor_period or ""
        yield FieldRow(
            [
                field("Provider", 3, s.district.name),
                field(
                    "Provider or sponsor number", 1.5, Text(number, level.value, Face.BOLD) if number else ""
                ),
                field("Approval period of provider", 2.2, period[:1].upper() + period[1:]),
            ],
            room,
        )
        yield self._sums(field, level)

    def _form_rows(
        self, layout: FormLayout, level: Level, numbers: Iterator[int], table: int
    ) -> Iterator[FieldRow]:
        """The rows of a licensing body's form; the district's own sentence stands before its last row, the sums."""
        s, room = self.s, self.room
        sizes = Sizes(level.name, level.title, level.value, level.sums)
        rows = list(form_rows(s, layout, sizes, table, room))
        if own := _own_words(s):
            rows.insert(len(rows) - 1, [("Statement", 1, [own])])
        for row in rows:
            fields = []
            for label, share, texts in row:
                values = [x if isinstance(x, Text) else Text(x, level.value) for x in texts if x]
                fields.append(Field(next(numbers), label, values or [Text(NOT_RECORDED, level.value)], share))
            yield FieldRow(fields, room)

    def _occasion(self, field: _Make, table: int) -> FieldRow:
        s = self.s
        first, several = s.sessions[0], len(s.sessions) > 1 or s.counts_together
        if several:
            counted = count_words(len(s.sessions), "session", "sessions")
            when = [f"{span_of(s.sessions)}; {counted}, listed in field\u00a0{table}"]
            where = [f"{_deliveries(s)}; places and hosts in field\u00a0{table}"]
        else:
            place = f": {first.place}" if first.place else ""
            when = [f"{date_words(first)}, {time_words(first)}"]
            where = [f"{first.kind} · {first.delivery}{place}", f"Host: {first.host}"]
        return FieldRow(
            [
                field("Dates and times", 2.2, *when),
                field("Nature, delivery and place", 2.2, *where),
                field("Attendance verified by", 1.8, attendance_words(s.sessions)),
                field("Evaluation or reflection", 1.6, s.reflection or ""),
            ],
            self.room,
        )

    def _sums(self, field: _Make, level: Level) -> FieldRow:
        s = self.s
        sums = [
            field(f"Total, in {s.unit.many}", 1.3, _big(units_text(s.total_minutes, s.unit.minutes), level)),
            field("Minutes of instruction", 1.2, _big(f"{s.total_minutes:,}", level)),
        ]
        sums += [
            field(c.name, 1.5, f"{units_text(c.minutes, 60)} h  =  {c.minutes:,} min") for c in s.categories
        ]
        sums.append(field("Unit", 1.6, Text(conversion_words(s.unit), 7.2)))
        return FieldRow(sums, self.room)

    def draw(self, sheet: Sheet, left: float, top: float, bottom: float, spare: float) -> None:
        """Draws everything; the rows take what is spare up to some points each, the rest stays under the sessions."""
        grow = min(5.0, spare * 0.6 / len(self.rows))
        y = top
        for row in self.rows:
            row.height += grow
            y = row.draw(sheet, left, y)
        y += _BEFORE_TABLE
        foot_top, right, box_top = bottom - self.foot.height, left + self.room, y
        if not self.s.form:
            with sheet.decoration():
                sheet.frame(left, y, right, foot_top - _AFTER_TABLE, LINE, BLACK)
        with sheet.tag("H2"):
            draw_label(
                sheet, left + PAD, y + 4, self.number, ["Sessions, with minutes of instruction by category"]
            )
        y += 15
        if self.table:
            end = self.table.draw(sheet, left, y)
        else:
            with sheet.tag("P"):
                end = sheet.lines(left + PAD, y, self.told, Face.REGULAR, 8.4, 11, BLACK)
        if foot_top - _AFTER_TABLE - end > 15:
            _close(sheet, left + PAD, right - PAD, end)
        if self.s.form:
            # Over the ground of the heads, which would cover half of its line.
            with sheet.decoration():
                sheet.frame(left, box_top, right, foot_top - _AFTER_TABLE, LINE, BLACK)
        self.foot.draw(sheet, left, foot_top)


def _own_words(s: Snapshot) -> str | None:
    """The district's own sentence about the holder."""
    said = s.appearance.statement if s.appearance else None
    if said is None:
        return None
    amount = amount_text(s.total_minutes, s.unit)
    return f"{s.holder.name} {said.replace(AMOUNT, amount).strip()} {s.title}."


def _big(text: str, level: Level) -> Text:
    return Text(text, level.sums, Face.BOLD)


def _close(sheet: Sheet, left: float, right: float, end: float) -> None:
    """Says that nothing follows, so that no row can be added below the last one."""
    middle, half = (left + right) / 2, text_width(_NOTHING, Face.REGULAR, 7) / 2
    with sheet.tag("P"):
        sheet.text(middle, end + 10, _NOTHING, Face.REGULAR, 7, DARK, "centre")
    with sheet.decoration():
        sheet.rule(left, end + 7.6, middle - half - 8, 0.4, GREY)
        sheet.rule(middle + half + 8, end + 7.6, right, 0.4, GREY)


def _deliveries(s: Snapshot) -> str:
    first, *others = dict.fromkeys(session.delivery for session in s.sessions)
    return "; ".join([first, *(lower_first(other) for other in others)])


def _by_delivery(s: Snapshot) -> str:
    """online, live 8 sessions, 540 minutes; in person 2 sessions, 270 minutes."""
    told = []
    for delivery in dict.fromkeys(session.delivery for session in s.sessions):
        held: Sequence[int] = [x.stated_minutes for x in s.sessions if x.delivery == delivery]
        counted = count_words(len(held), "session", "sessions")
        told.append(f"{lower_first(delivery)} {counted}, {sum(held):,} minutes")
    return "; ".join(told)
