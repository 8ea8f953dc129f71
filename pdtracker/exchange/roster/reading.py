"""A roster, read: the format is recognised by its files and their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.roster import Roster
from pdtracker.exchange.attendance.workbook import MAGIC
from pdtracker.exchange.roster import clever, hr, oneroster, sds
from pdtracker.exchange.roster.files import is_read
from pdtracker.exchange.roster.hr import Headings
from pdtracker.exchange.roster.tables import Table, table_of

_FORMATS: Final[tuple[Callable[[Mapping[str, Table], date], Roster | None], ...]] = (
    oneroster.read,
    sds.read_users,
    sds.read_teachers,
    clever.read,
)


def read_roster(files: Mapping[str, bytes], on: date, chosen: Headings | None = None) -> Roster:
    """What a roster says, by `files_of`; `on` is the day by which people have left, `chosen` the columns of an HR list.

    Lines that can't be used are refused one by one. Raises Mistyped, a sentence to act on, for files that are no
    roster, or that list nobody of the staff: it would let everybody leave.
    """
    roster = _read(files, on, chosen)
    if not roster.people and not roster.refused:
        raise Mistyped("This roster lists nobody of the staff. Choose the one with the teachers.")
    return roster


def _read(files: Mapping[str, bytes], on: date, chosen: Headings | None) -> Roster:
    if chosen is None:
        tables = {
            name.casefold(): table_of(name, data)
            for name, data in files.items()
            if (is_read(name) or len(files) == 1) and not data.startswith(MAGIC)
        }
        if len(files) == 1:
            tables = _by_columns(next(iter(tables.values()), None))
        for read in _FORMATS:
            if (roster := read(tables, on)) is not None:
                return roster
    if len(files) != 1:
        raise Mistyped(
            "These files are no roster that we know. Choose an export of OneRoster, Clever or SDS."
        )
    (name, data), *_ = files.items()
    return hr.read(name, data, on, chosen)


def _by_columns(table: Table | None) -> dict[str, Table]:
    """A single file by the name that its format gives to one with such columns."""
    if table is None:
        return {}
    marks = {
        "teachers.csv": ("teacherid", "schoolid"),
        "staff.csv": ("staffid", "schoolid"),
        "teacher.csv": ("sisid", "schoolsisid"),
        "users.csv": ("sourcedid", "orgsourcedids"),
    }
    return {name: table for name, columns in marks.items() if table.has(*columns)}
