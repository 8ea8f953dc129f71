"""My calendar on my phone: the addresses that its owner makes and revokes, and the feed that is read there."""

from __future__ import annotations

from http import HTTPStatus

import segno
from flask import Blueprint, Response, request

from pdtracker.actions import calendar_addresses as actions
from pdtracker.actions.accounts import secret_hash
from pdtracker.domain.access import Permission
from pdtracker.domain.going import MOST_ADDRESSES
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.when import moment_text
from pdtracker.queries.calendar_addresses import my_addresses, owner_of
from pdtracker.queries.feeds import my_feed_events
from pdtracker.queries.people import member
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.counted import count_look
from pdtracker.web.doors import permitted, public
from pdtracker.web.events.feeds import feed_answer
from pdtracker.web.forms import Form, LineField
from pdtracker.web.requests import scope

own_feed = Blueprint("own_feed", __name__)

LOOKS_PER_MINUTE = 120
"""Whole schools come from one network, and phones ask every few hours."""


class AddressForm(Form):
    """Where its owner will use an address."""

    name = LineField(
        "Where will you use it?",
        description="A word for yourself, such as “my phone”: it tells your addresses apart.",
        limit=40,
    )


@own_feed.after_request
def keep_it_quiet(response: Response) -> Response:
    """No search engine lists it, and nothing that it leads to learns the address, also where there is none.

    The pages about it have no secret in their addresses; without a referrer their own forms would come from nowhere.
    """
    if request.endpoint == "own_feed.read":
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@own_feed.get("/events/mine/<secret>.ics")
@public
def read(secret: str) -> Answer:
    """The calendar behind an address: no sign-in and no cookie is asked for; the address is the key."""
    count_look("calendar", LOOKS_PER_MINUTE)
    owner = owner_of(requests.installation_session(), secret_hash(secret))
    if owner is None:
        raise NotHere
    session = requests.district_session(owner.district.id)
    found = member(session, owner.person_id)
    if found is None or found.left_at is not None:
        raise NotHere
    who = Scope(session, owner.district, requests.at(), found.person, found.roles, own_zone=owner.zone)
    return feed_answer("My connected learning", who.zone, my_feed_events(who), "calendar.ics")


@own_feed.get("/<slug:district>/calendar/addresses")
@permitted(Permission.SEE_EVENTS)
def index() -> Answer:
    """One's addresses, and how to use one."""
    return _page(AddressForm(formdata=None))


@own_feed.post("/<slug:district>/calendar/addresses")
@permitted(Permission.SEE_EVENTS)
def make() -> Answer:
    """A new address, shown once on the answer itself."""
    form = AddressForm()
    if not form.validate():
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    name = form.name.data or "A calendar"
    return _handed_over(name, actions.make_address(scope(), name))


@own_feed.post("/<slug:district>/calendar/addresses/<ref:address_id>/renewal")
@permitted(Permission.SEE_EVENTS)
def renew(address_id: int) -> Answer:
    """Another address in place of this one."""
    token = actions.renew_address(scope(), address_id)
    name = next(one.name for one in my_addresses(scope()) if one.id == address_id)
    return _handed_over(name, token)


@own_feed.post("/<slug:district>/calendar/addresses/<ref:address_id>/revocation")
@permitted(Permission.SEE_EVENTS)
def revoke(address_id: int) -> Answer:
    """End it."""
    actions.revoke_address(scope(), address_id)
    return answers.see("own_feed.index", saying="Revoked. Calendars that ask for it get nothing from now on.")


def _page(form: AddressForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    rows = my_addresses(who)
    return answers.page(
        "own_calendar/addresses.html",
        status,
        form=form,
        rows=[(one, moment_text(one.made_at, who.at, who.zone)) for one in rows],
        may_make=len(rows) < MOST_ADDRESSES,
    )


def _handed_over(name: str, token: str) -> Answer:
    address = requests.address_of("own_feed.read", secret=token)
    phone = "webcal:" + address.partition(":")[2]
    return answers.page(
        "own_calendar/handed_over.html",
        name=name,
        address=address,
        phone=phone,
        matrix=segno.make(phone, error="m", micro=False).matrix,
    )
