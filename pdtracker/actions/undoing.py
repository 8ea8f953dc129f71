"""The first minutes of a decision: taken back, or released so that its mail and certificate leave at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from pdtracker.actions import planning, posting
from pdtracker.actions.crediting import take_back
from pdtracker.actions.moving import move, step_row
from pdtracker.actions.routing import turn_back
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import (
    HOLDING_STATES,
    LIVE_STATES,
    ClaimState,
    Step,
    advance,
    may_undo,
    undo_until,
)
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refusals import NotNow, Refusal
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus
from pdtracker.models.claims import ClaimStep, StruckFact
from pdtracker.models.ids import new_id
from pdtracker.queries import facts, reviewing
from pdtracker.queries.reviewing import Deciding, Decision
from pdtracker.scope import Scope, action


@action(Permission.REVIEW_CLAIMS)
def undo_decisions(scope: Scope, step_ids: Sequence[int]) -> tuple[Outcome, ...]:
    """Take decisions back within their time: the claims wait again, their letters are called back.

    Credit is taken back by new ledger entries, and certificates that never left are recalled. A claim whose time or
    event another claim of the person holds by now stays as it was decided.
    """
    return undone(scope, step_ids, asked_at=scope.at)


@action(Permission.REVIEW_CLAIMS)
def release_decisions(scope: Scope, step_ids: Sequence[int]) -> tuple[Outcome, ...]:
    """Let mail and certificates of one's own decisions leave now; gives those that were still held."""
    held = {
        decision.step_id: decision.claim
        for decision in reviewing.decisions(scope, step_ids)
        if not decision.is_undone and decision.by_person_id == scope.me.id and not decision.has_left(scope.at)
    }
    if held:
        scope.session.execute(
            sa.update(ClaimStep).where(ClaimStep.id.in_(list(held))).values(release_at=scope.at)
        )
        scope.session.execute(
            sa.update(Certificate).where(Certificate.step_id.in_(list(held))).values(release_at=scope.at)
        )
        posting.hurry(scope, list(held))
    for step_id in held:
        scope.record("decision.released", "claim_step", step_id)
    return tuple(
        Outcome(claim.id, claim.title, claim.person_name, step_id=step_id) for step_id, claim in held.items()
    )


def undone(scope: Scope, step_ids: Sequence[int], *, asked_at: datetime) -> tuple[Outcome, ...]:
    """Take these decisions back within the running transaction, for somebody who asked for it at this moment.

    No action by itself.
    """
    outcomes: list[Outcome] = []
    taken_back: list[Decision] = []
    decided = reviewing.decisions(scope, step_ids)
    held = facts.held(scope, [decision.claim.holder for decision in decided], HOLDING_STATES)
    for decision in decided:
        claim = decision.claim
        try:
            _require_undoable(scope, decision, asked_at)
            _require_free(held, claim)
        except Refusal as refusal:
            outcomes.append(Outcome(claim.id, claim.title, claim.person_name, refusal=refusal))
            continue
        held.add(replace(claim.holder, state=ClaimState.SUBMITTED))
        taken_back.append(decision)
        outcomes.append(Outcome(claim.id, claim.title, claim.person_name, step_id=decision.step_id))
    _undo(scope, taken_back)
    return tuple(outcomes)


def _require_undoable(scope: Scope, decision: Decision, asked_at: datetime) -> None:
    if decision.is_undone or decision.is_overtaken:
        raise NotNow("undone_meanwhile", "Something else happened to this claim since. Look at it again.")
    advance(decision.claim.state, Step.UNDO)
    if decision.by_person_id is None:
        reviewing.require_reviewable(scope, decision.claim, Step.UNDO)
    may_undo(
        decided_at=decision.at,
        decided_by=decision.by_person_id,
        by=scope.me.id,
        at=asked_at,
        released_at=decision.release_at if _has_left(scope, decision, asked_at) else None,
    )


def _has_left(scope: Scope, decision: Decision, asked_at: datetime) -> bool:
    """Whether it left before the undo was asked for, or was released since.

    Read under the claims' lock. This request may have begun before the release that it then waited for, so the clock
    alone doesn't tell.
    """
    was_released = decision.release_at < undo_until(decision.at)
    return decision.has_left(scope.at if was_released else asked_at)


def _require_free(held: facts.Held, claim: Deciding) -> None:
    """Refuse to bring a claim back into the queue whose time or event was given to another one meanwhile."""
    if claim.state in LIVE_STATES:
        return
    if (other := held.of_event(claim.holder)) is not None and other.state is ClaimState.DRAFT:
        raise NotNow("begun_meanwhile", "They have begun a new claim for this event.")
    if other is not None:
        raise NotNow("held_meanwhile", f"Meanwhile they sent another claim for this event: {other.title}.")
    if (other := held.at_time(claim.holder, LIVE_STATES)) is not None:
        raise NotNow("held_meanwhile", f"Meanwhile they sent another claim for that time: {other.title}.")


def _undo(scope: Scope, undone: Sequence[Decision]) -> None:
    if not undone:
        return
    steps = {decision.claim.id: new_id() for decision in undone}
    scope.session.insert_rows(
        ClaimStep,
        [
            step_row(
                scope,
                decision.claim,
                Step.UNDO,
                step_id=steps[decision.claim.id],
                release_at=None,
                undoes_step_id=decision.step_id,
            )
            for decision in undone
        ],
    )
    credited = [decision.claim.id for decision in undone if decision.claim.state is ClaimState.CREDITED]
    take_back(scope, {claim_id: steps[claim_id] for claim_id in credited})
    planning.forget(scope, credited)
    if credited:
        # The facts that were left out are as they were stated.
        undone_ids = [decision.step_id for decision in undone]
        scope.session.execute(sa.delete(StruckFact).where(StruckFact.step_id.in_(undone_ids)))
    _recall(scope, credited)
    posting.call_back(scope, [decision.step_id for decision in undone])
    turn_back(scope, [decision.claim for decision in undone if decision.step is Step.ENDORSE])
    move(scope, [decision.claim for decision in undone], ClaimState.SUBMITTED)
    for decision in undone:
        scope.record(
            "decision.undone",
            "claim",
            decision.claim.id,
            step=decision.step_id,
            from_state=decision.claim.state.value,
        )


def _recall(scope: Scope, claim_ids: Sequence[int]) -> None:
    """Keep certificates in the house that never left it."""
    scope.session.insert_rows(
        CertificateStatus,
        [
            {
                "id": new_id(),
                "certificate_id": certificate.id,
                "news": CertificateNews.RECALLED,
                "at": scope.at,
                "by_person_id": scope.me.id,
                "by_name": scope.me.name,
                "reason": "The decision was undone before the certificate left.",
                "successor_id": None,
            }
            for certificate in reviewing.standing_certificates(scope, claim_ids)
        ],
    )
