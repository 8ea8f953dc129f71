"""Fields of a stored document: each reader gives the value or refuses it at the name of its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from pdtracker.domain.refusals import NotValid

WordT = TypeVar("WordT", bound=StrEnum)


def text_in(name: str, value: object) -> str:
    """Text."""
    if isinstance(value, str):
        return value
    raise NotValid({name: "Enter text."})


def whole_in(name: str, value: object) -> int:
    """A whole number."""
    # `True` is an int to Python and no number of minutes to anybody.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise NotValid({name: "Enter a whole number."})


def day_in(name: str, value: object) -> date:
    """A day, `2014-07-01`."""
    try:
        return date.fromisoformat(text_in(name, value))
    except ValueError:
        raise NotValid({name: "Enter a day such as 2014-07-01."}) from None


def items_in(name: str, value: object) -> Sequence[object]:
    """A list."""
    if isinstance(value, list | tuple):
        return value
    raise NotValid({name: "Enter a list."})


def word_in(name: str, value: object, words: type[WordT]) -> WordT:
    """A word of a closed set."""
    try:
        return words(text_in(name, value))
    except ValueError:
        raise NotValid({name: f"Choose from {', '.join(words)}."}) from None


def words_in(name: str, value: object, words: type[WordT]) -> tuple[WordT, ...]:
    """Words of a closed set."""
    return tuple(word_in(name, item, words) for item in items_in(name, value))


def members_in(name: str, value: object, members: frozenset[str]) -> Mapping[str, object]:
    """An object with just these members."""
    if isinstance(value, Mapping) and set(value) == members:
        return value
    raise NotValid({name: f"Enter {' and '.join(sorted(members))}, and nothing else."})
