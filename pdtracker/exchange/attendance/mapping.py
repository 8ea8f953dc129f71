"""Lists of any shape: which of their columns says what is told by a mapping, or guessed from usual headings."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from pdtracker.domain.attendance import Strength
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance.entries import Entry, Reading
from pdtracker.exchange.attendance.headings import Columns, Part, columns, find, folded, words
from pdtracker.exchange.attendance.sheet import Row, Sheet

FORMAT: Final = "table"
_USUAL: Final = words(
    NAME=(
        "name",
        "full name",
        "participant",
        "participant name",
        "attendee",
        "attendee name",
        "teacher",
        "display name",
    ),
    FIRST_NAME=("first name", "given name", "firstname"),
    LAST_NAME=("last name", "surname", "family name", "lastname"),
    EMAIL=("email", "e-mail", "email address", "e-mail address", "user email", "attendee email", "mail"),
    JOINED=(
        "join time",
        "joined",
        "joined at",
        "time in",
        "sign in",
        "sign-in",
        "check in",
        "check-in",
        "start time",
    ),
    LEFT=(
        "leave time",
        "left",
        "left at",
        "time out",
        "sign out",
        "sign-out",
        "check out",
        "check-out",
        "end time",
    ),
    LASTED=(
        "minutes",
        "duration",
        "duration (minutes)",
        "duration (min)",
        "total minutes",
        "total duration (minutes)",
    ),
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """The headings of the columns that say who was there and for how long, as they stand in the file.

    With joins and leaves the list has intervals, else with durations totals, else it only says that somebody came.
    """

    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    joined: str = ""
    left: str = ""
    lasted: str = ""

    def words(self) -> dict[Part, tuple[str, ...]]:
        """The headings by the part that each says."""
        told = ((Part[field.name.upper()], getattr(self, field.name)) for field in fields(self))
        return {part: (folded(heading),) for part, heading in told if heading}


def read(sheet: Sheet) -> Reading | None:
    """A list whose headings are usual enough to be guessed, and that tells times: names alone can be a roster."""
    for who in (Part.EMAIL, Part.NAME, Part.LAST_NAME):
        for times in ((Part.JOINED, Part.LEFT), (Part.LASTED,)):
            found = find(sheet, _USUAL, (who, *times))
            if found is not None:
                place, table = found
                return _read(sheet.rows[place + 1 :], table)
    return None


def read_mapped(sheet: Sheet, mapping: Mapping) -> Reading:
    """A list as the mapping says. Raises Mistyped where the file has no row with all its headings."""
    told = mapping.words()
    if not {Part.NAME, Part.FIRST_NAME, Part.EMAIL} & set(told):
        raise Mistyped("Say which column has the names or the e-mail addresses.")
    for place, row in enumerate(sheet.head):
        table = columns(row, told, tuple(told))
        if table:
            return _read(sheet.rows[place + 1 :], table)
    raise Mistyped("This file has no row with all the headings of the mapping. Choose the columns again.")


def _read(rows: list[Row], table: Columns) -> Reading:
    entries = [
        Entry(
            line=row.line,
            name=table.name(row),
            email=table.text(row, Part.EMAIL),
            joined=table.text(row, Part.JOINED),
            left=table.text(row, Part.LEFT),
            lasted=table.text(row, Part.LASTED),
        )
        for row in rows
        if not row.is_empty
    ]
    return Reading(FORMAT, _strength(table), entries)


def _strength(table: Columns) -> Strength:
    if Part.JOINED in table.at and Part.LEFT in table.at:
        return Strength.INTERVALS
    return Strength.TOTAL if Part.LASTED in table.at else Strength.PRESENCE
