"""Follow-ups: when they can be answered, what they count for, and which a policy can offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.credit import CreditFacts, credit
from pdtracker.domain.follow_up import FollowShare, FollowUpRule, follow_title, rule_for
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.policy import CreditPolicy, KindCap
from pdtracker.domain.refusals import NotValid

ON = date(2014, 10, 14)
APPLIED = FollowUpRule(kind=FollowUpKind.APPLICATION, after_days=90, within_days=365, percent=100)
IMPACT = FollowUpRule(kind=FollowUpKind.IMPACT, after_days=180, within_days=365, percent=200)
POLICY = CreditPolicy(
    name="Topeka hours", edition="2014-1", effective_from=date(2014, 7, 1), follow_ups=(APPLIED, IMPACT)
)
HOUR = CreditFacts(
    claimed_minutes=60,
    session_minutes=None,
    kind=EventKind.HASHTAG_CHAT,
    category=CreditCategory.PEDAGOGY,
    activity_on=ON,
    follow_share=FollowShare(FollowUpKind.APPLICATION, 50),
)


def test_it_can_be_answered_from_its_first_day_to_its_last() -> None:
    opens, closes = ON + timedelta(days=90), ON + timedelta(days=365)
    assert (APPLIED.due_on(ON), APPLIED.until(ON)) == (opens, closes)
    open_days = [opens - timedelta(days=1), opens, closes, closes + timedelta(days=1)]
    assert [APPLIED.is_open(ON, day) for day in open_days] == [False, True, True, False]


def test_it_asks_the_districts_questions_or_those_of_the_house() -> None:
    assert APPLIED.asked[0] == "What have you done differently since?"
    assert replace(APPLIED, questions=("And then?",)).asked == ("And then?",)
    assert rule_for(POLICY.follow_ups, FollowUpKind.IMPACT) is IMPACT
    assert rule_for((APPLIED,), FollowUpKind.IMPACT) is None
    assert follow_title(FollowUpKind.IMPACT, "Rubrics") == "Effect on students: Rubrics"


@pytest.mark.parametrize(
    ("minutes", "percent", "step", "words"),
    [
        (70, 50, 15, "worth up to 0.5\N{NO-BREAK SPACE}hours"),  # 35 minutes, of which quarter hours leave 30
        (70, 50, 5, "worth up to 35\N{NO-BREAK SPACE}minutes"),
        (20, 50, 15, "counts for your licence, if its rules know it"),
        (60, 0, 15, "counts for your licence, if its rules know it"),
    ],
)
def test_what_it_is_worth_at_most_can_be_reached(minutes: int, percent: int, step: int, words: str) -> None:
    share = FollowShare(FollowUpKind.APPLICATION, percent)
    assert share.worth(minutes, step) == words
    policy = replace(POLICY, step_minutes=step, minimum_session_minutes=1)
    reached = credit(policy, replace(HOUR, claimed_minutes=minutes, follow_share=share)).minutes
    assert words == "counts for your licence, if its rules know it" or hours_phrase(reached) in words


def test_its_credit_is_a_share_of_the_original_and_says_so() -> None:
    found = credit(POLICY, HOUR)
    assert found.minutes == 30
    assert found.why == (
        "The original learning was 60\N{NO-BREAK SPACE}minutes.",
        "Used in class: your district counts 50% of the original 60\N{NO-BREAK SPACE}minutes, which is 30.",
        "Quarter-hour steps, rounded down: 30 stays 30.",
    )


def test_a_share_of_nothing_is_left_to_the_licence() -> None:
    found = credit(POLICY, replace(HOUR, follow_share=FollowShare(FollowUpKind.IMPACT, 0)))
    assert found.minutes == 0
    assert found.why[-1] == (
        "Effect on students: your district counts no hours of its own for it. Your licence may."
    )


def test_no_minimum_is_asked_of_it_but_every_cap() -> None:
    strict = replace(
        POLICY, minimum_session_minutes=60, caps=(KindCap(EventKind.HASHTAG_CHAT, 600), KindCap(None, 900))
    )
    assert credit(strict, HOUR).minutes == 30
    full = replace(HOUR, credited_this_year_by_kind={"hashtag_chat": 585}, credited_this_year=585)
    assert credit(strict, full).minutes == 15


@given(st.integers(1, 1440), st.integers(0, 300), st.integers(0, 2000), st.sampled_from([1, 15, 60]))
def test_it_is_never_more_than_its_share_nor_negative(
    minutes: int, percent: int, credited: int, step: int
) -> None:
    policy = replace(POLICY, step_minutes=step, caps=(KindCap(None, 1200),))
    facts = replace(
        HOUR,
        claimed_minutes=minutes,
        follow_share=FollowShare(FollowUpKind.IMPACT, percent),
        credited_this_year=credited,
    )
    found = credit(policy, facts)
    assert 0 <= found.minutes <= minutes * percent / 100
    assert found.minutes % step == 0
    assert [one.before for one in found.trace[1:]] == [one.after for one in found.trace[:-1]]


def test_a_policy_reads_back_with_its_follow_ups() -> None:
    asked = replace(POLICY, follow_ups=(replace(APPLIED, questions=("What else?",)), IMPACT))
    assert CreditPolicy.from_document(asked.to_document()) == asked
    without = replace(POLICY, follow_ups=())
    assert "follow_ups" not in without.to_document()
    assert CreditPolicy.from_document(without.to_document()) == without


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": "fame"},
        {"after_days": 0},
        {"after_days": 400},
        {"within_days": 5000},
        {"percent": -1},
        {"percent": 301},
        {"percent": True},
        {"percent": "50"},
        {"questions": [""]},
        {"questions": ["?" * 301]},
        {"questions": ["Why?"] * 6},
        {"questions": "Why?"},
        {"questions": [1]},
        {"until": 3},
    ],
)
def test_an_odd_follow_up_is_refused(odd: dict[str, Any]) -> None:
    plain = {"kind": "application", "after_days": 90, "within_days": 365, "percent": 100}
    document = {**replace(POLICY, follow_ups=()).to_document(), "follow_ups": [{**plain, **odd}]}
    with pytest.raises(NotValid) as refused:
        CreditPolicy.from_document(document)
    assert list(refused.value.errors) == ["follow_ups"]


def test_the_same_follow_up_twice_is_refused() -> None:
    with pytest.raises(NotValid):
        replace(POLICY, follow_ups=(APPLIED, replace(APPLIED, percent=50)))
