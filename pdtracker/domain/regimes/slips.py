"""Words of FACTS that no rule asks for: another regime's, or a slip of the pen. They bring nothing, and are named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from pdtracker.domain.regimes.facts import Activity, Facts
from pdtracker.domain.regimes.rules import Layer, Version
from pdtracker.domain.regimes.vocabulary import words_of_layers

_NAMES: Final = {
    "facts": "fact",
    "categories": "category",
    "kinds": "kind",
    "levels": "level",
    "evidence": "evidence",
}

_OF_THESE_RULES: Final = frozenset({"facts", "categories"})


@dataclass(frozen=True, slots=True)
class Slip:
    """A word that means nothing here: where it stands, and the word that may be meant; empty where none is near."""

    path: str
    of: str
    word: str
    near: str

    @property
    def sentence(self) -> str:
        """What it is, for people."""
        said = f"{self.path}: no rule here asks for the {_NAMES[self.of]} {self.word}."
        return f"{said} Did you mean {self.near}?" if self.near else said

    @property
    def document(self) -> dict[str, str | None]:
        """The same for programs."""
        return {"path": self.path, "word": self.word, "near": self.near or None}


def slips_in(version: Version, layers: Sequence[Layer], facts: Facts) -> Iterator[Slip]:
    """Words of the facts that neither the version nor a layer has a meaning for, in the order of the facts.

    Kinds, levels and evidence tell of the activity itself, and most of them concern some other regime: of those only
    what nearly is a word of these rules.
    """
    more = words_of_layers(layers)
    known = {name: sorted({*version.words[name], *more[name]}) for name in _NAMES}
    for path, of, word in _told(facts):
        if word in known[of]:
            continue
        near = next(iter(get_close_matches(word, known[of], 1)), "")
        if near or of in _OF_THESE_RULES:
            yield Slip(path, of, word, near)


def _told(facts: Facts) -> Iterator[tuple[str, str, str]]:
    for word in sorted(facts.person.facts):
        yield "person.facts", "facts", word
    for place, one in enumerate(facts.attestations):
        yield f"attestations[{place}].fact", "facts", one.fact
    for place, activity in enumerate(facts.activities):
        for key, of, word in _of_activity(activity):
            yield f"activities[{place}].{key}", of, word


def _of_activity(activity: Activity) -> Iterator[tuple[str, str, str]]:
    for key, of, word in (("kind", "kinds", activity.kind), ("level", "levels", activity.level)):
        if word is not None:
            yield key, of, word
    yield from (("categories", "categories", word) for word in activity.categories)
    yield from (("evidence", "evidence", word) for word in activity.evidence)
