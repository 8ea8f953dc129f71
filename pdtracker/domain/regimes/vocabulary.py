"""The words that a regime knows: facts about people, kinds, categories, levels, evidence, and what its keys mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from pdtracker.domain.regimes.lines import Path
from pdtracker.domain.regimes.quantities import QUANTITIES
from pdtracker.domain.regimes.rules import Gate, Layer, Restrictions, Version
from pdtracker.domain.regimes.selection import Holders, Selector
from pdtracker.domain.regimes.table import Table

LISTS: Final = ("facts", "categories", "kinds", "levels", "evidence")
"""The words that a file has to say the meaning of before its rules may use them."""

NOTES: Final = ("topic", "repeat_key")
"""The keys of an activity that any text may fill; a file says what it means by them."""


def read_words(top: Table) -> Mapping[str, Mapping[str, str]]:
    """The words of a file with their meanings, list by list; `topic` and `repeat_key` under `keys`."""
    table = top.table("words", (*LISTS, *NOTES))
    if table is None:
        return MappingProxyType({name: MappingProxyType({}) for name in (*LISTS, "keys")})
    found = {name: _meanings(table.table(name, None)) for name in LISTS}
    found["keys"] = {name: table.text(name) for name in NOTES if name in table}
    return MappingProxyType({name: MappingProxyType(words) for name, words in found.items()})


def refuse_unknown_words(top: Table, version: Version) -> None:
    """Refuses a rule's word without a meaning, and a meaning that no rule uses: either may be a slip of the pen."""
    used = {name: set(words) for name, words in used_words(version)}
    for name in LISTS:
        known = set(version.words[name])
        if unknown := sorted(used[name] - known):
            raise top.document.refusal(
                _path_to(top.raw, unknown[0], ()) or (),
                f"The word {unknown[0]} has no meaning here. Add it below [words.{name}].",
            )
        if idle := sorted(known - used[name]):
            raise top.document.refusal(
                ("words", name, idle[0]), f"No rule uses {idle[0]}. Take it out, or write the rule."
            )


def used_words(version: Version) -> Iterator[tuple[str, frozenset[str]]]:
    """The words that its rules use, list by list."""
    yield from _used(tuple(selectors_of(version)), holders_of(version), version.restrictions.gates)


def words_of_layers(layers: Iterable[Layer]) -> Mapping[str, frozenset[str]]:
    """The words that layers use, list by list."""
    rules = [layer.restrictions for layer in layers]
    return dict(
        _used(
            tuple(selector for one in rules for selector in selectors_in(one)),
            (holders for one in rules for holders in _holders_in(one)),
            [gate for one in rules for gate in one.gates],
        )
    )


def _used(
    selectors: Sequence[Selector], holders: Iterable[Holders], gates: Sequence[Gate]
) -> Iterator[tuple[str, frozenset[str]]]:
    yield "facts", frozenset().union(*(one.having | one.lacking for one in holders))
    yield "categories", frozenset().union(*(one.categories for one in selectors))
    yield "kinds", frozenset().union(*(one.kinds | one.other_kinds for one in selectors))
    yield "levels", frozenset().union(*(one.levels for one in selectors))
    shown = (one.evidence | one.lacking_evidence for one in selectors)
    needed = (gate.needs for gate in gates)
    yield "evidence", frozenset().union(*shown, *needed)


def meanings_in(version: Version, name: str) -> Mapping[str, str]:
    """The words of one list for who writes FACTS: evidence that a rule wants dated says how its day is written."""
    if name != "evidence":
        return version.words[name]
    timed = frozenset[str]().union(
        *(
            gate.needs
            for gate in version.restrictions.gates
            if gate.days_before_start is not None or gate.days_after_end is not None
        )
    )
    return {
        word: f"{means}; with its day, {word}@2024-05-01" if word in timed else means
        for word, means in version.words[name].items()
    }


def quantities_of(version: Version) -> dict[str, str]:
    """The native quantities that bring credit, with their names."""
    return {one.per: QUANTITIES[one.per][1] for one in version.accruals if one.per in QUANTITIES}


def selectors_of(version: Version) -> Iterator[Selector]:
    """Every selector of a version."""
    yield from (one.selector for one in version.accruals)
    yield from selectors_in(version.restrictions)
    if version.carry_over is not None and version.carry_over.excluding is not None:
        yield version.carry_over.excluding


def selectors_in(rules: Restrictions) -> Iterator[Selector]:
    """Every selector of restrictions."""
    for group in (rules.gates, rules.limits, rules.buckets):
        yield from (one.selector for one in group)


def holders_of(version: Version) -> Iterator[Holders]:
    """For whom its rules hold."""
    yield from (one.holders for one in (*version.target.instead, *version.target.more))
    yield from (one.holders for one in version.accruals)
    yield from _holders_in(version.restrictions)
    yield from (Holders(status.facts) for status in version.cycle.statuses)


def _holders_in(rules: Restrictions) -> Iterator[Holders]:
    for group in (rules.gates, rules.limits, rules.buckets):
        yield from (one.holders for one in group)


def categories_of(layer: Layer) -> frozenset[str]:
    """The categories that a layer asks for beside the regime's own."""
    return frozenset().union(*(one.categories for one in selectors_in(layer.restrictions)))


def _meanings(table: Table | None) -> Mapping[str, str]:
    if table is None:
        return {}
    return {key: table.text(key) for key in table.keys}


def _path_to(value: object, word: str, path: Path) -> Path | None:
    """Where a word first stands in a document, outside its list of words."""
    if isinstance(value, Mapping):
        inside: Iterable[tuple[str | int, object]] = value.items()
    elif isinstance(value, list):
        inside = enumerate(value)
    else:
        return path if value == word else None
    ways = (_path_to(item, word, (*path, key)) for key, item in inside if (*path, key) != ("words",))
    return next((way for way in ways if way is not None), None)
