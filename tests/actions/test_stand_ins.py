"""Standing in for a reviewer who is away: on which days, for which claims, and with both names in the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.review_paths import publish_path
from pdtracker.actions.reviews import Wish, approve_claims, deny_claim
from pdtracker.actions.stand_ins import end_stand_in, name_stand_in
from pdtracker.domain.access import Role
from pdtracker.domain.claim import Step
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refusals import NotHere, NotPermitted, NotValid
from pdtracker.domain.review_path import Actor, PathReview, ReviewPath, Stop
from pdtracker.models.claims import ClaimStep
from pdtracker.models.records import AuditEntry
from pdtracker.queries.claims import claim
from pdtracker.queries.home import reviews_waiting
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.reviews import waiting
from pdtracker.queries.stand_ins import agreed_on
from tests.actions.test_review_paths import sent, version
from tests.factories import AN_ISSUER, NOW, Cast
from tests.waiting import a_waiting_claim, give_roles

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def away(cast: Cast) -> int:
    """Bo reviews for the North alone and is away; Hal of the South stands in for them. Gives the agreement."""
    give_roles(cast, "bo", Role.TEACHER, Role.REVIEWER, schools=["Maplewood North"])
    give_roles(cast, "hal", Role.TEACHER, Role.REVIEWER, schools=["Maplewood South"])
    return name_stand_in(cast.scope("bo"), cast.person_ids["hal"], TODAY, TODAY + DAY)


def desk(cast: Cast, name: str, days: int = 0) -> set[int]:
    who = replace(cast.scope(name), at=NOW + days * DAY)
    found = {row.id for row in waiting(who, QueueFilter()).rows}
    assert reviews_waiting(who).claims == len(found)
    return found


def approve(cast: Cast, name: str, claim_id: int) -> Outcome:
    (outcome,) = approve_claims(cast.scope(name), [Wish(claim_id, version(cast, claim_id))], AN_ISSUER)
    return outcome


@pytest.mark.usefixtures("away")
def test_the_stand_in_sees_and_decides_on_the_days_agreed_on(cast: Cast) -> None:
    claim_id = a_waiting_claim(cast.scope("ada"))
    assert [desk(cast, "hal", days) for days in (-1, 0, 1, 2)] == [set(), {claim_id}, {claim_id}, set()]
    assert desk(cast, "bo") == {claim_id}
    assert claim(cast.scope("hal"), claim_id).id == claim_id
    assert approve(cast, "hal", claim_id).refusal is None
    step = (
        cast.scope("ada")
        .session.execute(
            sa.select(ClaimStep.by_name, ClaimStep.by_title).where(ClaimStep.step == Step.APPROVE)
        )
        .one()
    )
    assert (step.by_name, step.by_title) == ("Hal Whitfield", "standing in for Bo Tran")


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("approves", [True, False])
def test_the_audit_entry_names_for_whom_it_was_decided(cast: Cast, approves: bool) -> None:
    claim_id = a_waiting_claim(cast.scope("ada"))
    if approves:
        approve(cast, "hal", claim_id)
    else:
        hal = cast.scope("hal")
        deny_claim(hal, claim_id, seen_version=version(cast, claim_id), reason="Not there.", issuer=AN_ISSUER)
    name = "claim.approved" if approves else "claim.denied"
    entry = cast.scope("cam").session.scalars(sa.select(AuditEntry).where(AuditEntry.action == name)).one()
    assert (entry.by_name, entry.facts["stands_in_for"]) == ("Hal Whitfield", "Bo Tran")


def test_nobody_sees_or_decides_any_more_once_it_is_ended(cast: Cast, away: int) -> None:
    claim_id = a_waiting_claim(cast.scope("ada"))
    end_stand_in(cast.scope("hal"), away)
    end_stand_in(cast.scope("bo"), away)
    assert desk(cast, "hal") == set()
    assert agreed_on(cast.scope("bo")) == ()
    with pytest.raises(NotHere):
        claim(cast.scope("hal"), claim_id)
    outcome = approve(cast, "hal", claim_id)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "other_school"


@pytest.mark.usefixtures("away")
def test_a_stand_in_decides_neither_their_own_claim_nor_that_of_who_is_away(cast: Cast) -> None:
    north = cast.school_ids["Maplewood North"]
    own = a_waiting_claim(cast.scope("hal"), 1, school_id=north)
    bos = a_waiting_claim(cast.scope("bo"), 2, school_id=north)
    assert desk(cast, "hal") == set()
    for claim_id, code in ((own, "own_claim"), (bos, "other_school")):
        with pytest.raises(NotPermitted) as refused:
            deny_claim(cast.scope("hal"), claim_id, seen_version=1, reason="No.", issuer=AN_ISSUER)
        assert refused.value.code == code


def test_whoever_reviews_for_the_school_anyway_does_so_in_their_own_name(cast: Cast) -> None:
    give_roles(cast, "hal", Role.REVIEWER)
    name_stand_in(cast.scope("bo"), cast.person_ids["hal"], TODAY, TODAY)
    approve(cast, "hal", a_waiting_claim(cast.scope("ada")))
    assert cast.scope("ada").session.scalars(sa.select(ClaimStep.by_title)).all()[-1] == ""


def test_who_stood_in_at_one_review_does_not_take_the_next(cast: Cast) -> None:
    give_roles(cast, "cam", Role.ADMINISTRATOR, Role.REVIEWER)
    give_roles(cast, "hal", Role.REVIEWER, schools=["Maplewood South"])
    office = PathReview(Stop(Actor.DISTRICT))
    cam = cast.scope("cam")
    publish_path(cam, ReviewPath(cam.today, (office, office)))
    for name in ("bo", "cam"):
        name_stand_in(cast.scope(name), cast.person_ids["hal"], TODAY, TODAY)
    (claim_id,) = sent(cast)
    assert approve(cast, "hal", claim_id).goes_to == "the district office"
    assert desk(cast, "hal") == set()
    refusal = approve(cast, "hal", claim_id).refusal
    assert refusal is not None
    assert approve(cast, "bo", claim_id).minutes == 60


@pytest.mark.usefixtures("away")
def test_a_stand_in_passes_nothing_on(cast: Cast) -> None:
    give_roles(cast, "cam", Role.ADMINISTRATOR, Role.REVIEWER, schools=["Maplewood South"])
    name_stand_in(cast.scope("hal"), cast.person_ids["cam"], TODAY, TODAY)
    a_waiting_claim(cast.scope("ada"))
    assert desk(cast, "cam") == set()


@pytest.mark.parametrize(
    ("by", "first", "last", "field"),
    [
        ("ada", 0, 0, "by"),
        ("bo", 0, 0, "by"),
        ("hal", -1, 0, "from_on"),
        ("hal", 1, 0, "until_on"),
        ("hal", 0, 367, "until_on"),
    ],
)
def test_what_cannot_be_agreed_on_is_refused(cast: Cast, by: str, first: int, last: int, field: str) -> None:
    give_roles(cast, "hal", Role.REVIEWER)
    with pytest.raises(NotValid) as refused:
        name_stand_in(cast.scope("bo"), cast.person_ids[by], TODAY + first * DAY, TODAY + last * DAY)
    assert set(refused.value.errors) == {field}


def test_only_the_two_of_them_end_it(cast: Cast, away: int) -> None:
    give_roles(cast, "cam", Role.ADMINISTRATOR, Role.REVIEWER)
    for other in ("cam", "rex"):
        with pytest.raises(NotHere):
            end_stand_in(cast.scope(other), away)
    assert len(agreed_on(cast.scope("bo"))) == 1
