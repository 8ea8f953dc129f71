"""One object of FACTS, read key by key; what is wrong is refused with the path of the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, NoReturn, TypeVar

from pdtracker.domain.refusals import Refusal
from pdtracker.domain.regimes.quantities import LARGEST_AMOUNT
from pdtracker.domain.regimes.table import exact

T = TypeVar("T")

_YEARS: Final = range(1900, 2201)
_LONGEST_TEXT: Final = 200
# Both are read more widely by Python: a day as a week's, 2021-W01-1, a number as 1_000.
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]*\.?[0-9]*(?:[eE][+-]?[0-9]{1,4})?")


class BadFacts(Refusal):
    """FACTS that can't be used: the path of the value and what to write there; `line` where they came as a text."""

    def __init__(self, path: str, sentence: str, line: int | None = None) -> None:
        super().__init__("bad_facts", f"{path}: {sentence}" if path else sentence)
        self.path = path
        self.line = line


class Entry:
    """One object of the document, with its path; its keys are checked as soon as it is opened."""

    def __init__(self, path: str, value: object, known: tuple[str, ...] | None) -> None:
        self.path = path
        if not isinstance(value, dict):
            raise BadFacts(path, "write an object, { ... }, here.")
        self._value: dict[str, object] = value
        for key in value:
            if known is not None and key not in known:
                self.refuse(key, f"there is no such key; write one of {', '.join(known)}.")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as they stand."""
        return tuple(self._value)

    def refuse(self, key: str, sentence: str) -> NoReturn:
        """Refuses one of its values."""
        raise BadFacts(self._at(key), sentence)

    def has(self, key: str) -> bool:
        """Whether a key says something; `null` doesn't."""
        return self._value.get(key) is not None

    def entry(self, key: str, known: tuple[str, ...], *, or_empty: bool = False) -> Entry:
        """An object within it."""
        value = self._value.get(key)
        return Entry(self._at(key), {} if value is None and or_empty else value, known)

    def inside(self, key: str) -> Entry:
        """An object with keys of its own choice; empty when it isn't there."""
        value = self._value.get(key)
        found = Entry(self._at(key), {} if value is None else value, None)
        for name in found.keys:
            found._checked(name, name)
        return found

    def places(self, key: str) -> Entry:
        """A list as an object of its places."""
        return Entry(self.path, {f"{key}[{place}]": item for place, item in enumerate(self._list(key))}, None)

    def each(self, key: str, known: tuple[str, ...], read: Callable[[Entry], T]) -> list[T]:
        """What the objects of a list say; an empty one when it isn't there."""
        return [
            read(Entry(f"{self._at(key)}[{place}]", item, known))
            for place, item in enumerate(self._list(key))
        ]

    def text(self, key: str) -> str:
        """A text that isn't blank."""
        return self._checked(key, self._value.get(key))

    def text_or_none(self, key: str) -> str | None:
        """A text, or none; an empty one is the same as nothing."""
        return self._checked(key, self._value[key]) if self.has(key) and self._value[key] != "" else None

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty when it isn't there."""
        return [self._checked(f"{key}[{place}]", item) for place, item in enumerate(self._list(key))]

    def whole(self, key: str) -> int:
        """Whole minutes; 0 when they aren't there."""
        value = self._value.get(key, 0)
        found = Fraction(0) if value is None else exact(value)
        if found is None or found.denominator != 1 or not 0 <= found <= LARGEST_AMOUNT:
            self.refuse(key, f"write whole minutes from 0 to {LARGEST_AMOUNT:,}.")
        return int(found)

    def amount(self, key: str, *, least: int = 0, most: int = LARGEST_AMOUNT) -> Fraction | None:
        """An exact number within bounds, or none."""
        value = self._value.get(key)
        if value is None:
            return None
        found = exact(_number(value))
        if found is None or not least <= found <= most:
            self.refuse(key, f"write a number from {least:,} to {most:,}.")
        return found

    def day(self, key: str, default: date | None = None) -> date:
        """A day; the default when it isn't there."""
        value = self._value.get(key)
        return default if value is None and default is not None else self.day_of(key, value)

    def day_of(self, key: str, value: object) -> date:
        """The day that a text writes."""
        try:
            found = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
        except ValueError:
            found = None
        if found is None or found.year not in _YEARS:
            self.refuse(key, f"write a day from {_YEARS[0]} to {_YEARS[-1]}, such as 2024-05-01.")
        return found

    def _list(self, key: str) -> list[object]:
        value = self._value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(key, "write a list, [ ... ], here.")
        return value

    def _checked(self, key: str, value: object) -> str:
        if (
            not isinstance(value, str)
            or not value.strip()
            or len(value) > _LONGEST_TEXT
            or not _is_writable(value)
        ):
            self.refuse(key, f"write a text of 1 to {_LONGEST_TEXT} characters in quotes.")
        return value

    def _at(self, key: str) -> str:
        shown = key if _is_writable(key) else ascii(key)[1:-1]
        return f"{self.path}.{shown}" if self.path else shown


def _number(value: object) -> object:
    """A decimal in quotes as a number; `carry_over` of one cycle can be `carry_in` of the next as it stands."""
    if not isinstance(value, str):
        return value
    try:
        return Decimal(value) if _NUMBER.fullmatch(value) and len(value) <= 30 else value
    except InvalidOperation:
        return value


def _is_writable(text: str) -> bool:
    """No control characters, no halves of a character."""
    return text.isprintable()
