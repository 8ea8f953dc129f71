"""Follow-ups with the credit that they follow: planned when it is given, forgotten or withdrawn when it goes.

No action by itself: `reviews` and `undoing` call it within theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from pdtracker.actions.moving import take
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.follow_up import FollowUpRule
from pdtracker.models.claims import Claim, FollowUp
from pdtracker.models.ids import new_id
from pdtracker.queries import follow_ups
from pdtracker.scope import Scope

_UNDECIDED = frozenset({ClaimState.DRAFT, ClaimState.SUBMITTED, ClaimState.RETURNED})
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Followed:
    """A claim that is credited, and what its policy offers for later."""

    claim_id: int
    person_id: int
    activity_on: date
    rules: Sequence[FollowUpRule]


def plan(scope: Scope, credited: Iterable[Followed]) -> None:
    """Plan what these claims can still bring: from the rule's day on, at the earliest tomorrow.

    What would be over by then is not planned. One statement at most.
    """
    tomorrow = scope.today + _A_DAY
    scope.session.insert_rows(
        FollowUp,
        [
            {
                "id": new_id(),
                "claim_id": claim.claim_id,
                "person_id": claim.person_id,
                "kind": rule.kind,
                "due_on": max(rule.due_on(claim.activity_on), tomorrow),
                "closes_on": rule.until(claim.activity_on),
                "percent": rule.percent,
                "asked_at": None,
                "follow_claim_id": None,
            }
            for claim in credited
            for rule in claim.rules
            if rule.until(claim.activity_on) >= tomorrow
        ],
    )


def forget(scope: Scope, claim_ids: Collection[int]) -> None:
    """Forget what nobody answered yet of claims that are not credited after all. One statement."""
    if claim_ids:
        scope.session.execute(
            sa.delete(FollowUp).where(FollowUp.claim_id.in_(claim_ids), FollowUp.follow_claim_id.is_(None))
        )


def withdraw(scope: Scope, claim_id: int, reason: str) -> Sequence[int]:
    """Withdraw what follows a claim whose credit is taken back: what is planned, drafted, or waits for a decision.

    Gives those that are credited themselves: they are the caller's to take back.
    """
    forget(scope, [claim_id])
    following = follow_ups.answering(scope, [claim_id])
    for claim in following:
        if claim.state in _UNDECIDED:
            _withdraw(scope, claim, reason)
    return [claim.id for claim in following if claim.state is ClaimState.CREDITED]


def _withdraw(scope: Scope, claim: Claim, reason: str) -> None:
    seen_version, from_state = claim.version, claim.state
    take(scope, claim, Step.WITHDRAW, ClaimState.WITHDRAWN, comment=reason)
    scope.record("claim.withdrawn", "claim", claim.id, version=seen_version, from_state=from_state.value)
