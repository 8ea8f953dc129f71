"""Progress: the sentence and the rings say the same."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.progress import Progress, Ring

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


def test_fifteen_hours_are_fifteen_rings() -> None:
    rings = progress(450, 120).rings
    assert len(rings) == 15
    assert rings[6] == Ring(Fraction(1), Fraction(0), Fraction(0))
    assert rings[7] == Ring(Fraction(1, 2), Fraction(1, 2), Fraction(0))
    assert rings[9] == Ring(Fraction(0), Fraction(1, 2), Fraction(1, 2))
    assert rings[10] == Ring(Fraction(0), Fraction(0), Fraction(1))


def test_more_than_was_asked_for_gets_its_rings_too() -> None:
    assert len(progress(1020, 60).rings) == 18


def test_above_twenty_hours_a_ring_is_ten() -> None:
    assert progress(0, 0, 1200).ring_minutes == 60
    assert progress(0, 0, 1201).ring_minutes == 600
    assert len(progress(0, 0, 6000).rings) == 10


def test_the_last_ring_may_be_needed_only_in_part() -> None:
    assert progress(0, 0, 90).rings[-1] == Ring(Fraction(0), Fraction(0), Fraction(1, 2))


@given(MINUTES, MINUTES, MINUTES)
def test_the_rings_add_up_exactly_to_the_figures(approved: int, waiting: int, required: int) -> None:
    stand = progress(approved, waiting, required)
    size = stand.ring_minutes
    assert sum(ring.approved for ring in stand.rings) * size == approved
    assert sum(ring.waiting for ring in stand.rings) * size == waiting
    assert sum(ring.to_go for ring in stand.rings) * size == stand.to_go_minutes
    assert all(0 < ring.approved + ring.waiting + ring.to_go <= 1 for ring in stand.rings)


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
