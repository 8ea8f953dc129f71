"""The typefaces of the sheets: Open Sans in four weights, measured, checked for coverage, and cut to what a sheet uses.

A face is drawn through 8-bit fonts. The first holds the letters of most certificates and is the same in every file, so
it is cut and compressed once per process. Whatever else a text needs (Vietnamese, Greek, Cyrillic, rarer signs) goes
into a small further font that holds exactly those letters. The outlines are embedded without their hinting programs,
which today's readers pass over and which are a third of the bytes.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Final

import ttf_opensans
from reportlab.pdfbase.ttfonts import TTFontFile, TTFontMaker

EM: Final = 1000
FIRST_CODE: Final = 0x20
RARE_LETTERS: Final = 223
"""How many letters a further font takes: the codes 33 to 255."""

_EVERYDAY: Final = (*map(chr, range(0x21, 0x7F)), *"–—‘’“”·•…éáíóñüöçãèÉ")
_STAND_INS: Final = {
    "\u02bb": "‘",  # okina: drawn with the quotation mark of the same shape; the text layer keeps the letter
    "\u02bc": "’",  # modifier apostrophe, likewise
    "\u00a0": " ",
    "\u202f": " ",
    "\u2010": "-",
    "\u2011": "-",
}
_SILENT: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Me"})
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)", "\r": "\\r"})
_reading = Lock()


@dataclass(frozen=True, slots=True)
class FontCut:
    """One embedded font: its letters at the codes from 32 up, its compressed program, and its map back to text."""

    name: str
    letters: tuple[str, ...]
    widths: tuple[int, ...]
    program: bytes
    program_bytes: int
    to_unicode: bytes


class Face(Enum):
    """A weight of Open Sans."""

    REGULAR = "Regular"
    SEMI = "SemiBold"
    BOLD = "Bold"
    BLACK = "ExtraBold"

    __hash__ = object.__hash__  # each weight is one object, and Enum's own hash is slow in the caches below

    @cached_property
    def tag(self) -> str:
        """How the fonts of the weight are called in a file, before their number."""
        return {"Regular": "R", "SemiBold": "S", "Bold": "B", "ExtraBold": "X"}[self.value]

    @cached_property
    def file(self) -> TTFontFile:
        """The font as reportlab reads it."""
        return TTFontFile(str(Path(ttf_opensans.TTF_BIN_FOLDER) / f"OpenSans-{self.value}.ttf"))

    @cached_property
    def advances(self) -> Mapping[str, int]:
        """Width of each letter that the face can draw, in 1/1000 em."""
        drawn = {
            chr(code): round(self.file.charWidths[code])
            for code in self.file.charToGlyph
            if unicodedata.category(chr(code)) not in _SILENT
        }
        return MappingProxyType(drawn | {letter: drawn[_drawn_as(self, letter)] for letter in _STAND_INS})

    @cached_property
    def everyday(self) -> FontCut:
        """The font that every sheet has."""
        return _cut(self, _EVERYDAY, "PDTAAA")

    @cached_property
    def everyday_codes(self) -> Mapping[int, str]:
        """For `str.translate`: the letters of the everyday font to their codes."""
        return MappingProxyType(
            {ord(letter): chr(FIRST_CODE + place) for place, letter in enumerate(self.everyday.letters)}
            | {ord(letter): twin for letter, twin in _STAND_INS.items() if twin in " -"}
        )

    @cached_property
    def everyday_letters(self) -> frozenset[str]:
        """The letters that the everyday font draws."""
        return frozenset(map(chr, self.everyday_codes))

    @cached_property
    def descriptor(self) -> str:
        """The measures of the face as a font descriptor gives them, in 1/1000 em."""
        f = self.file
        box = " ".join(str(round(side)) for side in f.bbox)
        return (
            f"/Flags 4 /FontBBox [{box}] /ItalicAngle 0 /Ascent {round(f.ascent)} /Descent {round(f.descent)}"
            f" /CapHeight {round(f.capHeight)} /StemV {f.stemV}"
        )


@lru_cache(maxsize=16384)
def width(face: Face, text: str) -> int:
    """Set width in 1/1000 em. The letters must be covered."""
    return sum(map(face.advances.__getitem__, text))


@lru_cache(maxsize=16384)
def everyday_string(face: Face, text: str) -> str | None:
    """The text as a PDF string in the everyday font, None when it has other letters."""
    if not face.everyday_letters.issuperset(text):
        return None
    return f"({text.translate(face.everyday_codes).translate(_ESCAPES)})"


def missing_letters(text: str) -> list[str]:
    """The letters that the faces cannot draw, each once, in the order of the text."""
    covered = Face.REGULAR.advances  # the four weights have the same letters
    return [letter for letter in dict.fromkeys(text) if letter not in covered]


def ink(face: Face, text: str) -> tuple[int, int]:
    """Lowest and highest ink of the text in 1/1000 em: stacked Vietnamese accents rise above the capitals."""
    spans = [_letter_ink(face, letter) for letter in set(text)]
    return min((low for low, _ in spans), default=0), max((high for _, high in spans), default=0)


@lru_cache(maxsize=512)
def rare_cut(face: Face, letters: tuple[str, ...], number: int) -> FontCut:
    """The further font number 0, 1, ... of a sheet, with exactly these letters."""
    return _cut(face, letters, "PDTRA" + chr(ord("A") + number))


def _drawn_as(face: Face, letter: str) -> str:
    return letter if ord(letter) in face.file.charToGlyph else _STAND_INS[letter]


def _cut(face: Face, letters: Iterable[str], tag: str) -> FontCut:
    held = (" ", *letters)
    with _reading:  # the reader keeps its place in the file
        program = face.file.makeSubset(
            [FIRST_CODE] * FIRST_CODE + [ord(_drawn_as(face, letter)) for letter in held]
        )
    program = _unhinted(program)
    return FontCut(
        name=f"{tag}+OpenSans-{face.value}",
        letters=held,
        widths=tuple(face.advances[letter] for letter in held),
        program=zlib.compress(program, 9),
        program_bytes=len(program),
        to_unicode=zlib.compress(_to_unicode(held), 9),
    )


@lru_cache(maxsize=4096)
def _letter_ink(face: Face, letter: str) -> tuple[int, int]:
    glyph = face.file.charToGlyph[ord(_drawn_as(face, letter))]
    start, stop = face.file.glyphPos[glyph], face.file.glyphPos[glyph + 1]
    if start == stop:
        return 0, 0
    with _reading:
        outlines: bytes = face.file.get_table("glyf")  # type: ignore[no-untyped-call]
        low, high = struct.unpack_from(">4xh2xh", outlines, start)
    scale = EM / face.file.unitsPerEm
    return round(low * scale), round(high * scale)


def _to_unicode(letters: tuple[str, ...]) -> bytes:
    """The CMap by which a reader finds the text behind the codes."""
    rows = [
        f"<{FIRST_CODE + place:02X}> <{letter.encode('utf-16-be').hex().upper()}>"
        for place, letter in enumerate(letters)
    ]
    blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()


# Hinting programs


_COMPOSITE_WORDS: Final = 0x0001
_COMPOSITE_SCALE: Final = 0x0008
_COMPOSITE_MORE: Final = 0x0020
_COMPOSITE_XY_SCALE: Final = 0x0040
_COMPOSITE_MATRIX: Final = 0x0080
_COMPOSITE_INSTRUCTIONS: Final = 0x0100


def _unhinted(program: bytes) -> bytes:
    """The same outlines without instructions and without the tables that a PDF does not need."""
    tables = _tables(program)
    short = struct.unpack_from(">h", tables["head"], 50)[0] == 0
    places = _places(tables["loca"], short)
    glyphs = [_plain_glyph(tables["glyf"][start:stop]) for start, stop in pairwise(places)]
    at, moved = 0, [0]
    for glyph in glyphs:
        at += len(glyph)
        moved.append(at)
    maker = TTFontMaker()
    for tag in ("hhea", "hmtx", "cmap"):
        maker.add(tag, tables[tag])
    maker.add("head", tables["head"][:50] + struct.pack(">h", 1) + tables["head"][52:])
    maker.add("maxp", tables["maxp"][:26] + b"\0\0" + tables["maxp"][28:])
    maker.add("glyf", b"".join(glyphs))
    maker.add("loca", struct.pack(f">{len(moved)}L", *moved))
    made: bytes = maker.makeStream()
    return made


def _tables(program: bytes) -> dict[str, bytes]:
    count = struct.unpack_from(">H", program, 4)[0]
    entries = [struct.unpack_from(">4s4xLL", program, 12 + 16 * place) for place in range(count)]
    return {tag.decode(): program[start : start + length] for tag, start, length in entries}


def _places(loca: bytes, short: bool) -> list[int]:
    if short:
        return [2 * half for half in struct.unpack(f">{len(loca) // 2}H", loca)]
    return list(struct.unpack(f">{len(loca) // 4}L", loca))


def _plain_glyph(glyph: bytes) -> bytes:
    """One outline without its instructions, padded to four bytes."""
    if not glyph:
        return b""
    contours = struct.unpack_from(">h", glyph)[0]
    plain = _plain_composite(glyph) if contours < 0 else _plain_outline(glyph, contours)
    return plain + bytes(-len(plain) % 4)


def _plain_outline(glyph: bytes, contours: int) -> bytes:
    at = 10 + 2 * contours
    instructions = struct.unpack_from(">H", glyph, at)[0]
    return glyph[:at] + b"\0\0" + glyph[at + 2 + instructions :]


def _plain_composite(glyph: bytes) -> bytes:
    at, out = 10, bytearray(glyph[:10])
    more = True
    while more:
        flags = struct.unpack_from(">H", glyph, at)[0]
        size = 4 + (4 if flags & _COMPOSITE_WORDS else 2)
        size += 2 if flags & _COMPOSITE_SCALE else 0
        size += 4 if flags & _COMPOSITE_XY_SCALE else 0
        size += 8 if flags & _COMPOSITE_MATRIX else 0
        out += struct.pack(">H", flags & ~_COMPOSITE_INSTRUCTIONS) + glyph[at + 2 : at + size]
        at += size
        more = bool(flags & _COMPOSITE_MORE)
    return bytes(out)
