"""Follow-ups: planned with the credit, asked once, answered as a claim of their own, gone with what they follow."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.claims import AttendedTime, SessionFacts, change_session, change_time, submit_claim
from pdtracker.actions.evidence import add_link
from pdtracker.actions.follow_ups import ask_follow_ups, begin_follow_up
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.actions.reviews import reverse_credit
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FactAspect, FollowUpKind
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.when import date_text
from pdtracker.jobs import ask_due_follow_ups
from pdtracker.models.certificates import Certificate, CertificateStatus
from pdtracker.models.claims import Claim, ClaimFact, FollowUp, ReflectionAnswer
from pdtracker.models.credit import Award
from pdtracker.models.events import EventHost
from pdtracker.models.people import Person
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries import checking, facts, follow_ups, previewing, reflections
from pdtracker.queries.licence_record import records
from pdtracker.queries.one_event import my_claim
from pdtracker.scope import Scope
from tests.factories import AN_ISSUER, NOW, Cast, a_claim, a_follow_up, an_event
from tests.following import APPLIED, DUE, IMPACT, a_credited_claim, approve, offer_follow_ups

SITE = "https://pd.maplewood.example"
LAST_DAY = date_text((NOW + timedelta(days=365)).date())


def planned(cast: Cast, claim_id: int) -> list[FollowUp]:
    """The follow-ups of a claim."""
    scope = cast.operator()
    return list(
        scope.session.scalars(
            sa.select(FollowUp).where(FollowUp.claim_id == claim_id).order_by(FollowUp.due_on)
        )
    )


def letters(cast: Cast, subject: str) -> Sequence[OutboxMail]:
    """The letters with these words in their subject."""
    scope = cast.operator()
    return scope.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.subject.contains(subject)).order_by(OutboxMail.id)
    ).all()


def begin(cast: Cast, claim_id: int, at: datetime = DUE) -> int:
    """Ada begins to answer the first follow-up of a claim."""
    return begin_follow_up(cast.scope("ada", at), planned(cast, claim_id)[0].id)


def answer_and_send(cast: Cast, answer_id: int, at: datetime = DUE) -> None:
    """Ada answers every question and sends it."""
    ada = cast.scope("ada", at)
    rows = reflections.answers(ada, answer_id)
    save_answers(ada, answer_id, [Written(row.position, "We try it each Friday.", row.token) for row in rows])
    version = ada.session.scalar(sa.select(Claim.version).where(Claim.id == answer_id))
    ada.session.rollback()
    assert version is not None
    submit_claim(cast.scope("ada", at), answer_id, seen_version=version)


def version_of(cast: Cast, claim_id: int) -> int:
    scope = cast.operator()
    return scope.session.scalars(sa.select(Claim.version).where(Claim.id == claim_id)).one()


def state_of(cast: Cast, claim_id: int) -> ClaimState:
    scope = cast.operator()
    return scope.session.scalars(sa.select(Claim.state).where(Claim.id == claim_id)).one()


def credited(cast: Cast, claim_id: int) -> int:
    scope = cast.operator()
    return int(
        scope.session.scalar(sa.select(sa.func.sum(Award.minutes)).where(Award.claim_id == claim_id)) or 0
    )


def test_credit_plans_what_the_policy_offers(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    on = NOW.date()
    assert [(one.kind, one.due_on, one.closes_on, one.percent) for one in planned(cast, claim_id)] == [
        (FollowUpKind.APPLICATION, on + timedelta(days=90), on + timedelta(days=365), 50),
        (FollowUpKind.IMPACT, on + timedelta(days=180), on + timedelta(days=365), 0),
    ]


def test_a_district_without_follow_ups_plans_none(cast: Cast) -> None:
    assert planned(cast, a_credited_claim(cast)) == []


def test_what_would_be_over_is_not_planned_and_nothing_is_asked_before_tomorrow(cast: Cast) -> None:
    offer_follow_ups(cast)
    old = NOW - timedelta(days=100)
    claim_id = a_credited_claim(cast, starts_at=old, ends_at=old + timedelta(hours=1))
    assert [one.due_on for one in planned(cast, claim_id)] == [
        NOW.date() + timedelta(days=1),
        old.date() + timedelta(days=180),
    ]
    late = NOW + timedelta(days=300)
    other = a_claim(
        cast.scope("ada"),
        ClaimState.SUBMITTED,
        starts_at=NOW - timedelta(hours=8),
        ends_at=NOW - timedelta(hours=7),
    )
    approve(cast, other, late + timedelta(days=65))
    assert planned(cast, other) == []


def test_an_undone_approval_forgets_its_follow_ups_and_the_next_one_plans_them_again(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_claim(cast.scope("ada"), ClaimState.SUBMITTED)
    step_id = approve(cast, claim_id)
    undo_decisions(cast.scope("bo"), [step_id])
    assert planned(cast, claim_id) == []
    approve(cast, claim_id, version=version_of(cast, claim_id))
    assert len(planned(cast, claim_id)) == 2


def test_it_is_asked_once_on_its_day(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=DUE - timedelta(days=1)) == 0
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=DUE) == 1
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=DUE) == 0
    letter = letters(cast, "differently")[0]
    assert letter.to_email == cast.email_of("ada")
    assert letter.body.startswith(
        "Dear Ada Lindqvist,\n\nIn October 2014 you were at \u201cReading circle\u201d. What did you do differently"
    )
    assert f"{SITE}/maplewood/follow-ups/" in letter.body
    assert f"until {LAST_DAY}" in letter.body
    assert planned(cast, claim_id)[0].asked_at == DUE


def test_more_than_a_batch_is_asked_to_the_last_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = cast.scope("ada")
    for hours in range(5):
        starts_at = NOW - timedelta(hours=2 * hours + 3)
        a_follow_up(ada, a_credited_claim(cast, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)))
    operator = cast.operator()
    assert ask_follow_ups(operator, str, 2) == 2
    monkeypatch.setattr("pdtracker.jobs.AT_ONCE", 50)
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=NOW) == 3
    assert len(letters(cast, "differently")) == 5


def test_a_worker_that_dies_asking_has_asked_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)

    def die(_scope: Scope, *_args: object, **_facts: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Scope, "record", die)
        with pytest.raises(RuntimeError):
            ask_due_follow_ups(cast.database, base_url=SITE, at=DUE)
    assert letters(cast, "differently") == []
    assert planned(cast, claim_id)[0].asked_at is None
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=DUE) == 1
    assert len(letters(cast, "differently")) == 1


def test_two_workers_at_once_ask_once(cast: Cast) -> None:
    ada = cast.scope("ada")
    for hours in range(6):
        starts_at = NOW - timedelta(hours=2 * hours + 3)
        a_follow_up(ada, a_credited_claim(cast, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)))
    cast.open.close()
    with ThreadPoolExecutor(4) as workers:
        tries = [workers.submit(ask_due_follow_ups, cast.database, base_url=SITE, at=NOW) for _ in range(4)]
        assert sum(each.result() for each in tries) == 6
    assert len(letters(cast, "differently")) == 6


def test_nobody_is_asked_about_what_is_over_reversed_answered_or_of_who_has_left(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=NOW + timedelta(days=400)) == 0
    begin(cast, claim_id)
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=DUE) == 0
    other = a_credited_claim(
        cast, starts_at=NOW - timedelta(hours=5), ends_at=NOW - timedelta(hours=4), title="Another"
    )
    scope = cast.operator()
    with scope.session.writing():
        scope.session.execute(
            sa.update(Person).where(Person.id == cast.person_ids["ada"]).values(left_at=NOW)
        )
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=DUE) == 0
    assert planned(cast, other)[0].asked_at is None


def test_answering_makes_one_claim_with_the_questions_alone(cast: Cast) -> None:
    offer_follow_ups(cast)
    event_id = an_event(cast.scope("ada"))
    claim_id = a_credited_claim(cast, event_id=event_id, category=CreditCategory.ELL)
    answer_id = begin(cast, claim_id)
    assert begin(cast, claim_id) == answer_id
    scope = cast.operator()
    answer = scope.session.scalars(sa.select(Claim).where(Claim.id == answer_id)).one()
    assert answer.title == "Used in class: Reading circle"
    assert (answer.kind, answer.category, answer.claimed_minutes) == (
        EventKind.WEBINAR,
        CreditCategory.ELL,
        60,
    )
    assert (answer.follow_up, answer.follow_up_percent, answer.event_id) == (
        FollowUpKind.APPLICATION,
        50,
        event_id,
    )
    questions = scope.session.scalars(
        sa.select(ReflectionAnswer.question)
        .where(ReflectionAnswer.claim_id == answer_id)
        .order_by(ReflectionAnswer.position)
    )
    assert tuple(questions) == APPLIED.asked
    level = scope.session.scalars(sa.select(ClaimFact).where(ClaimFact.claim_id == answer_id)).one()
    assert (level.aspect, level.word) == (FactAspect.LEVEL, "application")
    # The event is held by the original alone.
    found = my_claim(cast.scope("ada"), event_id)
    assert found is not None
    assert found.id == claim_id


def test_the_districts_own_questions_are_asked(cast: Cast) -> None:
    offer_follow_ups(cast, replace(APPLIED, questions=("What did the children say?",)))
    claim_id = a_credited_claim(cast)
    answer_id = begin(cast, claim_id)
    rows = reflections.answers(cast.scope("ada"), answer_id)
    assert [row.question for row in rows] == ["What did the children say?"]


def test_it_can_be_answered_only_in_its_days_and_by_its_owner(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    with pytest.raises(NotNow, match=f"from {date_text(DUE.date())} on"):
        begin(cast, claim_id, DUE - timedelta(days=1))
    with pytest.raises(NotNow, match=f"until {LAST_DAY}"):
        begin(cast, claim_id, NOW + timedelta(days=366))
    follow_up_id = planned(cast, claim_id)[0].id
    with pytest.raises(NotHere):
        begin_follow_up(cast.scope("dee", DUE), follow_up_id)


def test_an_answer_has_no_session_time_or_evidence(cast: Cast) -> None:
    offer_follow_ups(cast)
    answer_id = begin(cast, a_credited_claim(cast))
    ada = cast.scope("ada", DUE)
    hour = AttendedTime(
        starts_at=NOW, ends_at=NOW + timedelta(hours=1), zone="UTC", minutes=None, longer_reason=""
    )
    session = SessionFacts(
        title="Mine", host="Me", kind=EventKind.FORUM, category=CreditCategory.ELL, link=""
    )
    for attempt in (
        lambda: change_time(ada, answer_id, hour),
        lambda: change_session(ada, answer_id, session),
        lambda: add_link(ada, answer_id, "https://notes.example", note=""),
    ):
        with pytest.raises(NotNow):
            attempt()


def test_every_question_is_to_be_answered_before_it_is_sent(cast: Cast) -> None:
    offer_follow_ups(cast)
    answer_id = begin(cast, a_credited_claim(cast))
    with pytest.raises(NotValid) as refused:
        submit_claim(cast.scope("ada", DUE), answer_id, seen_version=1)
    assert set(refused.value.errors) == {"answer_1", "answer_2"}


def test_an_approved_answer_is_worth_its_share_and_holds_no_time(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    answer_id = begin(cast, claim_id)
    answer_and_send(cast, answer_id)
    # Something that Ada attended on the same day is claimed and approved beside it.
    beside = a_claim(
        cast.scope("ada", DUE),
        ClaimState.SUBMITTED,
        starts_at=DUE - timedelta(hours=1),
        ends_at=DUE,
        claimed_minutes=60,
    )
    bo = cast.scope("bo", DUE)
    waiting = sa.select(Claim.id).where(Claim.state == ClaimState.SUBMITTED)
    found = {one.id: one for one in checking.checked(bo, waiting, {})}
    assert [check.code.value for check in found[answer_id].checks] == ["cap", "reflection", "own_words"]
    overlap = found[beside].checks[0]
    assert overlap.title == "No overlap"
    preview = {one.claim.id: one for one in previewing.previews(bo, list(found.values()))}
    worth = preview[answer_id].credit
    assert worth is not None
    assert worth.minutes == 30
    bo.session.rollback()
    approve(cast, beside, DUE)
    approve(cast, answer_id, DUE, version=version_of(cast, answer_id))
    assert (credited(cast, claim_id), credited(cast, answer_id)) == (60, 30)
    # What follows is followed by nothing.
    assert planned(cast, answer_id) == []
    scope = cast.operator()
    certificate = scope.session.scalars(sa.select(Certificate).where(Certificate.claim_id == answer_id)).one()
    assert (certificate.title, certificate.minutes) == ("Used in class: Reading circle", 30)
    (session,) = Snapshot.from_bytes(certificate.snapshot).sessions
    # It has no time of its own, and names that of the session.
    assert (session.starts_at, session.ends_at) == (NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    assert session.delivery == "Used in class, afterwards"


def test_a_share_of_nothing_is_credited_without_a_certificate(cast: Cast) -> None:
    offer_follow_ups(cast, IMPACT)
    at = NOW + timedelta(days=180)
    answer_id = begin(cast, a_credited_claim(cast), at)
    answer_and_send(cast, answer_id, at)
    approve(cast, answer_id, at, version=version_of(cast, answer_id))
    scope = cast.operator()
    assert state_of(cast, answer_id) is ClaimState.CREDITED
    assert credited(cast, answer_id) == 0
    assert scope.session.scalar(sa.select(sa.func.count()).where(Certificate.claim_id == answer_id)) == 0


def test_who_hosts_the_event_does_not_decide_what_followed(cast: Cast) -> None:
    offer_follow_ups(cast)
    event_id = an_event(cast.scope("ada"))
    claim_id = a_credited_claim(cast, event_id=event_id)
    answer_id = begin(cast, claim_id)
    answer_and_send(cast, answer_id)
    scope = cast.operator()
    with scope.session.writing():
        scope.session.add(EventHost(event_id=event_id, person_id=cast.person_ids["bo"]))
    with pytest.raises(AssertionError, match="You host this event"):
        approve(cast, answer_id, DUE, version=version_of(cast, answer_id))


@pytest.mark.parametrize("sent", [False, True])
def test_reversed_credit_withdraws_what_follows_and_it_cannot_be_sent_again(cast: Cast, sent: bool) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    answer_id = begin(cast, claim_id)
    if sent:
        answer_and_send(cast, answer_id)
    reverse_credit(
        cast.scope("bo", DUE),
        claim_id,
        seen_version=version_of(cast, claim_id),
        reason="They were not there.",
        issuer=AN_ISSUER,
    )
    assert state_of(cast, answer_id) is ClaimState.WITHDRAWN
    # Of what nobody answered nothing is left.
    assert [one.follow_claim_id for one in planned(cast, claim_id)] == [answer_id]
    if sent:
        with pytest.raises(NotValid):
            submit_claim(cast.scope("ada", DUE), answer_id, seen_version=version_of(cast, answer_id))
    assert ask_due_follow_ups(cast.database, base_url=SITE, at=NOW + timedelta(days=181)) == 0


def test_reversed_credit_takes_the_credit_of_what_followed_with_it(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    answer_id = begin(cast, claim_id)
    answer_and_send(cast, answer_id)
    approve(cast, answer_id, DUE, version=version_of(cast, answer_id))
    reverse_credit(
        cast.scope("bo", DUE),
        claim_id,
        seen_version=version_of(cast, claim_id),
        reason="They were not there.",
        issuer=AN_ISSUER,
    )
    assert (state_of(cast, claim_id), state_of(cast, answer_id)) == (
        ClaimState.REVERSED,
        ClaimState.REVERSED,
    )
    assert (credited(cast, claim_id), credited(cast, answer_id)) == (0, 0)
    scope = cast.operator()
    news = scope.session.scalars(sa.select(CertificateStatus.news)).all()
    assert [one.value for one in news] == ["revoked", "revoked"]
    assert "answered about it later" in letters(cast, "Credit taken back")[0].body
    approved = letters(cast, "30\N{NO-BREAK SPACE}minutes approved") or letters(cast, "Used in class")
    assert [one.state for one in approved] == [MailState.CANCELLED]


def test_what_was_begun_in_time_has_to_be_sent_in_time(cast: Cast) -> None:
    offer_follow_ups(cast)
    answer_id = begin(cast, a_credited_claim(cast))
    with pytest.raises(NotValid) as refused:
        answer_and_send(cast, answer_id, NOW + timedelta(days=366))
    assert refused.value.errors == {"starts": f"This could be answered until {LAST_DAY}."}


def test_home_tells_of_what_is_open_in_one_statement(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    ada = cast.scope("ada", DUE)
    editions = facts.policies(ada)
    assert [one.claim_id for one in follow_ups.open_follow_ups(ada, editions)] == [claim_id]
    assert follow_ups.open_follow_ups(cast.scope("ada", DUE - timedelta(days=1)), editions) == ()
    begin(cast, claim_id)
    assert follow_ups.open_follow_ups(cast.scope("ada", DUE), editions) == ()


def test_a_licence_counts_it_only_where_its_rules_know_the_level(cast: Cast) -> None:
    offer_follow_ups(cast)
    claim_id = a_credited_claim(cast)
    answer_id = begin(cast, claim_id)
    answer_and_send(cast, answer_id)
    approve(cast, answer_id, DUE, version=version_of(cast, answer_id))
    record = records(cast.scope("ada", DUE), [cast.person_ids["ada"]])
    kansas = record.activities(cast.person_ids["ada"], "kansas", waiting=False)
    # The minutes are those of the original learning, not the district's share of them.
    assert [(one.minutes, one.level) for one in kansas] == [(60, None), (60, "application")]
    elsewhere = record.activities(cast.person_ids["ada"], "new-york-ctle", waiting=True)
    assert [one.minutes for one in elsewhere] == [60]
