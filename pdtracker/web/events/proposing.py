"""Adding an event to the district's calendar, and deciding about what others added."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint

from pdtracker.actions.calendar import MAYBE_THERE, decide_proposal, propose_event
from pdtracker.actions.moderating import merge_event, return_proposal
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import current_season
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import local, moment_text
from pdtracker.queries.changing_events import editable
from pdtracker.queries.duplicates import likely_duplicates
from pdtracker.queries.events import WaitingProposal, waiting_proposals
from pdtracker.queries.programmes import programmes, themes_to_choose
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.events import DecisionForm, event_page
from pdtracker.web.events.describing import blank, sent, wants_rows
from pdtracker.web.events.likely import in_words, likely_to_be, time_words
from pdtracker.web.forms import Form, RefsField
from pdtracker.web.requests import scope

ACCEPT, RETURN, REFUSE = "accept", "return", "refuse"
_DECISIONS = {
    ACCEPT: "It is in your district's calendar.",
    RETURN: "Returned. Whoever proposed it reads what to change.",
    REFUSE: "Refused. Whoever proposed it sees why.",
}

proposals = Blueprint("proposals", __name__)


class MergingForm(Form):
    """Which event of the calendar another one is."""

    into = RefsField("Which one is it?", default=())


@proposals.get("/events/new")
@permitted(Permission.PROPOSE_EVENT)
def ask() -> Answer:
    """The form for an event of one's own district."""
    every, zone = programmes(scope()), scope().zone
    now = current_season(every, local(scope().at, zone).date())
    form = blank(zone=zone, programme=ref_of(now.id) if now else "")
    return answers.page(
        "events/new.html", form=form.offer(every, themes_to_choose(scope())), maybe=(), **_allowed()
    )


@proposals.post("/events")
@permitted(Permission.PROPOSE_EVENT)
def add() -> Answer:
    """Add it: at once for an administrator, as a proposal for others. What may be there already is shown first."""
    form = sent().offer(programmes(scope()), themes_to_choose(scope()))
    told = form.told()
    if told is None:
        return answers.refused("events/new.html", form=form, maybe=(), **_allowed())
    try:
        event_id = propose_event(
            scope(),
            told,
            key=form.idempotency_key.data or "",
            shown=form.shown.data or (),
            waiting_at=requests.address_of("proposals.waiting"),
        )
    except NotValid as refusal:
        form.take(refusal)
        return answers.refused("events/new.html", form=form, maybe=(), **_allowed())
    except NotNow as refusal:
        if refusal.code != MAYBE_THERE:
            raise
        found = likely_duplicates(scope(), told)
        form.shown.data = [one.event.id for one in found]
        return answers.refused("events/new.html", form=form, maybe=in_words(scope(), found), **_allowed())
    published = scope().may(Permission.MANAGE_EVENTS)
    saying = "It is in the calendar." if published else "Sent to your administrators."
    if wants_rows():
        return answers.see("changing.ask", event_id=event_id, saying=saying)
    return answers.see("events.show", event_id=event_id, saying=saying)


def _allowed() -> dict[str, bool]:
    """What the page says depends on what its reader may do."""
    return {"decides": scope().may(Permission.MANAGE_EVENTS), "logs": scope().may(Permission.LOG_CLAIM)}


@proposals.get("/events/proposals")
@permitted(Permission.MANAGE_EVENTS)
def waiting() -> Answer:
    """What waits for an administrator, and what waits for its proposer."""
    who = scope()
    rows = [(proposed, *_when(proposed, who.at, who.zone)) for proposed in waiting_proposals(who)]
    return answers.page(
        "events/proposals.html",
        rows=[row for row in rows if not row[0].is_returned],
        returned=[row for row in rows if row[0].is_returned],
    )


def _when(proposed: WaitingProposal, now: datetime, zone: str) -> tuple[str, str]:
    """When it is, and when it was proposed, in words."""
    return time_words(proposed.event.time, zone), moment_text(proposed.at, now, zone)


@proposals.post("/events/<ref:event_id>/decision")
@permitted(Permission.MANAGE_EVENTS)
def decide(event_id: int) -> Answer:
    """Accept a proposal, return it with a comment, or refuse it with a reason."""
    form = DecisionForm()
    if form.validate() and form.decision.data in _DECISIONS:
        try:
            _decide(event_id, form.decision.data, form.reason.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("events.show", event_id=event_id, saying=_DECISIONS[form.decision.data])
    return event_page(event_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@proposals.get("/events/<ref:event_id>/merging")
@permitted(Permission.MANAGE_EVENTS)
def ask_to_merge(event_id: int) -> Answer:
    """Which event of the calendar this one may be."""
    return _merging(event_id, MergingForm())


@proposals.post("/events/<ref:event_id>/merging")
@permitted(Permission.MANAGE_EVENTS)
def merge(event_id: int) -> Answer:
    """Say that it is another one; the page of what remains comes next."""
    form = MergingForm()
    into = form.into.data or []
    if not form.validate() or len(into) != 1:
        form.into.errors = ["Choose the event that it is."]
        return _merging(event_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    count = merge_event(scope(), event_id, into[0], address=_page_of(into[0]))
    saying = "This one remains, and the other address leads here."
    if count:
        saying += f" {count_of(count, 'claim', 'claims').capitalize()} went along."
    return answers.see("events.show", event_id=into[0], saying=saying)


def _decide(event_id: int, decision: str, reason: str) -> None:
    if decision == RETURN:
        return_proposal(scope(), event_id, reason, address=_page_of(event_id))
    else:
        decide_proposal(
            scope(), event_id, accept=decision == ACCEPT, reason=reason, address=_page_of(event_id)
        )


def _page_of(event_id: int) -> str:
    return requests.address_of("events.show", event_id=event_id)


def _merging(event_id: int, form: MergingForm, status: int = HTTPStatus.OK) -> Answer:
    found, maybe = editable(scope(), event_id), likely_to_be(scope(), event_id)
    return answers.page("events/merging.html", status, form=form, event=found, maybe=maybe)
