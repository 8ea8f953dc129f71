"""The engine turning of the classic certificate: its frame, the rosette under a name, and the seal.

Curves in equal phases, each computed once per process and compressed. The petals of the seal follow the fingerprint, so
that two certificates rarely look alike; that is decoration, the security is in the code.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from pdtracker.pdf.faces import Face, everyday_string
from pdtracker.pdf.objects import Ornament
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.typeset import text_width

INSET: Final = 26.0
BAND: Final = 17.0
INNER: Final = INSET + BAND + 2.6
"""Where the innermost rule stands."""

_TAU: Final = 2 * math.pi
_BLOCK: Final = BAND + 9
_TILE: Final = 60.0
_HALF: Final = BAND / 2 - 2.2
_DOT: Final = " \u2022 "
_ANYBODY: Final = "PROFESSIONAL LEARNING"
_PETALS: Final = (24, 28, 30, 32, 36)
_INNER_PETALS: Final = (9, 10, 11, 12, 13)
_DEPTHS: Final = (0.42, 0.5, 0.58)

Point = Callable[[float], tuple[float, float, float, float]]
"""A curve: x, y and their slopes at a place."""


def draw_frame(sheet: Sheet, ink: Colour, pale: Colour) -> None:
    """The braided sides between rules, and an engine-turned rosette in each corner."""
    sides, corners = _places(sheet.width, sheet.height)
    with sheet.decoration():
        sheet.ornament(_braid("BraidA", 0.35, 3, 7), pale, sides)
        sheet.ornament(_corner("CornerA", ((_BLOCK / 2 - 1.6, 12, 0.62, 6),), 0.3), pale, corners)
        sheet.ornament(_braid("BraidB", 0.3, 2, 3), ink, sides)
        inner = ((_BLOCK / 2 - 1.6, 8, 0.34, 3), (_BLOCK / 5.2, 6, 0.8, 3))
        sheet.ornament(_corner("CornerB", inner, 0.3, dot=1.5), ink, corners)
        for path, weight in _rules(sheet.width, sheet.height):
            sheet.stroke(path, ink, f"{weight:g} w")


def draw_rosette(sheet: Sheet, x: float, top: float, colour: Colour) -> None:
    """The small rosette between the rules under a name."""
    flower = _corner("Flower", ((5.2, 6, 0.8, 2),), 0.4)
    sheet.ornament(flower, colour, (f"1 0 0 1 {x:.2f} {sheet.height - top:.2f}",))


def draw_seal(
    sheet: Sheet,
    x: float,
    top: float,
    radius: float,
    *,
    name: str,
    figures: str,
    unit: str,
    fingerprint: str,
    faces: tuple[Face, Face],
    colours: tuple[Colour, Colour, Colour],
) -> None:
    """The seal with the district's name around the hours. `faces` are those of the ring and the figures.

    `colours` are ink, pale and paper. A name that has no room, or other letters than the seal's, gives way: both
    stand elsewhere on the sheet.
    """
    ring_face, large = faces
    ink, pale, paper = colours
    dice = int(fingerprint[:12], 16)
    petals, inner = _PETALS[dice % 5], _INNER_PETALS[dice // 5 % 5]
    depth = _DEPTHS[dice // 25 % 3]
    place = (f"{radius:.3f} 0 0 {radius:.3f} {x:.2f} {sheet.height - top:.2f}",)
    with sheet.decoration():
        outer = ((1.0, petals, 0.17, 5), (0.53, inner, depth, 6))
        sheet.ornament(_corner(f"SealA{petals}{inner}{dice // 25 % 3}", outer, 0.0066), pale, place)
        rim = ((0.975, petals, 0.10, 2),)
        circles = ((0.835, 0.02), (0.80, 0.007), (0.575, 0.007), (0.55, 0.016))
        sheet.ornament(_corner(f"SealB{petals}", rim, 0.0066, circles), ink, place)
        sheet.ornament(_disc("SealC"), paper, place)
        sheet.ornament(_corner("SealD", (), 0.0066, ((0.405, 0.007),)), ink, place)
        for letter, size, across, up, turn in _ring(name.upper(), ring_face, radius):
            at = (x + across, sheet.height - top + up)
            sheet.turned_text(letter, ring_face, size, ink, at, turn)
        big = radius * 0.5
        while big > 5 and text_width(figures, large, big) > radius * 0.62:
            big -= 0.5
        small, capitals = radius * 0.098, unit.upper() if everyday_string(ring_face, unit.upper()) else ""
        while small > 2.4 and text_width(capitals, ring_face, small, 60) > radius * 0.6:
            small -= 0.1
        sheet.text(x, top + big * 0.2, figures, large, big, ink, "centre")
        if text_width(capitals, ring_face, small, 60) <= radius * 0.64:
            sheet.text(x, top + big * 0.2 + small * 1.75, capitals, ring_face, small, ink, "centre", 60)


# Curves


def _curve(point: Point, start: float, stop: float, pieces: int, places: int) -> str:
    """A smooth path through the points, as Bezier curves."""
    step = (stop - start) / pieces
    x, y, dx, dy = point(start)
    path = [f"{x:.{places}f} {y:.{places}f} m"]
    for number in range(1, pieces + 1):
        x1, y1, dx1, dy1 = point(start + number * step)
        third = step / 3
        numbers = (x + dx * third, y + dy * third, x1 - dx1 * third, y1 - dy1 * third, x1, y1)
        path.append(" ".join(f"{each:.{places}f}" for each in numbers) + " c")
        x, y, dx, dy = x1, y1, dx1, dy1
    return " ".join(path)


def _strand(waves: int, phase: float) -> Point:
    """One strand of a braid, inside an envelope that swells once per tile."""
    swell, w, e = 0.42, _TAU * waves / _TILE, _TAU / _TILE

    def point(x: float) -> tuple[float, float, float, float]:
        wide = _HALF * (1 - swell - swell * math.cos(e * x))
        grows = _HALF * swell * e * math.sin(e * x)
        sin, cos = math.sin(w * x + phase), math.cos(w * x + phase)
        return x, wide * sin, 1, grows * sin + wide * w * cos

    return point


def _petal(radius: float, petals: int, depth: float, phase: float) -> Point:
    """One strand of a rosette: r = radius (1 - depth/2 + depth/2 cos(petals a + phase))."""

    def point(a: float) -> tuple[float, float, float, float]:
        r = radius * (1 - depth / 2 + depth / 2 * math.cos(petals * a + phase))
        grows = -radius * depth / 2 * petals * math.sin(petals * a + phase)
        sin, cos = math.sin(a), math.cos(a)
        return r * cos, r * sin, grows * cos - r * sin, grows * sin + r * cos

    return point


def _ornament(name: str, box: tuple[float, float, float, float], parts: Sequence[str]) -> Ornament:
    return Ornament(name, box, zlib.compress("\n".join(parts).encode(), 9))


@lru_cache(maxsize=8)
def _braid(name: str, weight: float, waves: int, strands: int) -> Ornament:
    """A tile of a braid."""
    lines = [
        _curve(_strand(waves, _TAU * number / strands), 0, _TILE, waves * 6, 2) for number in range(strands)
    ]
    return _ornament(name, (-1, -_HALF - 1, _TILE + 1, _HALF + 1), [f"{weight:g} w", *lines, "S"])


@lru_cache(maxsize=128)
def _corner(
    name: str,
    rosettes: tuple[tuple[float, int, float, int], ...],
    weight: float,
    circles: tuple[tuple[float, float], ...] = (),
    dot: float = 0,
) -> Ornament:
    """Rosettes (radius, petals, depth, strands) and circles (radius, weight) around one middle."""
    parts, most = [f"{weight:g} w"], dot
    for radius, petals, depth, strands in rosettes:
        most = max(most, radius)
        places = 2 if radius > 2 else 3
        for number in range(strands):
            strand = _petal(radius, petals, depth, _TAU * number / strands)
            parts.append(_curve(strand, 0, _TAU, petals * 4, places) + " h")
        parts.append("S")
    for radius, wide in circles:
        most = max(most, radius)
        parts.append(f"{wide:g} w {_circle(radius)} S")
    if dot:
        parts.append(f"{_circle(dot)} f")
    edge = most * 1.03
    return _ornament(name, (-edge, -edge, edge, edge), parts)


@lru_cache(maxsize=1)
def _disc(name: str) -> Ornament:
    """The clear ground of the figures."""
    return _ornament(name, (-0.41, -0.41, 0.41, 0.41), [f"{_circle(0.405)} f"])


def _circle(radius: float) -> str:
    def point(a: float) -> tuple[float, float, float, float]:
        sin, cos = radius * math.sin(a), radius * math.cos(a)
        return cos, sin, -sin, cos

    return _curve(point, 0, _TAU, 12, 4) + " h"


# The frame's places


@lru_cache(maxsize=4)
def _places(width: float, height: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The matrices of the tiles along the sides, and of the four corners."""
    middle, tiles = INSET + BAND / 2, []
    for is_flat, length, across in ((True, width, height), (False, height, width)):
        run = length - 2 * (INSET + _BLOCK)
        count = max(1, round(run / _TILE))
        scale = run / count / _TILE
        for off in (middle, across - middle):
            for number in range(count):
                at = INSET + _BLOCK + number * run / count
                tiles.append(
                    f"{scale:.4f} 0 0 1 {at:.2f} {off:.2f}"
                    if is_flat
                    else f"0 {scale:.4f} -1 0 {off:.2f} {at:.2f}"
                )
    near = INSET + _BLOCK / 2
    corners = [f"1 0 0 1 {x:.2f} {y:.2f}" for x in (near, width - near) for y in (near, height - near)]
    return tuple(tiles), tuple(corners)


@lru_cache(maxsize=4)
def _rules(width: float, height: float) -> tuple[tuple[str, float], ...]:
    """The rules of the frame: two rectangles outside, two inside that step around the corners."""

    def rectangle(d: float) -> str:
        return f"{d:.2f} {d:.2f} {width - 2 * d:.2f} {height - 2 * d:.2f} re"

    def stepped(d: float) -> str:
        a = INSET + _BLOCK + 2.5
        corners = (
            (a, d), (width - a, d), (width - a, a), (width - d, a), (width - d, height - a),
            (width - a, height - a), (width - a, height - d), (a, height - d), (a, height - a),
            (d, height - a), (d, a), (a, a),
        )  # fmt: skip
        first, *others = (f"{x:.2f} {y:.2f}" for x, y in corners)
        return f"{first} m " + " ".join(f"{each} l" for each in others) + " h"

    return (
        (rectangle(INSET - 1.4), 1.1),
        (rectangle(INSET + 0.8), 0.35),
        (stepped(INSET + BAND), 0.35),
        (stepped(INNER), 0.9),
    )


# The seal's ring


@lru_cache(maxsize=256)
def _ring(name: str, face: Face, radius: float) -> tuple[tuple[str, float, float, float, float], ...]:
    """The letters around the seal: each with its size, its place from the middle, and its turn."""
    around = _TAU * radius * 0.655
    room, size, track = around * 0.93, radius * 0.135, 140.0
    text = (name if everyday_string(face, name) else _ANYBODY) + _DOT
    while text_width(text, face, size, track) > room and size > radius * 0.085:
        size, track = size - 0.1, max(40.0, track - 6)
    repeat = max(1, int(room // text_width(text, face, size, track)))
    if text_width(text, face, size, track) > room:
        text, repeat, size, track = _ANYBODY + _DOT, 2, radius * 0.12, 120.0
    whole = text * repeat
    spare = around - text_width(whole, face, size, track) - track * size / 1000
    track += spare / len(whole) / size * 1000
    tail = text_width(_DOT, face, size, track) + track * size / 1000
    centre = math.radians(90 if repeat % 2 else 180) - tail / 2 / (radius * 0.655)
    a = centre + text_width(whole, face, size, track) / radius / 0.655 / 2
    letters = []
    for letter in whole:
        half = text_width(letter, face, size) / 2 / (radius * 0.655)
        a -= half
        turn = a - math.pi / 2
        wide = text_width(letter, face, size) / 2
        across = radius * 0.655 * math.cos(a) - wide * math.cos(turn)
        up = radius * 0.655 * math.sin(a) - wide * math.sin(turn)
        if letter.strip():
            letters.append((letter, size, across, up, turn))
        a -= half + track * size / 1000 / (radius * 0.655)
    return tuple(letters)
