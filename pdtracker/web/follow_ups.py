"""What came of a credited session: the page that a letter leads to, and the beginning of an answer."""

from __future__ import annotations

from flask import Blueprint

from pdtracker.actions.follow_ups import begin_follow_up
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import EDITABLE_STATES
from pdtracker.domain.when import date_text
from pdtracker.queries import claims, follow_ups, reflections
from pdtracker.queries.follow_ups import FollowUpRow
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope

following = Blueprint("follow_ups", __name__)


@following.get("/<slug:district>/follow-ups/<ref:follow_up_id>")
@permitted(Permission.LOG_CLAIM)
def show(follow_up_id: int) -> Answer:
    """What is asked about which session, what it would bring, and until when."""
    who = scope()
    found = follow_ups.follow_up(who, follow_up_id)
    return answers.page(
        "follow_ups/show.html",
        follow_up=found,
        questions=follow_ups.questions_for(who, found),
        rows=reflections.answers(who, found.claim_id),
        worth=found.worth,
        until=date_text(found.closes_on),
        is_open=found.is_open(who.today),
        closed=_why_closed(who, found),
    )


@following.post("/<slug:district>/follow-ups/<ref:follow_up_id>/answer")
@permitted(Permission.LOG_CLAIM)
def begin(follow_up_id: int) -> Answer:
    """Begin to answer, or go on."""
    claim_id = begin_follow_up(scope(), follow_up_id)
    is_editable = claims.own_claim(scope(), claim_id).state in EDITABLE_STATES
    return answers.see("reflections.show" if is_editable else "claims.show", claim_id=claim_id)


def _why_closed(who: Scope, found: FollowUpRow) -> str:
    """Why it can't be answered today; empty while it can."""
    today = who.today
    if not found.is_standing:
        return "The credit that this follows was taken back, so there is nothing to add to it."
    if today < found.due_on:
        return f"You can answer this from {date_text(found.due_on)} on."
    if today > found.closes_on:
        return f"This could be answered until {date_text(found.closes_on)}."
    return ""
