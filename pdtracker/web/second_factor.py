"""One's own second factor: an authenticator app is set up, its recovery codes are made, it is removed."""

from __future__ import annotations

from collections.abc import Sequence

import segno
from flask import Blueprint, request

from pdtracker.actions import second_factors as actions
from pdtracker.actions.second_factors import Owner
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.when import moment_text
from pdtracker.queries.second_factors import AppFacts, app_facts
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import signed_in
from pdtracker.web.forms import CodeForm, ProofForm
from pdtracker.web.urls import own_path

second_factor = Blueprint("second_factor", __name__)

_GROUP = 4


@second_factor.get("/account/second-factor")
@signed_in
def show() -> Answer:
    """What there is, and what can be done: set up, confirm with a code, new recovery codes, remove."""
    return _page()


@second_factor.post("/account/second-factor")
@signed_in
def begin() -> Answer:
    """Make a secret for the app; the page shows it from here on until a code of it is entered."""
    form = ProofForm()
    if form.validate():
        try:
            actions.begin_app(
                requests.scope(),
                requests.wiring().database,
                _owner().account_id,
                password=form.password.data or "",
                keys=requests.secret_keys(),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("second_factor.show", next=_next())
    return _page(password=form, status=422)


@second_factor.post("/account/second-factor/confirmation")
@signed_in
def confirm() -> Answer:
    """The app counts from here on. The recovery codes are on the answer itself: they are shown once."""
    form = CodeForm()
    if form.validate():
        try:
            codes = actions.confirm_app(
                requests.scope(),
                requests.wiring().database,
                _owner(),
                typed="".join((form.code.data or "").split()),
                keys=requests.secret_keys(),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return _handed_over(codes, is_new=True)
    return _page(code=form, status=422)


@second_factor.post("/account/second-factor/recovery-codes")
@signed_in
def renew() -> Answer:
    """Ten new recovery codes, shown once on the answer itself."""
    form = ProofForm(prefix="renew-")
    if form.validate():
        try:
            codes = actions.renew_codes(
                requests.scope(),
                requests.wiring().database,
                _owner().account_id,
                password=form.password.data or "",
                keys=requests.secret_keys(),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return _handed_over(codes, is_new=False)
    return _page(renewal=form, status=422)


@second_factor.post("/account/second-factor/removal")
@signed_in
def remove() -> Answer:
    """The password signs in alone again."""
    form = ProofForm(prefix="remove-")
    if form.validate():
        try:
            actions.remove_app(
                requests.scope(),
                requests.wiring().database,
                _owner(),
                password=form.password.data or "",
                keys=requests.secret_keys(),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("account.show", saying="Your password alone signs you in again.")
    return _page(removal=form, status=422)


def _owner() -> Owner:
    facts = requests.sign_in_facts()
    return Owner(facts.account_id, facts.id)


def _page(
    *,
    password: ProofForm | None = None,
    code: CodeForm | None = None,
    renewal: ProofForm | None = None,
    removal: ProofForm | None = None,
    status: int = 200,
) -> Answer:
    me = requests.sign_in_facts()
    app = app_facts(requests.installation_session(), me.account_id)
    since, enrolment = app.confirmed_at if app else None, _enrolment(app, me.account_id, me.email)
    if (since and password) or (code and not enrolment) or ((renewal or removal) and not since):
        # The page that was sent is older than what was done in another window.
        raise NotNow("second_factor_elsewhere", "Your second factor was changed meanwhile. Look at it again.")
    return answers.page(
        "account/second_factor.html",
        status,
        since=moment_text(since, requests.at(), requests.scope().zone) if since else None,
        codes_left=app.codes_left if app else 0,
        enrolment=enrolment,
        next=_next(),
        is_due=bool(requests.scope().withheld),
        district=requests.scope().district.name,
        email=me.email,
        password=password or ProofForm(formdata=None),
        code=code or CodeForm(formdata=None),
        renewal=renewal or ProofForm(formdata=None, prefix="renew-"),
        removal=removal or ProofForm(formdata=None, prefix="remove-"),
    )


def _enrolment(app: AppFacts | None, account_id: int, email: str) -> dict[str, object] | None:
    """What the page of an app that waits for its first code shows; the secret in groups, to be typed."""
    if app is None or app.confirmed_at is not None:
        return None
    told = actions.enrolment(app.locked_secret, account_id, email, requests.secret_keys())
    groups = (told.secret[at : at + _GROUP] for at in range(0, len(told.secret), _GROUP))
    return {
        "secret": " ".join(groups),
        "address": told.address,
        "matrix": segno.make(told.address, error="m", micro=False).matrix,
    }


def _handed_over(codes: Sequence[str], *, is_new: bool) -> Answer:
    return answers.page("account/recovery_codes.html", codes=codes, is_new=is_new, next=_next())


def _next() -> str | None:
    return own_path(request.values.get("next"))
