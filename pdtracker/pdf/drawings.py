"""A seal or logo as a drawing: shapes as the operators of a PDF, in whole numbers, known by their hash."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from pdtracker.pdf.svg import Picture, Shape

LONGEST: Final = 2_000
"""The longer side of a drawing in its own units: fine enough for a sheet, and short to write."""
HEAD: Final = b"%pdtracker drawing 1\n"
"""Begins the bytes in which a drawing is kept; its width and height follow on a line of their own."""
MOST_BYTES: Final = 262_144

_OPERATORS: Final = re.compile(rb"(?:(?:-?[0-9]{1,7}(?:\.[0-9]{1,3})?|[mlchfSBwJj]|f\*|B\*|rg|RG)[ \n])+")


def is_drawing(strokes: bytes) -> bool:
    """Whether these are a drawing's operators and nothing else."""
    return len(strokes) <= MOST_BYTES and _OPERATORS.fullmatch(strokes) is not None


def drawing_of(picture: Picture) -> tuple[int, int, bytes]:
    """Width, height and operators of what shows of a picture. Raises ValueError when nothing does."""
    left, top, right, bottom = _shown(picture)
    if right <= left or bottom <= top:
        raise ValueError("nothing of the picture shows")
    scale = LONGEST / max(right - left, bottom - top)

    def words(shape: Shape) -> Iterator[str]:
        for step, points in shape.path:
            for x, y in points:
                yield _short((x - left) * scale)
                yield _short((bottom - y) * scale)
            yield step

    lines = [f"{_paint(shape, scale)}{' '.join(words(shape))} {_ends(shape)}\n" for shape in picture.shapes]
    size = [max(1, round(side * scale)) for side in (right - left, bottom - top)]
    return size[0], size[1], "".join(lines).encode("ascii")


def weight(strokes: bytes) -> int:
    """The bytes that it adds to a sheet."""
    return len(zlib.compress(strokes, 9))


def _shown(picture: Picture) -> tuple[float, float, float, float]:
    """What the shapes cover with their lines, as far as the file's own box shows it."""
    xs: list[float] = []
    ys: list[float] = []
    for shape in picture.shapes:
        half = shape.width / 2 if shape.stroke else 0.0
        for _, points in shape.path:
            for x, y in points:
                xs += (x - half, x + half)
                ys += (y - half, y + half)
    if not xs:
        return 0, 0, 0, 0
    box = picture.box or (min(xs), min(ys), max(xs), max(ys))
    return max(min(xs), box[0]), max(min(ys), box[1]), min(max(xs), box[2]), min(max(ys), box[3])


def _paint(shape: Shape, scale: float) -> str:
    told = f"{_parts(shape.fill)} rg " if shape.fill else ""
    if shape.stroke:
        told += (
            f"{_parts(shape.stroke)} RG {max(1, round(shape.width * scale))} w {shape.cap} J {shape.join} j "
        )
    return told


def _ends(shape: Shape) -> str:
    star = "*" if shape.is_even_odd else ""
    if not shape.fill:
        return "S"
    return f"B{star}" if shape.stroke else f"f{star}"


def _parts(colour: str) -> str:
    return " ".join(_short(int(colour[at : at + 2], 16) / 255, 3) for at in (1, 3, 5))


def _short(value: float, decimals: int = 0) -> str:
    told = f"{value:.{decimals}f}"
    if decimals:
        told = told.rstrip("0").rstrip(".")
    return "0" if told == "-0" else told
