"""How somebody has their letters: the page on which they choose, and the link in a letter that stops its kind."""

from __future__ import annotations

from datetime import time
from http import HTTPStatus

from flask import Blueprint, Response, current_app, request
from wtforms import SelectField

from pdtracker.actions import bounces
from pdtracker.actions import mailing as actions
from pdtracker.domain.access import Permission
from pdtracker.domain.mailing import CHOSEN_KINDS, LetterKind, Pace, QuietHours
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.stop_links import StopLink
from pdtracker.domain.when import time_text, zone_words
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.bounces import bounce_of
from pdtracker.queries.mailing import mail_choices, quiet_hours
from pdtracker.scope import DistrictFacts, Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.counted import count_look
from pdtracker.web.doors import permitted, public, public_by_link
from pdtracker.web.forms import ChooseField, Form
from pdtracker.web.requests import scope

letters = Blueprint("letters", __name__)

LOOKS_PER_MINUTE = 60

# Kinds that only who may do this gets letters of.
_FOR = {
    LetterKind.DECISION: Permission.LOG_CLAIM,
    LetterKind.REMINDER: Permission.LOG_CLAIM,
    LetterKind.LICENCE: Permission.LOG_CLAIM,
    LetterKind.REVIEW: Permission.REVIEW_CLAIMS,
}
_HOURS = {"": "None", **{str(hour * 60): time_text(time(hour)) for hour in range(24)}}


def _pace_field(kind: LetterKind) -> ChooseField:
    return ChooseField(kind.label, choices={pace.value: pace.label for pace in kind.paces})


class LettersForm(Form):
    """How each kind comes, and when nothing does."""

    decision = _pace_field(LetterKind.DECISION)
    review = _pace_field(LetterKind.REVIEW)
    reminder = _pace_field(LetterKind.REMINDER)
    licence = _pace_field(LetterKind.LICENCE)
    event = _pace_field(LetterKind.EVENT)
    proposal = _pace_field(LetterKind.PROPOSAL)
    discussion = _pace_field(LetterKind.DISCUSSION)
    quiet_from = ChooseField("From", choices=_HOURS)
    quiet_until = ChooseField("Until", choices=_HOURS)

    @property
    def paces(self) -> dict[LetterKind, Pace]:
        """What was chosen."""
        return {kind: Pace(self[kind.value].data) for kind in CHOSEN_KINDS if kind.value in self}

    @property
    def quiet(self) -> QuietHours | None:
        """The quiet hours; refuses with NotValid one end without the other."""
        first, last = self.quiet_from.data, self.quiet_until.data
        if not first and not last:
            return None
        if not first or not last:
            raise NotValid({"quiet_until" if first else "quiet_from": "Choose both, or “None” for both."})
        return QuietHours(int(first), int(last))


@letters.after_request
def keep_it_quiet(response: Response) -> Response:
    """The link of a letter is nobody else's to know."""
    if request.endpoint in {"letters.ask_stop", "letters.stop"}:
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@letters.get("/<slug:district>/letters")
@permitted(Permission.SEE_EVENTS)
def show() -> Answer:
    """The choices, as they stand."""
    who = scope()
    chosen, quiet = mail_choices(who, who.me.id), quiet_hours(who, who.me.id)
    values = {kind.value: chosen.get(kind, Pace.AT_ONCE).value for kind in CHOSEN_KINDS}
    values |= {
        "quiet_from": str(quiet.from_minute) if quiet else "",
        "quiet_until": str(quiet.until_minute) if quiet else "",
    }
    return _page(_offered(LettersForm(formdata=None, data=values)))


@letters.post("/<slug:district>/letters")
@permitted(Permission.SEE_EVENTS)
def choose() -> Answer:
    """Other choices."""
    form = _offered(LettersForm())
    if form.validate():
        try:
            actions.choose_letters(scope(), form.paces, form.quiet)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "letters.show", saying="Saved. What was gathered comes the way that you chose."
            )
    return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


@letters.post("/<slug:district>/letters/confirmation")
@permitted(Permission.SEE_EVENTS)
def confirm() -> Answer:
    """One's own address is right."""
    count = bounces.confirm_address(scope())
    return answers.see("letters.show", saying=f"{count:,} letters that waited leave now.")


@letters.get("/letters/stop/<stop>")
@public
def ask_stop(stop: str) -> Answer:
    """What the link would stop, and the button that does. Looking stops nothing: programs look at links, too."""
    link, district = _read(stop)
    return answers.page("letters/stop.html", link=link, district=district, is_stopped=False, stop=stop)


@letters.post("/letters/stop/<stop>")
@public_by_link
def stop(stop: str) -> Answer:
    """Stop letters of the kind. Answered with a page, not by a way to one: RFC 8058 forbids mail programs to follow."""
    link, district = _read(stop)
    with_district = Scope(requests.district_session(district.id), district, requests.at())
    actions.stop_letters(with_district, link.person_id, link.kind)
    return answers.page("letters/stop.html", link=link, district=district, is_stopped=True, stop=stop)


def _read(token: str) -> tuple[StopLink, DistrictFacts]:
    count_look("letters", LOOKS_PER_MINUTE)
    keys = (str(current_app.secret_key), *(current_app.config["SECRET_KEY_FALLBACKS"] or ()))
    link = StopLink.read(token, keys)
    district = district_by_slug(requests.installation_session(), link.slug) if link else None
    if link is None or district is None:
        raise NotHere
    return link, district


def _offered(form: LettersForm) -> LettersForm:
    """Without the kinds that never come to this person."""
    for kind, permission in _FOR.items():
        if not scope().may(permission):
            del form[kind.value]
    return form


def _page(form: LettersForm, status: int = HTTPStatus.OK) -> Answer:
    fields: list[SelectField] = [form[kind.value] for kind in CHOSEN_KINDS if kind.value in form]
    return answers.page(
        "letters/edit.html",
        status,
        form=form,
        fields=fields,
        zone=zone_words(scope().zone),
        to=scope().me.email,
        bounce=bounce_of(scope(), scope().me.email),
    )
