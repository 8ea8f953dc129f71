"""Writing a claim, step 3: the reflection. What is typed is saved while it is typed, and two versions are both kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, make_response, request
from wtforms import HiddenField, RadioField
from wtforms.validators import Optional

from pdtracker.actions.reflections import Written, save_answers
from pdtracker.domain.access import Permission
from pdtracker.domain.draft import claim_faults
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.telling import one_of
from pdtracker.domain.when import local, moment_text, time_text
from pdtracker.queries import claims, follow_ups, histories, reflections
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.reflections import AnswerRow, PromptRow, Seen
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import accepts, permitted
from pdtracker.web.forms import Form, ParagraphsField
from pdtracker.web.requests import scope

reflecting = Blueprint("reflections", __name__)

# The longest honest answers in a script of three bytes a letter, each written as %E1%BA%BF, and room to be told so.
_TEXT_BYTES = 2 * 1024 * 1024
_WISHED_WORDS = (40, 120)
_ENOUGH = "Two or three sentences are enough. “Nothing yet” is an honest answer."
_CHOICES = {
    "first": "Keep what is in the field above",
    "other": "Take this one",
    "both": "Keep both, one after the other",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt on the page: the stored answer, the guide beneath it, when it was saved."""

    row: AnswerRow
    words: tuple[int, int]
    saved: str
    other_at: str


@reflecting.get("/<slug:district>/claims/<ref:claim_id>/reflection")
@permitted(Permission.LOG_CLAIM)
def show(claim_id: int) -> Answer:
    """The prompts with what was written so far."""
    claim = claims.editable_claim(scope(), claim_id)
    rows = reflections.answers(scope(), claim_id)
    form = _form(rows)(data=_stored(rows))
    return answers.page("claims/reflection.html", **_page(claim, form, rows))


@reflecting.post("/<slug:district>/claims/<ref:claim_id>/reflection")
@permitted(Permission.LOG_CLAIM)
@accepts(_TEXT_BYTES)
def save(claim_id: int) -> Answer:
    """Keep the answers and go on; what another device wrote meanwhile is shown beside them (409)."""
    claim = claims.editable_claim(scope(), claim_id)
    rows = reflections.answers(scope(), claim_id)
    form = _form(rows)()
    form.validate()
    kept = save_answers(scope(), claim_id, _written(form, rows))
    if kept.beside:
        status, again = 409, _form(kept.answers)(formdata=None, data=_stored(kept.answers))
        return answers.page("claims/reflection.html", status, **_page(claim, again, kept.answers))
    wish = request.form.get("then", "go")
    if wish == "go" and not form.errors and (faults := _faults(claim, kept.answers)):
        form.take(NotValid(faults))
    if form.errors:
        return answers.refused("claims/reflection.html", **_page(claim, form, kept.answers))
    if wish == "later":
        return answers.see("claims.index", saying="Saved as a draft. You find it here.")
    return answers.see("submissions.check", claim_id=claim_id)


@reflecting.post("/<slug:district>/claims/<ref:claim_id>/reflection/draft")
@permitted(Permission.LOG_CLAIM)
@accepts(_TEXT_BYTES)
def autosave(claim_id: int) -> Answer:
    """Keep what a script sends while somebody types."""
    claims.editable_claim(scope(), claim_id)
    rows = reflections.answers(scope(), claim_id)
    form = _form(rows)()
    form.validate()
    kept = save_answers(scope(), claim_id, _written(form, rows))
    if form.errors:
        return _json(422, sentence=next(iter(form.errors.values()))[0])
    # Only who gets both texts is told of the other one; see `Written`.
    tokens = [row.token if row.position in kept.beside else row.page_token for row in kept.answers]
    unseen = [row for row in kept.answers if row.position in kept.unseen]
    if not unseen:
        return _json(200, version=".".join(tokens), saved_at=_clock(requests.at()))
    return _json(
        409,
        version=".".join(tokens),
        changed_at=_clock(max(row.saved_at for row in unseen)),
        fields={row.field: row.answer for row in unseen},
    )


def _form(rows: Sequence[AnswerRow]) -> type[Form]:
    """A form with a field for each prompt, and a choice for each answer of which there are two versions."""
    fields: dict[str, object] = {}
    for row in rows:
        fields[row.field] = ParagraphsField(f"{row.position}. {row.question}", description=_ENOUGH)
        if row.other_answer is not None:
            fields[f"choice_{row.position}"] = RadioField(
                "Which of the two do you keep?", [Optional()], choices=_CHOICES
            )
            fields[f"other_{row.position}"] = HiddenField()
    return type("ReflectionForm", (Form,), fields)


def _written(form: Form, rows: Sequence[AnswerRow]) -> list[Written]:
    """What was sent and can be kept; what is refused stays on the page."""
    tokens = request.form.get("version", "").split(".")
    if len(tokens) != len(rows):
        tokens = [""] * len(rows)
    written = []
    for row, token in zip(rows, tokens, strict=True):
        if row.field not in request.form or form[row.field].errors:
            continue
        text, choice = form[row.field].data, _choice(form, row)
        seen = f"{token}+{form[f'other_{row.position}'].data}" if choice else token
        match choice:
            case "other":
                text = row.other_answer
            case "both":
                text = "\n\n".join(filter(None, (text, row.other_answer)))
        written.append(Written(row.position, text or "", seen))
    return written


def _choice(form: Form, row: AnswerRow) -> str:
    """Which of two versions was chosen with the button "Go on"; nothing while somebody still types."""
    if row.other_answer is None or request.endpoint != "reflections.save":
        return ""
    return form[f"choice_{row.position}"].data or ""


def _faults(claim: ClaimRow, rows: Sequence[AnswerRow]) -> dict[str, str]:
    """What keeps the reflection from being complete."""
    fields = {row.field for row in rows}
    faults = {
        field: sentence
        for field, sentence in claim_faults(claim.draft((), rows), requests.at()).items()
        if field in fields
    }
    for row in rows:
        if row.other_answer is not None:
            faults[f"choice_{row.position}"] = "Choose which of the two versions you keep."
    return faults


def _page(claim: ClaimRow, form: Form, rows: Sequence[AnswerRow]) -> dict[str, Any]:
    who = scope()
    zone = who.zone
    said = histories.asked_for(histories.steps(who, claim.id), claim.state)
    hints = {prompt.question: prompt for prompt in reflections.prompts(who)}
    names = histories.reviewer_names(who, who.me.id)
    return {
        "claim": claim,
        "form": form,
        "when": "" if claim.follow_up else claim.entered_words or claim.session_words,
        "asked": [_asked(row, hints.get(row.question)) for row in rows],
        "version": ".".join(row.page_token for row in rows),
        "key": f"{ref_of(claim.id)}.{ref_of(who.me.id)}",
        "said": said,
        "said_when": moment_text(said.at, requests.at(), zone) if said else "",
        "readers": one_of(names.get(claim.school_id, names[None])),
        "original": follow_ups.original_of(who, claim.id) if claim.follow_up else None,
    }


def _asked(row: AnswerRow, prompt: PromptRow | None) -> Asked:
    wished = prompt.wished_words if prompt else 0
    words = (wished, 3 * wished) if wished else _WISHED_WORDS
    saved = _clock(row.saved_at) if row.answer else ""
    other_at = moment_text(row.other_saved_at, requests.at(), scope().zone) if row.other_saved_at else ""
    return Asked(row, words, saved, other_at)


def _stored(rows: Sequence[AnswerRow]) -> dict[str, str]:
    return {
        **{row.field: row.answer for row in rows},
        **{f"other_{row.position}": Seen.of(row).other for row in rows},
    }


def _clock(at: datetime) -> str:
    return time_text(local(at, scope().zone))


def _json(status: int, **told: object) -> Answer:
    return make_response(jsonify(told), status)
