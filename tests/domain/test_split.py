"""Splits: whole minutes that add up, whatever is divided by whatever."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.split import (
    Split,
    divided,
    main_category,
    scaled,
    split_fault,
    split_of,
    split_words,
)

CONTENT, PEDAGOGY, ELL = CreditCategory.CONTENT, CreditCategory.PEDAGOGY, CreditCategory.ELL
MINUTES = st.integers(0, 1440)
SPLITS = st.dictionaries(st.sampled_from(CreditCategory), st.integers(1, 480), min_size=2).map(split_of)


@given(MINUTES, st.lists(MINUTES, min_size=1, max_size=9).filter(any))
def test_what_is_divided_adds_up_and_nobody_gets_a_minute_more_or_less(
    minutes: int, weights: list[int]
) -> None:
    parts = divided(minutes, weights)
    assert sum(parts) == minutes
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        assert abs(part - Fraction(minutes * weight, sum(weights))) < 1
        assert weight or not part


@given(MINUTES, st.lists(st.integers(1, 480), min_size=2, max_size=9))
def test_who_has_more_never_gets_less(minutes: int, weights: list[int]) -> None:
    by_weight = sorted(zip(weights, divided(minutes, weights), strict=True))
    parts = [part for _, part in by_weight]
    assert all(later >= earlier - 1 for earlier, later in pairwise(parts))


@pytest.mark.parametrize(("minutes", "weights"), [(-1, [1]), (60, []), (60, [0, 0]), (60, [30, -30, 60])])
def test_nothing_is_divided_by_nothing(minutes: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        divided(minutes, weights)


@given(SPLITS, st.integers(1, 1440))
def test_a_scaled_split_adds_up_or_is_none(split: Split, minutes: int) -> None:
    other = scaled(split, minutes)
    assert not other or sum(part for _, part in other) == minutes
    assert split_fault(other, minutes) == ""
    assert {category for category, _ in other} <= {category for category, _ in split}


def test_scaled_to_its_own_minutes_it_stays_as_it_is() -> None:
    split = split_of({PEDAGOGY: 20, CONTENT: 40})
    assert split == ((CONTENT, 40), (PEDAGOGY, 20))
    assert scaled(split, 60) == split
    assert scaled(split, 90) == ((CONTENT, 60), (PEDAGOGY, 30))
    assert scaled(split, 1) == ()


def test_one_category_is_no_split() -> None:
    assert split_of({PEDAGOGY: 60, ELL: 0}) == ()
    assert main_category((), ELL) is ELL
    assert main_category(split_of({ELL: 30, CONTENT: 30}), PEDAGOGY) is CONTENT


def test_what_does_not_add_up_is_told_in_hours() -> None:
    split = split_of({CONTENT: 45, PEDAGOGY: 30})
    told = split_fault(split, 90).replace("\N{NO-BREAK SPACE}", " ")
    assert told == "These add up to 1.25 hours; you claimed 1.5 hours."
    assert split_words(split).replace("\N{NO-BREAK SPACE}", " ") == "Content 45 minutes, Pedagogy 30 minutes"
