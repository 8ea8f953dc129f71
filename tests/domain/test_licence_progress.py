"""Progress to a licence: what is earned, waits and is missing, and whether that is fast enough."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.hours import NBSP
from pdtracker.domain.licence_progress import LicenceProgress, progress_of
from pdtracker.domain.refs import ref_of
from pdtracker.domain.regimes.evaluation import evaluate
from pdtracker.domain.regimes.facts import Activity
from pdtracker.domain.regimes.rules import Version
from tests.domain.regimes.records import CYCLE, HEAD, activity, facts, version

TEN = "[target]\nunits = 10\n"
ELL = "[[bucket]]\nid = 'ell'\nname = 'English language learners'\nat_least = 2\ncategories = ['ell']\n"
ELL_WORDS = "[words.categories]\nell = 'x'\n"
AT_MOST = (
    "[[bucket]]\nid = 'study'\nname = 'study'\nat_most = 3\nkinds = ['study']\n[words.kinds]\nstudy = 'x'\n"
)
HALF_WAY = date(2022, 7, 2)
"""Of a cycle from 2020 to 2024, as nearly as days can say it."""


def progress(
    rules: Version, *decided: Activity, waiting: tuple[Activity, ...] = (), as_of: date = HALF_WAY
) -> LicenceProgress:
    """The progress by one version, with some activities that wait."""
    now = evaluate([rules], facts(*decided, as_of=as_of))
    then = evaluate([rules], facts(*decided, *waiting, as_of=as_of))
    return progress_of(now, then, as_of)


def plain(sentence: str) -> str:
    return sentence.replace(NBSP, " ")


def test_the_sentence_says_what_is_earned_waits_and_is_to_go() -> None:
    found = progress(version(TEN), activity(240), waiting=(activity(90, id="w"),))
    assert (found.earned, found.pending, found.to_go) == (4, Fraction(3, 2), Fraction(9, 2))
    assert plain(found.sentence) == "4 of 10 hours earned, 1.5 waiting, 4.5 to go by December 31, 2024"


def test_a_total_that_is_reached_still_tells_of_a_minimum_that_is_not() -> None:
    found = progress(version(TEN + ELL + ELL_WORDS), activity(600, categories={"ell": 60}))
    assert plain(found.sentence) == "10 of 10 hours earned, but one minimum is still short"
    assert not found.is_met
    assert [one.what for one in found.missing] == ["ell"]
    (ell,) = found.buckets
    assert plain(ell.sentence) == "1 of 2 hours, 1 to go"


def test_what_is_missing_is_told_with_what_the_waiting_leaves_of_it() -> None:
    """`6 missing` beside `4.5 to go` would be two figures for one thing."""
    rules = version(TEN + ELL + ELL_WORDS)
    waiting = (activity(90, id="w", categories={"ell": 90}),)
    found = progress(rules, activity(240, categories={"ell": 60}), waiting=waiting)
    total, ell = (plain(one) for one in found.lacking)
    assert total == "6 hours are missing: 4 of 10. With what waits, 4.5 would still be missing."
    assert ell.endswith("With what waits, nothing of it would be missing.")
    (total, *_) = progress(rules, activity(240)).lacking
    assert plain(total) == "6 hours are missing: 4 of 10."


def test_a_minimum_tells_what_the_waiting_would_add() -> None:
    (ell,) = progress(
        version(ELL + ELL_WORDS),
        activity(60, categories={"ell": 60}),
        waiting=(activity(60, id="w", categories={"ell": 30}),),
    ).buckets
    assert (ell.held, ell.pending, ell.to_go, ell.is_met) == (1, Fraction(1, 2), Fraction(1, 2), False)
    assert plain(ell.sentence) == "1 of 2 hours, 0.5 waiting, 0.5 to go"


def test_a_maximum_tells_what_it_took_and_never_asks_for_more() -> None:
    (study,) = progress(version(AT_MOST), activity(240, kind="study")).buckets
    assert (study.to_go, study.is_met) == (0, True)
    assert plain(study.sentence) == "3 of at most 3 hours, 1 more doesn't count"


def test_a_minimum_of_a_number_is_told_in_activities() -> None:
    (ell,) = progress(
        version(ELL.replace("at_least", "at_least_count") + ELL_WORDS), activity(60, categories={"ell": 9})
    ).buckets
    assert plain(ell.sentence) == "1 of 2 activities, 1 to go"


@pytest.mark.parametrize(
    ("minutes", "as_of", "told"),
    [
        (0, HALF_WAY, "5 hours behind for December 31, 2024"),
        (59, HALF_WAY, "4 hours behind for December 31, 2024"),
        # Less than an hour beside the line is on it.
        (245, HALF_WAY, "On track for December 31, 2024"),
        (355, HALF_WAY, "On track for December 31, 2024"),
        (420, HALF_WAY, "1 hour ahead for December 31, 2024"),
        (600, HALF_WAY, "Everything in total for December 31, 2024 is there"),
        (420, date(2024, 12, 31), "3 hours behind for December 31"),
        (420, date(2025, 1, 1), "The cycle ended 3 hours short"),
        (600, date(2025, 1, 1), "The cycle ended with all that was asked for in total"),
        (0, date(2019, 12, 31), "The cycle begins on January 1"),
    ],
)
def test_the_pace_goes_by_a_straight_line_through_the_cycle(minutes: int, as_of: date, told: str) -> None:
    record = [activity(minutes, on=CYCLE.start)] if minutes else []
    pace = progress(version(TEN), *record, as_of=as_of).pace
    assert pace is not None
    assert plain(pace.sentence) == told


def test_the_pace_is_told_in_whole_hours_worth_of_the_regimes_unit() -> None:
    rules = version(
        TEN, head=HEAD.replace('"hour"', '"ceu"'), accruals="[[accrual]]\nper = 'hour'\nunits = 0.1\n"
    )
    pace = progress(rules, activity(600)).pace
    assert pace is not None
    assert pace.behind == Fraction(4)
    assert plain(pace.sentence) == "4 CEUs behind for December 31, 2024"


def test_nothing_asked_for_has_no_pace() -> None:
    found = progress(version(), activity(90))
    assert found.pace is None
    assert plain(found.sentence) == "1.5 hours earned"


def test_activities_come_newest_first_and_tell_which_wait() -> None:
    found = progress(
        version(), activity(60, id="old", on=date(2021, 5, 1)), waiting=(activity(60, id="new"),)
    )
    assert [(one.id, one.is_waiting, one.units) for one in found.activities] == [
        ("new", True, 1),
        ("old", False, 1),
    ]


def test_reasons_name_other_activities_by_their_titles() -> None:
    first, second = ref_of(1 << 40), ref_of(2 << 40)
    found = progress(
        version("once_each = true\n"),
        activity(90, id=first, repeat_key="course"),
        activity(60, id=second, repeat_key="course"),
    )
    (less,) = [one for one in found.activities if one.id == second]
    told = less.reasons_naming({first: "Reading circle"})
    assert told[-1] == "The same counts once in a cycle, and Reading circle counts."


@given(
    st.integers(0, 900),
    st.integers(0, 900),
    st.dates(date(2019, 1, 1), date(2026, 1, 1)),
)
def test_progress_adds_up_and_is_never_negative(decided: int, waiting: int, as_of: date) -> None:
    found = progress(
        version(TEN + ELL + ELL_WORDS),
        activity(decided, categories={"ell": decided // 2}),
        waiting=(activity(waiting, id="w"),),
        as_of=as_of,
    )
    assert min(found.earned, found.pending, found.to_go) >= 0
    assert found.earned + found.pending + found.to_go >= found.required
    assert found.to_go == 0 or found.earned + found.pending + found.to_go == found.required
    assert found.is_met == (not found.missing)
