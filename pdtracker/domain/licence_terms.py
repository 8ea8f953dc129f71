"""The terms of a licence: what its holder tells of one cycle, what they lack, and how the next cycle follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.regimes.cycles import NO_CYCLE, Cycle, CycleRule, cycle_for, months_later
from pdtracker.domain.regimes.quantities import LARGEST_AMOUNT, figure
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text

NAME_CHARACTERS: Final = 120
MOST_FTE: Final = Fraction(2)
MOST_YEARS: Final = 100
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
DECIMALS: Final = 3
LONGEST_YEARS: Final = 15

_A_YEAR: Final = timedelta(days=366)
_A_QUARTER: Final = 4
_AMOUNT = re.compile(r"-?[0-9]{1,7}(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceTerms:
    """What a licence's holder tells; texts are clean. Amounts are in the regime's unit."""

    regime: str
    name: str
    starts_on: date
    ends_on: date
    facts: frozenset[str] = frozenset()
    fte: Fraction = Fraction(1)
    years_practised: Fraction | None = None
    target: Fraction | None = None
    carry_in: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an adjustment changes, at least one of them; `reason` is clean text.

    `category` is the regime's word for what the units are of, or empty.
    """

    units: Fraction | None = None
    target: Fraction | None = None
    ends_on: date | None = None
    category: str = ""
    reason: str


def read_amount(text: str) -> Fraction:
    """The amount that somebody means by `12`, `12.5`, `1,200` or `-3`. Raises `Mistyped`."""
    plain = text.replace(",", "") if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", text) else text
    if not _AMOUNT.fullmatch(plain):
        raise Mistyped("Enter a number such as 12 or 12.5.")
    if len(plain.partition(".")[2]) > DECIMALS:
        raise Mistyped(f"Enter at most {DECIMALS} decimals.")
    amount = Fraction(plain)
    if abs(amount) > LARGEST_AMOUNT:
        raise Mistyped(f"Enter a number up to {LARGEST_AMOUNT:,}.")
    return amount


def terms_faults(terms: LicenceTerms) -> dict[str, str]:
    """What must be put right: field -> sentence, in the form's order; empty if nothing.

    Fields: regime, name, starts, ends, facts, fte, years_practised, target, carry_in.
    """
    return dict(_faults(terms))


def overlapping(cycle: Cycle, others: Iterable[Cycle]) -> str | None:
    """Why a cycle can't stand beside the others of the same licence; `None` if it can."""
    met = next((other for other in sorted(others) if other.overlaps(cycle)), None)
    if met is None:
        return None
    span = f"from {date_text(met.start)} to {date_text(met.end)}"
    return f"You have this licence {span} already. Enter days outside of that, or another name."


def next_cycle(rule: CycleRule, cycle: Cycle, facts: frozenset[str]) -> Cycle:
    """The cycle after one: it begins the next day, and ends when the regime's cycle from that day on does.

    Where the regime has no cycles, or lists none for that day, it gets as many whole years again.
    """
    start = cycle.end + timedelta(days=1)
    if rule == NO_CYCLE or (rule.periods and not any(start in period for period in rule.periods)):
        years = max(1, round((start - cycle.start) / _A_YEAR))
        return Cycle(start, months_later(cycle.end, 12 * years))
    # After an end that was put off, the month of birth still shows in the cycle's own first day.
    birth_month = start.month if start.day == 1 else cycle.start.month
    return Cycle(start, cycle_for(rule, start, facts, birth_month).end)


def cycle_on(
    rule: CycleRule, issued_on: date, on: date, facts: frozenset[str], birth_month: int | None = None
) -> Cycle:
    """The cycle that holds a day, of a licence that was first issued on another; the first one if that comes later.

    Refuses what `cycle_for` refuses.
    """
    found = cycle_for(rule, issued_on, facts, birth_month)
    while found.end < on:
        found = next_cycle(rule, found, facts)
    return found


def may_renew(cycle: Cycle, on: date) -> bool:
    """Whether it is time: in the last quarter of a cycle, but not before its last year; and after it."""
    return on > cycle.end - min(_A_YEAR, (cycle.end - cycle.start) / _A_QUARTER)


def _faults(terms: LicenceTerms) -> Iterator[tuple[str, str]]:
    versions = shelf().get(terms.regime)
    if versions is None:
        yield "regime", "Choose from the list."
    if not terms.name:
        yield "name", "Enter what it says on the licence, such as Professional certificate, grades 5 to 9."
    elif len(terms.name) > NAME_CHARACTERS:
        yield "name", f"Enter at most {NAME_CHARACTERS} characters."
    yield from _day_faults(terms)
    if versions is not None:
        known = frozenset[str]().union(*(one.words["facts"] for one in versions))
        if not terms.facts <= known:
            yield "facts", "Choose from the list."
    if not 0 <= terms.fte <= MOST_FTE:
        yield "fte", f"Enter an FTE between 0 and {figure(MOST_FTE)}: 1 is full time."
    if terms.years_practised is not None and not 0 <= terms.years_practised <= MOST_YEARS:
        yield "years_practised", f"Enter years between 0 and {MOST_YEARS}."
    if terms.target is not None and terms.target < 0:
        yield "target", "Enter 0 or more."
    if terms.carry_in < 0:
        yield "carry_in", "Enter 0 or more."


def _day_faults(terms: LicenceTerms) -> Iterator[tuple[str, str]]:
    if not FIRST_YEAR <= terms.starts_on.year <= LAST_YEAR:
        yield "starts", f"Enter a year between {FIRST_YEAR} and {LAST_YEAR}."
    elif terms.ends_on < terms.starts_on:
        yield "ends", f"It begins on {date_text(terms.starts_on)}. Enter a last day after that."
    elif terms.ends_on.year - terms.starts_on.year > LONGEST_YEARS:
        yield "ends", f"A cycle lasts at most {LONGEST_YEARS} years. Enter an earlier day."
    elif terms.ends_on.year > LAST_YEAR:
        yield "ends", f"Enter a year up to {LAST_YEAR}."
