"""The length of a reflection: an answer that was given to several prompts counts once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pdtracker.domain.text import folded, likeness, words


@dataclass(frozen=True, slots=True)
class Written:
    """The words of all answers, each answer once; how many repeat one before them; and what makes all of it alike.

    `digest` is the likeness of all answers together, `None` for a few words.
    """

    words: int
    repeated: int
    digest: str | None


def written(answers: Iterable[str]) -> Written:
    """What these answers come to, in the order of their prompts.

    "Nothing yet" is an honest answer to two prompts: so few words count once, and repeat nothing.
    """
    given = list(answers)
    once: dict[str, str] = {}
    repeated = 0
    for answer in given:
        key = folded(answer)
        if key in once and likeness(answer) is not None:
            repeated += 1
        once.setdefault(key, answer)
    return Written(sum(words(answer) for answer in once.values()), repeated, likeness("\n".join(given)))
