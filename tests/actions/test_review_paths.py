"""Reviews by a published path: who is next, by another person each time, undone, in bulk, and never in retrospect."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.claims import submit_claim, withdraw_claim
from pdtracker.actions.people import Roles, change_roles
from pdtracker.actions.review_paths import publish_path
from pdtracker.actions.reviews import Wish, approve_claims, deny_claim, return_claim
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refusals import NotNow, NotPermitted, NotValid
from pdtracker.domain.review_path import Actor, Condition, PathReview, ReviewPath, Stop
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.records import OutboxMail
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.home import reviews_waiting
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.review_paths import path_versions
from pdtracker.queries.reviews import waiting
from pdtracker.queries.turns import endorsers
from tests.factories import AN_ISSUER, Cast
from tests.waiting import an_event_hosted_by, give_roles, many_drafts

SCHOOL, DISTRICT, ANYBODY = Stop(Actor.SCHOOL), Stop(Actor.DISTRICT), Stop(Actor.ANYBODY)


@pytest.fixture
def north(cast: Cast) -> str:
    """Ada's school, where Hal reviews."""
    give_roles(cast, "hal", Role.REVIEWER, schools=["Maplewood North"])
    return "Maplewood North"


def publish(cast: Cast, *reviews: Stop | PathReview) -> int:
    """A path of these reviews, from today on."""
    cam = cast.scope("cam")
    asked = tuple(one if isinstance(one, PathReview) else PathReview(one) for one in reviews)
    return publish_path(cam, ReviewPath(cam.today, asked))


def sent(cast: Cast, count: int = 1) -> list[int]:
    """Claims of Ada's that she sent now."""
    ada = cast.scope("ada")
    ids = many_drafts(ada, count)
    for claim_id in ids:
        submit_claim(ada, claim_id, seen_version=1)
    return ids


def version(cast: Cast, claim_id: int) -> int:
    found = cast.scope("ada").session.scalar(sa.select(Claim.version).where(Claim.id == claim_id))
    assert found is not None
    return found


def state(cast: Cast, claim_id: int) -> ClaimState:
    found = cast.scope("ada").session.scalar(sa.select(Claim.state).where(Claim.id == claim_id))
    assert found is not None
    return found


def approve(cast: Cast, name: str, *claim_ids: int, **more: object) -> tuple[Outcome, ...]:
    wishes = [Wish(claim_id, version(cast, claim_id), **more) for claim_id in claim_ids]  # type: ignore[arg-type]
    return approve_claims(cast.scope(name), wishes, AN_ISSUER)


def desk(cast: Cast, name: str) -> set[int]:
    """What waits for somebody, as the queue, its figure and their home have it."""
    who = cast.scope(name)
    found = {row.id for row in waiting(who, QueueFilter()).rows}
    assert reviews_waiting(who).claims == len(found)
    return found


def test_without_a_path_one_review_gives_credit(cast: Cast) -> None:
    (claim_id,) = sent(cast)
    (outcome,) = approve(cast, "bo", claim_id)
    assert outcome.minutes == 60
    assert state(cast, claim_id) is ClaimState.CREDITED


@pytest.mark.usefixtures("north")
def test_the_next_review_opens_when_the_one_before_is_approved(cast: Cast) -> None:
    publish(cast, SCHOOL, DISTRICT)
    (claim_id,) = sent(cast)
    assert (desk(cast, "hal"), desk(cast, "bo")) == ({claim_id}, set())
    (outcome,) = approve(cast, "hal", claim_id, note="Fine by us.")
    assert outcome.refusal is None
    assert outcome.goes_to == "the district office"
    assert state(cast, claim_id) is ClaimState.SUBMITTED
    ada = cast.scope("ada")
    assert ada.session.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 0
    assert ada.session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0
    assert (desk(cast, "hal"), desk(cast, "bo")) == (set(), {claim_id})
    (outcome,) = approve(cast, "bo", claim_id)
    assert outcome.minutes == 60
    assert state(cast, claim_id) is ClaimState.CREDITED


@pytest.mark.usefixtures("north")
def test_a_review_is_not_skipped_by_who_comes_later(cast: Cast) -> None:
    publish(cast, SCHOOL, DISTRICT)
    (claim_id,) = sent(cast)
    (outcome,) = approve(cast, "bo", claim_id)
    assert isinstance(outcome.refusal, NotPermitted)
    assert outcome.refusal.code == "other_turn"
    seen = version(cast, claim_id)
    with pytest.raises(NotPermitted, match="your turn"):
        deny_claim(cast.scope("bo"), claim_id, seen_version=seen, reason="No.", issuer=AN_ISSUER)
    with pytest.raises(NotPermitted, match="your turn"):
        return_claim(
            cast.scope("bo"),
            claim_id,
            seen_version=seen,
            comments={},
            labels={},
            note="More.",
            issuer=AN_ISSUER,
        )
    assert state(cast, claim_id) is ClaimState.SUBMITTED


def test_two_reviews_are_by_two_people(cast: Cast) -> None:
    give_roles(cast, "cam", Role.ADMINISTRATOR, Role.REVIEWER)
    publish(cast, DISTRICT, DISTRICT)
    (claim_id,) = sent(cast)
    approve(cast, "bo", claim_id)
    assert (desk(cast, "bo"), desk(cast, "cam")) == (set(), {claim_id})
    (outcome,) = approve(cast, "bo", claim_id)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "other_turn"
    assert [one.name for one in endorsers(cast.scope("cam"), [claim_id])[claim_id]] == ["Bo Tran"]
    approve(cast, "cam", claim_id)
    assert state(cast, claim_id) is ClaimState.CREDITED


def test_nobody_reviews_their_own_claim_or_event_on_any_path(cast: Cast, north: str) -> None:
    give_roles(cast, "ada", Role.TEACHER, Role.REVIEWER, schools=[north])
    publish(cast, SCHOOL, DISTRICT)
    ada = cast.scope("ada")
    (own,) = sent(cast)
    assert desk(cast, "ada") == set()
    with pytest.raises(NotPermitted, match="your own claim"):
        deny_claim(ada, own, seen_version=version(cast, own), reason="No.", issuer=AN_ISSUER)
    event_id = an_event_hosted_by(cast, "hal")
    with ada.session.writing():
        ada.session.execute(sa.update(Claim).where(Claim.id == own).values(event_id=event_id))
    # Hal hosts it, and nobody else of the school can take it: it is the district office's.
    assert (desk(cast, "hal"), desk(cast, "bo")) == (set(), {own})
    (outcome,) = approve(cast, "hal", own)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "own_event"


@pytest.mark.usefixtures("north")
def test_what_nobody_named_can_take_falls_to_the_district_office(cast: Cast) -> None:
    hal = cast.person_ids["hal"]
    publish(cast, Stop(Actor.PERSON, hal, "Hal Whitfield"), DISTRICT)
    (claim_id,) = sent(cast)
    assert (desk(cast, "hal"), desk(cast, "bo")) == ({claim_id}, set())
    change_roles(cast.operator(), hal, Roles(roles=frozenset({Role.HOST})))
    assert desk(cast, "bo") == {claim_id}


def test_a_named_person_reviews_for_a_school_that_is_not_theirs(cast: Cast) -> None:
    give_roles(cast, "hal", Role.REVIEWER, schools=["Maplewood South"])
    publish(cast, Stop(Actor.PERSON, cast.person_ids["hal"], "Hal Whitfield"))
    (claim_id,) = sent(cast)
    assert (desk(cast, "hal"), desk(cast, "bo")) == ({claim_id}, set())
    (outcome,) = approve(cast, "hal", claim_id)
    assert outcome.minutes == 60


@pytest.mark.usefixtures("north")
def test_a_claim_under_way_goes_on_as_it_began(cast: Cast) -> None:
    (before,) = sent(cast)
    publish(cast, SCHOOL, DISTRICT)
    (between,) = sent(cast)
    publish(cast, DISTRICT)
    (outcome,) = approve(cast, "bo", before)
    assert outcome.minutes == 60
    (outcome,) = approve(cast, "hal", between)
    assert outcome.goes_to == "the district office"
    returning = cast.scope("bo")
    return_claim(
        returning,
        between,
        seen_version=version(cast, between),
        comments={},
        labels={},
        note="Say more.",
        issuer=AN_ISSUER,
    )
    submit_claim(cast.scope("ada"), between, seen_version=version(cast, between))
    # It comes back to the first review of its own path, and what was approved before counts no longer.
    assert (desk(cast, "hal"), desk(cast, "bo")) == ({between}, set())
    approve(cast, "hal", between)
    assert desk(cast, "bo") == {between}


@pytest.mark.usefixtures("north")
def test_who_takes_a_claim_back_and_sends_it_later_goes_by_the_path_of_that_day(cast: Cast) -> None:
    (claim_id,) = sent(cast)
    withdraw_claim(cast.scope("ada"), claim_id)
    publish(cast, SCHOOL, DISTRICT)
    submit_claim(cast.scope("ada"), claim_id, seen_version=version(cast, claim_id))
    assert desk(cast, "hal") == {claim_id}
    withdraw_claim(cast.scope("ada"), claim_id)
    assert desk(cast, "hal") == set()


@pytest.mark.usefixtures("north")
def test_a_path_begins_on_its_first_day(cast: Cast) -> None:
    cam = cast.scope("cam")
    tomorrow = cam.today + timedelta(days=1)
    publish_path(cam, ReviewPath(tomorrow, (PathReview(SCHOOL), PathReview(DISTRICT))))
    (today,) = sent(cast)
    assert desk(cast, "bo") == {today}
    with pytest.raises(NotValid) as refused:
        publish_path(cam, ReviewPath(cam.today - timedelta(days=1), (PathReview(SCHOOL),)))
    assert set(refused.value.errors) == {"effective_from"}


@pytest.mark.usefixtures("north")
def test_hours_decide_how_many_reviews_a_claim_needs(cast: Cast) -> None:
    publish(cast, SCHOOL, PathReview(DISTRICT, Condition(more_than_minutes=60)))
    (claim_id,) = sent(cast)
    (outcome,) = approve(cast, "hal", claim_id)
    assert outcome.minutes == 60
    publish(cast, SCHOOL, PathReview(DISTRICT, Condition(more_than_minutes=59)))
    (claim_id,) = sent(cast)
    (outcome,) = approve(cast, "hal", claim_id)
    assert outcome.goes_to == "the district office"


@pytest.mark.usefixtures("north")
def test_an_endorsement_is_undone_until_somebody_follows(cast: Cast) -> None:
    publish(cast, SCHOOL, DISTRICT)
    first, second = sent(cast, 2)
    done = approve(cast, "hal", first, second)
    assert all(outcome.step_id for outcome in done)
    approve(cast, "bo", second)
    found = undo_decisions(cast.scope("hal"), [outcome.step_id or 0 for outcome in done])
    told = {outcome.claim_id: outcome.refusal for outcome in found}
    assert told[first] is None
    assert isinstance(told[second], NotNow)
    assert (desk(cast, "hal"), desk(cast, "bo")) == ({first}, set())
    approve(cast, "hal", first)
    assert desk(cast, "bo") == {first}


@pytest.mark.usefixtures("north")
def test_an_undone_last_review_is_open_again_since_it_was_opened(cast: Cast) -> None:
    publish(cast, SCHOOL, DISTRICT)
    (claim_id,) = sent(cast)
    approve(cast, "hal", claim_id)
    opened = cast.scope("bo").session.scalar(sa.select(Claim.waiting_since).where(Claim.id == claim_id))
    later = replace(cast.scope("bo"), at=cast.scope("bo").at + timedelta(minutes=5))
    (outcome,) = approve_claims(later, [Wish(claim_id, version(cast, claim_id))], AN_ISSUER)
    (undone,) = undo_decisions(later, [outcome.step_id or 0])
    assert undone.refusal is None
    assert desk(cast, "bo") == {claim_id}
    assert (
        cast.scope("bo").session.scalar(sa.select(Claim.waiting_since).where(Claim.id == claim_id)) == opened
    )


@pytest.mark.usefixtures("north")
def test_only_the_last_review_sets_the_hours(cast: Cast) -> None:
    publish(cast, SCHOOL, DISTRICT)
    (claim_id,) = sent(cast)
    with pytest.raises(NotValid) as refused:
        raise approve(cast, "hal", claim_id, minutes=30, reason="Left early.")[0].refusal or AssertionError
    assert "last review" in refused.value.errors["adjust_reason"]
    approve(cast, "hal", claim_id)
    (outcome,) = approve(cast, "bo", claim_id, minutes=30, reason="Left early.")
    assert outcome.minutes == 30


@pytest.mark.usefixtures("north")
def test_many_at_once_are_passed_on_and_credited_each_by_its_turn(cast: Cast) -> None:
    (plain,) = sent(cast)
    publish(cast, ANYBODY, DISTRICT)
    there = sent(cast, 2)
    found = approve(cast, "hal", plain, *there)
    assert [outcome.goes_to for outcome in found] == ["", "the district office", "the district office"]
    assert [outcome.minutes for outcome in found] == [60, 0, 0]
    steps = cast.scope("bo").session.scalars(sa.select(ClaimStep.step).where(ClaimStep.claim_id.in_(there)))
    assert list(steps).count(Step.ENDORSE) == 2


def test_a_path_that_nobody_could_finish_is_not_published(cast: Cast) -> None:
    with pytest.raises(NotValid) as refused:
        publish(cast, DISTRICT, DISTRICT)
    assert "Only one person reviews" in refused.value.errors["who_1"]
    assert path_versions(cast.scope("cam")) == ()


def test_the_same_form_twice_is_one_version(cast: Cast) -> None:
    cam = cast.scope("cam")
    path = ReviewPath(cam.today, (PathReview(DISTRICT),))
    assert [publish_path(cam, path, key="k"), publish_path(cam, path, key="k")] == [1, 1]
    assert len(path_versions(cam)) == 1


def test_only_who_makes_the_rules_publishes_a_path(cast: Cast) -> None:
    bo = cast.scope("bo")
    with pytest.raises(NotPermitted):
        publish_path(bo, ReviewPath(bo.today, (PathReview(DISTRICT),)))


def test_another_districts_path_holds_nothing_here(cast: Cast) -> None:
    give_roles(cast, "rex", Role.REVIEWER, Role.ADMINISTRATOR)
    rex = cast.scope("rex")
    publish_path(rex, ReviewPath(rex.today, (PathReview(DISTRICT),)))
    sent(cast)
    assert cast.scope("ada").session.scalar(sa.select(sa.func.count()).select_from(ClaimRoute)) == 0
    assert path_versions(cast.scope("cam")) == ()
