"""A report's text as rows of cells: the delimiter, quoted cells over several lines, and lines that can't be read.

Rows know their line in the file, from 1 and with headings, so that a person finds again what is refused. A quote that
is never closed costs its own line only, not the people below it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance.text import Text
from pdtracker.exchange.limits import REPORT, Limits
from pdtracker.exchange.refused import Refused

MOST_LINES: Final = REPORT.lines
MOST_CELLS: Final = REPORT.cells
MOST_COLUMNS: Final = 400
LONGEST_LINE: Final = 100_000
HEAD_ROWS: Final = 60
"""Formats look for their heading among so many rows."""

_DELIMITERS: Final = "\t,;|"
_QUOTED: Final = re.compile(r'"[^"]*"')
_MOST_UNREADABLE: Final = 20_000
_UNREADABLE: Final = (
    f"More than {_MOST_UNREADABLE:,} lines of this file have broken quotation marks. Export it once more."
)
_MOST_LINES_OF_A_CELL: Final = 100
_EXCEL_TEXT: Final = re.compile(r'="(.*)"', re.DOTALL)
_SPACES: Final = re.compile(r"\s+")
_CONTROLS: Final = dict.fromkeys(code for code in (*range(32), *range(127, 160)) if code not in (9, 10, 13))


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row and the line that it begins at."""

    line: int
    cells: Sequence[str]

    def cell(self, column: int) -> str:
        """A cell's text; rows that end early have empty ones."""
        return clean(self.cells[column]) if column < len(self.cells) else ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell and not cell.isspace() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of a file. `headings` keeps how its first rows read as headings, which a dozen formats ask for."""

    rows: list[Row]
    headings: dict[int, Mapping[str, int]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def head(self) -> list[Row]:
        """Where a format looks for its heading."""
        return self.rows[:HEAD_ROWS]


def clean(cell: str) -> str:
    """A cell as a person reads it: without control characters and runs of spaces; `="4 PM"` is Excel's `4 PM`."""
    if cell.isascii() and cell.isprintable() and "  " not in cell and not cell.startswith("="):
        return cell.strip()
    excel = _EXCEL_TEXT.fullmatch(cell.strip())
    shown = excel[1].replace('""', '"') if excel else cell
    return _SPACES.sub(" ", shown.translate(_CONTROLS)).strip()


def rows_of_text(text: Text, refused: list[Refused], limits: Limits = REPORT) -> Iterator[Row]:
    """The rows of a delimited text. Raises Mistyped for a file that has too many of them."""
    lines = _lines(text, limits)
    start = 1 if lines and lines[0].casefold().startswith("sep=") else 0
    cells = 0
    for row in _rows(lines, start, _delimiter(lines), refused):
        cells += len(row.cells)
        if cells > limits.cells:
            raise Mistyped(f"This file has too many cells for a {limits.thing}. {limits.advice}")
        yield row


def _lines(text: Text, limits: Limits) -> list[str]:
    lines: list[str] = []
    for line in text.lines():
        if len(lines) == limits.lines:
            raise Mistyped(f"This file has more than {limits.lines:,} lines. {limits.advice}")
        # NUL bytes occur in exports of webinars.
        lines.append(line.replace("\0", "") if "\0" in line else line)
    return lines


def _delimiter(lines: Sequence[str]) -> str:
    """What stands between cells: of the first lines the one with most delimiters, quoted cells left out, decides.

    `csv.Sniffer` is misled by the sections of Teams and Zoom. Times such as `10/14/2026, 4:00 PM` hold a comma each,
    so two tabs in a line outweigh commas.
    """
    if lines and (told := re.match(r"sep=([\t,;|])", lines[0], re.IGNORECASE)):
        return told[1]
    most = dict.fromkeys(_DELIMITERS, 0)
    for line in lines[:HEAD_ROWS]:
        bare = _QUOTED.sub("", line[:LONGEST_LINE])
        for delimiter in _DELIMITERS:
            most[delimiter] = max(most[delimiter], bare.count(delimiter))
    if most["\t"] > 1:
        return "\t"
    return max((",", ";", "\t", "|"), key=lambda delimiter: most[delimiter])


def _rows(lines: Sequence[str], start: int, delimiter: str, refused: list[Refused]) -> Iterator[Row]:
    at = start
    while at < len(lines):
        end = _end_of_record(lines, at)
        cells = _cells(lines[at:end], delimiter) if end else None
        if cells is None:
            refused.append(Refused(at + 1, _why_unreadable(lines[at])))
            if len(refused) > _MOST_UNREADABLE:
                raise Mistyped(_UNREADABLE)
            at += 1
            continue
        yield Row(at + 1, cells)
        at = end


def _end_of_record(lines: Sequence[str], at: int) -> int:
    """The line after the record's last one, 0 when its quotes are never closed."""
    if '"' not in lines[at]:
        return at + 1
    is_open = False
    for number in range(at, min(at + _MOST_LINES_OF_A_CELL, len(lines))):
        is_open ^= lines[number].count('"') % 2 == 1
        if not is_open:
            return number + 1
    return 0


def _cells(lines: Sequence[str], delimiter: str) -> list[str] | None:
    if sum(map(len, lines)) > LONGEST_LINE:
        return None
    if len(lines) == 1 and '"' not in lines[0]:
        cells = lines[0].rstrip("\r\n").split(delimiter)
        return cells if len(cells) <= MOST_COLUMNS else None
    try:
        records = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    # A record of several lines is one: else a quote in the middle of a cell only looked like the begin of one.
    return records[0] if len(records) == 1 and len(records[0]) <= MOST_COLUMNS else None


def _why_unreadable(line: str) -> str:
    if len(line) > LONGEST_LINE:
        return "This line is too long."
    if line.count('"') % 2:
        return "A quotation mark is not closed."
    return "The quotation marks or the number of cells don’t fit."
