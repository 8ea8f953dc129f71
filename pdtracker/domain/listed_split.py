"""What the calendar lists sessions as, beside the categories that a claim gives their minutes.

A bundle on one topic gathers sessions of several categories: each keeps its own until the claimant says otherwise, and
what they say otherwise is shown to the reviewer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.split import Split, divided, split_words

ROUNDING_MINUTES = 1
"""So far a category may lie off what the calendar lists: a third of 100 minutes is 33 or 34."""


def listed_minutes(weights: Split, minutes: int) -> Split:
    """So many minutes of a session in the categories of the calendar, of which there is at least one."""
    parts = divided(minutes, [weight for _, weight in weights])
    return in_order(zip((category for category, _ in weights), parts, strict=True))


def listed_of(weights: Mapping[int, Split], sessions: Iterable[tuple[int | None, int]]) -> Split:
    """What the calendar lists of sessions, each its event and its minutes; of those without an event nothing."""
    return in_order(
        part
        for event_id, minutes in sessions
        if event_id is not None and event_id in weights
        for part in listed_minutes(weights[event_id], minutes)
    )


def in_order(minutes: Iterable[tuple[CreditCategory, int]]) -> Split:
    """Minutes added up by category, one alone as well, in the order of the categories."""
    total: Counter[CreditCategory] = Counter()
    for category, count in minutes:
        total[category] += count
    return tuple((category, total[category]) for category in CreditCategory if total[category])


def regathered(so_far: Split, before: Split, after: Split, minutes: int, otherwise: CreditCategory) -> Split:
    """The split of a bundle of now `minutes`, after its sessions of the calendar went from `before` to `after`.

    What the claimant changed stays changed: only what came or went is added or taken. Sessions that no calendar lists
    are of the category that most such minutes are of, without any of `otherwise`. Where more went than a category
    has, the proportions stay.
    """
    held, was, now = dict(so_far), dict(before), dict(after)
    own = {category: held.get(category, 0) - was.get(category, 0) for category in CreditCategory}
    moved = {category: own[category] + now.get(category, 0) for category in CreditCategory}
    most = max(own, key=lambda category: own[category])
    moved[most if own[most] > 0 else otherwise] += minutes - sum(moved.values())
    if min(moved.values()) < 0:
        return listed_minutes(so_far, minutes)
    return in_order(moved.items())


def differs(claimed: Split, listed: Split) -> bool:
    """Whether a category has fewer minutes than the calendar lists; with the same sum another has more then."""
    held = dict(claimed)
    return any(held.get(category, 0) + ROUNDING_MINUTES < minutes for category, minutes in listed)


def categories_words(split: Split) -> str:
    """`Pedagogy`, or where there are several `Content 40 minutes, Pedagogy 20 minutes`."""
    return split[0][0].label if len(split) == 1 else split_words(split)
