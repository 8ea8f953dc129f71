"""The shapes of SVG as lines and curves: path data, rectangles, ellipses, and the matrices that move them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

Point = tuple[float, float]

MOST_SEGMENTS: Final = 20_000
_FARTHEST: Final = 1e6
_ROUND: Final = 0.5522847498  # how far a curve's handles reach to be a quarter of a circle
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_BETWEEN: Final = re.compile(r"[\s,]*")
_COMMAND: Final = re.compile(r"[MmLlHhVvCcSsQqTtAaZz]")
_TRANSFORM: Final = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)\s*")
_TAKES: Final = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}


class NotAShape(ValueError):
    """No shape can be read from this."""


class Segment(NamedTuple):
    """A step of a path: `m`, `l`, `c` or `h`, with its points."""

    step: str
    points: tuple[Point, ...] = ()


Path = list[Segment]


class Matrix(NamedTuple):
    """Where points come to stand: x' = ax + cy + e, y' = bx + dy + f."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 1
    e: float = 0
    f: float = 0

    def after(self, o: Matrix) -> Matrix:
        """First `o`, then this."""
        return Matrix(
            self.a * o.a + self.c * o.b,
            self.b * o.a + self.d * o.b,
            self.a * o.c + self.c * o.d,
            self.b * o.c + self.d * o.d,
            self.a * o.e + self.c * o.f + self.e,
            self.b * o.e + self.d * o.f + self.f,
        )

    def at(self, point: Point) -> Point:
        """Where the point comes to stand."""
        x, y = point
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    @property
    def scale(self) -> float:
        """How much longer lines become, on the whole."""
        return math.sqrt(abs(self.a * self.d - self.b * self.c))


def number_of(text: str) -> float:
    """A number, with `px` or without. Raises NotAShape."""
    plain = text.strip().removesuffix("px")
    if not _NUMBER.fullmatch(plain) or abs(value := float(plain)) > _FARTHEST:
        raise NotAShape(f"“{text[:20]}” is no number that a drawing can have")
    return float(plain) if value else 0.0


def numbers_of(text: str) -> list[float]:
    """Numbers with blanks or commas between. Raises NotAShape."""
    return [number_of(part) for part in re.split(r"[\s,]+", text.strip()) if part]


def matrix_of(text: str) -> Matrix:
    """The matrix of a `transform`. Raises NotAShape."""
    made, at = Matrix(), 0
    while at < len(text):
        found = _TRANSFORM.match(text, at)
        if found is None:
            raise NotAShape("its transform can’t be read")
        made, at = made.after(_one(found[1], numbers_of(found[2]))), found.end()
    return made


def _one(name: str, n: list[float]) -> Matrix:
    match name, n:
        case "matrix", [a, b, c, d, e, f]:
            return Matrix(a, b, c, d, e, f)
        case "translate", [x, *y]:
            return Matrix(e=x, f=y[0] if y else 0)
        case "scale", [x, *y]:
            return Matrix(a=x, d=y[0] if y else x)
        case "rotate", [turn, *about]:
            cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            ox, oy = (about[0], about[1]) if len(about) == 2 else (0.0, 0.0)
            return Matrix(e=ox, f=oy).after(Matrix(cos, sin, -sin, cos)).after(Matrix(e=-ox, f=-oy))
        case "skewX", [turn]:
            return Matrix(c=math.tan(math.radians(turn)))
        case "skewY", [turn]:
            return Matrix(b=math.tan(math.radians(turn)))
    raise NotAShape("its transform can’t be read")


def polygon(points: Sequence[float], *, is_closed: bool) -> Path:
    """A line from point to point."""
    pairs = list(zip(points[::2], points[1::2], strict=False))
    if not pairs:
        return []
    lines = [Segment("m", (pairs[0],)), *(Segment("l", (pair,)) for pair in pairs[1:])]
    return [*lines, Segment("h")] if is_closed else lines


def ellipse(x: float, y: float, rx: float, ry: float) -> Path:
    """An ellipse around a point, as four curves."""
    if rx <= 0 or ry <= 0:
        return []
    hx, hy = rx * _ROUND, ry * _ROUND
    return [
        Segment("m", ((x + rx, y),)),
        Segment("c", ((x + rx, y + hy), (x + hx, y + ry), (x, y + ry))),
        Segment("c", ((x - hx, y + ry), (x - rx, y + hy), (x - rx, y))),
        Segment("c", ((x - rx, y - hy), (x - hx, y - ry), (x, y - ry))),
        Segment("c", ((x + hx, y - ry), (x + rx, y - hy), (x + rx, y))),
        Segment("h"),
    ]


def rectangle(x: float, y: float, wide: float, tall: float, rx: float, ry: float) -> Path:
    """A rectangle, its corners rounded where a radius is given."""
    if wide <= 0 or tall <= 0:
        return []
    rx, ry = min(rx, wide / 2), min(ry, tall / 2)
    if rx <= 0 or ry <= 0:
        return polygon([x, y, x + wide, y, x + wide, y + tall, x, y + tall], is_closed=True)
    right, bottom, kx, ky = x + wide, y + tall, rx * (1 - _ROUND), ry * (1 - _ROUND)
    return [
        Segment("m", ((x + rx, y),)),
        Segment("l", ((right - rx, y),)),
        Segment("c", ((right - kx, y), (right, y + ky), (right, y + ry))),
        Segment("l", ((right, bottom - ry),)),
        Segment("c", ((right, bottom - ky), (right - kx, bottom), (right - rx, bottom))),
        Segment("l", ((x + rx, bottom),)),
        Segment("c", ((x + kx, bottom), (x, bottom - ky), (x, bottom - ry))),
        Segment("l", ((x, y + ry),)),
        Segment("c", ((x, y + ky), (x + kx, y), (x + rx, y))),
        Segment("h"),
    ]


def path_of(data: str) -> Path:
    """The path of a `d` attribute. Raises NotAShape."""
    pen = _Pen()
    for command, numbers in _commands(data):
        pen.draw(command, numbers)
        if len(pen.path) > MOST_SEGMENTS:
            raise NotAShape(f"it has more than {MOST_SEGMENTS:,} lines and curves")
    return pen.path


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    at, command = _skip(data, 0), ""
    while at < len(data):
        if found := _COMMAND.match(data, at):
            command, at = found[0], _skip(data, found.end())
        elif not command or command in "Zz":
            raise NotAShape("its path can’t be read")
        numbers: list[float] = []
        for place in range(_TAKES[command.lower()]):
            # The flags of an arc may stand without a blank before what follows.
            is_flag = command in "Aa" and place in (3, 4)
            length = 1 if is_flag and data[at : at + 1] in ("0", "1") else 0
            number = data[at : at + 1] if length else _digits(data, at)
            numbers.append(number_of(number))
            at = _skip(data, at + len(number))
        yield command, numbers
        if command in "Mm":
            command = "L" if command == "M" else "l"


def _digits(data: str, at: int) -> str:
    found = _NUMBER.match(data, at)
    if found is None:
        raise NotAShape("its path can’t be read")
    return found[0]


def _skip(data: str, at: int) -> int:
    between = _BETWEEN.match(data, at)
    return between.end() if between else at


class _Pen:
    """Draws commands from where it stands."""

    def __init__(self) -> None:
        self.path: Path = []
        self.here: Point = (0.0, 0.0)
        self.begun: Point = (0.0, 0.0)
        self.handle: Point | None = None
        self.before = ""

    def draw(self, command: str, n: list[float]) -> None:
        """One command with its numbers."""
        kind, x, y = command.lower(), *self.here
        if command.islower() and kind not in "ahvz":
            n = [value + (y if place % 2 else x) for place, value in enumerate(n)]
        if not self.path and kind != "m":
            raise NotAShape("its path doesn’t begin with a place")
        if kind == "z":
            self._add("h")
            self.here = self.begun
        elif kind == "m":
            self.begun = self._add("m", (n[0], n[1]))
        elif kind in "lhv":
            along = {
                "h": lambda: (n[0] + (x if command == "h" else 0), y),
                "v": lambda: (x, n[0] + (y if command == "v" else 0)),
            }
            self._add("l", along[kind]() if kind in along else (n[0], n[1]))
        elif kind == "a":
            self._arc(n, (n[5] + x, n[6] + y) if command == "a" else (n[5], n[6]))
        else:
            self._curve(kind, n)
        self.before = kind

    def _add(self, step: str, *points: Point) -> Point:
        self.path.append(Segment(step, points))
        if points:
            self.here = points[-1]
        return self.here

    def _curve(self, kind: str, n: list[float]) -> None:
        points = list(zip(n[::2], n[1::2], strict=True))
        if kind in "st":
            # A smooth curve goes on as the one before it ended.
            goes_on = self.before in ("cs" if kind == "s" else "qt") and self.handle
            hx, hy = self.handle if goes_on and self.handle else self.here
            points.insert(0, (2 * self.here[0] - hx, 2 * self.here[1] - hy))
        self.handle = points[-2]
        if kind in "qt":
            middle, end = points
            points = [_between(self.here, middle), _between(end, middle), end]
        self._add("c", *points)

    def _arc(self, n: list[float], end: Point) -> None:
        """An arc of an ellipse as curves of at most a quarter each (SVG 1.1, F.6)."""
        rx, ry, turn = abs(n[0]), abs(n[1]), math.radians(n[2])
        if end == self.here:
            return
        if not rx or not ry:
            self._add("l", end)
            return
        cos, sin = math.cos(turn), math.sin(turn)
        dx, dy = (self.here[0] - end[0]) / 2, (self.here[1] - end[1]) / 2
        x, y = cos * dx + sin * dy, cos * dy - sin * dx
        grow = math.sqrt(max(1.0, (x / rx) ** 2 + (y / ry) ** 2))
        rx, ry = rx * grow, ry * grow
        over = (rx * y) ** 2 + (ry * x) ** 2
        part = math.sqrt(max(0.0, (rx * ry) ** 2 / over - 1)) * (-1 if bool(n[3]) == bool(n[4]) else 1)
        cx, cy = part * rx * y / ry, -part * ry * x / rx
        first = math.atan2((y - cy) / ry, (x - cx) / rx)
        sweep = math.atan2((-y - cy) / ry, (-x - cx) / rx) - first
        if n[4] and sweep < 0:
            sweep += 2 * math.pi
        if not n[4] and sweep > 0:
            sweep -= 2 * math.pi
        middle = ((self.here[0] + end[0]) / 2, (self.here[1] + end[1]) / 2)
        stands = Matrix(cos, sin, -sin, cos, *middle).after(Matrix(rx, 0, 0, ry, cx, cy))
        pieces = max(1, math.ceil(abs(sweep) / (math.pi / 2) - 1e-9))
        step = sweep / pieces
        reach = 4 / 3 * math.tan(step / 4)
        for piece in range(pieces):
            a, b = first + piece * step, first + (piece + 1) * step
            near = (math.cos(a) - reach * math.sin(a), math.sin(a) + reach * math.cos(a))
            far = (math.cos(b) + reach * math.sin(b), math.sin(b) - reach * math.cos(b))
            last = end if piece == pieces - 1 else stands.at((math.cos(b), math.sin(b)))
            self._add("c", stands.at(near), stands.at(far), last)


def _between(end: Point, middle: Point) -> Point:
    return end[0] + (middle[0] - end[0]) * 2 / 3, end[1] + (middle[1] - end[1]) * 2 / 3
