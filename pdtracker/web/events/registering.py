"""Registering for an event that the district runs; for its hosts who comes, and on which terms."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint
from wtforms import IntegerField
from wtforms.validators import Optional

from pdtracker.actions.registering import give_up, register, set_terms
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.registration import MOST_PLACES, RegistrationState
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import local, moment_text
from pdtracker.exchange.csv_out import MEDIA_TYPE, csv_bytes
from pdtracker.queries.changing_events import editable
from pdtracker.queries.registrations import attendees, places
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form, LocalTimeField, between
from pdtracker.web.requests import address_of, scope

registering = Blueprint("registering", __name__)

_SAID = {
    RegistrationState.REGISTERED: "You have a place. We remind you the day before.",
    RegistrationState.WAITING: "All places are taken. You are in the line, and we write when one is free.",
}


class TermsForm(Form):
    """How many can come, and until when they can say so."""

    places = IntegerField(
        "Places",
        [
            Optional(),
            between(1, MOST_PLACES, f"Enter between 1 and {MOST_PLACES:,} places, or nothing."),
        ],
        description="Nothing, if there is a place for everybody.",
    )
    closes = LocalTimeField(
        "Registration ends", description="Nothing, if people can register until it begins."
    )


@registering.post("/events/<ref:event_id>/registration")
@permitted(Permission.SEE_EVENTS)
def ask(event_id: int) -> Answer:
    """Get a place, or one in the line."""
    state = register(scope(), event_id, address=address_of("events.show", event_id=event_id))
    kind = "ok" if state is RegistrationState.REGISTERED else "wait"
    return answers.see("events.show", event_id=event_id, saying=_SAID[state], kind=kind)


@registering.post("/events/<ref:event_id>/registration/withdrawal")
@permitted(Permission.SEE_EVENTS)
def withdraw(event_id: int) -> Answer:
    """Give it up."""
    give_up(scope(), event_id)
    return answers.see("events.show", event_id=event_id, saying="Given up. The next in line gets your place.")


@registering.get("/events/<ref:event_id>/registrations")
@permitted(Permission.PROPOSE_EVENT)
def show(event_id: int) -> Answer:
    """Who comes, and the terms."""
    event, found = editable(scope(), event_id), places(scope(), event_id)
    form = TermsForm()
    if found is not None:
        closes = found.terms.closes_at
        form = TermsForm(
            places=found.terms.places,
            closes=local(closes, event.event.time.zone).replace(tzinfo=None) if closes else None,
        )
    return _page(event_id, form)


@registering.post("/events/<ref:event_id>/registrations/terms")
@permitted(Permission.PROPOSE_EVENT)
def change_terms(event_id: int) -> Answer:
    """Ask people to register, or change on which terms."""
    event, form = editable(scope(), event_id), TermsForm()
    is_valid = form.validate()
    closes_at = form.closes.at_zone(event.event.time.zone)
    if is_valid and not form.closes.errors:
        try:
            promoted = set_terms(scope(), event_id, places=form.places.data, closes_at=closes_at)
        except NotValid as refusal:
            form.take(refusal)
        else:
            saying = "People can register."
            if promoted:
                saying += f" {count_of(promoted, 'person', 'people').capitalize()} of the line got a place."
            return answers.see("registering.show", event_id=event_id, saying=saying)
    return _page(event_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@registering.get("/events/<ref:event_id>/registrations.csv")
@permitted(Permission.PROPOSE_EVENT)
def download(event_id: int) -> Answer:
    """Who comes, for a spreadsheet."""
    editable(scope(), event_id)
    rows = [
        (
            one.name,
            one.email,
            one.state.value,
            local(one.asked_at, scope().zone).isoformat(timespec="minutes"),
        )
        for one in attendees(scope(), event_id)
    ]
    return answers.file(
        lambda: csv_bytes(("Name", "E-mail", "Registration", "Since"), rows),
        MEDIA_TYPE,
        "registrations.csv",
        keep=True,
    )


def _page(event_id: int, form: TermsForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    rows = [(one, moment_text(one.asked_at, who.at, who.zone)) for one in attendees(who, event_id)]
    return answers.page(
        "events/registrations.html",
        status,
        form=form,
        event=editable(who, event_id),
        places=places(who, event_id),
        coming=[row for row in rows if row[0].state is RegistrationState.REGISTERED],
        line=[row for row in rows if row[0].state is RegistrationState.WAITING],
    )
