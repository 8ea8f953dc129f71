"""Changing, cancelling and bringing back an event, and what happened to it so far: for its hosts and administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, request

from pdtracker.actions.event_changes import (
    CHANGED_MEANWHILE,
    cancel_event,
    change_event,
    reinstate_event,
)
from pdtracker.actions.series import cancel_following, change_following
from pdtracker.domain.access import Permission
from pdtracker.domain.event_change import Aspect, Change
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import moment_text
from pdtracker.queries.changing_events import EditableEvent, HistoryRow, editable, history
from pdtracker.queries.programmes import programmes, themes_to_choose
from pdtracker.queries.registrations import expecting
from pdtracker.queries.series import in_series
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.events.describing import filled, seen_version, sent, wants_rows
from pdtracker.web.forms import Form, ParagraphsField, needed
from pdtracker.web.requests import address_of, scope

REASON_CHARACTERS = 1000
FOLLOWING = "following"
_SENT_AGAIN = "Sent to your administrators again."

changing = Blueprint("changing", __name__)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history: what happened, who did it when, and what was before and after."""

    title: str
    sign: str
    when: str
    note: str
    changes: Sequence[tuple[str, str, str]]


class CancellationForm(Form):
    """Why an event is called off."""

    reason = ParagraphsField(
        "Why?",
        [needed("Say why. Those who wanted to come read this.")],
        limit=REASON_CHARACTERS,
        description="Those who wanted to come read this.",
    )


@changing.get("/events/<ref:event_id>/changes")
@permitted(Permission.PROPOSE_EVENT)
def show(event_id: int) -> Answer:
    """What happened to the event."""
    found = editable(scope(), event_id)
    return answers.page("events/changes.html", event=found, told=_told(history(scope(), event_id)))


@changing.get("/events/<ref:event_id>/changes/new")
@permitted(Permission.PROPOSE_EVENT)
def ask(event_id: int) -> Answer:
    """The form with what the event says now."""
    found = editable(scope(), event_id)
    form = filled(found.event, found.version).offer(programmes(scope()), themes_to_choose(scope()))
    return _changing(found, form)


@changing.post("/events/<ref:event_id>/changes")
@permitted(Permission.PROPOSE_EVENT)
def change(event_id: int) -> Answer:
    """Change it. Whoever was slower reads what was changed meanwhile, and keeps what they typed."""
    found = editable(scope(), event_id)
    form = sent().offer(programmes(scope()), themes_to_choose(scope()))
    told = form.told()
    if told is None:
        return _changing(found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        saying = _changed(event_id, told, seen_version(form))
    except NotValid as refusal:
        form.take(refusal)
        return _changing(found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotNow as refusal:
        if refusal.code != CHANGED_MEANWHILE:
            raise
        return _slower(form, event_id)
    if found.is_returned:
        saying = _SENT_AGAIN
    if wants_rows():
        return answers.see("changing.ask", event_id=event_id, saying=saying)
    return answers.see("events.show", event_id=event_id, saying=saying)


@changing.get("/events/<ref:event_id>/cancellation")
@permitted(Permission.PROPOSE_EVENT)
def ask_to_cancel(event_id: int) -> Answer:
    """What cancelling does, and the question why."""
    return _cancellation(editable(scope(), event_id), CancellationForm())


@changing.post("/events/<ref:event_id>/cancellation")
@permitted(Permission.PROPOSE_EVENT)
def cancel(event_id: int) -> Answer:
    """Cancel it."""
    form = CancellationForm()
    if form.validate():
        return answers.see(
            "events.show", event_id=event_id, saying=_called_off(event_id, form.reason.data or "")
        )
    return _cancellation(editable(scope(), event_id), form, HTTPStatus.UNPROCESSABLE_ENTITY)


@changing.post("/events/<ref:event_id>/reinstatement")
@permitted(Permission.PROPOSE_EVENT)
def reinstate(event_id: int) -> Answer:
    """Bring it back."""
    reinstate_event(scope(), event_id)
    return answers.see("events.show", event_id=event_id, saying="It takes place again.")


def _cancellation(event: EditableEvent, form: CancellationForm, status: int = HTTPStatus.OK) -> Answer:
    return answers.page(
        "events/cancellation.html",
        status,
        form=form,
        event=event,
        following=_following(event.id),
        expecting=expecting(scope(), [event.id]),
    )


def _changed(event_id: int, told: Proposal, version: int) -> str:
    """Change this one, or with it those that follow; what came of it in a sentence."""
    if request.form.get("then") == FOLLOWING:
        count = change_following(scope(), event_id, told, seen_version=version)
        return f"Changed, {count_of(count, 'event', 'events')} in all." if count else _said(0)
    return _said(len(_change(event_id, told, version)))


def _change(event_id: int, told: Proposal, version: int) -> Sequence[Change]:
    waiting_at = address_of("proposals.waiting")
    return change_event(scope(), event_id, told, seen_version=version, waiting_at=waiting_at)


def _called_off(event_id: int, reason: str) -> str:
    """Call this one off, or with it those that follow; what came of it in a sentence."""
    address = address_of("events.show", event_id=event_id)
    if request.form.get("then") == FOLLOWING:
        count = cancel_following(scope(), event_id, reason, address=address)
        return f"Cancelled, {count_of(count, 'event', 'events')} in all. They stay in calendars as that."
    cancel_event(scope(), event_id, reason, address=address)
    told = expecting(scope(), [event_id]).total
    heard = (
        f" {count_of(told, 'person hears', 'people hear').capitalize()} of it, with your reason."
        if told
        else ""
    )
    return f"Cancelled. It stays in calendars as that.{heard}"


def _following(event_id: int) -> int:
    """How many events of the series come after this one; none of an event of its own."""
    found = in_series(scope(), event_id)
    return found.following if found else 0


def _slower(form: Any, event_id: int) -> Answer:
    """The form again as it was typed, with what somebody else changed since it was loaded."""
    seen, now = seen_version(form), editable(scope(), event_id)
    since = [row for row in history(scope(), event_id) if int(row.facts.get("version", 0)) > seen]
    form.version.data = str(now.version)
    form.form_errors.append(
        "Somebody changed this event while you were writing. Look at what is different, then save yours."
    )
    return _changing(now, form, HTTPStatus.CONFLICT, _told(since))


def _changing(
    found: EditableEvent, form: Any, status: int = HTTPStatus.OK, meanwhile: Sequence[Any] = ()
) -> Answer:
    return answers.page(
        "events/change.html",
        status,
        form=form,
        event=found,
        meanwhile=meanwhile,
        following=_following(found.id),
    )


def _said(count: int) -> str:
    if not count:
        return "Nothing is different, so nothing was changed."
    return "Changed. Claims that were made before keep what they say."


def _told(rows: Sequence[HistoryRow]) -> list[Told]:
    who = scope()
    return [
        Told(
            title=_TITLES[row.what][0],
            sign=_TITLES[row.what][1],
            when=f"{row.by_name}, {moment_text(row.at, who.at, who.zone)}",
            note=str(row.facts.get("reason") or row.facts.get("comment") or ""),
            changes=_changes(row.facts),
        )
        for row in rows
        if row.what in _TITLES
    ]


def _changes(facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(Aspect(name).label, before, after) for name, before, after in facts.get("changes", ())]


# What stands in the trail, as a title with its sign.
_TITLES: Mapping[str, tuple[str, str]] = {
    "event.proposed": ("Added", "todo"),
    "event.accepted": ("Taken into the calendar", "ok"),
    "event.refused": ("Not taken into the calendar", "no"),
    "event.returned": ("Returned to its proposer", "back"),
    "event.sent_again": ("Sent again", "wait"),
    "event.merged": ("Merged into another event", "off"),
    "event.changed": ("Changed", "half"),
    "event.cancelled": ("Cancelled", "off"),
    "event.repeated": ("Made a series", "todo"),
    "event.reinstated": ("Brought back", "ok"),
    "event.registration_set": ("Registration set", "todo"),
    "event.hosts_named": ("Hosts named", "todo"),
}
