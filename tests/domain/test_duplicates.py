"""What speaks for two descriptions being one event."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pdtracker.domain.duplicates import Compared, likeness_of, reasons
from tests.factories import NOW

ONE = Compared("Closing the gap with open resources", "ISTE", NOW, "https://www.iste.example/gap/", "#gap")
OTHER = replace(ONE, title="Something else entirely", host="NWP", link="", hashtag="")


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (
            ONE,
            ("nearly the same title", "the same time", "the same link", "the same hashtag", "the same host"),
        ),
        (replace(OTHER, link="http://iste.example/gap"), ("the same time", "the same link")),
        (
            replace(OTHER, title="CLOSING the Gap: with open resources!"),
            ("nearly the same title", "the same time"),
        ),
        (replace(OTHER, hashtag="#GAP"), ("the same time", "the same hashtag")),
        (replace(OTHER, host="iste"), ("the same time", "the same host")),
        (OTHER, ()),
        (replace(OTHER, hashtag="#gap", starts_at=NOW + timedelta(hours=3)), ()),
        (
            replace(ONE, starts_at=NOW + timedelta(hours=20)),
            ("nearly the same title", "the same link", "the same hashtag", "the same host"),
        ),
        # The next date of a weekly series is another event, however alike.
        (replace(ONE, starts_at=NOW + timedelta(days=7)), ()),
    ],
)
def test_what_speaks_for_the_same_event(other: Compared, why: tuple[str, ...]) -> None:
    assert reasons(ONE, other) == why
    assert reasons(other, ONE) == why


def test_no_link_and_no_hashtag_are_not_the_same_ones() -> None:
    bare = replace(OTHER, title="Nothing alike")
    assert reasons(OTHER, bare) == ("the same time", "the same host")
    assert reasons(OTHER, replace(bare, host="Edcamp")) == ()


def test_titles_are_alike_by_letters_or_by_words() -> None:
    assert likeness_of("Blended learning", "Learning, blended") == 1
    assert likeness_of("Blended learnning", "Blended learning") > 0.9
    assert likeness_of("a", "b" * 160) == 0
