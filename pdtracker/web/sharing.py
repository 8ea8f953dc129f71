"""Sharing one's certificates: the addresses that their owner makes and ends, and the page that is read there."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, Response, request

from pdtracker.actions import sharing as actions
from pdtracker.actions.accounts import secret_hash
from pdtracker.domain.access import Permission
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.sharing import DAYS, MOST_LINKS
from pdtracker.domain.when import date_text, local, moment_text
from pdtracker.queries.certificates import Listed, certificate
from pdtracker.queries.people import member
from pdtracker.queries.sharing import certificates_in, minutes_of, my_links, shared_of
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.counted import count_look
from pdtracker.web.doors import permitted, public
from pdtracker.web.forms import ChooseField, Form, LineField, needed
from pdtracker.web.requests import scope

sharing = Blueprint("sharing", __name__)

LOOKS_PER_MINUTE = 120
_SHOWN_OPENINGS = 10
_LENGTHS = {7: "A week", 30: "30 days", 90: "90 days", 365: "A year"}


class ShareForm(Form):
    """For whom, and for how long."""

    name = LineField(
        "Who is it for?",
        [needed("Say who it is for.")],
        description="A word for yourself, such as “the licensing office”: it tells your addresses apart.",
        limit=60,
    )
    days = ChooseField(
        "For how long?", choices={str(days): _LENGTHS[days] for days in DAYS}, default=str(DAYS[1])
    )


@sharing.after_request
def keep_it_quiet(response: Response) -> Response:
    """No search engine lists what is shared, and nothing that it leads to learns the address."""
    if request.endpoint == "sharing.read":
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@sharing.get("/shared/<share>")
@public
def read(share: str) -> Answer:
    """What somebody shows. Its owner is told that it was opened; what can't be noted isn't shown."""
    count_look("shared", LOOKS_PER_MINUTE)
    shared = shared_of(requests.installation_session(), secret_hash(share), requests.at())
    if shared is None:
        raise NotHere
    session = requests.district_session(shared.district.id)
    holder = member(session, shared.person_id)
    if holder is None or holder.left_at is not None:
        raise NotHere
    who = Scope(session, shared.district, requests.at())
    rows = certificates_in(who, shared)
    requests.visitor()
    shown = answers.page(
        "sharing/show.html",
        holder=holder.person.name,
        issuer=shared.district.name,
        until=date_text(local(shared.expires_at, who.zone)),
        minutes=minutes_of(rows),
        rows=[(one, _meta(one, who)) for one in rows],
    )
    actions.note_opening(who, shared.link_id)
    return shown


@sharing.get("/<slug:district>/transcript/links")
@permitted(Permission.SEE_EVENTS)
def index() -> Answer:
    """One's addresses, and when they were opened."""
    return _page(ShareForm(formdata=None))


@sharing.post("/<slug:district>/transcript/links")
@permitted(Permission.SEE_EVENTS)
def make() -> Answer:
    """A new address, shown once on the answer itself."""
    form = ShareForm()
    if not form.validate():
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    name, days = form.name.data or "", int(form.days.data)
    token = actions.share_certificates(scope(), name=name, days=days, serial=request.args.get("certificate"))
    until = date_text(local(requests.at() + timedelta(days=days), scope().zone))
    address = requests.address_of("sharing.read", share=token)
    return answers.page("sharing/handed_over.html", name=name, address=address, until=until)


@sharing.post("/<slug:district>/transcript/links/<ref:share_link_id>/revocation")
@permitted(Permission.SEE_EVENTS)
def end(share_link_id: int) -> Answer:
    """End it."""
    actions.end_share(scope(), share_link_id)
    return answers.see("sharing.index", saying="Ended. Whoever opens it finds nothing from now on.")


def _meta(one: Listed, who: Scope) -> str:
    day = date_text(local(one.issued_at, who.zone))
    return f"{hours_phrase(one.minutes)}, {day}" + (", sums up others" if one.sums_up else "")


def _page(form: ShareForm, status: int = HTTPStatus.OK) -> Answer:
    who, serial = scope(), request.args.get("certificate")
    one = certificate(who, serial) if serial else None
    if one is not None and one.person_id != who.me.id:
        raise NotHere
    links = my_links(who)
    return answers.page(
        "sharing/index.html",
        status,
        form=form,
        serial=serial,
        title=one.snapshot.title if one else None,
        may_make=len(links) < MOST_LINKS,
        rows=[
            (
                link,
                date_text(local(link.expires_at, who.zone)),
                [moment_text(at, who.at, who.zone) for at in link.opened_at[:_SHOWN_OPENINGS]],
            )
            for link in links
        ],
    )
