"""Decisions: one or many at once, shown first where many are meant; undone, released, reversed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, flash, redirect, request, url_for

from pdtracker.actions.reviews import (
    Wish,
    approve_claims,
    deny_claim,
    return_claim,
    return_claims,
    reverse_credit,
)
from pdtracker.actions.undoing import release_decisions, undo_decisions
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import Step, undo_until
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.telling import all_of, count_of
from pdtracker.installation import issuer_of
from pdtracker.queries import bundles, claims, details, outcomes, reflections
from pdtracker.queries import reviews as desk
from pdtracker.queries.reviews import (
    NextClaim,
)
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import TEXT_LIMIT_BYTES, accepts, permitted, require_proof
from pdtracker.web.forms import new_key
from pdtracker.web.requests import scope
from pdtracker.web.reviews.asked import Asked, read
from pdtracker.web.reviews.batch import confirming_page, refused_page
from pdtracker.web.reviews.entries import clock
from pdtracker.web.reviews.forms import DecisionForm, OneForm, ReversalForm, Seen, StepsForm, one_form
from pdtracker.web.reviews.one import claim_page, labels_of
from pdtracker.web.urls import own_path

decisions = Blueprint("decisions", __name__)

_NOTHING_CHOSEN = "Select at least one claim first."
_COMMENTED = (
    "You commented on single fields. Return the claim with them, or empty them to decide it otherwise."
)


@decisions.post("/<slug:district>/reviews")
@permitted(Permission.REVIEW_CLAIMS)
@accepts(TEXT_LIMIT_BYTES)
def decide() -> Answer:
    """Decide chosen claims: one on its page, many after they were shown."""
    form = DecisionForm()
    if not form.validate():
        return _not_understood(form)
    if not form.claim.data:
        flash(_NOTHING_CHOSEN, "wait")
        return redirect(read(request.args).back(), HTTPStatus.SEE_OTHER)
    if form.one.data and len(form.claim.data) == 1:
        return _decide_one(form.claim.data[0])
    step = form.step
    if step is Step.DENY:
        raise NotValid({"decision": "Deny claims one by one: each needs its own reason."})
    if form.confirm.data:
        if step is Step.RETURN and len(form.claim.data) == 1:
            where = read(request.args).trail()
            address = url_for("review.show", claim_id=form.claim.data[0].claim_id, **where)
            return redirect(f"{address}#ask", HTTPStatus.SEE_OTHER)
        return confirming_page(step, form)
    if len(form.claim.data) > 1:
        require_proof()
    return _decide_many(step, form)


@decisions.post("/<slug:district>/reviews/undo")
@permitted(Permission.REVIEW_CLAIMS)
def undo() -> Answer:
    """Take one's own decisions back while that is possible."""
    form, asked = StepsForm(), read(request.args)
    found = undo_decisions(scope(), form.step.data) if form.validate() and form.step.data else ()
    undone = [outcome for outcome in found if outcome.step_id is not None]
    _say_undone(undone, [outcome for outcome in found if outcome.refusal is not None])
    if len(found) == 1:
        address = url_for("review.show", claim_id=found[0].claim_id, **asked.trail())
        return redirect(address, HTTPStatus.SEE_OTHER)
    return redirect(asked.back(), HTTPStatus.SEE_OTHER)


@decisions.post("/<slug:district>/reviews/release")
@permitted(Permission.REVIEW_CLAIMS)
def release() -> Answer:
    """Let mail and certificates of one's own decisions leave now; the page on which that was said comes again."""
    form = StepsForm()
    found = release_decisions(scope(), form.step.data) if form.validate() and form.step.data else ()
    if found:
        flash(_released(found), "ok")
    else:
        flash("There was nothing left to release.", "wait")
    return redirect(own_path(form.back.data) or url_for("reviews.queue"), HTTPStatus.SEE_OTHER)


@decisions.post("/<slug:district>/reviews/<ref:claim_id>/reversal")
@permitted(Permission.REVERSE_CREDIT)
def reverse(claim_id: int) -> Answer:
    """Take credit back after its release."""
    form = ReversalForm()
    if not form.validate() or not form.claim.data:
        return claim_page(claim_id, Asked(), reversal=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        reverse_credit(
            scope(),
            claim_id,
            seen_version=form.claim.data[0].version,
            reason=form.reason.data or "",
            issuer=issuer_of(requests.wiring().settings),
            key=form.idempotency_key.data or "",
        )
    except NotValid as refusal:
        form.take(refusal)
        return claim_page(claim_id, Asked(), reversal=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotNow as refusal:
        return claim_page(
            claim_id, Asked(), reversal=form, status=HTTPStatus.CONFLICT, changed=refusal.sentence
        )
    return answers.see(
        "review.show", claim_id=claim_id, saying="The credit is taken back, and its certificate is revoked."
    )


def _not_understood(form: DecisionForm) -> Answer:
    """The page again with its sentences and all that was typed; what no page of ours sends gets a sentence alone."""
    if form.claim.errors or form.decision.errors or not form.claim.data:
        told = [str(sentence) for sentence in (*form.claim.errors, *form.decision.errors)]
        raise NotValid({"claim": " ".join(told) or _NOTHING_CHOSEN})
    if form.one.data:
        one = _one_form(form.claim.data[0])
        one.validate()
        return _page_again(form.claim.data[0], one)
    return confirming_page(form.step, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _decide_many(step: Step, form: DecisionForm) -> Answer:
    who, key = scope(), form.idempotency_key.data or new_key()
    issuer = issuer_of(requests.wiring().settings)
    wishes = [Wish(seen.claim_id, seen.version) for seen in form.claim.data]
    try:
        if step is Step.APPROVE:
            found = approve_claims(who, wishes, issuer, key=key)
        else:
            found = return_claims(who, wishes, form.note.data or "", issuer, key=key)
    except NotValid as refusal:
        form.take(refusal)
        return confirming_page(step, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotNow:
        # The same form came twice at one moment; the other one has the answer.
        found = ()
    batch_id = outcomes.batch_of_key(who, key)
    if batch_id is None:
        return refused_page(step, found)
    address = url_for("batches.show", batch_id=batch_id, **read(request.args).trail())
    return redirect(address, HTTPStatus.SEE_OTHER)


def _decide_one(seen: Seen) -> Answer:
    form = _one_form(seen)
    if not form.validate() or not _in_accord(form):
        return _page_again(seen, form)
    who, asked = scope(), read(request.args)
    try:
        outcome = _decided(who, seen, form)
    except NotValid as refusal:
        form.take(refusal)
        return _page_again(seen, form)
    except NotNow as refusal:
        return claim_page(
            seen.claim_id, asked, form=form, status=HTTPStatus.CONFLICT, changed=refusal.sentence
        )
    _say_decided(form.step, outcome)
    following = desk.next_waiting(who, asked.filter, asked.after, form.spot, form.named)
    return _on_to(following, asked, outcome)


def _in_accord(form: OneForm) -> bool:
    """Comments on single fields go with a return only: nothing that was written is thrown away unseen."""
    if form.step is Step.RETURN or not form.comments():
        return True
    form.take(NotValid({"note": _COMMENTED}))
    return False


def _decided(who: Scope, seen: Seen, form: OneForm) -> Outcome:
    """The outcome of a decision on one claim; what refuses it is raised."""
    issuer = issuer_of(requests.wiring().settings)
    key, note = form.idempotency_key.data or "", form.note.data or ""
    claim = claims.claim(who, seen.claim_id)
    match form.step:
        case Step.APPROVE:
            changed = form.minutes.data is not None and form.minutes.data != claim.minutes
            stated = details.split_of_claim(who, claim.id)
            split = None if form.split in (None, stated) else form.split
            wish = Wish(
                seen.claim_id,
                seen.version,
                form.minutes.data if changed else None,
                form.adjust_reason.data or "",
                note,
                split,
                tuple(form.strike.data or ()),
            )
            (outcome,) = approve_claims(who, [wish], issuer, key=key)
            if outcome.refusal is not None:
                raise outcome.refusal
            return outcome
        case Step.RETURN:
            step_id = return_claim(
                who,
                seen.claim_id,
                seen_version=seen.version,
                comments=form.comments(),
                labels=_labels(seen.claim_id),
                note=note,
                issuer=issuer,
                key=key,
            )
        case _:
            step_id = deny_claim(
                who, seen.claim_id, seen_version=seen.version, reason=note, issuer=issuer, key=key
            )
    return Outcome(claim.id, claim.title, claim.person_name, 0, step_id)


def _one_form(seen: Seen) -> OneForm:
    """The form of the page of this claim: with one comment for each of its fields."""
    return one_form(_labels(seen.claim_id))()


def _labels(claim_id: int) -> Mapping[str, str]:
    return labels_of(reflections.answers(scope(), claim_id), bundles.parts_of(scope(), claim_id))


def _page_again(seen: Seen, form: OneForm) -> Answer:
    return claim_page(seen.claim_id, read(request.args), form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _say_decided(step: Step, outcome: Outcome) -> None:
    until = clock(undo_until(scope().at), scope().zone)
    done = {Step.APPROVE: "approved", Step.RETURN: "returned", Step.DENY: "denied"}[step]
    what = f"{outcome.person}, {outcome.title}"
    if step is Step.APPROVE:
        done = f"{hours_phrase(outcome.minutes) if outcome.minutes else 'no hours'} {done}"
    if outcome.goes_to:
        done = f"approved. It goes on to {outcome.goes_to}"
    flash(f"{what}: {done}. You can undo until {until}.", "ok")


def _on_to(following: NextClaim | None, asked: Asked, outcome: Outcome) -> Answer:
    """The next claim, or the desk when none is left; the address names what was decided, for its Undo."""
    done = ref_of(outcome.step_id) if outcome.step_id is not None else None
    where = replace(asked, after=following.page if following else None).trail()
    if following is None:
        return redirect(url_for("reviews.queue", done=done, **where), HTTPStatus.SEE_OTHER)
    address = url_for("review.show", claim_id=following.id, done=done, **where)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _released(found: Sequence[Outcome]) -> str:
    """What is on its way: `Released: Ada Lindqvist, Reading circle.`, or how many and whose."""
    what, things = f"{found[0].person}, {found[0].title}", "It is"
    if len(found) > 1:
        names = list(dict.fromkeys(outcome.person for outcome in found))
        whose = all_of(names)
        what, things = f"{count_of(len(found), 'decision', 'decisions')}, for {whose}", "They are"
    return f"Released: {what}. {things} on the way; what was credited can still be reversed."


def _say_undone(undone: list[Outcome], kept: list[Outcome]) -> None:
    if undone:
        claims_wait = "The claim waits" if len(undone) == 1 else "The claims wait"
        flash(
            f"{count_of(len(undone), 'decision', 'decisions').capitalize()} undone. {claims_wait} for you again.",
            "ok",
        )
    for outcome in kept[:1]:
        more = f" And {len(kept) - 1:,} more." if len(kept) > 1 else ""
        flash(
            f"{outcome.person}, {outcome.title}: {outcome.refusal.sentence if outcome.refusal else ''}{more}",
            "stop",
        )
    if not undone and not kept:
        flash("There was nothing to undo.", "wait")
