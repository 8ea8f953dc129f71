"""Heading rows: which column says what, whatever the case and the order of the columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pdtracker.exchange.attendance.sheet import Row, Sheet, clean

LONGEST_HEADING: Final = 200


class Part(StrEnum):
    """What a column can say."""

    NAME = "name"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    EMAIL = "e-mail"
    NUMBER = "number"
    ACCOUNT = "account"
    PERSON = "person"
    JOINED = "joined"
    LEFT = "left"
    LASTED = "lasted"
    PRESENT = "present"
    STATUS = "status"
    WAITING = "waiting"
    TOPIC = "topic"
    MEETING = "meeting"
    STARTED = "started"
    ENDED = "ended"
    ACTION = "action"
    AT = "at"


NUMBERS: Final = (
    "employee id",
    "employee number",
    "employee #",
    "employee no",
    "staff id",
    "staff number",
    "teacher id",
    "licence number",
    "license number",
    "licence id",
    "license id",
    "educator id",
    "id number",
)
"""Headings of a column with what a district or a state numbers its people by."""

Words = Mapping[Part, tuple[str, ...]]
"""The headings that a part can have, folded."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts stand in the rows below a heading."""

    at: Mapping[Part, int]

    def text(self, row: Row, part: Part) -> str:
        """What a row says of a part; empty where the heading doesn't have it."""
        column = self.at.get(part)
        return "" if column is None else row.cell(column)

    def name(self, row: Row) -> str:
        """The name, in one column or put together from two."""
        whole = self.text(row, Part.NAME)
        return whole or f"{self.text(row, Part.FIRST_NAME)} {self.text(row, Part.LAST_NAME)}".strip()


def folded(heading: str) -> str:
    """A heading for comparison: `User_Email ` is `user email`."""
    told = unicodedata.normalize("NFKC", heading[:LONGEST_HEADING]).casefold().replace("_", " ")
    return re.sub(r"\s+", " ", told.strip(" \ufeff\t:*?"))


def columns(row: Row, words: Words, required: Collection[Part]) -> Columns | None:
    """Where the parts stand when the row is a heading with all that are required."""
    return _columns(_present(row), words, required)


def _present(row: Row) -> dict[str, int]:
    """Where each of a row's texts stands first."""
    present: dict[str, int] = {}
    for number, cell in enumerate(row.cells):
        if cell:
            present.setdefault(folded(clean(cell)), number)
    return present


def _columns(present: Mapping[str, int], words: Words, required: Collection[Part]) -> Columns | None:
    at: dict[Part, int] = {}
    for part, names in words.items():
        column = next((present[name] for name in names if name in present), None)
        if column is not None and column not in at.values():
            at[part] = column
    return Columns(at) if all(part in at for part in required) else None


def find(sheet: Sheet, words: Words, required: Collection[Part]) -> tuple[int, Columns] | None:
    """The first heading row among a sheet's first rows: its place in the rows, and the columns."""
    for place, row in enumerate(sheet.head):
        if place not in sheet.headings:
            # Each format asks anew: to fold the widest rows once for each of them took seconds.
            sheet.headings[place] = _present(row)
        found = _columns(sheet.headings[place], words, required)
        if found:
            return place, found
    return None


def words(**names: Iterable[str] | str) -> dict[Part, tuple[str, ...]]:
    """Words by the part's name: `words(NAME="full name", EMAIL=("email", "user email"))`."""
    return {Part[part]: (told,) if isinstance(told, str) else tuple(told) for part, told in names.items()}
