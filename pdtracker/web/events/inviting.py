"""Bring a colleague: a letter with the event and its calendar entry."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, current_app

from pdtracker.actions import invitations as actions
from pdtracker.actions.invitations import Colleague
from pdtracker.domain.access import Permission
from pdtracker.domain.invitation import NOTE_CHARACTERS
from pdtracker.domain.refusals import NotValid
from pdtracker.queries.one_event import event
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import AddressField, Form, LineField, needed
from pdtracker.web.requests import scope, wiring

inviting = Blueprint("inviting", __name__)


_USED_ONCE = "It is used for this one letter and stands in no list."


class InvitationForm(Form):
    """Whom to tell, and a word of one's own."""

    email = AddressField(
        "Their e-mail",
        [needed("Enter your colleague’s e-mail address.")],
        description=_USED_ONCE,
    )
    note = LineField(
        "A word from you",
        limit=NOTE_CHARACTERS,
        description="One line of plain words. The event’s page is in the letter anyway.",
    )


@inviting.get("/events/<ref:event_id>/invitation")
@permitted(Permission.SEE_EVENTS)
def ask(event_id: int) -> Answer:
    """The form, with what the letter will say."""
    return _page(event_id, InvitationForm(formdata=None))


@inviting.post("/events/<ref:event_id>/invitation")
@permitted(Permission.SEE_EVENTS)
def send(event_id: int) -> Answer:
    """Send it."""
    form, who = InvitationForm(), scope()
    event(who, event_id)
    if form.validate():
        key, email = str(current_app.secret_key), form.email.data or ""
        address = requests.address_of("events.show", event_id=event_id)
        actions.count_invitation(wiring().database, who.me.id, email, key=key, at=who.at)
        try:
            actions.invite_colleague(who, event_id, Colleague(email, form.note.data or "", address), key=key)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "events.show", event_id=event_id, saying=f"The letter to {email} is on its way."
            )
    return _page(event_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(event_id: int, form: InvitationForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    facts = event(who, event_id)
    if facts.is_own:
        form.email.description = f"Of somebody of {who.district.name}, whose own this event is. {_USED_ONCE}"
    return answers.page(
        "events/invitation.html",
        status,
        form=form,
        event=facts,
        when=facts.time.when_words(who.zone),
        sender=who.me.name,
        district=who.district.name,
        is_open=facts.state == "published" and not facts.time.is_over(who.at),
    )
