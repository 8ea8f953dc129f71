"""Workbooks open as they are meant: no cell is run, days and numbers can be reckoned with, the head stays in sight."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from pdtracker.exchange.csv_out import Cell
from pdtracker.exchange.xlsx_out import MOST_LETTERS, Column, write_xlsx

AT = datetime(2014, 10, 14, 12, tzinfo=UTC)


def written(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], title: str = "Licences") -> Workbook:
    out = io.BytesIO()
    write_xlsx(out, title, columns, rows, at=AT)
    out.seek(0)
    return load_workbook(out)


def first_row(*cells: Cell) -> list[Any]:
    sheet = written([Column("x") for _ in cells], [cells])["Licences"]
    return [cell.value for cell in sheet[2]]


@pytest.mark.parametrize(
    "text",
    [
        "#N/A",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "  =1",
        "＝1",
        '=HYPERLINK("http://evil.example","Ada")',
    ],
)
def test_a_text_that_would_be_run_is_a_text_by_its_type_and_stays_as_it_is(text: str) -> None:
    cell = written([Column("x")], [[text]])["Licences"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_numbers_days_and_gaps_stay_what_they_are() -> None:
    whole, half, day, *gaps = first_row(7, Decimal("1.25"), date(2028, 6, 30), None, "")
    assert (whole, half, day.date(), gaps) == (7, 1.25, date(2028, 6, 30), [None, None])


def test_an_error_word_is_a_text() -> None:
    sheet = written([Column("x")], [["Nguyễn #N/A"]])["Licences"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("Nguyễn #N/A", "s")


def test_what_a_cell_cannot_hold_is_left_out() -> None:
    assert first_row("a\x00b\x1fc", "x" * 40_000) == ["abc", "x" * MOST_LETTERS]


def test_the_head_stays_in_sight_is_printed_on_every_page_and_filters() -> None:
    sheet = written([Column("Name", 30), Column("Hours")], [["Ada", 1], ["Bo", 2]])["Licences"]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A2", "$1:$1", "A1:B3")
    assert sheet.column_dimensions["A"].width == 30
    assert sheet["A1"].font.bold


def test_a_title_becomes_a_name_that_a_sheet_may_have() -> None:
    title = "Who is behind: ELL/ESOL [New York CTLE], June 2028"
    (name,) = written([Column("x")], [], title).sheetnames
    assert name == "Who is behind  ELL ESOL  New Yo"


def test_a_long_list_takes_no_more_memory_than_a_short_one() -> None:
    def most_bytes(count: int) -> int:
        rows: Iterable[Sequence[Cell]] = (
            [f"Ada Ruiz {number}", number, date(2028, 6, 30)] for number in range(count)
        )
        tracemalloc.start()
        write_xlsx(_Nowhere(), "Licences", [Column("a"), Column("b"), Column("c")], rows, at=AT)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    most_bytes(10)
    assert most_bytes(4_000) < most_bytes(400) + 300_000


class _Nowhere(io.BytesIO):
    """A file that keeps nothing."""

    def write(self, data: Any) -> int:
        return len(data)
