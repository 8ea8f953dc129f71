"""Writing a claim, step 2: when one was there, and what shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, request

from pdtracker.actions.claims import AttendedTime, change_time, state_facts
from pdtracker.actions.evidence import add_file, add_link, add_word, keep_file, remove_evidence
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.credit import CreditPolicy
from pdtracker.domain.draft import asks_reason, claim_faults
from pdtracker.domain.evidence import FILE_LIMIT_BYTES, EvidenceKind
from pdtracker.domain.evidence_recipes import recipe_of
from pdtracker.domain.log import LogDay
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.split import Split, split_words
from pdtracker.domain.stated import AskedWord
from pdtracker.domain.when import last_day, local, moment_text, session_minutes, zone_words
from pdtracker.queries import asking, claims, details, evidence, histories, sending
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.details import FactRow
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.attendance.forms import (
    ENOUGH,
    KINDS,
    NOTHING_MORE,
    LogForm,
    TimeForm,
    asks_zone,
    entered_parts,
    name_questions,
    time_form,
)
from pdtracker.web.attendance.stated import DATED, FACT, entered_facts, questions, stated_facts
from pdtracker.web.doors import accepts, permitted
from pdtracker.web.requests import scope

attendance = Blueprint("attendance", __name__)

# A picture that is a little too large gets its sentence at the field; only what is far beyond meets a closed door.
_UPLOAD_BYTES = FILE_LIMIT_BYTES + 6 * 1024 * 1024
_EVIDENCE = ("evidence", "link", "file", "note")
_LACKING: Mapping[EvidenceKind, Mapping[str, str]] = {
    EvidenceKind.LINK: {"link": "Paste the address of one of your posts. It begins with https://"},
    EvidenceKind.FILE: {"file": "Choose a PDF, JPEG or PNG file."},
    EvidenceKind.ATTESTATION: {"note": "Say in a sentence what you did there."},
}


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft at this step, with what it has beyond its row, and the rules for its day."""

    claim: ClaimRow
    policy: CreditPolicy | None
    split: Split
    log: tuple[LogDay, ...]
    asked: tuple[AskedWord, ...]
    facts: tuple[FactRow, ...]

    @classmethod
    def of(cls, claim: ClaimRow) -> Writing:
        """Gathered once for a request."""
        who = scope()
        return cls(
            claim,
            sending.policy_of(who, claim),
            details.split_of_claim(who, claim.id),
            details.log_of(who, claim.id),
            asking.asked_of(who, who.me.id, local(claim.starts_at or who.at, who.district.zone).date()),
            details.facts_of(who, claim.id),
        )

    def form(self, data: Mapping[str, Any] | None) -> TimeForm:
        """The form of this step: what was sent, or what the draft has."""
        made = time_form(
            self.claim, self.policy, self.split, self.log, self.asked, () if data else request.form
        )
        return name_questions(made(data=data) if data else made(), self.claim, self.policy)


@attendance.get("/<slug:district>/claims/<ref:claim_id>/time")
@permitted(Permission.LOG_CLAIM)
def show(claim_id: int) -> Answer:
    """Step 2."""
    writing = Writing.of(claims.editable_session(scope(), claim_id))
    form = writing.form(
        {
            **_entered(writing.claim),
            **entered_parts(writing.split, writing.log),
            **entered_facts((row.fact for row in writing.facts), writing.asked),
        }
    )
    return answers.page("claims/time.html", **_page(writing.claim, form, writing.asked))


@attendance.post("/<slug:district>/claims/<ref:claim_id>/time")
@permitted(Permission.LOG_CLAIM)
@accepts(_UPLOAD_BYTES)
def save(claim_id: int) -> Answer:
    """Keep time and evidence; each is kept for itself, so that a slip in one never costs the other."""
    writing = Writing.of(claims.editable_session(scope(), claim_id))
    form = writing.form(None)
    form.validate()
    form.forget_others()
    _save_evidence(form, claim_id)
    _save_time(form, writing)
    _save_facts(form, writing)
    wish = "more" if form.remove.data else request.form.get("then", "go")
    claim = claims.own_claim(scope(), claim_id)
    if wish == "go" and not form.faults_of(*_EVIDENCE) and not evidence.evidence(scope(), claim_id):
        form.take(NotValid({"evidence": "Add a link or a file, or give your word that you were there."}))
    against = sending.obstacles(scope(), claim)
    if wish == "go" and against.taken and not form.faults_of(*form.time_names):
        form.take(NotValid({"starts": against.taken}))
    if form.errors:
        return answers.refused("claims/time.html", **_page(claim, form, writing.asked))
    if wish == "later":
        return answers.see("claims.index", saying="Saved as a draft. You find it here.")
    # What was sent before goes back to the check of all answers.
    following = "reflections.show" if claim.state is ClaimState.DRAFT else "submissions.check"
    return answers.see(
        "attendance.show" if wish == "more" else following,
        claim_id=claim_id,
        saying=_kept_in_proportion(writing.split, details.split_of_claim(scope(), claim_id), form),
    )


def _page(claim: ClaimRow, form: TimeForm, asked: Sequence[AskedWord]) -> dict[str, Any]:
    pieces = evidence.evidence(scope(), claim.id)
    recipe = recipe_of(claim.kind)
    kinds = KINDS | {EvidenceKind.LINK.value: recipe.link}
    form.evidence.choices = {**kinds, NOTHING_MORE: "Nothing more"} if pieces else kinds
    form.evidence.description = " ".join(filter(None, (recipe.wants, ENOUGH)))
    if pieces:
        form.evidence.label.text = "More evidence"
    said = histories.asked_for(histories.steps(scope(), claim.id), claim.state)
    held = claims.event_time(scope(), claim)
    return {
        "claim": claim,
        "form": form,
        "when": claim.session_words,
        "entered": claim.entered_words,
        "days": held.days_words() if held is not None and not held.has_hours else "",
        "against": sending.obstacles(scope(), claim),
        "may_gather": sending.may_gather(sending.policy_of(scope(), claim), claim),
        "said": said,
        "said_when": _moment(said.at) if said else "",
        "pieces": pieces,
        "questions": questions(form, asked),
        "topics": asking.earlier_topics(scope(), claim.person_id) if FACT + "topic" in form else (),
        "is_logged": isinstance(form, LogForm),
        "asks_reason": not isinstance(form, LogForm)
        and any(map(asks_reason, (*form.ends.errors, *form.minutes.errors))),
        "saved": _moment(claim.updated_at),
        "asks_zone": asks_zone(claim),
        "zone": zone_words(claim.zone),
    }


def _moment(at: datetime) -> str:
    return moment_text(at, requests.at(), scope().zone)


def _entered(claim: ClaimRow) -> dict[str, Any]:
    """What the draft has, as the form asks it. Of an event without hours only the claimant knows when it was."""
    starts_at, ends_at, minutes = claim.starts_at, claim.ends_at, claim.minutes
    if minutes is None:
        starts_at = ends_at = None
    if claim.kind.is_live and starts_at and ends_at and minutes == session_minutes(starts_at, ends_at):
        minutes = None
    entered = {
        "zone": claim.zone,
        "minutes": minutes,
        "longer_reason": claim.longer_reason,
        "recording": claim.is_recording,
        "application": claim.application_minutes or None,
    }
    if starts_at is None or ends_at is None:
        return entered
    starts, ends = local(starts_at, claim.zone), local(ends_at, claim.zone)
    if claim.kind.is_live:
        return {**entered, "starts": starts.replace(tzinfo=None), "ends": ends.replace(tzinfo=None)}
    return {**entered, "starts": starts.date(), "ends": last_day(ends_at, claim.zone)}


def _save_time(form: TimeForm, writing: Writing) -> None:
    claim = writing.claim
    zone = form.zone.data if asks_zone(claim) and not form.zone.errors else claim.zone
    starts_at, ends_at = form.span(zone)
    minutes = None if isinstance(form, LogForm) else form.minutes.data
    if isinstance(form, LogForm):
        if not form.log and not form.faults_of(*form.time_names):
            form.take(NotValid({"log": "Enter at least one day on which you took part, and how long."}))
    elif not claim.kind.is_live and minutes is None and not form.minutes.errors:
        form.take(NotValid({"minutes": "Enter how many hours you spent, such as 1.5 or 1:30."}))
    if starts_at is None or ends_at is None or form.faults_of("starts", "ends", "zone"):
        return
    if form.faults_of(*form.time_names):
        # Nothing is kept of it; a slip in the times is told all the same.
        draft = replace(
            claim.draft((), ()),
            starts_at=starts_at,
            ends_at=ends_at,
            zone=zone,
            held=claims.event_time(scope(), claim),
        )
        faults = claim_faults(draft, requests.at())
        if slips := {name: words for name, words in faults.items() if name in {"starts", "ends"}}:
            form.take(NotValid(slips))
        return
    entered = AttendedTime(
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        minutes=minutes,
        longer_reason=form.longer_reason.data or "",
        # What nobody touched follows the hours.
        split=None if form.split == writing.split else form.split,
        log=form.log if isinstance(form, LogForm) else None,
        application_minutes=form.application.data if "application" in form else None,
        is_recording=bool(form.recording.data) if "recording" in form else False,
    )
    try:
        change_time(scope(), claim.id, entered)
    except NotValid as refusal:
        form.take(refusal)


def _save_facts(form: TimeForm, writing: Writing) -> None:
    """Keep what was stated for licences. Where a page asked for none of it, nothing changes."""
    if not writing.asked or any(field.errors for field in form if field.name.startswith((FACT, DATED))):
        return
    try:
        state_facts(scope(), writing.claim.id, stated_facts(form, writing.asked))
    except NotValid as refusal:
        form.take(refusal)


def _kept_in_proportion(before: Split, after: Split, form: TimeForm) -> str | None:
    """Said where the hours changed and the split went with them."""
    if not before or form.split != before or after == before:
        return None
    return (
        f"Your hours changed, and their split with them: {split_words(after)}."
        if after
        else ("So few minutes are not split any more: all of them are of one category.")
    )


def _save_evidence(form: TimeForm, claim_id: int) -> None:
    who = scope()
    try:
        for evidence_id in form.remove.data or ():
            remove_evidence(who, claim_id, evidence_id)
        offered = form.offered
        if offered is not None and not form.evidence_fields[offered].data:
            if not form.remove.data and not evidence.evidence(who, claim_id):
                raise NotValid(_LACKING[offered])
            return
        match offered:
            case EvidenceKind.LINK if not form.link.errors:
                add_link(who, claim_id, form.link.data or "", note="")
            case EvidenceKind.FILE:
                store = BlobStore(requests.wiring().settings.evidence)
                kept = keep_file(who, store, claim_id, form.file.data.stream, form.file.data.filename or "")
                add_file(who, claim_id, kept, note="")
            case EvidenceKind.ATTESTATION if not form.note.errors:
                add_word(who, claim_id, note=form.note.data or "")
            case _:
                return
    except NotValid as refusal:
        form.take(refusal)
    else:
        _empty_evidence(form)


def _empty_evidence(form: TimeForm) -> None:
    """What was added stands in the list from now on; the page that may follow doesn't offer it a second time."""
    form.evidence.data = None
    form.link.data = form.note.data = ""
    form.file.data = None
