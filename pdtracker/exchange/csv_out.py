"""Lists as CSV files that open in a spreadsheet as they are meant.

RFC 4180: commas, CRLF, quotes doubled; UTF-8 with its mark at the beginning, without which Excel guesses another
encoding. A text that a spreadsheet would run as a formula is given an apostrophe before it; quoting alone doesn't
keep it from being run.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Final, TypeAlias

MEDIA_TYPE: Final = "text/csv"

Cell: TypeAlias = "str | int | Decimal | date | None"

_MARK: Final = b"\xef\xbb\xbf"
# The wide forms as well: spreadsheets of East Asia read them as the narrow ones.
_STARTS_A_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The file. Numbers stay numbers; every text is kept from being run."""
    out = io.BytesIO()
    write_csv(out, header, rows)
    return out.getvalue()


def write_csv(out: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Writes the same to a file, row by row."""
    lines = CsvLines(out, header)
    for row in rows:
        lines.write(row)
    lines.end()


class CsvLines:
    """The same for rows that come one by one, until `end`."""

    def __init__(self, out: IO[bytes], header: Sequence[str]) -> None:
        out.write(_MARK)
        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text, lineterminator="\r\n")
        self._writer.writerow(header)

    def write(self, row: Sequence[Cell]) -> None:
        """One more row."""
        self._writer.writerow([_cell(value) for value in row])

    def end(self) -> None:
        """No more rows. The file is the caller's, and stays open."""
        self._text.detach()


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it; leading spaces don't hide it."""
    first = text.lstrip(" \u00a0\u3000")[:1]
    return f"'{text}" if first in _STARTS_A_FORMULA and first else text


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return harmless(value)
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
