"""Google Forms as a sign-in sheet: who sent it, and when. The questions, and their wording, are each district's own."""

from __future__ import annotations

from typing import Final

from pdtracker.domain.attendance import Strength
from pdtracker.exchange.attendance.entries import Entry, Reading
from pdtracker.exchange.attendance.headings import NUMBERS, Part, columns, words
from pdtracker.exchange.attendance.sheet import Sheet

_SHEET: Final = words(
    AT=("timestamp", "zeitstempel", "horodateur", "marca temporal"),
    EMAIL=(
        "email address",
        "email",
        "e-mail",
        "e-mail address",
        "your email",
        "your email address",
        "username",
    ),
    NAME=("full name", "name", "your name", "your full name", "first and last name", "teacher name"),
    NUMBER=NUMBERS,
    FIRST_NAME=("first name", "your first name"),
    LAST_NAME=("last name", "your last name"),
)


def read(sheet: Sheet) -> Reading | None:
    """Who signed in; that they were there, but not for how long."""
    if not sheet.rows:
        return None
    table = columns(sheet.rows[0], _SHEET, (Part.AT,))
    if (
        table is None
        or table.at[Part.AT] != 0
        or not {Part.EMAIL, Part.NAME, Part.FIRST_NAME} & set(table.at)
    ):
        return None
    entries = [
        Entry(
            line=row.line,
            name=table.name(row),
            email=table.text(row, Part.EMAIL),
            number=table.text(row, Part.NUMBER),
            joined=table.text(row, Part.AT),
        )
        for row in sheet.rows[1:]
        if not row.is_empty
    ]
    return Reading("forms-signin", Strength.PRESENCE, entries)
