"""Days as rosters write them: ISO, American, with the month's name, and the serial numbers of Excel."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_NUMBERS: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: .*)?")
_NAMED: Final = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[a-z]*\.?[ -](\d{4}|\d{2})")
_NAMED_FIRST: Final = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.\d+)?")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Excel counts a 29 February 1900 that never was, so from March 1900 on its days begin here.
_SERIAL_ZERO: Final = date(1899, 12, 30)


def day_of(text: str) -> date | None:
    """The day of a cell, `None` for what is none. 3/4/2026 is in March unless the first number can't be a month."""
    try:
        return _day(text.strip()) if text else None
    except (ValueError, OverflowError):
        return None


def _day(text: str) -> date | None:
    if found := _ISO.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        month, day = (second, first) if first > 12 else (first, second)
        return date(_year(found[3]), month, day)
    if found := _NAMED.fullmatch(text):
        return date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := _NAMED_FIRST.fullmatch(text):
        return date(int(found[3]), _month(found[1]), int(found[2]))
    if found := _SERIAL.fullmatch(text):
        return _SERIAL_ZERO + timedelta(days=int(found[1]))
    return None


def _month(name: str) -> int:
    return _MONTHS.index(name.casefold()) + 1


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)
