"""Meanings within sentences: whom and what a rule means, in the regime's own words and never by its labels."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final, TypeAlias

from pdtracker.domain.regimes.selection import Holders, Selector

Words: TypeAlias = Mapping[str, Mapping[str, str]]
"""The words of a version with their meanings, list by list."""

_REMARK: Final = re.compile(r"[;:] | \(")


def plain(word: str) -> str:
    """A word that nobody gave a meaning to, within a sentence: `approved_provider` is `approved provider`."""
    return word.replace("_", " ")


def listed(names: Collection[str], word: str) -> str:
    """The names with commas, and `or` or `and` before the last; a set in order of the alphabet."""
    ordered = sorted(names) if isinstance(names, (set, frozenset)) else list(names)
    *others, last = [plain(name) for name in ordered] or [""]
    return f"{', '.join(others)} {word} {last}" if others else last


def either(names: Collection[str]) -> str:
    """`webinar, hashtag chat or book club`."""
    return listed(names, "or")


def said(word: str, means: Mapping[str, str]) -> str:
    """What a word means, without the remark behind it: `renews both (also ...)` -> `renews both`."""
    told = means.get(word)
    return plain(word) if told is None else _REMARK.split(told, maxsplit=1)[0]


def one_of(names: Collection[str], means: Mapping[str, str]) -> str:
    """The meanings of some words, with `or` before the last."""
    return either([said(name, means) for name in sorted(names)])


def whoever(facts: Collection[str], words: Words) -> str:
    """`whoever holds a graduate degree`."""
    return f"whoever {one_of(facts, words['facts'])}"


def shown(needs: Collection[str], means: Mapping[str, str]) -> str:
    """Evidence, any of which is enough, behind a colon: clauses, kept apart by `; or`."""
    return "; or ".join(said(name, means) for name in sorted(needs))


def for_whom(holders: Holders, words: Words) -> str:
    """For whom a rule holds: ` (for whoever works as an administrator)`; nothing for one that holds for everybody."""
    told = []
    if holders.having:
        told.append(f"for {whoever(holders.having, words)}")
    if holders.lacking:
        told.append(f"not for {whoever(holders.lacking, words)}")
    return f" ({', '.join(told)})" if told else ""


def things(selector: Selector, words: Words) -> str:
    """What is selected, by name: `a college course or a subject-area examination`."""
    found = []
    for label, names in (
        ("kinds", selector.kinds),
        ("levels", selector.levels),
        ("categories", selector.categories),
    ):
        found += [said(name, words[label]) for name in sorted(names)]
    return either(found)


def narrowed(selector: Selector, words: Words) -> str:
    """Which activities, behind a noun: ` of a graduate course`, ` that aren't college credit`; nothing for all."""
    of = things(selector, words)
    told = f" of {of}" if of else ""
    if selector.other_kinds:
        told += f" that aren't {one_of(selector.other_kinds, words['kinds'])}"
    if selector.evidence:
        told += f" for which this is shown: {shown(selector.evidence, words['evidence'])}"
    if selector.lacking_evidence:
        told += f" for which this isn't shown: {shown(selector.lacking_evidence, words['evidence'])}"
    return told
