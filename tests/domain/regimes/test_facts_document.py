"""FACTS are read strictly: what is wrong is told in one sentence with its path, and nothing else ever comes out."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.regimes.entry import BadFacts
from pdtracker.domain.regimes.evaluation import evaluate
from pdtracker.domain.regimes.facts_document import read_facts, read_facts_json
from pdtracker.domain.regimes.shelf import shelf

CYCLE = {"start": "2020-01-01", "end": "2024-12-31"}
ONE = {"id": "a", "on": "2021-05-01"}


def said(**told: Any) -> str:
    with pytest.raises(BadFacts) as refused:
        read_facts_json(json.dumps({"cycle": CYCLE, **told}))
    return refused.value.sentence


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"cycle": None}, "cycle: write an object"),
        ({"cycle": {"start": "2020-01-01"}}, "cycle.end: write a day"),
        ({"cycle": {"start": "2020-13-01", "end": "x"}}, "cycle.start: write a day"),
        ({"cycle": {"start": "2020-01-01", "end": "2019-01-01"}}, "cycle.end: write a day on or after"),
        ({"as_of": "yesterday"}, "as_of: write a day"),
        ({"as_of": "9999-12-31"}, "as_of: write a day from 1900 to 2200"),
        ({"persons": {}}, "persons: there is no such key"),
        ({"person": []}, "person: write an object"),
        ({"person": {"facts": "nbct"}}, "person.facts: write a list"),
        ({"person": {"facts": [7]}}, "person.facts[0]: write a text"),
        ({"person": {"fte": -1}}, "person.fte: write a number from 0 to 2"),
        ({"person": {"fte": True}}, "person.fte: write a number"),
        ({"person": {"carry_in": -1}}, "person.carry_in: write a number"),
        ({"person": {"target": 10**30}}, "person.target: write a number"),
        ({"activities": {}}, "activities: write a list"),
        ({"activities": [7]}, "activities[0]: write an object"),
        ({"activities": [{"on": "2021-05-01"}]}, "activities[0].id: write a text"),
        ({"activities": [ONE | {"minutes": 1.5}]}, "activities[0].minutes: write whole minutes"),
        ({"activities": [ONE | {"minutes": -1}]}, "activities[0].minutes: write whole minutes"),
        ({"activities": [ONE, ONE | {"minutes": "60"}]}, "activities[1].minutes: write whole minutes"),
        ({"activities": [ONE, ONE]}, "activities[1].id: a is there already"),
        ({"activities": [ONE | {"ends_on": "2021-04-30"}]}, "activities[0].ends_on: write a day on or after"),
        ({"activities": [ONE | {"quantities": {"credit": 3}}]}, "activities[0].quantities.credit: there is no such"),
        ({"activities": [ONE | {"quantities": {"ceu": -3}}]}, "activities[0].quantities.ceu: write a number"),
        ({"activities": [ONE | {"minutes": 60, "categories": {"ell": 61}}]}, "categories.ell: 61 minutes are more"),
        ({"activities": [ONE | {"minutes": 60, "sessions": [30, 20]}]}, "activities[0].sessions: its sittings come"),
        ({"activities": [ONE | {"evidence": ["assessed@soon"]}]}, "activities[0].evidence[0]: write a day"),
        ({"activities": [ONE | {"kind": "\ud800"}]}, "activities[0].kind: write a text"),
        ({"adjustments": [{"by": "Bo", "on": "2021-01-01", "reason": "x"}]}, "adjustments[0]: An adjustment changes"),
        ({"adjustments": [{"by": "Bo", "on": "2021-01-01", "reason": "x", "ends_on": "2019-12-31"}]},
         "adjustments[0].ends_on: write a day on or after the cycle's start, 2020-01-01."),
        ({"adjustments": [{"by": "Bo", "on": "2021-01-01", "units": 3}]}, "adjustments[0].reason: write a text"),
    ],
)  # fmt: skip
def test_a_bad_value_is_told_by_its_path(told: dict[str, Any], sentence: str) -> None:
    sentence_said = said(**told)
    assert sentence in sentence_said
    assert "\n" not in sentence_said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nul",
        "[]",
        '{"cycle": NaN}',
        '{"a": 1, "a": 2}',
        '{"cycle": ' + "[" * 100_000,
        '{"cycle": ' + "9" * 5000 + "}",
        '{"person": {"fte": 1e999999999}, "cycle": {"start": "2020-01-01", "end": "2020-01-02"}}',
    ],
)
def test_what_is_no_facts_at_all_is_told_too(text: str) -> None:
    with pytest.raises(BadFacts):
        read_facts_json(text)


def test_null_is_the_same_as_nothing_and_numbers_are_exact() -> None:
    found = read_facts_json(
        '{"cycle": {"start": "2020-01-01", "end": "2024-12-31"}, "as_of": null,'
        ' "person": {"facts": null, "fte": 0.1, "years_practised": null, "target": null, "carry_in": "2.5"},'
        ' "activities": [{"id": "a", "on": "2021-05-01", "ends_on": null, "minutes": null, "quantities": {"ceu": 0.3},'
        ' "kind": null, "categories": null, "topic": null, "level": null, "repeat_key": null, "evidence": null}]}'
    )
    assert found.as_of == found.cycle.end
    assert found.person.fte == Fraction(1, 10)
    assert found.person.carry_in == Fraction(5, 2)
    assert found.activities[0].quantities == {"ceu": Fraction(3, 10)}
    assert found.activities[0].minutes == 0


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(max_size=5)
    | st.sampled_from(["2021-05-01"]),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "cycle start end person facts fte as_of activities id on ends_on minutes quantities ceu kind "
                "categories evidence carry_in".split()
            )
            | st.text(max_size=3),
            inside,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING, ANYTHING)
def test_anything_is_either_facts_or_a_refusal(person: Any, activity: Any) -> None:
    for value in (person, {"cycle": CYCLE, "person": person, "activities": [activity]}):
        try:
            found = read_facts(value)
        except BadFacts:
            continue
        for versions in shelf().values():
            assert evaluate(versions, found).earned >= 0


def test_an_empty_text_is_the_same_as_nothing() -> None:
    empty = {"kind": "", "topic": "", "level": "", "repeat_key": ""}
    assert read_facts({"cycle": CYCLE, "activities": [ONE | empty]}).activities[0].topic is None


def test_decimals_stay_what_they_were() -> None:
    assert read_facts({"cycle": CYCLE, "person": {"target": Decimal("22.5")}}).person.target == Fraction(
        45, 2
    )


@pytest.mark.parametrize(
    "day", ["2021-W01-1", "20210101", "2021-01-01T00:00", "２０２１-01-01", "2021-02-30"]
)
def test_a_day_is_written_in_one_way(day: str) -> None:
    with pytest.raises(BadFacts, match="write a day from 1900 to 2200, such as 2024-05-01"):
        read_facts({"cycle": {"start": "2020-01-01", "end": "2024-12-31"}, "as_of": day})


@pytest.mark.parametrize("amount", ["1_000", "NaN", "Infinity", "1e9999999", "", ".", "１", " 1"])
def test_a_number_in_quotes_is_written_in_figures(amount: str) -> None:
    with pytest.raises(BadFacts, match=r"person\.target: write a number from 0 to 1,000,000"):
        read_facts({"cycle": {"start": "2020-01-01", "end": "2024-12-31"}, "person": {"target": amount}})


def test_many_keys_are_looked_through_once() -> None:
    """Of 200,000 keys the last stands twice; comparing each with each would take hours."""
    keys = ", ".join(f'"{number}": 1' for number in range(200_000))
    with pytest.raises(BadFacts, match="stands twice"):
        read_facts_json(f'{{{keys}, "199999": 2}}')


@pytest.mark.parametrize("number", ["1e99999999999999999999", "-1E+99999999999999999999", "9" * 5000])
def test_a_number_beyond_all_numbers_is_refused_with_its_line(number: str) -> None:
    with pytest.raises(BadFacts) as refused:
        read_facts_json(f'{{"cycle": {json.dumps(CYCLE)},\n"person": {{"fte": {number}}}}}')
    assert refused.value.sentence


def test_two_adjustments_that_differ_only_in_what_they_change_have_one_order() -> None:
    def required(*targets: int) -> Fraction:
        signed = [{"by": "a", "on": "2021-01-01", "reason": "r", "target": target} for target in targets]
        return evaluate(shelf()["illinois"], read_facts({"cycle": CYCLE, "adjustments": signed})).required

    assert required(10, 20) == required(20, 10)
