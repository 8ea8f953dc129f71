"""What a claim was returned for, beside what the claimant changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pdtracker.domain.claim import Step
from pdtracker.domain.telling import step_text
from pdtracker.domain.when import moment_text
from pdtracker.queries.contents import contents
from pdtracker.queries.dossier import Dossier
from pdtracker.queries.histories import StepRow
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked for at a field when the claim was returned, beside what it said then and says now.

    `stood` is empty where nobody knows it any more; `is_changed` is `None` where that isn't known either. An answer
    `is_read_below`, in full.
    """

    label: str
    words: str
    stood: str
    now: str
    is_changed: bool | None
    is_read_below: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """A return: who gave the claim back and when, the note for all of it, and what was asked for at single fields."""

    title: str
    when: str
    note: str
    asking: tuple[Asking, ...]


def what_was_returned(who: Scope, found: Dossier, labels: Mapping[str, str]) -> Returned | None:
    """The claim's last return; `None` when there was none, or it was undone."""
    step = next((step for step in reversed(found.steps) if step.step is Step.RETURN), None)
    if step is None or any(later.undoes_step_id == step.id for later in found.steps):
        return None
    by = "you" if step.by_person_id == who.me.id else step.by_name
    when = moment_text(step.at, who.at, who.zone)
    return Returned(step_text(step.step, by), when, step.comment, _asking(found, step, labels))


def _asking(found: Dossier, step: StepRow, labels: Mapping[str, str]) -> tuple[Asking, ...]:
    now = contents(found.claim, found.evidence, found.answers, found.split, found.parts)
    answers = {row.field for row in found.answers}
    return tuple(
        Asking(
            labels.get(field, field),
            words,
            step.stood.get(field, ""),
            now.get(field, ""),
            _is_changed(found, step, field, now.get(field, "")),
            field in answers,
        )
        for field, words in step.comments.items()
    )


def _is_changed(found: Dossier, step: StepRow, field: str, now: str) -> bool | None:
    if field in step.stood:
        return step.stood[field] != now
    # A comment that doesn't know what the field said: answers and evidence tell by their own times.
    saved = {row.field: row.saved_at for row in found.answers}
    if found.evidence:
        saved["evidence"] = max(piece.added_at for piece in found.evidence)
    return saved[field] > step.at if field in saved else None
