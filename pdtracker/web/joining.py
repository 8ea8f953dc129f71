"""Join a district with the code that its administrator handed over."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from wtforms.validators import Length

from pdtracker.actions import joining as actions
from pdtracker.actions.accounts import network
from pdtracker.domain.refusals import NotValid
from pdtracker.passwords import FEWEST_CHARACTERS
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.forms import Form, LineField, SecretField, needed

joining = Blueprint("joining", __name__)


class AccountForm(Form):
    """The code, for somebody who has signed in."""

    code = LineField("Joining code", [needed("Enter the code.")], description="Your administrator has it.")


class PasswordForm(AccountForm):
    """The code and a password, for everybody else."""

    password = SecretField(
        "New password",
        [needed("Choose a password."), Length(max=1000, message="This is too long.")],
        description=f"At least {FEWEST_CHARACTERS} characters. Four words that don't belong together do well.",
    )


@joining.get("/join")
@public
def ask() -> Answer:
    """The page to enter the code."""
    return answers.page("joining/ask.html", form=_form(), me=_me())


@joining.post("/join")
@public
def join() -> Answer:
    """Become the person that the code stands for."""
    form = _form()
    if form.validate():
        try:
            return _join(form)
        except NotValid as refusal:
            form.take(refusal)
    return answers.refused("joining/ask.html", form=form, me=_me())


def _join(form: AccountForm) -> Answer:
    database, key, at = requests.wiring().database, str(current_app.secret_key), requests.at()
    near, code = network(request.remote_addr or ""), form.code.data or ""
    if isinstance(form, PasswordForm):
        actions.join_with_password(database, code, form.password.data or "", network=near, key=key, at=at)
        return answers.see("sign_in.ask", saying="You can sign in with your password now.")
    actions.join_with_account(
        database, code, requests.sign_in_facts().account_id, network=near, key=key, at=at
    )
    return answers.see("account.show", saying="You joined the district.")


def _form() -> AccountForm:
    return AccountForm() if requests.is_signed_in() else PasswordForm()


def _me() -> str | None:
    return requests.sign_in_facts().email if requests.is_signed_in() else None
