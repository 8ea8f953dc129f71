"""Prospects: what one more activity adds, in every regime on the shelf."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.prospect import Prospect, as_shown, conditions_of, prospect_of
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Activity, Facts, Person
from pdtracker.domain.regimes.shelf import shelf

ON = date(2024, 3, 1)
SHOWN = {"approved_provider": date(2020, 1, 1), "reflected": ON}


def an_hour(name: str = "x", **more: Any) -> Activity:
    plain: dict[str, Any] = {"minutes": 60, "kind": "webinar", "evidence": SHOWN, "on": ON, "ends_on": ON}
    return Activity(**{"id": name, **plain, **more})


def counted(regime: str, activities: Iterable[Activity]) -> Evaluation:
    facts = Facts(
        cycle=Cycle(date(2023, 7, 1), date(2028, 6, 30)),
        person=Person(),
        as_of=date(2028, 6, 30),
        activities=tuple(activities),
    )
    return evaluate(shelf()[regime], facts)


def prospect(regime: str, record: Iterable[Activity], more: Activity) -> Prospect:
    record = tuple(record)
    before = counted(regime, record)
    conditions = conditions_of(before.version.restrictions.gates, more)
    after = counted(regime, (*record, as_shown(more, conditions)))
    return prospect_of(before, after, more.id, conditions)


def said(regime: str, record: Iterable[Activity], more: Activity) -> str:
    name = shelf()[regime][-1].name
    return prospect(regime, record, more).sentence(name).replace("\N{NO-BREAK SPACE}", " ")


def test_it_says_what_counts_and_which_minimum_it_fills() -> None:
    language = an_hour(categories={"ell": 60})
    assert said("new-york-ctle", [], language) == (
        "Would count 1 clock hour for New York CTLE, towards English language learners"
    )
    half = an_hour(categories={"ell": 30})
    assert said("new-york-ctle", [], half) == (
        "Would count 1 clock hour for New York CTLE, 0.5 of it towards English language learners"
    )
    assert said("new-york-ctle", [], an_hour()) == "Would count 1 clock hour for New York CTLE"


def test_a_minimum_that_is_full_is_not_filled_again() -> None:
    record = [an_hour("a", minutes=900, categories={"ell": 900})]
    found = prospect("new-york-ctle", record, an_hour(categories={"ell": 60}))
    assert (found.added, found.fillings) == (Fraction(1), ())


def test_a_minimum_takes_no_more_than_it_lacks() -> None:
    record = [an_hour("a", minutes=870, categories={"ell": 870})]
    found = prospect("new-york-ctle", record, an_hour(categories={"ell": 60}))
    assert [(one.id, one.amount) for one in found.fillings] == [("ell", Fraction(1, 2))]
    assert found.fills("ell")
    assert found.fills("ell + other")
    assert not found.fills("other")


def test_a_topic_that_is_too_short_does_not_count_yet() -> None:
    hour = an_hour(topic="phonics")
    assert said("massachusetts-pdp", [], hour) == "Not for Massachusetts PDP yet"
    assert "topic total 1 of 10" in prospect("massachusetts-pdp", [], hour).reasons[-1]
    shown = {**SHOWN, "assessed": None}
    record = [an_hour("a", minutes=540, topic="phonics", evidence=shown)]
    # The hour makes the nine before it count as well.
    assert prospect("massachusetts-pdp", record, hour).added == 10


def test_what_can_be_shown_only_afterwards_is_named() -> None:
    assert said("kansas", [], an_hour()) == (
        "Would count 1 point for Kansas professional development points, "
        "if this is shown: written validation was handed in"
    )


def test_an_unapproved_provider_is_no_condition() -> None:
    assert said("new-york-ctle", [], an_hour(evidence={})) == "Not for New York CTLE yet"


@pytest.mark.parametrize("regime", sorted(shelf()))
def test_every_regime_has_an_answer_with_a_reason(regime: str) -> None:
    found = prospect(regime, [], an_hour(categories={"ell": 60}))
    assert found.reasons
    assert found.sentence("it").startswith("Would count " if found.counts else "Not for it yet")


@given(st.lists(st.integers(1, 600), max_size=6), st.integers(1, 600))
def test_it_is_the_difference_and_never_less_than_nothing(before: list[int], minutes: int) -> None:
    record = [
        an_hour(f"a{number}", minutes=each, categories={"ell": each // 2})
        for number, each in enumerate(before)
    ]
    found = prospect("new-york-ctle", record, an_hour(minutes=minutes, categories={"ell": minutes}))
    assert found.added == Fraction(minutes, 60)
    assert all(0 < one.amount <= found.added for one in found.fillings)
