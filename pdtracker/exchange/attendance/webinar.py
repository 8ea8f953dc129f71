"""Zoom webinars: the "Attendee Report", several tables in one file, each under its own heading.

Hosts, panelists, attendees and telephones count alike. `Attended` says No for people who only registered; a further
join of the same person leaves it empty.
"""

from __future__ import annotations

from typing import Final

from pdtracker.domain.attendance import Strength
from pdtracker.exchange.attendance.entries import Entry, Meeting, Reading
from pdtracker.exchange.attendance.headings import Columns, Part, columns, folded, words
from pdtracker.exchange.attendance.sheet import Row, Sheet

_TABLE: Final = words(
    NAME=("user name (original name)", "user name"),
    FIRST_NAME="first name",
    LAST_NAME="last name",
    EMAIL=("email", "user email"),
    STATUS="attended",
    JOINED="join time",
    LEFT="leave time",
    LASTED="time in session (minutes)",
)
_BLOCK: Final = words(TOPIC="topic", MEETING="webinar id", STARTED="actual start time")
_TITLES: Final = frozenset({"host details", "panelist details", "attendee details", "other attended"})
_TABLE_BEGINS: Final = frozenset({"attended", "user name", "user name (original name)"})


def read(sheet: Sheet) -> Reading | None:
    """The joins of a Zoom webinar."""
    first_cells = {folded(row.cell(0)) for row in sheet.head}
    if not first_cells & _TITLES or not first_cells & _TABLE_BEGINS:
        return None
    reading = Reading("zoom-webinar", Strength.INTERVALS)
    meetings: dict[str, Meeting] = {}
    table = block = None
    under = ""
    absent = 0
    for row in sheet.rows:
        first = folded(row.cell(0))
        if block is not None and not row.is_empty:
            under = f"line {row.line}"
            meetings[under] = Meeting(block.text(row, Part.TOPIC), block.text(row, Part.STARTED))
            block = None
        elif first in _TITLES:
            table = None
        elif first in _TABLE_BEGINS and (found := columns(row, _TABLE, (Part.NAME, Part.JOINED))):
            table = found
        elif first == "topic":
            table, block = None, columns(row, _BLOCK, (Part.TOPIC, Part.STARTED))
        elif table is not None and not row.is_empty:
            if _came(row, table):
                reading.entries.append(_entry(row, table, under))
            else:
                absent += 1
    return Reading(reading.format, reading.strength, reading.entries, meetings=meetings, absent=absent)


def _came(row: Row, table: Columns) -> bool:
    return table.text(row, Part.STATUS).casefold() != "no" and table.text(row, Part.JOINED) != "--"


def _entry(row: Row, table: Columns, under: str) -> Entry:
    return Entry(
        line=row.line,
        name=table.name(row),
        email=table.text(row, Part.EMAIL),
        joined=table.text(row, Part.JOINED),
        left=table.text(row, Part.LEFT).strip("-"),
        lasted=table.text(row, Part.LASTED),
        meeting=under,
    )
