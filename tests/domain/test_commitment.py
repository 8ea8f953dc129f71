"""What a district promises, and how its figures keep it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.commitment import (
    CommitmentFigures,
    Pledge,
    Promise,
    commitment_faults,
    from_document,
    middle_of,
    progress_of,
    read_pledges,
    to_document,
)
from pdtracker.domain.refusals import NotValid

FIGURES = CommitmentFigures(
    credited_minutes=1000,
    connected_minutes=399,
    credited_people=5,
    teachers=20,
    teachers_credited=16,
    decision_days={0: 1, 3: 2, 30: 2},
)
TODAY = date(2014, 10, 20)


@pytest.mark.parametrize(
    ("promise", "target", "value", "is_kept"),
    [
        (Promise.CONNECTED_SHARE, 40, "39%", False),
        (Promise.CONNECTED_SHARE, 39, "39%", True),
        (Promise.DECISION_DAYS, 3, "3 days", True),
        (Promise.DECISION_DAYS, 2, "3 days", False),
        (Promise.TEACHERS_CREDITED, 80, "80%", True),
        (Promise.TEACHERS_CREDITED, 81, "80%", False),
    ],
)
def test_nothing_is_kept_by_rounding(promise: Promise, target: int, value: str, is_kept: bool) -> None:
    told = progress_of(Pledge(promise, target), FIGURES)
    assert (told.value, told.is_kept) == (value, is_kept)


@pytest.mark.parametrize("promise", list(Promise))
def test_of_fewer_than_five_people_nothing_is_told(promise: Promise) -> None:
    few = CommitmentFigures(100, 100, 4, 4, 4, {1: 4})
    told = progress_of(Pledge(promise, 1), few)
    assert (told.is_kept, told.value) == (None, "Not told")
    nothing = CommitmentFigures(0, 0, 0, 0, 0, {})
    assert progress_of(Pledge(promise, 1), nothing).is_kept is None


@given(st.dictionaries(st.integers(0, 400), st.integers(1, 50), min_size=1))
def test_the_middle_one_is_the_middle_one(counts: dict[int, int]) -> None:
    every = sorted(days for days, claims in counts.items() for _ in range(claims))
    assert middle_of(counts) == every[(len(every) - 1) // 2]


def test_of_nothing_there_is_no_middle() -> None:
    assert middle_of({}) is None


def test_what_is_entered_is_read_and_kept_alike() -> None:
    entered = {Promise.CONNECTED_SHARE: " 40 % ", Promise.DECISION_DAYS: "", Promise.TEACHERS_CREDITED: "100"}
    pledges = read_pledges(entered)
    assert pledges == (Pledge(Promise.CONNECTED_SHARE, 40), Pledge(Promise.TEACHERS_CREDITED, 100))
    assert from_document(to_document(pledges)) == pledges  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["0", "101", "-1", "1.5", "many", "\u0664\u0660", "1000"])
def test_what_is_no_number_for_it_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(NotValid) as caught:
        read_pledges({Promise.CONNECTED_SHARE: typed})
    assert list(caught.value.errors) == ["connected_share"]


def test_a_commitment_promises_something_until_a_day_to_come() -> None:
    with pytest.raises(NotValid):
        read_pledges({})
    assert commitment_faults(date(2015, 6, 30), TODAY) == {}
    for wrong in (None, TODAY, date(2013, 1, 1), date(2099, 1, 1)):
        assert set(commitment_faults(wrong, TODAY)) == {"until_on"}


def test_every_promise_says_what_it_counts() -> None:
    for promise in Promise:
        assert str(7) in promise.sentence(7)
        assert promise.counts.endswith(".")
    assert "hashtag chats" in Promise.CONNECTED_SHARE.counts
    assert "1 day" in Promise.DECISION_DAYS.sentence(1)
