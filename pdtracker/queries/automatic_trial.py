"""A dry run of automatic approval: what it would have made of the claims of the last days that people decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from pdtracker.domain.automatic import Conditions, Left, judged
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award
from pdtracker.queries.automatic import Judging, judging
from pdtracker.queries.policy_steps import by_policy
from pdtracker.scope import Scope

TRIED_DAYS: Final = 30
MOST_TRIED: Final = 1_000
"""So many claims are tried, the last ones sent: the answer comes while somebody waits for the page."""

_AT_ONCE: Final = 250
_DECIDED: Final = (ClaimState.CREDITED, ClaimState.DENIED, ClaimState.RETURNED, ClaimState.REVERSED)


@dataclass(frozen=True, slots=True)
class TriedClaim:
    """A claim with what the policy would have made of it, beside what a person did."""

    id: int
    person_id: int
    person_name: str
    title: str
    state: ClaimState
    left: Left | None
    claimed: int
    granted: int

    @property
    def is_otherwise(self) -> bool:
        """Whether the policy would have approved what a person didn't approve, or not in full."""
        return self.left is None and (self.state is not ClaimState.CREDITED or self.granted < self.claimed)


@dataclass(frozen=True, slots=True)
class Trial:
    """The dry run of the last days; `is_cut` says that there were more claims than are tried."""

    tried: tuple[TriedClaim, ...]
    is_cut: bool

    @property
    def decided(self) -> tuple[TriedClaim, ...]:
        """Those that the policy would have decided; a share of them would have been drawn for a person."""
        return tuple(one for one in self.tried if one.left is None)

    @property
    def otherwise(self) -> tuple[TriedClaim, ...]:
        """Those of them that a person decided otherwise: what to look at before publishing."""
        return tuple(one for one in self.tried if one.is_otherwise)

    def left(self, reason: Left) -> tuple[TriedClaim, ...]:
        """Those that would have been left to a person for this reason."""
        return tuple(one for one in self.tried if one.left is reason)


def trial(scope: Scope, asked: Conditions, publisher_id: int) -> Trial:
    """Try conditions on claims of the last `TRIED_DAYS` days that a person decided, as they are known now.

    A claim that was approved in full was below its cap, whatever was credited since. The number of statements grows
    with every 250 claims.
    """
    ids = list(
        scope.session.scalars(
            sa.select(Claim.id)
            .where(
                Claim.state.in_(_DECIDED),
                Claim.submitted_at >= scope.at - timedelta(days=TRIED_DAYS),
                ~_was_automatic(),
            )
            .order_by(Claim.submitted_at.desc(), Claim.id.desc())
            .limit(MOST_TRIED + 1)
        )
    )
    tried: list[TriedClaim] = []
    for first in range(0, min(len(ids), MOST_TRIED), _AT_ONCE):
        some = ids[first : min(first + _AT_ONCE, MOST_TRIED)]
        granted = _granted(scope, some)
        tried += [
            _tried(one, asked, granted.get(one.claim.id, 0)) for one in judging(scope, some, publisher_id)
        ]
    return Trial(tuple(tried), len(ids) > MOST_TRIED)


def _tried(one: Judging, asked: Conditions, granted: int) -> TriedClaim:
    claim = one.claim
    was_full = claim.state is ClaimState.CREDITED and granted >= claim.minutes
    facts = one.without_cap if was_full else one.facts
    return TriedClaim(
        claim.id,
        claim.person_id,
        claim.person_name,
        claim.title,
        claim.state,
        judged(asked, facts),
        claim.minutes,
        granted,
    )


def _was_automatic() -> sa.ColumnElement[bool]:
    step = sa.orm.aliased(ClaimStep)
    return sa.exists(
        sa.select(step.id)
        .where(
            step.district_id == Claim.district_id,
            step.claim_id == Claim.id,
            step.step == Step.APPROVE,
            by_policy(step),
        )
        .correlate_except(step)
    )


def _granted(scope: Scope, claim_ids: Sequence[int]) -> dict[int, int]:
    rows = scope.session.execute(
        sa.select(Award.claim_id, sa.func.sum(Award.minutes).label("minutes"))
        .where(Award.claim_id.in_(claim_ids))
        .group_by(Award.claim_id)
    )
    return {row.claim_id: int(row.minutes) for row in rows}
