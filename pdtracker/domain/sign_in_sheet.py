"""A sign-in sheet on paper: what is printed on it, before anybody signs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_NAMES: Final = 600
"""How many names one sheet can have: 40 pages, more than a table at a door can hold."""

MOST_BLANKS: Final = 200


class Paper(StrEnum):
    """The size of paper."""

    LETTER = "letter"
    A4 = "a4"

    @property
    def label(self) -> str:
        """Its name on pages."""
        return "Letter" if self is Paper.LETTER else "A4"

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        return (612.0, 792.0) if self is Paper.LETTER else (595.28, 841.89)


@dataclass(frozen=True, slots=True)
class SheetName:
    """Somebody who is expected: their name, what tells two of one name apart, and the link that ends in their badge."""

    name: str
    about: str
    badge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSheet:
    """A sheet for one session. `blanks` are lines for those whom nobody expected; `address` is where it is typed in."""

    district: str
    title: str
    event: str
    when: str
    paper: Paper
    names: tuple[SheetName, ...]
    blanks: int
    address: str
