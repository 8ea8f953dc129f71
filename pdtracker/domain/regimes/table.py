"""A TOML document as tables that are read key by key: what is missing, unknown or odd is refused with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from pdtracker.domain.refusals import Refusal
from pdtracker.domain.regimes.lines import Path, deepest_line, dotted_line, line_of, lines_of
from pdtracker.domain.regimes.quantities import LARGEST_AMOUNT

WordT = TypeVar("WordT", bound=StrEnum)
T = TypeVar("T")

_MOST_DIGITS: Final = 12
_TOO_LONG: Final = "This is too deep or too long for a rule file. Take it out."


class BadRules(Refusal):
    """A rule file that can't be used: the file, the line, and what mends it."""

    def __init__(self, file: str, line: int, sentence: str) -> None:
        super().__init__("bad_rules", f"{file}, line {line}: {sentence}")
        self.file = file
        self.line = line


class Document:
    """A rule file's name and text; knows the line of each of its values."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._text = text
        self._lines: Mapping[Path, int] | None = None

    def top(self, known: Collection[str]) -> Table:
        """The whole document as a table with these keys. Refuses what is no TOML."""
        if (line := dotted_line(self._text)) is not None:
            raise BadRules(self.file, line, _TOO_LONG)
        try:
            values = tomllib.loads(self._text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            raise self._not_toml(str(error)) from None
        except (RecursionError, ValueError, InvalidOperation):
            line = deepest_line(self._text) or 1
            raise BadRules(self.file, line, _TOO_LONG) from None
        return Table(self, (), values, known)

    def refusal(self, path: Path, sentence: str) -> BadRules:
        """The refusal of the value at a path."""
        return BadRules(self.file, self.line(path), sentence)

    def line(self, path: Path) -> int:
        """The line of the value at a path. The text is only scanned when somebody asks."""
        if self._lines is None:
            self._lines = lines_of(self._text)
        return line_of(self._lines, path)

    def _not_toml(self, said: str) -> BadRules:
        place = re.search(r"\s*\(at line (\d+), column \d+\)", said)
        line = int(place[1]) if place else self._text.count("\n") + 1
        if "overwrite a value" in said or "twice" in said:
            return BadRules(
                self.file,
                line,
                "This key or table stands here a second time. Keep one, or write [[...]] for several.",
            )
        what = (said[: place.start()] if place else said.replace(" (at end of document)", "")).rstrip(".")
        return BadRules(self.file, line, f"This isn't TOML: {what}. Put that line right.")


class Table:
    """One table. A key that isn't `known` is refused first, because a slip of the pen also makes another one missing.

    With `known` as `None` its keys are words of the file's own.
    """

    def __init__(
        self, document: Document, path: Path, values: Mapping[str, object], known: Collection[str] | None
    ) -> None:
        self.document = document
        self.path = path
        self._values = values
        for key in values:
            if known is not None and key not in known:
                near = get_close_matches(key, known, 1)
                mend = f"Did you mean {near[0]}?" if near else f"Take it out; known are {', '.join(known)}."
                raise self.refusal(key, f"There is no key {key} here. {mend}")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as they stand."""
        return tuple(self._values)

    @property
    def raw(self) -> Mapping[str, object]:
        """The values as TOML gives them, for an example's FACTS."""
        return self._values

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.document.line(self.path)

    def refusal(self, key: str | None, sentence: str) -> BadRules:
        """The refusal of one of its values, or of the table itself."""
        return self.document.refusal(self.path if key is None else (*self.path, key), sentence)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that isn't blank."""
        value = self._value(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise self.refusal(key, f'Write {key} as text in quotes, such as {key} = "...".')
        return value

    def whole(self, key: str, *, least: int = 0, most: int = LARGEST_AMOUNT) -> int | None:
        """A whole number within bounds, or none."""
        value = self._optional(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.refusal(key, f"Write {key} as a whole number from {least:,} to {most:,}.")
        return value

    def amount(self, key: str, *, most: int = LARGEST_AMOUNT) -> Fraction | None:
        """An exact amount from 0 up, or none."""
        value = self._optional(key)
        if value is None:
            return None
        found = exact(value)
        if found is None or not 0 <= found <= most:
            raise self.refusal(key, f"Write {key} as a number from 0 to {most:,}, such as 22.5.")
        return found

    def percent(self, key: str) -> Fraction | None:
        """A share from 0 to 100, or none."""
        value = self._optional(key)
        if value is None:
            return None
        found = exact(value)
        if found is None or not 0 <= found <= 100:
            raise self.refusal(key, f"{key} is a share of the target: write a number from 0 to 100.")
        return found

    def day(self, key: str) -> date:
        """A day, written 2023-09-01."""
        value = self._value(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.refusal(key, f"Write {key} as a day without quotes, such as 2023-09-01.")
        return value

    def flag(self, key: str) -> bool:
        """True or false; false when it isn't there."""
        value = self._value(key, False)
        if not isinstance(value, bool):
            raise self.refusal(key, f"Write {key} = true or {key} = false.")
        return value

    def choice(self, key: str, words: type[WordT]) -> WordT:
        """A word of a closed set."""
        return self._chosen(key, self._value(key, None), words)

    def word_of(self, key: str, words: Mapping[str, T], what: str) -> T:
        """What a word stands for, in a table of them."""
        value = self._value(key, None)
        if not isinstance(value, str) or value not in words:
            raise self.refusal(key, f"There is no {what} {value}. Write one of {', '.join(words)}.")
        return words[value]

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when it isn't there."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.refusal(key, f'Write {key} as a list of texts, such as {key} = ["...", "..."].')
        return tuple(value)

    def table(self, key: str, known: Collection[str] | None) -> Table | None:
        """A table within it, or none."""
        value = self._optional(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.refusal(key, f"Write {key} as a table, [{key}] with its keys below.")
        return Table(self.document, (*self.path, key), value, known)

    def tables(self, key: str, known: Collection[str] | None) -> tuple[Table, ...]:
        """A list of tables; empty when it isn't there."""
        value = self._value(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.refusal(key, f"Write each {key} as a table of its own, [[{key}]] with its keys below.")
        return tuple(
            Table(self.document, (*self.path, key, place), item, known) for place, item in enumerate(value)
        )

    def each(self, key: str, known: Collection[str], read: Callable[[Table], T]) -> tuple[T, ...]:
        """What its tables under a key say."""
        return tuple(read(table) for table in self.tables(key, known))

    def _chosen(self, key: str, value: object, words: type[WordT]) -> WordT:
        try:
            return words(value) if isinstance(value, str) else words("")
        except ValueError:
            raise self.refusal(key, f"Write {key} as one of {', '.join(words)}.") from None

    def _value(self, key: str, default: object) -> object:
        value = self._optional(key)
        if value is None and default is None:
            raise self.refusal(None, f"The key {key} is missing here. Add it.")
        return default if value is None else value

    def _optional(self, key: str) -> object:
        # TOML has no null, so None always means that the key isn't there.
        return self._values.get(key)


def exact(value: object) -> Fraction | None:
    """A TOML or JSON number as it was written, `None` for anything else, and for digits that nobody needs."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, int):
        return Fraction(value) if abs(value) <= LARGEST_AMOUNT * 1000 else None
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS:
        return None
    if len(value.as_tuple().digits) > _MOST_DIGITS * 2:
        return None
    return Fraction(value)
