"""Google Meet: the attendance list that comes as a sheet by mail; one row for each person, times of day without a date.

Its Duration already leaves out absences, and can be shorter than the time from joining to exiting.
"""

from __future__ import annotations

from typing import Final

from pdtracker.domain.attendance import Strength
from pdtracker.exchange.attendance.entries import Entry, Reading
from pdtracker.exchange.attendance.headings import Part, find, words
from pdtracker.exchange.attendance.sheet import Sheet

_TABLE: Final = words(
    FIRST_NAME="first name",
    LAST_NAME="last name",
    EMAIL="email",
    LASTED="duration",
    JOINED="time joined",
    LEFT="time exited",
)


def read(sheet: Sheet) -> Reading | None:
    """The totals of a meeting."""
    found = find(sheet, _TABLE, (Part.FIRST_NAME, Part.LASTED, Part.JOINED, Part.LEFT))
    if found is None:
        return None
    place, table = found
    entries = [
        Entry(
            line=row.line,
            name=table.name(row),
            email=table.text(row, Part.EMAIL),
            joined=table.text(row, Part.JOINED),
            left=table.text(row, Part.LEFT),
            lasted=table.text(row, Part.LASTED),
        )
        for row in sheet.rows[place + 1 :]
        if not row.is_empty
    ]
    return Reading("google-meet", Strength.TOTAL, entries)
