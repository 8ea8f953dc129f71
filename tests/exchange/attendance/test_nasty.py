"""Whatever a file holds, the answer is a report or one sentence: never another error, never long, never much memory."""

from __future__ import annotations

import contextlib
import io
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.matching import Directory, Known, Standing, Told
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance import headings
from pdtracker.exchange.attendance.clock import Order, length_of, written
from pdtracker.exchange.attendance.headings import folded
from pdtracker.exchange.attendance.mapping import COLUMNS, Mapping, mapping_of
from pdtracker.exchange.attendance.names import email_of, flags_of
from pdtracker.exchange.attendance.report import Report, has_columns, is_recognised, read_report, table
from pdtracker.exchange.attendance.sheet import HEAD_ROWS, MOST_COLUMNS
from pdtracker.exchange.attendance.text import ENCODINGS, LIMIT_BYTES
from pdtracker.exchange.attendance.workbook import LIMIT_UNPACKED_BYTES
from tests.exchange.attendance.reports import (
    ADA,
    HOURS,
    SAMPLES,
    ZONE,
    ZOOM_HEADING,
    minutes_by_person,
    read,
    text,
    workbook,
)

HEADING = (
    "<row>"
    + "".join(f'<c t="inlineStr"><is><t>{told}</t></is></c>' for told in ("Name", "Minutes"))
    + "</row>"
)
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1024 * 1024


def with_part(name: str, content: bytes) -> bytes:
    """A workbook, one of whose parts is another."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["Name", "Minutes"], ["Ada", 5]))) as whole,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in whole.namelist():
            archive.writestr(part, content if part == name else whole.read(part))
    return made.getvalue()


def sheet_of(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def with_lying_size() -> bytes:
    """A part that says it is small, and is not."""
    data = bytearray(
        with_part(SHEET, b"<worksheet>" + b" " * (LIMIT_UNPACKED_BYTES + MEGABYTE) + b"</worksheet>")
    )
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo(SHEET).file_size
    return bytes(data).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def not_deflated() -> bytes:
    data = workbook(["Name", "Minutes"], ["Ada", 5])
    return data[:60] + zlib.compress(b"x" * 1000)[:40] + data[100:]


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "blanks": (lambda: b"\r\n \r\n", "empty"),
    "a PDF": (lambda: b"%PDF-1.7\n...", "PDF"),
    "an old Excel file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old Excel"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "isn’t text"),
    "NULs": (lambda: bytes(4096), ""),
    "prose": (lambda: b"Dear Ada,\nyou were there.\n", "no attendance report"),
    "a heading and nobody": (lambda: text(ZOOM_HEADING).encode(), "lists nobody"),
    "too large": (lambda: b"Name,Minutes\n" * (LIMIT_BYTES // 13 + 1), "MB"),
    "too many lines": (lambda: b"Name,Minutes\n" * 130_000, "lines"),
    "too many cells": (lambda: b"Name,Minutes\n" + (b"A,5" + b"," * 300 + b"\n") * 6_000, "cells"),
    "one line of 10 MB": (lambda: b"Name,Minutes" + b"x" * 10 * MEGABYTE, "no attendance report"),
    "10 MB of quotes": (lambda: b'"' * (10 * MEGABYTE), "no attendance report"),
    "10 MB of tabs": (lambda: b"\t" * (10 * MEGABYTE), "empty"),
    "JSON of something else": (lambda: b'[{"attendance": 5}]', "JSON"),
    "too much JSON": (lambda: b"[" + b"{}," * MEGABYTE + b"{}]", "too large"),
    "deep JSON": (lambda: b"[" * 200_000, "JSON"),
    "a ZIP of something else": (lambda: b"PK\x03\x04" + bytes(500), "Excel"),
    "a workbook cut off": (lambda: workbook(["Name", "Minutes"], ["Ada", 5])[:-200], "Excel"),
    "a workbook with a broken part": (not_deflated, "Excel"),
    "a sheet that is no XML": (lambda: with_part(SHEET, b"<worksheet><"), "Excel"),
    "a sheet with entities": (
        lambda: with_part(
            SHEET, b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
        ),
        "Excel",
    ),
    "a zip bomb": (
        lambda: with_part(SHEET, b"<worksheet>" + b" " * (LIMIT_UNPACKED_BYTES + MEGABYTE) + b"</worksheet>"),
        "too much",
    ),
    "a zip bomb that lies about its size": (with_lying_size, ""),
    "a cell in the farthest corner": (
        lambda: with_part(SHEET, sheet_of(HEADING + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "",
    ),
    "more cells than anybody reports": (
        lambda: with_part(SHEET, sheet_of(HEADING + f"<row>{'<c><v>1</v></c>' * 300}</row>" * 6_000)),
        "too much",
    ),
    "a sheet that is no sheet, but deep": (
        lambda: with_part(SHEET, b"<a>" * 100_000 + b"</a>" * 100_000),
        "too much",
    ),
    "styles without end": (
        lambda: with_part("xl/styles.xml", b"<s>" + b"<xf/>" * 600_000 + b"</s>"),
        "too much",
    ),
    "a tag without end": (
        lambda: with_part(SHEET, b'<worksheet a="' + b"x" * 40 * MEGABYTE + b'"/>'),
        "too much",
    ),
    "a comment without end": (
        lambda: with_part(SHEET, b"<worksheet><!-- " + b"<x " * 10 * MEGABYTE + b"--></worksheet>"),
        "",
    ),
    "a row of a million cells": (
        lambda: with_part(SHEET, sheet_of(f"<row>{'<c><v>1</v></c>' * 1_000_000}</row>")),
        "too much",
    ),
    "a cell of 40 MB": (
        lambda: with_part(
            SHEET, sheet_of(f'{HEADING}<row><c t="inlineStr"><is><t>{"x" * 40 * MEGABYTE}</t></is></c></row>')
        ),
        "too much",
    ),
    "merged cells without end": (
        lambda: with_part(
            SHEET,
            sheet_of(HEADING).replace(
                b"</worksheet>", b'<mergeCell ref="A1:B2"/>' * 100_000 + b"</worksheet>"
            ),
        ),
        "too much",
    ),
    "columns without end, before the cells": (
        lambda: with_part(SHEET, b"<worksheet><cols>" + b"<col/>" * 200_000 + b"</cols></worksheet>"),
        "too much",
    ),
    "a picture without end": (lambda: with_part("docProps/app.xml", b" " * 3 * MEGABYTE), "too much"),
    "rows as wide as they get": (
        lambda: with_part(SHEET, sheet_of(HEADING + '<row><c r="XFD1"><v>1</v></c></row>' * 20_000)),
        "too much",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_report_is_refused_in_a_sentence(name: str) -> None:
    make, word = REFUSED[name]
    with pytest.raises(Mistyped) as refused:
        read(make())
    sentence = refused.value.sentence
    assert word in sentence
    assert sentence.endswith((".", "?"))
    assert len(sentence) < 250


def test_nul_bytes_and_marks_are_read_over() -> None:
    zoom = text(ZOOM_HEADING, ADA)
    for data in (
        zoom.replace("Ada", "A\0da").encode(),
        zoom.encode("utf-8-sig"),
        zoom.replace("\r\n", "\r").encode(),
    ):
        assert minutes_by_person(read(data)) == {"ada@maplewood.example": 40.0}


def test_a_quote_that_is_never_closed_swallows_nobody() -> None:
    people = [
        f"P{number},p{number}@maplewood.example,10/14/2026 04:00 PM,10/14/2026 05:00 PM,60,No"
        for number in range(500)
    ]
    people[100] = people[100].replace("P100", '"P100')
    people[300] = people[300].replace("P300", 'P"300')
    report = read(text(ZOOM_HEADING, *people))
    assert len(report.people) == 498
    assert [told.line for told in report.refused] == [102, 302]


def test_formulas_are_text_and_control_characters_are_dropped() -> None:
    report = read(
        text("Name,Email,Minutes", '"=HYPERLINK(""http://x"")",,5', "\x1b[31mBo\x07,,5", "+1234567890,,5")
    )
    assert [attendee.name for attendee in report.people] == [
        '=HYPERLINK("http://x")',
        "[31mBo",
        "+1234567890",
    ]


def test_half_a_character_in_json_is_no_trouble() -> None:
    stay = b'{"joinTime": "2026-10-14T20:00:00Z", "leaveTime": "2026-10-14T20:30:00Z"}'
    report = read(b'[{"firstName": "\\ud800", "lastName": "Bo", "attendance": [' + stay + b"]}]")
    assert minutes_by_person(report) == {"? Bo": 30.0}


def test_a_very_long_name_is_cut_and_a_very_long_email_is_none() -> None:
    report = read(text("Name,Email,Minutes", f"{'x' * 5000},{'y' * 5000}@maplewood.example,5"))
    assert [(len(attendee.name), attendee.email) for attendee in report.people] == [(200, "")]


SLOW_TEXTS = [
    "1" * 60_000,
    "1 " * 30_000,
    "a" * 60_000,
    "(" * 60_000,
    "a'" * 30_000,
    "x@" * 30_000,
    "1:" * 30_000,
    "+•" * 30_000,
]


@pytest.mark.parametrize("slow", SLOW_TEXTS)
def test_no_expression_takes_long_over_a_long_text(slow: str) -> None:
    for row in (f"{slow},,5", f"Ada,{slow},5", f"Ada,,{slow}"):
        read(text("Name,Email,Minutes", row, "Bo,,5"))
    read(text("Name,Joined,Left", f"Ada,{slow},{slow}", "Bo,10/14/2026 16:00,10/14/2026 17:00"))
    written(slow)
    length_of(slow)
    email_of(slow)
    flags_of([slow[:200]], "")


def readable(data: bytes, mapping: Mapping | None = None) -> Report | None:
    """The report, or `None` where it is refused in a sentence; anything else escapes and fails the test."""
    try:
        report = read_report(data, HOURS, ZONE, mapping)
    except Mistyped:
        return None
    for attendee in report.people:
        assert attendee.name or attendee.email or attendee.number
        assert attendee.minutes is None or attendee.minutes >= 0
        assert attendee.strength != "intervals" or (attendee.minutes or 0) <= 90
    return report


@given(st.binary(max_size=400))
def test_any_bytes_are_answered(data: bytes) -> None:
    readable(data)
    readable(b"PK\x03\x04" + data)
    readable(b"\xff\xfe" + data)
    readable(b"[" + data)


cells = st.one_of(
    st.sampled_from(
        ["", "--", "Yes", "No", '"', "10/14/2026 04:00 PM", "14/10/2026 16:00", "0", "99:99", "1h", "=1", "?"]
    ),
    st.text(max_size=12),
)


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_a_report_with_damaged_lines_is_answered(name: str, data: st.DataObject) -> None:
    whole = SAMPLES[name].data
    if whole.startswith(b"PK"):
        at = data.draw(st.integers(0, len(whole) - 1))
        readable(whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + 1 :])
        return
    encoding = SAMPLES[name].encoding
    lines = whole.decode(encoding).splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "repeat", "cell", "cut"])):
            case "drop":
                lines[at] = ""
            case "repeat":
                lines[at] *= 2
            case "cell":
                parts = lines[at].split("\t" if "\t" in lines[at] else ",")
                parts[data.draw(st.integers(0, len(parts) - 1))] = data.draw(cells)
                lines[at] = ("\t" if "\t" in lines[at] else ",").join(parts)
            case _:
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    readable("".join(lines).encode(encoding, "replace"))


@given(st.lists(st.tuples(cells, cells, cells, cells), max_size=6))
def test_a_list_of_any_cells_is_answered_by_a_mapping(rows: list[tuple[str, str, str, str]]) -> None:
    lines = ["\t".join(row) for row in rows]
    readable(
        text("N\tE\tA\tB", *lines).encode("utf-8", "replace"),
        Mapping(name="N", email="E", joined="A", left="B"),
    )
    readable(text("N\tE\tA\tB", *lines).encode("utf-8", "replace"), Mapping(name="N", lasted="A"))


@given(
    st.binary(max_size=300),
    st.sampled_from([None, *ENCODINGS]),
    st.sampled_from([None, *Order]),
    st.fixed_dictionaries({name: st.sampled_from(["", "Name", "E", "a,b"]) for name in COLUMNS}),
)
def test_any_bytes_with_any_choice_of_letters_and_columns_are_answered(
    data: bytes, encoding: str | None, order: Order | None, headings: dict[str, str]
) -> None:
    mapping = mapping_of(headings, order)
    for whole in (data, b"Name,E\r\n" + data):
        is_recognised(whole, encoding)
        if has_columns(whole, encoding):
            assert len([heading for heading in table(whole, encoding).headings if heading]) > 1
        with contextlib.suppress(Mistyped):
            read_report(whole, HOURS, ZONE, mapping, encoding)


@given(st.sampled_from(sorted(SAMPLES)), st.sampled_from([None, *ENCODINGS]))
def test_any_report_in_other_letters_is_answered(name: str, encoding: str | None) -> None:
    with contextlib.suppress(Mistyped):
        read_report(SAMPLES[name].data, HOURS, ZONE, None, encoding)


def test_fifty_thousand_rows_are_read_and_matched_in_time() -> None:
    people = [
        Known(number, f"Person Number{number}", f"p{number}@maplewood.example") for number in range(5_000)
    ]
    directory = Directory(people, ())
    rows = [
        f"Person Number{number % 25_000},p{number % 25_000}@maplewood.example,"
        f"10/14/2026 04:{number % 30:02}:00 PM,10/14/2026 05:{number % 30:02}:00 PM,60,No"
        for number in range(50_000)
    ]
    began = time.process_time()
    report = read(text(ZOOM_HEADING, *rows))
    matched = [
        directory.match(Told(one.name, one.email, one.number, frozenset(one.flags))) for one in report.people
    ]
    assert sum(match.standing is Standing.MATCHED for match in matched) == 5_000
    assert time.process_time() - began < 10


@given(st.text(max_size=60))
def test_any_text_is_a_time_or_none(told: str) -> None:
    written(told)
    length_of(told)
    assert email_of(told) == email_of(email_of(told))


MOST_MEMORY = 200 * MEGABYTE


@pytest.mark.parametrize("name", REFUSED)
def test_no_file_takes_more_memory_than_it_may(name: str) -> None:
    data = REFUSED[name][0]()
    tracemalloc.start()
    try:
        with contextlib.suppress(Mistyped):
            read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY


@pytest.mark.parametrize(
    "name", ["rows as wide as they get", "too many cells", "more cells than anybody reports"]
)
def test_headings_of_the_widest_rows_are_folded_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Counted, not timed: each of a dozen formats looks at the first rows, and none folds them again.
    data, folds = REFUSED[name][0](), 0

    def counted(heading: str) -> str:
        nonlocal folds
        folds += 1
        return folded(heading)

    monkeypatch.setattr(headings, "folded", counted)
    with pytest.raises(Mistyped):
        read(data)
    assert folds <= HEAD_ROWS * MOST_COLUMNS


def test_a_bomb_that_says_its_size_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = REFUSED["a zip bomb"][0]()
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("It was unpacked."))
    with pytest.raises(Mistyped, match="too much"):
        read(bomb)


def test_a_bomb_that_lies_about_its_size_is_unpacked_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked = 0
    whole = zipfile.ZipExtFile.read

    def counted(part: zipfile.ZipExtFile, size: int = -1) -> bytes:
        nonlocal unpacked
        chunk = whole(part, size)
        unpacked += len(chunk)
        return chunk

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with pytest.raises(Mistyped):
        read(with_lying_size())
    assert unpacked <= LIMIT_UNPACKED_BYTES + MEGABYTE


def test_a_sheet_of_empty_rows_that_tells_no_size_is_not_read_to_its_end() -> None:
    rows = "".join(f'<row r="{number}"/>' for number in range(1, 400_000))
    with pytest.raises(Mistyped, match="holds too much"):
        table(with_part(SHEET, sheet_of(rows)))


def test_a_sheet_that_somebody_formatted_to_its_end_is_read_as_far_as_it_goes() -> None:
    rows = HEADING + '<row><c t="inlineStr"><is><t>Ada</t></is></c><c><v>5</v></c></row>' + "<row/>" * 400_000
    sheet = sheet_of(rows).replace(b"<sheetData>", b'<dimension ref="A1:B400002"/><sheetData>', 1)
    assert table(with_part(SHEET, sheet)).headings[:2] == ("Name", "Minutes")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("Ada,ada@maplewood.example,99/99/9999 04:00 PM,99/99/9999 05:00 PM,60,No", "nobody can be read. Line 2"),
        (ZOOM_HEADING, "lists nobody"),
        ('"Ada,ada@maplewood.example', "broken quotation marks"),
    ],
)  # fmt: skip
def test_a_large_file_of_which_nothing_can_be_read_is_not_read_to_its_end(rows: str, words: str) -> None:
    began = time.process_time()
    with pytest.raises(Mistyped, match=words):
        read(text(ZOOM_HEADING, *[rows] * 110_000))
    assert time.process_time() - began < 5


def test_a_list_of_the_marks_of_hundreds_of_sessions_is_refused() -> None:
    title = "\t".join(["14 Oct 2026 4.00PM All students"] * 380)
    rows = [f"Last name\tFirst name\t{title}", *("L\tF" + "\tP" * 380 for _ in range(1_000))]
    with pytest.raises(Mistyped, match="too many sessions"):
        read(text(*rows))
