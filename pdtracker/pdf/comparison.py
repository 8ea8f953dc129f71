"""Compares a PDF with the one that we would issue, object by object.

Two files are the same document when everything that can be reached from their catalogs is the same: each dictionary
has the same entries, each stream the same decoded content. Compression, numbering and order may differ, so a file that
was saved again unchanged still matches; one more annotation, page, layer or script, and it does not. A file that could
be read in two ways (updates after its end, more than one table of contents) matches nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final

from pypdf import PdfReader, apply_configuration
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from pdtracker.pdf.reading import LIMITS

Pairs = list[tuple[PdfObject | None, PdfObject | None]]

_COMPRESSION: Final = frozenset({"/Length", "/Filter", "/DecodeParms"})
_OBJECT: Final = re.compile(rb"[\r\n]([0-9]+)[ \r\n\t]+([0-9]+)[ \r\n\t]+obj")
_SECOND_READINGS: Final = frozenset({"/Prev", "/XRefStm", "/Encrypt"})


def same_document(ours: bytes, theirs: bytes) -> bool:
    """Whether a reader sees in `theirs` exactly what `ours` shows. Unreadable files are not the same."""
    try:
        with apply_configuration(LIMITS):
            left = PdfReader(io.BytesIO(ours), strict=True)
            right = PdfReader(io.BytesIO(theirs), strict=True, root_object_recovery_limit=0)
            if not _has_one_reading(theirs, right) or _title(right) not in (None, _title(left)):
                return False
            return _same(left.trailer.raw_get("/Root"), right.trailer.raw_get("/Root"))
    except Exception:  # noqa: BLE001 - a malformed file raises many kinds, and is never the same document
        return False


def _has_one_reading(data: bytes, reader: PdfReader) -> bool:
    """Whether no reader can see another document in the file: one table, right about each object that is there.

    A reader that finds the table damaged rebuilds it from the objects themselves, and readers differ in which of two
    objects of one number they prefer. So none may stand in the file, or be packed in another, that is not listed.
    """
    if data.count(b"startxref") != 1 or not data.rstrip().endswith(b"%%EOF"):
        return False
    listed = {
        (start, number, generation)
        for generation, places in reader.xref.items()
        for number, start in places.items()
    }
    there = {(found.start(1), int(found[1]), int(found[2])) for found in _OBJECT.finditer(data)}
    packed = {(number, holder, place) for number, (holder, place) in reader.xref_objStm.items()}
    alone = {number for _, number, _ in listed}
    return (
        not _SECOND_READINGS & set(reader.trailer)
        and listed == there
        and len(alone) == len(listed)
        and packed == set(_packed(reader, alone))
        and alone.isdisjoint(reader.xref_objStm)
    )


def _packed(reader: PdfReader, numbers: set[int]) -> Iterator[tuple[int, int, int]]:
    """Each object that is packed in another: its number, its holder's number, and its place there."""
    for holder in numbers:
        stream = reader.get_object(IndirectObject(holder, 0, reader))
        if isinstance(stream, StreamObject) and stream.get("/Type") == "/ObjStm":
            head = stream.get_data()[: int(str(stream["/First"]))].split()
            for place, number in enumerate(head[::2]):
                yield int(number), holder, place


def _title(reader: PdfReader) -> PdfObject | None:
    """The title in the information dictionary, which re-saving programs may drop."""
    info = reader.trailer.get("/Info")
    held = info.get_object() if info is not None else None
    return held.get("/Title") if isinstance(held, DictionaryObject) else None


def _same(left: PdfObject | None, right: PdfObject | None) -> bool:
    """Walks two graphs of objects at once, without recursion; a pair that was met before is not walked again."""
    met: set[tuple[int, int]] = set()
    waiting: Pairs = [(left, right)]
    while waiting:
        a, b = waiting.pop()
        if isinstance(a, IndirectObject) and isinstance(b, IndirectObject):
            if (a.idnum, b.idnum) in met:
                continue
            met.add((a.idnum, b.idnum))
        parts = _parts(_resolved(a), _resolved(b))
        if parts is None:
            return False
        waiting += parts
    return True


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _parts(a: PdfObject | None, b: PdfObject | None) -> Pairs | None:
    """What remains to be compared when the two are alike at this level; None when they are not."""
    if isinstance(a, StreamObject) != isinstance(b, StreamObject):
        return None
    match a, b:
        case StreamObject(), StreamObject():
            return _entries(a, b, _COMPRESSION) if a.get_data() == b.get_data() else None
        case DictionaryObject(), DictionaryObject():
            return _entries(a, b, frozenset())
        case ArrayObject(), ArrayObject():
            return list(zip(a, b, strict=True)) if len(a) == len(b) else None
    return [] if _plain(a) == _plain(b) else None


def _plain(value: PdfObject | None) -> tuple[str, object]:
    """A value without parts, with its kind: the name /A is not the string (A), and 1.0 is 1."""
    match value:
        case None | NullObject():
            return "null", None
        case NumberObject() | FloatObject():
            return "number", float(value)
        case NameObject():
            return "name", str(value)
        case TextStringObject() | ByteStringObject():
            return "string", str(value) if isinstance(value, TextStringObject) else bytes(value).decode(
                "latin-1"
            )
        case BooleanObject():
            return "boolean", value.value
    raise ValueError(f"a {type(value).__name__} has no place in a certificate")


def _entries(a: DictionaryObject, b: DictionaryObject, passed_over: frozenset[str]) -> Pairs | None:
    """The entries of two dictionaries that have the same keys."""
    keys = set(a) - passed_over
    if keys != set(b) - passed_over:
        return None
    return [(a.raw_get(key), b.raw_get(key)) for key in keys]
