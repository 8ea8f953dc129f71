"""What can be marked, and what is at the same time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.going import clashes, require_ahead
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.when import overlaps
from tests.calendars import hours, window

TALK = hours("2014-10-27T16:00")


def test_what_is_running_can_still_be_marked_and_what_is_over_can_not() -> None:
    assert TALK.ends_at is not None
    require_ahead(TALK, TALK.ends_at - timedelta(minutes=1), stands=True, asks_to_register=False)
    with pytest.raises(NotNow, match="log it"):
        require_ahead(TALK, TALK.ends_at, stands=True, asks_to_register=False)


def test_what_is_cancelled_or_gives_out_places_can_not_be_marked() -> None:
    with pytest.raises(NotNow, match="does not take place"):
        require_ahead(TALK, TALK.starts_at, stands=False, asks_to_register=False)
    with pytest.raises(NotNow, match="register"):
        require_ahead(TALK, TALK.starts_at, stands=True, asks_to_register=True)


def test_back_to_back_is_no_clash_and_a_minute_is_one() -> None:
    times = {
        1: hours("2014-10-27T16:00"),
        2: hours("2014-10-27T17:00"),
        3: hours("2014-10-27T17:59"),
        4: window("2014-10-01", "2014-10-31"),
    }
    assert clashes(times) == {2: (3,), 3: (2,)}


def test_a_long_event_clashes_with_all_that_lie_within_it() -> None:
    times = {1: hours("2014-10-27T09:00", 480), 2: hours("2014-10-27T10:00"), 3: hours("2014-10-27T12:00")}
    assert clashes(times) == {1: (2, 3), 2: (1,), 3: (1,)}


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 120)), max_size=8))
def test_two_clash_exactly_when_they_share_a_moment(spans: list[tuple[int, int]]) -> None:
    begin = TALK.starts_at
    times = {
        key: EventTime(
            begin + timedelta(minutes=first), begin + timedelta(minutes=first + length), TALK.zone, True
        )
        for key, (first, length) in enumerate(spans)
    }
    expected = {
        key: {
            other
            for other, theirs in times.items()
            if other != key
            and theirs.ends_at is not None
            and time.ends_at is not None
            and overlaps(time.starts_at, time.ends_at, theirs.starts_at, theirs.ends_at)
        }
        for key, time in times.items()
    }
    assert {key: set(others) for key, others in clashes(times).items()} == {
        key: others for key, others in expected.items() if others
    }
