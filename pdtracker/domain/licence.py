"""What a licence asks about an activity beyond its time and category, and what an activity can still bring later.

Also the bridge from the calendar's words to those of the regimes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pdtracker.domain.kinds import CreditCategory, EventKind


class FactAspect(StrEnum):
    """What a fact about an activity is about; each is a list of the regimes' words, or any text."""

    CATEGORY = "category"
    EVIDENCE = "evidence"
    KIND = "kind"
    LEVEL = "level"
    QUANTITY = "quantity"
    REPEAT_KEY = "repeat_key"
    TOPIC = "topic"


class FollowUpKind(StrEnum):
    """What is asked about after a while: whether it was used in class, and whether students gained by it."""

    APPLICATION = "application"
    IMPACT = "impact"


REFLECTED: Final = "reflected"
"""The evidence that somebody wrote what they took from it."""

APPROVED_PROVIDER: Final = "approved_provider"
"""The evidence that its host was approved on the day."""

CATEGORY_WORDS: Mapping[CreditCategory, tuple[str, ...]] = MappingProxyType(
    {
        CreditCategory.CONTENT: ("content", "subject", "discipline"),
        CreditCategory.PEDAGOGY: ("pedagogy",),
        CreditCategory.ELL: ("ell",),
        CreditCategory.SWD: ("swd",),
        CreditCategory.LITERACY: ("literacy", "reading"),
        CreditCategory.STEM: ("stem",),
        CreditCategory.EQUITY: ("equity",),
        CreditCategory.LEADERSHIP: ("leadership", "executive"),
        CreditCategory.TECHNOLOGY: ("technology",),
    }
)
"""What regimes call each category. What only a judgement can tell, such as VIT's domains, isn't here: people say it."""

_KIND_WORDS: Mapping[EventKind, str] = MappingProxyType({EventKind.SELF_PACED: "independent_study"})
"""What regimes call a kind, where it isn't our own word."""


def category_minutes(spent: Mapping[CreditCategory, int], known: Collection[str]) -> dict[str, int]:
    """The minutes by category in the words that a regime knows; of others it asks nothing."""
    return {
        word: minutes
        for category, minutes in spent.items()
        for word in CATEGORY_WORDS[category]
        if word in known
    }


def kind_word(kind: EventKind, stated: Collection[str], known: Collection[str]) -> str:
    """The kind in a regime's words: what people stated of the activity if the regime knows it, else the calendar's."""
    named = min((word for word in stated if word in known), default=None) if stated else None
    return named or _KIND_WORDS.get(kind, kind.value)
