"""A job's steps, its waits, and the stretches of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pdtracker.domain.job import (
    NEXT,
    OPEN_STATES,
    JobKind,
    JobState,
    JobStep,
    advance,
    may,
    slot_of,
    wait_after,
)
from pdtracker.domain.refusals import NotNow


def test_what_has_ended_is_not_cancelled_and_what_is_open_not_begun_again() -> None:
    for state in JobState:
        assert may(state, JobStep.CANCEL) is (state in OPEN_STATES)
        assert may(state, JobStep.RETRY) is (state in {JobState.FAILED, JobState.DEAD})
    assert advance(JobState.DEAD, JobStep.RETRY) is JobState.QUEUED
    with pytest.raises(NotNow, match="is done"):
        advance(JobState.DONE, JobStep.CANCEL)


def test_every_state_is_reached_and_has_its_word() -> None:
    assert {*NEXT.values(), JobState.QUEUED} == set(JobState)
    assert all(state.label for state in JobState)
    assert all(kind.label and kind.priority >= 0 for kind in JobKind)


def test_it_waits_longer_each_time_and_never_longer_than_an_hour() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 40)]
    assert waits[:3] == [timedelta(seconds=10), timedelta(seconds=40), timedelta(seconds=160)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


def test_two_moments_of_one_stretch_have_one_number() -> None:
    noon = datetime(2014, 10, 20, 12, tzinfo=UTC)
    day = timedelta(days=1)
    assert slot_of(noon, day) == slot_of(noon + timedelta(hours=11), day)
    assert slot_of(noon + timedelta(hours=12), day) == slot_of(noon, day) + 1
