"""Many claims at once: what would happen, before it does, and what became of each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.claim import Step, undo_until
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refs import ref_of
from pdtracker.domain.telling import count_of
from pdtracker.queries import outcomes
from pdtracker.queries import reviews as desk
from pdtracker.queries.checking import CheckedClaim
from pdtracker.queries.outcomes import Batch, Decided
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import new_key
from pdtracker.web.requests import scope
from pdtracker.web.reviews.asked import Link, claim_links, read
from pdtracker.web.reviews.choosing import LeftOut, skipped_words, sort_out, what_of
from pdtracker.web.reviews.entries import QueueEntry, clock, queue_entry
from pdtracker.web.reviews.forms import DecisionForm, Seen

batches = Blueprint("batches", __name__)


@dataclass(frozen=True, slots=True)
class ToDecide:
    """A chosen claim that would be decided; `minutes` is what counts of it."""

    entry: QueueEntry
    minutes: int


@dataclass(frozen=True, slots=True)
class DecidedEntry:
    """What became of one claim of a batch, and how that stands today."""

    href: str
    person: str
    title: str
    minutes: int
    sign: str
    words: str


@batches.get("/<slug:district>/reviews/outcomes/<ref:batch_id>")
@permitted(Permission.SEE_REVIEWS)
def show(batch_id: int) -> Answer:
    """What became of each claim of a batch; while there is time, with Undo."""
    who, asked = scope(), read(request.args)
    found = outcomes.batch(who, batch_id)
    decided = list(found.decided.values())
    held = [one for one in decided if one.is_held(who.at)]
    link = claim_links(asked.trail())
    standing = [one for one in decided if not one.is_undone]
    return answers.page(
        "reviews/outcome.html",
        trail=asked.trail(),
        back=asked.back(),
        here=url_for("batches.show", batch_id=batch_id, **asked.trail()),
        step=_step_of(decided).value,
        count=len(standing),
        minutes=sum(one.minutes for one in standing),
        passed=sum(one.step is Step.ENDORSE for one in standing),
        undone=len(decided) - len(standing),
        held=[ref_of(one.step_id) for one in held],
        until=clock(min(one.release_at for one in held), who.zone) if held else "",
        left_out=[_refused(outcome, link) for outcome in found.outcomes if outcome.refusal is not None],
        entries=[
            _decided_entry(found, outcome, link) for outcome in found.outcomes if outcome.step_id is not None
        ],
    )


def confirming_page(step: Step, form: DecisionForm, status: int = HTTPStatus.OK) -> Answer:
    """What would happen to the chosen claims, and which of them are left out, and why."""
    who, asked, seen = scope(), read(request.args), form.claim.data
    form.idempotency_key.data = form.idempotency_key.data or new_key()
    rows = {row.id: row for row in desk.chosen_waiting(who, [one.claim_id for one in seen])}
    link = claim_links(asked.trail())
    current, left_out = _as_seen(who, seen, rows, link)
    sorted_out = sort_out(who, step, current, link)
    left_out = [*sorted_out.stopped, *left_out, *sorted_out.unworthy]
    chosen = [ToDecide(queue_entry(who, row, asked, link), minutes) for row, minutes in sorted_out.to_decide]
    if step is Step.RETURN:
        form.note.label.text = "What has to change"
    return answers.page(
        f"reviews/confirm_{step.value}.html",
        status,
        trail=asked.trail(),
        back=asked.back(),
        form=form,
        chosen=chosen,
        minutes=sum(one.minutes for one in chosen),
        claimed=sum(one.entry.minutes for one in chosen),
        left_out=left_out,
        skipped=skipped_words(left_out),
        until=clock(undo_until(who.at), who.zone),
    )


def refused_page(step: Step, found: Sequence[Outcome]) -> Answer:
    """Nothing of a batch was decided: each claim with its reason (409)."""
    asked = read(request.args)
    return answers.page(
        "reviews/outcome.html",
        HTTPStatus.CONFLICT,
        trail=asked.trail(),
        back=asked.back(),
        here="",
        step=step.value,
        count=0,
        minutes=0,
        passed=0,
        undone=0,
        held=[],
        until="",
        left_out=[_refused(outcome, claim_links(asked.trail())) for outcome in found],
        entries=[],
    )


def _as_seen(
    who: Scope, seen: Sequence[Seen], rows: dict[int, CheckedClaim], link: Link
) -> tuple[list[CheckedClaim], list[LeftOut]]:
    """The chosen claims that still are what was on the screen, in the queue's order; and the others."""
    versions = {one.claim_id: one.version for one in seen}
    current = [row for row in rows.values() if row.version == versions[row.id]]
    changed = [row for row in rows.values() if row.version != versions[row.id]]
    left_out = [
        LeftOut(
            row.person_name,
            what_of(who, row),
            link(row.id),
            "changed",
            "It changed since you looked. Open it to see it as it is now.",
        )
        for row in changed
    ]
    gone = [one for one in seen if one.claim_id not in rows]
    if gone:
        left_out.append(
            LeftOut(
                count_of(len(gone), "claim", "claims"),
                count_of(len(gone), "claim", "claims").capitalize(),
                "",
                "no longer waiting",
                "Decided, withdrawn or not yours to decide since you looked.",
            )
        )
    return current, left_out


def _step_of(decided: Sequence[Decided]) -> Step:
    """What was decided: to endorse is to approve, too."""
    step = decided[0].step if decided else Step.APPROVE
    return Step.APPROVE if step is Step.ENDORSE else step


def _refused(outcome: Outcome, link: Link) -> LeftOut:
    what = f"{outcome.person}, {outcome.title}" if outcome.person else "A claim that isn’t on your desk"
    sentence = outcome.refusal.sentence if outcome.refusal is not None else ""
    href = link(outcome.claim_id) if outcome.person else ""
    return LeftOut(outcome.person, what, href, "", sentence)


def _decided_entry(found: Batch, outcome: Outcome, link: Link) -> DecidedEntry:
    today: Decided | None = found.decided.get(outcome.step_id or 0)
    sign, words = "ok", f"Approved, goes on to {outcome.goes_to}" if outcome.goes_to else "Approved"
    if today is not None and today.step is Step.RETURN:
        sign, words = "back", "Returned"
    if today is None or today.is_undone:
        sign, words = "todo", "Undone"
    elif today.is_overtaken:
        words = f"{words}, changed since"
    return DecidedEntry(
        link(outcome.claim_id),
        outcome.person,
        outcome.title,
        outcome.minutes,
        sign,
        words,
    )
