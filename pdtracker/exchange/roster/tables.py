"""One file of a roster as a table, whose columns are found by their headings in any order and spelling of case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.roster import RosterRefused
from pdtracker.exchange.attendance.sheet import Row, clean, rows_of_text
from pdtracker.exchange.attendance.text import decoded
from pdtracker.exchange.attendance.workbook import MAGIC, rows_of_workbook
from pdtracker.exchange.limits import ROSTER
from pdtracker.exchange.refused import Refused


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file below its headings, read once; lines that can't be read are told in `refused`."""

    file: str
    columns: Mapping[str, int]
    rows: Iterator[Row]
    refused: list[RosterRefused]

    def has(self, *columns: str) -> bool:
        """Whether all these columns are there; their names without signs between, in lower case."""
        return all(column in self.columns for column in columns)

    def column(self, *names: str) -> int:
        """Where the first of these columns stands, or behind all cells."""
        return next((self.columns[name] for name in names if name in self.columns), _NOWHERE)


_NOWHERE = 1_000_000


def text_at(row: Row, column: int) -> str:
    """A cell's text; blank and `NULL` are no value."""
    cells = row.cells
    if column >= len(cells) or not cells[column]:
        return ""
    text = clean(cells[column])
    return "" if text == "NULL" else text


def table_of(file: str, data: bytes) -> Table:
    """A file as a table; its first row that isn't empty holds the headings. Raises Mistyped for what is none."""
    refused: list[RosterRefused] = []
    rows = filter(_is_filled, rows_of(file, data, refused))
    heading = next(rows, None)
    if heading is None:
        raise Mistyped(f"{file} is empty. Choose the roster as it was exported.")
    columns: dict[str, int] = {}
    for number, cell in enumerate(heading.cells):
        if cell:
            columns.setdefault(_folded(cell), number)
    return Table(file, columns, rows, refused)


def rows_of(file: str, data: bytes, refused: list[RosterRefused]) -> Iterator[Row]:
    """The rows of a delimited text or of a workbook's first sheet, line by line."""
    if data.startswith(MAGIC):
        yield from rows_of_workbook(data)
        return
    told: list[Refused] = []
    for row in chain(rows_of_text(decoded(data, limits=ROSTER), told, ROSTER), (None,)):
        if told:
            refused += (RosterRefused(file, one.line, one.why) for one in told)
            told.clear()
        if row is not None:
            yield row


def of_table(tables: Iterable[Table | None]) -> list[RosterRefused]:
    """The lines of several tables that could not be read."""
    return [told for table in tables if table is not None for told in table.refused]


def _is_filled(row: Row) -> bool:
    return not row.is_empty


def _folded(heading: str) -> str:
    # `SIS ID`, `sourcedId`, `School_id`
    return "".join(sign for sign in clean(heading).casefold() if sign.isalnum())
