"""Handing named reviews over: to whom, of which claims, and what stays where it is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from pdtracker.actions.handing_over import HandedOver, hand_over
from pdtracker.actions.review_paths import publish_path
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.access import Role
from pdtracker.domain.refusals import NotPermitted, NotValid
from pdtracker.domain.review_path import Actor, PathReview, ReviewPath, Stop
from pdtracker.models.records import AuditEntry
from pdtracker.queries.handing_over import named_now
from tests.actions.test_review_paths import sent, version
from tests.factories import AN_ISSUER, NOW, Cast, House
from tests.waiting import give_roles


def named(cast: Cast, *names: str) -> None:
    """A path by which claims go to these people, one after the other."""
    stops = [Stop(Actor.PERSON, cast.person_ids[name], cast.scope(name).me.name) for name in names]
    publish_path(cast.scope("cam"), ReviewPath(NOW.date(), tuple(PathReview(stop) for stop in stops)))


@pytest.fixture
def reviewing(cast: Cast) -> Cast:
    """Hal reviews as Bo does."""
    give_roles(cast, "hal", Role.TEACHER, Role.REVIEWER)
    return cast


def approves(cast: Cast, name: str, claim_id: int) -> bool:
    (outcome,) = approve_claims(cast.scope(name), [Wish(claim_id, version(cast, claim_id))], AN_ISSUER)
    return outcome.refusal is None


def test_what_is_named_for_somebody_becomes_the_others(reviewing: Cast) -> None:
    named(reviewing, "bo")
    (claim_id,) = sent(reviewing)
    bo, hal = reviewing.person_ids["bo"], reviewing.person_ids["hal"]
    assert hand_over(reviewing.scope("cam"), bo, hal) == HandedOver(1, 0)
    assert hand_over(reviewing.scope("cam"), bo, hal) == HandedOver(0, 0)
    assert named_now(reviewing.scope("cam")) == {hal: (reviewing.scope("hal").me.name, 1)}
    assert not approves(reviewing, "bo", claim_id)
    assert approves(reviewing, "hal", claim_id)
    entry = (
        reviewing.scope("cam")
        .session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "claim.handed_over"))
        .one()
    )
    assert entry.facts["to"] == reviewing.scope("hal").me.name


def test_who_takes_another_review_of_the_claim_takes_no_second_one(reviewing: Cast) -> None:
    named(reviewing, "bo", "hal")
    sent(reviewing)
    bo, hal = reviewing.person_ids["bo"], reviewing.person_ids["hal"]
    assert hand_over(reviewing.scope("cam"), bo, hal) == HandedOver(0, 1)


def test_only_to_a_reviewer_and_only_by_an_administrator(reviewing: Cast) -> None:
    bo, ada = reviewing.person_ids["bo"], reviewing.person_ids["ada"]
    for to in (ada, bo):
        with pytest.raises(NotValid):
            hand_over(reviewing.scope("cam"), bo, to)
    with pytest.raises(NotPermitted):
        hand_over(reviewing.scope("bo"), bo, ada)


def test_the_page_says_where_nobody_is_named(house: House) -> None:
    cam = house.client_of("cam")
    assert "Nobody is named" in cam.get("/maplewood/rules/reviews/hand-over").text
