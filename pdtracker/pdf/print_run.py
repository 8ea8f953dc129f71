"""Many certificates as one file for the printer, written while they are drawn: fonts and pictures stand in it once.

Nothing but numbers is kept of what was written, so that ten thousand take no more memory than ten. Each certificate is
a part of the structure, read aloud as it would be by itself. Their signed records are not inside: what proves them on
paper is the code.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from pdtracker.pdf.document import font_name
from pdtracker.pdf.faces import RARE_LETTERS, Face, FontCut, rare_cut
from pdtracker.pdf.metadata import PRODUCER, Facts, packet
from pdtracker.pdf.objects import (
    END,
    FREE,
    HEADER,
    LEVEL,
    Objects,
    Ornament,
    Picture,
    date_words,
    elements,
    font,
    intent,
    laid_out,
    ornament_object,
    page_object,
    picture_object,
    table_of,
    text_string,
)
from pdtracker.pdf.sheet import Sheet

_CATALOG: Final = 1
_TREE: Final = 2
_FOLDER: Final = 3
_INFORMATION: Final = 4
_DOCUMENT: Final = 5
_LAST_FIXED: Final = _DOCUMENT
_ROWS_IN_MEMORY_BYTES: Final = 1 << 20
_PIECE_BYTES: Final = 1 << 16
_LETTERS: Final = 26


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the file says about itself, and the moment it was asked for."""

    title: str
    author: str
    subject: str
    at: datetime


class PrintRun:
    """The file while it is written to `out`; `close` makes it whole. What `add` is given is drawn and done."""

    def __init__(self, out: IO[bytes], facts: RunFacts) -> None:
        self._out, self._facts = out, facts
        self._at, self._last = 0, _LAST_FIXED
        self._digest = hashlib.sha256()
        # Rows of the cross-reference table from the first object that isn't fixed on.
        self._rows = SpooledTemporaryFile(max_size=_ROWS_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by `close`
        self._known: dict[object, int] = {}
        self._pages: list[int] = []
        self._ways_back: list[int] = []
        self._parts: list[int] = []
        self._conforms = True
        self._put(HEADER)

    def add(self, sheet: Sheet, pictures: Sequence[Picture]) -> None:
        """Write the pages of one certificate, behind those before it."""
        objects = Objects(self._last)
        resources = self._resources(objects, sheet, pictures)
        first, size = len(self._pages), (sheet.width, sheet.height)
        numbers = [
            page_object(objects, page, first + place, _FOLDER, resources, size)
            for place, page in enumerate(sheet.pages)
        ]
        sheet.root.role = "Part"
        part, ways_back = elements(objects, _DOCUMENT, sheet.root, numbers, sheet.pages)
        self._pages += numbers
        self._ways_back += ways_back
        self._parts.append(part)
        self._conforms = self._conforms and sheet.conforms
        self._write(objects)

    def close(self) -> None:
        """Write what stands once: the catalog, the list of pages, the structure's head, and where everything is."""
        objects = Objects(self._last)
        told = self._facts
        facts = Facts(told.title, told.author, told.subject, told.at, b"", self._conforms)
        metadata = objects.stream("/Type /Metadata /Subtype /XML", packet(facts))
        intents = f" /OutputIntents [{intent(objects)} 0 R]" if self._conforms else ""
        self._write(objects)
        nums = " ".join(f"{place} {number} 0 R" for place, number in enumerate(self._ways_back))
        fixed = {
            _CATALOG: f"<</Type /Catalog /Pages {_FOLDER} 0 R /Lang {text_string(facts.language)}"
            f" /MarkInfo <</Marked true>> /StructTreeRoot {_TREE} 0 R /Metadata {metadata} 0 R"
            f" /ViewerPreferences <</DisplayDocTitle true>>{intents}>>",
            _TREE: f"<</Type /StructTreeRoot /K {_DOCUMENT} 0 R /ParentTree <</Nums [{nums}]>>"
            f" /ParentTreeNextKey {len(self._ways_back)}>>",
            _FOLDER: f"<</Type /Pages /Count {len(self._pages)} /Kids [{_references(self._pages)}]>>",
            _INFORMATION: f"<</Title {text_string(facts.title)} /Author {text_string(facts.author)}"
            f" /Subject {text_string(facts.subject)} /Creator ({PRODUCER}) /Producer ({PRODUCER})"
            f" /CreationDate ({date_words(facts.at)}) /ModDate ({date_words(facts.at)})>>",
            _DOCUMENT: f"<</S /Document /P {_TREE} 0 R /K [{_references(self._parts)}]>>",
        }
        table = FREE
        for number, body in fixed.items():
            table += _row(self._at)
            self._put(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
        self._close_table(table)

    def _close_table(self, first: bytes) -> None:
        begins = self._at
        packed = zlib.compressobj(LEVEL)
        pieces = [packed.compress(first)]
        self._rows.write(_row(begins))
        self._rows.seek(0)
        while piece := self._rows.read(_PIECE_BYTES):
            pieces.append(packed.compress(piece))
        self._rows.close()
        pieces.append(packed.flush())
        identity = self._digest.digest()[:16]
        self._put(table_of(b"".join(pieces), self._last + 2, _CATALOG, _INFORMATION, identity))
        self._put(END % begins)

    def _resources(self, objects: Objects, sheet: Sheet, pictures: Sequence[Picture]) -> int:
        fonts = " ".join(
            f"/{name} {self._shared((face, cut.letters), self._font_of(objects, face, cut))} 0 R"
            for name, face, cut in _fonts(sheet)
        )
        images = " ".join(
            [
                *(f"/Im{place} {self._picture(objects, each)} 0 R" for place, each in enumerate(pictures)),
                *(f"/{each.name} {self._ornament(objects, each)} 0 R" for each in sheet.ornaments),
            ]
        )
        return objects.add(f"<</Font <<{fonts}>>" + (f" /XObject <<{images}>>" if images else "") + ">>")

    def _font_of(self, objects: Objects, face: Face, cut: FontCut) -> Callable[[], int]:
        # Two cuts of a face in one file need two names: printers keep fonts by them.
        return lambda: font(
            objects, replace(cut, name=f"{_tag(len(self._known))}+{cut.name.partition('+')[2]}"), face
        )

    def _picture(self, objects: Objects, picture: Picture) -> int:
        return self._shared(picture, lambda: picture_object(objects, picture))

    def _ornament(self, objects: Objects, ornament: Ornament) -> int:
        return self._shared(ornament, lambda: ornament_object(objects, ornament))

    def _shared(self, what: object, make: Callable[[], int]) -> int:
        if what not in self._known:
            self._known[what] = make()
        return self._known[what]

    def _write(self, objects: Objects) -> None:
        pieces, rows, _ = laid_out(objects, self._at)
        self._put(b"".join(pieces))
        self._rows.write(rows)
        # The object stream has a number as well.
        self._last = objects.last + 1

    def _put(self, piece: bytes) -> None:
        self._out.write(piece)
        self._digest.update(piece)
        self._at += len(piece)


def _fonts(sheet: Sheet) -> Iterable[tuple[str, Face, FontCut]]:
    for face in Face:
        if face not in sheet.used:
            continue
        yield font_name(face, 0), face, face.everyday
        letters = sheet.rare.get(face, "")
        for number, at in enumerate(range(0, len(letters), RARE_LETTERS)):
            yield (
                font_name(face, number + 1),
                face,
                rare_cut(face, tuple(letters[at : at + RARE_LETTERS]), number),
            )


def _tag(number: int) -> str:
    """`PRAAAB`: six letters that tell the cuts of a file apart."""
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"PR{letters}"


def _references(numbers: Sequence[int]) -> str:
    return " ".join(f"{number} 0 R" for number in numbers)


def _row(at: int) -> bytes:
    return b"\x01" + at.to_bytes(4) + b"\0\0"
