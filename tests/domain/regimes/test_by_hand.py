"""What the command answers for records that were reckoned by hand from the rules' text, at the edges of each rule.

The regimes' files hold worked examples of their own; these were written without looking at those.
"""

from __future__ import annotations

from typing import Any

import pytest

from pdtracker.domain.regimes.evaluation import evaluate
from pdtracker.domain.regimes.facts_document import read_facts
from pdtracker.domain.regimes.quantities import amount_text
from pdtracker.domain.regimes.shelf import regime

FIVE_YEARS = ("2020-07-01", "2025-06-30")
ONE_YEAR = ("2024-01-01", "2024-12-31")


def act(minutes: int = 0, on: str = "2022-03-01", **told: Any) -> dict[str, Any]:
    """An activity that shows everything that any gate asks for, unless it says what it shows."""
    return {"on": on, "minutes": minutes, **told}


def answer(name: str, cycle: tuple[str, str], person: dict[str, Any], *activities: dict[str, Any]) -> Any:
    """The evaluation of a record under the regime's versions."""
    versions = regime(name)
    everything = sorted({word for one in versions for word in one.words["evidence"]})
    facts = {
        "cycle": {"start": cycle[0], "end": cycle[1]},
        "person": person,
        "activities": [
            {"id": f"a{place}", "evidence": everything, **one} for place, one in enumerate(activities)
        ],
    }
    return evaluate(versions, read_facts(facts))


@pytest.mark.parametrize(
    ("name", "minutes", "units"),
    [
        *(("illinois", minutes, units) for minutes, units in
          ((7, "0"), (8, "0.25"), (22, "0.25"), (23, "0.5"), (52, "0.75"), (53, "1"), (67, "1"), (68, "1.25"))),
        *(("michigan-scech", minutes, units) for minutes, units in
          ((14, "0"), (15, "0.25"), (59, "0.75"), (60, "1"), (74, "1"), (75, "1.25"))),
        *(("iacet-ceu", minutes, units) for minutes, units in
          ((29, "0"), (30, "0.1"), (89, "0.1"), (90, "0.2"), (600, "1"))),
        ("new-york-ctle", 50, "0.833333"),
        ("georgia-plu", 480, "0"),
        ("washington", 59, "0"),
        ("washington", 60, "1"),
        ("ohio", 60, "0.1"),
        ("north-carolina", 90, "0.15"),
    ],
)  # fmt: skip
def test_minutes_are_rounded_as_the_body_rounds(name: str, minutes: int, units: str) -> None:
    found = answer(name, FIVE_YEARS, {}, act(minutes))
    assert [amount_text(one.units) for one in found.parcels] == [units]


@pytest.mark.parametrize(
    ("name", "told", "units"),
    [
        ("new-york-ctle", {"quantities": {"semester_hour": 1}}, "15"),
        ("new-york-ctle", {"quantities": {"quarter_hour": 3}}, "30"),
        ("illinois", {"quantities": {"semester_hour": 2}}, "30"),
        ("pennsylvania-act-48", {"quantities": {"semester_hour": 6}}, "180"),
        ("texas-cpe", {"quantities": {"semester_hour": 2}}, "30"),
        ("massachusetts-pdp", {"quantities": {"semester_hour": 1}, "level": "graduate"}, "22.5"),
        ("massachusetts-pdp", {"quantities": {"semester_hour": 1}}, "15"),
        ("massachusetts-pdp", {"quantities": {"semester_hour": 2}, "level": "audit"}, "15"),
        ("massachusetts-pdp", {"quantities": {"ceu": 1}}, "10"),
        ("florida", {"quantities": {"semester_hour": 3}}, "60"),
        ("florida", {"quantities": {"subject_exam": 1}}, "60"),
        ("florida", {"quantities": {"ceu": 1}}, "10"),
        ("virginia", {"quantities": {"semester_hour": 3}}, "90"),
        ("virginia", {"quantities": {"quarter_hour": 1}}, "20"),
        ("washington", {"quantities": {"quarter_hour": 10}}, "100"),
        ("ohio", {"quantities": {"semester_hour": 6}}, "18"),
        ("michigan-scech", {"quantities": {"semester_hour": 6}}, "150"),
        ("north-carolina", {"quantities": {"semester_hour": 1}}, "1.5"),
        ("north-carolina", {"quantities": {"quarter_hour": 1}}, "1"),
        ("north-carolina", {"quantities": {"nbpts_certification": 1}}, "8"),
        ("north-carolina", {"quantities": {"nbpts_renewal": 1}}, "2"),
        ("kansas", {"quantities": {"semester_hour": 1}}, "20"),
        ("kansas", {"minutes": 60}, "1"),
        ("kansas", {"minutes": 60, "level": "application"}, "2"),
        ("kansas", {"minutes": 60, "level": "impact"}, "3"),
        ("georgia-plu", {"minutes": 1140, "on": "2022-03-01", "ends_on": "2022-03-03"}, "1"),
        ("illinois", {"minutes": 106, "sessions": [53, 53]}, "1.75"),
        ("texas-cpe", {"minutes": 2400, "kind": "independent_study"}, "30"),
        ("texas-cpe", {"minutes": 1200, "kind": "presenting"}, "15"),
        ("michigan-scech", {"minutes": 6000, "kind": "guest_teaching"}, "75"),
    ],
)
def test_what_is_stated_is_converted(name: str, told: dict[str, Any], units: str) -> None:
    assert amount_text(answer(name, FIVE_YEARS, {}, act(**told)).earned) == units


@pytest.mark.parametrize(
    ("name", "cycle", "person", "required"),
    [
        *(("new-york-ctle", FIVE_YEARS, {"years_practised": years}, required)
          for years, required in ((5, "100"), (4, "80"), (3, "60"), (2, "40"), (1, "20"), (None, "100"), (9, "100"))),
        ("new-york-ctle", FIVE_YEARS, {"target": 50}, "50"),
        ("illinois", FIVE_YEARS, {}, "120"),
        ("illinois", FIVE_YEARS, {"facts": ["nbct"]}, "60"),
        ("illinois", FIVE_YEARS, {"fte": 0}, "0"),
        ("massachusetts-pdp", FIVE_YEARS, {"facts": ["second_licence", "third_licence"]}, "210"),
        ("new-jersey", ONE_YEAR, {"fte": 1}, "20"),
        ("virginia", ("2018-06-30", "2023-06-29"), {}, "180"),
        ("virginia", ("2018-07-01", "2028-06-30"), {}, "270"),
        ("nsw-nesa", ("2018-01-01", "2024-12-31"), {"facts": ["part_time"]}, "100"),
        ("queensland", ONE_YEAR, {}, "20"),
        ("queensland", ONE_YEAR, {"facts": ["under_20_teaching_days"]}, "0"),
        ("england-fe", ONE_YEAR, {}, "30"),
        ("scotland", ONE_YEAR, {}, "35"),
        ("iacet-ceu", ONE_YEAR, {}, "0"),
    ],
)  # fmt: skip
def test_the_target_is_what_the_body_asks_of_this_person(
    name: str, cycle: tuple[str, str], person: dict[str, Any], required: str
) -> None:
    assert amount_text(answer(name, cycle, person).required) == required


@pytest.mark.parametrize(
    ("name", "cycle", "version", "missing"),
    [
        ("texas-cpe", ("2018-09-01", "2023-08-31"), "before-2023", {"listed_topics": "37.5"}),
        ("texas-cpe", ("2018-09-02", "2023-09-01"), "2023", {}),
        ("nsw-nesa", ("2019-08-16", "2024-08-15"), "before-2024", {"accredited": "50"}),
        ("nsw-nesa", ("2019-08-17", "2024-08-16"), "2024", {}),
    ],
)
def test_the_day_that_the_law_names_decides(
    name: str, cycle: tuple[str, str], version: str, missing: dict[str, str]
) -> None:
    found = answer(name, cycle, {}, act(9000, on=cycle[1]))
    assert found.version.version == version
    assert {one.what: amount_text(one.amount) for one in found.missing} == missing


@pytest.mark.parametrize(
    ("name", "person", "activities", "missing"),
    [
        ("new-york-ctle", {"facts": ["esol_certificate"]}, [act(6000, categories={"ell": 2400})], {"ell": "10"}),
        ("new-york-ctle", {"facts": ["esol_certificate"], "years_practised": 3},
         [act(3600, categories={"ell": 1500})], {"ell": "5"}),
        ("massachusetts-pdp", {}, [act(9000, topic="x", categories={"ell": 900, "swd": 900, "content": 900})],
         {"pedagogy": "15"}),
        ("massachusetts-pdp", {}, [act(300, topic="x"), act(299, topic="x")],
         {"total": "150", "ell": "15", "swd": "15", "content": "15", "pedagogy": "15"}),
        ("north-carolina", {"facts": ["grades_k_5"]},
         [act(3000, categories={"subject": 3000, "literacy": 3000}), act(1800)], {"subject + literacy": "1"}),
        ("north-carolina", {"facts": ["grades_k_5"]},
         [act(4800, categories={"subject": 4800, "literacy": 4800})], {}),
    ],
)  # fmt: skip
def test_only_what_is_short_is_missing(
    name: str, person: dict[str, Any], activities: list[dict[str, Any]], missing: dict[str, str]
) -> None:
    found = answer(name, FIVE_YEARS, person, *activities)
    assert {one.what: amount_text(one.amount) for one in found.missing} == missing


def test_the_capital_territory_asks_for_two_kinds_of_learning() -> None:
    own = act(900, on="2024-03-01", categories={"teacher_identified": 900})
    accredited = act(300, on="2024-02-01", categories={"accredited": 300})
    assert answer("act-tqi", ONE_YEAR, {}, accredited, own).missing == ()
    unread = answer("act-tqi", ONE_YEAR, {}, {**own, "evidence": []})
    assert (unread.earned, len(unread.missing)) == (0, 3)


@pytest.mark.parametrize(
    ("name", "activities", "carried"),
    [
        ("illinois", [act(7200), act(600, on="2025-03-31"), act(300, on="2025-04-01"), act(120, on="2025-06-30")], "7"),
        ("illinois", [act(6960), act(600, on="2025-04-01")], "6"),
        ("illinois", [act(7200), act(600, on="2025-05-01", kind="academy")], "0"),
        ("pennsylvania-act-48", [act(10800, on="2021-01-01"), act(3600, on="2024-01-01")], "50"),
        ("pennsylvania-act-48", [act(10800, on="2021-01-01"), act(3600, on="2023-06-30")], "0"),
        ("pennsylvania-act-48", [act(10800, on="2021-01-01"), act(1800, on="2023-07-01")], "30"),
        ("new-york-ctle", [act(7200)], "0"),
    ],
)  # fmt: skip
def test_what_is_left_over_was_earned_late_enough(
    name: str, activities: list[dict[str, Any]], carried: str
) -> None:
    assert amount_text(answer(name, FIVE_YEARS, {}, *activities).carry_over) == carried


@pytest.mark.parametrize("name", ["new-york-ctle", "illinois", "scotland", "texas-cpe"])
def test_both_ends_of_a_cycle_belong_to_it_and_more_than_enough_is_told(name: str) -> None:
    found = answer(
        name,
        FIVE_YEARS,
        {},
        act(30000, on="2020-07-01"),
        act(60, on="2025-06-30"),
        act(60, on="2020-06-30"),
        act(60, on="2025-07-01"),
    )
    assert [amount_text(one.units) for one in found.parcels] == ["500", "1", "0", "0"]
    assert found.earned == 501
