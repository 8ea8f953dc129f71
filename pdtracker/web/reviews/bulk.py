"""All claims of a filter at once: what would happen, the job that does it, how far it is, and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for

from pdtracker.actions.bulk import MOST_AT_ONCE, decide_all, undo_all
from pdtracker.actions.jobs import Part, cancel_own_job
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import Step
from pdtracker.domain.job import ItemState, JobKind, JobState
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.when import moment_text
from pdtracker.queries import jobs as kept
from pdtracker.queries import reviews as desk
from pdtracker.queries.checking import CheckedClaim
from pdtracker.queries.jobs import ItemRow, JobRow
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import TEXT_LIMIT_BYTES, accepts, confirmed, permitted
from pdtracker.web.forms import new_key
from pdtracker.web.requests import scope
from pdtracker.web.reviews.asked import Asked, Link, claim_links, read
from pdtracker.web.reviews.batch import confirming_page
from pdtracker.web.reviews.choosing import reasons_words, sort_out
from pdtracker.web.reviews.entries import clock, queue_entry
from pdtracker.web.reviews.forms import DecisionForm, ManyForm, Seen

bulk = Blueprint("bulk", __name__)

FEW = 100
"""Up to so many claims are decided while one waits for the page; more are a job."""

_SHOWN = 50
_KINDS = (JobKind.DECIDE_CLAIMS, JobKind.UNDO_DECISIONS)


@dataclass(frozen=True, slots=True)
class PartEntry:
    """What became of one claim of a job."""

    href: str
    person: str
    title: str
    minutes: int
    sentence: str


@bulk.get("/<slug:district>/reviews/all")
@permitted(Permission.REVIEW_CLAIMS)
def ask() -> Answer:
    """What would happen to all claims of a filter; nothing happens yet."""
    who, asked, step = scope(), read(request.args), _step()
    rows = desk.all_waiting(who, asked.filter, MOST_AT_ONCE)
    seen = [Seen(row.id, row.version) for row in rows]
    if len(rows) <= FEW:
        return confirming_page(step, DecisionForm(formdata=None, data={"claim": seen}))
    form = ManyForm(formdata=None, data={"claims": seen, "decision": step.value})
    return _confirming_page(step, form, rows)


@bulk.post("/<slug:district>/reviews/all")
@permitted(Permission.REVIEW_CLAIMS)
@confirmed
@accepts(TEXT_LIMIT_BYTES)
def decide() -> Answer:
    """Decide all of these claims, as a job."""
    form, who = ManyForm(), scope()
    if not form.validate():
        raise NotValid({"claims": "Load the page again and choose from its list."})
    step = Step(form.decision.data or "")
    parts = [Part(one.claim_id, one.version) for one in form.claims.data]
    try:
        job_id = decide_all(
            who, step, parts, form.note.data or "", key=form.idempotency_key.data or new_key()
        )
    except NotValid as refusal:
        if step is Step.APPROVE:
            raise
        form.take(refusal)
        versions = {one.claim_id: one.version for one in form.claims.data}
        rows = [row for row in desk.chosen_waiting(who, versions) if row.version == versions[row.id]]
        return _confirming_page(step, form, rows, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(_address(job_id, read(request.args)), HTTPStatus.SEE_OTHER)


@bulk.get("/<slug:district>/reviews/jobs/<ref:job_id>")
@permitted(Permission.REVIEW_CLAIMS)
def show(job_id: int) -> Answer:
    """How far a job of one's own is; when it is over, what became of each claim, with Undo while there is time."""
    who, asked = scope(), read(_trail_of_request())
    job = kept.own_job(who, job_id, *_KINDS)
    found = kept.tally(who.session, job_id)
    after, state = _place(), ItemState.REFUSED if request.args.get("show") == "left-out" else ItemState.DONE
    rows, older = kept.items(who, job_id, state, after=after)
    can_undo = kept.undoable(who, job_id) if job.kind is JobKind.DECIDE_CLAIMS and not job.is_open else None
    undo_id = kept.undo_of(who, job_id) if job.kind is JobKind.DECIDE_CLAIMS else None
    here = _address(job_id, asked)
    return answers.page(
        "reviews/job.html",
        job=job,
        undoes=job.kind is JobKind.UNDO_DECISIONS,
        done=_done_word(job),
        found=found,
        stops=job.is_open and job.cancel_asked_at is not None,
        since=moment_text(job.created_at, who.at, who.zone),
        here=here,
        told=url_for("bulk.progress", job_id=job_id),
        trail=asked.trail(),
        back=asked.back(),
        held=can_undo.count if can_undo and undo_id is None else 0,
        until=clock(can_undo.until, who.zone) if can_undo and can_undo.until else "",
        undo=_address(undo_id, asked) if undo_id is not None else "",
        shows_left_out=state is ItemState.REFUSED,
        done_list=here,
        left_out_list=_address(job_id, asked, show="left-out"),
        entries=_entries(rows, claim_links(asked.trail()), undoes=job.kind is JobKind.UNDO_DECISIONS),
        older=_further(job_id, asked, state, older) if older is not None else None,
        newer=_further(job_id, asked, state, None) if after is not None else None,
    )


@bulk.get("/<slug:district>/reviews/jobs/<ref:job_id>/progress.json")
@permitted(Permission.REVIEW_CLAIMS)
def progress(job_id: int) -> Answer:
    """How far it is, for the page that shows it."""
    job = kept.own_job(scope(), job_id, *_KINDS)
    return jsonify(done=job.done, total=job.total, is_open=job.is_open)


@bulk.post("/<slug:district>/reviews/jobs/<ref:job_id>/cancellation")
@permitted(Permission.REVIEW_CLAIMS)
def cancel(job_id: int) -> Answer:
    """Stop a job of one's own."""
    cancel_own_job(scope(), job_id)
    return redirect(_address(job_id, read(request.args)), HTTPStatus.SEE_OTHER)


@bulk.post("/<slug:district>/reviews/jobs/<ref:job_id>/undo")
@permitted(Permission.REVIEW_CLAIMS)
def undo(job_id: int) -> Answer:
    """Take back what it decided, as far as there is time; that is a job as well."""
    asked = read(request.args)
    try:
        undo_id = undo_all(scope(), job_id)
    except NotNow as refusal:
        return answers.see("bulk.show", saying=refusal.sentence, kind="stop", job_id=job_id, **asked.trail())
    return redirect(_address(undo_id, asked), HTTPStatus.SEE_OTHER)


def recent(who: Scope, asked: Asked) -> list[tuple[str, str, bool]]:
    """One's own jobs that go on or ended a short while ago: address, sentence, whether it goes on. One statement."""
    return [
        (_address(job.id, asked), _sentence(job), job.is_open) for job in kept.own_recent_jobs(who, *_KINDS)
    ]


def _confirming_page(
    step: Step, form: ManyForm, rows: Sequence[CheckedClaim], status: int = HTTPStatus.OK
) -> Answer:
    who, asked = scope(), read(request.args)
    link = claim_links(asked.trail())
    found = sort_out(who, step, rows, link)
    left_out = [*found.stopped, *found.unworthy]
    form.claims.data = [Seen(row.id, row.version) for row, _ in found.to_decide]
    form.idempotency_key.data = form.idempotency_key.data or new_key()
    form.note.label.text = "What has to change"
    return answers.page(
        "reviews/confirm_many.html",
        status,
        step=step.value,
        form=form,
        count=len(found.to_decide),
        minutes=sum(minutes for _, minutes in found.to_decide),
        claimed=sum(row.asked_minutes for row, _ in found.to_decide),
        first=[queue_entry(who, row, asked, link) for row, _ in found.to_decide[:_SHOWN]],
        left_out=left_out[:_SHOWN],
        out=len(left_out),
        reasons=reasons_words(left_out) if left_out else "",
        is_cut=len(rows) >= MOST_AT_ONCE,
        trail=asked.trail(),
        back=asked.back(),
    )


def _entries(rows: Sequence[ItemRow], link: Link, *, undoes: bool) -> list[PartEntry]:
    return [
        PartEntry(
            # An undo's part is a decision; its claim is behind the row of the job that made it.
            link(row.subject_id) if row.person_name and not undoes else "",
            row.person_name or "A claim that isn’t on your desk",
            row.title,
            row.minutes,
            row.sentence,
        )
        for row in rows
    ]


def _done_word(job: JobRow) -> str:
    if job.kind is JobKind.UNDO_DECISIONS:
        return "undone"
    return "returned" if job.payload.get("step") == Step.RETURN.value else "approved"


def _step() -> Step:
    try:
        step = Step(request.args.get("decision", Step.APPROVE.value))
    except ValueError:
        raise NotHere from None
    if step not in (Step.APPROVE, Step.RETURN):
        raise NotHere
    return step


def _trail_of_request() -> dict[str, str]:
    """The query without what is the report's own."""
    return {name: value for name, value in request.args.items() if name not in ("show", "from")}


def _address(job_id: int, asked: Asked, **more: Any) -> str:
    return url_for("bulk.show", job_id=job_id, **asked.trail(), **more)


def _further(job_id: int, asked: Asked, state: ItemState, after: int | None) -> str:
    more = {"show": "left-out"} if state is ItemState.REFUSED else {}
    if after is not None:
        more["from"] = ref_of(after)
    return _address(job_id, asked, **more)


def _place() -> int | None:
    word = request.args.get("from", "")
    try:
        return id_of(word) if word else None
    except ValueError:
        raise NotHere from None


def _sentence(job: JobRow) -> str:
    what = "decisions" if job.kind is JobKind.UNDO_DECISIONS else "claims"
    if job.is_open:
        return f"{job.done:,} of {job.total:,} {what} looked at so far, to be {_done_word(job)}"
    ended = {JobState.DONE: "", JobState.CANCELLED: "Cancelled: "}.get(job.state, "Stopped: ")
    return f"{ended}what became of {job.done:,} of {job.total:,} {what} that were to be {_done_word(job)}"
