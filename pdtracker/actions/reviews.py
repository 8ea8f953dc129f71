"""Deciding claims: approve many at once, return, deny, undo, release, and take credit back.

Every decision names the version of the claim that the reviewer had before them; a claim that changed since is
left out with a sentence, never decided unseen. Bulk actions give one outcome for each claim: a bad one neither
blocks nor undoes the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.crediting import Approval, Crediting
from pdtracker.actions.issuing import Issuer
from pdtracker.db import new_id
from pdtracker.domain import letters
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState, Step, advance, may_undo, undo_until
from pdtracker.domain.refusals import NotHere, NotNow, NotValid, Refusal
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus
from pdtracker.models.claims import Claim, ClaimStep, FieldComment
from pdtracker.models.credit import Award, EntryKind
from pdtracker.queries import reviewing
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import Scope, action


@dataclass(frozen=True, slots=True)
class Wish:
    """A claim to approve: the version that was on the screen, and the minutes if the reviewer changed them."""

    claim_id: int
    seen_version: int
    minutes: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claim: the decision's id, or the refusal that left it out."""

    claim_id: int
    title: str
    person: str
    minutes: int = 0
    step_id: int | None = None
    refusal: Refusal | None = None


@action(Permission.REVIEW_CLAIMS)
def approve_claims(scope: Scope, wishes: Sequence[Wish], issuer: Issuer) -> tuple[Outcome, ...]:
    """Turn claims into credit and certificates: one transaction, one outcome for each wish, in their order.

    The number of statements doesn't grow with the number of claims.
    """
    wanted = {wish.claim_id: wish for wish in wishes}
    claims = reviewing.to_decide(scope, wanted)
    outcomes: dict[int, Outcome] = {}
    crediting = Crediting(scope, issuer, claims.values())
    for wish in wanted.values():
        claim = claims.get(wish.claim_id)
        try:
            if claim is None:
                raise NotHere
            _require_undecided(scope, claim, Step.APPROVE, wish.seen_version)
            approval = crediting.approve(claim, wish.minutes, wish.reason)
            outcomes[wish.claim_id] = Outcome(
                wish.claim_id, claim.title, claim.person_name, approval.credit.minutes, approval.step_id
            )
        except Refusal as refusal:
            title, person = (claim.title, claim.person_name) if claim else ("", "")
            outcomes[wish.claim_id] = Outcome(wish.claim_id, title, person, refusal=refusal)
    _credit(scope, crediting.approvals)
    crediting.write()
    return tuple(outcomes[claim_id] for claim_id in wanted)


@action(Permission.REVIEW_CLAIMS)
def return_claim(
    scope: Scope,
    claim_id: int,
    *,
    seen_version: int,
    comments: Mapping[str, str],
    labels: Mapping[str, str],
    note: str,
    issuer: Issuer,
) -> int:
    """Give a claim back with comments on single fields; gives the decision's id.

    `comments` maps a field to what is asked for, `labels` a field to its name in the letter.
    """
    if not comments and not note.strip():
        raise NotValid({"note": "Say what has to change, at a field or here."})
    claim = _load_to_decide(scope, claim_id, Step.RETURN, seen_version)
    step = _step(scope, claim, Step.RETURN, comment=note)
    scope.session.add(step)
    scope.session.flush()  # the comments point at the step
    scope.session.add_all(
        FieldComment(step_id=step.id, field=field, comment=comment) for field, comment in comments.items()
    )
    _move(scope, claim, ClaimState.RETURNED)
    told = {labels.get(field, field): comment for field, comment in comments.items()}
    letter = letters.returned_letter(posting.decided(scope, claim, issuer), told, note)
    posting.post(scope, claim, letter, key=f"returned:{step.id}", step_id=step.id, not_before=step.release_at)
    scope.record("claim.returned", "claim", claim.id, version=seen_version, fields=sorted(comments))
    return step.id


@action(Permission.REVIEW_CLAIMS)
def deny_claim(scope: Scope, claim_id: int, *, seen_version: int, reason: str, issuer: Issuer) -> int:
    """Deny a claim with a reason; gives the decision's id."""
    if not reason.strip():
        raise NotValid({"reason": "Say why. The teacher sees it."})
    claim = _load_to_decide(scope, claim_id, Step.DENY, seen_version)
    step = _step(scope, claim, Step.DENY, comment=reason)
    scope.session.add(step)
    _move(scope, claim, ClaimState.DENIED)
    letter = letters.denied_letter(posting.decided(scope, claim, issuer), reason)
    posting.post(scope, claim, letter, key=f"denied:{step.id}", step_id=step.id, not_before=step.release_at)
    scope.record("claim.denied", "claim", claim.id, version=seen_version)
    return step.id


@action(Permission.REVIEW_CLAIMS)
def undo_decisions(scope: Scope, step_ids: Sequence[int]) -> tuple[Outcome, ...]:
    """Take decisions back within their time: the claims wait again, their letters are called back.

    Credit is taken back by new ledger entries, and certificates that never left are recalled.
    """
    decisions = reviewing.decisions(scope, step_ids)
    outcomes: list[Outcome] = []
    undone: list[tuple[Deciding, int]] = []
    for decision in decisions:
        claim = decision.claim
        try:
            if decision.is_undone or decision.is_overtaken:
                raise NotNow(
                    "undone_meanwhile", "Something else happened to this claim since. Look at it again."
                )
            advance(claim.state, Step.UNDO)
            may_undo(
                decided_at=decision.at,
                decided_by=decision.by_person_id,
                by=scope.me.id,
                at=scope.at,
                released_at=decision.release_at if decision.release_at <= scope.at else None,
            )
        except Refusal as refusal:
            outcomes.append(Outcome(claim.id, claim.title, claim.person_name, refusal=refusal))
            continue
        undone.append((claim, decision.step_id))
        outcomes.append(Outcome(claim.id, claim.title, claim.person_name, step_id=decision.step_id))
    _undo(scope, undone)
    return tuple(outcomes)


@action(Permission.REVIEW_CLAIMS)
def release_decisions(scope: Scope, step_ids: Sequence[int]) -> int:
    """Let mail and certificates of one's own decisions leave now; gives how many were still held."""
    held = [
        decision.step_id
        for decision in reviewing.decisions(scope, step_ids)
        if not decision.is_undone and decision.by_person_id == scope.me.id and decision.release_at > scope.at
    ]
    if held:
        scope.session.execute(sa.update(ClaimStep).where(ClaimStep.id.in_(held)).values(release_at=scope.at))
        scope.session.execute(
            sa.update(Certificate).where(Certificate.step_id.in_(held)).values(release_at=scope.at)
        )
        posting.hurry(scope, held)
    for step_id in held:
        scope.record("decision.released", "claim_step", step_id)
    return len(held)


@action(Permission.REVERSE_CREDIT)
def reverse_credit(scope: Scope, claim_id: int, *, seen_version: int, reason: str, issuer: Issuer) -> int:
    """Take credit back after its release, by a new ledger entry, and revoke the certificate; gives the step's id."""
    if not reason.strip():
        raise NotValid(
            {"reason": "Say why. The teacher sees it, and so does everyone who checks the certificate."}
        )
    claim = _load_to_decide(scope, claim_id, Step.REVERSE, seen_version)
    step = _step(scope, claim, Step.REVERSE, comment=reason, release_at=scope.at)
    scope.session.add(step)
    scope.session.flush()  # the ledger entries point at the step
    minutes = _take_back(scope, {claim.id: step.id})
    _move(scope, claim, ClaimState.REVERSED)
    for certificate in reviewing.standing_certificates(scope, [claim.id]):
        scope.session.add(
            CertificateStatus(
                certificate_id=certificate.id,
                news=CertificateNews.REVOKED,
                at=scope.at,
                by_person_id=scope.me.id,
                by_name=scope.me.name,
                reason=reason,
            )
        )
        scope.record("certificate.revoked", "certificate", certificate.id, reason=reason)
    letter = letters.reversed_letter(posting.decided(scope, claim, issuer), minutes, reason)
    posting.post(scope, claim, letter, key=f"reversed:{step.id}", step_id=step.id, not_before=scope.at)
    scope.record("claim.reversed", "claim", claim.id, version=seen_version, minutes=minutes)
    return step.id


def _load_to_decide(scope: Scope, claim_id: int, step: Step, seen_version: int) -> Deciding:
    claim = reviewing.to_decide(scope, [claim_id]).get(claim_id)
    if claim is None:
        raise NotHere
    _require_undecided(scope, claim, step, seen_version)
    return claim


def _require_undecided(scope: Scope, claim: Deciding, step: Step, seen_version: int) -> None:
    """Refuse what the workflow, the person or the version on the screen doesn't allow."""
    reviewing.require_reviewable(scope, claim)
    advance(claim.state, step)
    if claim.version != seen_version:
        raise NotNow(
            "changed_meanwhile", "It changed since you opened it. Look at it again before you decide."
        )


def _step(
    scope: Scope, claim: Deciding, step: Step, *, comment: str = "", release_at: object = None
) -> ClaimStep:
    return ClaimStep(
        id=new_id(),
        claim_id=claim.id,
        claimant_id=claim.person_id,
        step=step,
        from_state=claim.state,
        to_state=advance(claim.state, step),
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        by_title=scope.me.title,
        at=scope.at,
        seen_version=claim.version,
        comment=comment,
        adjust_reason="",
        release_at=release_at or undo_until(scope.at),
    )


def _move(scope: Scope, claim: Deciding, to_state: ClaimState) -> None:
    """Set the new state if the claim still is what the reviewer saw; the row's lock is already held."""
    moved = scope.session.execute(
        sa.update(Claim)
        .where(Claim.id == claim.id, Claim.version == claim.version, Claim.state == claim.state)
        .values(state=to_state, version=Claim.version + 1, decided_at=scope.at, waiting_since=scope.at)
    )
    _require_all_moved(moved, 1)


def _credit(scope: Scope, approvals: Sequence[Approval]) -> None:
    if not approvals:
        return
    seen = [(approval.claim.id, approval.claim.version) for approval in approvals]
    moved = scope.session.execute(
        sa.update(Claim)
        .where(sa.tuple_(Claim.id, Claim.version).in_(seen), Claim.state == ClaimState.SUBMITTED)
        .values(
            state=ClaimState.CREDITED,
            version=Claim.version + 1,
            decided_at=scope.at,
            waiting_since=scope.at,
        )
    )
    _require_all_moved(moved, len(seen))


def _require_all_moved(moved: object, expected: int) -> None:
    """The conditional update is the decision: should a row have slipped away, nothing of the batch happens."""
    if getattr(moved, "rowcount", -1) != expected:
        raise NotNow(
            "decided_meanwhile", "Somebody decided one of these a moment before you. Look at them again."
        )


def _undo(scope: Scope, undone: Sequence[tuple[Deciding, int]]) -> None:
    if not undone:
        return
    steps = {claim.id: new_id() for claim, _ in undone}
    scope.session.insert_rows(
        ClaimStep,
        [
            {
                "id": steps[claim.id],
                "claim_id": claim.id,
                "claimant_id": claim.person_id,
                "step": Step.UNDO,
                "from_state": claim.state,
                "to_state": ClaimState.SUBMITTED,
                "by_person_id": scope.me.id,
                "by_name": scope.me.name,
                "by_title": scope.me.title,
                "at": scope.at,
                "seen_version": claim.version,
                "comment": "",
                "granted_minutes": None,
                "adjust_reason": "",
                "release_at": None,
                "undoes_step_id": step_id,
            }
            for claim, step_id in undone
        ],
    )
    credited = {claim.id: steps[claim.id] for claim, _ in undone if claim.state is ClaimState.CREDITED}
    _take_back(scope, credited)
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
            for certificate in reviewing.standing_certificates(scope, list(credited))
        ],
    )
    posting.call_back(scope, [step_id for _, step_id in undone])
    seen = [(claim.id, claim.version) for claim, _ in undone]
    moved = scope.session.execute(
        sa.update(Claim)
        .where(sa.tuple_(Claim.id, Claim.version).in_(seen))
        .values(
            state=ClaimState.SUBMITTED,
            version=Claim.version + 1,
            decided_at=None,
            waiting_since=Claim.submitted_at,
        )
    )
    _require_all_moved(moved, len(seen))
    for claim, step_id in undone:
        scope.record("decision.undone", "claim", claim.id, step=step_id, from_state=claim.state.value)


def _take_back(scope: Scope, steps: Mapping[int, int]) -> int:
    """Write the entries that bring these claims' credit to nothing; gives the minutes taken back.

    `steps` maps a claim to the step that takes its credit back.
    """
    if not steps:
        return 0
    standing = reviewing.standing_credit(scope, list(steps))
    rows = [
        {
            "id": new_id(),
            "claim_id": entry.claim_id,
            "person_id": entry.person_id,
            "step_id": steps[entry.claim_id],
            "entry": EntryKind.REVERSAL,
            "category": entry.category,
            "kind": entry.kind,
            "minutes": -entry.minutes,
            "activity_on": entry.activity_on,
            "policy_id": entry.policy_id,
            "policy_name": entry.policy_name,
            "trace": [
                {
                    "rule": "reversal",
                    "before": entry.minutes,
                    "after": 0,
                    "sentence": f"Taken back by {scope.me.name}.",
                }
            ],
            "awarded_at": scope.at,
        }
        for entry in standing
    ]
    scope.session.insert_rows(Award, rows)
    return sum(entry.minutes for entry in standing)
