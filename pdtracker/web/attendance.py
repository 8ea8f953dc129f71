"""Writing a claim, step 2: when one was there, and what shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request
from flask_wtf.file import FileField
from wtforms import Field, RadioField
from wtforms.validators import Optional

from pdtracker.actions.claims import AttendedTime, change_time
from pdtracker.actions.evidence import add_file, add_link, add_word, keep_file, remove_evidence
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.draft import asks_reason, claim_faults
from pdtracker.domain.evidence import FILE_LIMIT_BYTES, EvidenceKind
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import last_day, local, moment_text, session_minutes, zone_words
from pdtracker.queries import claims, evidence, histories, sending
from pdtracker.queries.claims import ClaimRow
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import accepts, permitted
from pdtracker.web.forms import (
    DayField,
    Form,
    HoursField,
    LinkField,
    LocalTimeField,
    ParagraphsField,
    RefsField,
    ZoneField,
    needed,
)
from pdtracker.web.requests import scope

attendance = Blueprint("attendance", __name__)

# A picture that is a little too large gets its sentence at the field; only what is far beyond meets a closed door.
_UPLOAD_BYTES = FILE_LIMIT_BYTES + 6 * 1024 * 1024
_TIME = ("starts", "ends", "zone", "minutes", "longer_reason")
_EVIDENCE = ("evidence", "link", "file", "note")
_REASON_CHARACTERS = 600
_NOTE_CHARACTERS = 600
_NOTHING_MORE = "none"
_KINDS = {
    EvidenceKind.LINK.value: "A link to something you wrote there",
    EvidenceKind.FILE.value: "A file",
    EvidenceKind.ATTESTATION.value: "My word",
}
_LACKING: Mapping[EvidenceKind, Mapping[str, str]] = {
    EvidenceKind.LINK: {"link": "Paste the address of one of your posts. It begins with https://"},
    EvidenceKind.FILE: {"file": "Choose a PDF, JPEG or PNG file."},
    EvidenceKind.ATTESTATION: {"note": "Say in a sentence what you did there."},
}


class _Clock:
    """From when to when one was there, by the clock."""

    starts = LocalTimeField("From", [needed("Enter when it started.")])
    ends = LocalTimeField("Until", [needed("Enter when it ended.")])


class _Days:
    """The days on which one took part in something without fixed hours."""

    starts = DayField("First day", [needed("Enter the first day on which you took part.")])
    ends = DayField("Last day", [needed("Enter the last day on which you took part. It can be the same.")])


class _Rest(Form):
    """How long it was, and what shows it."""

    zone = ZoneField()
    minutes = HoursField("Hours")
    longer_reason = ParagraphsField(
        "Why was it longer?",
        limit=_REASON_CHARACTERS,
        description="Only if you were there for longer than the host announced.",
    )
    evidence = RadioField(
        "Evidence",
        [Optional()],
        choices={**_KINDS, _NOTHING_MORE: "Nothing more"},
        description="One is enough. The stronger it is, the fewer questions you get back.",
    )
    link = LinkField("Address of your post", description="It begins with https://")
    file = FileField("File", description="PDF, JPEG or PNG, up to 10 MB.")
    note = ParagraphsField(
        "What did you do there?",
        limit=_NOTE_CHARACTERS,
        description="One or two sentences that only somebody who was there could write.",
    )
    remove = RefsField("Take out")

    @property
    def offered(self) -> EvidenceKind | None:
        """Which form of evidence is to be added now; what was filled in counts when nothing was chosen."""
        chosen = next((kind for kind in EvidenceKind if kind.value == self.evidence.data), None)
        if chosen is not None or self.evidence.data == _NOTHING_MORE:
            return chosen
        if self.file.data:
            return EvidenceKind.FILE
        return EvidenceKind.LINK if self.link.data else None

    @property
    def evidence_fields(self) -> dict[EvidenceKind, Field]:
        """Where each form of evidence is entered."""
        return {
            EvidenceKind.LINK: self.link,
            EvidenceKind.FILE: self.file,
            EvidenceKind.ATTESTATION: self.note,
        }

    def forget_others(self) -> None:
        """A slip in a field that is folded away, because another form of evidence was chosen, keeps nobody."""
        for kind, field in self.evidence_fields.items():
            if kind is not self.offered:
                field.errors = []

    def faults_of(self, *names: str) -> bool:
        """Whether one of these fields has something to put right."""
        return any(self[name].errors for name in names)


class ClockForm(_Clock, _Rest):
    """Time and evidence of a session with a beginning and an end."""

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From when to when, in UTC; `None` for what was not understood, which has its sentence."""
        return self.starts.at_zone(zone), self.ends.at_zone(zone)


class DaysForm(_Days, _Rest):
    """Time and evidence of a forum, a book club, a course: days, and how many hours in all."""

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From the first midnight to the last; of the day that runs, as far as it has come."""
        ends_at = self.ends.at_zone(zone, is_over=True)
        if self.ends.data == local(requests.at(), zone).date():
            ends_at = requests.at().replace(second=0, microsecond=0) + timedelta(minutes=1)
        return self.starts.at_zone(zone), ends_at


TimeForm = ClockForm | DaysForm


@attendance.get("/<slug:district>/claims/<ref:claim_id>/time")
@permitted(Permission.LOG_CLAIM)
def show(claim_id: int) -> Answer:
    """Step 2."""
    claim = claims.editable_session(scope(), claim_id)
    form = _named(_form(claim)(data=_entered(claim)), claim)
    return answers.page("claims/time.html", **_page(claim, form))


@attendance.post("/<slug:district>/claims/<ref:claim_id>/time")
@permitted(Permission.LOG_CLAIM)
@accepts(_UPLOAD_BYTES)
def save(claim_id: int) -> Answer:
    """Keep time and evidence; each is kept for itself, so that a slip in one never costs the other."""
    claim = claims.editable_session(scope(), claim_id)
    form = _named(_form(claim)(), claim)
    form.validate()
    form.forget_others()
    _save_evidence(form, claim_id)
    _save_time(form, claim)
    wish = "more" if form.remove.data else request.form.get("then", "go")
    claim = claims.own_claim(scope(), claim_id)
    if wish == "go" and not form.faults_of(*_EVIDENCE) and not evidence.evidence(scope(), claim_id):
        form.take(NotValid({"evidence": "Add a link or a file, or give your word that you were there."}))
    against = sending.obstacles(scope(), claim)
    if wish == "go" and against.taken and not form.faults_of(*_TIME):
        form.take(NotValid({"starts": against.taken}))
    if form.errors:
        return answers.refused("claims/time.html", **_page(claim, form))
    if wish == "later":
        return answers.see("claims.index", saying="Saved as a draft. You find it here.")
    # What was sent before goes back to the check of all answers.
    following = "reflections.show" if claim.state is ClaimState.DRAFT else "submissions.check"
    return answers.see("attendance.show" if wish == "more" else following, claim_id=claim_id)


def _page(claim: ClaimRow, form: TimeForm) -> dict[str, Any]:
    pieces = evidence.evidence(scope(), claim.id)
    if pieces:
        form.evidence.label.text = "More evidence"
    else:
        form.evidence.choices = _KINDS
    said = histories.asked_for(histories.steps(scope(), claim.id), claim.state)
    held = claims.event_time(scope(), claim)
    return {
        "claim": claim,
        "form": form,
        "when": claim.session_words,
        "entered": claim.entered_words,
        "days": held.days_words() if held is not None and not held.has_hours else "",
        "against": sending.obstacles(scope(), claim),
        "said": said,
        "said_when": _moment(said.at) if said else "",
        "pieces": pieces,
        "asks_reason": any(map(asks_reason, (*form.ends.errors, *form.minutes.errors))),
        "saved": _moment(claim.updated_at),
        "asks_zone": _asks_zone(claim),
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
    entered = {"zone": claim.zone, "minutes": minutes, "longer_reason": claim.longer_reason}
    if starts_at is None or ends_at is None:
        return entered
    starts, ends = local(starts_at, claim.zone), local(ends_at, claim.zone)
    if claim.kind.is_live:
        return {**entered, "starts": starts.replace(tzinfo=None), "ends": ends.replace(tzinfo=None)}
    return {**entered, "starts": starts.date(), "ends": last_day(ends_at, claim.zone)}


def _form(claim: ClaimRow) -> type[ClockForm] | type[DaysForm]:
    return ClockForm if claim.kind.is_live else DaysForm


def _named(form: TimeForm, claim: ClaimRow) -> TimeForm:
    """The questions as they fit the kind of event; an event's zone is not asked."""
    if claim.kind.is_live:
        form.minutes.label.text = "Hours, if you were not there all the time"
        form.minutes.description = "Such as 1.5 or 1:30. Leave it empty if you were there from start to end."
    else:
        form.minutes.label.text = "Hours in all"
        form.minutes.description = "Such as 1.5 or 1:30. Reading, writing and watching count."
    if not _asks_zone(claim):
        form.zone.data = claim.zone
    return form


def _asks_zone(claim: ClaimRow) -> bool:
    """An event has its zone, and days need none."""
    return claim.event_id is None and claim.kind.is_live


def _save_time(form: TimeForm, claim: ClaimRow) -> None:
    zone = form.zone.data if _asks_zone(claim) and not form.zone.errors else claim.zone
    starts_at, ends_at = form.span(zone)
    if not claim.kind.is_live and form.minutes.data is None and not form.minutes.errors:
        form.take(NotValid({"minutes": "Enter how many hours you spent, such as 1.5 or 1:30."}))
    if starts_at is None or ends_at is None or form.faults_of("starts", "ends", "zone"):
        return
    if form.faults_of("minutes", "longer_reason"):
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
        minutes=form.minutes.data,
        longer_reason=form.longer_reason.data or "",
    )
    try:
        change_time(scope(), claim.id, entered)
    except NotValid as refusal:
        form.take(refusal)


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
