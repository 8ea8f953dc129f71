"""What waiting claims would be worth if they were approved now, one behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.credit import Credit
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.when import local
from pdtracker.queries import facts
from pdtracker.queries.checking import CheckedClaim, Rules
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Preview:
    """What a claim would be worth if it were approved now, after those before it; or why it can't be."""

    claim: CheckedClaim
    credit: Credit | None
    refusal: Refusal | None


def previews(scope: Scope, claims: Sequence[CheckedClaim]) -> list[Preview]:
    """What each of these claims would be worth if all were approved in this order. Four statements."""
    if not claims:
        return []
    days = [local(claim.starts_at, scope.district.zone).date() for claim in claims]
    rules = Rules(scope, {claim.person_id for claim in claims}, days)
    held = facts.held(scope, [claim.holder for claim in claims], [ClaimState.CREDITED])
    splits = facts.splits(scope, [claim.id for claim in claims])
    found = []
    for claim, on in zip(claims, days, strict=True):
        try:
            facts.require_unheld(held, claim.holder)
            worth = rules.worth(claim, on, splits.get(claim.id, ()))
            credited = replace(claim.holder, state=ClaimState.CREDITED, minutes=worth.minutes)
            facts.require_room(scope, held, credited)
            rules.add(claim, on, worth)
            found.append(Preview(claim, worth, None))
            held.add(credited)
        except Refusal as refusal:
            found.append(Preview(claim, None, refusal))
    return found
