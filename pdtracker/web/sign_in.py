"""The sign-in page, and signing out."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, request, url_for

from pdtracker.actions import accounts
from pdtracker.domain.refusals import NotPermitted
from pdtracker.web import answers, doors, keeping, requests, urls
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public, signed_in
from pdtracker.web.forms import SignInForm

sign_in = Blueprint("sign_in", __name__)

# A kept reflection grows when it is written into a form's body a second time.
_LIMIT_BYTES = 2 * doors.TEXT_LIMIT_BYTES


@sign_in.get("/sign-in")
@public
def ask() -> Answer:
    """The page to sign in."""
    if requests.is_signed_in():
        return redirect(_next() or "/", 303)
    return answers.page("sign_in/ask.html", form=SignInForm(), next=_next(), demo=requests.wiring().demo)


@sign_in.post("/sign-in")
@public
@doors.accepts(_LIMIT_BYTES)
def begin() -> Answer:
    """Sign in, then on to where the person wanted to go."""
    form, kept = SignInForm(), keeping.carried()
    if form.validate():
        try:
            begun = accounts.sign_in(
                requests.wiring().database,
                form.email.data or "",
                form.password.data or "",
                key=str(current_app.secret_key),
                address=request.remote_addr or "",
                browser=request.user_agent.string,
                at=requests.at(),
            )
        except NotPermitted as refusal:
            form.form_errors.append(refusal.sentence)
        else:
            requests.begin_sign_in(begun.secret, begun.facts)
            return _onwards(kept, begun.facts.account_id)
    if kept is not None:
        return answers.refused("sign_in/ended.html", form=form, kept=kept)
    return answers.refused("sign_in/ask.html", form=form, next=_next(), demo=requests.wiring().demo)


@sign_in.post("/sign-out")
@signed_in
def end() -> Answer:
    """Sign this browser out; a copy of its cookie is worth nothing afterwards."""
    accounts.sign_out(requests.wiring().database, requests.sign_in_facts().id, requests.at())
    requests.forget_sign_in()
    answer = redirect(url_for("sign_in.ask"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _onwards(kept: keeping.Kept | None, account_id: int) -> Answer:
    if kept is None:
        return redirect(_next() or "/", 303)
    if not keeping.belongs_to(kept, account_id):
        return redirect("/", 303)
    return keeping.again(kept)


def _next() -> str | None:
    return urls.own_path(request.values.get("next"))
