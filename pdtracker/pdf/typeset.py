"""Breaks text into lines and finds the size at which it fits. Numbers only; nothing is drawn here.

Lengths are points, tracking is 1/1000 em. A line ends at a space, after a hyphen, dash or slash, and inside a word only
when the word is wider than the column. A no-break space holds what belongs together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from pdtracker.pdf.faces import EM, Face, ink, width

_WORDS: Final = re.compile(r"([^ ]+)( *)")
_BREAKS: Final = re.compile(r"[^\-–—/]*[\-–—/]+|[^\-–—/]+")
_LEAST_CLEAR: Final = 45  # 1/1000 em between the ink of two lines
_STEP: Final = 0.5


class Step(NamedTuple):
    """One attempt at setting a text: in so many lines, from the largest to the smallest size."""

    lines: int
    largest: float
    smallest: float


class Fitted(NamedTuple):
    """The size that was found, and the lines."""

    size: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What may not be broken: its text and width, and the blanks after it, both widths in 1/1000 em."""

    text: str
    wide: float
    blank: str
    gap: float


def text_width(text: str, face: Face, size: float, track: float = 0) -> float:
    """Set width in points; tracking is not added after the last letter."""
    return (width(face, text) + track * (len(text) - 1)) * size / EM if text else 0.0


def wrap(text: str, face: Face, size: float, room: float, track: float = 0) -> tuple[str, ...]:
    """Lines no wider than the room."""
    if text_width(text, face, size, track) <= room:
        return (text,)
    return _filled(_pieces(text, face, track, True), face, room * EM / size, track)


def balance(text: str, face: Face, size: float, room: float, track: float = 0) -> tuple[str, ...]:
    """As many lines as `wrap`, but as even as possible."""
    if text_width(text, face, size, track) <= room:
        return (text,)
    return _evened(_pieces(text, face, track, True), face, room * EM / size, track)


@lru_cache(maxsize=2048)
def fit(
    text: str, face: Face, room: float, steps: Sequence[Step], track: float = 0, name: bool = False
) -> Fitted:
    """The text by the first step that holds it, its lines balanced.

    A name breaks at spaces in every step before it may break at a hyphen. Words are broken inside only in the last
    step, which may use as many lines as it needs.
    """
    whole = (width(face, text) + track * (len(text) - 1)) / EM if text else 0.0
    for hyphens in (False, True) if name else (True,):
        pieces = _pieces(text, face, track, hyphens)
        widest = max((piece.wide for piece in pieces), default=0.0) / EM
        for step in steps:
            if step.lines == 1:
                size = min(step.largest, _half(room / whole)) if whole else step.largest
                if size >= step.smallest:
                    return Fitted(size, (text,))
                continue
            size = min(step.largest, _half(room / widest)) if widest else step.largest
            while size >= step.smallest:
                if len(_filled(pieces, face, room * EM / size, track)) <= step.lines:
                    return Fitted(size, _evened(pieces, face, room * EM / size, track))
                size -= _STEP
    size = steps[-1].smallest
    return Fitted(size, wrap(text, face, size, room, track))


def leading(lines: Sequence[str], face: Face, size: float, usual: float) -> float:
    """Line distance in points: the usual one (in em), or more where marks above and below would meet."""
    spans = [ink(face, line) for line in lines] if len(lines) > 1 else []
    meeting = [(upper[1] - lower[0] + _LEAST_CLEAR) / EM for lower, upper in pairwise(spans)]
    return max([usual, *meeting]) * size


def _half(size: float) -> float:
    """The largest multiple of half a point that is not above the size."""
    return int(size / _STEP) * _STEP


@lru_cache(maxsize=2048)
def _pieces(text: str, face: Face, track: float, hyphens: bool) -> tuple[_Piece, ...]:
    """What may stand on different lines; a hyphen parts only what has some length ("sign-in" stays whole)."""
    pieces: list[_Piece] = []
    blank = (width(face, " ") + track) if " " in text else 0.0
    for word, blanks in _WORDS.findall(text):
        parts = _parts(word) if hyphens else [word]
        pieces += [_Piece(part, width(face, part) + track * len(part), "", 0.0) for part in parts[:-1]]
        wide = width(face, parts[-1]) + track * len(parts[-1])
        pieces.append(_Piece(parts[-1], wide, blanks, blank * len(blanks)))
    return tuple(pieces)


def _parts(word: str) -> list[str]:
    parts: list[str] = []
    for part in _BREAKS.findall(word):
        if parts and parts[-1].endswith("-") and (len(parts[-1]) < 6 or len(part.rstrip(",;.:)")) < 4):
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def _filled(pieces: Sequence[_Piece], face: Face, room: float, track: float) -> tuple[str, ...]:
    """Lines of pieces, each filled as far as it goes; the room is in 1/1000 em."""
    lines: list[str] = []
    line, used, blank, gap = "", 0.0, "", 0.0
    room += 0.01 + track  # no tracking after the last letter
    for piece in pieces:
        if line and used + gap + piece.wide > room:
            lines.append(line)
            line, used, blank, gap = "", 0.0, "", 0.0
        if not line and piece.wide > room:
            *full, rest = _torn(piece.text, face, room, track)
            lines.extend(full)
            line, used = rest, width(face, rest) + track * len(rest)
        else:
            line += blank + piece.text
            used += gap + piece.wide
        blank, gap = piece.blank, piece.gap
    return (*lines, line)


def _torn(word: str, face: Face, room: float, track: float) -> list[str]:
    """A word that is wider than the column, cut into what fits."""
    parts, part, used = [], "", 0.0
    for letter in word:
        wide = width(face, letter) + track
        if part and used + wide > room:
            parts.append(part)
            part, used = "", 0.0
        part += letter
        used += wide
    return [*parts, part]


def _evened(pieces: Sequence[_Piece], face: Face, room: float, track: float) -> tuple[str, ...]:
    """The same number of lines as filled ones, in the narrowest column that gives it."""
    best = _filled(pieces, face, room, track)
    if len(best) == 1:
        return best
    widest = max(min(piece.wide, room) for piece in pieces)
    low, high = max(widest, room / len(best) * 0.8), room
    while high - low > EM / 10:
        middle = (low + high) / 2
        lines = _filled(pieces, face, middle, track)
        if len(lines) <= len(best):
            best, high = lines, middle
        else:
            low = middle
    return best
