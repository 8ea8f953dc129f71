"""Cycles: a person's licence period, where it begins, how long it is, and what lengthens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pdtracker.domain.refusals import Refusal

_MONTHS = 12


class Anchor(StrEnum):
    """What a cycle's first day hangs on."""

    FIXED_DATE = "fixed_date"
    ISSUE_DATE = "issue_date"
    BIRTH_MONTH = "birth_month"
    SCHOOL_YEAR = "school_year"


@dataclass(frozen=True, slots=True, order=True)
class Cycle:
    """From `start` to `end`; both days belong to it."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("A cycle ends on or after its first day.")

    def __contains__(self, on: date) -> bool:
        return self.start <= on <= self.end

    def overlaps(self, other: Cycle) -> bool:
        """Whether they share a day."""
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True, slots=True)
class Status:
    """Another length for who has one of the facts: seven years for part time."""

    facts: frozenset[str]
    years: int


@dataclass(frozen=True, slots=True)
class Extension:
    """Cycles that are open on a day of this period end so many months later."""

    open_on: Cycle
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRule:
    """How long a cycle is and where it begins.

    `starts` is the (month, day) on which a school year, or a cycle of a fixed date, begins. `periods` are the cycles
    themselves where the body lists them.
    """

    anchor: Anchor
    years: int
    starts: tuple[int, int] = (1, 1)
    statuses: tuple[Status, ...] = ()
    periods: tuple[Cycle, ...] = ()
    extensions: tuple[Extension, ...] = ()

    def years_for(self, facts: frozenset[str]) -> int:
        """The years for a person; the first status that fits decides."""
        return next((status.years for status in self.statuses if status.facts & facts), self.years)

    def year_of(self, on: date) -> int:
        """The year by which yearly limits are counted: the calendar year in which the rule's own year began."""
        return on.year if (on.month, on.day) >= self.starts else on.year - 1


NO_CYCLE = CycleRule(anchor=Anchor.FIXED_DATE, years=0)
"""Of a body that asks for nothing in any period, such as a standard for certificates."""


def cycle_for(rule: CycleRule, on: date, facts: frozenset[str], birth_month: int | None = None) -> Cycle:
    """The cycle of a licence that was issued on a day, extensions included.

    With `issue_date` it begins that day; with `birth_month` on the first of that month, the same day or next;
    otherwise it is the one that holds the day. Refuses a regime without cycles, a missing birth month, a day outside
    all listed periods.
    """
    if rule == NO_CYCLE:
        raise Refusal("no_cycle", "This regime has no cycle.")
    if rule.periods:
        found = next((period for period in rule.periods if on in period), None)
        if found is None:
            raise Refusal("no_cycle", f"No listed cycle holds {on.isoformat()}.")
    else:
        start = _first_day(rule, on, birth_month)
        found = Cycle(start, months_later(start, rule.years_for(facts) * _MONTHS) - timedelta(days=1))
    for extension in rule.extensions:
        if found.overlaps(extension.open_on):
            found = Cycle(found.start, _longer(found.end, extension.months))
    return found


def months_later(on: date, months: int) -> date:
    """The same day so many months later, or earlier with a negative number; the month's last where it has no such."""
    years, month = divmod(on.month - 1 + months, _MONTHS)
    year = on.year + years
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(on.day, _last_day(year, month + 1)))


def _first_day(rule: CycleRule, on: date, birth_month: int | None) -> date:
    match rule.anchor:
        case Anchor.ISSUE_DATE:
            return on
        case Anchor.BIRTH_MONTH:
            if birth_month is None:
                raise Refusal("no_birth_month", "This cycle begins in the month of birth. Say which.")
            passed = (on.month, on.day) > (birth_month, 1)
            return date(on.year + passed, birth_month, 1)
        case Anchor.SCHOOL_YEAR | Anchor.FIXED_DATE:
            return date(rule.year_of(on), *rule.starts)


def _longer(end: date, months: int) -> date:
    """A cycle's last day so many months later: the day before its next first day moves."""
    return months_later(end + timedelta(days=1), months) - timedelta(days=1)


def _last_day(year: int, month: int) -> int:
    return (date(year + month // _MONTHS, month % _MONTHS + 1, 1) - timedelta(days=1)).day
