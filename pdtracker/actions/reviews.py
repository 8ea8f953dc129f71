"""Deciding claims: approve many at once, return, deny, and take credit back.

Every decision names the version of the claim that the reviewer had before them; a claim that changed since is
left out with a sentence, never decided unseen. Bulk actions give one outcome for each claim: a bad one neither
blocks nor undoes the rest. The same form (`key`) twice is one decision, answered alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from pdtracker.actions import planning, posting
from pdtracker.actions.crediting import Change, Crediting, take_back
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.moving import move, step_row
from pdtracker.domain import letters
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState, Step, advance, undo_until
from pdtracker.domain.outcome import Outcome, from_document, to_document
from pdtracker.domain.refusals import NotHere, NotNow, NotValid, Refusal
from pdtracker.domain.split import Split
from pdtracker.domain.when import local, time_text
from pdtracker.models.certificates import CertificateNews, CertificateStatus
from pdtracker.models.claims import ClaimStep, FieldComment
from pdtracker.models.ids import new_id
from pdtracker.models.records import OutboxMail
from pdtracker.queries import reviewing
from pdtracker.queries.contents import contents_of
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import Scope, action


@dataclass(frozen=True, slots=True)
class Wish:
    """A claim to decide: the version that was on the screen, and what the reviewer says with an approval.

    `minutes` and `split` only if the reviewer changed them, with the `reason`; `struck` are stated facts that don't
    hold, with the same reason; `note` is a word to the claimant.
    """

    claim_id: int
    seen_version: int
    minutes: int | None = None
    reason: str = ""
    note: str = ""
    split: Split | None = None
    struck: tuple[int, ...] = ()


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
    wanted = {wish.claim_id: wish for wish in wishes}
    claims = reviewing.to_decide(scope, wanted)
    crediting = Crediting(scope, issuer, claims.values())
    outcomes = []
    for wish in wanted.values():
        claim = claims.get(wish.claim_id)
        try:
            seen = _undecided(scope, claim, Step.APPROVE, wish.seen_version)
            approval = crediting.approve(
                seen, Change(wish.minutes, wish.split, wish.struck, wish.reason), wish.note
            )
            outcomes.append(_outcome(seen, approval.step_id, approval.credit.minutes))
        except Refusal as refusal:
            outcomes.append(_left_out(wish.claim_id, claim, refusal))
    move(scope, [approval.claim for approval in crediting.approvals], ClaimState.CREDITED)
    crediting.write()
    return _kept(scope, asked, outcomes)


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
    wanted = {wish.claim_id: wish for wish in wishes}
    claims = reviewing.to_decide(scope, wanted)
    seen: dict[int, Deciding] = {}
    refused: dict[int, Refusal] = {}
    for wish in wanted.values():
        try:
            seen[wish.claim_id] = _undecided(scope, claims.get(wish.claim_id), Step.RETURN, wish.seen_version)
        except Refusal as refusal:
            refused[wish.claim_id] = refusal
    steps = _return(scope, list(seen.values()), {}, {}, note, issuer, {})
    outcomes = [
        _outcome(seen[claim_id], steps[claim_id])
        if claim_id in seen
        else _left_out(claim_id, claims.get(claim_id), refused[claim_id])
        for claim_id in wanted
    ]
    return _kept(scope, asked, outcomes)


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
    step_id = _return(scope, [claim], comments, labels, note, issuer, stood)[claim_id]
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
    step_id = _step(scope, [claim], Step.DENY, comment=reason)[claim_id]
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
    scope.record("claim.denied", "claim", claim.id, version=seen_version)
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
    step_id = _step(scope, [claim], Step.REVERSE, comment=reason)[claim_id]
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
    steps = _step(scope, following, Step.REVERSE, comment=reason)
    take_back(scope, steps)
    posting.call_back_news_of(scope, list(steps))
    move(scope, following, ClaimState.REVERSED)
    for one in following:
        scope.record("claim.reversed", "claim", one.id, version=one.version, follows=claim.id)
    return list(steps)


def _load_to_decide(scope: Scope, claim_id: int, step: Step, seen_version: int) -> Deciding:
    return _undecided(scope, reviewing.to_decide(scope, [claim_id]).get(claim_id), step, seen_version)


def _undecided(scope: Scope, claim: Deciding | None, step: Step, seen_version: int) -> Deciding:
    """The claim; refused is what the workflow, the person or the version on the screen doesn't allow."""
    if claim is None:
        raise NotHere
    reviewing.require_reviewable(scope, claim, step)
    advance(claim.state, step)
    if claim.version != seen_version:
        raise NotNow(
            "changed_meanwhile", "It changed since you opened it. Look at it again before you decide."
        )
    return claim


def _require_released(scope: Scope, claim: Deciding) -> None:
    release_at = reviewing.release_of(scope, claim.id)
    if release_at is not None and release_at > scope.at:
        until = time_text(local(release_at, scope.district.zone))
        raise NotNow(
            "not_released",
            f"Its mail and certificate haven\N{RIGHT SINGLE QUOTATION MARK}t left yet."
            f" Whoever approved it can undo that until {until}.",
        )


def _return(
    scope: Scope,
    claims: Sequence[Deciding],
    comments: Mapping[str, str],
    labels: Mapping[str, str],
    note: str,
    issuer: Issuer,
    stood: Mapping[str, str],
) -> Mapping[int, int]:
    """Give each of these claims back with the same words; gives the decision's id for each claim's.

    `stood` is what the fields that are commented say now: it is kept beside the comments.
    """
    steps = _step(scope, claims, Step.RETURN, comment=note)
    scope.session.insert_rows(
        FieldComment,
        [
            {
                "id": new_id(),
                "step_id": step_id,
                "field": field,
                "comment": comment,
                "stood": stood.get(field),
            }
            for step_id in steps.values()
            for field, comment in comments.items()
        ],
    )
    move(scope, claims, ClaimState.RETURNED)
    told = {labels.get(field, field): comment for field, comment in comments.items()}
    scope.session.insert_rows(
        OutboxMail,
        [
            posting.letter_row(
                scope,
                claim,
                letters.returned_letter(posting.decided(scope, claim, issuer), told, note),
                key=f"returned:{steps[claim.id]}",
                step_id=steps[claim.id],
                not_before=undo_until(scope.at),
            )
            for claim in claims
        ],
    )
    for claim in claims:
        scope.record("claim.returned", "claim", claim.id, version=claim.version, fields=sorted(comments))
    return steps


def _step(scope: Scope, claims: Iterable[Deciding], step: Step, *, comment: str) -> Mapping[int, int]:
    """Write down the same step for each claim; gives its id for each claim's. A reversal leaves at once."""
    release_at = scope.at if step is Step.REVERSE else undo_until(scope.at)
    rows = [
        step_row(scope, claim, step, step_id=new_id(), release_at=release_at, comment=comment)
        for claim in claims
    ]
    scope.session.insert_rows(ClaimStep, rows)
    return {row["claim_id"]: row["id"] for row in rows}


def _outcome(claim: Deciding, step_id: int, minutes: int = 0) -> Outcome:
    return Outcome(claim.id, claim.title, claim.person_name, minutes, step_id)


def _left_out(claim_id: int, claim: Deciding | None, refusal: Refusal) -> Outcome:
    """Of a claim that the reviewer may not even see, nothing is told."""
    if claim is None or refusal.code == reviewing.OTHER_SCHOOL:
        return Outcome(claim_id, "", "", refusal=refusal)
    return Outcome(claim_id, claim.title, claim.person_name, refusal=refusal)


def _kept(scope: Scope, asked: Asked, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes, remembered under the form's key when anything happened; refusals alone can be asked for again."""
    if any(outcome.step_id is not None for outcome in outcomes):
        keep_answer(scope, asked, to_document(outcomes))
    return tuple(outcomes)
