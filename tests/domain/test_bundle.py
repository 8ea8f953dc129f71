"""Bundles: short sessions that count together, what the rules make of them, and what keeps them from being sent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pdtracker.domain.bundle import (
    Bundle,
    BundleRule,
    Gathered,
    Gathering,
    PartMinutes,
    bundle_faults,
    overlap_among,
    part_fault,
)
from pdtracker.domain.credit import CreditFacts, credit
from pdtracker.domain.dry_run import StandingAward, recount
from pdtracker.domain.equivalence import ApplicationRule
from pdtracker.domain.first_policy import first_policy
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.policy import CreditPolicy, KindCap
from pdtracker.domain.policy_words import sentences
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.split import split_of

CHATS = (EventKind.HASHTAG_CHAT, EventKind.WEBINAR)
RULE = BundleRule(kinds=CHATS)
RULES = CreditPolicy(
    name="Hours",
    edition="1",
    effective_from=date(2014, 7, 1),
    minimum_session_minutes=30,
    bundles=RULE,
)
WITHOUT = replace(RULES, bundles=None)
STARTS = datetime(2014, 10, 14, 23, tzinfo=UTC)

PARTS = st.lists(st.builds(PartMinutes, st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=8)
POLICIES = st.builds(
    replace,
    st.just(RULES),
    step_minutes=st.sampled_from([1, 5, 15, 30]),
    minimum_session_minutes=st.integers(0, 60),
    caps=st.lists(
        st.builds(KindCap, st.sampled_from([None, *CHATS]), st.integers(0, 300)),
        unique_by=lambda cap: cap.kind,
    ).map(tuple),
    bundles=st.none()
    | st.builds(
        BundleRule,
        kinds=st.just(CHATS),
        least_minutes=st.integers(1, 20),
        threshold_minutes=st.integers(20, 120),
    ),
)


def facts_of(*parts: PartMinutes, **more: Any) -> CreditFacts:
    bundle = Bundle("Wikis", parts, more.pop("day_count", 15))
    return CreditFacts(
        **{
            "claimed_minutes": bundle.minutes,
            "session_minutes": sum(part.session_minutes for part in parts),
            "kind": EventKind.HASHTAG_CHAT,
            "category": CreditCategory.PEDAGOGY,
            "activity_on": date(2014, 10, 14),
            "bundle": bundle,
            **more,
        }
    )


def of(*minutes: int, **more: Any) -> CreditFacts:
    return facts_of(*(PartMinutes(one, one) for one in minutes), **more)


def test_short_sessions_count_together_and_say_so() -> None:
    given = credit(RULES, of(15, 25, 15, 20))
    assert given.minutes == given.instructional_minutes == 75
    assert given.why == (
        "Four sessions on “Wikis” of 15, 15, 20 and 25 minutes make 75.",
        "Short sessions on one topic count together from 60\N{NO-BREAK SPACE}minutes on. All 75 count.",
        "Quarter-hour steps, rounded down: 75 stays 75.",
    )


def test_what_is_below_the_threshold_counts_for_nothing_yet() -> None:
    given = credit(RULES, of(20, 20))
    assert given.minutes == 0
    assert given.why[-1].endswith("That is too little, so they don't count.")


def test_what_the_reviewer_takes_off_can_fall_below_the_threshold() -> None:
    assert credit(RULES, of(30, 30, adjusted_minutes=45, adjust_reason="Left early")).minutes == 0
    assert credit(RULES, of(40, 40, adjusted_minutes=60, adjust_reason="Left early")).minutes == 60


def test_a_part_counts_as_far_as_its_session_lasted() -> None:
    given = credit(RULES, facts_of(PartMinutes(30, 20), PartMinutes(40, 45)))
    assert given.minutes == 60
    assert "each counts as far as its session lasted" in given.why[0]


def test_a_part_that_is_too_short_is_left_out() -> None:
    given = credit(replace(RULES, step_minutes=1), of(4, 60))
    assert given.minutes == 60
    assert "Without those under 5\N{NO-BREAK SPACE}minutes they are 60." in given.why[1]


def test_a_bundle_that_lies_too_far_apart_does_not_count() -> None:
    assert credit(RULES, of(30, 30, day_count=90)).minutes == 60
    assert credit(RULES, of(30, 30, day_count=91)).minutes == 0


def test_applying_it_counts_beside_a_bundle() -> None:
    rules = replace(RULES, application=ApplicationRule(kinds=CHATS))
    assert credit(rules, of(20, 20, 20, application_minutes=30, reflection_words=80)).minutes == 90
    assert credit(rules, of(20, 20, application_minutes=30, reflection_words=80)).minutes == 0


def test_where_a_district_does_not_bundle_each_session_counts_for_itself() -> None:
    given = credit(WITHOUT, of(20, 30, 45))
    assert given.minutes == 75
    assert "Two sessions are that long" in given.why[1]
    assert credit(WITHOUT, of(20, 20, 20)).minutes == 0
    webinars = replace(RULES, bundles=BundleRule(kinds=(EventKind.WEBINAR,)))
    assert credit(webinars, of(20, 20, 20)).minutes == 0


def test_a_bundle_is_split_over_its_categories_to_the_minute() -> None:
    split = split_of({CreditCategory.ELL: 45, CreditCategory.PEDAGOGY: 30})
    shares = {share.category: share.minutes for share in credit(RULES, of(20, 25, 30, split=split)).shares}
    assert shares == {CreditCategory.ELL: 45, CreditCategory.PEDAGOGY: 30}


def test_a_claim_that_is_not_the_sum_of_its_parts_is_a_slip_of_the_program() -> None:
    with pytest.raises(ValueError, match="sum of its parts"):
        of(20, 20, claimed_minutes=60)


@given(POLICIES, PARTS, st.randoms(use_true_random=False))
def test_the_order_of_the_parts_changes_nothing(
    policy: CreditPolicy, parts: list[PartMinutes], dice: Any
) -> None:
    shuffled = list(parts)
    dice.shuffle(shuffled)
    assert credit(policy, facts_of(*parts)) == credit(policy, facts_of(*shuffled))


@given(POLICIES, PARTS)
def test_a_bundle_is_never_worth_more_than_its_parts_lasted(
    policy: CreditPolicy, parts: list[PartMinutes]
) -> None:
    given = credit(policy, facts_of(*parts))
    assert 0 <= given.minutes <= sum(min(part.minutes, part.session_minutes) for part in parts)
    assert sum(share.minutes for share in given.shares) == given.minutes


@given(POLICIES, PARTS, st.builds(PartMinutes, st.integers(1, 60), st.integers(1, 60)))
def test_one_more_part_never_lowers_a_bundle(
    policy: CreditPolicy, parts: list[PartMinutes], more: PartMinutes
) -> None:
    assert credit(policy, facts_of(*parts, more)).minutes >= credit(policy, facts_of(*parts)).minutes


@given(POLICIES, PARTS)
def test_every_sentence_of_the_trace_follows_on_the_one_before(
    policy: CreditPolicy, parts: list[PartMinutes]
) -> None:
    trace = credit(policy, facts_of(*parts)).trace
    assert all(after.before == before.after for before, after in pairwise(trace))


def test_a_dry_run_counts_a_bundle_as_a_bundle() -> None:
    award = StandingAward(1, 1, "Ada", "Wikis", STARTS, 1, of(20, 20, 20))
    assert recount([award], [RULES])[1].minutes == 60
    assert recount([award], [WITHOUT])[1].minutes == 0


def test_the_policy_keeps_its_rule_in_format_3_and_tells_it() -> None:
    document = json.loads(json.dumps(RULES.to_document()))
    assert document["format"] == 3
    assert document["bundles"] == {
        "kinds": ["hashtag_chat", "webinar"],
        "least_minutes": 5,
        "threshold_minutes": 60,
        "most_days": 90,
    }
    assert CreditPolicy.from_document(document) == RULES
    assert any(
        told.startswith("Short sessions of one kind on one topic count together") for told in sentences(RULES)
    )
    assert "bundles" not in WITHOUT.to_document()
    assert WITHOUT.to_document()["format"] == 1


@pytest.mark.parametrize("written", [1, 2])
def test_an_older_document_knows_no_bundles(written: int) -> None:
    with pytest.raises(NotValid) as refused:
        CreditPolicy.from_document({**RULES.to_document(), "format": written})
    assert "bundles" in refused.value.errors


@pytest.mark.parametrize(
    "change",
    [
        {"kinds": ()},
        {"kinds": (EventKind.FORUM,)},
        {"kinds": (EventKind.WEBINAR, EventKind.WEBINAR)},
        {"least_minutes": 0},
        {"least_minutes": 61},
        {"threshold_minutes": 1441},
        {"most_days": 0},
        {"most_days": 367},
    ],
)
def test_an_odd_rule_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(NotValid) as refused:
        replace(RULES, bundles=replace(RULE, **change))
    assert set(refused.value.errors) == {"bundles"}


def test_a_new_district_gathers_short_sessions_from_an_hour_on() -> None:
    rule = first_policy("Hours", "1", date(2026, 7, 1), (7, 1)).bundles
    assert rule is not None
    assert (rule.least_minutes, rule.threshold_minutes, rule.most_days) == (5, 60, 90)


def test_progress_is_told_in_minutes() -> None:
    assert Gathering("#edtech", 35, 60).sentence == "35 of 60\N{NO-BREAK SPACE}minutes on #edtech; 25 to go"
    assert Gathering("#edtech", 75, 60).sentence == "75\N{NO-BREAK SPACE}minutes on #edtech: enough to count"


def gathered(minutes: int, days: int = 0, **change: Any) -> Gathered:
    starts = STARTS + timedelta(days=days)
    part = Gathered(
        "A chat", starts, starts + timedelta(minutes=minutes), "America/New_York", minutes, has_evidence=True
    )
    return replace(part, **change)


def faults(*parts: Gathered, rule: BundleRule | None = RULE, topic: str = "Wikis") -> dict[str, str]:
    return dict(bundle_faults(rule, EventKind.HASHTAG_CHAT, topic, parts, "America/New_York"))


def test_a_bundle_is_sent_once_it_is_enough() -> None:
    assert faults(gathered(30), gathered(30, 7)) == {}
    assert "25\N{NO-BREAK SPACE}minutes or more" in faults(gathered(35))["parts"]


def test_each_thing_that_keeps_a_bundle_has_its_sentence() -> None:
    assert faults()["parts"].startswith("Add the short sessions")
    assert faults(gathered(60), topic=" ")["title"].startswith("Enter the topic")
    assert faults(gathered(60, has_evidence=False))["parts"].startswith("Add a link for “A chat”")
    assert "91 days" in faults(gathered(30), gathered(30, 90))["parts"]
    assert "short hashtag chats together" in faults(gathered(60), rule=None)["parts"]


def test_a_part_has_the_least_minutes() -> None:
    assert part_fault(RULE, 5) == "" == part_fault(None, 1)
    assert "This has 4." in part_fault(RULE, 4)


@given(st.integers(0, 100), st.integers(1, 50))
def test_parts_that_share_a_moment_are_found(offset: int, length: int) -> None:
    assume(offset != 30)
    begins, ends = STARTS, STARTS + timedelta(minutes=30)
    at = STARTS + timedelta(minutes=offset)
    meets = offset < 30
    assert bool(overlap_among([("A", begins, ends)], at, at + timedelta(minutes=length))) is meets
