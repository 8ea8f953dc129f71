"""Evidence recipes: what shows that somebody took part where there is no door and no host's list.

A hashtag chat has its posts, a book club the days on which one read and talked. What was recorded at the event is
stronger than any of it, and then nothing more is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pdtracker.domain.kinds import EventKind


@dataclass(frozen=True, slots=True)
class Recipe:
    """What shows one kind of event. `wants` is a sentence for both, `link` the words of the choice to add one.

    `has_log` says that a log of days and minutes is part of it, and not only a trace of what one wrote.
    """

    wants: str
    link: str
    has_log: bool = False


def recipe_of(kind: EventKind) -> Recipe:
    """What shows that somebody took part in this kind of event."""
    return _RECIPES.get(kind, _ANY)


_ANY: Final = Recipe("", "A link to something you wrote there")

_RECIPES: Mapping[EventKind, Recipe] = MappingProxyType(
    {
        EventKind.HASHTAG_CHAT: Recipe(
            "A hashtag chat is shown by own posts, or its archive, and from when to when.",
            "A link to one of your posts, or to the chat\N{RIGHT SINGLE QUOTATION MARK}s archive",
        ),
        EventKind.FORUM: Recipe("A forum is shown by own posts.", "A link to one of your posts"),
        EventKind.BOOK_CLUB: Recipe(
            "A book club is shown by a log: which days, and how long on each.",
            "A link to something you wrote about the book",
            has_log=True,
        ),
        EventKind.CONTEST: Recipe(
            "A contest is shown by what was handed in.", "A link to what you handed in"
        ),
    }
)
