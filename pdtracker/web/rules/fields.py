"""Fields of the rules' forms: whole numbers, hours of a year, and what may count of one kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from wtforms import StringField

from pdtracker.domain.hours import NBSP, hours_text
from pdtracker.domain.refusals import Mistyped

_WHOLE = re.compile(r"[0-9]{1,6}")
_HOURS = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,2})|:([0-5][0-9]))?")
_PERCENT = re.compile(r"([0-9]{1,3}) ?%")
MOST_HOURS = 2000
_MOST_PERCENT = 100


class WholeField(StringField):
    """A whole number within bounds; `data` is `None` when nothing was typed."""

    data: int | None  # type: ignore[assignment]  # text comes in, a number comes out

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, least: int, most: int, **more: Any
    ) -> None:
        super().__init__(label, list(validators), **more)
        self.least, self.most = least, most

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Digits alone, within the bounds."""
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        if not _WHOLE.fullmatch(typed) or not self.least <= int(typed) <= self.most:
            raise Mistyped(f"Enter a whole number from {self.least:,} to {self.most:,}.")
        self.data = int(typed)


class YearHoursField(StringField):
    """Hours of a whole year, `15`, `7.5` or `7:30`; `data` is whole minutes, `None` when nothing was typed."""

    data: int | None  # type: ignore[assignment]  # text comes in, minutes come out

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else hours_text(self.data).replace(",", "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the hours strictly."""
        self.data = None
        if typed := str(valuelist[0]).strip() if valuelist else "":
            self.data = year_minutes(typed)


class CapField(StringField):
    """What may count of one kind in a year: `3` hours, or `20 %` of what is asked for; empty for all of it.

    `data` is what was typed; `minutes` and `percent` are what it means, at most one of them a number.
    """

    minutes: int | None = None
    percent: int | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Hours, or a part."""
        self.data = str(valuelist[0]).strip() if valuelist else ""
        self.minutes = self.percent = None
        if not self.data:
            return
        if part := _PERCENT.fullmatch(self.data.replace(NBSP, " ")):
            self.percent = int(part[1])
            if self.percent > _MOST_PERCENT:
                raise Mistyped("Enter at most 100 %.")
            return
        try:
            self.minutes = year_minutes(self.data)
        except Mistyped:
            raise Mistyped("Enter hours such as 3, a part such as 20 %, or leave it empty.") from None


def year_minutes(text: str) -> int:
    """The whole minutes that somebody means by `15`, `7.5` or `7:30`. Raises Mistyped."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise Mistyped("Enter hours as a number such as 15 or 7.5.")
    exact = Fraction(f"{found[1]}.{found[2] or '0'}") * 60 + int(found[3] or 0)
    if exact.denominator != 1:
        raise Mistyped(
            f"{text} hours isn't a whole number of minutes. Write hours and minutes, such as 7:30."
        )
    if exact > MOST_HOURS * 60:
        raise Mistyped(f"Enter at most {MOST_HOURS:,} hours.")
    return int(exact)
