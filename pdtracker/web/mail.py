"""The district's mail: which letters wait, were put off, given up or sent; sending one again; a letter to try it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, request, url_for

from pdtracker.actions import bounces
from pdtracker.actions import resending as actions
from pdtracker.actions.resending import Helped
from pdtracker.domain.access import Permission
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.when import moment_text
from pdtracker.queries import letters as queries
from pdtracker.queries.bounces import standing_bounces
from pdtracker.queries.letters import LetterRow, Tab
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import AddressField, Form, LineField, needed
from pdtracker.web.requests import at, scope

mail = Blueprint("mail", __name__)


class BounceForm(Form):
    """An address that letters came back from."""

    email = AddressField("E-mail", [needed("Enter the address that letters came back from.")])
    why = LineField(
        "What the mail server said",
        [needed("Enter what came back, or in your own words why letters don’t arrive.")],
        limit=200,
        description="Such as “550 No such user”. Its owner reads it, too.",
    )


_TAB_WORDS: Final = {
    Tab.WAITING: "Waiting",
    Tab.DELAYED: "Put off",
    Tab.FAILED: "Given up",
    Tab.SENT: "Sent",
    Tab.DIGEST: "In digests",
    Tab.WITHHELD: "Withheld",
    Tab.BOUNCED: "Came back",
    Tab.CALLED_BACK: "Called back",
}
_SIGNS: Final = {
    Tab.WAITING: "todo",
    Tab.DELAYED: "wait",
    Tab.FAILED: "no",
    Tab.SENT: "ok",
    Tab.DIGEST: "half",
    Tab.WITHHELD: "off",
    Tab.BOUNCED: "back",
    Tab.CALLED_BACK: "off",
}
_AGAIN_WORDS: Final = {
    Tab.DELAYED: "Try it now",
    Tab.FAILED: "Try it again",
    Tab.BOUNCED: "Try it again",
    Tab.SENT: "Send it again",
}
_SAYING: Final = {
    Helped.HURRIED: "It is tried now.",
    Helped.TRIED_AGAIN: "It is tried again.",
    Helped.COPIED: "It leaves again.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as the list shows it."""

    subject: str
    to: str
    href: str
    sign: str
    state: str
    when: str


@mail.get("/<slug:district>/mail")
@permitted(Permission.SEE_MAIL)
def index() -> Answer:
    """The letters of a state, or those to one person, the newest first."""
    person_id = _ref("person")
    tab = _tab() or (None if person_id else Tab.WAITING)
    found = queries.letters(scope(), tab, person_id=person_id, after=_ref("after"))
    counts = queries.standing_counts(scope())
    query: dict[str, Any] = {
        "tab": tab.value if tab else None,
        "person": ref_of(person_id) if person_id else None,
    }
    tabs = [
        (words, url_for("mail.index", tab=one.value), counts.get(one) or None, one is tab and not person_id)
        for one, words in _TAB_WORDS.items()
    ]
    return answers.page(
        "mail/index.html",
        rows=[_shown(row) for row in found.rows],
        tabs=tabs,
        failed=counts[Tab.FAILED],
        of_person=found.rows[0].to_name if person_id and found.rows else None,
        older=url_for("mail.index", **query, after=ref_of(found.last)) if found.last else None,
        newest=url_for("mail.index", **query) if "after" in request.args else None,
        to_me=scope().me.email,
        may_word=scope().may(Permission.MANAGE_DISTRICT),
    )


@mail.get("/<slug:district>/mail/<ref:letter_id>")
@permitted(Permission.SEE_MAIL)
def show(letter_id: int) -> Answer:
    """One letter, as it stands."""
    found = queries.letter(scope(), letter_id)
    row = found.row
    return answers.page(
        "mail/show.html",
        letter=found,
        shown=_shown(row),
        written=moment_text(row.written_at, at(), scope().zone),
        again=_AGAIN_WORDS.get(row.tab),
        everything=url_for("mail.index", person=ref_of(found.to_person_id)),
        href=url_for("people.show", person_id=found.to_person_id),
    )


@mail.post("/<slug:district>/mail/<ref:letter_id>/again")
@permitted(Permission.SEE_MAIL)
def send_again(letter_id: int) -> Answer:
    """Try it at once, or let it leave again."""
    done = actions.send_again(scope(), letter_id)
    return answers.see("mail.show", letter_id=letter_id, saying=_SAYING[done])


@mail.get("/<slug:district>/mail/addresses")
@permitted(Permission.SEE_MAIL)
def addresses() -> Answer:
    """The addresses that letters came back from, and the form to note another."""
    return _addresses(BounceForm(formdata=None))


@mail.post("/<slug:district>/mail/addresses")
@permitted(Permission.SEE_MAIL)
def note_bounce() -> Answer:
    """Letters to an address came back by another way."""
    form = BounceForm()
    if form.validate():
        try:
            bounces.record_bounce(scope(), form.email.data or "", form.why.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("mail.addresses", saying="Noted. Letters to this address wait from now on.")
    return _addresses(form, HTTPStatus.UNPROCESSABLE_ENTITY)


@mail.post("/<slug:district>/mail/addresses/<ref:bounce_id>/lifting")
@permitted(Permission.SEE_MAIL)
def lift(bounce_id: int) -> Answer:
    """The address is right again."""
    count = bounces.lift_bounce(scope(), bounce_id)
    return answers.see("mail.addresses", saying=f"Letters go there again. {count:,} that waited leave now.")


@mail.post("/<slug:district>/mail/test")
@permitted(Permission.SEE_MAIL)
def try_it() -> Answer:
    """A letter to oneself."""
    to = actions.send_trial_letter(scope())
    return answers.see("mail.index", saying=f"A letter to {to} is on its way.")


def _addresses(form: BounceForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    return answers.page(
        "mail/addresses.html",
        status,
        form=form,
        rows=[(one, moment_text(one.at, who.at, who.zone)) for one in standing_bounces(who)],
    )


def _shown(row: LetterRow) -> Shown:
    return Shown(
        subject=row.subject,
        to=f"{row.to_name}, {row.to_email}" if row.to_name else row.to_email,
        href=url_for("mail.show", letter_id=row.id),
        sign=_SIGNS[row.tab],
        state=_TAB_WORDS[row.tab],
        when=_when(row),
    )


def _when(row: LetterRow) -> str:
    """When it left, or when it is tried next."""
    zone = scope().zone
    match row.tab:
        case Tab.SENT if row.sent_at is not None:
            return moment_text(row.sent_at, at(), zone)
        case Tab.WAITING | Tab.DELAYED:
            if row.next_at <= at():
                return "at once"
            return moment_text(row.next_at, at(), zone)
        case _:
            return moment_text(row.written_at, at(), zone)


def _tab() -> Tab | None:
    asked = request.args.get("tab", "")
    try:
        return Tab(asked) if asked else None
    except ValueError as error:
        raise NotHere from error


def _ref(name: str) -> int | None:
    asked = request.args.get(name, "")
    try:
        return id_of(asked) if asked else None
    except ValueError as error:
        raise NotHere from error
