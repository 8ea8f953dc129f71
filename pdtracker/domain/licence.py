"""What a licence asks about an activity beyond its time and category, and what an activity can still bring later."""

from __future__ import annotations

from enum import StrEnum


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
