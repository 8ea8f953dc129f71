"""Rings, meters, seals, month grids and QR codes as plain geometry for the pages.

Everything counted is a ring: clockwise from 12 o'clock, exact arcs from whole minutes. A drawing is a
frozen value of SVG path strings, so that a macro prints at most a handful of elements. Filled counts,
thick waits, thin is still to come; nothing here knows a colour.
"""

from __future__ import annotations

import math
from calendar import Calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

RINGS_OF_ONE_HOUR = 20
RINGS_AT_MOST = 60
MINUTES_AT_MOST_IN_DOTS = 600

_PITCH = 23.4
_ROW_PITCH = 26.0
_CENTRE = 11.0
_LEFT = 9.4
_FILLED = 8.4
_OUTLINE = 7.8
_BAND = 6.6
_SEAM = 9.6
_BAR_WIDTH = 346.4


@dataclass(frozen=True, slots=True)
class Meter:
    """A row (or rows) of rings, or a bar where rings could no longer be counted."""

    width: str
    height: str
    rings: int  # 0 for a bar
    thread: str  # thin: what connects the rings
    outline: str  # thin: still to come
    filled: str  # filled: counts
    bands: str  # thick: waits
    seams: str  # the cuts that keep a shared ring's parts apart


@dataclass(frozen=True, slots=True)
class Seal:
    """A certificate's ring: 60 ticks around it, and one stretch for each category, told apart by texture."""

    ticks: str
    solid: str
    edges: str
    hatch: str
    dots: str


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day with events in a month's grid; a day without any is only a number."""

    href: str
    label: str  # "October 14, 2 events, today"
    mine: bool = False
    events: tuple[tuple[str, str], ...] = ()  # (title, href)


@dataclass(frozen=True, slots=True)
class Square:
    """One cell of the month's grid."""

    number: int
    today: bool
    day: MonthDay | None


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """A QR code with its quiet zone, as one path of horizontal runs."""

    size: int
    path: str


def minutes_meter(approved_minutes: int, waiting_minutes: int, required_minutes: int) -> Meter | None:
    """Draw progress: up to 20 hours a ring is one hour, above that ten; above 60 rings a bar.

    There are rings for what is required, and for more when more is there, so that each figure can be counted.
    With nothing required and nothing earned there is no drawing.
    """
    approved, waiting = approved_minutes, waiting_minutes
    whole = max(required_minutes, approved + waiting)
    if whole <= 0:
        return None
    unit = ring_minutes(whole)
    if whole > unit * RINGS_AT_MOST:
        return _bar(approved, waiting, whole)
    return _rings(approved, waiting, whole, unit)


def ring_minutes(whole_minutes: int) -> int:
    """How many minutes one ring of this meter stands for: 60, or 600 above twenty hours."""
    return 60 if whole_minutes <= 60 * RINGS_OF_ONE_HOUR else 600


def things_meter(filled: int, left: int) -> Meter | None:
    """Draw one ring for each thing (23 claims to approve, 2 left out), a bar above 60."""
    whole = filled + left
    if whole <= 0:
        return None
    if whole > RINGS_AT_MOST:
        return _bar(filled, left, whole)
    return _rings(filled, left, whole, 1)


# A list draws the same few durations on every row of every page; each is a dozen arcs.
@lru_cache(maxsize=MINUTES_AT_MOST_IN_DOTS)
def dots(minutes: int) -> Meter | None:
    """Draw a duration beside its figure: one small ring an hour; nothing above ten hours."""
    return small_rings(minutes, 60) if minutes <= MINUTES_AT_MOST_IN_DOTS else None


def small_rings(minutes: int, unit_minutes: int) -> Meter | None:
    """Draw minutes beside their figure: one small ring for so many of them; nothing without any."""
    if minutes <= 0:
        return None
    count = -(-minutes // unit_minutes)
    outline, filled = [], []
    for index in range(count):
        x = 7 + 14 * index
        outline.append(_arc(x, 7, 5.3, Fraction(0), Fraction(1)))
        filled.append(_sector(x, 7, 5.6, Fraction(0), _share(minutes, index, unit_minutes)))
    return Meter(_n(14 * count), "14", count, "", "".join(outline), "".join(filled), "", "")


def seal(parts: Sequence[int]) -> Seal:
    """Draw a certificate's ring from the minutes of its categories, in their order.

    Textures go round: solid, hatched, double line, dotted.
    """
    ticks = "".join(_tick(turn) for turn in range(60))
    whole = sum(parts)
    strokes: tuple[list[str], ...] = ([], [], [], [])
    if whole > 0:
        gap = Fraction(1, 110) if len(parts) > 1 else Fraction(0)
        start = Fraction(0)
        for index, minutes in enumerate(parts):
            end = start + Fraction(minutes, whole)
            if end - start > gap:
                _texture(index % 4, start + gap / 2, end - gap / 2, strokes)
            start = end
    return Seal(ticks, *("".join(stroke) for stroke in strokes))


def month_squares(
    year: int, month: int, days: Mapping[date, MonthDay], today: date
) -> tuple[tuple[Square | None, ...], ...]:
    """The weeks of a month, Sunday first; None where a week reaches into another month."""
    weeks = Calendar(firstweekday=6).monthdatescalendar(year, month)
    return tuple(
        tuple(Square(day.day, day == today, days.get(day)) if day.month == month else None for day in week)
        for week in weeks
    )


def qr_drawing(rows: Sequence[Sequence[int]], quiet: int = 2) -> QrDrawing:
    """Draw a QR matrix (1 is dark) as one path with a quiet zone of `quiet` modules around it."""
    runs = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 1
            while x + width < len(row) and bool(row[x + width]) == bool(row[x]):
                width += 1
            if row[x]:
                runs.append(f"M{x + quiet} {y + quiet}.5h{width}")
            x += width
    return QrDrawing(len(rows) + 2 * quiet, "".join(runs))


def _rings(approved: int, waiting: int, whole: int, unit: int) -> Meter:
    count = -(-whole // unit)
    in_row = count if count <= 30 else 20
    thread, outline, filled, bands, seams = [], [], [], [], []
    for index in range(count):
        x = _LEFT + _PITCH * (index % in_row)
        y = _CENTRE + _ROW_PITCH * (index // in_row)
        first, second, last = (
            _share(minutes, index, unit) for minutes in (approved, approved + waiting, whole)
        )
        if index % in_row:
            # A last ring that is needed only in part is a wedge: the thread runs on to its point.
            reach = x if last < Fraction(3, 4) else x - _FILLED
            thread.append(f"M{_n(x - _PITCH + _FILLED)} {_n(y)}H{_n(reach)}")
        if second < last:
            outline.append(_sector(x, y, _OUTLINE, Fraction(0), last))
        if first > 0:
            filled.append(_sector(x, y, _FILLED, Fraction(0), first))
        if second > first:
            bands.append(_arc(x, y, _BAND, first, second))
        if 0 < first < second:
            seams.append(_spoke(x, y, first) + (_spoke(x, y, second) if second == 1 else ""))
    rows = -(-count // in_row)
    width = 2 * _LEFT + _PITCH * (min(count, in_row) - 1)
    height = 2 * _CENTRE + _ROW_PITCH * (rows - 1)
    return Meter(_n(width), _n(height), count, *map("".join, (thread, outline, filled, bands, seams)))


def _bar(approved: int, waiting: int, whole: int) -> Meter:
    """A track as long as a row of fifteen rings: filled, then a thick frame, then a thin one."""
    inner = _BAR_WIDTH - 2
    first = 1 + inner * approved / whole
    second = 1 + inner * (approved + waiting) / whole
    filled = f"M1 3H{_n(first)}V19H1z" if approved else ""
    bands = (
        f"M{_n(first + 1.8)} 4.8H{_n(max(second - 1.8, first + 1.8))}V17.2H{_n(first + 1.8)}z"
        if waiting
        else ""
    )
    return Meter(_n(_BAR_WIDTH), "22", 0, "", f"M1 3H{_n(1 + inner)}V19H1z", filled, bands, "")


def _share(minutes: int, index: int, unit: int) -> Fraction:
    """How much of ring `index` these minutes fill, 0 to 1."""
    return min(max(Fraction(minutes - index * unit, unit), Fraction(0)), Fraction(1))


def _texture(kind: int, start: Fraction, end: Fraction, strokes: tuple[list[str], ...]) -> None:
    solid, edges, hatch, dotted = strokes
    if kind == 0:
        solid.append(_arc(100, 100, 76, start, end))
        return
    if kind == 3:
        steps = max(1, round((end - start) * 48))
        dotted.extend(
            _dot(start + (end - start) * Fraction(2 * step + 1, 2 * steps)) for step in range(steps)
        )
        return
    edges.extend(_arc(100, 100, radius, start, end) for radius in (69.2, 82.8))
    if kind == 1:
        steps = max(1, round((end - start) * 80))
        hatch.extend(_cross(start + (end - start) * Fraction(step, steps)) for step in range(steps + 1))
    else:
        hatch.extend((_cross(start), _cross(end)))


def _tick(turn: int) -> str:
    outer = 99 if turn % 15 == 0 else 98 if turn % 5 == 0 else 96
    return _line(92, outer, Fraction(turn, 60))


def _cross(turn: Fraction) -> str:
    return _line(69.2, 82.8, turn)


def _dot(turn: Fraction) -> str:
    x, y = _point(100, 100, 76, turn)
    return f"M{_n(x)} {_n(y)}h0"


def _line(inner: float, outer: float, turn: Fraction) -> str:
    (x0, y0), (x1, y1) = _point(100, 100, inner, turn), _point(100, 100, outer, turn)
    return f"M{_n(x0)} {_n(y0)}L{_n(x1)} {_n(y1)}"


def _spoke(x: float, y: float, turn: Fraction) -> str:
    to_x, to_y = _point(x, y, _SEAM, turn)
    return f"M{_n(x)} {_n(y)}L{_n(to_x)} {_n(to_y)}"


def _arc(x: float, y: float, radius: float, start: Fraction, end: Fraction) -> str:
    """An open arc clockwise; a whole turn is two half turns, because an arc to its own start draws nothing."""
    if end - start >= 1:
        top, bottom, half = _n(y - radius), _n(y + radius), _turn(radius)
        return f"M{_n(x)} {top}{half}{_n(x)} {bottom}{half}{_n(x)} {top}z"
    (x0, y0), (x1, y1) = _point(x, y, radius, start), _point(x, y, radius, end)
    return f"M{_n(x0)} {_n(y0)}{_turn(radius, end - start > Fraction(1, 2))}{_n(x1)} {_n(y1)}"


def _sector(x: float, y: float, radius: float, start: Fraction, end: Fraction) -> str:
    if end - start >= 1:
        return _arc(x, y, radius, start, end)
    (x0, y0), (x1, y1) = _point(x, y, radius, start), _point(x, y, radius, end)
    return (
        f"M{_n(x)} {_n(y)}L{_n(x0)} {_n(y0)}{_turn(radius, end - start > Fraction(1, 2))}{_n(x1)} {_n(y1)}z"
    )


def _turn(radius: float, large: bool = False) -> str:
    return f"A{_n(radius)} {_n(radius)} 0 {int(large)} 1 "


def _point(x: float, y: float, radius: float, turn: Fraction) -> tuple[float, float]:
    """Where the hand points after `turn` of a round, from 12 o'clock, clockwise."""
    angle = 2 * math.pi * float(turn)
    return x + radius * math.sin(angle), y - radius * math.cos(angle)


def _n(number: float) -> str:
    """A coordinate with at most two decimals: 17.80 -> 17.8, -0.0 -> 0."""
    return f"{round(number, 2) + 0:.2f}".rstrip("0").rstrip(".")
