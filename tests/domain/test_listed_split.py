"""What the calendar lists, beside what a claim says: gathered with its sessions, and told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.listed_split import in_order, listed_of, regathered
from pdtracker.domain.split import Split

ELL, PEDAGOGY, CONTENT = CreditCategory.ELL, CreditCategory.PEDAGOGY, CreditCategory.CONTENT
SPLITS = st.dictionaries(st.sampled_from(CreditCategory), st.integers(1, 200)).map(
    lambda parts: in_order(parts.items())
)


def test_the_calendar_lists_each_session_in_its_own_categories() -> None:
    weights = {1: ((PEDAGOGY, 1),), 2: ((CONTENT, 30), (ELL, 15))}
    assert listed_of(weights, [(1, 20), (2, 30), (None, 25), (3, 10)]) == (
        (CONTENT, 20),
        (PEDAGOGY, 20),
        (ELL, 10),
    )


@pytest.mark.parametrize(
    ("so_far", "before", "after", "minutes", "kept"),
    [
        # The first session of a bundle that was begun for English learners.
        ((), (), ((PEDAGOGY, 30),), 30, ((PEDAGOGY, 30),)),
        (((ELL, 20),), ((ELL, 20),), ((PEDAGOGY, 30), (ELL, 20)), 50, ((PEDAGOGY, 30), (ELL, 20))),
        # Out again, and what stays is what it was.
        (((PEDAGOGY, 30), (ELL, 20)), ((PEDAGOGY, 30), (ELL, 20)), ((ELL, 20),), 20, ((ELL, 20),)),
        # One's own session is of the bundle's category, and stays so beside others.
        ((), (), (), 25, ((ELL, 25),)),
        (((PEDAGOGY, 30), (ELL, 25)), ((PEDAGOGY, 30),), ((PEDAGOGY, 30),), 35, ((PEDAGOGY, 30), (ELL, 5))),
        # What the claimant says stays; a further session brings its own.
        (((ELL, 30),), ((PEDAGOGY, 30),), ((CONTENT, 20), (PEDAGOGY, 30)), 50, ((CONTENT, 20), (ELL, 30))),
        (((ELL, 50),), ((PEDAGOGY, 30), (ELL, 20)), ((ELL, 20),), 20, ((ELL, 20),)),
    ],
)
def test_a_bundle_keeps_what_its_sessions_are_listed_as(
    so_far: Split, before: Split, after: Split, minutes: int, kept: Split
) -> None:
    assert regathered(so_far, before, after, minutes, ELL) == kept


@given(SPLITS.filter(bool), SPLITS, SPLITS, st.integers(0, 100))
def test_it_always_adds_up_and_never_goes_below_nothing(
    so_far: Split, before: Split, after: Split, own: int
) -> None:
    minutes = own + sum(part for _, part in after)
    kept = regathered(so_far, before, after, minutes, ELL)
    assert sum(part for _, part in kept) == minutes
    assert all(part > 0 for _, part in kept)
