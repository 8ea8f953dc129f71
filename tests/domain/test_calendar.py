"""The calendar's rules: when an event is, which programme is current, how hashtags read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.calendar import (
    DayPart,
    EventTime,
    clean_hashtag,
    clock_offsets,
    current_season,
    days_text,
    in_time,
)
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.when import instant, local

EASTERN, PACIFIC, AUCKLAND = "America/New_York", "America/Los_Angeles", "Pacific/Auckland"


@dataclass(frozen=True)
class Season:
    starts_on: date
    ends_on: date


def at(text: str, zone: str = EASTERN) -> datetime:
    return instant(datetime.fromisoformat(text), zone)


def chat() -> EventTime:
    return EventTime(at("2014-10-14T19:00"), at("2014-10-14T20:00"), EASTERN, has_hours=True)


def window(first: str, last_midnight: str, zone: str = EASTERN) -> EventTime:
    return EventTime(at(first, zone), at(last_midnight, zone), zone, has_hours=False)


def test_an_event_with_hours_has_minutes_and_reads_in_each_zone() -> None:
    assert chat().minutes == 60
    assert chat().hours_words(PACIFIC) == "4:00\u20135:00\u00a0pm"
    assert chat().clock_text(EASTERN, is_live=True) == "7:00\u00a0pm"
    assert chat().day_in(AUCKLAND) == date(2014, 10, 15)


def test_an_event_that_crosses_the_end_of_summer_time_has_the_minutes_that_pass() -> None:
    night = EventTime(at("2014-11-02T00:30"), at("2014-11-02T02:30"), EASTERN, has_hours=True)
    assert night.minutes == 180


def test_a_window_is_a_matter_of_days_where_the_host_is() -> None:
    month = window("2014-10-01", "2014-11-01", AUCKLAND)
    assert month.is_window
    assert month.minutes is None
    assert (month.first_on, month.last_on) == (date(2014, 10, 1), date(2014, 10, 31))
    # In Massachusetts that moment is still in September; the event is not.
    assert month.day_in(EASTERN) == date(2014, 10, 1)


@pytest.mark.parametrize(
    ("first", "end", "of_window", "of_live"),
    [
        ("2014-10-01", "2014-10-02", "All day", "Some time"),
        ("2014-10-01", "2014-11-01", "All month", "In October"),
        ("2014-10-01", "2014-10-15", "Oct\u00a01\u201314", "Oct\u00a01\u201314"),
        ("2014-09-28", "2014-10-10", "Sep\u00a028\u2013Oct\u00a09", "Sep\u00a028\u2013Oct\u00a09"),
    ],
)
def test_a_window_says_how_long_it_is_open(first: str, end: str, of_window: str, of_live: str) -> None:
    assert window(first, end).clock_text(EASTERN, is_live=False) == of_window
    assert window(first, end).clock_text(EASTERN, is_live=True) == of_live


def test_a_beginning_without_an_end_says_so() -> None:
    kick_off = EventTime(at("2012-08-01T21:00"), None, EASTERN, has_hours=False)
    assert kick_off.minutes is None
    assert not kick_off.is_window
    assert kick_off.hours_words(EASTERN) == "9:00\u00a0pm, the end is not recorded"
    assert not kick_off.is_over(at("2012-08-01T22:00"))
    assert kick_off.is_over(at("2012-08-02T21:00"))


def test_an_event_has_begun_from_its_first_moment() -> None:
    assert not chat().has_begun(chat().starts_at - timedelta(seconds=1))
    assert chat().has_begun(chat().starts_at)
    assert not chat().is_over(chat().starts_at)
    assert chat().is_over(at("2014-10-14T20:00"))


def test_days_are_said_without_repeating_themselves() -> None:
    assert days_text(date(2014, 10, 1), date(2014, 10, 31)) == "October\u00a01\u201331, 2014"
    assert days_text(date(2014, 10, 1), date(2014, 10, 1)) == "October\u00a01, 2014"
    assert days_text(date(2014, 9, 28), date(2014, 10, 9)) == "September\u00a028 \u2013 October\u00a09, 2014"
    assert (
        days_text(date(2014, 12, 28), date(2015, 1, 9))
        == "December\u00a028, 2014 \u2013 January\u00a09, 2015"
    )


def test_the_current_programme_is_the_one_that_runs_then_the_next_then_the_last() -> None:
    old, new = Season(date(2013, 10, 1), date(2013, 10, 31)), Season(date(2014, 10, 1), date(2014, 10, 31))
    assert current_season([old, new], date(2014, 10, 31)) is new
    assert current_season([old, new], date(2013, 10, 1)) is old
    assert current_season([old, new], date(2013, 11, 1)) is new
    assert current_season([old, new], date(2020, 1, 1)) is new
    assert current_season([], date(2020, 1, 1)) is None


def test_of_two_programmes_that_run_the_later_one_is_current() -> None:
    year, month = Season(date(2014, 7, 1), date(2015, 6, 30)), Season(date(2014, 10, 1), date(2014, 10, 31))
    assert current_season([year, month], date(2014, 10, 5)) is month


def test_a_hashtag_gets_its_sign() -> None:
    assert clean_hashtag("ce14") == "#ce14"
    assert clean_hashtag(" #ce14 ") == "#ce14"
    assert clean_hashtag("") == ""


@pytest.mark.parametrize("text", ["#", "#ce14 #ce13", "ce-14", "<b>", "#" + "x" * 60])
def test_what_is_no_single_hashtag_is_refused(text: str) -> None:
    with pytest.raises(Mistyped):
        clean_hashtag(text)


def test_the_parts_of_the_day_cover_it_once() -> None:
    minutes = [minute for part in DayPart for minute in range(*part.minutes)]
    assert minutes == list(range(1440))
    assert len({part.label for part in DayPart}) == len(DayPart)


@given(
    st.integers(0, 364 * 24 * 60 - 1),
    st.sampled_from([EASTERN, PACIFIC, AUCKLAND, "UTC"]),
)
def test_each_stretch_has_the_offset_that_its_clocks_show(minutes_in: int, zone: str) -> None:
    now = datetime(2014, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes_in)
    (offset,) = [
        minutes
        for begin, end, minutes in clock_offsets(zone, date(2014, 1, 1), date(2014, 12, 31))
        if begin <= now < end
    ]
    assert timedelta(minutes=offset) == local(now, zone).utcoffset()


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=1), "in a minute"),
        (timedelta(minutes=35), "in 35 minutes"),
        (timedelta(minutes=59, seconds=30), "in 1 hour"),
        (timedelta(minutes=61), "in 1 hour 1 minute"),
        (timedelta(hours=2, minutes=5), "in 2 hours 5 minutes"),
    ],
)
def test_how_far_ahead_is_told_in_whole_minutes(ahead: timedelta, words: str) -> None:
    now = datetime(2014, 10, 14, 23, 0, tzinfo=UTC)
    assert in_time(now + ahead, now).replace("\u00a0", " ") == words
