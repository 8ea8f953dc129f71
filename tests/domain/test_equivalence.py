"""Equivalence: applied in class, watched later, logged by days; and the split of what comes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.credit import CreditFacts, credit
from pdtracker.domain.equivalence import ApplicationRule, RecordingRule
from pdtracker.domain.first_policy import first_policy
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.policy import CreditPolicy, KindCap
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.split import split_of

ON = date(2014, 10, 14)
LIVE = tuple(kind for kind in EventKind if kind.is_live)
OPEN = tuple(kind for kind in EventKind if not kind.is_live)
CHATS = (EventKind.HASHTAG_CHAT, EventKind.WEBINAR)
RULES = CreditPolicy(
    name="Hours",
    edition="2",
    effective_from=date(2014, 7, 1),
    application=ApplicationRule(kinds=CHATS),
    recordings=RecordingRule(kinds=CHATS, summary_words=50),
    logged_kinds=(EventKind.BOOK_CLUB,),
    caps=(KindCap(EventKind.HASHTAG_CHAT, percent=20),),
)
OLD = CreditPolicy(name="Hours", edition="1", effective_from=date(2014, 7, 1))
CHAT = CreditFacts(
    claimed_minutes=60,
    session_minutes=60,
    kind=EventKind.HASHTAG_CHAT,
    category=CreditCategory.PEDAGOGY,
    activity_on=ON,
    reflection_words=80,
)
CLUB = replace(CHAT, kind=EventKind.BOOK_CLUB, session_minutes=None, claimed_minutes=120)

MINUTES = st.integers(0, 1440)
POLICIES = st.builds(
    CreditPolicy,
    name=st.just("Hours"),
    edition=st.just("1"),
    effective_from=st.just(date(2014, 7, 1)),
    step_minutes=st.sampled_from([1, 5, 15, 30]),
    minimum_session_minutes=st.integers(0, 60),
    caps=st.lists(
        st.builds(KindCap, st.sampled_from([None, *EventKind]), percent=st.integers(0, 100)),
        unique_by=lambda cap: cap.kind,
    ).map(tuple),
    application=st.none()
    | st.builds(
        ApplicationRule,
        kinds=st.lists(st.sampled_from(LIVE), min_size=1, unique=True).map(tuple),
        percent=st.integers(1, 200),
    ),
    recordings=st.none()
    | st.builds(
        RecordingRule,
        kinds=st.lists(st.sampled_from(LIVE), min_size=1, unique=True).map(tuple),
        summary_words=st.integers(1, 100),
    ),
    logged_kinds=st.lists(st.sampled_from(OPEN), unique=True).map(tuple),
)
FACTS = st.builds(
    CreditFacts,
    claimed_minutes=st.integers(1, 1440),
    session_minutes=st.none() | st.integers(1, 1440),
    kind=st.sampled_from(EventKind),
    category=st.sampled_from(CreditCategory),
    activity_on=st.just(ON),
    credited_this_year=st.integers(0, 900),
    split=st.just(())
    | st.dictionaries(st.sampled_from(CreditCategory), st.integers(1, 480), min_size=2).map(split_of),
    application_minutes=MINUTES,
    is_recording=st.booleans(),
    reflection_words=st.integers(0, 120),
    logged_minutes=MINUTES,
)


def why(policy: CreditPolicy, facts: CreditFacts) -> list[str]:
    """The sentences, with plain spaces."""
    return [sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in credit(policy, facts).why]


@given(POLICIES, FACTS)
def test_credit_is_never_more_than_was_attended_times_what_applying_it_may_add(
    policy: CreditPolicy, facts: CreditFacts
) -> None:
    found = credit(policy, facts)
    attended = min(facts.claimed_minutes, facts.session_minutes or facts.claimed_minutes)
    percent = policy.application.percent if policy.application else 0
    assert 0 <= found.minutes <= attended + attended * percent // 100
    assert found.instructional_minutes == attended


@given(POLICIES, FACTS)
def test_the_shares_of_a_credit_add_up_to_it(policy: CreditPolicy, facts: CreditFacts) -> None:
    found = credit(policy, facts)
    assert sum(share.minutes for share in found.shares) == found.minutes
    assert sum(share.instructional_minutes for share in found.shares) == found.instructional_minutes
    assert len({share.category for share in found.shares}) == len(found.shares)
    assert found.trace[-1].after == found.minutes


@given(POLICIES, FACTS)
def test_a_split_changes_nothing_of_the_whole(policy: CreditPolicy, facts: CreditFacts) -> None:
    assert credit(policy, facts).minutes == credit(policy, replace(facts, split=())).minutes


@given(POLICIES)
def test_a_document_reads_back_as_the_same_policy(policy: CreditPolicy) -> None:
    assert CreditPolicy.from_document(json.loads(json.dumps(policy.to_document()))) == policy


def test_an_hour_of_chat_and_an_hour_of_applying_it_are_two() -> None:
    found = credit(RULES, replace(CHAT, application_minutes=60))
    assert (found.minutes, found.instructional_minutes) == (120, 60)
    assert "You applied it for 60 minutes and wrote about it: they are added." in why(
        RULES, replace(CHAT, application_minutes=60)
    )


def test_no_more_is_added_than_was_attended() -> None:
    assert credit(RULES, replace(CHAT, application_minutes=300)).minutes == 120
    told = why(RULES, replace(CHAT, application_minutes=300))
    assert (
        "You applied it for 300 minutes. Up to as much as was attended counts beside it, so 60 are added."
        in told
    )
    half = replace(RULES, application=ApplicationRule(kinds=CHATS, percent=50))
    assert credit(half, replace(CHAT, application_minutes=300)).minutes == 90


@pytest.mark.parametrize(
    ("policy", "facts", "sentence"),
    [
        (
            RULES,
            replace(CHAT, application_minutes=30, reflection_words=0),
            "You applied it for 30 minutes. That counts with a written reflection, and there is none.",
        ),
        (
            RULES,
            replace(CHAT, application_minutes=30, kind=EventKind.TOUR),
            "You applied it for 30 minutes. For this your district counts only what was attended.",
        ),
        (
            OLD,
            replace(CHAT, application_minutes=30),
            "You applied it for 30 minutes. For this your district counts only what was attended.",
        ),
    ],
)
def test_what_brings_nothing_says_so(policy: CreditPolicy, facts: CreditFacts, sentence: str) -> None:
    assert credit(policy, facts).minutes == 60
    assert sentence in why(policy, facts)


@pytest.mark.parametrize(
    ("facts", "minutes", "sentence"),
    [
        (
            replace(CHAT, is_recording=True),
            60,
            "A recording counts with a written summary of 50 words or more,"
            " and the reflection has 80: all of it counts.",
        ),
        (
            replace(CHAT, is_recording=True, reflection_words=12),
            0,
            "A recording counts with a written summary of 50 words or more."
            " The reflection has 12, so it doesn't count.",
        ),
        (
            replace(CHAT, is_recording=True, kind=EventKind.TOUR),
            0,
            "Tours count live only. This was a recording, so it doesn't count.",
        ),
        (replace(CLUB, logged_minutes=120), 120, "Book clubs count by a log of days. It shows 120 minutes."),
        (
            replace(CLUB, logged_minutes=95),
            90,
            "Book clubs count by a log of days. It shows 95 minutes, so 95 count.",
        ),
        (CLUB, 0, "Book clubs count by a log of days. There is none, so nothing counts."),
    ],
)
def test_recordings_and_logs_have_their_sentence(facts: CreditFacts, minutes: int, sentence: str) -> None:
    assert credit(RULES, facts).minutes == minutes
    assert credit(RULES, facts).instructional_minutes == facts.claimed_minutes
    assert sentence in why(RULES, facts)


def test_hours_that_the_reviewer_changed_need_no_log() -> None:
    changed = replace(CLUB, adjusted_minutes=90, adjust_reason="I have seen the journal.")
    assert credit(RULES, changed).minutes == 90


def test_a_cap_can_be_a_part_of_what_is_asked_for() -> None:
    assert RULES.caps_for(EventKind.HASHTAG_CHAT)[0].minutes_per_year == 180
    nearly = replace(CHAT, credited_this_year_by_kind={"hashtag_chat": 150}, credited_this_year=150)
    assert credit(RULES, nearly).minutes == 30
    assert any("up to 3 hours a school year, 20% of what is asked" in one for one in why(RULES, nearly))


def test_an_older_edition_counts_as_it_always_did() -> None:
    assert credit(OLD, CLUB).minutes == 120
    assert OLD.to_document()["format"] == 1


def test_a_split_is_told_with_its_minutes() -> None:
    parts = split_of({CreditCategory.CONTENT: 40, CreditCategory.PEDAGOGY: 10, CreditCategory.ELL: 10})
    facts = replace(CHAT, split=parts, claimed_minutes=60, session_minutes=50)
    found = credit(RULES, facts)
    assert [(share.category.value, share.minutes, share.instructional_minutes) for share in found.shares] == [
        ("content", 30, 34),
        ("pedagogy", 8, 8),
        ("ell", 7, 8),
    ]
    assert found.category is CreditCategory.CONTENT
    assert why(RULES, facts)[-1] == (
        "Split over its categories, to the minute:"
        " Content 30 minutes, Pedagogy 8 minutes, English language learners 7 minutes."
    )


def test_a_split_into_a_category_without_credit_is_refused() -> None:
    few = replace(RULES, categories=(CreditCategory.PEDAGOGY,))
    parts = split_of({CreditCategory.PEDAGOGY: 30, CreditCategory.STEM: 30})
    with pytest.raises(NotValid) as refused:
        credit(few, replace(CHAT, split=parts))
    assert refused.value.errors == {"split": "Your district gives no credit in STEM."}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("application", 100),
        ("application", {"kinds": ["webinar"]}),
        ("application", {"kinds": ["webinar"], "percent": 0}),
        ("application", {"kinds": ["webinar"], "percent": 201}),
        ("application", {"kinds": ["webinar"], "percent": float("nan")}),
        ("application", {"kinds": ["webinar"], "percent": True}),
        ("application", {"kinds": [], "percent": 100}),
        ("application", {"kinds": ["forum"], "percent": 100}),
        ("application", {"kinds": ["webinar", "webinar"], "percent": 100}),
        ("recordings", {"kinds": ["seance"], "summary_words": 50}),
        ("recordings", {"kinds": ["webinar"], "summary_words": 0}),
        ("recordings", {"kinds": ["book_club"], "summary_words": 50}),
        ("logged_kinds", ["webinar"]),
        ("logged_kinds", ["forum", "forum"]),
        ("logged_kinds", "forum"),
        ("caps", [{"kind": "webinar", "percent_of_required": 101}]),
        ("caps", [{"kind": "webinar", "percent_of_required": -1}]),
        ("caps", [{"kind": "webinar", "percent_of_required": "20"}]),
        ("caps", [{"kind": "webinar", "percent_of_required": 20, "minutes_per_year": 60}]),
    ],
)
def test_an_odd_rule_is_refused_at_its_field(field: str, value: Any) -> None:
    with pytest.raises(NotValid) as refused:
        CreditPolicy.from_document({**RULES.to_document(), field: value})
    assert list(refused.value.errors) == [field]


def test_a_document_of_the_first_format_has_no_equivalence() -> None:
    with pytest.raises(NotValid) as refused:
        CreditPolicy.from_document({**OLD.to_document(), "logged_kinds": ["forum"]})
    assert refused.value.errors == {"logged_kinds": "A credit policy has no such field."}


def test_a_district_begins_with_rules_that_count_connected_learning() -> None:
    first = first_policy("Hours", "2014-1", date(2014, 7, 1), (7, 1))
    assert credit(first, replace(CHAT, application_minutes=60)).minutes == 120
    assert credit(first, replace(CHAT, kind=EventKind.WEBINAR, is_recording=True)).minutes == 60
    assert credit(first, CLUB).minutes == 0
    assert credit(first, replace(CLUB, logged_minutes=120)).minutes == 120
    assert [cap.minutes_per_year for cap in first.caps_for(EventKind.HASHTAG_CHAT)] == [180]
    assert CreditPolicy.from_document(first.to_document()) == first
