"""On which line of a TOML file a value stands; tomllib forgets it, so a small scan finds the keys again.

It knows what rule files use: tables, arrays of tables, bare keys at the beginning of a line, inline tables and arrays
over several lines. A path that it can't follow to the end gets the line of the nearest thing around it; it never
guesses beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

Path: TypeAlias = "tuple[str | int, ...]"

_WORDING = re.compile(
    r"""\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*""",
)
# No two parts of these that follow each other match the same character: what doesn't match fails in one pass.
_HEADER = re.compile(r"\s*(\[\[?)([A-Za-z0-9_.\s-]+)\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=")
_BRACKET = re.compile(r"[{}\[\]]")
_LONG_FIGURE = re.compile(r"\d{300}")
_DEEPEST: Final = 20
_MOST_DOTS: Final = 200
_INSIDE = re.compile(r"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]+)\s*=|[{}\[\]]")


def lines_of(text: str) -> Mapping[Path, int]:
    """The line of every table and key, counted from 1, by its path: `("bucket", 1, "percent")`."""
    bare = _WORDING.sub(_blank, text)
    found: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    value = _Value(())
    for number, line in enumerate(bare.split("\n"), start=1):
        if value.is_open:
            value.note(line, number, found)
        elif header := _HEADER.match(line):
            table = _table(header[2], header[1] == "[[", counts)
            _note_way(table, number, found)
            if header[1] == "[[":
                found.setdefault(table[:-1], number)
        elif named := _KEY.match(line):
            value = _Value((*table, *_parts(named[1])))
            _note_way(value.path, number, found)
            value.note(line[named.end() :], number, found)
    return found


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def deepest_line(text: str) -> int | None:
    """The first line on which brackets stand deeper than any rule needs, or a figure is longer; else `None`."""
    depth = 0
    for number, line in enumerate(_WORDING.sub(_blank, text).split("\n"), start=1):
        for token in _BRACKET.finditer(line):
            depth += 1 if token[0] in "{[" else -1
            if depth > _DEEPEST:
                return number
        if _LONG_FIGURE.search(line):
            return number
    return None


def dotted_line(text: str) -> int | None:
    """The first line with more dots than any key needs: tomllib takes a time that grows with their square."""
    lines = enumerate(text.split("\n"), start=1)
    return next((number for number, line in lines if line.count(".") > _MOST_DOTS), None)


def _blank(found: re.Match[str]) -> str:
    return '""' + "\n" * found[0].count("\n")


def _note_way(path: Path, number: int, found: dict[Path, int]) -> None:
    """Notes a path and what leads to it: [a.b] makes a table a, which may be the key that nobody knows."""
    for length in range(1, min(len(path), _DEEPEST)):
        found.setdefault(path[:length], number)
    found.setdefault(path, number)


class _Value:
    """A key's value while it is walked: which inline table or place of an array the walk stands in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._inside: list[Path] = []
        self._places: list[int] = []

    @property
    def is_open(self) -> bool:
        return bool(self._inside)

    def note(self, text: str, number: int, found: dict[Path, int]) -> None:
        """Notes the keys of one line, and each table in an array by its place."""
        key: Path = self._inside[-1] if self._inside else self.path
        for token in _INSIDE.finditer(text):
            around = self._inside[-1] if self._inside else self.path
            if token[1]:
                key = (*around, token[1])
                found.setdefault(key, number)
            elif token[0] in "{[":
                self._enter(token[0], key, number, found)
            elif self._inside:
                key = self._inside.pop()
                self._places.pop()

    def _enter(self, bracket: str, key: Path, number: int, found: dict[Path, int]) -> None:
        is_item = bool(self._places) and self._places[-1] >= 0
        if is_item:
            key = (*self._inside[-1], self._places[-1])
            self._places[-1] += 1
            found.setdefault(key, number)
        self._inside.append(key)
        self._places.append(0 if bracket == "[" else -1)


def _table(name: str, is_array: bool, counts: dict[Path, int]) -> Path:
    """The path of a header, with the place of each array of tables that it stands in."""
    path: Path = ()
    parts = _parts(name)
    for place, part in enumerate(parts, start=1):
        path = (*path, part)
        if place == len(parts) and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _parts(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[A-Za-z0-9_-]+", name))
