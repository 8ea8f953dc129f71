"""The report on credit: medians, shares that don't lie, rings of one measure, and what may be passed on."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.credit_report import (
    MOST_RINGS,
    CreditLine,
    Waits,
    coarse,
    days_figure,
    fit_to_pass_on,
    ring_hours,
    share_words,
    stretches,
    together,
)
from pdtracker.domain.participation import FEWEST_PEOPLE

JULY_1 = (7, 1)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_the_median_is_that_of_the_single_waits(hours: list[int]) -> None:
    waits = Waits({each: hours.count(each) for each in hours})
    assert waits.median_hours == Fraction(median(hours))
    assert waits.count == len(hours)
    assert waits.at_least(5) == sum(each >= 120 for each in hours)


def test_without_a_decision_there_is_no_median() -> None:
    assert Waits({}).median_hours is None
    assert together([]).count == 0


def test_waits_of_several_months_are_those_of_all_of_them() -> None:
    assert together([Waits({3: 1}), Waits({3: 2, 50: 1})]) == Waits({3: 3, 50: 1})


@pytest.mark.parametrize(
    ("hours", "figure"), [(0, "0"), (1, "0.1"), (12, "0.5"), (24, "1"), (108, "4.5"), (48_000, "2,000")]
)
def test_days_are_said_with_one_decimal_at_most(hours: int, figure: str) -> None:
    assert days_figure(Fraction(hours)) == figure


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 0, "0 %"),
        (0, 900, "0 %"),
        (1, 900, "under 1 %"),
        (1, 3, "33 %"),
        (899, 900, "over 99 %"),
        (9, 9, "100 %"),
    ],
)
def test_a_share_says_none_or_all_only_where_it_is(part: int, whole: int, words: str) -> None:
    assert share_words(part, whole).replace("\u00a0", " ") == words


@given(st.integers(0, 100_000_000))
def test_the_longest_row_has_at_most_twelve_rings_and_none_is_needlessly_large(minutes: int) -> None:
    hours = ring_hours(minutes)
    assert minutes <= MOST_RINGS * hours * 60
    assert hours == 1 or minutes * 3 > MOST_RINGS * hours * 60


def test_a_school_year_is_told_by_month_and_many_years_by_year() -> None:
    months = stretches(date(2014, 7, 1), date(2015, 6, 30), JULY_1)
    assert [name for _, name in months][:2] == ["July 2014", "August 2014"]
    assert (len(months), months[-1][0]) == (12, date(2015, 6, 1))
    odd = stretches(date(2014, 10, 15), date(2014, 10, 20), JULY_1)
    assert odd == ((date(2014, 10, 15), "October 2014"),)
    years = stretches(date(2013, 2, 1), date(2015, 6, 30), JULY_1)
    assert [on for on, _ in years] == [date(2013, 2, 1), date(2013, 7, 1), date(2014, 7, 1)]


def lines(*people: int) -> list[CreditLine]:
    return [
        CreditLine(str(place), f"School {place}", count, count * 60) for place, count in enumerate(people)
    ]


def passed_on(*people: int, are_disjoint: bool = True, of: int = 0) -> list[tuple[str, int | None]]:
    found = fit_to_pass_on(lines(*people), "Other schools", of or sum(people), are_disjoint=are_disjoint)
    return [(line.name, line.people) for line in found]


def test_lines_of_enough_people_stay_as_they_are() -> None:
    assert passed_on(9, 5) == [("School 0", 9), ("School 1", 5)]


def test_small_lines_are_put_together() -> None:
    assert passed_on(20, 3, 2) == [("School 0", 20), ("Other schools", 5)]


def test_a_single_small_line_takes_the_next_with_it_or_it_could_be_reckoned() -> None:
    assert passed_on(20, 7, 1) == [("School 0", 20), ("Other schools", 8)]
    assert passed_on(20, 7, 1, 1) == [("School 0", 20), ("Other schools", 9)]


def test_where_people_stand_in_several_lines_only_those_in_no_other_are_sure() -> None:
    assert passed_on(20, 6, 4, 4, are_disjoint=False, of=22) == [("School 0", 20), ("Other schools", None)]
    apart = [("School 0", 20), ("School 1", 6), ("Other schools", None)]
    assert passed_on(20, 6, 4, 4, are_disjoint=False, of=31) == apart


@given(st.lists(st.integers(1, 30), max_size=12), st.booleans())
def test_no_minute_is_lost_and_no_small_line_is_left(people: list[int], are_disjoint: bool) -> None:
    before = lines(*people)
    after = fit_to_pass_on(before, "Other schools", sum(people), are_disjoint=are_disjoint)
    assert sum(line.minutes for line in after) == sum(line.minutes for line in before)
    if sum(people) >= FEWEST_PEOPLE and len(people) > 1:
        assert all(line.people is None or line.people >= FEWEST_PEOPLE for line in after)


@given(st.integers(0, 10**6), st.integers(0, 10**8), st.integers(1, 4), st.integers(1, 299))
def test_what_is_passed_on_differs_by_whole_steps_or_not_at_all(
    people: int, minutes: int, more: int, longer: int
) -> None:
    before = coarse(CreditLine("", "x", people, minutes))
    after = coarse(CreditLine("", "x", people + more, minutes + longer))
    assert (after.people or 0) - (before.people or 0) in {0, 5}
    assert after.minutes - before.minutes in {0, 300}
    assert before.minutes <= minutes
