"""Decisions within a running transaction: claims become credit, or go back, with one outcome for each.

No action by itself: `reviews` decides what lies before a reviewer, `bulk` one claim of a job after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pdtracker.actions import posting
from pdtracker.actions.crediting import Change, Crediting
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.moving import move, on_behalf, step_row
from pdtracker.actions.routing import pass_on
from pdtracker.domain import letters
from pdtracker.domain.claim import DECISIONS, ClaimState, Step, advance, undo_until
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid, Refusal
from pdtracker.domain.split import Split
from pdtracker.models.claims import ClaimStep, FieldComment
from pdtracker.models.ids import new_id
from pdtracker.models.records import OutboxMail
from pdtracker.queries import reviewing
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import Scope


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


def approved(scope: Scope, wishes: Sequence[Wish], issuer: Issuer) -> list[Outcome]:
    """Turn claims into credit and certificates, or pass them on to their next review.

    One outcome for each wish, in their order.
    """
    wanted = {wish.claim_id: wish for wish in wishes}
    claims = reviewing.to_decide(scope, wanted)
    crediting = Crediting(scope, issuer, [claim for claim in claims.values() if not claim.route.goes_on])
    endorsed: list[tuple[Deciding, str]] = []
    outcomes = []
    for wish in wanted.values():
        claim = claims.get(wish.claim_id)
        try:
            seen = undecided(scope, claim, Step.APPROVE, wish.seen_version)
            if seen.route.goes_on:
                _require_unchanged(wish)
                endorsed.append((seen, wish.note))
                outcomes.append(_outcome(seen, None))
                continue
            approval = crediting.approve(
                seen, Change(wish.minutes, wish.split, wish.struck, wish.reason), wish.note
            )
            outcomes.append(_outcome(seen, approval.step_id, approval.credit.minutes))
        except Refusal as refusal:
            outcomes.append(_left_out(wish.claim_id, claim, refusal))
    move(scope, [approval.claim for approval in crediting.approvals], ClaimState.CREDITED)
    crediting.write()
    steps = pass_on(scope, endorsed)
    return [
        replace(
            outcome,
            step_id=steps[outcome.claim_id],
            goes_to=claims[outcome.claim_id].route.following[0].words,
        )
        if outcome.claim_id in steps
        else outcome
        for outcome in outcomes
    ]


def returned(scope: Scope, wishes: Sequence[Wish], note: str, issuer: Issuer) -> list[Outcome]:
    """Give claims back with one note for all; one outcome for each wish, in their order."""
    wanted = {wish.claim_id: wish for wish in wishes}
    claims = reviewing.to_decide(scope, wanted)
    seen: dict[int, Deciding] = {}
    refused: dict[int, Refusal] = {}
    for wish in wanted.values():
        try:
            seen[wish.claim_id] = undecided(scope, claims.get(wish.claim_id), Step.RETURN, wish.seen_version)
        except Refusal as refusal:
            refused[wish.claim_id] = refusal
    steps = give_back(scope, list(seen.values()), {}, {}, note, issuer, {})
    return [
        _outcome(seen[claim_id], steps[claim_id])
        if claim_id in seen
        else _left_out(claim_id, claims.get(claim_id), refused[claim_id])
        for claim_id in wanted
    ]


def undecided(scope: Scope, claim: Deciding | None, step: Step, seen_version: int) -> Deciding:
    """The claim; refused is what the workflow, the person or the version on the screen doesn't allow."""
    if claim is None:
        raise NotHere
    reviewing.require_reviewable(scope, claim, step)
    advance(claim.state, step)
    if claim.version != seen_version:
        raise NotNow(
            "changed_meanwhile", "It changed since you opened it. Look at it again before you decide."
        )
    if step in DECISIONS and not claim.is_my_turn:
        raise NotPermitted(
            "other_turn",
            f"It isn\N{RIGHT SINGLE QUOTATION MARK}t your turn: its open review is for {claim.route.open.words},"
            " and nobody takes two reviews of one claim.",
        )
    return claim


def give_back(
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
    steps = written_steps(scope, claims, Step.RETURN, comment=note)
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
        scope.record(
            "claim.returned",
            "claim",
            claim.id,
            version=claim.version,
            fields=sorted(comments),
            **on_behalf(claim),
        )
    return steps


def written_steps(scope: Scope, claims: Iterable[Deciding], step: Step, *, comment: str) -> Mapping[int, int]:
    """Write down the same step for each claim; gives its id for each claim's. A reversal leaves at once."""
    release_at = scope.at if step is Step.REVERSE else undo_until(scope.at)
    rows = [
        step_row(scope, claim, step, step_id=new_id(), release_at=release_at, comment=comment)
        for claim in claims
    ]
    scope.session.insert_rows(ClaimStep, rows)
    return {row["claim_id"]: row["id"] for row in rows}


def _require_unchanged(wish: Wish) -> None:
    """Refuse other hours before the last review: they would be changed twice, and the credit says one reason."""
    if wish.minutes is not None or wish.split is not None or wish.struck:
        raise NotValid(
            {"adjust_reason": "The last review sets the hours. Say in your note what you would change."}
        )


def _outcome(claim: Deciding, step_id: int | None, minutes: int = 0) -> Outcome:
    return Outcome(claim.id, claim.title, claim.person_name, minutes, step_id)


def _left_out(claim_id: int, claim: Deciding | None, refusal: Refusal) -> Outcome:
    """Of a claim that the reviewer may not even see, nothing is told."""
    if claim is None or refusal.code == reviewing.OTHER_SCHOOL:
        return Outcome(claim_id, "", "", refusal=refusal)
    return Outcome(claim_id, claim.title, claim.person_name, refusal=refusal)
