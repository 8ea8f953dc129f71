"""RDF statements in their one canonical form (W3C's RDF Dataset Canonicalization, RDFC-1.0), within bounds.

Nodes without a name get one that follows from what is said of them, so that the same statements are the same bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import permutations
from typing import Final

from pdtracker.exchange.linked_data.contexts import NotRead
from pdtracker.exchange.linked_data.statements import STRING, Literal, Node, Statement, Value, statements

_MOST_TRIES: Final = 20_000
"""Orders of nodes that look alike. The largest known badge asks for 2,888; a file made to keep us busy for billions."""
_ESCAPED: Final = re.compile(r'[\x00-\x1f"\\\x7f]')
_SHORT: Final = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def canonical_document(document: Node) -> bytes:
    """What the document states, as canonical N-Quads. Raises NotRead."""
    try:
        return _Naming(statements(document)).text().encode()
    except UnicodeEncodeError as problem:
        raise NotRead("It holds half a letter.") from problem
    except OverflowError as problem:
        raise NotRead("It holds a number too large to read.") from problem
    except RecursionError as problem:
        raise NotRead("Too much in it looks alike.") from problem


@dataclass(slots=True)
class _Names:
    """Names given in order."""

    prefix: str
    given: dict[str, str] = field(default_factory=dict)

    def name(self, blank: str) -> str:
        return self.given.setdefault(blank, f"{self.prefix}{len(self.given)}")

    def copy(self) -> _Names:
        return _Names(self.prefix, dict(self.given))


class _Naming:
    """The names of the blank nodes of one set of statements."""

    def __init__(self, found: frozenset[Statement]) -> None:
        self.found = found
        self.told: dict[str, list[Statement]] = defaultdict(list)
        for statement in found:
            for blank in set(_blanks(statement)):
                self.told[blank].append(statement)
        self.names = _Names("_:c14n")
        self.first: dict[str, str] = {}
        self.tries = 0

    def text(self) -> str:
        alike: dict[str, list[str]] = defaultdict(list)
        for blank in self.told:
            alike[self._first(blank)].append(blank)
        for digest in sorted(alike):
            if len(alike[digest]) == 1:
                self.names.name(alike[digest].pop())
        for digest in sorted(alike):
            self._name_alike(alike[digest])
        return "".join(sorted(_line(one, self.names.given) for one in self.found))

    def _name_alike(self, blanks: Iterable[str]) -> None:
        results = []
        for blank in blanks:
            if blank not in self.names.given:
                names = _Names("_:b")
                names.name(blank)
                results.append(self._far(blank, names))
        for _, names in sorted(results, key=lambda result: result[0]):
            for blank in names.given:
                self.names.name(blank)

    def _first(self, blank: str) -> str:
        """The hash of what is said of the node directly."""
        if blank not in self.first:
            seen = {other: "_:z" for one in self.told[blank] for other in _blanks(one)} | {blank: "_:a"}
            self.first[blank] = _hash("".join(sorted(_line(one, seen) for one in self.told[blank])))
        return self.first[blank]

    def _far(self, blank: str, names: _Names) -> tuple[str, _Names]:
        """The hash of what is said of the node and of those around it, and the names given on the way."""
        around: dict[str, list[str]] = defaultdict(list)
        for subject, predicate, value, graph in self.told[blank]:
            for place, other in (("s", subject), ("o", value), ("g", graph)):
                if isinstance(other, str) and other.startswith("_:") and other != blank:
                    around[self._beside(other, predicate, place, names)].append(other)
        told = ""
        for digest in sorted(around):
            path, names = self._shortest(around[digest], names)
            told += digest + path
        return _hash(told), names

    def _beside(self, other: str, predicate: str, place: str, names: _Names) -> str:
        known = self.names.given.get(other) or names.given.get(other) or self._first(other)
        return _hash(place + ("" if place == "g" else f"<{predicate}>") + known)

    def _shortest(self, blanks: list[str], names: _Names) -> tuple[str, _Names]:
        """The first, by the alphabet, of the paths through these nodes in each of their orders."""
        best: tuple[str, _Names] | None = None
        for order in permutations(blanks):
            self._count()
            best = self._path(order, names.copy(), best)
        assert best is not None  # noqa: S101 - there is at least one order
        return best

    def _count(self) -> None:
        self.tries += 1
        if self.tries > _MOST_TRIES:
            raise NotRead("Too much in it looks alike.")

    def _path(
        self, order: Iterable[str], names: _Names, best: tuple[str, _Names] | None
    ) -> tuple[str, _Names]:
        """The path in this order, or the best one so far as soon as it can't be beaten."""
        path, new = "", []
        for blank in order:
            if blank in self.names.given:
                path += self.names.given[blank]
            else:
                if blank not in names.given:
                    new.append(blank)
                path += names.name(blank)
            if best is not None and not _can_beat(path, best[0]):
                return best
        for blank in new:
            self._count()
            digest, after = self._far(blank, names)
            path += f"{names.name(blank)}<{digest}>"
            names = after
            if best is not None and not _can_beat(path, best[0]):
                return best
        return (path, names) if best is None or path < best[0] else best


def _can_beat(path: str, best: str) -> bool:
    return len(path) < len(best) or path <= best


def _blanks(statement: Statement) -> list[str]:
    subject, _, value, graph = statement
    return [one for one in (subject, value, graph) if isinstance(one, str) and one.startswith("_:")]


def _line(statement: Statement, names: dict[str, str]) -> str:
    subject, predicate, value, graph = statement
    told = f"{_named(subject, names)} <{predicate}> {_named(value, names)}"
    return f"{told} {_named(graph, names)} .\n" if graph else f"{told} .\n"


def _named(value: Value, names: dict[str, str]) -> str:
    if isinstance(value, Literal):
        text = '"' + _ESCAPED.sub(_escape, value.text) + '"'
        if value.language:
            return f"{text}@{value.language}"
        return text if value.type == STRING else f"{text}^^<{value.type}>"
    return names.get(value, value) if value.startswith("_:") else f"<{value}>"


def _escape(found: re.Match[str]) -> str:
    letter = found.group()
    return _SHORT.get(letter) or f"\\u{ord(letter):04X}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
