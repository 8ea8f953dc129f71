"""Split: the minutes of one claim or event over several categories, always in whole minutes that add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pdtracker.domain.hours import hours_phrase, minutes_text
from pdtracker.domain.kinds import CreditCategory

Split = tuple[tuple[CreditCategory, int], ...]
"""Minutes by category, in the order of the categories; empty where all minutes are of one."""


def split_of(minutes_by_category: Mapping[CreditCategory, int]) -> Split:
    """The split that these minutes are, without categories that have none; empty with fewer than two."""
    parts = tuple(
        (category, minutes_by_category[category])
        for category in CreditCategory
        if minutes_by_category.get(category)
    )
    return parts if len(parts) > 1 else ()


def divided(minutes: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Whole minutes in the proportion of the weights, which add up to `minutes`: 60 by 1, 1, 1 -> 20, 20, 20.

    By largest remainder, of equal ones the first: 100 by 1, 1, 1 -> 34, 33, 33. Nobody gets more than a minute over or
    under the exact share.
    """
    total = sum(weights)
    if minutes < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("minutes from 0 up are divided by weights that add up to something")
    parts = [minutes * weight // total for weight in weights]
    remainders = [minutes * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-remainders[place], place))
    for place in by_remainder[: minutes - sum(parts)]:
        parts[place] += 1
    return tuple(parts)


def scaled(split: Split, minutes: int) -> Split:
    """The same proportions for other minutes; empty when so few minutes leave only one category."""
    if not split:
        return ()
    parts = divided(minutes, [weight for _, weight in split])
    return split_of(dict(zip((category for category, _ in split), parts, strict=True)))


def main_category(split: Split, otherwise: CreditCategory) -> CreditCategory:
    """The category with the most minutes, of equal ones the first; `otherwise` where nothing is split."""
    return max(split, key=lambda part: part[1])[0] if split else otherwise


def split_fault(split: Split, minutes: int, claimed: str = "you claimed") -> str:
    """Why these minutes aren't a split of `minutes`; empty when they are or nothing is split."""
    total = sum(part for _, part in split)
    if not split or total == minutes:
        return ""
    return f"These add up to {hours_phrase(total)}; {claimed} {hours_phrase(minutes)}."


def split_words(split: Split) -> str:
    """The split within a sentence: `Content 40 minutes, Pedagogy 20 minutes`."""
    return ", ".join(f"{category.label} {minutes_text(minutes)}" for category, minutes in split)
