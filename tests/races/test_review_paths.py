"""Reviews of one claim at one moment: each is taken once, and never two of them by the same person."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from pdtracker.actions.claims import submit_claim
from pdtracker.actions.review_paths import publish_path
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.review_path import Actor, PathReview, ReviewPath, Stop
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.people import member
from pdtracker.scope import Scope
from tests.factories import AN_ISSUER, NOW, Cast
from tests.waiting import give_roles, many_drafts

ROUNDS = 25
Attempt = Callable[[Scope], tuple[Outcome, ...]]


def sent_on_two_reviews(cast: Cast) -> list[int]:
    """Claims of Ada's that Bo and Cam review one after the other, in either order."""
    give_roles(cast, "cam", Role.ADMINISTRATOR, Role.REVIEWER)
    cam = cast.scope("cam")
    office = PathReview(Stop(Actor.DISTRICT))
    publish_path(cam, ReviewPath(cam.today, (office, office)))
    ada = cast.scope("ada")
    ids = many_drafts(ada, ROUNDS)
    for claim_id in ids:
        submit_claim(ada, claim_id, seen_version=1)
    cast.open.close()
    return ids


def at_once(cast: Cast, *attempts: tuple[str, Attempt]) -> list[tuple[Outcome, ...] | Refusal]:
    """What became of attempts that begin at one moment, each on a connection of its own."""
    barrier = threading.Barrier(len(attempts))

    def attempt(name: str, deed: Attempt) -> tuple[Outcome, ...] | Refusal:
        with cast.database.session(cast.maplewood.id) as session:
            found = member(session, cast.person_ids[name])
            session.rollback()
            assert found is not None
            scope = Scope(session, cast.maplewood, NOW, found.person, found.roles, found.review_school_ids)
            barrier.wait(timeout=60)
            try:
                return deed(scope)
            except Refusal as refusal:
                return refusal

    with ThreadPoolExecutor(len(attempts)) as pool:
        return [told.result() for told in [pool.submit(attempt, *one) for one in attempts]]


def approving(claim_id: int, version: int) -> Attempt:
    return lambda scope: approve_claims(scope, [Wish(claim_id, version)], AN_ISSUER)


def test_one_review_is_taken_by_one_of_two_reviewers(cast: Cast) -> None:
    # The second waits for the first's lock of the claimant, and finds another version than it saw.
    ids = sent_on_two_reviews(cast)
    for claim_id in ids:
        at_once(cast, ("bo", approving(claim_id, 2)), ("cam", approving(claim_id, 2)))
    with cast.database.session(cast.maplewood.id) as session:
        endorsed = session.scalars(sa.select(ClaimStep.claim_id).where(ClaimStep.step == Step.ENDORSE)).all()
        assert sorted(endorsed) == sorted(ids)
        assert set(session.scalars(sa.select(ClaimRoute.turn))) == {2}
        assert session.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 0


def test_nobody_takes_both_reviews_by_guessing_the_next_version(cast: Cast) -> None:
    # Who endorsed is read after the lock of the claimant is held; without `_lock_claimants` this fails on PostgreSQL.
    ids = sent_on_two_reviews(cast)
    for claim_id in ids:
        at_once(cast, ("bo", approving(claim_id, 2)), ("bo", approving(claim_id, 3)))
    with cast.database.session(cast.maplewood.id) as session:
        assert set(session.scalars(sa.select(Claim.state).where(Claim.id.in_(ids)))) == {ClaimState.SUBMITTED}
        assert session.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 0


def test_an_endorsement_is_undone_or_followed_and_never_both(cast: Cast) -> None:
    ids = sent_on_two_reviews(cast)
    for claim_id in ids:
        (told,) = at_once(cast, ("bo", approving(claim_id, 2)))
        assert not isinstance(told, Refusal)
        step_id = told[0].step_id or 0
        undone, followed = at_once(
            cast,
            ("bo", lambda scope, step_id=step_id: undo_decisions(scope, [step_id])),  # type: ignore[misc]
            ("cam", approving(claim_id, 3)),
        )
        happened = [
            not isinstance(one, Refusal) and all(outcome.refusal is None for outcome in one)
            for one in (undone, followed)
        ]
        assert sum(happened) == 1
        with cast.database.session(cast.maplewood.id) as session:
            state = session.scalar(sa.select(Claim.state).where(Claim.id == claim_id))
            turn = session.scalar(sa.select(ClaimRoute.turn).where(ClaimRoute.claim_id == claim_id))
        assert (state, turn) == ((ClaimState.SUBMITTED, 1) if happened[0] else (ClaimState.CREDITED, 2))
