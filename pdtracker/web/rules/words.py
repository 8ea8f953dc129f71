"""What several rules screens say alike: how sure a regime is, which layer holds, what an example comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pdtracker.domain.regimes.describing import has_weak_rules
from pdtracker.domain.regimes.evaluation import TOTAL, Evaluation, evaluate
from pdtracker.domain.regimes.facts_document import read_facts
from pdtracker.domain.regimes.rules import Confidence, Version
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.vocabulary import LISTS, meanings_in, quantities_of
from pdtracker.domain.when import date_text
from pdtracker.queries.rulebook import LayerEdition

_LISTS: Mapping[str, str] = {
    "facts": "About people",
    "categories": "What it is about",
    "kinds": "Kinds of activity",
    "levels": "Levels",
    "evidence": "What is shown",
    "quantities": "What is counted beside hours",
}


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked example: what it shows, what it comes to, and the reasons."""

    says: str
    comes_to: str
    reasons: tuple[str, ...]


def regime_marks(version: Version) -> list[str]:
    """What has to be seen before anybody relies on it: `Weak source`, `Historic`."""
    marks = []
    if version.confidence is Confidence.WEAK:
        marks.append("Weak source")
    elif has_weak_rules(version):
        marks.append("Weak source for a part")
    return [*marks, "Historic"] if version.is_historic else marks


def since(version: Version) -> str:
    """From when it holds, in a list."""
    return date_text(version.effective) if version.effective else "First day not found"


def layer_name(layer: LayerEdition) -> str:
    """Which edition of the district's own it is, and for which cycles it holds."""
    return f"Edition {layer.edition}, for cycles that end on {date_text(layer.effective_from)} or later"


def vocabulary(version: Version) -> list[tuple[str, Sequence[tuple[str, str]]]]:
    """The words that its rules use with their meanings, list by list; those without words are left out."""
    lists = {name: meanings_in(version, name) for name in LISTS} | {"quantities": quantities_of(version)}
    found: list[tuple[str, Sequence[tuple[str, str]]]] = [
        (_LISTS[name], tuple(words.items())) for name, words in lists.items() if words
    ]
    keys = version.words["keys"]
    notes = [(name.replace("_", " ").capitalize(), means) for name, means in keys.items()]
    return [*found, ("Topic and repeats", notes)] if notes else found


@cache
def worked_examples(regime: str, number: str) -> tuple[Worked, ...]:
    """The examples of a version on the shelf, counted by the engine as it stands; once for each process."""
    version = next(one for one in shelf()[regime] if one.version == number)
    return tuple(
        Worked(example.says, _comes_to(found), _reasons(found))
        for example in version.examples
        for found in [evaluate([version], read_facts(example.facts))]
    )


def _comes_to(found: Evaluation) -> str:
    unit = found.unit
    told = [unit.out_of(found.earned, found.required)]
    if found.carry_over:
        told.append(f"{unit.words(found.carry_over)} carried over")
    short = next((one.amount for one in found.missing if one.what == TOTAL), None)
    if short is not None:
        told.append(f"{unit.words(short)} to go")
    lacking = [one.sentence for one in found.missing if one.what != TOTAL]
    return " ".join([f"{', '.join(told)}.", *lacking])


def _reasons(found: Evaluation) -> tuple[str, ...]:
    each = (
        f"{parcel.activity.id}: {found.unit.words(parcel.units)}. {' '.join(parcel.reasons)}"
        for parcel in found.parcels
    )
    return (*each, *found.notes)
