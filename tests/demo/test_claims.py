"""What people log and decide: every state, every finding, nothing that the real actions would refuse."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from typing import get_args

import pytest

from pdtracker.demo.calendar import DemoEvent
from pdtracker.demo.claims import demo_claims, in_order_of_time
from pdtracker.demo.current import ZONE, current_programme
from pdtracker.demo.deeds import (
    WORKFLOW,
    AddLink,
    AddWord,
    Answer,
    Approve,
    Begin,
    Deed,
    DemoClaim,
    Deny,
    Endorse,
    Plan,
    Reissue,
    Rename,
    Return,
    Reverse,
    Revoke,
    SetTime,
    Submit,
)
from pdtracker.demo.people import credit_policies, people
from pdtracker.domain.access import Role
from pdtracker.domain.checks import CheckCode, CheckFacts, CheckLevel, check_claim
from pdtracker.domain.claim import LIVE_STATES, UNDO_MINUTES, ClaimState
from pdtracker.domain.credit import CreditFacts, credit
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.text import clean_line, clean_link, clean_paragraphs, likeness, words
from pdtracker.domain.when import local, overlaps

NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
ANY_MOMENTS = [
    NOW.replace(hour=0, minute=0) + timedelta(days=day, hours=hour, minutes=minute)
    for day in range(7)
    for hour, minute in ((5, 0), (5, 2), (12, 0), (23, 59), (28, 59))
] + [datetime(2027, 3, 14, 6, 30, tzinfo=UTC), datetime(2027, 11, 7, 5, 30, tzinfo=UTC)]


def events_at(now: datetime) -> tuple[DemoEvent, ...]:
    return current_programme(local(now, ZONE).date()).events


def claims_at(now: datetime) -> tuple[DemoClaim, ...]:
    return demo_claims(now, events_at(now), people(), seed=2014)


@pytest.fixture(scope="module")
def claims() -> tuple[DemoClaim, ...]:
    return claims_at(NOW)


@pytest.fixture(scope="module")
def events() -> dict[str, DemoEvent]:
    return {event.key: event for event in events_at(NOW)}


def begun(claim: DemoClaim) -> Begin:
    deed = claim.steps[0].deed
    assert isinstance(deed, Begin)
    return deed


def event_of(claim: DemoClaim, events: dict[str, DemoEvent]) -> DemoEvent | None:
    return events[begun(claim).event or ""] if begun(claim).event else None


def kind_of(claim: DemoClaim, events: dict[str, DemoEvent]) -> EventKind:
    event, own = event_of(claim, events), begun(claim).own
    if event is not None:
        return event.kind
    assert own is not None
    return own.kind


def reflection_of(claim: DemoClaim) -> str:
    return "\n".join(step.deed.text for step in claim.steps if isinstance(step.deed, Answer))


def evidence_of(claim: DemoClaim) -> frozenset[EvidenceKind]:
    kinds = {AddLink: EvidenceKind.LINK, AddWord: EvidenceKind.ATTESTATION}
    return frozenset(
        kinds[type(step.deed)] for step in claim.steps if isinstance(step.deed, (AddLink, AddWord))
    )


def granted_minutes(claim: DemoClaim, events: dict[str, DemoEvent]) -> int:
    """The claim's credit by the district's policy, nothing credited before."""
    attended, event = claim.attended, event_of(claim, events)
    assert attended is not None
    approvals = [step.deed for step in claim.steps if isinstance(step.deed, Approve)]
    facts = CreditFacts(
        claimed_minutes=attended.minutes,
        session_minutes=event.minutes if event else None,
        kind=kind_of(claim, events),
        category=event.category if event else kind_of(claim, events).default_category,
        activity_on=local(attended.starts_at, ZONE).date(),
        adjusted_minutes=approvals[0].minutes if approvals else None,
        adjust_reason=approvals[0].reason if approvals else "",
    )
    return credit(credit_policies(facts.activity_on)[claim.district][-1], facts).minutes


def test_twenty_five_wait_at_maplewood_and_every_state_is_there(claims: tuple[DemoClaim, ...]) -> None:
    states = Counter(claim.state for claim in claims if claim.district == "maplewood")
    assert set(states) == set(ClaimState)
    assert states[ClaimState.SUBMITTED] == 25
    assert {claim.plan for claim in claims} == set(Plan)


def test_every_deed_is_done_by_somebody(claims: tuple[DemoClaim, ...]) -> None:
    assert {type(step.deed) for claim in claims for step in claim.steps} == set(get_args(Deed))


@pytest.mark.parametrize("now", ANY_MOMENTS, ids=str)
def test_steps_are_in_order_and_over_on_any_day_at_any_hour(now: datetime) -> None:
    for claim in claims_at(now):
        moments = [step.at for step in claim.steps]
        assert all(earlier < later for earlier, later in pairwise(moments)), claim.key
        assert moments[-1] < now
        sent = [step.at for step in claim.steps if isinstance(step.deed, Submit)]
        if sent and claim.attended:
            assert claim.attended.ends_at < sent[0], claim.key


@pytest.mark.parametrize("now", ANY_MOMENTS, ids=str)
def test_only_the_last_three_approvals_can_still_be_undone(now: datetime) -> None:
    for claim in claims_at(now):
        for step in claim.steps:
            if isinstance(step.deed, Approve):
                is_open = now - step.at < timedelta(minutes=UNDO_MINUTES)
                assert is_open == (claim.plan is Plan.JUST_CREDITED), claim.key


@pytest.mark.parametrize("now", ANY_MOMENTS, ids=str)
def test_nobody_holds_the_same_time_twice(now: datetime) -> None:
    events = {event.key: event for event in events_at(now)}
    held = defaultdict(list)
    for claim in claims_at(now):
        if claim.state in LIVE_STATES and kind_of(claim, events).is_live and claim.attended:
            held[claim.person].append(claim.attended)
    for spans in held.values():
        for one, other in combinations(spans, 2):
            assert not overlaps(one.starts_at, one.ends_at, other.starts_at, other.ends_at)


def test_nobody_claims_the_same_event_twice(claims: tuple[DemoClaim, ...]) -> None:
    claimed = [(claim.person, begun(claim).event) for claim in claims]
    assert len(set(claimed)) == len(claimed)
    assert len({claim.key for claim in claims}) == len(claims)


def test_claims_are_of_teachers_and_decisions_of_those_who_may(
    claims: tuple[DemoClaim, ...], events: dict[str, DemoEvent]
) -> None:
    cast = {person.email: person for person in people()}
    for claim in claims:
        assert Role.TEACHER in cast[claim.person].roles
        event = event_of(claim, events)
        for step in claim.steps:
            if step.by == claim.person:
                continue
            actor = cast[step.by]
            assert actor.district == claim.district
            if isinstance(step.deed, (Revoke, Rename, Reissue)):
                assert Role.ADMINISTRATOR in actor.roles
                continue
            assert isinstance(step.deed, (Return, Deny, Endorse, Approve, Reverse))
            assert Role.REVIEWER in actor.roles
            assert actor.reviews_only in (None, cast[claim.person].school)
            assert event is None or step.by not in event.hosted_by


def test_waiting_for_an_event_that_ruth_hosts_is_left_to_somebody_else(
    claims: tuple[DemoClaim, ...], events: dict[str, DemoEvent]
) -> None:
    hosted = [
        claim
        for claim in claims
        if claim.state is ClaimState.SUBMITTED
        and (event := event_of(claim, events)) is not None
        and "ruth@maplewood.example" in event.hosted_by
    ]
    assert [claim.person for claim in hosted] == ["mateo.ruiz@maplewood.example"]


def test_ada_has_seven_and_a_half_hours_two_waiting_and_three_things_to_do(
    claims: tuple[DemoClaim, ...], events: dict[str, DemoEvent]
) -> None:
    minutes: Counter[ClaimState] = Counter()
    states: Counter[ClaimState] = Counter()
    for claim in claims:
        if claim.person == "ada@maplewood.example":
            states[claim.state] += 1
            if claim.state in (ClaimState.CREDITED, ClaimState.SUBMITTED):
                minutes[claim.state] += granted_minutes(claim, events)
    assert minutes == {ClaimState.CREDITED: 450, ClaimState.SUBMITTED: 120}
    assert states == {
        ClaimState.CREDITED: 5,
        ClaimState.SUBMITTED: 2,
        ClaimState.RETURNED: 1,
        ClaimState.DRAFT: 2,
    }


def test_a_reflection_is_half_done_in_one_draft_and_not_begun_in_another(
    claims: tuple[DemoClaim, ...],
) -> None:
    drafts = [
        claim
        for claim in claims
        if claim.person == "ada@maplewood.example" and claim.state is ClaimState.DRAFT
    ]
    answered = [sum(isinstance(step.deed, Answer) for step in claim.steps) for claim in drafts]
    assert answered == [2, 0]


def test_the_queue_shows_every_finding_that_can_really_happen(
    claims: tuple[DemoClaim, ...], events: dict[str, DemoEvent]
) -> None:
    chats: Counter[str] = Counter()
    texts: Counter[str | None] = Counter(likeness(reflection_of(claim)) for claim in claims)
    for claim in claims:
        if claim.state is ClaimState.CREDITED and kind_of(claim, events) is EventKind.HASHTAG_CHAT:
            chats[claim.person] += granted_minutes(claim, events)
    found: defaultdict[tuple[CheckCode, CheckLevel], list[str]] = defaultdict(list)
    clear = 0
    for claim in claims:
        if claim.state is not ClaimState.SUBMITTED or claim.district != "maplewood":
            continue
        attended, event, text = claim.attended, event_of(claim, events), reflection_of(claim)
        assert attended is not None
        checks = check_claim(
            CheckFacts(
                kind=kind_of(claim, events),
                minutes=attended.minutes,
                session_minutes=event.minutes if event else None,
                longer_reason=attended.longer_reason,
                cap_left_minutes=180 - chats[claim.person]
                if kind_of(claim, events) is EventKind.HASHTAG_CHAT
                else None,
                evidence=evidence_of(claim),
                reflection_words=words(text),
                same_text=(),
            )
        )
        raised = [check for check in checks if check.level is not CheckLevel.PASS]
        for check in raised:
            found[check.code, check.level].append(claim.person.partition("@")[0])
        if likeness(text) is not None and texts[likeness(text)] > 1:
            found[CheckCode.OWN_WORDS, CheckLevel.STOP].append(claim.person.partition("@")[0])
        elif not raised:
            clear += 1
    assert found == {
        (CheckCode.OWN_WORDS, CheckLevel.STOP): ["kenji.sato", "tom.becker"],
        (CheckCode.LENGTH, CheckLevel.GLANCE): ["chloe.martin"],
        (CheckCode.REFLECTION, CheckLevel.GLANCE): ["leah.cohen"],
        (CheckCode.CAP, CheckLevel.GLANCE): ["marcus.reed"],
        (CheckCode.EVIDENCE, CheckLevel.GLANCE): ["noor.haddad"],
    }
    assert clear == 19


def test_waiting_claims_are_of_many_ages(claims: tuple[DemoClaim, ...]) -> None:
    sent_on = {
        max(step.at for step in claim.steps if isinstance(step.deed, Submit)).date()
        for claim in claims
        if claim.state is ClaimState.SUBMITTED and claim.district == "maplewood"
    }
    assert len(sent_on) >= 10


def test_reflections_are_of_forty_to_a_hundred_and_twenty_words_but_for_those_that_show_a_finding(
    claims: tuple[DemoClaim, ...],
) -> None:
    sent = [claim for claim in claims if any(isinstance(step.deed, Submit) for step in claim.steps)]
    others = [claim.key for claim in sent if not 40 <= words(reflection_of(claim)) <= 120]
    assert others == [
        "leah.cohen-birchchat-past-2",
        "dimitris.papadopoulos-exit-tickets",
        "ye.oo-sundayseeds-past-1",
    ]


def test_texts_and_links_are_clean(claims: tuple[DemoClaim, ...]) -> None:
    for claim in claims:
        for step in claim.steps:
            match step.deed:
                case Answer(text=text) | Deny(reason=text) | Reverse(reason=text) | Revoke(reason=text):
                    assert clean_paragraphs(text, 2000) == text
                case AddLink(link=link, note=note):
                    assert (clean_link(link), clean_line(note, 200)) == (link, note)
                case AddWord(note=note):
                    assert clean_line(note, 200) == note
                case Return(fields=fields, note=note):
                    assert fields
                    for text in (note, *fields.values()):
                        assert clean_paragraphs(text, 1000) == text
                case Approve(minutes=minutes, reason=reason):
                    assert (minutes is None) == (reason == "")
                case SetTime(minutes=minutes):
                    assert 30 <= minutes <= 300
                case _:
                    pass


def test_whoever_claims_more_than_the_session_says_why(
    claims: tuple[DemoClaim, ...], events: dict[str, DemoEvent]
) -> None:
    for claim in claims:
        event, attended = event_of(claim, events), claim.attended
        if event is not None and attended is not None and event.minutes is not None:
            assert (attended.minutes > event.minutes) == (attended.longer_reason != "")


def test_what_is_sent_is_complete(claims: tuple[DemoClaim, ...]) -> None:
    for claim in claims:
        if any(isinstance(step.deed, Submit) for step in claim.steps):
            assert evidence_of(claim), claim.key
            assert [step.deed.position for step in claim.steps if isinstance(step.deed, Answer)] == [1, 2, 3]


def test_reviewers_comment_on_fields_of_the_form(claims: tuple[DemoClaim, ...]) -> None:
    fields = {
        name
        for claim in claims
        for step in claim.steps
        if isinstance(step.deed, Return)
        for name in step.deed.fields
    }
    assert fields == {"minutes", "evidence", "answer_3"}


def test_a_certificate_is_issued_again_under_the_name_that_the_person_has_now(
    claims: tuple[DemoClaim, ...],
) -> None:
    renamed = {person.email: person for person in people() if person.earlier_name}
    for claim in claims:
        for step in claim.steps:
            if isinstance(step.deed, Rename):
                assert renamed.pop(claim.person).name == step.deed.name
    assert not renamed


def test_riverton_has_claims_of_its_own(claims: tuple[DemoClaim, ...]) -> None:
    assert Counter(claim.state for claim in claims if claim.district == "riverton") == {
        ClaimState.CREDITED: 2,
        ClaimState.SUBMITTED: 2,
        ClaimState.DRAFT: 1,
    }


def test_played_in_order_of_time_each_claim_keeps_its_own_order(claims: tuple[DemoClaim, ...]) -> None:
    told = in_order_of_time(claims)
    assert len(told) == sum(len(claim.steps) for claim in claims)
    assert all(earlier[1].at <= later[1].at for earlier, later in pairwise(told))
    for claim in claims:
        assert tuple(step for other, step in told if other is claim) == claim.steps


def test_the_workflow_of_deeds_covers_the_steps_that_people_take(claims: tuple[DemoClaim, ...]) -> None:
    assert set(WORKFLOW) < set(get_args(Deed))


def test_the_same_seed_and_moment_give_the_same_claims(claims: tuple[DemoClaim, ...]) -> None:
    assert claims_at(NOW) == claims
    others = demo_claims(NOW, events_at(NOW), people(), seed=7)
    assert others != claims
    assert [claim.state for claim in others] == [claim.state for claim in claims]
