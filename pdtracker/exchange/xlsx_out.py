"""Lists as Excel workbooks, written row by row, so that a long list takes no more memory than a short one.

Every text is a text by its type, whatever it begins with, so none is run and none needs an apostrophe as in `csv_out`;
days are days, numbers are numbers, and what a cell can't hold is left out. The first row stays in sight and is printed
on every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.cell.cell import Cell as Styled
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from pdtracker.exchange.csv_out import Cell, harmless

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

MOST_LETTERS: Final = 32_767
"""What a cell holds; Excel calls a file with more damaged."""

_DAY: Final = "yyyy-mm-dd"
_TITLE_LETTERS: Final = 31
_NOT_IN_A_TITLE: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands at its head, and for about how many letters it has room."""

    head: str
    letters: int = 14


def write_xlsx(
    out: IO[bytes], title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, at: datetime
) -> None:
    """Writes the workbook, with one sheet, to a file; `at` is when the list was drawn up."""
    book = Workbook(write_only=True)
    book.properties.creator = "pdtracker"
    book.properties.title = title
    book.properties.created = at.replace(tzinfo=None)
    sheet = book.create_sheet(_sheet_title(title))
    # Of a sheet that is written row by row, all but the filter has to be known before the first row.
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.letters
    sheet.append([_head(sheet, column.head) for column in columns])
    count = 1
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"
    book.save(out)


def _head(sheet: WriteOnlyWorksheet, text: str) -> Styled:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Cell) -> Styled | int | Decimal | str | None:
    if isinstance(value, str):
        return _text(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:MOST_LETTERS])
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, datetime.combine(value, time()))
        cell.number_format = _DAY
        return cell
    return value


def _text(sheet: WriteOnlyWorksheet, text: str) -> Styled | str:
    """A text; of one that looks like a formula or an error its type and the quote's mark say that it isn't one.

    With the mark it stays a text when somebody edits the cell.
    """
    if not text.startswith("#") and harmless(text) == text:
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _sheet_title(title: str) -> str:
    return title.translate(_NOT_IN_A_TITLE)[:_TITLE_LETTERS].strip()
