"""The conditions of automatic approval, its draw, and what it says in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pdtracker.domain.automatic import (
    AutomaticFacts,
    AutomaticPolicy,
    Conditions,
    Left,
    is_drawn,
    judged,
    month_after,
    month_of,
    opens_on,
    policy_faults,
    policy_sentences,
)
from pdtracker.domain.checks import CheckGroup
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import EventKind

TODAY = date(2014, 10, 20)
ASKED = Conditions(frozenset({EventKind.WEBINAR, EventKind.PANEL}), 120, EvidenceKind.CHECK_IN, 10)
FACTS = AutomaticFacts(
    kind=EventKind.WEBINAR,
    minutes=60,
    has_conflict=False,
    is_again=False,
    is_special=False,
    review_count=1,
    shown_by=frozenset({EvidenceKind.CHECK_IN, EvidenceKind.LINK}),
    recorded={EvidenceKind.CHECK_IN: 60},
    found=CheckGroup.PASS,
)


def test_a_claim_that_meets_every_condition_is_left_to_nobody() -> None:
    assert judged(ASKED, FACTS) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"has_conflict": True}, Left.CONFLICT),
        ({"is_again": True}, Left.AGAIN),
        ({"kind": EventKind.TOUR}, Left.KIND),
        ({"minutes": 121, "recorded": {EvidenceKind.CHECK_IN: 121}}, Left.LONG),
        ({"is_special": True}, Left.SPECIAL),
        ({"review_count": 2}, Left.REVIEWS),
        ({"shown_by": frozenset({EvidenceKind.HOST_LIST}), "recorded": {}}, Left.EVIDENCE),
        ({"recorded": {}}, Left.UNMATCHED),
        ({"recorded": {EvidenceKind.CHECK_IN: 54}}, Left.UNMATCHED),
        ({"found": CheckGroup.GLANCE}, Left.CHECKS),
        ({"found": CheckGroup.LOOK_FIRST}, Left.CHECKS),
    ],
)
def test_each_condition_alone_leaves_it_to_a_person(changed: dict[str, object], reason: Left) -> None:
    assert judged(ASKED, replace(FACTS, **changed)) is reason  # type: ignore[arg-type]  # fields of the facts


def test_five_minutes_less_than_claimed_are_alike_as_for_reviewers() -> None:
    assert judged(ASKED, replace(FACTS, recorded={EvidenceKind.CHECK_IN: 55})) is None


def test_a_policy_that_asks_for_a_report_takes_no_check_in() -> None:
    assert judged(replace(ASKED, evidence=EvidenceKind.REPORT), FACTS) is Left.EVIDENCE


def test_two_reviews_are_stood_in_for_where_the_policy_says_so() -> None:
    assert judged(replace(ASKED, shortens_paths=True), replace(FACTS, review_count=2)) is None


def test_the_draw_is_the_same_each_time_takes_its_share_and_follows_the_seed() -> None:
    claims = [f"{number:013}" for number in range(2_000)]
    drawn = {one for one in claims if is_drawn(b"a" * 32, one, 10)}
    assert drawn == {one for one in claims if is_drawn(b"a" * 32, one, 10)}
    assert 140 <= len(drawn) <= 260
    assert drawn != {one for one in claims if is_drawn(b"b" * 32, one, 10)}
    assert all(is_drawn(b"a" * 32, one, 100) for one in claims)
    assert drawn <= {one for one in claims if is_drawn(b"a" * 32, one, 20)}


def test_a_seed_is_of_a_month_and_opens_a_week_after_it() -> None:
    assert month_of(date(2014, 12, 31)) == date(2014, 12, 1)
    assert month_after(date(2014, 12, 31)) == date(2015, 1, 1)
    assert opens_on(date(2014, 12, 1)) == date(2015, 1, 8)


def test_a_version_reads_as_it_was_written() -> None:
    for policy in (AutomaticPolicy(TODAY, ASKED), AutomaticPolicy(TODAY, None)):
        assert AutomaticPolicy.from_document(policy.to_document()) == policy
    assert (
        AutomaticPolicy(TODAY, ASKED).digest
        != AutomaticPolicy(TODAY, replace(ASKED, audit_percent=11)).digest
    )


def test_it_begins_tomorrow_at_the_earliest_and_ends_today() -> None:
    assert set(policy_faults(AutomaticPolicy(TODAY, ASKED), TODAY)) == {"effective_from"}
    assert policy_faults(AutomaticPolicy(date(2014, 10, 21), ASKED), TODAY) == {}
    assert policy_faults(AutomaticPolicy(TODAY, None), TODAY) == {}
    assert set(policy_faults(AutomaticPolicy(date(2014, 10, 19), None), TODAY)) == {"effective_from"}


def test_what_nobody_could_answer_for_is_refused_field_by_field() -> None:
    empty = Conditions(frozenset(), 0, EvidenceKind.LINK, 0)
    faults = policy_faults(AutomaticPolicy(date(2014, 10, 21), empty), TODAY)
    assert set(faults) == {"kinds", "up_to", "evidence", "audit_percent"}


def test_an_officer_reads_the_conditions_in_words() -> None:
    told = " ".join(policy_sentences(AutomaticPolicy(TODAY, ASKED))).replace("\u00a0", " ")
    assert "up to 2 hours" in told
    assert "Webinars and Panels" in told
    assert "10 in 100" in told
    assert "two reviews or more goes to people" in told
