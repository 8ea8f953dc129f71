"""Refusals: what a person may not do here or now, and the sentence that says why and what next.

A person can cause a refusal, so each carries a sentence for that person and a code for the log. One place
(the web, the command line) turns them into answers. What only a programmer can cause is an ordinary exception
and stays one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NUMBER_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


class Refusal(Exception):
    """A wish that we turn down, with a code for the log and a sentence that the person can act on."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class NotHere(Refusal):
    """Absent, or another district's: both sound the same, so that nobody learns what exists elsewhere."""

    def __init__(
        self,
        code: str = "not_here",
        sentence: str = "It may have moved, or a letter went missing on the way. "
        "Your claims and drafts are where you left them.",
    ) -> None:
        super().__init__(code, sentence)


class NotPermitted(Refusal):
    """It exists and the moment is right, but it is for someone else to do."""


class NotNow(Refusal):
    """The step is not possible from where the thing stands now."""


class NotValid(Refusal):
    """Fields to put right: `errors` maps a field's name to its sentence, in the order of the form."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        if not errors:
            raise ValueError("a NotValid names at least one field")
        super().__init__("not_valid", things_to_put_right(len(errors)))
        self.errors: Mapping[str, str] = MappingProxyType(dict(errors))


class Mistyped(ValueError):
    """One field's text can't be read. `str()` of it is the sentence to show at the field.

    A `ValueError`, so that WTForms shows it at the field where a filter or validator raised it.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def things_to_put_right(count: int) -> str:
    """The heading of an error summary: "One thing to put right", "Two things to put right"."""
    number = _NUMBER_WORDS[count] if 0 < count < len(_NUMBER_WORDS) else f"{count:,}"
    return f"{number} {'thing' if count == 1 else 'things'} to put right"
