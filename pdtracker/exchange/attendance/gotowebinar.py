"""GoToWebinar: the attendee report as CSV or Excel, and the list of attendees as its interface gives it (JSON).

The CSV's layout is from memory, no public copy was found; the JSON follows the published description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pdtracker.domain.attendance import Strength
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance.entries import Entry, Reading
from pdtracker.exchange.attendance.headings import Part, find, words
from pdtracker.exchange.attendance.sheet import Sheet

FORMAT: Final = "gotowebinar"
_TABLE: Final = words(
    STATUS="attended",
    LAST_NAME="last name",
    FIRST_NAME="first name",
    EMAIL=("email address", "email"),
    JOINED="join time",
    LEFT="leave time",
    LASTED=("time in session (minutes)", "time in session"),
)
_LIMIT_BYTES_OF_JSON: Final = 2 * 1024 * 1024
_MOST_OBJECTS_OF_JSON: Final = 50_000
_DAMAGED: Final = "This JSON file can’t be read. Choose the report as CSV."


def read(sheet: Sheet) -> Reading | None:
    """The joins in a CSV report."""
    found = find(sheet, _TABLE, (Part.STATUS, Part.FIRST_NAME, Part.EMAIL, Part.JOINED, Part.LEFT))
    if found is None:
        return None
    place, table = found
    rows = [row for row in sheet.rows[place + 1 :] if not row.is_empty]
    came = [row for row in rows if table.text(row, Part.STATUS).casefold() != "no"]
    entries = [
        Entry(
            line=row.line,
            name=table.name(row),
            email=table.text(row, Part.EMAIL),
            joined=table.text(row, Part.JOINED),
            left=table.text(row, Part.LEFT),
            lasted=table.text(row, Part.LASTED),
        )
        for row in came
    ]
    return Reading(FORMAT, Strength.INTERVALS, entries, absent=len(rows) - len(came))


def read_json(data: bytes) -> Reading:
    """The joins in a list of attendees; their number in the list stands for the line. Raises Mistyped."""
    if len(data) > _LIMIT_BYTES_OF_JSON or data.count(b"{") > _MOST_OBJECTS_OF_JSON:
        raise Mistyped("This JSON file is too large for a report. Choose the report as CSV.")
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        raise Mistyped(_DAMAGED) from None
    if not isinstance(told, list):
        raise Mistyped(_DAMAGED)
    entries = [entry for line, attendee in enumerate(told, 1) for entry in _attended(line, attendee)]
    return Reading(FORMAT, Strength.INTERVALS, entries, zone="UTC")


def _attended(line: int, attendee: Any) -> Iterator[Entry]:  # whatever stands in the list
    if not isinstance(attendee, Mapping) or not isinstance(stays := attendee.get("attendance"), list):
        raise Mistyped(_DAMAGED)
    for stay in stays:
        if not isinstance(stay, Mapping):
            raise Mistyped(_DAMAGED)
        yield Entry(
            line=line,
            name=f"{_text(attendee, 'firstName')} {_text(attendee, 'lastName')}".strip(),
            email=_text(attendee, "email"),
            joined=_text(stay, "joinTime"),
            left=_text(stay, "leaveTime"),
        )


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    # JSON can hold half a character, which nothing could write down again.
    return found.encode(errors="replace").decode() if isinstance(found, str) else ""
