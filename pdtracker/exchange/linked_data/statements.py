"""What a JSON-LD document states, as RDF statements; whatever would get lost on the way is refused.

The expansion of JSON-LD 1.1 as far as the bundled contexts use it. A word that they don't define, an address that is
none, nothing (null) or an empty list would be dropped by the standard, and whoever reads the document would take it
for signed: here they are refused, as the "safe mode" of other programs does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pdtracker.exchange.linked_data.contexts import Context, NotRead, Term, known_contexts

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE: Final = f"{_RDF}type"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
STRING: Final = f"{_XSD}string"
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`]*")
_BLANK: Final = re.compile(r"_:[A-Za-z0-9]+")
_MOST: Final = 20_000
_DEEPEST: Final = 32
_LARGEST_WHOLE: Final = 10**21

# Any: a document as JSON has it.
Node: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Literal:
    """A value with its type, or with its language."""

    text: str
    type: str = STRING
    language: str | None = None


Value: TypeAlias = str | Literal
"""An address, a blank node (`_:...`), or a literal."""
Statement: TypeAlias = tuple[str, str, Value, str]
"""Subject, predicate, object, and the graph that it belongs to: empty for the document itself."""


def statements(document: Node) -> frozenset[Statement]:
    """All that the document states. Raises NotRead for what no bundled context gives a meaning."""
    reading = _Reading()
    reading.node(document, Context(), None, "", 0)
    return frozenset(reading.found)


@dataclass(slots=True)
class _Reading:
    found: set[Statement] = field(default_factory=set)
    blanks: int = 0

    def node(self, element: Node, context: Context, term: Term | None, graph: str, depth: int) -> str:
        """State all that the node says; gives its name."""
        if depth > _DEEPEST:
            raise NotRead("It is nested too deeply.")
        context = _context_of(element, context, term)
        before_types, context = context, _with_types(element, context)
        name, rest = self._name(element, context), {}
        for word, value in element.items():
            address = context.address_of(word, is_term=True)
            if address == "@type":
                for kind in value if isinstance(value, list) else [value]:
                    self._state(name, _TYPE, _address(before_types, kind, is_term=True), graph)
            elif not address.startswith("@"):
                rest[word] = value
            elif address not in {"@id", "@context"}:
                raise NotRead(f"It uses {word}, which we don’t read.")
        for word, value in rest.items():
            self._property(name, word, value, context, graph, depth)
        return name

    def _property(
        self, name: str, word: str, value: object, context: Context, graph: str, depth: int
    ) -> None:
        known = context.terms.get(word)
        address = context.address_of(word, is_term=True)
        if _ADDRESS.fullmatch(address) is None:
            raise NotRead(f"It says “{word[:60]}”, which no context defines: no signature covers it.")
        if known is not None and known.holds_list:
            told = [self._value(one, context, known, graph, depth) for one in _flat(value, word)]
            self._state(name, address, self._in_order(told, graph), graph)
            return
        for one in _flat(value, word):
            if known is not None and known.holds_graph:
                inner = self._blank()
                self._state(name, address, inner, graph)
                if not isinstance(one, Mapping):
                    raise NotRead(f"Its {word} is no object.")
                self.node(one, context, known, inner, depth + 1)
            else:
                self._state(name, address, self._value(one, context, known, graph, depth), graph)

    def _in_order(self, values: Sequence[Value], graph: str) -> str:
        """The first of the nodes that hold these values, each of which leads to the next."""
        rest = f"{_RDF}nil"
        for value in reversed(values):
            here = self._blank()
            self._state(here, f"{_RDF}first", value, graph)
            self._state(here, f"{_RDF}rest", rest, graph)
            rest = here
        return rest

    def _value(self, one: object, context: Context, known: Term | None, graph: str, depth: int) -> Value:
        kind = known.type if known is not None else None
        if isinstance(one, Mapping):
            if "@value" in one:
                return _written_out(one)
            return self.node(one, context, known, graph, depth + 1)
        if kind == "@json":
            raise NotRead("It holds JSON as a value, which we don’t read.")
        if kind in {"@id", "@vocab"}:
            if isinstance(one, str):
                if known is not None and known.has_inside:
                    context = context.entered(known.inside)
                return _address(context, one, is_term=kind == "@vocab")
            kind = None
        return _literal(one, kind)

    def _name(self, element: Node, context: Context) -> str:
        names = [value for word, value in element.items() if context.address_of(word, is_term=True) == "@id"]
        if not names:
            return self._blank()
        if len(names) > 1 or not isinstance(names[0], str):
            raise NotRead("Something in it has no proper name.")
        if _BLANK.fullmatch(names[0]):
            # Apart from those that we number.
            return f"_:n{names[0][2:]}"
        return _address(context, names[0], is_term=False)

    def _blank(self) -> str:
        self.blanks += 1
        return f"_:b{self.blanks}"

    def _state(self, subject: str, predicate: str, value: Value, graph: str) -> None:
        self.found.add((subject, predicate, value, graph))
        if len(self.found) > _MOST:
            raise NotRead("It says more than any credential.")


def _context_of(element: Node, context: Context, term: Term | None) -> Context:
    """The words in force inside the node: its property's, then those that it names itself."""
    is_reference = set(element) == {"id"} or set(element) == {"@id"}
    if context.outside is not None and not is_reference:
        context = context.outside
    if term is not None and term.has_inside:
        context = context.entered(term.inside)
    if "@context" in element:
        context = known_contexts(element["@context"], context)
    return context


def _with_types(element: Node, context: Context) -> Context:
    """With the words that hold in a node of these types."""
    before = context
    for word in sorted(element):
        if before.address_of(word, is_term=True) != "@type":
            continue
        value = element[word]
        kinds = value if isinstance(value, list) else [value]
        if not kinds or not all(isinstance(kind, str) for kind in kinds):
            raise NotRead("Something in it has no proper type.")
        for kind in sorted(kinds):
            known = before.terms.get(kind)
            if known is not None and known.has_inside:
                context = context.entered(known.inside, stays=False)
    return context


def _flat(value: object, word: str) -> Iterator[object]:
    if value is None or value == []:
        raise NotRead(f"Its {word[:60]} is empty, which no signature covers.")
    if not isinstance(value, list):
        yield value
        return
    for one in value:
        if isinstance(one, list):
            raise NotRead(f"Its {word[:60]} is a list of lists.")
        yield from _flat(one, word)


def _address(context: Context, word: object, *, is_term: bool) -> str:
    address = context.address_of(word, is_term=is_term) if isinstance(word, str) else ""
    if _ADDRESS.fullmatch(address) is None:
        raise NotRead(f"It says “{str(word)[:60]}” where an address belongs.")
    return address


def _written_out(one: Node) -> Literal:
    """A value that says its language or its type itself."""
    text, language, kind = one["@value"], one.get("@language"), one.get("@type")
    if set(one) - {"@value", "@language", "@type"} or (language is not None and kind is not None):
        raise NotRead("It holds a value in a form that we don’t read.")
    if language is not None:
        if not isinstance(text, str) or not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise NotRead("It holds a text in no proper language.")
        return Literal(text, "", language)
    if kind is not None and (not isinstance(kind, str) or _ADDRESS.fullmatch(kind) is None):
        raise NotRead("It holds a value of no proper type.")
    return _literal(text, kind)


def _literal(one: object, kind: str | None) -> Literal:
    match one:
        case str():
            return Literal(one, kind or STRING)
        case bool():
            return Literal("true" if one else "false", kind or f"{_XSD}boolean")
        case int() | float():
            return _number(one, kind)
        case _:
            raise NotRead("It holds a value of no proper kind.")


def _number(one: float, kind: str | None) -> Literal:
    """As every program writes it: a whole number in digits, also when it came as 2.0; others as 1.5E0."""
    if one == one // 1 and abs(one) < _LARGEST_WHOLE and kind != f"{_XSD}double":
        return Literal(str(int(one)), kind or f"{_XSD}integer")
    digits, _, power = f"{float(one):.15E}".partition("E")
    whole, _, rest = digits.partition(".")
    return Literal(f"{whole}.{rest.rstrip('0') or '0'}E{int(power)}", kind or f"{_XSD}double")
