"""Compares a PDF with the one that we would issue, byte for byte, however its streams were deflated.

A PDF can be read in many ways: readers repair damaged tables, and differ in what they make of a second object of one
number. So no PDF reader is asked here. `document` lays out every file in one way; two files are the same document when
every byte outside the streams is the same but for the numbers that follow from the lengths of the streams (each
/Length, the places in the table, the place of the table), when those are right, and when the streams unpack to the same
bytes. The same values written with another zlib match; whatever another program saved does not.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass
from typing import Final

from pdtracker.pdf.objects import DATA_BEGINS, DATA_ENDS, END, HEADER

_HEAD: Final = re.compile(rb"([1-9][0-9]* 0 obj\n<<.*/Length )(0|[1-9][0-9]{0,6})", re.DOTALL)
_DEFLATED: Final = b"/Filter /FlateDecode"
_USUAL_DEFLATE: Final = b"\x78"
_STRUCTURE: Final = re.compile(rb"[0-9\s\0]obj|endstream|xref|trailer|%PDF-|%%EOF")
_ROW: Final = 7
"""The bytes of a row in the table: its kind (1), a place or a holder (4), a generation or a place in the holder (2)."""
_AT_A_PLACE: Final = 1


@dataclass(frozen=True, slots=True)
class _Part:
    """A stream: the place of its object, all bytes from there to the length's value, and the packed data."""

    place: int
    head: bytes
    packed: bytes


def same_document(ours: bytes, theirs: bytes) -> bool:
    """Whether `theirs` is `ours` but for the compression. `ours` was written by `document.write`."""
    left, right = _parts(ours), _parts(theirs)
    if left is None or right is None or [part.head for part in left] != [part.head for part in right]:
        return False
    pairs = list(zip(left, right, strict=True))
    *streams, (own_table, table) = pairs
    moved = {a.place: b.place for a, b in pairs}
    return _unpacks_to(table.packed, _moved(zlib.decompress(own_table.packed), moved)) and all(
        a.packed == b.packed or (_DEFLATED in a.head and _unpacks_to(b.packed, zlib.decompress(a.packed)))
        for a, b in streams
    )


def layout_digest(data: bytes) -> str | None:
    """A SHA-256 that two files share when `same_document` holds of them; None for a file in no layout of ours.

    It lets whoever can't draw a certificate know its file again. Streams count as what they unpack to, and the
    places in the table as the numbers of the streams that stand there.
    """
    parts = _parts(data)
    if parts is None:
        return None
    places = {part.place: number for number, part in enumerate(parts)}
    told = hashlib.sha256()
    for part in parts:
        plain = zlib.decompress(part.packed) if _DEFLATED in part.head else part.packed
        if part is parts[-1]:
            plain = _moved(plain, places)
        told.update(len(part.head).to_bytes(4) + part.head + hashlib.sha256(plain).digest())
    return told.hexdigest()


def _parts(data: bytes) -> list[_Part] | None:
    """The streams of a file in our layout, the table last; None when any byte of it has another place."""
    if not data.startswith(HEADER):
        return None
    parts: list[_Part] = []
    at = len(HEADER)
    while (begins := data.find(DATA_BEGINS, at)) >= 0:
        head = _HEAD.fullmatch(data, at, begins)
        if head is None:
            return None
        start = begins + len(DATA_BEGINS)
        end = start + int(head[2])
        if not data.startswith(DATA_ENDS, end):
            return None
        parts.append(_Part(at, head[1], data[start:end]))
        at = end + len(DATA_ENDS)
    return parts if parts and data[at:] == END % parts[-1].place else None


def _moved(table: bytes, places: dict[int, int]) -> bytes:
    """Our table with the places that the objects have in the other file."""
    rows = bytearray(table)
    for at in range(0, len(rows), _ROW):
        if rows[at] == _AT_A_PLACE:
            rows[at + 1 : at + 5] = places[int.from_bytes(rows[at + 1 : at + 5])].to_bytes(4)
    return bytes(rows)


def _unpacks_to(packed: bytes, expected: bytes) -> bool:
    """Whether the packed bytes are one whole deflate stream, with nothing after it, of the expected data.

    It has the usual window, and no bytes that a reader in search of objects could take for one: deflate leaves room
    for bytes that unpack to nothing. It is unpacked no further than the expected data go.
    """
    if not packed.startswith(_USUAL_DEFLATE) or _STRUCTURE.search(packed):
        return False
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, len(expected) + 1)
    except zlib.error:
        return False
    return unpacker.eof and not unpacker.unused_data and data == expected
