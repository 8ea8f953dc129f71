"""The typefaces of the sheets: Open Sans in four weights and four serif faces, measured, and cut to what a sheet uses.

A face is drawn through 8-bit fonts. The first holds the letters of most certificates and is the same in every file, so
it is cut and compressed once per process. Whatever else a text needs (Vietnamese, Greek, Cyrillic, spelled letters)
goes into a small further font that holds exactly those.

A serif face draws only the letters that it has; a text with any other is set in the weight of Open Sans beside it as a
whole (`Face.for_text`), never in two faces.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from threading import Lock
from types import MappingProxyType
from typing import Final

from reportlab.pdfbase.ttfonts import TTFontFile

from pdtracker.pdf.letters import TWINS, Recipe, joined, recipe, spoken
from pdtracker.pdf.opensans import open_sans
from pdtracker.pdf.outlines import Box, Spelled, box_of, place, rebuilt, turned_box
from pdtracker.pdf.serifs import serif

EM: Final = 1000
FIRST_CODE: Final = 0x20
RARE_LETTERS: Final = 200
"""How many letters a further font takes; the codes after them hold their marks."""

_EVERYDAY: Final = (*map(chr, range(0x21, 0x7F)), *"–—‘’“”·•…éáíóñüöçãèÉ")
_LARGE: Final = tuple(letter for letter in _EVERYDAY if letter not in '"#$%*+<=>@[\\]^_`{|}~')
_SLANTED: Final = tuple(
    letter for letter in _LARGE if (letter.isascii() and letter.isalpha()) or letter in ",.’-"
)
_LIGATURES: Final = {"ﬁ": "fi", "ﬂ": "fl"}
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)", "\r": "\\r"})
_TEXTS: Final = 4_096
"""So many texts are remembered: what sheets repeat is among the last hundreds; names and codes are each met once."""
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


class _Advances(dict[str, int]):
    """Widths of the letters that were met so far; another is looked up once."""

    def __init__(self, face: Face) -> None:
        super().__init__()
        self.face, self.file = face, face.file

    def __missing__(self, letter: str) -> int:
        drawn = self.face.recipe(letter)
        wide: float = self.file.charWidths[ord(drawn.base)]
        self[letter] = rounded = round(wide * (drawn.turned or 1))
        return rounded


class Face(Enum):
    """A weight of Open Sans, or a serif face: Garamond for what is large, Source Serif for what is small."""

    REGULAR = "Regular"
    SEMI = "SemiBold"
    BOLD = "Bold"
    BLACK = "ExtraBold"
    DISPLAY = "EBGaramond-Regular"
    ITALIC = "EBGaramond-Italic"
    SERIF = "SourceSerifPro-Regular"
    SERIF_SEMI = "SourceSerifPro-Semibold"

    __hash__ = object.__hash__  # each weight is one object, and Enum's own hash is slow in the caches below

    @cached_property
    def tag(self) -> str:
        """How the fonts of the weight are called in a file, before their number."""
        return {"Regular": "R", "SemiBold": "S", "Bold": "B", "ExtraBold": "X"}.get(self.value) or {
            Face.DISPLAY: "D",
            Face.ITALIC: "I",
            Face.SERIF: "T",
            Face.SERIF_SEMI: "H",
        }[self]

    @cached_property
    def is_sans(self) -> bool:
        """Whether it is a weight of Open Sans, which draws whatever a certificate may hold."""
        return self in SANS

    @cached_property
    def own_letters(self) -> frozenset[str]:
        """What a serif face draws: its letters, and those that borrow the shape of one."""
        have = set(map(chr, self.file.charToGlyph)) - {"\u00ad"}
        return frozenset(have | {letter for letter, twin in TWINS.items() if twin in have})

    def for_text(self, *texts: str) -> Face:
        """This face if it has every letter of the texts, else the weight of Open Sans that stands in for it."""
        if self.is_sans or all(self.own_letters.issuperset(joined(text)) for text in texts):
            return self
        return Face.SEMI if self is Face.SERIF_SEMI else Face.REGULAR

    def recipe(self, letter: str) -> Recipe:
        """How a letter is drawn that was checked before."""
        if self.is_sans:
            return _recipe(letter)
        return Recipe(letter if ord(letter) in self.file.charToGlyph else TWINS[letter])

    @cached_property
    def file(self) -> TTFontFile:
        """The font as reportlab reads it."""
        return open_sans(self.value) if self.is_sans else serif(self.value)

    @cached_property
    def advances(self) -> dict[str, int]:
        """Width of each letter in 1/1000 em, of a spelled one that of its base."""
        return _Advances(self)

    @cached_property
    def everyday(self) -> FontCut:
        """The font that every sheet of the face has."""
        held = {Face.DISPLAY: (*_LARGE, *_LIGATURES), Face.ITALIC: (*_SLANTED, *_LIGATURES)}
        return _cut(self, held.get(self, _EVERYDAY), "PDTAAA")

    @cached_property
    def everyday_codes(self) -> Mapping[int, str]:
        """For `str.translate`: the letters of the everyday font to their codes."""
        return MappingProxyType(
            {ord(letter): chr(FIRST_CODE + number) for number, letter in enumerate(self.everyday.letters)}
            | {ord(letter): twin for letter, twin in TWINS.items() if twin in " -"}
        )

    @cached_property
    def everyday_letters(self) -> frozenset[str]:
        """The letters that the everyday font draws."""
        return frozenset(map(chr, self.everyday_codes))

    @cached_property
    def x_height(self) -> int:
        """The height of a small x, in units of the font."""
        return _outline(self, "x").top

    @cached_property
    def descriptor(self) -> str:
        """The measures of the face as a font descriptor gives them, in 1/1000 em."""
        f = self.file
        box = " ".join(str(round(side)) for side in f.bbox)
        return (
            f"/Flags 4 /FontBBox [{box}] /ItalicAngle {round(f.italicAngle)}"
            f" /Ascent {round(f.ascent)} /Descent {round(f.descent)}"
            f" /CapHeight {round(f.capHeight)} /StemV {f.stemV}"
        )


SANS: Final = (Face.REGULAR, Face.SEMI, Face.BOLD, Face.BLACK)


def ligated(text: str) -> str:
    """The text for one of the large serif faces, whose f leans over a following i or l."""
    return text.replace("fi", "ﬁ").replace("fl", "ﬂ")


@lru_cache(maxsize=_TEXTS)
def width(face: Face, text: str) -> int:
    """Set width in 1/1000 em. The letters must be drawable."""
    return sum(map(face.advances.__getitem__, joined(text)))


@lru_cache(maxsize=_TEXTS)
def everyday_string(face: Face, text: str) -> str | None:
    """The text as a PDF string in the everyday font, None when it has other letters."""
    if not face.everyday_letters.issuperset(text):
        return None
    return f"({text.translate(face.everyday_codes).translate(_ESCAPES)})"


def ink(face: Face, text: str) -> tuple[int, int]:
    """Lowest and highest ink of the text in 1/1000 em: stacked Vietnamese accents rise above the capitals."""
    boxes = [_letter_box(face, letter) for letter in set(joined(text))]
    scale = EM / face.file.unitsPerEm
    low, high = min((box.bottom for box in boxes), default=0), max((box.top for box in boxes), default=0)
    return round(low * scale), round(high * scale)


@lru_cache(maxsize=512)
def rare_cut(face: Face, letters: tuple[str, ...], number: int) -> FontCut:
    """The further font number 0, 1, ... of a sheet, with exactly these letters."""
    return _cut(face, letters, "PDTRA" + chr(ord("A") + number))


def _recipe(letter: str) -> Recipe:
    """How a letter is drawn that was checked before."""
    found = recipe(letter)
    if found is None:
        raise ValueError(f"U+{ord(letter):04X} was not checked before it was drawn")
    return found


def _cut(face: Face, letters: Iterable[str], tag: str) -> FontCut:
    held = (" ", *letters)
    recipes = [face.recipe(letter) for letter in held]
    marks = list(dict.fromkeys(mark for each in recipes for mark, _ in each.marks))
    after = FIRST_CODE + len(held)
    spelled = [
        Spelled(
            FIRST_CODE + number,
            tuple((after + marks.index(mark), below) for mark, below in each.marks),
            each.turned,
        )
        for number, each in enumerate(recipes)
        if each.marks or each.turned
    ]
    codes = [*([" "] * FIRST_CODE), *(each.base for each in recipes), *marks]
    with _reading:  # the reader keeps its place in the file
        program = face.file.makeSubset([ord(letter) for letter in codes])
    program = rebuilt(program, spelled, face.x_height)
    return FontCut(
        name=f"{tag}+OpenSans-{face.value}" if face.is_sans else f"{tag}+{face.value}",
        letters=held,
        widths=tuple(face.advances[letter] for letter in held),
        program=zlib.compress(program, 9),
        program_bytes=len(program),
        to_unicode=zlib.compress(_to_unicode(face, held), 9),
    )


@lru_cache(maxsize=4096)
def _letter_box(face: Face, letter: str) -> Box:
    base, marks, turned = face.recipe(letter)
    box = _outline(face, base)
    if turned:
        return turned_box(box, turned)
    for mark, below in marks:
        _, _, box = place(box, _outline(face, mark), below, face.x_height)
    return box


def _outline(face: Face, letter: str) -> Box:
    glyph = face.file.charToGlyph[ord(letter)]
    start, stop = face.file.glyphPos[glyph], face.file.glyphPos[glyph + 1]
    with _reading:
        outlines: bytes = face.file.get_table("glyf")  # type: ignore[no-untyped-call]
    return box_of(outlines[start:stop])


def _to_unicode(face: Face, letters: tuple[str, ...]) -> bytes:
    """The CMap by which a reader finds the text behind the codes."""
    joins = {} if face.is_sans else _LIGATURES
    rows = [
        f"<{FIRST_CODE + number:02X}> <{joins.get(letter, spoken(letter)).encode('utf-16-be').hex().upper()}>"
        for number, letter in enumerate(letters)
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
