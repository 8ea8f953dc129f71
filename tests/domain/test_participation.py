"""What of a district's counts may stand on a public page."""

from __future__ import annotations

import pytest

from pdtracker.domain.participation import STATES, Counts, added_up, publishable


@pytest.mark.parametrize(("people", "is_told"), [(0, False), (1, False), (4, False), (5, True), (500, True)])
def test_neither_count_is_told_of_so_few_that_one_could_be_told_apart(people: int, is_told: bool) -> None:
    counts = Counts(people, people * 90)
    assert publishable(counts) == (counts if is_told else None)


def test_published_counts_add_up_over_districts() -> None:
    assert added_up([Counts(5, 300), Counts(20, 45)]) == Counts(25, 345)
    assert added_up([]) is None


def test_states_are_in_order_and_each_once() -> None:
    assert list(STATES) == sorted(set(STATES))
    assert {"Kentucky", "New York", "Puerto Rico"} <= set(STATES)
