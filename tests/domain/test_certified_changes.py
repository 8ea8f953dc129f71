"""What rounding and limits made of the minutes attended always leads to the minutes that count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pdtracker.domain.bundle import Bundle, BundleRule, PartMinutes
from pdtracker.domain.certified_changes import certified_changes
from pdtracker.domain.credit import credit
from pdtracker.domain.equivalence import ApplicationRule
from pdtracker.domain.policy import CreditPolicy, KindCap
from tests.domain.test_bundle import CHATS, PARTS, POLICIES, RULES, facts_of


def changes_of(policy: CreditPolicy, *lengths: int, **facts: object) -> list[tuple[str, int]]:
    parts = [PartMinutes(length, length) for length in lengths]
    worth = credit(policy, facts_of(*parts, **facts))
    return [(change.words, change.minutes) for change in certified_changes(worth.trace, policy)]


@given(PARTS, POLICIES, st.none() | st.integers(1, 400), st.integers(0, 90))
def test_what_was_attended_and_the_changes_add_up_to_what_counts(
    parts: list[PartMinutes], policy: CreditPolicy, adjusted: int | None, applied: int
) -> None:
    most = max(sum(part.minutes for part in parts), sum(part.session_minutes for part in parts))
    facts = facts_of(
        *parts,
        adjusted_minutes=adjusted and min(adjusted, most),
        adjust_reason="As listed.",
        application_minutes=applied,
        reflection_words=100,
    )
    policy = replace(policy, application=ApplicationRule(kinds=CHATS))
    worth = credit(policy, facts)
    assume(worth.minutes)
    changes = certified_changes(worth.trace, policy)
    assert (
        Bundle("Wikis", tuple(parts), 15).counted_minutes + sum(one.minutes for one in changes)
        == worth.minutes
    )
    assert all(change.words and change.minutes for change in changes)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (15, "quarter hours"),
        (30, "half hours"),
        (60, "whole hours"),
        (20, "steps of 20\N{NO-BREAK SPACE}minutes"),
    ],
)
def test_rounding_names_its_steps(step: int, words: str) -> None:
    policy = replace(RULES, step_minutes=step)
    assert changes_of(policy, 25, 25, 26) == [(f"Rounded down to {words}", -(76 % step))]


def test_each_rule_that_changed_something_is_named_in_its_order() -> None:
    policy = replace(
        RULES,
        step_minutes=15,
        bundles=BundleRule(kinds=CHATS, least_minutes=10),
        application=ApplicationRule(kinds=CHATS),
        caps=(KindCap(None, 75),),
    )
    assert changes_of(policy, 40, 31, 5, application_minutes=30, reflection_words=50) == [
        ("Sessions too short to count", -5),
        ("Applied in class", 30),
        ("Rounded down to quarter hours", -11),
        ("Limit of the school year", -15),
    ]


def test_what_no_rule_changed_has_no_changes() -> None:
    assert changes_of(replace(RULES, step_minutes=15), 20, 20, 20) == []
