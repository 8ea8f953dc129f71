"""Lists of any shape: which of their columns says what is told by a mapping, or guessed from usual headings."""

from __future__ import annotations

from collections.abc import Mapping as Told
from dataclasses import dataclass, replace
from typing import Any, Final

from pdtracker.domain.attendance import Flag, Strength
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance.clock import Order
from pdtracker.exchange.attendance.entries import Entry, Reading
from pdtracker.exchange.attendance.headings import (
    LONGEST_HEADING,
    NUMBERS,
    Columns,
    Part,
    columns,
    find,
    folded,
    words,
)
from pdtracker.exchange.attendance.sheet import MOST_COLUMNS, Row, Sheet, clean

FORMAT: Final = "table"
SHOWN_OF_A_CELL: Final = 60
_USUAL: Final = words(
    NAME=(
        "name",
        "full name",
        "participant",
        "participant name",
        "attendee",
        "attendee name",
        "printed name",
        "print name",
        "teacher",
        "display name",
    ),
    FIRST_NAME=("first name", "given name", "firstname"),
    LAST_NAME=("last name", "surname", "family name", "lastname"),
    NUMBER=NUMBERS,
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
    Where a column says who was present, rows that don't say so count for nobody. `order` is that of day and month in
    dates which can be read both ways; without one the file and the session's day decide.
    """

    name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    number: str = ""
    joined: str = ""
    left: str = ""
    lasted: str = ""
    present: str = ""
    order: Order | None = None

    def words(self) -> dict[Part, tuple[str, ...]]:
        """The headings by the part that each says."""
        told = ((part, getattr(self, field)) for field, part in COLUMNS.items())
        return {part: (folded(heading),) for part, heading in told if heading}


COLUMNS: Final = {
    "name": Part.NAME,
    "first_name": Part.FIRST_NAME,
    "last_name": Part.LAST_NAME,
    "email": Part.EMAIL,
    "number": Part.NUMBER,
    "joined": Part.JOINED,
    "left": Part.LEFT,
    "lasted": Part.LASTED,
    "present": Part.PRESENT,
}
"""The columns that a mapping can name, by its attribute."""

_ABSENT: Final = frozenset(
    {"", "no", "n", "false", "0", "absent", "a", "not attending", "did not attend", "-", "--"}
)
_PRESENCE: Final = words(PRESENT=("present", "attended", "attendance", "checked in", "signed in"))


@dataclass(frozen=True, slots=True)
class Table:
    """The heading row of a list of any shape and its first rows, for choosing the columns."""

    headings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    guess: Mapping


def mapping_of(told: Told[str, str], order: Order | None = None) -> Mapping:
    """A mapping by the names of its attributes; what it doesn't know of is left out."""
    named = Mapping(order=order)
    for field in COLUMNS:
        # Any: each of these attributes is a text, which no checker can know of names in a table.
        change: Any = {field: told.get(field, "")}
        named = replace(named, **change)
    return named


def table_of(sheet: Sheet) -> Table:
    """What there is to choose from; of the first rows the fullest is the heading. Raises Mistyped without one."""
    named = [sum(1 for cell in row.cells if clean(cell)) for row in sheet.head]
    if not named or max(named) == 0:
        raise Mistyped("This file has no row with headings. Choose the list as it was downloaded.")
    place = named.index(max(named))
    heading = sheet.rows[place]
    width = max(number for number, cell in enumerate(heading.cells, 1) if clean(cell))
    headings = tuple(heading.cell(column)[:LONGEST_HEADING] for column in range(min(width, MOST_COLUMNS)))
    samples = tuple(
        tuple(row.cell(column)[:SHOWN_OF_A_CELL] for column in range(len(headings)))
        for row in sheet.rows[place + 1 : place + 4]
    )
    found = columns(heading, {**_USUAL, **_PRESENCE}, ())
    at = found.at if found else {}
    guess = {
        field: headings[at[part]]
        for field, part in COLUMNS.items()
        if part in at and at[part] < len(headings)
    }
    return Table(headings, samples, mapping_of(guess))


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
    if not {Part.NAME, Part.FIRST_NAME, Part.LAST_NAME, Part.EMAIL, Part.NUMBER} & set(told):
        raise Mistyped("Say which column has the names, the e-mail addresses or the numbers.")
    for place, row in enumerate(sheet.head):
        table = columns(row, told, tuple(told))
        if table:
            return _read(sheet.rows[place + 1 :], table, mapping.order)
    raise Mistyped("This file has no row with all the headings of the mapping. Choose the columns again.")


def _read(rows: list[Row], table: Columns, order: Order | None = None) -> Reading:
    entries = [_entry(row, table) for row in rows if not row.is_empty]
    absent = sum(Flag.ABSENT in entry.flags for entry in entries)
    came = [entry for entry in entries if Flag.ABSENT not in entry.flags]
    return Reading(FORMAT, _strength(table), came, absent=absent, order=order)


def _entry(row: Row, table: Columns) -> Entry:
    is_absent = Part.PRESENT in table.at and table.text(row, Part.PRESENT).casefold() in _ABSENT
    return Entry(
        line=row.line,
        name=table.name(row),
        email=table.text(row, Part.EMAIL),
        number=table.text(row, Part.NUMBER),
        joined=table.text(row, Part.JOINED),
        left=table.text(row, Part.LEFT),
        lasted=table.text(row, Part.LASTED),
        flags=frozenset({Flag.ABSENT}) if is_absent else frozenset(),
    )


def _strength(table: Columns) -> Strength:
    if Part.JOINED in table.at and Part.LEFT in table.at:
        return Strength.INTERVALS
    return Strength.TOTAL if Part.LASTED in table.at else Strength.PRESENCE
