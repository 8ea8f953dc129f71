"""Automatic approval: what it decides, what it leaves, who may gain by it, and that nobody picks what is drawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.automatic import ask_for_person, publish_automatic
from pdtracker.actions.check_ins import check_in_by_screen, check_out
from pdtracker.actions.claims import withdraw_claim
from pdtracker.actions.review_paths import publish_path
from pdtracker.actions.reviews import Wish, approve_claims, reverse_credit
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.access import Role
from pdtracker.domain.automatic import AutomaticPolicy, Left, Look, is_drawn, seed_digest
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.review_path import Actor, PathReview, ReviewPath, Stop
from pdtracker.models.automatic import SampleSeed
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award
from pdtracker.models.events import EventHost
from pdtracker.models.ids import new_id
from pdtracker.models.people import Membership
from pdtracker.models.records import AuditEntry, MailState, OutboxMail
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.models.review_paths import ReviewPath as PathRow
from pdtracker.queries import outcomes
from tests.approving import LATER, look_at, publish, sent, state_of, work
from tests.checking_in import a_desk, code_at
from tests.checking_in import sent as kept_at
from tests.factories import AN_ISSUER, NOW, Cast

SOON = LATER + timedelta(minutes=5)


def the_step(cast: Cast, claim_id: int) -> ClaimStep:
    return (
        cast.scope("bo")
        .session.scalars(
            sa.select(ClaimStep).where(ClaimStep.claim_id == claim_id, ClaimStep.step == Step.APPROVE)
        )
        .one()
    )


def reason(cast: Cast, claim_id: int) -> Left | None:
    look = look_at(cast, claim_id)
    assert look is not None
    assert look.outcome is Look.LEFT
    assert state_of(cast, claim_id) is ClaimState.SUBMITTED
    return look.reason


def test_what_meets_the_policy_is_credited_in_its_name_and_leaves_after_the_undo_window(cast: Cast) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER))
    assert work(cast) == 1
    assert state_of(cast, claim_id) is ClaimState.CREDITED
    step = the_step(cast, claim_id)
    cam = cast.scope("cam").me
    assert (step.by_name, step.by_title) == ("Automatic approval policy 1", f"published by {cam.name}")
    assert "No person decided this" in step.comment
    assert step.release_at == LATER + timedelta(minutes=15)
    session = cast.scope("bo").session
    award = session.scalars(sa.select(Award).where(Award.claim_id == claim_id)).one()
    assert award.minutes == 60
    assert award.trace
    frozen = session.scalars(sa.select(Certificate).where(Certificate.claim_id == claim_id)).one()
    assert b"Automatic approval policy 1" in frozen.snapshot
    assert b"reviewed" not in frozen.snapshot
    mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.step_id == step.id)).one()
    assert mail.not_before == step.release_at
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "claim.approved")).one()
    assert entry.by_person_id is None
    assert entry.facts["from"] == f"automatic approval policy 1, published by {cam.name}"
    assert work(cast, SOON) == 0


def test_without_a_policy_or_before_its_first_day_people_decide(cast: Cast) -> None:
    early = sent(cast.scope("ada"))
    assert work(cast, NOW) == 0
    publish(cast)
    assert work(cast, NOW) == 0
    assert work(cast) == 0
    assert look_at(cast, early) is None


def test_a_policy_that_was_ended_decides_nothing_more_nor_what_was_to_follow(cast: Cast) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER))
    publish_automatic(cast.scope("cam", LATER), AutomaticPolicy(LATER.date(), None), AN_ISSUER)
    assert work(cast, LATER + timedelta(days=3)) == 0
    assert state_of(cast, claim_id) is ClaimState.SUBMITTED


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"kind": EventKind.CONFERENCE}, Left.KIND),
        ({"minutes": 30}, Left.UNMATCHED),
        ({"minutes": 0}, Left.UNMATCHED),
        ({"minutes": None}, Left.EVIDENCE),
        ({"is_recording": True}, Left.SPECIAL),
        ({"application_minutes": 30}, Left.SPECIAL),
        ({"reflection_words": 0}, Left.CHECKS),
    ],
)
def test_what_it_is_not_for_waits_for_a_person_with_the_reason(
    cast: Cast, more: dict[str, object], why: Left
) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER), **more)  # type: ignore[arg-type]  # the columns of a claim
    work(cast)
    assert reason(cast, claim_id) is why


def test_evidence_that_comes_later_is_looked_at_again(cast: Cast) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER), reflection_words=0)
    work(cast)
    ada = cast.scope("ada", SOON)
    with ada.session.writing():
        ada.session.execute(
            sa.update(Claim).where(Claim.id == claim_id).values(version=2, reflection_words=40)
        )
    assert work(cast, SOON) == 1
    assert state_of(cast, claim_id) is ClaimState.CREDITED


def test_nobody_who_may_publish_such_a_policy_gains_by_it(cast: Cast) -> None:
    publish(cast)
    claims = {name: sent(cast.scope(name, LATER)) for name in ("cam", "ada")}
    ada = cast.scope("ada")
    with ada.session.writing():
        ada.session.add(Membership(id=new_id(), person_id=ada.me.id, role=Role.ADMINISTRATOR, created_at=NOW))
    work(cast)
    assert [reason(cast, one) for one in claims.values()] == [Left.CONFLICT, Left.CONFLICT]


@pytest.mark.parametrize("host", ["cam", "ada"])
def test_an_event_that_publisher_or_claimant_hosts_is_a_persons(cast: Cast, host: str) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER))
    session = cast.scope("ada").session
    event_id = session.scalar(sa.select(Claim.event_id).where(Claim.id == claim_id))
    with session.writing():
        session.add(EventHost(id=new_id(), event_id=event_id, person_id=cast.person_ids[host]))
    work(cast)
    assert reason(cast, claim_id) is Left.CONFLICT


@pytest.mark.parametrize("shortens", [False, True])
def test_a_path_of_two_reviews_is_shortened_only_where_the_policy_says_so(cast: Cast, shortens: bool) -> None:
    publish_path(cast.scope("cam"), ReviewPath(NOW.date(), (PathReview(Stop(Actor.ANYBODY)),)))
    publish(cast, shortens_paths=shortens)
    ada = cast.scope("ada", LATER)
    claim_id = sent(ada)
    stop = {"actor": "anybody", "person": None, "name": ""}
    path_id = ada.session.scalar(sa.select(PathRow.id))
    with ada.session.writing():
        ada.session.add(
            ClaimRoute(
                id=new_id(),
                claim_id=claim_id,
                path_id=path_id,
                stops=[stop, stop | {"actor": "district"}],
                turn=1,
                turn_actor=Actor.ANYBODY,
                turn_person_id=None,
                sent_version=1,
            )
        )
    work(cast)
    if shortens:
        assert state_of(cast, claim_id) is ClaimState.CREDITED
    else:
        assert reason(cast, claim_id) is Left.REVIEWS


def test_what_was_taken_back_and_sent_again_is_not_drawn_anew(cast: Cast) -> None:
    publish(cast, audit_percent=100)
    ada = cast.scope("ada", LATER)
    claim_id = sent(ada)
    work(cast)
    look = look_at(cast, claim_id)
    assert look is not None
    assert look.outcome is Look.SAMPLED
    withdraw_claim(cast.scope("ada", SOON), claim_id)
    event_id = ada.session.scalar(sa.select(Claim.event_id).where(Claim.id == claim_id))
    publish(cast, at=LATER)
    at = LATER + timedelta(days=1)
    again = sent(cast.scope("ada", at), event_id=event_id)
    work(cast, at)
    assert reason(cast, again) is Left.AGAIN


def test_what_is_drawn_waits_for_a_person_and_can_be_drawn_again_by_everybody_afterwards(cast: Cast) -> None:
    publish(cast, audit_percent=50)
    ada = cast.scope("ada", LATER)
    hour = timedelta(hours=1)
    claims = []
    for before in range(2, 14, 2):
        times = {"starts_at": LATER - (before + 1) * hour, "ends_at": LATER - before * hour}
        claims.append(sent(ada, **times))
    while work(cast):
        pass
    session = cast.scope("cam").session
    sealed = session.scalars(sa.select(SampleSeed).where(SampleSeed.month_on == date(2014, 10, 1))).one()
    published = session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "sample_seed.sealed").order_by(AuditEntry.seq)
    ).first()
    assert published is not None
    assert published.facts["sha256"] == sealed.digest
    assert published.at < LATER
    assert sealed.opened is None
    work(cast, datetime(2014, 11, 7, 12, tzinfo=UTC))
    session.rollback()
    assert sealed.opened is None
    work(cast, datetime(2014, 11, 8, 12, tzinfo=UTC))
    session.rollback()
    assert sealed.opened is not None
    seed = bytes.fromhex(sealed.opened)
    assert seed_digest(seed) == sealed.digest
    for claim_id in claims:
        drawn = is_drawn(seed, ref_of(claim_id), 50)
        assert state_of(cast, claim_id) is (ClaimState.SUBMITTED if drawn else ClaimState.CREDITED)


def test_a_month_whose_seed_was_not_sealed_before_it_is_left_to_people(cast: Cast) -> None:
    publish(cast)
    at = datetime(2014, 11, 5, 12, tzinfo=UTC)
    claim_id = sent(cast.scope("ada", at))
    work(cast, at)
    assert reason(cast, claim_id) is Left.SEED


def test_the_worker_seals_the_coming_month_and_goes_on_in_it(cast: Cast) -> None:
    publish(cast)
    work(cast)
    at = datetime(2014, 11, 5, 12, tzinfo=UTC)
    claim_id = sent(cast.scope("ada", at))
    work(cast, at)
    assert state_of(cast, claim_id) is ClaimState.CREDITED


def test_a_reviewer_takes_it_back_within_the_window_and_it_stays_a_persons(cast: Cast) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER))
    work(cast)
    step = the_step(cast, claim_id)
    (outcome,) = undo_decisions(cast.scope("bo", SOON), [step.id])
    assert outcome.refusal is None
    assert state_of(cast, claim_id) is ClaimState.SUBMITTED
    assert work(cast, SOON) == 0
    approve_claims(cast.scope("bo", SOON), [Wish(claim_id, 3)], AN_ISSUER)
    assert state_of(cast, claim_id) is ClaimState.CREDITED


def test_after_the_window_it_is_reversed_like_any_credit(cast: Cast) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER))
    work(cast)
    later = LATER + timedelta(hours=1)
    step = the_step(cast, claim_id)
    (outcome,) = undo_decisions(cast.scope("bo", later), [step.id])
    assert outcome.refusal is not None
    reverse_credit(
        cast.scope("bo", later), claim_id, seen_version=2, reason="Was elsewhere.", issuer=AN_ISSUER
    )
    assert state_of(cast, claim_id) is ClaimState.REVERSED


def test_the_claimant_asks_for_a_person_while_nothing_has_left(cast: Cast) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER))
    work(cast)
    ask_for_person(cast.scope("ada", SOON), claim_id, "It was two hours.")
    ask_for_person(cast.scope("ada", SOON), claim_id, "It was two hours.")
    assert state_of(cast, claim_id) is ClaimState.SUBMITTED
    look = look_at(cast, claim_id)
    assert look is not None
    assert look.asked_words == "It was two hours."
    mail = (
        cast.scope("bo")
        .session.scalars(sa.select(OutboxMail).where(OutboxMail.step_id == look.step_id))
        .one()
    )
    assert mail.state is MailState.CANCELLED
    assert work(cast, SOON) == 0


def test_nobody_else_asks_and_nobody_after_it_left(cast: Cast) -> None:
    publish(cast)
    claim_id = sent(cast.scope("ada", LATER))
    work(cast)
    with pytest.raises(NotPermitted):
        ask_for_person(cast.scope("bo", SOON), claim_id, "")
    with pytest.raises(NotHere):
        ask_for_person(cast.scope("dee", SOON), claim_id, "")
    with pytest.raises(NotNow):
        ask_for_person(cast.scope("ada", LATER + timedelta(minutes=15)), claim_id, "")


def test_a_policy_begins_tomorrow_at_the_earliest_and_only_an_administrator_publishes_it(cast: Cast) -> None:
    with pytest.raises(NotValid) as refused:
        publish(cast, at=NOW, audit_percent=0)
    assert set(refused.value.errors) == {"audit_percent"}
    with pytest.raises(NotPermitted):
        publish_automatic(cast.scope("bo"), AutomaticPolicy(NOW.date(), None), AN_ISSUER)


def test_approvals_by_a_policy_are_none_of_its_publishers(cast: Cast) -> None:
    cam = cast.scope("cam", LATER)
    with cam.session.writing():
        cam.session.add(Membership(id=new_id(), person_id=cam.me.id, role=Role.REVIEWER, created_at=NOW))
    publish(cast)
    sent(cast.scope("ada", LATER))
    work(cast)
    assert outcomes.since(cast.scope("cam", SOON), LATER - timedelta(hours=1)).claims == 0


def test_two_sessions_at_one_time_are_not_both_approved_by_claiming_beside_them(cast: Cast) -> None:
    publish(cast)
    ada, hour, half = cast.scope("ada", LATER), timedelta(hours=1), timedelta(minutes=30)
    began = LATER - 4 * hour
    hours = {"session_starts_at": began, "session_ends_at": began + hour}
    claims = [
        sent(ada, starts_at=starts_at, ends_at=starts_at + hour, **hours)
        for starts_at in (began - half, began + half)
    ]
    while work(cast):
        pass
    assert [reason(cast, one) for one in claims] == [Left.UNMATCHED, Left.UNMATCHED]


def test_an_hour_claimed_as_its_session_was_is_approved(cast: Cast) -> None:
    publish(cast)
    began = LATER - timedelta(hours=2)
    ended = began + timedelta(hours=1)
    claim_id = sent(cast.scope("ada", LATER), session_starts_at=began, session_ends_at=ended)
    work(cast)
    assert state_of(cast, claim_id) is ClaimState.CREDITED


@pytest.mark.parametrize("is_kept", [True, False])
def test_when_somebody_went_is_not_known_by_what_their_own_phone_says_later(
    cast: Cast, is_kept: bool
) -> None:
    publish(cast)
    desk = a_desk(cast, LATER, began=10, minutes=60)
    at = desk.hours.starts_at + timedelta(seconds=30)
    check_in_by_screen(cast.scope("ada", at), desk.id, code_at(desk, at), seen="", sent=kept_at(None))
    over = desk.hours.ends_at
    sending = over + timedelta(hours=3) if is_kept else over
    check_out(cast.scope("ada", sending), desk.id, sent=kept_at(over if is_kept else None))
    claim_id = sent(
        cast.scope("ada", sending), event_id=desk.event_id, starts_at=desk.hours.starts_at, ends_at=over
    )
    work(cast, sending)
    assert (state_of(cast, claim_id) is ClaimState.CREDITED) is not is_kept
    if is_kept:
        assert reason(cast, claim_id) is Left.UNMATCHED


def test_two_pictures_of_the_screen_sent_in_the_evening_are_no_attendance(cast: Cast) -> None:
    publish(cast)
    desk = a_desk(cast, LATER, began=10, minutes=60)
    over = desk.hours.ends_at
    evening = over + timedelta(hours=5)
    for shown in (desk.hours.starts_at, over):
        code = code_at(desk, shown)
        check_in_by_screen(cast.scope("ada", evening), desk.id, code, seen="", sent=kept_at(shown))
    times = {"starts_at": desk.hours.starts_at, "ends_at": over}
    claim_id = sent(cast.scope("ada", evening), event_id=desk.event_id, **times)
    work(cast, evening)
    assert reason(cast, claim_id) is Left.UNMATCHED
