"""The report on credit in words: its tables for the page, and its rows for files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from flask import url_for

from pdtracker.domain.credit_report import (
    CreditLine,
    Waits,
    coarse,
    coarse_minutes,
    coarse_people,
    days_figure,
    fit_to_pass_on,
    period_words,
    share_words,
    together,
)
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.participation import FEWEST_PEOPLE
from pdtracker.domain.when import school_year, school_year_text
from pdtracker.exchange.csv_out import Cell
from pdtracker.exchange.xlsx_out import Column
from pdtracker.queries.credit_report import NONE, CreditReport, Period
from pdtracker.web.reports.asked import NO_SCHOOL
from pdtracker.web.reports.credit_asked import Asked

COLUMNS: Final = (
    Column("By", 12),
    Column("Name", 48),
    Column("People", 10),
    Column("Hours", 12),
    Column("Minutes", 12),
    Column("Decisions", 12),
    Column("Median days to a decision", 14),
    Column("Long waits", 12),
    Column("Long from days", 12),
)

_NO_THEME: Final = "No theme"
_YEARS_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that page and files tell. `year` is the school year that runs, `starts` the day it begins with."""

    asked: Asked
    starts: tuple[int, int]
    year: Period
    credited: CreditReport
    months: tuple[tuple[str, Waits], ...]

    @property
    def decided(self) -> Waits:
        """The decisions of the whole period."""
        return together([waits for _, waits in self.months])

    @property
    def credited_in_all(self) -> tuple[int, int]:
        """How many people have how many minutes; to pass on in coarse steps, as everything else is."""
        people, minutes = self.credited.people, self.credited.minutes
        return (
            (coarse_people(people), coarse_minutes(minutes))
            if self.asked.is_to_pass_on
            else (people, minutes)
        )

    @property
    def told_months(self) -> tuple[tuple[str, Waits], ...]:
        """The months or years with decisions; to pass on only those with as many as tell of nobody alone."""
        least = FEWEST_PEOPLE if self.asked.is_to_pass_on else 1
        return tuple((name, waits) for name, waits in self.months if waits.count >= least)

    @property
    def is_too_small(self) -> bool:
        """Whether it is to be passed on and would tell of single people."""
        return self.asked.is_to_pass_on and 0 < self.credited.people < FEWEST_PEOPLE


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; `href` narrows the report to it, or opens it again where it is narrowed to it.

    It is empty where lines were put together.
    """

    name: str
    within: str
    people: int | None
    minutes: int
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Lines by one thing."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """The decisions of a month or year, in words."""

    name: str
    count: int
    median: str
    long: str


def tables(found: Found) -> tuple[Table, ...]:
    """The three tables; to pass on, lines of few people are put together."""
    credited, chosen, query = found.credited, found.asked.chosen, found.asked.query

    def table(by: str, title: str, lines: Sequence[CreditLine], now: Any, others: str) -> Table:
        if found.asked.is_to_pass_on:
            fit = fit_to_pass_on(lines, others, credited.people, are_disjoint=by == "school_id")
            lines = [coarse(line) for line in fit]
        rows = []
        for line in lines:
            value = _value(by, line.key)
            is_chosen = now is not None and value == now
            wish = query(**{by: None if is_chosen else value})
            href = url_for("credit_reports.show", **wish) if line.key else ""
            rows.append(Line(_name(by, line), line.within, line.people, line.minutes, href, is_chosen))
        return Table(title, tuple(rows))

    return (
        table("theme_id", "theme", credited.themes, chosen.theme_id, "Other themes"),
        table("category", "category", credited.categories, chosen.category, "Other categories"),
        table("school_id", "school", credited.schools, chosen.school_id, "Other schools"),
    )


def months(found: Found) -> list[Month]:
    """The decisions by month or year; those without any are left out."""
    return [
        Month(
            name,
            waits.count,
            median_words(waits),
            share_words(waits.at_least(found.asked.long_days), waits.count),
        )
        for name, waits in found.told_months
    ]


def median_words(waits: Waits) -> str:
    """`2`, `4.5`; a dash without any decision."""
    return "\N{EN DASH}" if waits.median_hours is None else days_figure(waits.median_hours)


def years(found: Found) -> list[tuple[str, str, bool]]:
    """The school years that have credit, the newest first, each with its address and whether it is shown."""
    first = found.credited.first_day or found.year[0]
    shown: list[tuple[str, str, bool]] = []
    day = found.year[0]
    while len(shown) < _YEARS_SHOWN:
        year = school_year(day, found.starts)
        is_running = year == found.year
        href = url_for(
            "credit_reports.show", **replace(found.asked, is_this_year=is_running).query(period=year)
        )
        shown.append((school_year_text(*year), href, found.asked.chosen.period == year))
        if year[0] <= first:
            break
        day = school_year(year[0].replace(year=year[0].year - 1), found.starts)[0]
    return shown


def named(by: str, lines: Sequence[CreditLine]) -> list[tuple[str, CreditLine]]:
    """The lines with their names."""
    return [(_name(by, line), line) for line in lines]


def period_of(found: Found) -> str:
    """`in 2026-27`, or `from July 1, 2026 - ...`."""
    period = found.asked.chosen.period
    if period == school_year(period[0], found.starts):
        return f"in {school_year_text(*period)}"
    return period_words(*period)


def narrowed(found: Found) -> str:
    """What the report is narrowed to beside its period, in words; empty where it isn't."""
    chosen, credited = found.asked.chosen, found.credited
    said = []
    for by, lines, value in (
        ("school_id", credited.schools, chosen.school_id),
        ("theme_id", credited.themes, chosen.theme_id),
        ("category", credited.categories, chosen.category),
    ):
        if value is not None:
            line = next((line for line in lines if _value(by, line.key) == value), None)
            said.append(_name(by, line) if line else "nothing that has credit here")
    return "; ".join(said)


def cells(found: Found) -> Iterator[tuple[Cell, ...]]:
    """The rows of a file: the sum, each table, then the decisions by month."""
    long_days = found.asked.long_days
    yield (
        "All",
        period_words(*found.asked.chosen.period),
        *_amounts(*found.credited_in_all),
        *_decisions(found.decided, long_days),
    )
    for table in tables(found):
        for line in table.lines:
            name = ", ".join(filter(None, (line.name, line.within)))
            yield (table.title.capitalize(), name, *_amounts(line.people, line.minutes), *([None] * 4))
    for name, waits in found.told_months:
        yield "Decided in", name, *([None] * 3), *_decisions(waits, long_days)


def _amounts(people: int | None, minutes: int) -> tuple[Cell, ...]:
    return people, (Decimal(minutes) / 60).quantize(Decimal("0.01")), minutes


def _decisions(waits: Waits, long_days: int) -> tuple[Cell, ...]:
    hours = waits.median_hours
    days = None if hours is None else (Decimal(hours.numerator) / hours.denominator / 24)
    return waits.count, days and days.quantize(Decimal("0.01")), waits.at_least(long_days), long_days


def _value(by: str, key: str) -> Any:
    if not key:
        return None
    return CreditCategory(key) if by == "category" else int(key)


def _name(by: str, line: CreditLine) -> str:
    match by:
        case "category":
            return CreditCategory(line.key).label if line.key else line.name
        case "theme_id":
            return _NO_THEME if line.key == str(NONE) else line.name
        case _:
            return NO_SCHOOL if line.key == str(NONE) else line.name
