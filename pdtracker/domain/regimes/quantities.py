"""Units and native quantities: what regimes count in, what certificates state, and how exact amounts are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from types import MappingProxyType
from typing import Final

from pdtracker.domain.hours import NBSP

MOST_DECIMALS: Final = 6
"""Decimals of an amount that no decimal says exactly: 50 minutes are 5/6 hour, written 0.833333."""

LARGEST_AMOUNT: Final = 1_000_000
"""More than this is a mistake in a file, not anybody's professional learning."""

_HOUR_MINUTES: Final = 60
_SHEET_DECIMALS: Final = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """What a regime counts in; `hours` is how many clock hours one of them stands for."""

    id: str
    one: str
    many: str
    hours: int

    def words(self, amount: Fraction) -> str:
        """The amount with its unit: `1 clock hour`, `1.5 PDPs`; hours without a decimal as `1 clock hour 5 minutes`."""
        if (
            self.is_time
            and not is_decimal(amount)
            and amount > 0
            and (amount * _HOUR_MINUTES).denominator == 1
        ):
            return self._with_minutes(*divmod(int(amount * _HOUR_MINUTES), _HOUR_MINUTES))
        return f"{figure(amount)}{NBSP}{self.one if amount == 1 else self.many}"

    def of(self, held: Fraction, asked: Fraction) -> str:
        """How much of what: `57.5 of 100`; what no decimal says of hours with its unit, `50 minutes of 100 hours`."""
        if self.is_time and not (is_decimal(held) and is_decimal(asked)):
            return f"{self.words(held)} of {self.words(asked)}"
        return f"{figure(held)} of {figure(asked)}"

    def out_of(self, held: Fraction, asked: Fraction) -> str:
        """The same with its unit wherever it stands: `57.5 of 100 clock hours`."""
        told = self.of(held, asked)
        return (
            f"{figure(held)} of {self.words(asked)}" if told == f"{figure(held)} of {figure(asked)}" else told
        )

    def short(self, amount: Fraction) -> str:
        """The figure alone, `1.5`; hours that no decimal says as `50 minutes`."""
        return figure(amount) if is_decimal(amount) or not self.is_time else self.words(amount)

    @property
    def is_time(self) -> bool:
        """Whether it is an hour by name too, so that minutes can say a part of it."""
        return self.one.endswith("hour")

    def _with_minutes(self, hours: int, minutes: int) -> str:
        told = f"{minutes}{NBSP}{'minute' if minutes == 1 else 'minutes'}"
        return f"{hours:,}{NBSP}{self.one if hours == 1 else self.many} {told}" if hours else told

    @property
    def minutes(self) -> int:
        """The minutes that one unit stands for."""
        return self.hours * _HOUR_MINUTES


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        unit.id: unit
        for unit in (
            Unit("clock_hour", "clock hour", "clock hours", 1),
            Unit("hour", "hour", "hours", 1),
            Unit("point", "point", "points", 1),
            Unit("pdp", "PDP", "PDPs", 1),
            Unit("scech", "SCECH", "SCECHs", 1),
            Unit("ceu", "CEU", "CEUs", 10),
            Unit("plu", "PLU", "PLUs", 10),
        )
    }
)

QUANTITIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "semester_hour": ("semester hour", "semester hours"),
        "quarter_hour": ("quarter hour", "quarter hours"),
        "ceu": ("CEU", "CEUs"),
        "day": ("day", "days"),
        "article": ("article", "articles"),
        "book": ("book", "books"),
        "presentation": ("presentation", "presentations"),
        "subject_exam": ("subject examination", "subject examinations"),
        "nbpts_certification": ("National Board certification", "National Board certifications"),
        "nbpts_renewal": ("National Board renewal", "National Board renewals"),
    }
)
"""What a certificate or transcript can state beside minutes, in one and in many."""


def quantity_words(name: str, amount: Fraction) -> str:
    """`3 semester hours`, `1 article`."""
    one, many = QUANTITIES[name]
    return f"{figure(amount)}{NBSP}{one if amount == 1 else many}"


def total(amounts: Iterable[Fraction | int]) -> Fraction:
    """The sum, by whole numbers for each denominator: a record has few of those, and adding fractions is slow."""
    over: dict[int, int] = {}
    for amount in amounts:
        whole, under = amount.as_integer_ratio()
        over[under] = over.get(under, 0) + whole
    common = lcm(*over)
    return Fraction(sum(whole * (common // under) for under, whole in over.items()), common)


def in_parts(amounts: Sequence[Fraction]) -> tuple[int, list[int]]:
    """How many parts of a unit all amounts are whole numbers of, and those: 1/2 and 2/3 are 3 and 4 of 6 parts.

    What is added up and compared step by step is quick in such parts, and as exact.
    """
    ratios = [amount.as_integer_ratio() for amount in amounts]
    common = lcm(*{under for _, under in ratios})
    return common, [whole * (common // under) for whole, under in ratios]


def is_decimal(amount: Fraction) -> bool:
    """Whether decimals can say it exactly."""
    rest = amount.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def amount_text(amount: Fraction, *, up: bool = False) -> str:
    """The amount as a decimal for programs: `1.5`, `100`, exact wherever decimals can say it.

    Where they can't, six decimals: what somebody has is cut (5/6 -> `0.833333`), what somebody lacks goes up
    (`up`, 1/6 -> `0.166667`), so that neither is told better than it is and both still add up.
    """
    if is_decimal(amount):
        # A denominator of 2^a * 5^b has at most max(a, b) decimals, so no digit is lost.
        decimals = amount.denominator.bit_length()
        exact = amount * 10**decimals
        return _plain(Decimal(exact.numerator).scaleb(-decimals, Context(prec=2000)))
    scaled = amount * 10**MOST_DECIMALS
    whole = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    return _plain(Decimal(whole).scaleb(-MOST_DECIMALS))


def hundredths(amount: Fraction, *, short_of: Fraction | None = None) -> Decimal:
    """The amount for a spreadsheet, to the nearest hundredth: 57 2/3 -> 57.67.

    One that is less than `short_of` stays less: 99.996 of 100 -> 99.99, so that no sum is met by rounding alone.
    """
    rounded = round(amount, _SHEET_DECIMALS)
    if short_of is not None and amount < short_of <= rounded:
        rounded -= Fraction(1, 10**_SHEET_DECIMALS)
    return Decimal(rounded.numerator) / Decimal(rounded.denominator)


def figure(amount: Fraction) -> str:
    """The amount for people, exact: `1.5`, `1,200`, and what decimals can't say as `5/6` or `99 1/6`.

    No line breaks within it.
    """
    return _figure(amount.numerator, amount.denominator)


@lru_cache(maxsize=8192)
def _figure(numerator: int, denominator: int) -> str:
    amount = Fraction(numerator, denominator)
    if denominator == 1:
        return f"{numerator:,}"
    if is_decimal(amount):
        return amount_text(amount)
    whole, rest = divmod(abs(amount), 1)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole:,}{NBSP}{rest}" if whole else f"{sign}{rest}"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
