"""Cycles: where they begin, how long they are, and what lengthens them."""

from __future__ import annotations

from datetime import date

import pytest

from pdtracker.domain.refusals import Refusal
from pdtracker.domain.regimes.cycles import (
    NO_CYCLE,
    Anchor,
    Cycle,
    CycleRule,
    Extension,
    Status,
    cycle_for,
    months_later,
)

NOBODY: frozenset[str] = frozenset()


def rule(anchor: Anchor, **told: object) -> CycleRule:
    return CycleRule(**{"anchor": anchor, "years": 5} | told)  # type: ignore[arg-type]


def test_a_cycle_from_the_day_of_issue_ends_the_day_before_its_anniversary() -> None:
    found = cycle_for(rule(Anchor.ISSUE_DATE), date(2020, 2, 29), NOBODY)
    assert found == Cycle(date(2020, 2, 29), date(2025, 2, 27))


def test_a_cycle_of_the_birth_month_begins_on_its_first_day() -> None:
    by_month = rule(Anchor.BIRTH_MONTH)
    assert cycle_for(by_month, date(2020, 2, 10), NOBODY, 9).start == date(2020, 9, 1)
    assert cycle_for(by_month, date(2020, 9, 1), NOBODY, 9).start == date(2020, 9, 1)
    assert cycle_for(by_month, date(2020, 9, 2), NOBODY, 9) == Cycle(date(2021, 9, 1), date(2026, 8, 31))
    with pytest.raises(Refusal, match="month of birth"):
        cycle_for(by_month, date(2020, 2, 10), NOBODY)


def test_a_school_year_holds_the_day() -> None:
    yearly = rule(Anchor.SCHOOL_YEAR, years=1, starts=(7, 1))
    assert cycle_for(yearly, date(2024, 6, 30), NOBODY) == Cycle(date(2023, 7, 1), date(2024, 6, 30))
    assert cycle_for(yearly, date(2024, 7, 1), NOBODY) == Cycle(date(2024, 7, 1), date(2025, 6, 30))


def test_a_status_lengthens_and_an_extension_moves_the_end() -> None:
    part_time = rule(Anchor.ISSUE_DATE, statuses=(Status(frozenset({"part_time"}), 7),))
    assert cycle_for(part_time, date(2020, 1, 1), frozenset({"part_time"})).end == date(2026, 12, 31)
    extended = rule(
        Anchor.ISSUE_DATE, extensions=(Extension(Cycle(date(2011, 1, 1), date(2013, 6, 30)), 24),)
    )
    assert cycle_for(extended, date(2008, 3, 1), NOBODY).end == date(2015, 2, 28)
    assert cycle_for(extended, date(2013, 7, 1), NOBODY).end == date(2018, 6, 30)


def test_listed_periods_are_the_cycles() -> None:
    listed = rule(Anchor.FIXED_DATE, periods=(Cycle(date(2015, 1, 1), date(2019, 12, 31)),))
    assert date(2015, 1, 1) in cycle_for(listed, date(2017, 1, 1), NOBODY)
    for without in (listed, NO_CYCLE):
        with pytest.raises(Refusal, match="cycle"):
            cycle_for(without, date(2020, 1, 1), NOBODY)


def test_a_cycle_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="on or after"):
        Cycle(date(2020, 1, 2), date(2020, 1, 1))


def test_months_end_where_the_month_does() -> None:
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2025, 7, 1), -3) == date(2025, 4, 1)
