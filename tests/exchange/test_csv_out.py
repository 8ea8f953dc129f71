"""CSV files open in a spreadsheet as they are meant: the encoding is told, and no cell is run."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from pdtracker.exchange.csv_out import csv_bytes, harmless, write_csv


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        '=HYPERLINK("http://evil.example","Ada")',
        "=cmd|' /C calc'!A0",
    ],
)
def test_a_text_that_would_be_run_is_kept_from_it(text: str) -> None:
    assert read(csv_bytes(["Title"], [[text]]))[1] == [f"'{text}"]


@pytest.mark.parametrize(
    "text", ["", "Ada", "1.5", "’Ada", "a=b", "x-1", "O'Brien", "Nguyễn Thị Ánh", "  spaced"]
)
def test_every_other_text_is_left_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_the_file_is_as_rfc_4180_says_with_excels_mark() -> None:
    data = csv_bytes(
        ["Name", "Minutes", "Hours", "Code"], [['Ruiz, "Mateo"\nJr.', -60, Decimal("-1.00"), None]]
    )
    assert data.startswith(b"\xef\xbb\xbfName,Minutes,Hours,Code\r\n")
    assert data.endswith(b'"Ruiz, ""Mateo""\nJr.",-60,-1.00,\r\n')
    assert read(data)[1] == ['Ruiz, "Mateo"\nJr.', "-60", "-1.00", ""]


def test_a_day_is_written_so_that_it_sorts_and_the_file_stays_open() -> None:
    out = io.BytesIO()
    write_csv(out, ["Day"], [[date(2028, 6, 30)]])
    out.write(b"x")
    assert out.getvalue().endswith(b"2028-06-30\r\nx")
