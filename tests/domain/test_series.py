"""How an event comes again: by the week, by the month, and by the clock on the wall."""

from __future__ import annotations

from datetime import date

import pytest

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.series import MOST_EVENTS, InSeries, Repetition, ordinal, repetition_faults, times
from pdtracker.domain.when import local
from tests.calendars import EASTERN, hours, window

TALK = hours("2014-10-14T19:00")


def days(found: tuple[EventTime, ...]) -> list[str]:
    return [local(time.starts_at, EASTERN).strftime("%m-%d %H:%M") for time in found]


def test_each_week_at_the_same_hour_when_the_clocks_change() -> None:
    found = times(Repetition(2, None, 3), TALK)
    assert days(found) == ["10-14 19:00", "10-28 19:00", "11-11 19:00"]
    assert {time.minutes for time in found} == {60}


def test_until_a_day_which_belongs_to_it() -> None:
    assert days(times(Repetition(1, date(2014, 10, 28), None), TALK))[-1] == "10-28 19:00"
    assert len(times(Repetition(1, date(2014, 10, 27), None), TALK)) == 2


def test_each_month_on_its_weekday_and_on_the_last_where_there_is_no_fifth() -> None:
    assert days(times(Repetition(None, None, 4), TALK)) == [
        "10-14 19:00",
        "11-11 19:00",
        "12-09 19:00",
        "01-13 19:00",
    ]
    fifth = hours("2014-10-30T19:00")
    assert days(times(Repetition(None, None, 3), fifth))[1:] == ["11-27 19:00", "12-25 19:00"]


def test_a_window_comes_again_as_whole_days() -> None:
    found = times(Repetition(4, None, 2), window("2014-10-06", "2014-10-12"))
    assert (found[1].first_on, found[1].last_on) == (date(2014, 11, 3), date(2014, 11, 9))


@pytest.mark.parametrize(
    ("how", "field"),
    [
        (Repetition(0, None, 4), "weeks"),
        (Repetition(13, None, 4), "weeks"),
        (Repetition(1, None, None), "until"),
        (Repetition(1, date(2014, 11, 1), 4), "until"),
        (Repetition(1, None, 1), "count"),
        (Repetition(1, None, MOST_EVENTS + 1), "count"),
        (Repetition(1, date(2014, 10, 15), None), "until"),
        (Repetition(1, date(2016, 1, 1), None), "until"),
        (Repetition(None, date(2099, 1, 1), None), "until"),
    ],
)
def test_what_makes_no_series_is_told_at_its_field(how: Repetition, field: str) -> None:
    assert list(repetition_faults(how, TALK)) == [field]


def test_the_longest_series_is_one() -> None:
    assert repetition_faults(Repetition(1, None, MOST_EVENTS), TALK) == {}
    assert len(times(Repetition(1, None, MOST_EVENTS), TALK)) == MOST_EVENTS


def test_a_place_is_told_as_people_say_it() -> None:
    assert [ordinal(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 22)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd",
    ]  # fmt: skip
    assert InSeries(4, 8, None, None, 4).words == "4th of 8"
