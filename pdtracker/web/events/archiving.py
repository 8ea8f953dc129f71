"""The archive of an event: its links, adding one, deciding about those that others gave."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint
from wtforms import HiddenField

from pdtracker.actions import archives as actions
from pdtracker.actions.archives import ArchiveEntry
from pdtracker.domain.access import Permission
from pdtracker.domain.archive import (
    TITLE_CHARACTERS,
    ArchiveKind,
    ArchiveState,
    require_keeper,
    require_something_to_keep,
)
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.when import date_text, local
from pdtracker.queries.archives import Archived, archive
from pdtracker.queries.hosting import speaks_for
from pdtracker.queries.one_event import event
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, Form, LineField, LinkField, needed
from pdtracker.web.requests import address_of, scope

ACCEPT, REFUSE = "accept", "refuse"

archiving = Blueprint("archiving", __name__)


class ArchiveForm(Form):
    """A link to what stays of the event."""

    kind = ChooseField("What is it?", choices={kind.value: kind.label for kind in ArchiveKind})
    title = LineField(
        "What is it called?",
        [needed("Enter what it is.")],
        limit=TITLE_CHARACTERS,
        description="Such as: Recording, 58 minutes, with captions.",
    )
    link = LinkField("Its address", [needed("Paste the address.")])


class DecisionForm(Form):
    """What becomes of a link: the pressed button, and the reason of a refusal."""

    decision = HiddenField(default="")
    reason = LineField("If you refuse: why?", description="Whoever gave it reads this.", limit=300)


@archiving.get("/events/<ref:event_id>/archive")
@permitted(Permission.PROPOSE_EVENT)
def show(event_id: int) -> Answer:
    """What stays of the event, and the form for more."""
    return _page(event_id, ArchiveForm(formdata=None))


@archiving.post("/events/<ref:event_id>/archive")
@permitted(Permission.PROPOSE_EVENT)
def give(event_id: int) -> Answer:
    """Add a link, or propose it to who speaks for the event."""
    form, who = ArchiveForm(), scope()
    facts = event(who, event_id)
    require_something_to_keep(
        facts.kind.noun, is_published=facts.state == "published", has_begun=facts.time.has_begun(who.at)
    )
    if form.validate():
        entry = ArchiveEntry(ArchiveKind(form.kind.data), form.title.data or "", form.link.data or "")
        try:
            actions.give_archive_link(who, event_id, entry)
        except NotValid as refusal:
            form.take(refusal)
        else:
            listed = speaks_for(who, event_id)
            saying = "It is in the archive." if listed else "Sent to who hosts the event."
            return answers.see("archiving.show", event_id=event_id, saying=saying)
    return _page(event_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@archiving.get("/events/<ref:event_id>/archive/<ref:link_id>")
@permitted(Permission.PROPOSE_EVENT)
def ask(event_id: int, link_id: int) -> Answer:
    """One link, for who decides about it."""
    return _one(event_id, link_id, DecisionForm(formdata=None))


@archiving.post("/events/<ref:event_id>/archive/<ref:link_id>/decision")
@permitted(Permission.PROPOSE_EVENT)
def decide(event_id: int, link_id: int) -> Answer:
    """Take it into the archive, or refuse it with a reason."""
    form, who = DecisionForm(), scope()
    event(who, event_id)
    decides = speaks_for(who, event_id)
    _seen(who, event_id, link_id, decides=decides)
    require_keeper(speaks_for_it=decides)
    if form.validate() and form.decision.data in (ACCEPT, REFUSE):
        accept = form.decision.data == ACCEPT
        try:
            actions.decide_archive_link(
                who,
                event_id,
                link_id,
                accept=accept,
                reason=form.reason.data or "",
                address=address_of("archiving.show", event_id=event_id),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            saying = "It is in the archive." if accept else "Refused. Whoever gave it sees why."
            return answers.see("archiving.show", event_id=event_id, saying=saying)
    return _one(event_id, link_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@archiving.post("/events/<ref:event_id>/archive/<ref:link_id>/removal")
@permitted(Permission.PROPOSE_EVENT)
def remove(event_id: int, link_id: int) -> Answer:
    """Take it out of the archive."""
    actions.remove_archive_link(scope(), event_id, link_id)
    return answers.see("archiving.show", event_id=event_id, saying="It is no longer in the archive.")


def _one(event_id: int, link_id: int, form: DecisionForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    facts = event(who, event_id)
    decides = speaks_for(who, event_id)
    one = _seen(who, event_id, link_id, decides=decides)
    return answers.page(
        "events/archive_link.html",
        status,
        event=facts,
        one=one,
        given_on=_day(one, who.zone),
        form=form,
        decides=decides,
    )


def _seen(who: Scope, event_id: int, link_id: int, *, decides: bool) -> Archived:
    """The link, for whom it is there: its giver, who decides about it, and once it is listed everybody."""
    one = next((row for row in archive(who, event_id) if row.id == link_id), None)
    if one is None or not (decides or one.by_id == who.me.id or one.state is ArchiveState.LISTED):
        raise NotHere
    return one


def _page(event_id: int, form: ArchiveForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    facts = event(who, event_id)
    decides = speaks_for(who, event_id)
    found = archive(who, event_id)
    seen = [row for row in found if row.state is ArchiveState.LISTED or row.by_id == who.me.id or decides]
    return answers.page(
        "events/archive.html",
        status,
        event=facts,
        rows=[(row, _day(row, who.zone), urlsplit(row.link).hostname or "") for row in seen],
        form=form,
        decides=decides,
        is_open=facts.state == "published" and facts.time.has_begun(who.at),
    )


def _day(row: Archived, zone: str) -> str:
    return date_text(local(row.at, zone).date())
