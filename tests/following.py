"""A district that offers follow-ups, and claims of Ada that they follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.follow_up import FollowUpRule
from pdtracker.domain.licence import FollowUpKind
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from pdtracker.queries.facts import edition_for, policies
from tests.factories import AN_ISSUER, NOW, Cast, a_claim

APPLIED = FollowUpRule(kind=FollowUpKind.APPLICATION, after_days=90, within_days=365, percent=50)
IMPACT = FollowUpRule(kind=FollowUpKind.IMPACT, after_days=180, within_days=365, percent=0)
DUE = NOW + timedelta(days=90)
"""When the first question about a session of now is due."""


def offer_follow_ups(cast: Cast, *rules: FollowUpRule) -> None:
    """Let Maplewood's rules offer these from the beginning of the year on; without any, both of the above."""
    scope = cast.operator()
    on = scope.today
    policy = edition_for(policies(scope), on).policy
    offered = replace(policy, edition=f"{policy.edition}-later", follow_ups=rules or (APPLIED, IMPACT))
    with scope.session.writing():
        scope.session.add(
            CreditPolicyRow(
                name=offered.name,
                edition=offered.edition,
                document=offered.to_document(),
                created_at=scope.at,
            )
        )


def approve(cast: Cast, claim_id: int, at: datetime = NOW, version: int = 1, **more: Any) -> int:
    """Bo approves a claim; gives the decision's id."""
    outcome = approve_claims(cast.scope("bo", at), [Wish(claim_id, version, **more)], AN_ISSUER)[0]
    assert outcome.step_id is not None, outcome.refusal
    return outcome.step_id


def a_credited_claim(cast: Cast, **more: Any) -> int:
    """An hour of Ada that Bo approved now, with the follow-ups that the district offers."""
    claim_id = a_claim(cast.scope("ada"), ClaimState.SUBMITTED, **more)
    approve(cast, claim_id)
    return claim_id
