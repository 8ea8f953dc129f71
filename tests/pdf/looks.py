"""What an independent reader (pdfium, zxing) finds on a page."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import combinations

import pypdfium2
import pypdfium2.raw as pdfium
import zxingcpp

_LETTERS_ON_EDGE = 17.9


@dataclass(frozen=True)
class Ink:
    """A drawn thing and where its ink is, in points from the bottom left corner."""

    what: str
    left: float
    bottom: float
    right: float
    top: float


def text_of(data: bytes) -> str:
    """The text layer of all pages, without blanks: lines may break anywhere."""
    document = pypdfium2.PdfDocument(data)
    # pdfium writes a hyphen at the end of a line as U+FFFE.
    return squashed("".join(page.get_textpage().get_text_range() for page in document)).replace("\ufffe", "-")


def squashed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text).replace("\u00a0", " "))


def codes_on(data: bytes, scale: float = 2.0) -> list[list[str]]:
    """The QR codes that can be read on each page."""
    document = pypdfium2.PdfDocument(data)
    return [
        [found.text for found in zxingcpp.read_barcodes(page.render(scale=scale).to_pil())]
        for page in document
    ]


def ink_on(data: bytes) -> list[tuple[float, float, list[Ink]]]:
    """Width and height of each page, and its texts and pictures with their real outlines."""
    pages = []
    for page in pypdfium2.PdfDocument(data):
        found = []
        for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_IMAGE]):
            left, bottom, right, top = thing.get_bounds()
            # The letters around a seal stand turned: their upright boxes meet where their ink does not.
            if thing.get_matrix().b:
                continue
            kind = "text" if thing.type == pdfium.FPDF_PAGEOBJ_TEXT else "picture"
            if right - left > 0.5:
                found.append(Ink(kind, left, bottom, right, top))
        pages.append((*page.get_size(), found))
    return pages


def collisions(data: bytes) -> list[tuple[int, Ink, Ink]]:
    """Pairs of things whose ink meets, and what stands too near to the edge (paired with itself)."""
    found = []
    for number, (width, height, things) in enumerate(ink_on(data), 1):
        for a, b in combinations(things, 2):
            across, up = (
                min(a.right, b.right) - max(a.left, b.left),
                min(a.top, b.top) - max(a.bottom, b.bottom),
            )
            if across > 0.6 and up > 1.3:
                found.append((number, a, b))
        found += [
            (number, a, a)
            for a in things
            if min(a.left, a.bottom, width - a.right, height - a.top) < _LETTERS_ON_EDGE
        ]
    return found
