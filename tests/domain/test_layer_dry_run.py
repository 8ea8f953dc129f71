"""What a layer does to a licence, before it is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pdtracker.domain.layer_dry_run import Effect, LicenceChange
from tests.domain.regimes.records import HOURLY, LAYER, activity, counted, version

HALFWAY = date(2022, 7, 2)
RULES = version("[target]\nunits = 10\n[carry_over]\nat_most = 5\n", accruals=HOURLY)
HUNDRED = version("[target]\nunits = 100\n", accruals=HOURLY)


def change(rules: str, hours: int, *, before: str = "", of_hundred: bool = False) -> LicenceChange:
    """A licence with so many hours, under a layer that isn't published yet and without it."""
    done = activity(hours * 60)
    asked = HUNDRED if of_hundred else RULES
    return LicenceChange(
        1,
        1,
        "Ada Lindqvist",
        HALFWAY,
        counted(asked, done, layers=(f"{LAYER}{before}",), as_of=HALFWAY),
        counted(asked, done, layers=(f"{LAYER}{rules}",), as_of=HALFWAY),
    )


@pytest.mark.parametrize(
    ("rules", "hours", "effect", "why"),
    [
        ("[target]\nunits = 12\n", 10, Effect.NEWLY_SHORT, "2 hours are missing"),
        ("[target]\nunits = 12\n", 4, Effect.SHORTER, "8 hours are missing"),
        ("[target]\nunits = 12\n", 12, Effect.OTHERWISE, "12 hours would count, of 12 hours."),
        ("[carry_over]\nat_most = 1\n", 12, Effect.OTHERWISE, "1 hour would be carried over, in place of 2"),
        ("at_least_minutes = 30\n", 4, Effect.UNCHANGED, "4 hours would count, of 10 hours."),
    ],
)
def test_what_a_layer_does_is_told_apart(rules: str, hours: int, effect: Effect, why: str) -> None:
    found = change(rules, hours)
    assert found.effect is effect
    assert found.is_changed is (effect is not Effect.UNCHANGED)
    assert why in " ".join(found.why).replace("\N{NO-BREAK SPACE}", " ")


def test_an_edition_that_asks_for_less_than_the_last_one_leaves_somebody_less_short() -> None:
    found = change("[target]\nunits = 11\n", 4, before="[target]\nunits = 12\n")
    assert found.effect is Effect.LESS_SHORT
    assert "7" in " ".join(found.why)
    assert change("", 10, before="[target]\nunits = 12\n").effect is Effect.LESS_SHORT


def test_the_pace_is_told_without_and_with_the_layer() -> None:
    found = change("[target]\nunits = 120\n", 50, of_hundred=True)
    assert found.effect is Effect.SHORTER
    assert found.pace_before is not None
    assert found.pace_after is not None
    assert (found.pace_before.words, found.pace_after.behind) == ("On track", 10)
    assert found.falls_behind
    assert not replace(found, after=found.before).falls_behind


def test_those_newly_short_come_first_then_by_name() -> None:
    newly = replace(change("[target]\nunits = 12\n", 10), person_name="Zoe")
    shorter = change("[target]\nunits = 12\n", 4)
    other = replace(shorter, person_name="bo")
    assert sorted([other, shorter, newly], key=lambda one: one.place) == [newly, shorter, other]
