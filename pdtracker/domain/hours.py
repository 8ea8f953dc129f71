"""Hours and minutes: what people type becomes whole minutes, and whole minutes become what people read.

Minutes are integers everywhere. A reading is exact or it is refused; nothing is rounded on the way in or out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from pdtracker.domain.refusals import Mistyped

NBSP = "\N{NO-BREAK SPACE}"
"""Between a figure and its word, so that a line never breaks there."""

MAX_DAY_MINUTES = 1440
"""One claim is for at most one day's worth of minutes; the table has the same limit."""

_DECIMAL = re.compile(r"([0-9]{1,2})(?:\.([0-9]{1,2}))?")
_MINUTES = re.compile(r"([0-9]{1,4}) ?(?:min|minutes?)")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_MINUS = "\N{MINUS SIGN}"


def parse_minutes(text: str) -> int:
    """The whole minutes, 1 to 1,440, that a person means by `1.5`, `1`, `0.25` or `1:30`, or says as `30 min`.

    Strict on purpose: only the digits 0 to 9, one point or one colon, no sign, exponent or underscore, and no space
    but before `min` or `minutes` (a form trims before it asks). `1.33` is 79.8 minutes and refused with the
    nearest `h:mm`. Raises `Mistyped`.
    """
    if clock := _CLOCK.fullmatch(text):
        return _within_a_day(int(clock[1]) * 60 + int(clock[2]))
    if said := _MINUTES.fullmatch(text):
        return _within_a_day(int(said[1]))
    decimal = _DECIMAL.fullmatch(text)
    if decimal is None:
        raise Mistyped("Enter hours as a number such as 1.5, or as hours and minutes such as 1:30.")
    exact = Fraction(f"{decimal[1]}.{decimal[2] or '0'}") * 60
    if exact.denominator == 1:
        return _within_a_day(int(exact))
    # A half minute can't occur: hundredths of an hour are multiples of 3/5 minute. So "nearest" has no tie.
    nearest = round(exact)
    raise Mistyped(f"{text} hours isn't a whole number of minutes. Write {_clock(nearest)}.")


def _within_a_day(minutes: int) -> int:
    if minutes < 1:
        raise Mistyped("Enter at least one minute, 0:01.")
    if minutes > MAX_DAY_MINUTES:
        raise Mistyped("Enter 24 hours or less. Log each day as a claim of its own.")
    return minutes


def hours_text(minutes: int) -> str:
    """The hours as a figure: `1.5`, `1`, `0.75`, and where two decimals can't say it exactly, `0:50`, `1:20`.

    An hour has hundredths for every third minute, so 57 minutes are `0.95` and 50 are `0:50`. `parse_minutes`
    reads each of them back. A reversal's minutes are negative and get a true minus sign.
    """
    sign, size = (_MINUS, -minutes) if minutes < 0 else ("", minutes)
    hours, rest = divmod(size, 60)
    if rest % 3:
        return sign + _clock(size)
    hundredths = f"{rest * 100 // 60:02d}".rstrip("0")
    return f"{sign}{hours:,}.{hundredths}" if hundredths else f"{sign}{hours:,}"


def hours_alike(minutes: Sequence[int]) -> tuple[str, ...]:
    """The hours of a column, all written in one way: `1.5`, `2`; once one needs its minutes `1:30`, `2:00`, `0:50`."""
    if all(one % 3 == 0 for one in minutes):
        return tuple(hours_text(one) for one in minutes)
    return tuple((_MINUS if one < 0 else "") + _clock(abs(one)) for one in minutes)


def hours_phrase(minutes: int) -> str:
    """The hours within a sentence: `1.5 hours`, `1 hour`, `50 minutes`, `1 hour 20 minutes`.

    Quarter hours are said in hours, anything finer in minutes. Figure and word are glued with a no-break
    space.
    """
    return " ".join(f"{figure}{NBSP}{word}" for figure, word in hours_parts(minutes))


def hours_parts(minutes: int) -> tuple[tuple[str, str], ...]:
    """The same with each figure apart from its word: `(("1", "hour"), ("20", "minutes"))`."""
    if minutes % 15 == 0:
        return ((hours_text(minutes), "hour" if abs(minutes) == 60 else "hours"),)
    sign, size = (_MINUS, -minutes) if minutes < 0 else ("", minutes)
    hours, rest = divmod(size, 60)
    finer = (f"{rest}", "minute" if rest == 1 else "minutes")
    if not hours:
        return ((f"{sign}{finer[0]}", finer[1]),)
    return (f"{sign}{hours:,}", "hour" if hours == 1 else "hours"), finer


def hours_short(minutes: int) -> str:
    """The hours in a list, with their unit: `1.5 h`, `0.75 h`; what is finer than quarters `50 min`, `1 h 20 min`."""
    if minutes % 15 == 0:
        return f"{hours_text(minutes)}{NBSP}h"
    sign, size = (_MINUS, -minutes) if minutes < 0 else ("", minutes)
    hours, rest = divmod(size, 60)
    whole = f"{hours:,}{NBSP}h{NBSP}" if hours else ""
    return f"{sign}{whole}{rest}{NBSP}min"


def why_words(credited: int, claimed: int) -> str:
    """The question beside a credit: `Why 1.5 and not 2?`; where one is finer than a quarter both say their minutes.

    `Why 45 minutes and not 50 minutes?`. Just `Why 1.5?` where all counts.
    """
    written = hours_text if credited % 15 == claimed % 15 == 0 else _hours_and_minutes
    if credited == claimed:
        return f"Why {written(credited)}?"
    return f"Why {written(credited)} and not {written(claimed)}?"


def minutes_text(minutes: int) -> str:
    """The minutes within a sentence: `86 minutes`, `1 minute`, `1,440 minutes`."""
    sign, size = (_MINUS, -minutes) if minutes < 0 else ("", minutes)
    return f"{sign}{size:,}{NBSP}{'minute' if size == 1 else 'minutes'}"


def _hours_and_minutes(minutes: int) -> str:
    """`1 hour 30 minutes`, `45 minutes`, `1 hour`."""
    hours, rest = divmod(minutes, 60)
    whole = [f"{hours:,}{NBSP}{'hour' if hours == 1 else 'hours'}"] if hours else []
    return " ".join([*whole, *([minutes_text(rest)] if rest or not hours else [])])


def _clock(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours:,}:{rest:02d}"
