"""Zoom meetings: the "participants" report in all its shapes since 2020.

One row for each join, or one for each person with a total ("show unique users"); with or without a block about the
meeting above it; flat, with topic and meeting in each row; several meetings in one file, each under its own block.
"""

from __future__ import annotations

from typing import Final

from pdtracker.domain.attendance import Flag, Strength
from pdtracker.exchange.attendance.entries import Entry, Meeting, Reading
from pdtracker.exchange.attendance.headings import Columns, Part, columns, find, folded, words
from pdtracker.exchange.attendance.sheet import Row, Sheet

_NAME: Final = "name (original name)"
_WAITING: Final = ("in waiting room", "inwaitingroom")
_TABLE: Final = words(
    NAME=_NAME,
    EMAIL=("user email", "email"),
    JOINED="join time",
    LEFT="leave time",
    LASTED=("duration (minutes)", "total duration (minutes)"),
    WAITING=_WAITING,
    TOPIC="topic",
    MEETING="meeting id",
)
_NEEDED: Final = (Part.NAME, Part.LASTED)
_BLOCK: Final = words(TOPIC="topic", MEETING=("meeting id", "id"), STARTED="start time", ENDED="end time")
_HEADING_CELLS: Final = frozenset({_NAME, "topic", "meeting id", "id"})


def read(sheet: Sheet) -> Reading | None:
    """The joins or the totals of a Zoom meeting."""
    found = find(sheet, _TABLE, _NEEDED)
    if found is None:
        return None
    _, first = found
    walk = _Walk()
    for row in sheet.rows:
        walk.take(row)
    has_joins = Part.JOINED in first.at
    if Part.MEETING in first.at:
        name = "zoom-meeting-flat"
    elif not has_joins:
        name = "zoom-meeting-unique"
    else:
        name = "zoom-meeting-header" if walk.meetings else "zoom-meeting"
    strength = Strength.INTERVALS if has_joins else Strength.TOTAL
    return Reading(name, strength, walk.entries, meetings=walk.meetings)


class _Walk:
    """Goes down the rows: blocks about a meeting, headings, and people below them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.meetings: dict[str, Meeting] = {}
        self._table: Columns | None = None
        self._block: Columns | None = None
        self._under = ""

    def take(self, row: Row) -> None:
        """Reads the next row."""
        if row.is_empty:
            return
        if self._block is not None:
            self._begin_meeting(row, self._block)
        elif folded(row.cell(0)) in _HEADING_CELLS:
            self._table = columns(row, _TABLE, _NEEDED)
            self._block = None if self._table else columns(row, _BLOCK, (Part.TOPIC, Part.STARTED))
        elif self._table is not None:
            self.entries.append(self._entry(row, self._table))

    def _begin_meeting(self, row: Row, block: Columns) -> None:
        self._block = None
        self._under = f"line {row.line}"
        self.meetings[self._under] = Meeting(
            block.text(row, Part.TOPIC), block.text(row, Part.STARTED), block.text(row, Part.ENDED)
        )

    def _entry(self, row: Row, table: Columns) -> Entry:
        waits = table.text(row, Part.WAITING).casefold() == "yes"
        return Entry(
            line=row.line,
            name=table.text(row, Part.NAME),
            email=table.text(row, Part.EMAIL),
            joined=table.text(row, Part.JOINED),
            left=table.text(row, Part.LEFT),
            lasted=table.text(row, Part.LASTED),
            meeting=self._meeting(row, table),
            flags=frozenset({Flag.WAITING_ROOM}) if waits else frozenset(),
            counts=not waits,
        )

    def _meeting(self, row: Row, table: Columns) -> str:
        number = table.text(row, Part.MEETING)
        if number and number not in self.meetings:
            self.meetings[number] = Meeting(table.text(row, Part.TOPIC))
        return number or self._under
