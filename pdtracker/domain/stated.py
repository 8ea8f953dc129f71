"""Stated facts: what the regimes of somebody's licences ask about an activity, and what the person says of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from pdtracker.domain.hours import minutes_text
from pdtracker.domain.licence import CATEGORY_WORDS, REFLECTED, FactAspect, FollowUpKind
from pdtracker.domain.regimes.quantities import QUANTITIES, quantity_words
from pdtracker.domain.regimes.rules import Version
from pdtracker.domain.regimes.vocabulary import quantities_of
from pdtracker.domain.telling import all_of
from pdtracker.domain.when import date_text

TEXT_CHARACTERS: Final = 120
LARGEST_QUANTITY: Final = 1000
_FREE: Final = (FactAspect.TOPIC, FactAspect.REPEAT_KEY)
_ONE_EACH: Final = frozenset({FactAspect.TOPIC, FactAspect.REPEAT_KEY, FactAspect.LEVEL, FactAspect.KIND})
_LISTS: Final = (
    (FactAspect.LEVEL, "levels"),
    (FactAspect.KIND, "kinds"),
    (FactAspect.EVIDENCE, "evidence"),
    (FactAspect.CATEGORY, "categories"),
)
# What the claim says by itself, or a follow-up of it.
_KNOWN: Final = frozenset(
    {
        (FactAspect.EVIDENCE, REFLECTED),
        *((FactAspect.LEVEL, kind.value) for kind in FollowUpKind),
        *((FactAspect.CATEGORY, word) for words in CATEGORY_WORDS.values() for word in words),
    }
)


@dataclass(frozen=True, slots=True)
class StatedFact:
    """One fact that a person states; which of minutes, amount and day it carries depends on its aspect.

    Evidence is shown to the body of one `regime`; without one it was stated before that was asked, and is for all.
    """

    aspect: FactAspect
    word: str
    minutes: int | None = None
    amount: Fraction | None = None
    dated_on: date | None = None
    regime: str = ""

    def answers(self, asked: AskedWord) -> bool:
        """Whether it says what is asked; of a topic or course any text does."""
        word = "" if self.aspect in _FREE else self.word
        return (self.aspect, word) == (asked.aspect, asked.word) and self.regime in ("", asked.regime)


@dataclass(frozen=True, slots=True)
class AskedWord:
    """A word that regimes ask for: what it means, and the names of who asks.

    Of a topic or course any text is a word. Evidence is asked for by each `regime` by itself: one body's approved
    provider is not another's.
    """

    aspect: FactAspect
    word: str
    meaning: str
    regimes: tuple[str, ...]
    regime: str = ""

    @property
    def label(self) -> str:
        """What it says, and to whom: `An assessment of learning was passed (Massachusetts PDP)`."""
        return f"{self.meaning[:1].upper()}{self.meaning[1:]} ({all_of(self.regimes)})"


def asked_words(versions: Iterable[Version]) -> tuple[AskedWord, ...]:
    """What these regimes ask that a claim doesn't say by itself.

    Each word once with all that ask for it; evidence once for each of them.
    """
    found: dict[tuple[FactAspect, str, str], tuple[str, list[str]]] = {}
    for version in versions:
        for aspect, word, meaning in _asked(version):
            if (aspect, word) not in _KNOWN:
                regime = version.regime if aspect is FactAspect.EVIDENCE else ""
                names = found.setdefault((aspect, word, regime), (meaning, []))[1]
                if version.name not in names:
                    names.append(version.name)
    return tuple(
        AskedWord(aspect, word, meaning, tuple(names), regime)
        for (aspect, word, regime), (meaning, names) in found.items()
    )


def stated_fault(fact: StatedFact, asked: Collection[AskedWord], claimed_minutes: int | None) -> str:
    """Why somebody can't state this; empty when they can."""
    if not fact.word.strip() or not any(fact.answers(one) for one in asked):
        return "None of your licences asks for this. Load the page again."
    if len(fact.word) > TEXT_CHARACTERS:
        return f"Enter at most {TEXT_CHARACTERS} characters."
    if fact.aspect is FactAspect.CATEGORY:
        if fact.minutes is None or fact.minutes < 1:
            return "Enter at least one minute, 0:01."
        if claimed_minutes is not None and fact.minutes > claimed_minutes:
            return f"You claim {minutes_text(claimed_minutes)} in all. Enter that or less."
    if fact.aspect is FactAspect.QUANTITY and not 0 < (fact.amount or 0) <= LARGEST_QUANTITY:
        return f"Enter a number above 0, up to {LARGEST_QUANTITY:,}."
    return ""


def is_one_each(facts: Collection[StatedFact]) -> bool:
    """Whether nothing is stated twice: one topic, course, level and kind, and each other word once to each body."""
    keys = [(fact.aspect, "" if fact.aspect in _ONE_EACH else fact.word, fact.regime) for fact in facts]
    return len(set(keys)) == len(keys)


def fact_words(fact: StatedFact, asked: Iterable[AskedWord]) -> str:
    """The fact as people read it: `Topic: Reading fluency`, `The provider was approved (New York CTLE)`."""
    if fact.aspect is FactAspect.TOPIC:
        return f"Topic: {fact.word}"
    if fact.aspect is FactAspect.REPEAT_KEY:
        return f"Course: {fact.word}"
    if fact.aspect is FactAspect.QUANTITY and fact.word in QUANTITIES and fact.amount is not None:
        return quantity_words(fact.word, fact.amount)
    told = _meaning(fact, [one for one in asked if fact.answers(one)])
    if fact.minutes is not None:
        told = f"{told}: {minutes_text(fact.minutes)}"
    return f"{told}, on {date_text(fact.dated_on)}" if fact.dated_on else told


def _meaning(fact: StatedFact, asked: Sequence[AskedWord]) -> str:
    """What it means to all that ask for it."""
    if not asked:
        return fact.word.replace("_", " ")
    names = dict.fromkeys(name for one in asked for name in one.regimes)
    return replace(asked[0], regimes=tuple(names)).label


def _asked(version: Version) -> Iterator[tuple[FactAspect, str, str]]:
    keys = version.words["keys"]
    for aspect in _FREE:
        if aspect.value in keys:
            yield aspect, "", keys[aspect.value]
    for aspect, name in _LISTS:
        for word, meaning in version.words[name].items():
            yield aspect, word, meaning
    for word, many in quantities_of(version).items():
        yield FactAspect.QUANTITY, word, many
