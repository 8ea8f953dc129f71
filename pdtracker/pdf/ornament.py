"""What is drawn and is not type: the minute ring, its marks, and the seal of a district that has no logo.

One dot is one minute and one round is an hour. A round is a single circle with a dash pattern: round ends make discs,
straight ones make squares and bars, so that six hours of dots are a few hundred bytes and stay outlines at any size.
The category is told by shape first and colour second; it survives a copy in black and white.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from pdtracker.pdf.faces import Face
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.typeset import text_width

ROUND: Final = 60
ROUNDS: Final = 6
SCALES: Final = (1, 5, 15, 60)

_STEP_DEGREES: Final = 360 / ROUND
_DOT: Final = 0.02  # length of a dash that is only its round ends


class Mark(NamedTuple):
    """The dot of a category: its shape and colour."""

    shape: str
    colour: Colour


class _Stroke(NamedTuple):
    """How a shape is stroked, in radii of a dot: line end, width, dash, and a hole in the ground's colour."""

    cap: int
    width: float
    dash: float
    hole: float = 0


_STROKES: Final = {
    "disc": _Stroke(1, 2, 0),
    "ring": _Stroke(1, 2, 0, 1.12),
    "square": _Stroke(0, 1.66, 1.66),
    "bar": _Stroke(0, 2.6, 0.85),
    "dot": _Stroke(1, 1.15, 0),
    "pin": _Stroke(1, 0.68, 0),
}


def minutes_per_dot(minutes: int) -> int:
    """1 up to six hours, then 5, 15, 60."""
    return next((scale for scale in SCALES if minutes <= ROUND * ROUNDS * scale), SCALES[-1])


def minute_ring(
    sheet: Sheet,
    x: float,
    top: float,
    outer: float,
    parts: Sequence[tuple[int, Mark]],
    pale: Colour,
    ground: Colour,
) -> float:
    """The rounds, outer one first, clockwise from twelve, categories in order; returns the radius of the innermost."""
    each = minutes_per_dot(sum(minutes for minutes, _ in parts))
    runs: list[tuple[int, int, Mark]] = []
    done = said = 0
    for minutes, mark in parts:
        done += minutes
        upto = -(-done // each)
        runs.append((said, upto, mark))
        said = upto
    rounds = max(1, -(-said // ROUND))
    runs.append((said, rounds * ROUND, Mark("pin", pale)))
    gap = min(outer * 0.105, outer * 0.46 / (rounds - 1)) if rounds > 1 else outer
    place = f"1 0 0 1 {x:.2f} {sheet.height - top:.2f} cm"
    for number in range(rounds):
        radius = outer - number * gap
        dot = min(2 * math.pi * radius / ROUND * 0.33, gap * 0.4, outer * 0.033)
        for first, last, mark in runs:
            begin, end = max(first, number * ROUND), min(last, (number + 1) * ROUND)
            if begin < end:
                _row_of_marks(sheet, mark, begin % ROUND, end - begin, radius, dot, place, ground)
    return outer - (rounds - 1) * gap


def single_mark(sheet: Sheet, mark: Mark, x: float, y: float, dot: float, ground: Colour) -> None:
    """One mark, as it stands beside its category; x and y are its middle."""
    stroke = _STROKES[mark.shape]
    half = max(stroke.dash * dot, _DOT) / 2
    path = f"{-half:.3f} 0 m {half:.3f} 0 l"
    place = f"1 0 0 1 {x:.2f} {sheet.height - y:.2f} cm {stroke.cap} J"
    sheet.stroke(path, mark.colour, f"{place} {stroke.width * dot:.3f} w")
    if stroke.hole:
        sheet.stroke(path, ground, f"{place} {stroke.hole * dot:.3f} w")


def initials_seal(
    sheet: Sheet, x: float, top: float, radius: float, name: str, ink: Colour, ground: Colour
) -> None:
    """A round seal for a district without a logo: an hour of marks around its initials."""
    place = f"1 0 0 1 {x:.2f} {sheet.height - top:.2f} cm"
    sheet.fill(_arc(radius, 0, 360), ink, place)
    _row_of_marks(sheet, Mark("bar", ground), 0, ROUND, radius * 0.87, radius * 0.036, place, ink)
    letters = _initials(name)
    size = radius * 0.92
    while size > 4 and text_width(letters, Face.BLACK, size, -10) > radius * 1.2:
        size -= 0.5
    sheet.text(x, top + size * 0.357, letters, Face.BLACK, size, ground, "centre", -10)


def _initials(name: str) -> str:
    """Up to two capitals of a name: "Maplewood Central School District" is MC."""
    words = [word for word in name.split() if word[:1].isalpha() and word[:1].isupper()]
    plain = [
        word for word in words if word.lower() not in {"school", "district", "schools", "public", "of", "the"}
    ]
    return "".join(word[0] for word in (plain or words or [name])[:2]).upper()


def _row_of_marks(
    sheet: Sheet, mark: Mark, first: int, count: int, radius: float, dot: float, place: str, ground: Colour
) -> None:
    stroke = _STROKES[mark.shape]
    dash = max(stroke.dash * dot, _DOT)
    step = 2 * math.pi * radius / ROUND
    turn = math.degrees(dash / 2 / radius)
    # Behind round ends the path goes on for a third of a step, so that no reader's flattening loses the last one.
    tail = _STEP_DEGREES / 3 if stroke.cap else 0
    begin, end = (first + 0.5) * _STEP_DEGREES - turn, (first + count - 0.5) * _STEP_DEGREES + turn + tail
    path = _arc(round(radius, 3), round(begin, 4), round(end, 4))
    state = f"{place} {stroke.cap} J [{dash:.4f} {step - dash:.4f}] 0 d"
    sheet.stroke(path, mark.colour, f"{state} {stroke.width * dot:.3f} w")
    if stroke.hole:
        sheet.stroke(path, ground, f"{state} {stroke.hole * dot:.3f} w")


@lru_cache(maxsize=4096)
def _arc(radius: float, begin: float, end: float) -> str:
    """An arc around the origin, clockwise, in degrees from twelve o'clock, as Bezier curves of at most 45 degrees."""
    pieces = max(1, math.ceil((end - begin) / 45))
    step = math.radians(end - begin) / pieces
    reach = 4 / 3 * math.tan(step / 4) * radius
    angle = math.radians(90 - begin)
    x, y = radius * math.cos(angle), radius * math.sin(angle)
    path = [f"{x:.3f} {y:.3f} m"]
    for _ in range(pieces):
        x1, y1 = x + reach * math.sin(angle), y - reach * math.cos(angle)
        angle -= step
        x, y = radius * math.cos(angle), radius * math.sin(angle)
        x2, y2 = x - reach * math.sin(angle), y + reach * math.cos(angle)
        path.append(f"{x1:.3f} {y1:.3f} {x2:.3f} {y2:.3f} {x:.3f} {y:.3f} c")
    return " ".join(path)
