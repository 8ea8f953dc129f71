"""Gathering short sessions in a bundle: its topic, its sessions one by one, and how far they have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for

from pdtracker.actions.bundles import add_part, begin_bundle, change_bundle, change_part, take_out_part
from pdtracker.actions.checked_in import is_doubted, proven_by, span_of
from pdtracker.actions.claims import state_facts
from pdtracker.domain.access import Permission
from pdtracker.domain.bundle import BundleRule
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.draft import asks_reason
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.telling import session_text
from pdtracker.domain.when import date_text, local, moment_text, session_minutes, zone_words
from pdtracker.queries import (
    asking,
    bundles,
    check_ins,
    claims,
    details,
    events,
    evidence,
    histories,
    one_event,
    sending,
)
from pdtracker.queries.bundles import PartRow
from pdtracker.queries.check_ins import Attendance
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.histories import StepRow
from pdtracker.queries.one_event import ClaimableEvent
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.attendance.bundle_forms import (
    GatherForm,
    OwnPartForm,
    PartForm,
    TopicForm,
    entered_part,
    gather_form,
)
from pdtracker.web.attendance.forms import entered_parts
from pdtracker.web.attendance.stated import DATED, FACT, entered_facts, questions, stated_facts
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope

gathering = Blueprint("bundles", __name__)

_CANDIDATES = 6
_LOOKED_AT = 48


@dataclass(frozen=True, slots=True)
class Source:
    """Where a new part comes from: an event of the calendar, or a draft that is too short alone.

    `checked_in` is what one's own check-ins at the event come to.
    """

    event: ClaimableEvent | None = None
    draft: ClaimRow | None = None
    checked_in: tuple[Attendance, ...] = ()

    @classmethod
    def asked(cls) -> Source:
        """What the address or the form names. Raises NotHere, and what `event_for_claim` refuses."""
        draft_ref, event_ref = request.values.get("draft"), request.values.get("event")
        draft = claims.editable_session(scope(), _id(draft_ref)) if draft_ref else None
        event_id = draft.event_id if draft else _id(event_ref) if event_ref else None
        if event_id is None:
            return cls(None, draft)
        event, me = one_event.event_for_claim(scope(), event_id), scope().me.id
        return cls(event, draft, check_ins.attendance_of(scope(), event_id, [me]).get(me, ()))

    @property
    def kind(self) -> EventKind | None:
        """The kind of the session; `None` while nothing was chosen."""
        if self.event is not None:
            return self.event.kind
        return self.draft.kind if self.draft else None

    @property
    def starts_at(self) -> datetime | None:
        """When the session was."""
        if self.event is not None:
            return self.event.time.starts_at
        return self.draft.starts_at if self.draft else None

    @property
    def args(self) -> dict[str, Any]:
        """What names it in an address."""
        if self.draft is not None:
            return {"draft": ref_of(self.draft.id)}
        return {"event": ref_of(self.event.id)} if self.event else {}


@gathering.get("/<slug:district>/claims/bundles/new")
@permitted(Permission.LOG_CLAIM)
def choose() -> Answer:
    """Begin a bundle, or add a session to one that is being gathered."""
    source = Source.asked()
    kind = source.kind
    category = source.event.category if source.event else source.draft.category if source.draft else None
    form = TopicForm(
        data={"kind": kind.value if kind else "", "category": category.value if category else ""}
    )
    return answers.page("bundles/new.html", **_choose_page(source, form))


@gathering.post("/<slug:district>/claims/bundles")
@permitted(Permission.LOG_CLAIM)
def begin() -> Answer:
    """Begin it, and go on with the session for which it was begun."""
    source, form = Source.asked(), TopicForm()
    page = _choose_page(source, form)
    if page["rule"] is None or not form.validate():
        return answers.refused("bundles/new.html", **page)
    claim_id = begin_bundle(
        scope(),
        form.title.data or "",
        EventKind(form.kind.data),
        CreditCategory(form.category.data),
        key=form.idempotency_key.data or "",
    )
    following = "bundles.new_part" if source.args else "bundles.show"
    return answers.see(following, claim_id=claim_id, **source.args)


@gathering.get("/<slug:district>/claims/<ref:claim_id>/sessions")
@permitted(Permission.LOG_CLAIM)
def show(claim_id: int) -> Answer:
    """The sessions that are gathered, and how far they have come."""
    claim = claims.editable_bundle(scope(), claim_id)
    who = scope()
    data: dict[str, Any] = {
        "title": claim.title,
        "application": claim.application_minutes or None,
        **entered_parts(details.split_of_claim(who, claim_id), ()),
        **entered_facts((row.fact for row in details.facts_of(who, claim_id)), _asked(claim)),
    }
    return answers.page("bundles/show.html", **_gather_page(claim, _form_of(claim)(data=data)))


@gathering.post("/<slug:district>/claims/<ref:claim_id>/sessions")
@permitted(Permission.LOG_CLAIM)
def save(claim_id: int) -> Answer:
    """Keep what the sessions have in common."""
    who = scope()
    claim = claims.editable_bundle(who, claim_id)
    form, asked, before = _form_of(claim)(), _asked(claim), details.split_of_claim(who, claim_id)
    if form.validate():
        try:
            change_bundle(
                who,
                claim_id,
                form.title.data or "",
                None if form.split == before else form.split,
                form.application.data if "application" in form else None,
            )
        except NotValid as refusal:
            form.take(refusal)
    if asked and not any(field.errors for field in form if field.name.startswith((FACT, DATED))):
        try:
            state_facts(who, claim_id, stated_facts(form, asked))
        except NotValid as refusal:
            form.take(refusal)
    claim = claims.own_claim(who, claim_id)
    if form.errors:
        return answers.refused("bundles/show.html", **_gather_page(claim, form))
    if request.form.get("then") == "later":
        return answers.see("claims.index", saying="Saved as a draft. You find it here.")
    following = "reflections.show" if claim.state is ClaimState.DRAFT else "submissions.check"
    return answers.see(following, claim_id=claim_id)


@gathering.get("/<slug:district>/claims/<ref:claim_id>/sessions/new")
@permitted(Permission.LOG_CLAIM)
def new_part(claim_id: int) -> Answer:
    """A session to add, of the calendar or one's own."""
    claim, source = claims.editable_bundle(scope(), claim_id), Source.asked()
    if source.event is not None:
        held = one_event.my_claim(scope(), source.event.id)
        if held is not None and (source.draft is None or held.id != source.draft.id):
            return answers.see("claims.show", claim_id=held.id)
    form = (OwnPartForm if source.event is None else PartForm)(data=_begun(source))
    return answers.page("bundles/part.html", **_part_page(claim, form, source=source))


@gathering.post("/<slug:district>/claims/<ref:claim_id>/sessions/new")
@permitted(Permission.LOG_CLAIM)
def add(claim_id: int) -> Answer:
    """Add the session; the draft that it comes from is laid aside."""
    claim, source = claims.editable_bundle(scope(), claim_id), Source.asked()
    form = OwnPartForm() if source.event is None else PartForm()
    if source.event is not None:
        # The calendar says it; it isn't asked.
        form.zone.data = source.event.time.zone
    form.validate()
    if (attended := form.attended(_zone_of(form))) is not None:
        session = source.event.id if source.event else form.own
        try:
            if session is not None:
                add_part(
                    scope(),
                    claim_id,
                    session,
                    attended,
                    key=form.idempotency_key.data or "",
                    from_draft=source.draft.id if source.draft else None,
                )
        except NotValid as refusal:
            form.take(refusal)
    if form.errors:
        return answers.refused("bundles/part.html", **_part_page(claim, form, source=source))
    return answers.see("bundles.show", claim_id=claim_id, saying="Added.")


@gathering.get("/<slug:district>/claims/<ref:claim_id>/sessions/<ref:part_id>")
@permitted(Permission.LOG_CLAIM)
def part(claim_id: int, part_id: int) -> Answer:
    """One session of a bundle, to change."""
    found = bundles.part(scope(), claim_id, part_id)
    claim = claims.editable_bundle(scope(), claim_id)
    form = (OwnPartForm if found.event_id is None else PartForm)(data=entered_part(found))
    return answers.page("bundles/part.html", **_part_page(claim, form, part=found))


@gathering.post("/<slug:district>/claims/<ref:claim_id>/sessions/<ref:part_id>")
@permitted(Permission.LOG_CLAIM)
def save_part(claim_id: int, part_id: int) -> Answer:
    """Keep what was changed."""
    found = bundles.part(scope(), claim_id, part_id)
    claim = claims.editable_bundle(scope(), claim_id)
    form = OwnPartForm() if found.event_id is None else PartForm()
    if found.event_id is not None:
        form.zone.data = found.zone
    form.validate()
    attended = form.attended(_zone_of(form))
    if attended is not None:
        try:
            change_part(scope(), claim_id, part_id, attended, form.own)
        except NotValid as refusal:
            form.take(refusal)
    if form.errors:
        return answers.refused("bundles/part.html", **_part_page(claim, form, part=found))
    return answers.see("bundles.show", claim_id=claim_id, saying="Changed.")


@gathering.post("/<slug:district>/claims/<ref:claim_id>/sessions/<ref:part_id>/removal")
@permitted(Permission.LOG_CLAIM)
def take_out(claim_id: int, part_id: int) -> Answer:
    """Take a session out of the bundle."""
    bundles.part(scope(), claim_id, part_id)
    take_out_part(scope(), claim_id, part_id)
    return answers.see("bundles.show", claim_id=claim_id, saying="Taken out. You can log it by itself.")


def _choose_page(source: Source, form: TopicForm) -> dict[str, Any]:
    who, kind = scope(), source.kind
    on = local(source.starts_at or who.at, who.district.zone).date()
    rule = sending.bundle_rule_on(who, on)
    if rule is not None and kind is not None and kind not in rule.kinds:
        rule = None
    if rule is not None:
        form.offer(rule)
        if kind is not None:
            form.kind.choices = {kind.value: kind.label}
    return {
        "form": form,
        "source": source,
        "rule": rule,
        "kinds": kind.plural.lower() if kind else "sessions",
        "on": date_text(on),
        "open": [_open(one, rule, source) for one in bundles.open_bundles(who, kind)] if rule else [],
    }


def _open(one: bundles.OpenBundle, rule: BundleRule, source: Source) -> tuple[str, str, str]:
    """A bundle that is being gathered: its topic, where one goes on with it, how far it has come."""
    endpoint = "bundles.new_part" if source.args else "bundles.show"
    address = url_for(endpoint, claim_id=one.id, **source.args)
    return one.topic, address, one.gathering(rule).figures


def _gather_page(claim: ClaimRow, form: GatherForm) -> dict[str, Any]:
    who, policy = scope(), sending.policy_of(scope(), claim)
    rule = policy.bundles if policy else None
    said = histories.asked_for(histories.steps(who, claim.id), claim.state)
    asked = _asked(claim)
    return {
        "claim": claim,
        "form": form,
        "parts": bundles.parts_of(who, claim.id),
        "gathering": sending.gathering_of(claim, rule),
        "rule": rule,
        "candidates": [
            (
                event.title,
                url_for("bundles.new_part", claim_id=claim.id, event=ref_of(event.id)),
                _when(event),
            )
            for event in _candidates(claim, rule)
        ],
        "against": sending.obstacles(who, claim),
        "questions": questions(form, asked),
        "topics": asking.earlier_topics(who, claim.person_id) if FACT + "topic" in form else (),
        "split_fields": form.parts,
        **_said(said),
    }


def _candidates(claim: ClaimRow, rule: BundleRule | None) -> list[events.EventRow]:
    """The last events of its kind that are short enough to be gathered."""
    found = events.attended_candidates(scope(), (), _LOOKED_AT, kinds=(claim.kind,))
    short = [one for one in found if rule and one.time.minutes and rule.takes(one.kind, one.time.minutes)]
    return short[:_CANDIDATES]


def _part_page(
    claim: ClaimRow, form: PartForm, *, source: Source | None = None, part: PartRow | None = None
) -> dict[str, Any]:
    event = source.event if source else None
    title, host = (part.title, part.host) if part else (event.title, event.host) if event else ("", "")
    zone = part.zone if part else event.time.zone if event else ""
    is_own = isinstance(form, OwnPartForm)
    said = histories.asked_for(histories.steps(scope(), claim.id), claim.state)
    if not is_own:
        form.zone.data = zone
    return {
        "claim": claim,
        "form": form,
        "part": part,
        "is_own": is_own,
        "title": title,
        "host": host,
        "when": _event_when(event) if event else "",
        "zone": zone_words(zone) if zone and not is_own else "",
        "fields": source.args if source else {},
        "is_draft": bool(source and source.draft),
        "recorded": _recorded(source, part),
        "asks_reason": any(map(asks_reason, (*form.ends.errors, *form.minutes.errors))),
        "said_field": part.field if part else "",
        **_said(said),
    }


def _said(said: StepRow | None) -> dict[str, Any]:
    return {
        "said": said,
        "said_when": moment_text(said.at, requests.at(), scope().zone) if said else "",
    }


def _recorded(source: Source | None, part: PartRow | None) -> list[str]:
    """What shows already that one was there, in words: then neither a link nor one's word is needed."""
    if part is not None:
        return [f"{one.kind.label}: {one.note}" for one in part.recorded]
    told = []
    if source is not None and source.checked_in:
        proven = proven_by(source.checked_in)
        told.append(f"{proven.kind.label}: {proven.words}")
    elif source is not None and source.draft is not None:
        kept = evidence.evidence(scope(), source.draft.id)
        told += [f"{one.kind.label}: {one.note}" for one in kept if one.kind.is_recorded]
    return told


def _begun(source: Source) -> dict[str, Any]:
    """What a new part begins with: when one was checked in, else the hours of the draft, or of the event."""
    draft, event = source.draft, source.event
    if draft is not None and draft.minutes and draft.starts_at and draft.ends_at:
        whole = draft.minutes == session_minutes(draft.starts_at, draft.ends_at)
        return {
            "title": draft.title,
            "host": draft.host,
            "starts": local(draft.starts_at, draft.zone).replace(tzinfo=None),
            "ends": local(draft.ends_at, draft.zone).replace(tzinfo=None),
            "zone": draft.zone,
            "minutes": None if whole else draft.minutes,
            "longer_reason": draft.longer_reason,
            "link": sending.first_link(scope(), draft.id),
        }
    if event is not None and source.checked_in and not is_doubted(source.checked_in):
        span, zone = span_of(source.checked_in), event.time.zone
        whole = span.minutes == session_minutes(span.starts_at, span.ends_at)
        return {
            "starts": local(span.starts_at, zone).replace(tzinfo=None),
            "ends": local(span.ends_at, zone).replace(tzinfo=None),
            "zone": zone,
            "minutes": None if whole else span.minutes,
        }
    if event is not None and event.time.has_hours and event.time.ends_at is not None:
        zone = event.time.zone
        return {
            "starts": local(event.time.starts_at, zone).replace(tzinfo=None),
            "ends": local(event.time.ends_at, zone).replace(tzinfo=None),
            "zone": zone,
        }
    return {"title": draft.title, "host": draft.host, "zone": draft.zone} if draft else {"zone": scope().zone}


def _form_of(claim: ClaimRow) -> type[GatherForm]:
    who = scope()
    split = details.split_of_claim(who, claim.id)
    return gather_form(claim, sending.policy_of(who, claim), split, _asked(claim))


def _asked(claim: ClaimRow) -> tuple[Any, ...]:
    who = scope()
    return asking.asked_of(who, who.me.id, local(claim.starts_at or who.at, who.district.zone).date())


def _zone_of(form: PartForm) -> str:
    return form.zone.data if form.zone.data and not form.zone.errors else scope().zone


def _when(event: events.EventRow) -> str:
    zone = scope().zone
    time = event.time
    return session_text(time.starts_at, time.ends_at, zone, is_live=time.has_hours)


def _event_when(event: ClaimableEvent) -> str:
    time = event.time
    return session_text(time.starts_at, time.ends_at, time.zone, is_live=time.has_hours)


def _id(ref: str | None) -> int:
    try:
        return id_of(ref or "")
    except ValueError:
        raise NotHere from None
