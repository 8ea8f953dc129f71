"""Certificates as one ZIP, written while they are drawn: stored as they are, since each is compressed in itself.

The index comes last: what each file is, whose, and the hash of its bytes, by which a copy can be checked. The ZIP's own
list of files waits on the disk: in memory it would take two kilobytes for each of them. APPNOTE.TXT 6.3.10 by PKWARE.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from pdtracker.exchange.csv_out import CsvLines

INDEX: Final = "index.csv"
HEADER: Final = (
    "file",
    "holder",
    "title",
    "minutes",
    "issued on",
    "code",
    "serial",
    "sha256",
    "bytes",
)
_IN_MEMORY_BYTES: Final = 1 << 16
_PIECE_BYTES: Final = 1 << 16

_HERE: Final = b"PK\x03\x04"
_LISTED: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"
_LARGE_END: Final = b"PK\x06\x06"
_LARGE_END_AT: Final = b"PK\x06\x07"
_VERSION: Final = 20
_LARGE_VERSION: Final = 45
_UNIX: Final = 3 << 8
_UTF8: Final = 1 << 11
_MODE: Final = 0o100644 << 16
_MOST: Final = 0xFFFF
_LARGEST: Final = 0xFFFFFFFF
_FIRST_YEAR: Final = 1980


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate: the name of its file, and what the index says of it."""

    name: str
    holder: str
    title: str
    minutes: int
    issued_on: date
    code: str
    serial: str


class CertificateZip:
    """The ZIP while it is written to `out`; `close` makes it whole."""

    def __init__(self, out: IO[bytes], on: date) -> None:
        self._out, self._on = out, on
        self._at = self._count = 0
        self._list = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by `close`
        self._index = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by `close`
        self._lines = CsvLines(self._index, HEADER)

    def add(self, entry: Entry, data: bytes) -> None:
        """One more file, and its line in the index."""
        self._begin(entry.name, entry.issued_on, zlib.crc32(data), len(data))
        self._put(data)
        self._lines.write(
            (
                entry.name,
                entry.holder,
                entry.title,
                entry.minutes,
                entry.issued_on,
                entry.code,
                entry.serial,
                hashlib.sha256(data).hexdigest(),
                len(data),
            )
        )

    def close(self) -> None:
        """The index, and the ZIP's own list of files."""
        self._lines.end()
        check = size = 0
        for piece in _pieces(self._index):
            check, size = zlib.crc32(piece, check), size + len(piece)
        self._begin(INDEX, self._on, check, size)
        for piece in _pieces(self._index):
            self._put(piece)
        self._index.close()
        begins = self._at
        for piece in _pieces(self._list):
            self._put(piece)
        self._list.close()
        self._end(begins)

    def _begin(self, name: str, on: date, check: int, size: int) -> None:
        """The head of a file, and its line in the list."""
        told = name.encode()
        day = (max(on.year, _FIRST_YEAR) - _FIRST_YEAR) << 9 | on.month << 5 | on.day
        about = struct.pack("<HHHHLLLH", _UTF8, 0, 0, day, check, size, size, len(told))
        is_far = self._at >= _LARGEST
        far = struct.pack("<HHQ", 1, 8, self._at) if is_far else b""
        version = _LARGE_VERSION if is_far else _VERSION
        self._list.write(
            _LISTED
            + struct.pack("<HH", _UNIX | version, version)
            + about
            + struct.pack("<HHHHLL", len(far), 0, 0, 0, _MODE, min(self._at, _LARGEST))
            + told
            + far
        )
        self._count += 1
        self._put(_HERE + struct.pack("<H", _VERSION) + about + struct.pack("<H", 0) + told)

    def _end(self, begins: int) -> None:
        size = self._at - begins
        if self._count >= _MOST or begins >= _LARGEST:
            at = self._at
            versions = (_UNIX | _LARGE_VERSION, _LARGE_VERSION)
            count = (self._count, self._count)
            self._put(_LARGE_END + struct.pack("<QHHLLQQQQ", 44, *versions, 0, 0, *count, size, begins))
            self._put(_LARGE_END_AT + struct.pack("<LQL", 0, at, 1))
        few = min(self._count, _MOST)
        self._put(
            _END + struct.pack("<HHHHLLH", 0, 0, few, few, min(size, _LARGEST), min(begins, _LARGEST), 0)
        )

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE_BYTES):
        yield piece
