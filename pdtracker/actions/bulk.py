"""Decisions on more claims than a page shows: asked for as a job, made one claim at a time, undone as a job.

What a reviewer saw is written down with the job: each claim with its version. One that changed since, or that somebody
else decided, is told in the report and stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.deciding import Wish, approved, returned
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.jobs import Part, enqueue
from pdtracker.actions.leases import Taken, hold
from pdtracker.actions.undoing import undone
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import Step
from pdtracker.domain.job import ItemState, JobKind
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.jobs import JobItem
from pdtracker.queries.jobs import ItemRow, of_undoable, own_job, undo_key, undo_of
from pdtracker.scope import Scope, action

MOST_AT_ONCE = 20_000
"""So many claims can be decided by one job."""

_HELD_FOR_UNDO = timedelta(hours=6)
"""So long letters wait for an undo that was asked for in time; its job takes minutes."""
_LETTERS_AT_ONCE = 500


@action(Permission.REVIEW_CLAIMS)
def decide_all(scope: Scope, step: Step, parts: Sequence[Part], note: str, *, key: str) -> int:
    """Ask for a decision on all of these claims; gives the job's id. The same `key` again is the same job."""
    if step not in (Step.APPROVE, Step.RETURN):
        raise NotValid({"decision": "Deny claims one by one: each needs its own reason."})
    if step is Step.RETURN and not note.strip():
        raise NotValid({"note": "Say what has to change."})
    if not parts:
        raise NotValid({"claim": "Select at least one claim first."})
    if len(parts) > MOST_AT_ONCE:
        raise NotValid({"claim": f"Choose at most {MOST_AT_ONCE:,} at once."})
    payload = {"step": step.value, "note": note}
    return enqueue(scope, JobKind.DECIDE_CLAIMS, parts, key=f"{scope.me.id}:{key}", payload=payload)


@action(Permission.REVIEW_CLAIMS)
def decide_part(scope: Scope, taken: Taken, item: ItemRow, issuer: Issuer) -> None:
    """Decide one claim of a job, and write down what became of it, in one transaction.

    Raises LeaseLost where the job is another worker's by now: then this claim wasn't decided here.
    """
    hold(scope.session, taken.id, taken.owner, scope.at, parts=1)
    wish = Wish(item.subject_id, item.seen_version)
    if Step(taken.payload["step"]) is Step.APPROVE:
        (outcome,) = approved(scope, [wish], issuer)
    else:
        (outcome,) = returned(scope, [wish], taken.payload["note"], issuer)
    _note(scope, item, outcome, result_id=outcome.step_id)
    if outcome.refusal is not None:
        scope.record("claim.left_out", "claim", item.subject_id, job=taken.id, code=outcome.refusal.code)


@action(Permission.REVIEW_CLAIMS)
def undo_all(scope: Scope, job_id: int) -> int:
    """Ask for an undo of what a job of one's own decided and can still be undone; gives the id of the undo's job.

    From this moment no letter of it leaves the house, however long the undo takes. Asked twice it is one undo.
    """
    job = own_job(scope, job_id, JobKind.DECIDE_CLAIMS)
    if job.is_open:
        raise NotNow("job_open", "It still decides claims. Cancel it first, then undo what it decided.")
    if (asked := undo_of(scope, job_id)) is not None:
        return asked
    held = _held_parts(scope, job_id)
    if not held:
        raise NotNow("nothing_to_undo", "There is nothing left to undo: mail and certificates have left.")
    for begin in range(0, len(held), _LETTERS_AT_ONCE):
        some = [part.subject_id for part in held[begin : begin + _LETTERS_AT_ONCE]]
        posting.hold_back(scope, some, scope.at + _HELD_FOR_UNDO)
    return enqueue(scope, JobKind.UNDO_DECISIONS, held, key=undo_key(job_id), payload={"job": job_id})


@action(Permission.REVIEW_CLAIMS)
def undo_part(scope: Scope, taken: Taken, item: ItemRow) -> None:
    """Undo one decision of a job, as of the moment when it was asked for. Raises LeaseLost as `decide_part` does."""
    hold(scope.session, taken.id, taken.owner, scope.at, parts=1)
    found = undone(scope, [item.subject_id], asked_at=taken.created_at)
    if not found:
        raise NotHere
    _note(scope, item, found[0], result_id=found[0].step_id)
    if found[0].refusal is not None:
        code = found[0].refusal.code
        scope.record("decision.not_undone", "claim_step", item.subject_id, job=taken.id, code=code)


def _note(scope: Scope, item: ItemRow, outcome: Outcome, *, result_id: int | None) -> None:
    values: Mapping[str, Any] = {
        "state": ItemState.DONE if outcome.refusal is None else ItemState.REFUSED,
        "result_id": result_id,
        "minutes": outcome.minutes,
        "person_name": outcome.person,
        "title": outcome.title,
        "code": outcome.refusal.code if outcome.refusal else "",
        "sentence": outcome.refusal.sentence if outcome.refusal else _onward(outcome),
    }
    scope.session.execute(sa.update(JobItem).where(JobItem.id == item.id).values(**values))


def _onward(outcome: Outcome) -> str:
    return f"It goes on to {outcome.goes_to}." if outcome.goes_to else ""


def _held_parts(scope: Scope, job_id: int) -> list[Part]:
    """The decisions of a job that haven't left and that nobody undid. One statement."""
    rows = scope.session.execute(
        of_undoable(scope, job_id, sa.select(JobItem.result_id, JobItem.person_name, JobItem.title)).order_by(
            JobItem.place
        )
    )
    return [Part(row.result_id, 0, row.person_name, row.title) for row in rows]
