"""Writing a claim, step 1: what the session was, from the calendar or one's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, request

from pdtracker.actions.claims import (
    SessionFacts,
    begin_from_event,
    begin_own,
    change_session,
)
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import HOST_CHARACTERS, TITLE_CHARACTERS
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import id_of
from pdtracker.domain.refusals import Mistyped, NotHere, NotNow
from pdtracker.domain.search import search_words
from pdtracker.domain.telling import session_text
from pdtracker.domain.when import (
    date_text,
    local,
    moment_text,
    short_day,
    span_text,
    weekday_text,
    zone_words,
)
from pdtracker.queries import claims, events, histories, one_event, sending
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.events import EventRow
from pdtracker.queries.one_event import BY_SESSION, ClaimableEvent
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import (
    ChooseField,
    Form,
    KeyField,
    LineField,
    LinkField,
    needed,
)
from pdtracker.web.requests import scope

drafts = Blueprint("drafts", __name__)

_CANDIDATES = 12


class SessionForm(Form):
    """What one's own session was."""

    title = LineField(
        "What was it called?",
        [needed("Enter what it was called.")],
        limit=TITLE_CHARACTERS,
        description="As the host wrote it.",
    )
    host = LineField(
        "Who hosted it?",
        [needed("Enter who hosted it.")],
        limit=HOST_CHARACTERS,
        description="An organization, a school or a person.",
    )
    kind = ChooseField(
        "What kind of event was it?",
        [needed("Choose what kind of event it was.")],
        choices={"": "Choose one", **{kind.value: kind.label for kind in EventKind}},
    )
    category = ChooseField(
        "What were the hours about?",
        [needed("Choose what the hours were about.")],
        choices={"": "Choose one", **{one.value: one.label for one in CreditCategory}},
        description="Your district counts hours by these categories.",
    )
    link = LinkField("Where can it be found on the web?", description="Its address, when it has one.")
    idempotency_key = KeyField()

    def facts(self) -> SessionFacts:
        """What was entered, once the form is valid."""
        return SessionFacts(
            title=self.title.data or "",
            host=self.host.data or "",
            kind=EventKind(self.kind.data),
            category=CreditCategory(self.category.data),
            link=self.link.data or "",
        )


class CategoryForm(Form):
    """Of an event's session only the category is open."""

    category = ChooseField(
        "What were the hours about?",
        choices={one.value: one.label for one in CreditCategory},
        description="The host says one thing; what you learned there may be another.",
    )


@drafts.get("/<slug:district>/claims/new")
@permitted(Permission.LOG_CLAIM)
def choose() -> Answer:
    """Step 1: which session was it? The recent ones that one may have been at, or one's own."""
    if ref := request.args.get("event"):
        return _one_event(ref)
    typed = request.args.get("q", "")
    sentence, found = "", tuple[EventRow, ...]()
    try:
        found = events.attended_candidates(scope(), search_words(typed), _CANDIDATES)
    except Mistyped as error:
        sentence = error.sentence
    rows = [_candidate(event) for event in found]
    withdrawn = one_event.withdrawn_among(scope(), [event.id for event in found])
    return answers.page("claims/new.html", found=rows, withdrawn=withdrawn, typed=typed, sentence=sentence)


@drafts.post("/<slug:district>/claims")
@permitted(Permission.LOG_CLAIM)
def begin() -> Answer:
    """A draft from an event, or the claim that holds it already."""
    event_id, session = _event_id(request.form.get("event", "")), request.form.get("session", "")
    try:
        claim_id = begin_from_event(scope(), event_id, _event_id(session) if session else None)
    except NotNow as refusal:
        if refusal.code != BY_SESSION:
            raise
        return _by_session(event_id, refusal)
    claim = claims.own_claim(scope(), claim_id)
    if claim.state is ClaimState.DRAFT and not claim.is_bundle:
        return answers.see("attendance.show", claim_id=claim_id)
    return answers.see(
        "claims.show", claim_id=claim_id, saying="You have logged this session already.", kind="wait"
    )


@drafts.get("/<slug:district>/claims/new/own")
@permitted(Permission.LOG_CLAIM)
def own() -> Answer:
    """Step 1 for a session that no calendar lists."""
    return answers.page("claims/own.html", form=SessionForm(), claim=None, said=None)


@drafts.post("/<slug:district>/claims/new/own")
@permitted(Permission.LOG_CLAIM)
def begin_own_session() -> Answer:
    """Make the draft."""
    form = SessionForm()
    if not form.validate():
        return answers.refused("claims/own.html", form=form, claim=None, said=None)
    claim_id = begin_own(scope(), form.facts(), key=form.idempotency_key.data or "")
    return answers.see("attendance.show", claim_id=claim_id)


@drafts.get("/<slug:district>/claims/<ref:claim_id>/session")
@permitted(Permission.LOG_CLAIM)
def session(claim_id: int) -> Answer:
    """Step 1 of a draft, to change what the session was."""
    claim = claims.editable_session(scope(), claim_id)
    form = (
        CategoryForm(data={"category": claim.category.value})
        if claim.event_id is not None
        else SessionForm(
            data={
                "title": claim.title,
                "host": claim.host,
                "kind": claim.kind.value,
                "category": claim.category.value,
                "link": claim.link or "",
            }
        )
    )
    return answers.page("claims/own.html", form=form, **_session_page(claim))


@drafts.post("/<slug:district>/claims/<ref:claim_id>/session")
@permitted(Permission.LOG_CLAIM)
def save_session(claim_id: int) -> Answer:
    """Keep what the session was."""
    claim = claims.editable_session(scope(), claim_id)
    form = CategoryForm() if claim.event_id is not None else SessionForm()
    if not form.validate():
        return answers.refused("claims/own.html", form=form, **_session_page(claim))
    facts = (
        form.facts()
        if isinstance(form, SessionForm)
        else SessionFacts(
            title=claim.title,
            host=claim.host,
            kind=claim.kind,
            category=CreditCategory(form.category.data),
            link=claim.link or "",
        )
    )
    change_session(scope(), claim_id, facts)
    return answers.see(_after(claim, "attendance.show"), claim_id=claim_id)


def _candidate(event: EventRow) -> tuple[EventRow, str, str, str]:
    """A row of the list: with its day, weekday and time by the district's clock."""
    zone, time = scope().zone, event.time
    start = local(time.starts_at, zone)
    if time.has_hours and time.ends_at is not None:
        is_this_year = start.year == local(requests.at(), zone).year
        on = short_day(start) if is_this_year else date_text(start)
        span, ends = span_text(time.starts_at, time.ends_at, zone), local(time.ends_at, zone)
        # Over several days each end of the span has its day already.
        when = f"{on}, {span}" if start.date() == ends.date() else span
    else:
        when = session_text(time.starts_at, time.ends_at, time.zone, is_live=False)
    return event, str(start.day), weekday_text(start)[:3], when


def _one_event(ref: str) -> Answer:
    event_id = _event_id(ref)
    try:
        event = one_event.event_for_claim(scope(), event_id)
    except NotNow as refusal:
        if refusal.code != BY_SESSION:
            raise
        return _by_session(event_id, refusal)
    if (mine := one_event.my_claim(scope(), event.id)) is not None:
        return answers.see("claims.show", claim_id=mine.id)
    when = session_text(
        event.time.starts_at, event.time.ends_at, event.time.zone, is_live=event.time.has_hours
    )
    return answers.page(
        "claims/new_event.html",
        event=event,
        when=when,
        zone=zone_words(event.time.zone),
        may_gather=_may_gather(event),
    )


def _by_session(event_id: int, refusal: NotNow) -> Answer:
    """To the sessions of the event, each with its button."""
    return answers.see("events.show", event_id=event_id, saying=refusal.sentence, kind="wait")


def _may_gather(event: ClaimableEvent) -> bool:
    """Whether the event could be a part of a bundle."""
    rule = sending.bundle_rule_on(scope(), local(event.time.starts_at, scope().district.zone).date())
    return rule is not None and event.time.minutes is not None and rule.takes(event.kind, event.time.minutes)


def _event_id(ref: str) -> int:
    try:
        return id_of(ref)
    except ValueError:
        raise NotHere from None


def _after(claim: ClaimRow, following: str) -> str:
    """A draft goes on to its next step; what was sent before goes back to the check of all answers."""
    return following if claim.state is ClaimState.DRAFT else "submissions.check"


def _session_page(claim: ClaimRow) -> dict[str, Any]:
    said = histories.asked_for(histories.steps(scope(), claim.id), claim.state)
    return {
        "claim": claim,
        "when": claim.session_words,
        "said": said,
        "said_when": _moment(said.at) if said else "",
    }


def _moment(at: datetime) -> str:
    return moment_text(at, requests.at(), scope().zone)
