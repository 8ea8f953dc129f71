"""One's own account: who one is, the password, and the browsers in which one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, request, url_for
from wtforms import HiddenField, ValidationError
from wtforms.validators import Length

from pdtracker.actions import accounts
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import moment_text, zone_words
from pdtracker.passwords import FEWEST_CHARACTERS
from pdtracker.queries.accounts import browsers
from pdtracker.queries.second_factors import has_app
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import signed_in
from pdtracker.web.forms import Form, SecretField, ZoneField, needed
from pdtracker.web.urls import own_path

account = Blueprint("account", __name__)


# In this order: most browsers name others, too.
_PROGRAMS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "Chromebook",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class BrowserEntry:
    """A signed-in browser as the page shows it."""

    id: int
    words: str
    since: str
    seen: str
    is_this: bool


class PasswordForm(Form):
    """The old password, and the new one once: it may be looked at while it is typed."""

    old = SecretField(
        "Your password now",
        [
            needed("Enter the password that you signed in with."),
            Length(max=1000, message="This is too long."),
        ],
    )
    new = SecretField(
        "New password",
        [needed("Enter a new password."), Length(max=1000, message="This is too long.")],
        description=f"At least {FEWEST_CHARACTERS} characters. Four words that don't belong together do well; "
        "you can paste it from a password manager.",
    )

    def validate_new(self, field: SecretField) -> None:
        """The same again is no change."""
        if field.data == self.old.data:
            raise ValidationError("This is the password that you have now.")


class TimesForm(Form):
    """In which zone one reads times; `next` is the page that one came from."""

    zone = ZoneField("Show times in")
    next = HiddenField()


@account.get("/account")
@signed_in
def show() -> Answer:
    """Name, address, zone, password, browsers."""
    return _page(PasswordForm(), _times())


@account.post("/account/zone")
@signed_in
def change_zone() -> Answer:
    """Another zone, and back to where one came from."""
    form, who = TimesForm(), requests.scope()
    if not form.validate():
        return _page(PasswordForm(formdata=None), form, 422)
    chosen = form.zone.data
    accounts.change_zone(
        requests.wiring().database,
        requests.sign_in_facts().account_id,
        None if chosen == who.district.zone else chosen,
    )
    flash(f"Times are {zone_words(chosen)} now.", "ok")
    return redirect(own_path(form.next.data) or url_for("account.show"), HTTPStatus.SEE_OTHER)


@account.post("/account/password")
@signed_in
def change_password() -> Answer:
    """A new password; every other browser is signed out."""
    form, me = PasswordForm(), requests.sign_in_facts()
    if form.validate():
        try:
            accounts.change_password(
                requests.scope(),
                requests.wiring().database,
                me.account_id,
                old=form.old.data or "",
                new=form.new.data or "",
                keep=me.id,
                key=str(current_app.secret_key),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "account.show", saying="Your password is changed. Other browsers are signed out."
            )
    return _page(form, _times(), 422)


@account.post("/account/browsers/<ref:sign_in_id>/sign-out")
@signed_in
def sign_out_browser(sign_in_id: int) -> Answer:
    """End another browser's sign-in."""
    accounts.end_other_browser(
        requests.wiring().database, requests.sign_in_facts().account_id, sign_in_id, requests.at()
    )
    return answers.see("account.show", saying="That browser is signed out.")


def _times() -> TimesForm:
    came_from = own_path(request.args.get("next")) or ""
    return TimesForm(formdata=None, data={"zone": requests.scope().zone, "next": came_from})


def _page(form: PasswordForm, times: TimesForm, status: int = 200) -> Answer:
    scope, me = requests.scope(), requests.sign_in_facts()
    zone, now = scope.zone, requests.at()
    return answers.page(
        "account/show.html",
        status,
        form=form,
        times=times,
        me=scope.me,
        district=scope.district,
        email=me.email,
        district_zone=zone_words(scope.district.zone),
        homes=[home.district for home in me.homes],
        has_app=has_app(requests.installation_session(), me.account_id),
        browsers=[
            BrowserEntry(
                row.id,
                browser_words(row.browser),
                moment_text(row.created_at, now, zone),
                moment_text(row.seen_at, now, zone),
                is_this=row.id == me.id,
            )
            for row in browsers(requests.installation_session(), me.account_id, now)
        ],
    )


def browser_words(user_agent: str) -> str:
    """What a person calls it: "Firefox on Windows"; "A browser" for one that doesn't say."""
    program = next((words for sign, words in _PROGRAMS.items() if sign in user_agent), "A browser")
    system = next((words for sign, words in _SYSTEMS.items() if sign in user_agent), "")
    return f"{program} on {system}" if system else program
