"""What an evaluation promises of any record: its arithmetic by properties, its order and its words by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Activity, Adjustment, Attestation, Facts, Person
from pdtracker.domain.regimes.quantities import QUANTITIES
from pdtracker.domain.regimes.rules import Mode, Version
from pdtracker.domain.regimes.selection import Selector
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.words import never_counts
from tests.domain.regimes.records import CYCLE, HEAD, activity, counted, facts, missing, units, version

NAMES = sorted(shelf())
HALF_STEP = {Mode.DOWN: Fraction(0), Mode.NEAREST: Fraction(1, 2), Mode.UP: Fraction(1)}


def words(name: str) -> list[str]:
    return sorted({word for versions in shelf().values() for one in versions for word in one.words[name]})


EVIDENCE = words("evidence")
# Each drawn by itself and put together by hand: a draw for each member of each activity would take most of the time.
DAYS = st.integers(-400, 2200)
QUANTITY = st.dictionaries(
    st.sampled_from(sorted(QUANTITIES)), st.fractions(0, 9, max_denominator=4), max_size=1
)
PARTS = st.dictionaries(st.sampled_from(words("categories")), st.integers(1, 900), max_size=3)
NAMED = st.tuples(
    st.none() | st.sampled_from(words("kinds")),
    st.none() | st.sampled_from(words("levels")),
    st.none() | st.sampled_from(["one", "two"]),
)
SHOWN = st.sets(st.sampled_from(EVIDENCE), max_size=3) | st.just(set(EVIDENCE))
ACTIVITIES = st.tuples(DAYS, st.integers(0, 9), st.integers(0, 900), QUANTITY, PARTS, NAMED, SHOWN)


def put_together(place: int, drawn: tuple[Any, ...]) -> Activity:
    day, length, minutes, quantities, parts, (kind, level, text), shown = drawn
    on = CYCLE.start + timedelta(days=day)
    return Activity(
        id=f"a{place}",
        on=on,
        ends_on=on + timedelta(days=length),
        minutes=minutes,
        quantities=quantities,
        kind=kind,
        level=level,
        topic=text,
        repeat_key=text,
        categories={name: min(part, minutes or part) for name, part in parts.items()},
        evidence=dict.fromkeys(shown),
    )


PEOPLE = st.builds(
    Person,
    facts=st.frozensets(st.sampled_from(words("facts")), max_size=3),
    fte=st.fractions(0, 1, max_denominator=10),
    years_practised=st.none() | st.integers(0, 7).map(Fraction),
    target=st.none() | st.integers(0, 200).map(Fraction),
    carry_in=st.integers(0, 60).map(Fraction),
)


def records() -> st.SearchStrategy[Facts]:
    """Any record of any person, at any day."""
    return st.builds(
        lambda day, person, drawn: Facts(
            cycle=CYCLE,
            person=person,
            as_of=CYCLE.start + timedelta(days=day),
            activities=tuple(put_together(place, one) for place, one in enumerate(drawn)),
        ),
        st.integers(0, 2500),
        PEOPLE,
        st.lists(ACTIVITIES, max_size=6),
    )


def most_of(rules: Version, one: Activity) -> Fraction:
    """What an activity is worth at the best rate that any accrual gives, and the step that rounding may add."""
    amounts = [Fraction(0)]
    for accrual in rules.accruals:
        held = (
            Fraction(one.minutes, 60)
            if accrual.per == "hour"
            else one.quantities.get(accrual.per, Fraction(0))
        )
        amounts.append(held * accrual.units * accrual.multiplier)
    step = Fraction(0)
    if rules.rounding is not None:
        step = rules.rounding.quantum * HALF_STEP[rules.rounding.mode]
    return max(amounts) + step


@given(st.sampled_from(NAMES), records())
def test_credit_is_never_negative_and_never_more_than_attended_times_the_multiplier(
    name: str, record: Facts
) -> None:
    for rules in shelf()[name]:
        found = evaluate([rules], record)
        assert found.earned >= 0
        assert found.required >= 0
        assert found.carry_over >= 0
        assert all(one.amount > 0 for one in found.missing)
        assert found.earned + missing(found).get("total", Fraction(0)) == max(found.earned, found.required)
        assert len(found.parcels) == len(record.activities)
        for parcel in found.parcels:
            assert 0 <= parcel.units <= most_of(rules, parcel.activity)
            assert all(0 <= share <= parcel.units for share in parcel.shares.values())
            assert parcel.reasons
            assert all(reason.endswith((".", "!", "?")) for reason in parcel.reasons)


@given(st.sampled_from(NAMES), records(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing(name: str, record: Facts, dice: object) -> None:
    shuffled = list(record.activities)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    one = evaluate(shelf()[name], record)
    other = evaluate(shelf()[name], replace(record, activities=tuple(shuffled)))
    assert (one.earned, one.missing, one.carry_over, one.notes) == (
        other.earned,
        other.missing,
        other.carry_over,
        other.notes,
    )
    assert units(one) == units(other)
    assert reasons(one) == reasons(other)
    assert [parcel.activity for parcel in other.parcels] == shuffled


def reasons(found: Evaluation) -> dict[str, tuple[str, ...]]:
    return {parcel.activity.id: parcel.reasons for parcel in found.parcels}


SIGNED = st.builds(
    Adjustment,
    by=st.sampled_from(["Bo Tran", "The authority"]),
    on=st.dates(date(2019, 1, 1), date(2024, 12, 31)),
    reason=st.sampled_from(["Illness", "Counted twice."]),
    units=st.none() | st.integers(-50, 50).map(Fraction),
    target=st.integers(0, 90).map(Fraction),
)


@given(
    st.sampled_from(NAMES),
    st.lists(SIGNED, max_size=3),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_an_adjustment_always_explains_itself(
    name: str, drawn: list[Adjustment], is_numbered: bool, dice: object
) -> None:
    adjustments = [replace(one, place=place * is_numbered) for place, one in enumerate(drawn)]
    record = facts(activity(600), adjustments=tuple(adjustments))
    found = evaluate(shelf()[name], record)
    for one in adjustments:
        assert any(one.by in note and one.reason in note for note in found.notes)
    if adjustments and is_numbered:
        assert found.required == max(adjustments, key=lambda one: (one.on, one.place)).target
    dice.shuffle(adjustments)  # type: ignore[attr-defined]
    shuffled = evaluate(shelf()[name], replace(record, adjustments=tuple(adjustments)))
    assert (shuffled.required, shuffled.earned, shuffled.notes) == (found.required, found.earned, found.notes)


def test_of_what_is_signed_on_one_day_the_last_stands() -> None:
    """By the alphabet the slip would have won over its correction."""
    slip = Adjustment(by="Cam", on=date(2022, 1, 1), reason="Slip", target=Fraction(10), place=1)
    right = Adjustment(by="Cam", on=date(2022, 1, 1), reason="Correction", target=Fraction(100), place=2)
    for signed in ((slip, right), (right, slip)):
        found = evaluate(shelf()["illinois"], facts(activity(600), adjustments=signed))
        assert found.required == 100


def test_an_end_that_was_signed_before_the_first_day_leaves_that_day() -> None:
    signed = Adjustment(by="Cam", on=date(2015, 1, 1), reason="Left", ends_on=date(2016, 1, 1), place=1)
    found = evaluate(shelf()["illinois"], facts(activity(600), adjustments=(signed,)))
    assert (found.cycle.start, found.cycle.end) == (CYCLE.start, CYCLE.start)


def test_what_was_signed_for_a_category_fills_its_minimum_and_is_no_activity() -> None:
    rules = version(
        "[[bucket]]\nid = 'ell'\nname = 'ELL'\nat_least = 5\ncategories = ['ell']\n"
        "[[bucket]]\nid = 'own'\nname = 'own'\nat_least_count = 1\ncategories = ['ell']\n"
        "[words.categories]\nell = 'language learners'\n"
    )

    def signed(units: int, category: str) -> Evaluation:
        one = Adjustment(
            by="Cam", on=date(2022, 1, 1), reason="Before", units=Fraction(units), category=category
        )
        return counted(rules, activity(60, categories={"ell": 60}), adjustments=(one,))

    assert missing(signed(3, "ell")) == {"ell": 1}
    assert missing(signed(4, "")) == {"ell": 4}
    assert missing(signed(-9, "ell")) == {"ell": 5}
    assert [int(one.held) for one in signed(4, "ell").buckets] == [5, 1]
    assert "Cam changed the credit by +3 hours of language learners" in " ".join(
        signed(3, "ell").notes
    ).replace("\N{NO-BREAK SPACE}", " ")


def test_what_was_signed_fills_an_exclusive_minimum_once() -> None:
    bucket = "[[bucket]]\nid = '{0}'\nname = '{0}'\nat_least = 5\nexclusive = true\ncategories = {1}\n"
    rules = version(
        bucket.format("one", "['x']")
        + bucket.format("two", "['x', 'y']")
        + "[words.categories]\nx = 'x'\ny = 'y'\n"
    )
    one = Adjustment(by="Cam", on=date(2022, 1, 1), reason="Before", units=Fraction(5), category="x")
    assert missing(counted(rules, adjustments=(one,))) == {"one + two": 5}


def test_an_adjustment_without_author_or_reason_cannot_be_made() -> None:
    for by, reason in (("", "Illness"), ("Bo", " ")):
        with pytest.raises(ValueError, match="who made it and why"):
            Adjustment(by=by, on=date(2022, 1, 1), reason=reason, units=Fraction(1))
    with pytest.raises(ValueError, match="changes units, target or ends_on"):
        Adjustment(by="Bo", on=date(2022, 1, 1), reason="Illness")


def test_an_attested_fact_holds_from_its_day_on_and_is_told() -> None:
    rules = version(
        '[target]\nunits = 10\n[[target.instead]]\nunits = 4\nif_person = ["nbct"]\n[words.facts]\nnbct = "x"\n'
    )
    signed = Attestation(fact="nbct", by="Cam", on=date(2022, 1, 1))
    before = counted(rules, attestations=(signed,), as_of=date(2021, 12, 31))
    after = counted(rules, attestations=(signed,), as_of=date(2022, 1, 1))
    assert (before.required, after.required) == (10, 4)
    assert any("Cam attested" in note for note in after.notes)
    assert not any("Cam attested" in note for note in before.notes)


def test_rounding_each_sitting_each_activity_or_the_total_gives_three_answers() -> None:
    rounding = "[rounding]\nquantum = 1\nmode = 'down'\nscope = '{}'\n"
    told = [activity(100, id="a", sessions=(50, 50)), activity(80, id="b", sessions=(80,))]
    earned = {
        scope: counted(version(rounding.format(scope)), *told).earned
        for scope in ("session", "activity", "total")
    }
    assert earned == {"session": 1, "activity": 2, "total": 3}


def test_contact_time_is_cut_before_conversion_and_units_after() -> None:
    by_minutes = version(
        "[[limit]]\nper = 'day'\nminutes = 480\n[rounding]\nquantum = 5\nmode = 'down'\nscope = 'activity'\n"
    )
    by_units = version(
        "[[limit]]\nper = 'day'\nunits = 8\n[rounding]\nquantum = 5\nmode = 'down'\nscope = 'activity'\n"
    )
    assert counted(by_minutes, activity(600)).earned == 5
    assert counted(by_units, activity(600)).earned == 8


def test_a_limit_spreads_an_activity_over_its_days_weeks_and_years() -> None:
    day = version("[[limit]]\nper = 'day'\nunits = 6\n")
    assert counted(day, activity(900, ends_on=date(2022, 3, 2))).earned == 12
    assert counted(day, activity(300, id="a"), activity(300, id="b")).earned == 6
    week = version("[[limit]]\nper = 'week'\nunits = 4\n")
    sunday = date(2022, 3, 6)
    assert counted(week, activity(300, on=sunday), activity(300, on=sunday + timedelta(days=1))).earned == 8
    year = version(
        "[cycle]\nanchor = 'school_year'\nstarts = '07-01'\nyears = 5\n[[limit]]\nper = 'year'\nunits = 4\n"
    )
    assert counted(year, activity(300, on=date(2022, 6, 30)), activity(300, on=date(2022, 7, 1))).earned == 8
    assert counted(year, activity(300, on=date(2022, 7, 1)), activity(300, on=date(2023, 6, 30))).earned == 4


def test_a_topic_gathers_before_the_cycles_window() -> None:
    rules = version("[topic_minimum]\nunits = 10\n")
    found = counted(rules, activity(360, topic="x", on=date(2019, 12, 1)), activity(240, topic="x"))
    assert found.earned == 4
    alone = counted(rules, activity(240, topic="x", id="a"))
    assert alone.earned == 0
    assert (
        "x: topic total 4 of 10\N{NO-BREAK SPACE}hours, so nothing of it counts yet."
        in alone.parcels[0].reasons
    )


def test_a_cap_on_a_category_leaves_the_rest_of_an_activity() -> None:
    rules = version(
        "[[bucket]]\nid = 'a'\nname = 'a'\nat_most = 1\ncategories = ['a']\n[words.categories]\na = 'a'\n"
    )
    found = counted(rules, activity(180, categories={"a": 120}))
    assert found.earned == 2
    assert found.parcels[0].shares == {"a": 1}


def test_shares_by_minutes_stay_in_step_when_a_limit_lowers_the_whole() -> None:
    rules = version("[[limit]]\nper = 'day'\nunits = 1\n")
    found = counted(rules, activity(120, categories={"ell": 60, "swd": 120, "stem": 0})).parcels[0]
    assert (found.units, found.shares) == (1, {"ell": Fraction(1, 2), "swd": 1, "stem": 0})


def test_what_never_counts_is_told_in_the_same_order_every_time() -> None:
    never = Selector(categories=frozenset({"c", "a", "b", "e", "d"}), kinds=frozenset({"z", "y"}))
    words: dict[str, dict[str, str]] = {"kinds": {}, "levels": {}, "categories": {}, "evidence": {}}
    assert never_counts(never, words) == "The rules never count y, z, a, b, c, d or e."


def test_a_number_keeps_the_largest() -> None:
    bucket = "[[bucket]]\nid = 'a'\nname = 'articles'\nat_most_count = 1\nkinds = ['article']\n"
    rules = version(bucket + "[words.kinds]\narticle = 'x'\n")
    found = counted(rules, activity(60, id="a", kind="article"), activity(90, id="b", kind="article"))
    assert units(found) == {"a": 0, "b": Fraction(3, 2)}


def test_a_version_is_chosen_by_the_date_that_it_applies_to() -> None:
    def pair(applies_to: str) -> list[Version]:
        head = HEAD.replace("cycle_start", applies_to)
        later = head.replace('"not found"', "2022-07-01").replace('version = "1"', 'version = "2"')
        doubled = "\n[[accrual]]\nper = 'hour'\nunits = 2\n"
        return [version(head=head), version(head=later, accruals=doubled)]

    record = facts(activity(60, id="a", on=date(2022, 6, 30)), activity(60, id="b", on=date(2022, 7, 1)))
    by_start = evaluate(pair("cycle_start"), record)
    assert (by_start.version.version, by_start.earned) == ("1", 2)
    by_end = evaluate(pair("renewal_date"), record)
    assert (by_end.version.version, by_end.earned) == ("2", 4)
    by_day = evaluate(pair("activity_date"), record)
    assert units(by_day) == {"a": 1, "b": 2}
    later = Cycle(date(2022, 7, 1), date(2027, 6, 30))
    assert evaluate(pair("cycle_start"), facts(cycle=later)).version.version == "2"


def test_words_that_no_rule_asks_for_are_told() -> None:
    found = counted(version(), activity(60, categories={"eel": 30}), person=Person(facts=frozenset({"nbtc"})))
    assert "No rule here asks for the fact nbtc." in found.notes
    assert "No rule here asks for the category eel." in found.notes


def test_before_the_first_version_the_first_stands_in_and_says_so() -> None:
    rules = version(head=HEAD.replace('"not found"', "2030-01-01"))
    assert "so it stands in" in counted(rules).notes[0]
