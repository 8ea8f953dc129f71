"""Credit: the arithmetic by its properties, the reasons by their sentences."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.credit import (
    Credit,
    CreditCategory,
    CreditFacts,
    CreditPolicy,
    KindCap,
    credit,
    minutes_left,
)
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refusals import NotValid

ON = date(2014, 10, 14)
MAPLEWOOD = CreditPolicy(
    name="Maplewood hours",
    edition="2014-1",
    effective_from=date(2014, 7, 1),
    minimum_session_minutes=30,
    caps=(KindCap(EventKind.WEBINAR, 600), KindCap(None, 1200)),
)
CHAT = CreditFacts(
    claimed_minutes=60,
    session_minutes=60,
    kind=EventKind.HASHTAG_CHAT,
    category=CreditCategory.PEDAGOGY,
    activity_on=ON,
)
WEBINAR = replace(CHAT, kind=EventKind.WEBINAR)

MINUTES = st.integers(1, 1440)
CREDITED = st.integers(0, 2000)
RULES = st.builds(
    CreditPolicy,
    name=st.just("Hours"),
    edition=st.just("1"),
    effective_from=st.just(date(2014, 7, 1)),
    step_minutes=st.sampled_from([1, 5, 6, 10, 15, 20, 30, 60]),
    minimum_session_minutes=st.integers(0, 120),
    caps=st.lists(
        st.builds(KindCap, st.sampled_from([None, *EventKind]), st.integers(0, 2000)),
        unique_by=lambda cap: cap.kind,
    ).map(tuple),
)
FACTS = st.builds(
    CreditFacts,
    claimed_minutes=MINUTES,
    session_minutes=st.none() | MINUTES,
    kind=st.sampled_from(EventKind),
    category=st.sampled_from(CreditCategory),
    activity_on=st.just(ON),
    credited_this_year_by_kind=st.dictionaries(st.sampled_from([kind.value for kind in EventKind]), CREDITED),
    credited_this_year=CREDITED,
)
ADJUSTED_FACTS = st.builds(
    lambda facts, minutes: replace(
        facts,
        adjusted_minutes=min(minutes, max(facts.claimed_minutes, facts.session_minutes or 0)),
        adjust_reason="Left early.",
    ),
    FACTS,
    MINUTES,
)


def why(policy: CreditPolicy, facts: CreditFacts) -> list[str]:
    return [sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in credit(policy, facts).why]


def assert_within_bounds(policy: CreditPolicy, facts: CreditFacts) -> None:
    minutes = credit(policy, facts).minutes
    assert 0 <= minutes <= facts.claimed_minutes
    assert facts.session_minutes is None or minutes <= facts.session_minutes
    assert minutes % policy.step_minutes == 0
    for cap in policy.caps_for(facts.kind):
        credited = facts.credited_this_year
        if cap.kind:
            credited = facts.credited_this_year_by_kind.get(cap.kind.value, 0)
        assert minutes <= max(0, cap.minutes_per_year - credited)


@given(RULES, FACTS)
def test_credit_never_exceeds_what_was_attended_the_session_or_a_cap(
    policy: CreditPolicy, facts: CreditFacts
) -> None:
    assert_within_bounds(policy, facts)


def test_nor_does_it_in_ten_thousand_claims_of_every_shape() -> None:
    drawn = random.Random(2014)
    for _ in range(10_000):
        kind = drawn.choice(list(EventKind))
        capped = drawn.sample([None, kind, *EventKind], k=3)
        policy = replace(
            MAPLEWOOD,
            step_minutes=drawn.choice([1, 5, 10, 15, 20, 30, 60]),
            minimum_session_minutes=drawn.randrange(121),
            caps=tuple(KindCap(each, drawn.randrange(2000)) for each in dict.fromkeys(capped)),
        )
        facts = CreditFacts(
            claimed_minutes=drawn.randint(1, 1440),
            session_minutes=drawn.choice([None, drawn.randint(1, 600)]),
            kind=kind,
            category=drawn.choice(list(CreditCategory)),
            activity_on=ON,
            credited_this_year_by_kind={kind.value: drawn.randrange(2000)},
            credited_this_year=drawn.randrange(2000),
        )
        assert_within_bounds(policy, facts)


@given(RULES, ADJUSTED_FACTS)
def test_a_reviewers_change_goes_beyond_the_session_but_never_beyond_a_cap(
    policy: CreditPolicy, facts: CreditFacts
) -> None:
    assert facts.adjusted_minutes is not None
    minutes = credit(policy, facts).minutes
    assert 0 <= minutes <= facts.adjusted_minutes
    left = minutes_left(policy, facts.kind, facts.credited_this_year_by_kind, facts.credited_this_year)
    assert left is None or minutes <= left


@given(RULES, FACTS, MINUTES)
def test_more_attended_never_counts_less(policy: CreditPolicy, facts: CreditFacts, minutes: int) -> None:
    less, more = sorted((facts.claimed_minutes, minutes))
    assert (
        credit(policy, replace(facts, claimed_minutes=less)).minutes
        <= credit(policy, replace(facts, claimed_minutes=more)).minutes
    )


@given(RULES, FACTS, st.integers(0, 500))
def test_more_already_credited_never_leaves_more(
    policy: CreditPolicy, facts: CreditFacts, further: int
) -> None:
    fuller = replace(facts, credited_this_year=facts.credited_this_year + further)
    assert credit(policy, fuller).minutes <= credit(policy, facts).minutes


@given(RULES, FACTS | ADJUSTED_FACTS)
def test_the_trace_is_a_chain_from_what_was_entered_to_what_counts(
    policy: CreditPolicy, facts: CreditFacts
) -> None:
    result = credit(policy, facts)
    assert result.trace[0].before == facts.claimed_minutes
    assert result.trace[-1].after == result.minutes
    for earlier, later in zip(result.trace, result.trace[1:], strict=False):
        assert earlier.after == later.before
    assert len({step.rule for step in result.trace}) == len(result.trace)
    assert all(sentence.endswith(".") for sentence in result.why)


@given(RULES, FACTS)
def test_credit_reached_is_reached_again(policy: CreditPolicy, facts: CreditFacts) -> None:
    result = credit(policy, facts)
    if result.minutes:
        assert credit(policy, replace(facts, claimed_minutes=result.minutes)).minutes in {0, result.minutes}
    assert credit(policy, facts) == result


def _after(facts: CreditFacts, first: Credit, kind: EventKind) -> CreditFacts:
    by_kind = dict(facts.credited_this_year_by_kind)
    by_kind[kind.value] = by_kind.get(kind.value, 0) + first.minutes
    credited = facts.credited_this_year + first.minutes
    return replace(facts, credited_this_year_by_kind=by_kind, credited_this_year=credited)


@given(RULES, FACTS, MINUTES, MINUTES)
def test_under_the_caps_the_order_of_two_claims_of_a_kind_does_not_change_their_total(
    policy: CreditPolicy, facts: CreditFacts, one: int, other: int
) -> None:
    def total(first: int, second: int) -> int:
        begun = credit(policy, replace(facts, claimed_minutes=first))
        ended = credit(policy, replace(_after(facts, begun, facts.kind), claimed_minutes=second))
        return begun.minutes + ended.minutes

    assert total(one, other) == total(other, one)


@given(RULES, st.lists(FACTS, max_size=8))
def test_a_whole_year_of_claims_stays_under_every_cap(policy: CreditPolicy, year: list[CreditFacts]) -> None:
    nothing = CreditFacts(
        claimed_minutes=1,
        session_minutes=None,
        kind=EventKind.PANEL,
        category=CreditCategory.CONTENT,
        activity_on=ON,
    )
    so_far = nothing
    for facts in year:
        result = credit(
            policy,
            replace(
                facts,
                credited_this_year_by_kind=so_far.credited_this_year_by_kind,
                credited_this_year=so_far.credited_this_year,
            ),
        )
        so_far = _after(so_far, result, facts.kind)
    for cap in policy.caps:
        counted = so_far.credited_this_year
        if cap.kind:
            counted = so_far.credited_this_year_by_kind.get(cap.kind.value, 0)
        assert counted <= cap.minutes_per_year


@pytest.mark.parametrize(
    ("entered", "minutes"), [(29, 0), (30, 30), (44, 30), (45, 45), (59, 45), (60, 60), (61, 60), (90, 60)]
)
def test_quarter_hours_are_rounded_down_from_the_minimum_on(entered: int, minutes: int) -> None:
    assert credit(MAPLEWOOD, replace(CHAT, claimed_minutes=entered)).minutes == minutes


def test_why_one_and_a_half_and_not_two() -> None:
    assert why(MAPLEWOOD, replace(CHAT, claimed_minutes=120, session_minutes=100)) == [
        "You entered 120 minutes. The session lasted 100, so 100 count.",
        "Quarter-hour steps, rounded down: 100 becomes 90.",
        "All kinds together count up to 20 hours a school year. With nothing credited yet, there is room for this.",
    ]


def test_why_so_little_when_a_cap_is_near() -> None:
    nearly = replace(
        WEBINAR,
        claimed_minutes=100,
        session_minutes=90,
        credited_this_year_by_kind={"webinar": 540},
        credited_this_year=540,
    )
    assert credit(MAPLEWOOD, nearly).minutes == 60
    assert why(MAPLEWOOD, nearly) == [
        "You entered 100 minutes. The session lasted 90, so 90 count.",
        "Quarter-hour steps, rounded down: 90 stays 90.",
        "Webinars count up to 10 hours a school year. With 9 hours credited already, this one adds 1 hour. "
        "More is welcome and listed, but it does not add up.",
        "All kinds together count up to 20 hours a school year. With 9 hours credited already, there is room for this.",
    ]


def test_why_nothing_when_a_cap_is_reached() -> None:
    full = replace(WEBINAR, credited_this_year_by_kind={"webinar": 600}, credited_this_year=600)
    assert credit(MAPLEWOOD, full).minutes == 0
    assert why(MAPLEWOOD, full)[-1] == (
        "Webinars count up to 10 hours a school year. With 10 hours credited already, this one adds nothing. "
        "More is welcome and listed, but it does not add up."
    )


def test_why_nothing_for_a_short_session() -> None:
    assert why(MAPLEWOOD, replace(CHAT, claimed_minutes=20)) == [
        "You entered 20 minutes and the session lasted 60: all of it counts.",
        "A session counts from 30 minutes on. This was 20, so it doesn't count.",
    ]


def test_why_a_reviewer_changed_it() -> None:
    stayed = replace(
        CHAT,
        claimed_minutes=75,
        adjusted_minutes=75,
        adjust_reason="The host confirms the questions afterwards",
    )
    assert credit(MAPLEWOOD, stayed).minutes == 75
    assert why(MAPLEWOOD, stayed)[:2] == [
        "You entered 75 minutes. The session lasted 60, so 60 count.",
        "The reviewer changed 60 minutes to 75: The host confirms the questions afterwards.",
    ]


def test_without_fixed_hours_what_was_entered_is_the_measure() -> None:
    forum = replace(CHAT, kind=EventKind.FORUM, session_minutes=None, claimed_minutes=200)
    assert credit(MAPLEWOOD, forum).minutes == 195
    assert why(MAPLEWOOD, forum)[0] == (
        "You entered 200 minutes of something without fixed hours: all of it counts."
    )


def test_what_a_cap_leaves_is_whole_steps() -> None:
    odd = replace(WEBINAR, credited_this_year_by_kind={"webinar": 550}, credited_this_year=550)
    assert credit(MAPLEWOOD, odd).minutes == 45
    assert minutes_left(MAPLEWOOD, EventKind.WEBINAR, {"webinar": 550}, 550) == 45


def test_what_is_left_is_the_least_that_any_cap_leaves() -> None:
    assert minutes_left(MAPLEWOOD, EventKind.WEBINAR, {"webinar": 60}, 1100) == 90
    assert minutes_left(MAPLEWOOD, EventKind.FORUM, {}, 0) == 1200
    assert minutes_left(MAPLEWOOD, EventKind.FORUM, {}, 1300) == 0
    assert minutes_left(replace(MAPLEWOOD, caps=()), EventKind.FORUM, {}, 9999) is None


def test_credit_names_its_category_and_policy() -> None:
    result = credit(MAPLEWOOD, CHAT)
    assert (result.category, result.policy) == (CreditCategory.PEDAGOGY, "Maplewood hours, edition 2014-1")


def test_a_category_that_the_policy_lacks_is_refused() -> None:
    narrow = replace(MAPLEWOOD, categories=(CreditCategory.CONTENT,))
    with pytest.raises(NotValid) as refused:
        credit(narrow, CHAT)
    assert list(refused.value.errors) == ["category"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_change_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(NotValid) as refused:
        replace(CHAT, adjusted_minutes=45, adjust_reason=reason)
    assert list(refused.value.errors) == ["adjust_reason"]


@pytest.mark.parametrize(
    ("claimed", "lasted", "most", "sentence"),
    [
        (60, 60, 60, "They claimed 1 hour and the session lasted 1 hour. Enter 1 hour or less."),
        (90, 60, 90, "They claimed 1.5 hours and the session lasted 1 hour. Enter 1.5 hours or less."),
        (30, 60, 60, "They claimed 0.5 hours and the session lasted 1 hour. Enter 1 hour or less."),
        (200, None, 200, "They claimed 3 hours 20 minutes. Enter 3 hours 20 minutes or less."),
    ],
)
def test_a_change_goes_no_further_than_the_claim_and_the_session(
    claimed: int, lasted: int | None, most: int, sentence: str
) -> None:
    facts = replace(CHAT, claimed_minutes=claimed, session_minutes=lasted, adjust_reason="They stayed.")
    assert replace(facts, adjusted_minutes=most).adjusted_minutes == most
    with pytest.raises(NotValid) as refused:
        replace(facts, adjusted_minutes=most + 1)
    assert refused.value.errors["minutes"].replace("\N{NO-BREAK SPACE}", " ") == sentence


@pytest.mark.parametrize("minutes", [0, -15, 1441])
def test_a_change_to_nothing_or_more_than_a_day_is_refused(minutes: int) -> None:
    with pytest.raises(NotValid) as refused:
        replace(CHAT, adjusted_minutes=minutes, adjust_reason="Left early.")
    assert list(refused.value.errors) == ["minutes"]


@pytest.mark.parametrize(
    "odd",
    [
        {"claimed_minutes": -1},
        {"session_minutes": -1},
        {"credited_this_year": -1},
        {"credited_this_year_by_kind": {"webinar": -1}},
    ],
)
def test_negative_facts_are_a_programmers_error(odd: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="counted from 0 up"):
        replace(CHAT, **odd)  # type: ignore[arg-type]
