"""How decided claims move: the steps that are written down, and the conditional update that is the decision itself.

No action by itself: `reviews`, `undoing` and the claimant's own actions call it within theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.claim import UNDOABLE, ClaimState, Step, advance
from pdtracker.domain.refusals import NotNow
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.ids import new_id
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import Scope


def step_row(
    scope: Scope,
    claim: Deciding,
    step: Step,
    *,
    step_id: int,
    release_at: datetime | None,
    comment: str = "",
    granted_minutes: int | None = None,
    adjust_reason: str = "",
    undoes_step_id: int | None = None,
) -> dict[str, Any]:
    """The step that the acting person takes with a claim, as a row."""
    return {
        "id": step_id,
        "claim_id": claim.id,
        "claimant_id": claim.person_id,
        "step": step,
        "from_state": claim.state,
        "to_state": advance(claim.state, step),
        "by_person_id": scope.me.id,
        "by_name": scope.me.name,
        "by_title": _title(scope, claim, step),
        "at": scope.at,
        "seen_version": claim.version,
        "comment": comment,
        "granted_minutes": granted_minutes,
        "adjust_reason": adjust_reason,
        "release_at": release_at,
        "undoes_step_id": undoes_step_id,
    }


def _title(scope: Scope, claim: Deciding, step: Step) -> str:
    """What the person is; who decides for somebody says for whom, so that both names stand in the record."""
    if step not in UNDOABLE or not claim.stands_in_for:
        return scope.me.title
    return ", ".join(filter(None, (scope.me.title, f"standing in for {claim.stands_in_for}")))


def on_behalf(claim: Deciding) -> dict[str, str]:
    """For whom a decision on this claim is taken, for its audit entry; nothing for one's own turn."""
    return {"stands_in_for": claim.stands_in_for} if claim.stands_in_for else {}


def take(scope: Scope, claim: Claim, step: Step, to_state: ClaimState, *, comment: str = "") -> None:
    """Let the claimant take a step with their own claim, which is locked."""
    scope.session.add(
        ClaimStep(
            id=new_id(),
            claim_id=claim.id,
            claimant_id=claim.person_id,
            step=step,
            from_state=claim.state,
            to_state=to_state,
            by_person_id=scope.me.id,
            by_name=scope.me.name,
            by_title=scope.me.title,
            at=scope.at,
            seen_version=claim.version,
            comment=comment,
            adjust_reason="",
        )
    )
    claim.state = to_state
    claim.version += 1
    claim.updated_at = claim.waiting_since = scope.at
    claim.decided_at = None


def move(scope: Scope, claims: Sequence[Deciding], to_state: ClaimState, *, opens_now: bool = False) -> None:
    """Set the new state of claims that still are what the reviewer saw.

    The conditional update is the decision: should a row have slipped away, nothing of the batch happens. Every
    step makes a new version, so the version alone tells. A claim that comes back to the queue stands where it stood;
    with `opens_now` its next review is open from this moment.
    """
    if not claims:
        return
    back = to_state is ClaimState.SUBMITTED
    moved = scope.session.execute(
        sa.update(Claim)
        .where(sa.tuple_(Claim.id, Claim.version).in_([(claim.id, claim.version) for claim in claims]))
        .values(
            state=to_state,
            version=Claim.version + 1,
            decided_at=None if back else scope.at,
            waiting_since=_stood_since() if back and not opens_now else scope.at,
        )
        # No claim is held as an entity here; asking which rows it was would be one more statement.
        .execution_options(synchronize_session=False)
    )
    if getattr(moved, "rowcount", -1) != len(claims):
        raise NotNow(
            "decided_meanwhile", "Somebody decided one of these a moment before you. Look at them again."
        )


def _stood_since() -> sa.ColumnElement[datetime]:
    """Since when the review that is open again was open: its sending, or the endorsement before it that stands."""
    step, undo = sa.orm.aliased(ClaimStep), sa.orm.aliased(ClaimStep)
    endorsed = (
        sa.select(sa.func.max(step.at, type_=step.at.type))
        .join(
            ClaimRoute,
            sa.and_(ClaimRoute.district_id == step.district_id, ClaimRoute.claim_id == step.claim_id),
        )
        .where(
            step.district_id == Claim.district_id,
            step.claim_id == Claim.id,
            step.step == Step.ENDORSE,
            step.seen_version >= ClaimRoute.sent_version,
            ~sa.exists(sa.select(undo.id).where(undo.undoes_step_id == step.id)),
        )
        .correlate(Claim)
        .scalar_subquery()
    )
    return sa.func.coalesce(endorsed, Claim.submitted_at, type_=Claim.submitted_at.type)
