"""The contexts of credentials, bundled and pinned by their SHA-256: what each term of a document means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, TypeAlias

CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
LEARNER_RECORD: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

_BUNDLED: Final = {
    CREDENTIALS: (
        "credentials-v2.jsonld",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "ob-v3p0-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-v3p0-3.0.2.json",
        "bba433989e1e700ca60838a3c22378e7d8381aeb0c9590f9ddf84d1714f10296",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-v3p0-3.0.1.json",
        "cfc147db5fd5e3575b06bd471fe04784e92de69296f64a351b8dff0ec3372e9c",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": (
        "ob-v3p0-extensions.json",
        "146f85aa16effd7ca1da8056eb443f53ce1eca8a34186cb062832c0a97d889c3",
    ),
    LEARNER_RECORD: (
        "clr-v2p0-2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
}
_MOST: Final = 8
"""Contexts in one list; a credential needs two or three."""
_DELIMITERS: Final = (":", "/", "?", "#", "[", "]", "@")

# Any: a context as its file has it.
Written: TypeAlias = "Mapping[str, Any] | None"


class NotRead(ValueError):
    """The document says something whose meaning no bundled context tells, so that no signature covers it."""


@dataclass(frozen=True, slots=True)
class Term:
    """What one word of a context means: its address, the type of its values, and what holds inside them."""

    address: str
    type: str | None = None
    holds_graph: bool = False
    holds_list: bool = False
    # `None` is a context that forgets all others, so that whether there is one is told apart.
    inside: Written = None
    has_inside: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """The words in force at a place of the document; `outside` holds again in what is nested there."""

    terms: Mapping[str, Term] = field(default_factory=dict)
    outside: Context | None = None

    def address_of(self, word: str, *, is_term: bool) -> str:
        """The address that the word stands for; a word that means nothing comes back as it is."""
        if word.startswith("@"):
            return word
        if is_term and word in self.terms:
            return self.terms[word].address
        prefix, colon, rest = word.partition(":")
        if not colon or prefix == "_" or rest.startswith("//"):
            return word
        known = self.terms.get(prefix)
        return known.address + rest if known is not None and known.is_prefix else word

    def entered(self, written: Written, *, stays: bool = True) -> Context:
        """With the words of another context over these ones. Those of a type don't stay in what is nested."""
        outside = self.outside if stays else (self.outside or self)
        if written is None:
            return Context({}, outside)
        return Context(_defined(self.terms, written), outside)


def known_contexts(value: object, before: Context) -> Context:
    """With the contexts that a document names over those that hold. Raises NotRead for any that is not bundled."""
    named = value if isinstance(value, list) else [value]
    if len(named) > _MOST:
        raise NotRead("It names too many contexts.")
    names = [name for name in named if isinstance(name, str)]
    if len(names) < len(named):
        raise NotRead("It brings a context of its own, which we don't read.")
    return _over(before, names)


def _over(before: Context, named: Sequence[str]) -> Context:
    if before == Context():
        return _from_nothing(tuple(named))
    context = before
    for name in named:
        context = context.entered(_written(name))
    return context


@lru_cache(maxsize=16)
def _from_nothing(named: tuple[str, ...]) -> Context:
    context = Context()
    for name in named:
        context = context.entered(_written(name))
    return context


@lru_cache(maxsize=len(_BUNDLED))
def _written(name: str) -> Written:
    if name not in _BUNDLED:
        raise NotRead("It names a context that we don’t know, so that we can’t tell what it says.")
    file, digest = _BUNDLED[name]
    data = files("pdtracker.exchange.linked_data").joinpath("contexts", file).read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise RuntimeError(f"the bundled context {file} is not the one that we pinned")
    written: Mapping[str, Any] = json.loads(data)["@context"]
    return written


def _defined(before: Mapping[str, Term], written: Mapping[str, Any]) -> dict[str, Term]:
    """Terms may stand on others of the same context, in any order."""
    terms = dict(before)
    waiting = {word: told for word, told in written.items() if not word.startswith("@")}
    while waiting:
        word, told = waiting.popitem()
        _define(word, told, terms, waiting)
    return terms


def _define(word: str, told: Any, terms: dict[str, Term], waiting: dict[str, Any]) -> None:
    simple = isinstance(told, str)
    said: Mapping[str, Any] = {"@id": told} if simple else told
    address = _expanded(said["@id"], terms, waiting)
    kind = said.get("@type")
    told_to_hold = said.get("@container", [])
    held = told_to_hold if isinstance(told_to_hold, list) else [told_to_hold]
    terms[word] = Term(
        address=address,
        type=None if kind is None else _expanded(kind, terms, waiting),
        holds_graph="@graph" in held,
        holds_list="@list" in held,
        inside=said.get("@context"),
        has_inside="@context" in said,
        is_prefix=simple and address.endswith(_DELIMITERS),
    )


def _expanded(word: str, terms: dict[str, Term], waiting: dict[str, Any]) -> str:
    for first in (word, word.partition(":")[0]):
        if first in waiting:
            _define(first, waiting.pop(first), terms, waiting)
    return Context(terms).address_of(word, is_term=True)
