"""Undo: a return that the claimant has begun to work on is not taken back over their head."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from pdtracker.actions.evidence import add_word
from pdtracker.actions.reviews import return_claim
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.claim import ClaimState
from pdtracker.models.claims import Claim
from tests.factories import AN_ISSUER, NOW, Cast, a_claim


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
