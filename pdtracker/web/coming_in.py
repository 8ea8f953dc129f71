"""Coming into a district without a code: by the link of a letter, by a link for colleagues, or by registering."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, current_app, request
from wtforms.validators import Length

from pdtracker.actions import accepting
from pdtracker.actions.accounts import network, secret_hash
from pdtracker.actions.asking_in import Asking, ask_for_another_letter, ask_to_join
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.passwords import FEWEST_CHARACTERS
from pdtracker.queries import joining as queries
from pdtracker.queries.joining import LetterFacts, Way
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.counted import count_look
from pdtracker.web.doors import public
from pdtracker.web.forms import AddressField, Form, NameField, SecretField, needed

coming_in = Blueprint("coming_in", __name__)

LOOKS_PER_MINUTE = 120


class AcceptForm(Form):
    """The name of who asked by themselves, and a password; who has signed in needs none."""

    name = NameField(
        "Your name", [needed("Enter your name.")], description="As it will stand on certificates."
    )
    password = SecretField(
        "New password",
        [needed("Enter a password."), Length(max=1000, message="This is too long.")],
        description=f"At least {FEWEST_CHARACTERS} characters. Four words that don't belong together do well.",
    )

    def fit(self, letter: LetterFacts) -> AcceptForm:
        """Leave out what the district or the sign-in has said."""
        if letter.person_id is not None:
            del self.name
        if requests.is_signed_in():
            del self.password
        elif letter.has_account:
            self.password.label.text = "Your password"
            self.password.description = "This address has an account here already: bring it."
        return self


class AskForm(Form):
    """Who wants in."""

    name = NameField(
        "Your name", [needed("Enter your name.")], description="As it will stand on certificates."
    )
    email = AddressField("Work e-mail", [needed("Enter your e-mail address.")])


@coming_in.after_request
def keep_it_quiet(response: Response) -> Response:
    """No search engine lists it."""
    # A page without a referrer would not do: its forms would come, as browsers say, from nowhere.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@coming_in.get("/join/letter/<letter_secret>")
@public
def read(letter_secret: str) -> Answer:
    """The page that a letter leads to. It writes nothing: scanners of mail open links, too."""
    count_look("joining letter", LOOKS_PER_MINUTE)
    letter = _letter(letter_secret)
    if letter is None:
        return _over(letter_secret)
    form = AcceptForm(formdata=None, data={"name": letter.name}).fit(letter)
    return _page(letter_secret, letter, form)


@coming_in.post("/join/letter/<letter_secret>")
@public
def accept(letter_secret: str) -> Answer:
    """Come in."""
    letter = _letter(letter_secret)
    if letter is None:
        return _over(letter_secret)
    form = AcceptForm().fit(letter)
    if form.validate():
        try:
            return _accept(letter_secret, form)
        except NotValid as refusal:
            form.take(refusal)
    return _page(letter_secret, letter, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@coming_in.post("/join/letter/<letter_secret>/again")
@public
def have_it_sent_again(letter_secret: str) -> Answer:
    """Another letter to the address that the link went to, if the invitation stands."""
    ask_for_another_letter(
        requests.wiring().database, letter_secret, network=_near(), key=_key(), at=requests.at()
    )
    return answers.see("coming_in.sent")


@coming_in.get("/join/link/<link_secret>")
@public
def ask_by_link(link_secret: str) -> Answer:
    """The form behind a link."""
    return _asking(_way_of_link(link_secret), AskForm(formdata=None))


@coming_in.post("/join/link/<link_secret>")
@public
def register_by_link(link_secret: str) -> Answer:
    """Have the letter sent."""
    return _register(_way_of_link(link_secret))


@coming_in.get("/join/district/<slug:slug>")
@public
def ask_by_district(slug: str) -> Answer:
    """The form of an open registration; where it is closed, and where there is no district, the same."""
    return _asking(_way_of_district(slug), AskForm(formdata=None))


@coming_in.post("/join/district/<slug:slug>")
@public
def register_by_district(slug: str) -> Answer:
    """Have the letter sent."""
    return _register(_way_of_district(slug))


@coming_in.get("/join/sent")
@public
def sent() -> Answer:
    """What everybody reads who asked, whoever they are."""
    return answers.page("joining/sent.html")


def _accept(secret: str, form: AcceptForm) -> Answer:
    database, at = requests.wiring().database, requests.at()
    name = (form.name.data or "") if "name" in form else ""
    if "password" in form:
        accepting.accept_with_password(
            database,
            secret,
            name=name,
            password=form.password.data or "",
            network=_near(),
            key=_key(),
            at=at,
        )
        return answers.see("sign_in.ask", saying="You can sign in with your password now.")
    account_id = requests.sign_in_facts().account_id
    accepting.accept_with_account(database, secret, account_id, name=name, network=_near(), key=_key(), at=at)
    return answers.see("account.show", saying="You joined the district.")


def _register(way: Way) -> Answer:
    form = AskForm()
    if form.validate():
        scope = Scope(requests.district_session(way.district.id), way.district, requests.at())
        asking = Asking(
            form.name.data or "", form.email.data or "", _near(), requests.address_of("sign_in.ask")
        )
        try:
            ask_to_join(scope, way, asking, key=_key())
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("coming_in.sent")
    return _asking(way, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _letter(secret: str) -> LetterFacts | None:
    return queries.letter_of(requests.installation_session(), secret_hash(secret), requests.at())


def _way_of_link(secret: str) -> Way:
    count_look("joining link", LOOKS_PER_MINUTE)
    way = queries.way_of_link(requests.installation_session(), secret_hash(secret), requests.at())
    if way is None:
        raise NotHere
    return way


def _way_of_district(slug: str) -> Way:
    count_look("joining link", LOOKS_PER_MINUTE)
    way = queries.way_of_district(requests.wiring().database, slug)
    if way is None:
        raise NotHere
    return way


def _asking(way: Way, form: AskForm, status: int = HTTPStatus.OK) -> Answer:
    return answers.page(
        "joining/register.html", status, form=form, district=way.district, domains=way.domains
    )


def _page(secret: str, letter: LetterFacts, form: AcceptForm, status: int = HTTPStatus.OK) -> Answer:
    me = requests.sign_in_facts().email if requests.is_signed_in() else None
    return answers.page("joining/letter.html", status, form=form, letter=letter, secret=secret, me=me)


def _over(secret: str) -> Answer:
    return answers.page("joining/over.html", HTTPStatus.NOT_FOUND, secret=secret)


def _near() -> str:
    return network(request.remote_addr or "")


def _key() -> str:
    return str(current_app.secret_key)
