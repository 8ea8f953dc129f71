"""Deciding claims: approve many at once, return, deny, and take credit back.

Every decision names the version of the claim that the reviewer had before them; a claim that changed since is
left out with a sentence, never decided unseen. Bulk actions give one outcome for each claim: a bad one neither
blocks nor undoes the rest. The same form (`key`) twice is one decision, answered alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from pdtracker.actions import planning, posting
from pdtracker.actions.crediting import take_back
from pdtracker.actions.deciding import Wish, approved, give_back, returned, undecided, written_steps
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.moving import move, on_behalf
from pdtracker.actions.summing_up import settle_after
from pdtracker.domain import letters
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState, Step, undo_until
from pdtracker.domain.outcome import Outcome, from_document, to_document
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.when import local, time_text
from pdtracker.models.certificates import CertificateNews, CertificateStatus
from pdtracker.queries import reviewing
from pdtracker.queries.contents import contents_of
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import Scope, action

# The wish is what callers bring to an approval.
__all__ = [
    "Wish",
    "approve_claims",
    "deny_claim",
    "return_claim",
    "return_claims",
    "reverse_credit",
]


@action(Permission.REVIEW_CLAIMS)
def approve_claims(
    scope: Scope, wishes: Sequence[Wish], issuer: Issuer, *, key: str = ""
) -> tuple[Outcome, ...]:
    """Turn claims into credit and certificates: one transaction, one outcome for each wish, in their order.

    The number of statements doesn't grow with the number of claims.
    """
    asked = Asked(key, "approve_claims", {"wishes": [asdict(wish) for wish in wishes]})
    if (before := answered(scope, asked)) is not None:
        return from_document(before)
    return _kept(scope, asked, approved(scope, wishes, issuer))


@action(Permission.REVIEW_CLAIMS)
def return_claims(
    scope: Scope, wishes: Sequence[Wish], note: str, issuer: Issuer, *, key: str = ""
) -> tuple[Outcome, ...]:
    """Give claims back with one note for all: one transaction, one outcome for each wish, in their order."""
    asked = Asked(key, "return_claims", {"wishes": [asdict(wish) for wish in wishes], "note": note})
    if (before := answered(scope, asked)) is not None:
        return from_document(before)
    if not note.strip():
        raise NotValid({"note": "Say what has to change."})
    return _kept(scope, asked, returned(scope, wishes, note, issuer))


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
    key: str = "",
) -> int:
    """Give a claim back with comments on single fields; gives the decision's id.

    `comments` maps a field to what is asked for, `labels` a field to its name in the letter.
    """
    asked = Asked(key, "return_claim", {"claim": claim_id, "comments": dict(comments), "note": note})
    if (before := answered(scope, asked)) is not None:
        return int(before["step"])
    if not comments and not note.strip():
        raise NotValid({"note": "Say what has to change, at a field or here."})
    claim = _load_to_decide(scope, claim_id, Step.RETURN, seen_version)
    stood = contents_of(scope, claim_id) if comments else {}
    step_id = give_back(scope, [claim], comments, labels, note, issuer, stood)[claim_id]
    keep_answer(scope, asked, {"step": step_id})
    return step_id


@action(Permission.REVIEW_CLAIMS)
def deny_claim(
    scope: Scope, claim_id: int, *, seen_version: int, reason: str, issuer: Issuer, key: str = ""
) -> int:
    """Deny a claim with a reason; gives the decision's id."""
    asked = Asked(key, "deny_claim", {"claim": claim_id, "reason": reason})
    if (before := answered(scope, asked)) is not None:
        return int(before["step"])
    if not reason.strip():
        raise NotValid({"reason": "Say why. The teacher sees it."})
    claim = _load_to_decide(scope, claim_id, Step.DENY, seen_version)
    step_id = written_steps(scope, [claim], Step.DENY, comment=reason)[claim_id]
    move(scope, [claim], ClaimState.DENIED)
    letter = letters.denied_letter(posting.decided(scope, claim, issuer), reason)
    posting.post(
        scope,
        claim,
        letter,
        key=f"denied:{step_id}",
        step_id=step_id,
        not_before=undo_until(scope.at),
    )
    scope.record("claim.denied", "claim", claim.id, version=seen_version, **on_behalf(claim))
    keep_answer(scope, asked, {"step": step_id})
    return step_id


@action(Permission.REVERSE_CREDIT)
def reverse_credit(
    scope: Scope, claim_id: int, *, seen_version: int, reason: str, issuer: Issuer, key: str = ""
) -> int:
    """Take credit back after its release, by a new ledger entry, and revoke the certificate; gives the step's id.

    What followed it goes with it: what waits is withdrawn, what is credited is taken back as well. Refuses with NotNow
    what can still be undone: its letter would leave after the one that takes it back.
    """
    asked = Asked(key, "reverse_credit", {"claim": claim_id, "reason": reason})
    if (before := answered(scope, asked)) is not None:
        return int(before["step"])
    if not reason.strip():
        raise NotValid(
            {"reason": "Say why. The teacher sees it, and so does everyone who checks the certificate."}
        )
    claim = _load_to_decide(scope, claim_id, Step.REVERSE, seen_version)
    _require_released(scope, claim)
    step_id = written_steps(scope, [claim], Step.REVERSE, comment=reason)[claim_id]
    minutes = take_back(scope, {claim.id: step_id})
    move(scope, [claim], ClaimState.REVERSED)
    following = _reverse_following(scope, claim, reason)
    for certificate in reviewing.standing_certificates(scope, [claim.id, *following]):
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
    settle_after(scope, issuer, claim.person_id)
    decided = posting.decided(scope, claim, issuer)
    letter = letters.reversed_letter(decided, minutes, reason, is_followed=bool(following))
    posting.post(scope, claim, letter, key=f"reversed:{step_id}", step_id=step_id, not_before=scope.at)
    scope.record("claim.reversed", "claim", claim.id, version=seen_version, minutes=minutes)
    keep_answer(scope, asked, {"step": step_id})
    return step_id


def _reverse_following(scope: Scope, claim: Deciding, reason: str) -> Sequence[int]:
    """Take back what followed a claim that is reversed; gives the claims of it that were credited."""
    credited = planning.withdraw(scope, claim.id, reason)
    if not credited:
        return ()
    following = list(reviewing.to_decide(scope, credited).values())
    steps = written_steps(scope, following, Step.REVERSE, comment=reason)
    take_back(scope, steps)
    posting.call_back_news_of(scope, list(steps))
    move(scope, following, ClaimState.REVERSED)
    for one in following:
        scope.record("claim.reversed", "claim", one.id, version=one.version, follows=claim.id)
    return list(steps)


def _load_to_decide(scope: Scope, claim_id: int, step: Step, seen_version: int) -> Deciding:
    return undecided(scope, reviewing.to_decide(scope, [claim_id]).get(claim_id), step, seen_version)


def _require_released(scope: Scope, claim: Deciding) -> None:
    release_at = reviewing.release_of(scope, claim.id)
    if release_at is not None and release_at > scope.at:
        until = time_text(local(release_at, scope.district.zone))
        raise NotNow(
            "not_released",
            f"Its mail and certificate haven\N{RIGHT SINGLE QUOTATION MARK}t left yet."
            f" Whoever approved it can undo that until {until}.",
        )


def _kept(scope: Scope, asked: Asked, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes, remembered under the form's key when anything happened; refusals alone can be asked for again."""
    if any(outcome.step_id is not None for outcome in outcomes):
        keep_answer(scope, asked, to_document(outcomes))
    return tuple(outcomes)
