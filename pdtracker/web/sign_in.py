"""The sign-in page, its second step, and signing out."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, request, url_for

from pdtracker.actions import accounts
from pdtracker.actions.second_steps import finish_sign_in
from pdtracker.domain.refusals import NotNow, NotPermitted, NotValid
from pdtracker.web import answers, doors, keeping, requests, urls
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public, signed_in
from pdtracker.web.forms import CodeForm, ProofForm, SignInForm

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
    """Sign in, then on to where the person wanted to go; by way of the second step where the account has one."""
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
            return _to_second_step(begun, kept) if isinstance(begun, accounts.HalfWay) else _in(begun, kept)
    return _asked_again(form, kept)


@sign_in.get("/sign-in/code")
@public
def ask_code() -> Answer:
    """The second step; without a first one it leads back there."""
    if requests.is_signed_in():
        return redirect(_next() or "/", 303)
    if not requests.half_secret():
        return redirect(url_for("sign_in.ask", next=_next()), 303)
    return answers.page("sign_in/code.html", form=CodeForm(), next=_next(), kept=None)


@sign_in.post("/sign-in/code")
@public
@doors.accepts(_LIMIT_BYTES)
def enter_code() -> Answer:
    """Make the sign-in whole with a code of the app or a recovery code."""
    form, kept = CodeForm(), keeping.carried()
    if form.validate():
        try:
            begun = finish_sign_in(
                requests.wiring().database,
                requests.half_secret(),
                form.code.data or "",
                keys=requests.secret_keys(),
                address=request.remote_addr or "",
                browser=request.user_agent.string,
                at=requests.at(),
            )
        except NotValid as refusal:
            form.take(refusal)
        except NotNow as refusal:
            # The form in the request is not this one.
            first = SignInForm(formdata=None)
            first.form_errors.append(refusal.sentence)
            return _asked_again(first, kept)
        else:
            return _in(begun, kept)
    return answers.refused("sign_in/code.html", form=form, next=_next(), kept=kept)


@sign_in.post("/sign-in/proof")
@signed_in
@doors.accepts(_LIMIT_BYTES)
def prove() -> Answer:
    """The password once more, then one button sends what waits."""
    form, kept, me = ProofForm(), keeping.carried(), requests.sign_in_facts()
    if kept is None:
        return redirect("/", 303)
    if form.validate():
        try:
            accounts.prove_again(
                requests.wiring().database,
                me.account_id,
                me.id,
                password=form.password.data or "",
                key=str(current_app.secret_key),
                at=requests.at(),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return keeping.proved(kept) if keeping.belongs_to(kept, me.account_id) else redirect("/", 303)
    return answers.refused("sign_in/proof.html", form=form, kept=kept)


@sign_in.post("/sign-out")
@signed_in
def end() -> Answer:
    """Sign this browser out; a copy of its cookie is worth nothing afterwards."""
    accounts.sign_out(requests.wiring().database, requests.sign_in_facts().id, requests.at())
    requests.forget_sign_in()
    answer = redirect(url_for("sign_in.ask"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _in(begun: accounts.NewSignIn, kept: keeping.Kept | None) -> Answer:
    requests.begin_sign_in(begun.secret, begun.facts)
    who = requests.who_is_shown()
    if kept is None and who is not None and who.withheld:
        return redirect(url_for("second_factor.show", next=_next()), 303)
    if kept is None:
        return redirect(_next() or "/", 303)
    if not keeping.belongs_to(kept, begun.facts.account_id):
        return redirect("/", 303)
    return keeping.again(kept)


def _to_second_step(begun: accounts.HalfWay, kept: keeping.Kept | None) -> Answer:
    requests.begin_half(begun.secret)
    if kept is None:
        return redirect(url_for("sign_in.ask_code", next=_next()), 303)
    # What was typed travels on in this page: an address has no room for it.
    return answers.page("sign_in/code.html", form=CodeForm(formdata=None), next=None, kept=kept)


def _asked_again(form: SignInForm, kept: keeping.Kept | None) -> Answer:
    if kept is not None:
        return answers.refused("sign_in/ended.html", form=form, kept=kept)
    return answers.refused("sign_in/ask.html", form=form, next=_next(), demo=requests.wiring().demo)


def _next() -> str | None:
    return urls.own_path(request.values.get("next"))
