"""Progress: one sentence, and figures that add up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.progress import Progress

JUNE_30 = date(2015, 6, 30)
MINUTES = st.integers(0, 5000)


def progress(approved: int, waiting: int, required: int = 900) -> Progress:
    return Progress(approved, waiting, required, JUNE_30)


@pytest.mark.parametrize(
    ("stand", "sentence"),
    [
        (progress(450, 120), "7.5 of 15 hours approved, 2 waiting, 5.5 to go by June 30"),
        (progress(0, 0), "0 of 15 hours approved, 15 to go by June 30"),
        (progress(900, 0), "15 of 15 hours approved"),
        (progress(1020, 60), "17 of 15 hours approved, 1 waiting"),
        (progress(450, 500), "7.5 of 15 hours approved, 8:20 waiting"),
        (progress(30, 0, 60), "0.5 of 1 hour approved, 0.5 to go by June 30"),
        (progress(60, 30, 0), "1 hour approved, 0.5 waiting"),
        (progress(0, 0, 0), "0 hours approved"),
    ],
)
def test_the_answer_is_one_sentence(stand: Progress, sentence: str) -> None:
    assert stand.sentence.replace("\N{NO-BREAK SPACE}", " ") == sentence


@given(MINUTES, MINUTES, MINUTES)
def test_what_is_to_go_is_never_negative_and_closes_the_sum(
    approved: int, waiting: int, required: int
) -> None:
    stand = progress(approved, waiting, required)
    assert stand.to_go_minutes >= 0
    assert approved + waiting + stand.to_go_minutes >= required
    assert stand.is_met == (approved >= required)


def test_the_requirement_is_met_by_what_is_approved_alone() -> None:
    assert not progress(840, 60).is_met
    assert progress(900, 0).is_met


def test_negative_minutes_are_a_programmers_error() -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        progress(-1, 0)
