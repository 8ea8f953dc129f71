"""Times: exact across every change of clocks, and the words in which pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.when import (
    ZONE_WORDS,
    date_text,
    day_text,
    instant,
    known_zone,
    local,
    moment_text,
    month_day,
    overlaps,
    school_year,
    school_year_text,
    session_minutes,
    short_day,
    since_text,
    span_text,
    time_text,
    weekday_text,
    zone_words,
)

EASTERN = "America/New_York"
CHANGING_ZONES = (
    EASTERN,
    "America/Indiana/Indianapolis",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
)
STEADY_ZONES = ("America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def clock(text: str) -> datetime:
    """What a clock on some wall shows: naive."""
    return datetime.fromisoformat(text)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{EN DASH}", "-")


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The first instants of each new offset from 2013 to 2035, found by asking the zone hour by hour."""
    found = []
    at, last = datetime(2013, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    while (at := at + HOUR) < last:
        if (now := at.astimezone(ZoneInfo(zone)).utcoffset()) != offset:
            found.append(at)
            offset = now
    return tuple(found)


def shift(change: datetime, zone: str) -> timedelta:
    """By how much the clocks are put forward (or back, when negative) at a change."""
    after, before = (at.astimezone(ZoneInfo(zone)).utcoffset() for at in (change, change - MINUTE))
    assert after is not None
    assert before is not None
    return after - before


def wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@pytest.mark.parametrize("zone", CHANGING_ZONES)
def test_the_clocks_change_twice_a_year(zone: str) -> None:
    assert len(changes(zone)) == 2 * 23


@pytest.mark.parametrize("zone", STEADY_ZONES)
def test_where_the_clocks_never_change_no_time_is_refused(zone: str) -> None:
    assert changes(zone) == ()
    for month in range(1, 13):
        meant = clock(f"2014-{month:02d}-09 02:30")
        assert wall(instant(meant, zone), zone) == meant


@pytest.mark.parametrize("zone", CHANGING_ZONES)
def test_a_time_that_the_clocks_skip_is_refused(zone: str) -> None:
    forward = [change for change in changes(zone) if shift(change, zone) > timedelta(0)]
    assert len(forward) == 23
    for change in forward:
        first_skipped = wall(change - MINUTE, zone) + MINUTE
        for skipped in (first_skipped, first_skipped + 30 * MINUTE, first_skipped + 59 * MINUTE):
            with pytest.raises(Mistyped, match="There was no"):
                instant(skipped, zone)
        assert instant(first_skipped - MINUTE, zone) == change - MINUTE
        assert instant(first_skipped + HOUR, zone) == change


@pytest.mark.parametrize("zone", CHANGING_ZONES)
def test_of_a_time_that_occurs_twice_the_first_is_meant(zone: str) -> None:
    back = [change for change in changes(zone) if shift(change, zone) < timedelta(0)]
    assert len(back) == 23
    for change in back:
        twice = wall(change, zone) + 30 * MINUTE
        assert instant(twice, zone) == change - 30 * MINUTE
        assert instant(twice.replace(fold=1), zone) == change - 30 * MINUTE


@pytest.mark.parametrize("zone", CHANGING_ZONES)
def test_a_session_across_a_change_lasts_what_really_passes(zone: str) -> None:
    for change in changes(zone):
        # From an hour before the wall clock jumps to three hours after, by the wall clock.
        start, end = wall(change - HOUR, zone), wall(change + 2 * HOUR, zone)
        by_the_wall = (end - start) // MINUTE
        assert (
            session_minutes(instant(start, zone), instant(end, zone))
            == by_the_wall - shift(change, zone) // MINUTE
        )


def test_the_length_is_right_also_for_two_times_of_one_zone() -> None:
    # Python's own difference of these two is 3 hours: it subtracts the wall clocks.
    start = datetime(2014, 3, 9, 1, 0, tzinfo=ZoneInfo(EASTERN))
    end = datetime(2014, 3, 9, 4, 0, tzinfo=ZoneInfo(EASTERN))
    assert session_minutes(start, end) == 120


def test_the_refusal_of_a_skipped_time_says_which_time_to_enter() -> None:
    with pytest.raises(Mistyped) as refused:
        instant(clock("2014-03-09 02:30"), EASTERN)
    assert plain(refused.value.sentence) == (
        "There was no 2:30 am on March 9, 2014 in Eastern Time: the clocks were put forward. "
        "Enter 3:30 am if that is what your clock showed."
    )


def test_a_session_across_midnight_and_the_new_year_is_one_session() -> None:
    start = instant(clock("2014-12-31 23:30"), EASTERN)
    assert session_minutes(start, instant(clock("2015-01-01 00:15"), EASTERN)) == 45


ZONES = st.sampled_from(sorted({*ZONE_WORDS, "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"}))
INSTANTS = st.datetimes(clock("2001-01-01 00:00"), clock("2099-12-31 00:00"), timezones=st.just(UTC))


@given(INSTANTS, ZONES)
def test_the_wall_clock_leads_back_to_the_instant(at: datetime, zone: str) -> None:
    shown = local(at, zone)
    assert shown == at
    assume(not shown.fold)
    assert instant(shown.replace(tzinfo=None), zone) == at


@given(st.datetimes(clock("2001-01-01 00:00"), clock("2099-12-31 00:00")), ZONES)
def test_a_wall_time_is_shown_again_or_was_refused(meant: datetime, zone: str) -> None:
    try:
        at = instant(meant, zone)
    except Mistyped:
        return
    assert wall(at, zone) == meant


@given(INSTANTS, st.integers(0, 10_000), ZONES, ZONES)
def test_length_does_not_depend_on_where_its_ends_are_told(
    at: datetime, minutes: int, one: str, other: str
) -> None:
    end = at + timedelta(minutes=minutes)
    assert session_minutes(local(at, one), local(end, other)) == minutes


def test_seconds_are_no_minute() -> None:
    at = datetime(2014, 10, 14, 23, tzinfo=UTC)
    assert session_minutes(at, at + timedelta(minutes=59, seconds=59)) == 59


def test_a_session_does_not_end_before_it_starts() -> None:
    at = datetime(2014, 10, 14, 23, tzinfo=UTC)
    with pytest.raises(ValueError, match="ends after it starts"):
        session_minutes(at, at - MINUTE)


def test_an_instant_without_a_zone_is_none() -> None:
    with pytest.raises(ValueError, match="carries its zone"):
        local(clock("2014-10-14 19:00"), EASTERN)
    with pytest.raises(ValueError, match="no zone of its own"):
        instant(datetime(2014, 10, 14, 19, tzinfo=UTC), EASTERN)


@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
def test_years_far_away_are_refused(year: int) -> None:
    with pytest.raises(Mistyped, match="between 2000 and 2100"):
        instant(clock(f"{year:04d}-12-31 23:59"), EASTERN)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Eastern",
        "../../etc/passwd",
        "/etc/passwd",
        "America",
        "america/new_york",
        "localtime",
        "US/\x00",
        "\ud800",
    ],
)
def test_unknown_zones_are_refused(name: str) -> None:
    assert not known_zone(name)
    with pytest.raises(Mistyped, match="Choose a time zone"):
        instant(clock("2014-10-14 19:00"), name)


def test_every_zone_that_has_words_is_known() -> None:
    assert all(known_zone(zone) for zone in ZONE_WORDS)


SPANS = st.tuples(INSTANTS, st.integers(1, 600)).map(lambda span: (span[0], span[0] + span[1] * MINUTE))


@given(SPANS, SPANS)
def test_overlap_is_mutual(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> None:
    assert overlaps(*one, *other) == overlaps(*other, *one)
    assert overlaps(*one, *one)


@given(SPANS, st.integers(1, 600))
def test_back_to_back_is_no_overlap_and_one_moment_more_is(
    span: tuple[datetime, datetime], minutes: int
) -> None:
    start, end = span
    assert not overlaps(start, end, end, end + minutes * MINUTE)
    assert overlaps(start, end, end - timedelta(microseconds=1), end + minutes * MINUTE)


def test_overlap_sees_through_the_repeated_hour() -> None:
    # 1:30 am twice on one night: by the wall clock the same, an hour apart in truth.
    first = datetime(2014, 11, 2, 1, 0, tzinfo=ZoneInfo(EASTERN))
    second = first.replace(fold=1)
    half = timedelta(minutes=30)
    assert not overlaps(
        first, first + half, second, (second.astimezone(UTC) + half).astimezone(ZoneInfo(EASTERN))
    )


@given(
    st.dates(date(2001, 1, 1), date(2099, 1, 1)),
    st.sampled_from([(7, 1), (1, 1), (8, 15), (9, 1), (12, 31), (3, 1)]),
)
def test_every_day_is_in_exactly_one_school_year(on: date, starts: tuple[int, int]) -> None:
    first, last = school_year(on, starts)
    assert first <= on <= last
    assert (first.month, first.day) == starts
    assert school_year(last + timedelta(days=1), starts)[0] == last + timedelta(days=1)
    assert (last - first).days in {364, 365}


def test_a_school_year_turns_on_its_first_day() -> None:
    assert school_year(date(2015, 6, 30), (7, 1)) == (date(2014, 7, 1), date(2015, 6, 30))
    assert school_year(date(2015, 7, 1), (7, 1)) == (date(2015, 7, 1), date(2016, 6, 30))


def test_a_school_year_does_not_start_on_a_leap_day() -> None:
    with pytest.raises(ValueError, match="most years lack"):
        school_year(date(2016, 6, 1), (2, 29))


def test_a_school_year_is_named_by_both_its_years() -> None:
    assert plain(school_year_text(date(2014, 7, 1), date(2015, 6, 30))) == "2014-15"
    assert plain(school_year_text(date(2099, 7, 1), date(2100, 6, 30))) == "2099-00"
    assert school_year_text(date(2014, 1, 1), date(2014, 12, 31)) == "2014"


def test_days_are_written_the_way_people_say_them() -> None:
    on = date(2014, 10, 15)
    written = [day_text(on), date_text(on), month_day(on), short_day(on), weekday_text(on)]
    assert [plain(text) for text in written] == [
        "Wednesday, October 15, 2014",
        "October 15, 2014",
        "October 15",
        "Oct 15",
        "Wednesday",
    ]


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (time(0, 0), "12:00 am"),
        (time(0, 5), "12:05 am"),
        (time(9, 30), "9:30 am"),
        (time(12, 0), "12:00 pm"),
        (time(19, 0), "7:00 pm"),
        (time(23, 59, 59), "11:59 pm"),
    ],
)
def test_times_are_written_on_the_twelve_hour_clock(at: time, text: str) -> None:
    assert plain(time_text(at)) == text


def test_a_figure_is_glued_to_its_word() -> None:
    assert time_text(time(19, 0)) == "7:00\N{NO-BREAK SPACE}pm"
    assert month_day(date(2015, 6, 30)) == "June\N{NO-BREAK SPACE}30"


@pytest.mark.parametrize(
    ("start", "minutes", "text"),
    [
        (clock("2014-10-14 19:00"), 90, "7:00-8:30 pm"),
        (clock("2014-10-04 10:00"), 180, "10:00 am-1:00 pm"),
        (clock("2014-10-14 23:30"), 60, "October 14, 11:30 pm - October 15, 12:30 am"),
        (clock("2014-11-02 01:30"), 45, "1:30 am EDT-1:15 am EST"),
        (clock("2014-03-09 01:30"), 60, "1:30 am EST-3:30 am EDT"),
    ],
)
def test_a_span_says_only_what_its_ends_do_not_share(start: datetime, minutes: int, text: str) -> None:
    at = instant(start, EASTERN)
    assert plain(span_text(at, at + timedelta(minutes=minutes), EASTERN)) == text


NOW = instant(clock("2014-10-15 00:05"), EASTERN)


@pytest.mark.parametrize(
    ("then", "since"),
    [
        (clock("2014-10-15 00:01"), "today"),
        (clock("2014-10-15 00:10"), "today"),
        (clock("2014-10-14 23:59"), "yesterday"),
        (clock("2014-10-13 12:00"), "since Monday"),
        (clock("2014-10-09 12:00"), "since Thursday"),
        (clock("2014-10-08 12:00"), "since Oct 8"),
        (clock("2013-10-08 12:00"), "since Oct 8, 2013"),
    ],
)
def test_waiting_is_counted_in_days_of_the_reader(then: datetime, since: str) -> None:
    assert plain(since_text(instant(then, EASTERN), NOW, EASTERN)) == since


@pytest.mark.parametrize(
    ("then", "moment"),
    [
        (clock("2014-10-15 00:01"), "today, 12:01 am"),
        (clock("2014-10-14 21:14"), "yesterday, 9:14 pm"),
        (clock("2014-10-13 07:40"), "Monday, October 13, 7:40 am"),
        (clock("2013-10-13 07:40"), "Sunday, October 13, 2013, 7:40 am"),
        (clock("2014-10-16 07:40"), "Thursday, October 16, 7:40 am"),
    ],
)
def test_a_moment_is_told_from_today(then: datetime, moment: str) -> None:
    assert plain(moment_text(instant(then, EASTERN), NOW, EASTERN)) == moment


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (EASTERN, "Eastern Time"),
        ("America/Phoenix", "Arizona Time"),
        ("Pacific/Honolulu", "Hawaii Time"),
        ("Asia/Ho_Chi_Minh", "Ho Chi Minh time"),
        ("UTC", "UTC"),
    ],
)
def test_zones_have_the_names_that_people_use(zone: str, words: str) -> None:
    assert zone_words(zone) == words
