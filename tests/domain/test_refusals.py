"""Refusals carry a code for the log and a sentence for the person."""

from __future__ import annotations

import pytest

from pdtracker.domain.refusals import (
    Mistyped,
    NotHere,
    NotNow,
    NotPermitted,
    NotValid,
    Refusal,
    things_to_put_right,
)


@pytest.mark.parametrize("kind", [NotHere, NotPermitted, NotNow])
def test_a_refusal_carries_its_code_and_reads_as_its_sentence(kind: type[Refusal]) -> None:
    refusal = kind("own_claim", "This is your own claim.")
    assert (refusal.code, refusal.sentence, str(refusal)) == (
        "own_claim",
        "This is your own claim.",
        "This is your own claim.",
    )


def test_what_is_not_here_needs_no_words_of_its_own() -> None:
    assert NotHere().code == "not_here"
    assert NotHere().sentence.endswith("where you left them.")


def test_not_valid_keeps_the_fields_in_the_order_of_the_form() -> None:
    refusal = NotValid({"title": "Enter what it was called.", "ends": "Enter when it ended."})
    assert list(refusal.errors) == ["title", "ends"]
    assert refusal.sentence == "Two things to put right"


def test_the_errors_of_a_refusal_no_longer_change() -> None:
    errors = {"title": "Enter what it was called."}
    refusal = NotValid(errors)
    errors["host"] = "Enter who hosted it."
    assert dict(refusal.errors) == {"title": "Enter what it was called."}


def test_not_valid_names_at_least_one_field() -> None:
    with pytest.raises(ValueError, match="at least one field"):
        NotValid({})


@pytest.mark.parametrize(
    ("count", "heading"),
    [
        (1, "One thing to put right"),
        (2, "Two things to put right"),
        (9, "Nine things to put right"),
        (10, "10 things to put right"),
        (1200, "1,200 things to put right"),
    ],
)
def test_the_heading_counts_in_words_up_to_nine(count: int, heading: str) -> None:
    assert things_to_put_right(count) == heading


def test_a_mistyped_field_is_a_value_error_so_that_forms_show_it() -> None:
    assert isinstance(Mistyped("Enter hours."), ValueError)
    assert Mistyped("Enter hours.").sentence == str(Mistyped("Enter hours.")) == "Enter hours."
