"""On which line of a JSON text a value stands; the reader forgets it, so a small scan finds the values again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

DEEPEST: Final = 50
"""FACTS are five levels deep; what goes deeper than this is no FACTS."""

LONGEST_NUMBER: Final = 300

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"?|[{}\[\],:]|[^\s{}\[\],:"]+')
_CONSTANTS = frozenset({"NaN", "Infinity", "-Infinity"})


@dataclass(slots=True)
class JsonLines:
    """The line of every value by its path, `activities[0].minutes`, counted from 1.

    Beside them the lines of what no path leads to: a key's second standing, what is no number, what is too deep or too
    long. `None` where there is no such thing.
    """

    values: dict[str, int] = field(default_factory=lambda: {"": 1})
    twin: int | None = None
    constant: int | None = None
    too_much: int | None = None

    def of(self, path: str) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path not in self.values:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.values[path]


@dataclass(slots=True)
class _Around:
    """An object or a list that the scan is in: its path, and the place in a list or the key in an object."""

    path: str
    place: int | None
    key: str | None = None

    def inside(self) -> str:
        """The path of the value that comes now."""
        if self.place is not None:
            return f"{self.path}[{self.place}]"
        return f"{self.path}.{self.key}" if self.path else self.key or ""


def json_lines(text: str) -> JsonLines:
    """The lines of a JSON text. Of one that is broken, or too deep, those up to there."""
    found, around = JsonLines(), list[_Around]()
    line, end = 1, 0
    for token in _TOKEN.finditer(text):
        line, end = line + text.count("\n", end, token.start()), token.start()
        match token[0]:
            case "{" | "[" as bracket:
                path = _begin(found, around, line)
                around.append(_Around(path, 0 if bracket == "[" else None))
                if len(around) > DEEPEST:
                    found.too_much = line
                    return found
            case "}" | "]":
                if around:
                    around.pop()
            case ",":
                if around and around[-1].place is not None:
                    around[-1].place += 1
                elif around:
                    around[-1].key = None
            case ":":
                pass
            case word:
                _word(found, around, word, line)
    return found


def _begin(found: JsonLines, around: list[_Around], line: int) -> str:
    """Notes where a value begins; answers with its path."""
    path = around[-1].inside() if around else ""
    found.values.setdefault(path, line)
    return path


def _word(found: JsonLines, around: list[_Around], word: str, line: int) -> None:
    """A key, a text, a number, or what is none of them."""
    if around and around[-1].place is None and around[-1].key is None and word.startswith('"'):
        around[-1].key = word.strip('"')
        path = around[-1].inside()
        if path in found.values:
            found.twin = found.twin or line
        found.values.setdefault(path, line)
        return
    _begin(found, around, line)
    if word in _CONSTANTS:
        found.constant = found.constant or line
    elif not word.startswith('"') and len(word) > LONGEST_NUMBER:
        found.too_much = found.too_much or line
