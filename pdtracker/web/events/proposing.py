"""Adding an event to the district's calendar, and deciding about what others added."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import current_season
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import day_text, local, moment_text
from pdtracker.queries.events import WaitingProposal, waiting_proposals
from pdtracker.queries.programmes import programmes
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.events import DecisionForm, event_page
from pdtracker.web.events.describing import DescriptionForm, proposal_of
from pdtracker.web.requests import scope

ACCEPT, REFUSE = "accept", "refuse"

proposals = Blueprint("proposals", __name__)


@proposals.get("/events/new")
@permitted(Permission.PROPOSE_EVENT)
def ask() -> Answer:
    """The form for an event of one's own district."""
    every, zone = programmes(scope()), scope().zone
    now = current_season(every, local(scope().at, zone).date())
    form = DescriptionForm(zone=zone, programme=ref_of(now.id) if now else "")
    return answers.page("events/new.html", form=form.offer(every), **_allowed())


@proposals.post("/events")
@permitted(Permission.PROPOSE_EVENT)
def add() -> Answer:
    """Add it: at once for an administrator, as a proposal for others."""
    form = DescriptionForm().offer(programmes(scope()))
    is_valid, time = form.validate(), form.time()
    if is_valid and time is not None:
        try:
            event_id = propose_event(scope(), proposal_of(form, time), key=form.idempotency_key.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            published = scope().may(Permission.MANAGE_EVENTS)
            saying = "It is in the calendar." if published else "Sent to your administrators."
            return answers.see("events.show", event_id=event_id, saying=saying)
    return answers.refused("events/new.html", form=form, **_allowed())


def _allowed() -> dict[str, bool]:
    """What the page says depends on what its reader may do."""
    return {"decides": scope().may(Permission.MANAGE_EVENTS), "logs": scope().may(Permission.LOG_CLAIM)}


@proposals.get("/events/proposals")
@permitted(Permission.MANAGE_EVENTS)
def waiting() -> Answer:
    """What waits for an administrator."""
    who = scope()
    rows = [(proposed, *_when(proposed, who.at, who.zone)) for proposed in waiting_proposals(who)]
    return answers.page("events/proposals.html", rows=rows)


def _when(proposed: WaitingProposal, now: datetime, zone: str) -> tuple[str, str]:
    """When it is, and when it was proposed, in words."""
    time = proposed.event.time
    words = (
        time.days_words() if time.is_window else f"{day_text(time.day_in(zone))}, {time.hours_words(zone)}"
    )
    return words, moment_text(proposed.at, now, zone)


@proposals.post("/events/<ref:event_id>/decision")
@permitted(Permission.MANAGE_EVENTS)
def decide(event_id: int) -> Answer:
    """Accept a proposal, or refuse it with a reason."""
    form = DecisionForm()
    if form.validate() and form.decision.data in (ACCEPT, REFUSE):
        accept = form.decision.data == ACCEPT
        try:
            decide_proposal(scope(), event_id, accept=accept, reason=form.reason.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            saying = (
                "It is in your district's calendar." if accept else "Refused. Whoever proposed it sees why."
            )
            return answers.see("events.show", event_id=event_id, saying=saying)
    return event_page(event_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
