"""An Excel workbook as the same rows of texts that a CSV file has.

Only the first sheet is read, and only what its cells show: a formula is never worked out here, it counts as the result
that was saved with it. A workbook is a ZIP archive of XML, so its size is measured while unpacking, not believed, and
documents that define entities are turned away before anything else reads them.

openpyxl reads it as a stream. python-calamine is faster, but lays a sheet out whole: one cell in the farthest corner
makes it ask for 512 GB and takes the process down.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.parsers import expat

from openpyxl import load_workbook

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance.sheet import LONGEST_LINE, MOST_CELLS, MOST_COLUMNS, MOST_LINES, Row

MAGIC: Final = b"PK\x03\x04"
LIMIT_UNPACKED_BYTES: Final = 48 * 1024 * 1024
_LIMIT_OF_OTHER_PARTS: Final = 2 * 1024 * 1024
"""Of what is neither cells nor their texts, such as styles."""

_MOST_PARTS: Final = 500
_MOST_TAGS: Final = 4_500_000
_MOST_TAGS_OF_OTHER_PARTS: Final = 20_000
_MOST_TAGS_AROUND_CELLS: Final = 20_000
"""Merged cells, validations, links: the library makes something of each before the first row is shown."""

_WIDEST_ROW: Final = 16_384
_LONGEST_TEXT: Final = 1024 * 1024
"""Between two tags; Excel keeps at most 32,767 characters in a cell."""

_DEEPEST: Final = 10_000
_LONGEST_MARK: Final = 256 * 1024
"""Of one tag or comment: a parser begins it again with each piece that it gets, so 40 MB of one take a minute."""

_MOST_EMPTY_ROWS: Final = 1_000
"""Below these, people have formatted a sheet to its end, and written nothing."""

_CHUNK_BYTES: Final = 256 * 1024

_DAMAGED: Final = (
    "This Excel file can’t be read. Open it in Excel, save it again as .xlsx or CSV, and choose that."
)
_TOO_LARGE: Final = "This Excel file holds too much for a report. Save the sheet as CSV and choose that."


def rows_of_workbook(data: bytes) -> Iterator[Row]:
    """The first sheet's rows. Raises Mistyped for what is no workbook, or one made to fill the memory."""
    _require_sound(data)
    cells = empty = 0
    for line, shown in _rows(data):
        cells += len(shown)
        if cells > MOST_CELLS or line > MOST_LINES:
            raise Mistyped(_TOO_LARGE)
        row = Row(line, [_text(cell) for cell in shown[:MOST_COLUMNS]])
        empty = empty + 1 if row.is_empty else 0
        if empty > _MOST_EMPTY_ROWS:
            return
        yield row


def _require_sound(data: bytes) -> None:
    """Unpacks all of it once, bit by bit, and looks at its XML, before openpyxl makes anything of it."""
    look = _Look()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            told = sum(part.file_size for part in archive.infolist())
            # An archive that says itself that it is too large is believed; one that says less is measured.
            if len(archive.infolist()) > _MOST_PARTS or told > LIMIT_UNPACKED_BYTES:
                raise Mistyped(_TOO_LARGE)
            for part in archive.infolist():
                with archive.open(part) as opened:
                    look.at_part(part.filename, iter(lambda: opened.read(_CHUNK_BYTES), b""))
    except Mistyped:
        raise
    except Exception:  # noqa: BLE001 - the archive's and the parser's errors, which are many and not all told
        raise Mistyped(_DAMAGED) from None


class _Look:
    """Counts what a workbook holds. Raises Mistyped for too much of it, ExpatError for XML that is none."""

    def __init__(self) -> None:
        self._bytes = self._tags = self._depth = 0
        self._rows = self._cells = self._text = self._around = 0
        self._is_within = False

    def at_part(self, name: str, chunks: Iterable[bytes]) -> None:
        """Looks at one part of the archive, whatever size it says that it has."""
        holds_cells = "sheet" in name or "sharedStrings" in name
        limit = LIMIT_UNPACKED_BYTES if holds_cells else self._bytes + _LIMIT_OF_OTHER_PARTS
        parser = expat.ParserCreate() if name.endswith((".xml", ".rels")) else None
        if parser:
            parser.StartDoctypeDeclHandler = _refuse_doctype
        tells_size, self._rows, before, tags = None, 0, self._bytes, self._tags
        self._cells = self._text = self._around = 0
        self._is_within = False
        for chunk in chunks:
            if tells_size is None:
                # openpyxl reads a sheet that doesn't tell its size to its end, to find that out, before the first row.
                tells_size = b"dimension" in chunk.partition(b"sheetData")[0]
            self._bytes += len(chunk)
            self._count_tags(chunk)
            if (
                self._bytes > min(limit, LIMIT_UNPACKED_BYTES)
                or self._tags > _MOST_TAGS
                or self._depth > _DEEPEST
                or (self._rows > MOST_LINES and not tells_size)
                or (not holds_cells and self._tags - tags > _MOST_TAGS_OF_OTHER_PARTS)
                or self._text > _LONGEST_TEXT
                or self._cells > _WIDEST_ROW
                or ("worksheets" in name and self._around > _MOST_TAGS_AROUND_CELLS)
            ):
                raise Mistyped(_TOO_LARGE)
            if parser:
                parser.Parse(chunk, False)
                if self._bytes - before - parser.CurrentByteIndex > _LONGEST_MARK:
                    raise Mistyped(_TOO_LARGE)
        if parser:
            parser.Parse(b"", True)

    def _count_tags(self, chunk: bytes) -> None:
        """Tags, and how many are open; counted in the bytes, because to be called for each one takes longer."""
        tags, ends = chunk.count(b"<"), chunk.count(b"</")
        self._tags += tags
        self._depth += tags - 2 * ends - chunk.count(b"/>") - chunk.count(b"<?")
        rows = chunk.count(b"<row") + chunk.count(b":row")
        self._rows += rows
        # Of the row that is still open at the end of a chunk; a row that ends in one isn't wide.
        self._cells = 0 if rows else self._cells + chunk.count(b"<c") + chunk.count(b":c ")
        self._text = 0 if tags else self._text + len(chunk)
        self._count_around(chunk, tags)

    def _count_around(self, chunk: bytes, tags: int) -> None:
        """Tags of a sheet before and after its cells."""
        begins, ends = chunk.find(b"<sheetData"), chunk.rfind(b"/sheetData")
        before = chunk[:begins].count(b"<") if begins >= 0 else 0
        after = chunk[ends:].count(b"<") if ends >= 0 else 0
        if begins < 0 and ends < 0:
            before = 0 if self._is_within else tags
        self._around += before + after
        self._is_within = ends < 0 and (self._is_within or begins >= 0)


def _refuse_doctype(*_declared: object) -> None:
    """No workbook declares a document type; entities would begin there."""
    raise Mistyped(_DAMAGED)


def _rows(data: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What the file says of its own size would fill every row up to that.
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(values_only=True), 1)
    except Exception:  # noqa: BLE001 - the library's errors, and whatever a malformed file makes it run into
        raise Mistyped(_DAMAGED) from None


def _text(cell: Any) -> str:  # whatever Excel keeps in a cell
    """A cell's text, in a form that the clock reads the same in every locale."""
    match cell:
        case None:
            return ""
        case str():
            return cell[:LONGEST_LINE]
        case bool():
            return "Yes" if cell else "No"
        case datetime():
            return cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return (
                f"{cell // timedelta(hours=1)}:{cell // timedelta(minutes=1) % 60:02}:{cell.seconds % 60:02}"
            )
        case float() if cell.is_integer():
            return str(int(cell))
        case _:
            return str(cell)
