"""The district's jobs, for its administrators: what waits, what runs, what needs somebody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, request, url_for

from pdtracker.actions.jobs import cancel_job, retry_job
from pdtracker.domain.access import Permission
from pdtracker.domain.job import JobState
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.when import moment_text
from pdtracker.queries import jobs as kept
from pdtracker.queries.jobs import JobRow
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope

jobs = Blueprint("jobs", __name__)

_SIGNS = {
    JobState.QUEUED: "wait",
    JobState.RUNNING: "half",
    JobState.DONE: "ok",
    JobState.FAILED: "no",
    JobState.CANCELLED: "off",
    JobState.DEAD: "warn",
}


@dataclass(frozen=True, slots=True)
class JobEntry:
    """A job as a row: what and whose it is, how it stands, and what can be done about it."""

    id: int
    what: str
    by: str
    when: str
    sign: str
    state: str
    progress: str
    told: str
    may_cancel: bool
    may_retry: bool


@jobs.get("/<slug:district>/jobs")
@permitted(Permission.KEEP_JOBS)
def index() -> Answer:
    """The district's jobs, the newest first."""
    who, after = scope(), _after()
    rows, older = kept.jobs(who, after=after)
    return answers.page(
        "jobs/index.html",
        entries=[_entry(who, row) for row in rows],
        older=url_for("jobs.index", after=ref_of(older)) if older else None,
        newer=url_for("jobs.index") if after is not None else None,
    )


@jobs.post("/<slug:district>/jobs/<ref:job_id>/cancellation")
@permitted(Permission.KEEP_JOBS)
def cancel(job_id: int) -> Answer:
    """Stop a job."""
    cancel_job(scope(), job_id)
    return answers.see("jobs.index", saying="It stops before its next part. What it did so far stays.")


@jobs.post("/<slug:district>/jobs/<ref:job_id>/retry")
@permitted(Permission.KEEP_JOBS)
def retry(job_id: int) -> Answer:
    """Let a job go on that failed or was given up."""
    retry_job(scope(), job_id)
    return answers.see("jobs.index", saying="It goes on where it stopped.")


def _entry(who: Scope, row: JobRow) -> JobEntry:
    state = row.state.label
    if row.is_open and row.cancel_asked_at is not None:
        state = "Stops before its next part"
    return JobEntry(
        row.id,
        row.kind.label,
        row.by_name or "pdtracker itself",
        moment_text(row.created_at, who.at, who.zone),
        _SIGNS[row.state],
        state,
        f"{row.done:,} of {row.total:,}",
        row.last_error,
        row.may_cancel,
        row.may_retry,
    )


def _after() -> int | None:
    word = request.args.get("after", "")
    try:
        return id_of(word) if word else None
    except ValueError:
        raise NotHere from None
