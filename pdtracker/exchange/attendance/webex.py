"""Webex: the attendee report of an event or a meeting; one row for each join, times often as Excel text."""

from __future__ import annotations

from typing import Final

from pdtracker.domain.attendance import Strength
from pdtracker.exchange.attendance.entries import Entry, Meeting, Reading
from pdtracker.exchange.attendance.headings import Part, find, words
from pdtracker.exchange.attendance.sheet import Sheet

_TABLE: Final = words(
    TOPIC=("event name", "meeting name"),
    STARTED=("event start time", "meeting start time"),
    ENDED=("event end time", "meeting end time"),
    NAME=("name", "display name", "attendee name"),
    EMAIL=("attendee email", "email"),
    JOINED="join time",
    LEFT="leave time",
    LASTED="attendance duration",
)


def read(sheet: Sheet) -> Reading | None:
    """The joins of one or several events."""
    found = find(sheet, _TABLE, (Part.TOPIC, Part.NAME, Part.JOINED, Part.LEFT, Part.LASTED))
    if found is None:
        return None
    place, table = found
    entries: list[Entry] = []
    meetings: dict[str, Meeting] = {}
    for row in sheet.rows[place + 1 :]:
        if row.is_empty:
            continue
        meeting = Meeting(
            table.text(row, Part.TOPIC), table.text(row, Part.STARTED), table.text(row, Part.ENDED)
        )
        key = f"{meeting.topic} {meeting.started}"
        meetings.setdefault(key, meeting)
        entries.append(
            Entry(
                line=row.line,
                name=table.text(row, Part.NAME),
                email=table.text(row, Part.EMAIL),
                joined=table.text(row, Part.JOINED),
                left=table.text(row, Part.LEFT),
                lasted=table.text(row, Part.LASTED),
                meeting=key,
            )
        )
    return Reading("webex-event", Strength.INTERVALS, entries, meetings=meetings)
