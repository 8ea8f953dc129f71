"""What setting a district up still lacks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pdtracker.domain.set_up import SetUpFacts, SetUpStep, missing, next_of, place_in_order

NOTHING = SetUpFacts(
    has_place=False,
    schools=0,
    people=1,
    reviewers=0,
    has_own_rules=False,
    has_own_design=False,
    kept=frozenset(),
)


def test_a_new_district_lacks_every_step_in_order() -> None:
    assert missing(NOTHING) == tuple(SetUpStep)


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ({"has_place": True}, SetUpStep.DISTRICT),
        ({"schools": 1}, SetUpStep.SCHOOLS),
        ({"people": 2, "reviewers": 1}, SetUpStep.PEOPLE),
        ({"has_own_rules": True}, SetUpStep.RULES),
        ({"has_own_design": True}, SetUpStep.CERTIFICATE),
    ],
)
def test_what_is_there_is_not_missing(facts: dict[str, int], step: SetUpStep) -> None:
    assert missing(replace(NOTHING, **facts)) == tuple(one for one in SetUpStep if one is not step)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", SetUpStep)
def test_what_was_kept_is_not_missing(step: SetUpStep) -> None:
    assert step not in missing(replace(NOTHING, kept=frozenset({step})))


def test_one_person_alone_decides_nothing() -> None:
    assert SetUpStep.PEOPLE in missing(replace(NOTHING, people=1, reviewers=1))
    assert SetUpStep.PEOPLE in missing(replace(NOTHING, people=5, reviewers=0))


def test_the_next_step_is_the_one_behind_and_then_from_the_beginning() -> None:
    lacking = (SetUpStep.DISTRICT, SetUpStep.RULES)
    assert next_of(SetUpStep.DISTRICT, lacking) is SetUpStep.RULES
    assert next_of(SetUpStep.RULES, lacking) is SetUpStep.DISTRICT
    assert next_of(SetUpStep.RULES, (SetUpStep.RULES,)) is None
    assert place_in_order(SetUpStep.CERTIFICATE) == 5
