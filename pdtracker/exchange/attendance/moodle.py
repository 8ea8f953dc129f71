"""Moodle's attendance activity: one row for each person, one column for each session, with a mark such as `P (2/2)`.

Each column that is titled with a day and a time is a meeting. A `?` or nothing means that no mark was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pdtracker.domain.attendance import Flag, Strength
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance.entries import Entry, Meeting, Reading
from pdtracker.exchange.attendance.headings import Columns, Part, find, words
from pdtracker.exchange.attendance.sheet import MOST_LINES, Row, Sheet

_TABLE: Final = words(
    LAST_NAME=("last name", "surname"),
    FIRST_NAME="first name",
    EMAIL="email address",
    NUMBER=("student id", "id number"),
)
_SESSION: Final = re.compile(
    r"([0-9]{1,2} [A-Za-z]{3,9} [0-9]{4} [0-9]{1,2}[.:][0-9]{2} ?[AaPp][Mm])(?: .*)?"
)
_MARK: Final = re.compile(r"([A-Za-z]{1,3}) *(?:\([0-9./ ]{1,12}\))?")
_MARKS: Final = {
    "p": (True, None),
    "l": (True, Flag.LATE),
    "e": (False, Flag.EXCUSED),
    "a": (False, Flag.ABSENT),
}
_TOO_MANY: Final = "This list holds the marks of too many sessions. Export fewer of them."


def read(sheet: Sheet) -> Reading | None:
    """The marks of all sessions, each session a meeting."""
    found = find(sheet, _TABLE, (Part.LAST_NAME, Part.FIRST_NAME))
    if found is None:
        return None
    place, table = found
    sessions = {
        number: told[1]
        for number in range(len(sheet.rows[place].cells))
        if (told := _SESSION.fullmatch(sheet.rows[place].cell(number)))
    }
    if not sessions:
        return None
    entries: list[Entry] = []
    for row in sheet.rows[place + 1 :]:
        if not row.is_empty:
            entries.extend(_entries(row, table, sessions))
        if len(entries) > MOST_LINES:
            raise Mistyped(_TOO_MANY)
    meetings = {str(number): Meeting(started=started) for number, started in sessions.items()}
    return Reading("moodle-attendance", Strength.PRESENCE, entries, meetings=meetings)


def _entries(row: Row, table: Columns, sessions: dict[int, str]) -> Iterator[Entry]:
    name, email = table.name(row), table.text(row, Part.EMAIL)
    # A district's Moodle knows its staff by the number that the district gave them.
    staff = table.text(row, Part.NUMBER)
    for number in sessions:
        mark = _MARK.fullmatch(row.cell(number))
        told = _MARKS.get(mark[1].casefold()) if mark else None
        if told is None:
            continue
        came, flag = told
        yield Entry(
            line=row.line,
            name=name,
            email=email,
            number=staff,
            meeting=str(number),
            flags=frozenset({flag}) if flag else frozenset(),
            counts=came,
        )
