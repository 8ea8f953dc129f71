"""Eventbrite: the attendee list. Only "Checked In" says that somebody was there.

Who orders for several people gives their own e-mail for all of them, so an e-mail is no key here; each ticket is a
person.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from pdtracker.domain.attendance import Flag, Strength
from pdtracker.exchange.attendance.entries import Entry, Reading
from pdtracker.exchange.attendance.headings import Part, find, words
from pdtracker.exchange.attendance.names import email_of
from pdtracker.exchange.attendance.sheet import Sheet

_TABLE: Final = words(
    MEETING=("order #", "order id"),
    FIRST_NAME="first name",
    LAST_NAME="last name",
    NAME="name",
    EMAIL="email",
    PERSON=("attendee #", "barcode #"),
    STATUS="attendee status",
)
_CAME: Final = "checked in"


def read(sheet: Sheet) -> Reading | None:
    """Who was checked in."""
    found = find(sheet, _TABLE, (Part.MEETING, Part.EMAIL, Part.STATUS))
    if found is None:
        return None
    place, table = found
    rows = [row for row in sheet.rows[place + 1 :] if not row.is_empty]
    tickets = Counter(email for row in rows if (email := email_of(table.text(row, Part.EMAIL))))
    came = [row for row in rows if table.text(row, Part.STATUS).casefold() == _CAME]
    entries = [
        Entry(
            line=row.line,
            name=table.name(row),
            email=(email := table.text(row, Part.EMAIL)),
            person=table.text(row, Part.PERSON) or f"line {row.line}",
            flags=frozenset({Flag.SHARED_EMAIL}) if tickets[email_of(email)] > 1 else frozenset(),
        )
        for row in came
    ]
    absent = len(rows) - len(came)
    return Reading("eventbrite", Strength.PRESENCE, entries, absent=absent, email_is_key=False)
