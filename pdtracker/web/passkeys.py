"""One's own passkeys, and the sign-in with one; the password stays for everybody and every browser."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, request, session
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from wtforms import HiddenField

from pdtracker import passkey_proofs
from pdtracker.actions import passkeys as actions
from pdtracker.domain.refusals import NotPermitted, NotValid
from pdtracker.domain.when import moment_text
from pdtracker.passkey_proofs import Site
from pdtracker.queries.passkeys import passkeys_of
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import confirmed, public, signed_in
from pdtracker.web.forms import Form, LineField, SignInForm, needed
from pdtracker.web.urls import own_path

passkeys = Blueprint("passkeys", __name__)

_CHALLENGE = "passkey"
_NAME_CHARACTERS = 60


class PasskeyForm(Form):
    """A name, and what the authenticator made."""

    name = LineField(
        "Name",
        [needed("Enter a name by which you know it again.")],
        limit=_NAME_CHARACTERS,
        description="Such as: my phone, key on my key ring.",
    )
    credential = HiddenField(validators=[needed("The passkey was not made. Press the button once more.")])


@passkeys.get("/account/passkeys")
@signed_in
def index() -> Answer:
    """The account's passkeys, and another one."""
    return _page(PasskeyForm(formdata=None))


@passkeys.post("/account/passkeys/challenge")
@signed_in
def making() -> Answer:
    """What the browser needs to make one, for the page's script."""
    me = requests.sign_in_facts()
    known = [one.credential_id for one in passkeys_of(requests.installation_session(), me.account_id)]
    return _json(passkey_proofs.making_options(_site(), _new_challenge(), me.account_id, me.email, known))


@passkeys.post("/account/passkeys")
@signed_in
@confirmed
def add() -> Answer:
    """Keep the one that was made."""
    form = PasskeyForm()
    if form.validate():
        try:
            actions.add_passkey(
                requests.scope(),
                requests.wiring().database,
                requests.sign_in_facts().account_id,
                challenge=_challenge(),
                credential=form.credential.data or "",
                name=form.name.data or "",
                site=_site(),
            )
        except NotValid as refusal:
            form.form_errors.extend(refusal.errors.values())
        else:
            return answers.see("passkeys.index", saying="You can sign in with this passkey now.")
    if not form.name.errors:
        form.form_errors.extend(form.credential.errors)
    form.credential.errors = []
    return _page(form, 422)


@passkeys.post("/account/passkeys/<ref:passkey_id>/removal")
@signed_in
@confirmed
def remove(passkey_id: int) -> Answer:
    """It signs in no more."""
    actions.remove_passkey(
        requests.scope(), requests.wiring().database, requests.sign_in_facts().account_id, passkey_id
    )
    return answers.see("passkeys.index", saying="This passkey signs in no more.")


@passkeys.post("/sign-in/passkey/challenge")
@public
def using() -> Answer:
    """What the browser needs to use one, the same for everybody, for the script of the sign-in page."""
    return _json(passkey_proofs.using_options(_site(), _new_challenge()))


@passkeys.post("/sign-in/passkey")
@public
def sign_in() -> Answer:
    """Sign in with a passkey, then on to where the person wanted to go."""
    onwards = own_path(request.form.get("next"))
    try:
        begun = actions.sign_in_with_passkey(
            requests.wiring().database,
            challenge=_challenge(),
            credential=request.form.get("credential", ""),
            site=_site(),
            key=str(current_app.secret_key),
            address=request.remote_addr or "",
            browser=request.user_agent.string,
            at=requests.at(),
        )
    except NotPermitted as refusal:
        form = SignInForm(formdata=None)
        form.form_errors.append(refusal.sentence)
        return answers.refused("sign_in/ask.html", form=form, next=onwards, demo=requests.wiring().demo)
    requests.begin_sign_in(begun.secret, begun.facts)
    return redirect(onwards or "/", 303)


def _site() -> Site:
    """From BASE_URL alone: what a request says of its host makes no passkey ours."""
    parts = urlsplit(requests.wiring().settings.base_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def _new_challenge() -> bytes:
    challenge = actions.new_challenge(
        requests.wiring().database,
        address=request.remote_addr or "",
        key=str(current_app.secret_key),
        at=requests.at(),
    )
    session[_CHALLENGE] = bytes_to_base64url(challenge)
    return challenge


def _challenge() -> bytes:
    """The challenge that this browser was given; it goes with this use, whatever comes of it."""
    kept = session.pop(_CHALLENGE, "")
    return base64url_to_bytes(kept) if isinstance(kept, str) else b""


def _json(text: str) -> Response:
    answer = Response(text, mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def _page(form: PasskeyForm, status: int = 200) -> Answer:
    who, me = requests.scope(), requests.sign_in_facts()
    return answers.page(
        "account/passkeys.html",
        status,
        form=form,
        rows=[
            (
                one,
                moment_text(one.made_at, who.at, who.zone),
                one.used_at and moment_text(one.used_at, who.at, who.zone),
            )
            for one in passkeys_of(requests.installation_session(), me.account_id)
        ],
    )
