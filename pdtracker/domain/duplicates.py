"""Likely duplicates: which events of the calendar one that is being added may be already, and what speaks for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from pdtracker.domain.text import folded

NEAR = timedelta(hours=36)
"""Hosts elsewhere write down another day, and whoever adds it a wrong one."""

_SAME_TIME = timedelta(minutes=30)
_NEARLY_THE_SAME = 0.75
_ALIKE = 0.45


@dataclass(frozen=True, slots=True)
class Compared:
    """What of an event tells whether it is another one too."""

    title: str
    host: str
    starts_at: datetime
    link: str
    hashtag: str


def reasons(one: Compared, other: Compared) -> tuple[str, ...]:
    """What speaks for both being the same event, in words; empty when too little does.

    Within a day and a half: the same link, or nearly the same title. At the same time: a title that is like it, the
    same host or hashtag. Further apart they are two dates of a series.
    """
    apart = abs(one.starts_at - other.starts_at)
    if apart > NEAR:
        return ()
    alike = likeness_of(one.title, other.title)
    at_once = apart <= _SAME_TIME
    link = bool(one.link) and _bare(one.link) == _bare(other.link)
    hashtag = bool(one.hashtag) and one.hashtag.lower() == other.hashtag.lower()
    host = folded(one.host) == folded(other.host)
    title = alike >= _NEARLY_THE_SAME
    if not (link or title or (at_once and (alike >= _ALIKE or hashtag or host))):
        return ()
    found = {
        "nearly the same title": title,
        "the same time": at_once,
        "the same link": link,
        "the same hashtag": hashtag,
        "the same host": host,
    }
    return tuple(words for words, holds in found.items() if holds)


def likeness_of(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 1: by their letters in order, or by the words that they share."""
    a, b = folded(one), folded(other)
    shared, every = set(a.split()) & set(b.split()), set(a.split()) | set(b.split())
    by_words = len(shared) / len(every) if every else 0.0
    return max(
        by_words, SequenceMatcher(None, a, b, autojunk=False).ratio() if _near_in_length(a, b) else 0.0
    )


def _near_in_length(a: str, b: str) -> bool:
    return 2 * min(len(a), len(b)) >= max(len(a), len(b))


def _bare(link: str) -> str:
    """An address without what differs for no reason."""
    return link.partition("://")[2].removeprefix("www.").rstrip("/").lower()


def unseen(found: Collection[int], seen: Collection[int]) -> tuple[int, ...]:
    """Which of these somebody was not shown yet."""
    return tuple(event_id for event_id in found if event_id not in seen)
