"""How full a day is with all of somebody's claims."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.days import DayLoad, Spent, full_day_fault, fullest, fullest_of, spent_by_log
from pdtracker.domain.log import LogDay

ZONE = "America/New_York"
MIDNIGHT = datetime(2014, 10, 8, 4, tzinfo=UTC)


def spent(title: str, hours: float, *, days: int = 1, after: timedelta = timedelta(0)) -> Spent:
    start = MIDNIGHT + after
    return Spent(title, start, start + timedelta(days=days), int(hours * 60))


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("“", '"').replace("”", '"')


def test_all_claims_of_a_day_count_together_whatever_they_are() -> None:
    load = fullest(spent("Course B", 24), [spent("Course A", 6.5), spent("Seminar", 1.5)], ZONE)
    assert load.minutes == 32 * 60
    assert load.is_impossible
    assert plain(full_day_fault(load)) == (
        'This makes 32 hours together with "Course A" and "Seminar" on October 8, 2014, and a day has 24.'
        " Look whether day and hours are right."
    )


def test_a_full_day_is_possible_and_long() -> None:
    load = fullest(spent("Course B", 12), [spent("Course A", 12)], ZONE)
    assert (load.is_impossible, load.is_long) == (False, True)
    assert not fullest(spent("Course B", 5), [spent("Course A", 5)], ZONE).is_long


def test_the_day_after_is_another_day() -> None:
    load = fullest(spent("Course B", 20), [spent("Course A", 20, after=timedelta(days=1))], ZONE)
    assert (load.minutes, load.others) == (20 * 60, ())


def test_a_day_of_another_zone_is_one_day() -> None:
    honolulu = spent("Course A", 24, after=timedelta(hours=6))
    assert fullest(spent("Course B", 24), [honolulu], ZONE).is_impossible


def test_two_courses_of_a_month_that_begin_on_one_day_have_room() -> None:
    load = fullest(spent("Course B", 20, days=30), [spent("Course A", 24, days=30)], ZONE)
    assert load.minutes == 44 * 60
    assert not load.is_long


def test_what_fills_the_days_of_a_longer_claim_is_found_too() -> None:
    long = [spent("Course A", 24, days=2), spent("Course B", 20, days=2)]
    load = fullest(spent("Seminar", 5), long, ZONE)
    assert (load.day_count, load.minutes, load.is_impossible) == (2, 49 * 60, True)
    assert "from October 8, 2014 to October 9, 2014, and these days have 48" in plain(full_day_fault(load))


def test_many_others_are_counted_after_two() -> None:
    load = DayLoad(MIDNIGHT.date(), MIDNIGHT.date(), 1500, ("A", "B", "C", "D"))
    assert plain(load.beside) == ', with "A", "B" and 2 more'


def test_each_day_of_a_log_counts_with_what_lies_on_it_alone() -> None:
    log = (LogDay(date(2014, 10, 8), 120), LogDay(date(2014, 10, 21), 60))
    club = spent_by_log("Book club", log, 180, ZONE)
    load = fullest_of(club, [spent("Course", 23), spent("Seminar", 2, after=timedelta(days=1))], ZONE)
    assert load is not None
    assert (load.first, load.minutes, load.others) == (date(2014, 10, 8), 25 * 60, ("Course",))
    assert load.is_impossible


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "Europe/London"])
def test_a_day_of_a_log_is_that_day(zone: str) -> None:
    (one,) = spent_by_log("Forum", [LogDay(date(2014, 11, 2), 30)], 30, zone)
    assert one.days(zone) == (date(2014, 11, 2), date(2014, 11, 2))


@given(
    st.lists(st.integers(1, 1440), min_size=1, max_size=20),
    st.integers(0, 3000),
)
def test_a_log_never_counts_more_than_it_says_nor_than_stands_credited(days: list[int], minutes: int) -> None:
    log = [LogDay(date(2014, 10, 1) + timedelta(days=number), spent) for number, spent in enumerate(days)]
    found = spent_by_log("Forum", log, minutes, ZONE)
    assert sum(one.minutes for one in found) <= min(minutes, sum(days))
    assert all(one.minutes > 0 for one in found)
