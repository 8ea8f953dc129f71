"""Undo: a return that the claimant has begun to work on is not taken back over their head."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from pdtracker.actions.evidence import add_word
from pdtracker.actions.reviews import Wish, approve_claims, deny_claim, return_claim
from pdtracker.actions.undoing import release_decisions, undo_decisions
from pdtracker.domain.claim import ClaimState
from pdtracker.models.claims import Claim
from tests.factories import AN_ISSUER, NOW, Cast, a_claim, an_event


def a_return(cast: Cast) -> tuple[int, int]:
    """Bo returns a claim of Ada; gives the claim and the decision."""
    claim_id = a_claim(cast.scope("ada"), ClaimState.SUBMITTED)
    step_id = return_claim(
        cast.scope("bo"),
        claim_id,
        seen_version=1,
        comments={},
        labels={},
        note="How long was the break?",
        issuer=AN_ISSUER,
    )
    return claim_id, step_id


def state_of(cast: Cast, claim_id: int) -> ClaimState | None:
    """Where the claim stands."""
    return cast.operator().session.scalar(sa.select(Claim.state).where(Claim.id == claim_id))


def test_a_return_can_be_undone_while_nobody_touched_the_claim(cast: Cast) -> None:
    claim_id, step_id = a_return(cast)
    [outcome] = undo_decisions(cast.scope("bo", NOW + timedelta(minutes=5)), [step_id])
    assert (outcome.refusal, state_of(cast, claim_id)) == (None, ClaimState.SUBMITTED)


def test_a_return_that_the_claimant_works_on_is_not_undone(cast: Cast) -> None:
    claim_id, step_id = a_return(cast)
    add_word(cast.scope("ada", NOW + timedelta(minutes=3)), claim_id, note="I took part throughout.")
    [outcome] = undo_decisions(cast.scope("bo", NOW + timedelta(minutes=5)), [step_id])
    assert outcome.refusal is not None
    assert outcome.refusal.code == "undone_meanwhile"
    assert state_of(cast, claim_id) is ClaimState.RETURNED


def a_denial(cast: Cast, **more: object) -> tuple[int, int]:
    """Bo denies a claim of Ada; gives the claim and the decision."""
    claim_id = a_claim(cast.scope("ada"), ClaimState.SUBMITTED, **more)
    step_id = deny_claim(cast.scope("bo"), claim_id, seen_version=1, reason="No.", issuer=AN_ISSUER)
    return claim_id, step_id


def refusals_of(cast: Cast, *step_ids: int) -> list[str | None]:
    """What each undo is refused with."""
    outcomes = undo_decisions(cast.scope("bo", NOW + timedelta(minutes=5)), step_ids)
    return [outcome.refusal.sentence if outcome.refusal else None for outcome in outcomes]


def test_a_denial_is_not_undone_into_an_hour_that_was_claimed_meanwhile(cast: Cast) -> None:
    claim_id, step_id = a_denial(cast)
    a_claim(cast.scope("ada"), ClaimState.SUBMITTED, title="Reading circle again")
    assert refusals_of(cast, step_id) == [
        "Meanwhile they sent another claim for that time: Reading circle again."
    ]
    assert state_of(cast, claim_id) is ClaimState.DENIED


def test_of_two_denials_for_one_hour_one_comes_back(cast: Cast) -> None:
    first, second = a_denial(cast), a_denial(cast)
    refused = refusals_of(cast, first[1], second[1])
    assert sorted(refusal is None for refusal in refused) == [False, True]


def test_a_new_draft_of_the_event_keeps_only_its_own_denial_from_being_undone(cast: Cast) -> None:
    event_id = an_event(cast.scope("ada"))
    blocked, step_id = a_denial(cast, event_id=event_id)
    a_claim(cast.scope("ada"), event_id=event_id)
    earlier = NOW - timedelta(days=1)
    free, other_id = a_denial(cast, starts_at=earlier, ends_at=earlier + timedelta(hours=1))
    assert set(refusals_of(cast, step_id, other_id)) == {"They have begun a new claim for this event.", None}
    assert (state_of(cast, blocked), state_of(cast, free)) == (ClaimState.DENIED, ClaimState.SUBMITTED)


def test_an_undo_that_began_before_the_release_but_waited_for_it_is_refused(cast: Cast) -> None:
    claim_id = a_claim(cast.scope("ada"), ClaimState.SUBMITTED)
    [approved] = approve_claims(cast.scope("bo"), [Wish(claim_id, 1)], AN_ISSUER)
    assert approved.step_id is not None
    assert len(release_decisions(cast.scope("bo", NOW + timedelta(seconds=2)), [approved.step_id])) == 1
    [outcome] = undo_decisions(cast.scope("bo", NOW + timedelta(seconds=1)), [approved.step_id])
    assert outcome.refusal is not None
    assert outcome.refusal.code == "undo_released"
    assert len(release_decisions(cast.scope("bo", NOW + timedelta(seconds=1)), [approved.step_id])) == 0
