"""Places and the line for them, in numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.refusals import NotNow
from pdtracker.domain.registration import (
    Expecting,
    RegistrationState,
    Terms,
    free_places,
    require_open,
    state_on_asking,
)
from tests.factories import NOW

COUNTS = st.integers(0, 50)
EASTERN = "America/New_York"


def test_who_expects_an_event_is_told_in_words() -> None:
    assert Expecting(0, 0, 0).words == ""
    assert Expecting(1, 0, 0).words == "one person: one with a place"
    assert (
        Expecting(12, 1, 2).words == "15 people: 12 with a place, one who waits for one, two who mean to come"
    )


def test_a_place_is_given_while_one_is_free_and_nobody_waits() -> None:
    two = Terms(2, None)
    assert state_on_asking(two, 1, 0) is RegistrationState.REGISTERED
    assert state_on_asking(two, 2, 0) is RegistrationState.WAITING
    # A place became free, and somebody asked for it before.
    assert state_on_asking(two, 1, 1) is RegistrationState.WAITING
    assert state_on_asking(Terms(None, None), 999, 0) is RegistrationState.REGISTERED


@given(st.integers(1, 50) | st.none(), COUNTS, COUNTS)
def test_no_more_are_promoted_than_wait_or_fit(places: int | None, taken: int, waiting: int) -> None:
    free = free_places(Terms(places, None), taken, waiting)
    assert 0 <= free <= waiting
    assert places is None or taken + free <= max(places, taken)
    assert free == waiting or (places is not None and taken + free >= places)


def test_too_late_says_until_when() -> None:
    require_open(Terms(None, NOW + timedelta(seconds=1)), has_begun=False, at=NOW, zone=EASTERN)
    with pytest.raises(NotNow) as closed:
        require_open(Terms(None, NOW), has_begun=False, at=NOW, zone=EASTERN)
    assert "Monday, October\u00a020, 2014, 12:00\u00a0pm Eastern Time" in closed.value.sentence
    with pytest.raises(NotNow):
        require_open(Terms(None, None), has_begun=True, at=NOW, zone=EASTERN)
