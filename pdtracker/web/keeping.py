"""Nothing typed is lost when a sign-in ends: the fields travel through the sign-in page in the browser itself.

A form that comes in after its sign-in had ended is answered with the sign-in page, which carries the form's fields
as hidden ones. After the sign-in a page shows them again with one button, "Send it now". Nothing is kept on the
server. Who was signed in before is noted under a signature: somebody else who signs in at the same computer doesn't
get to see the text.

Who tried too often keeps what they typed in the same way, and sends it when they have waited.

Only fields that provably came from our own page are carried: with the token of this browser's cookie, or with the
browser's word that the request is from the same origin. Another site can't plant a form for us to keep.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, current_app, make_response, render_template, request
from itsdangerous import BadSignature, URLSafeSerializer

from pdtracker.actions.accounts import secret_hash
from pdtracker.queries.accounts import whose_sign_in
from pdtracker.web import doors, requests, urls
from pdtracker.web.face import writable
from pdtracker.web.forms import ProofForm, SignInForm

PATH = "kept-path"
OWNER = "kept-owner"
FIELD = "kept-field-"
_SALT = "kept form"
_NEVER = re.compile(r"csrf_token|password", re.IGNORECASE)
_PASSWORD = "password"  # noqa: S105 - the name of a field
_LONG_TEXT = 60


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that waits to be sent again: where to, and its fields in order."""

    path: str
    fields: Sequence[tuple[str, str]]
    owner: str = ""
    lost_files: bool = False

    @property
    def hidden(self) -> Sequence[tuple[str, str]]:
        """The hidden fields with which the sign-in form carries it."""
        return [
            (PATH, self.path),
            (OWNER, self.owner),
            *((FIELD + name, value) for name, value in self.fields),
        ]

    @property
    def texts(self) -> Sequence[str]:
        """What a person wrote, to be shown beside the button: everything longer than a choice or a number."""
        return [value for _, value in self.fields if len(value) > _LONG_TEXT or "\n" in value]


def ask_to_sign_in() -> Response:
    """The sign-in page for a form whose sign-in had ended: 401, with the form kept when it came from our page."""
    # The form in the request is not this one.
    form = SignInForm(formdata=None)
    if not _is_ours():
        return _page("sign_in/ask.html", 401, form=form, next=None, demo=requests.wiring().demo)
    return _page("sign_in/ended.html", 401, form=form, kept=_kept_now())


def ask_to_send_again() -> Response | None:
    """A page with the form's fields and a fresh token (400), or `None` when the form may be another site's."""
    if not _is_ours() or not requests.is_signed_in():
        return None
    return again(_kept_now(), 400)


def ask_to_wait(sentence: str) -> Response | None:
    """A page with the form's fields, to be sent later (429), or `None` where nothing was typed that could be kept.

    A sign-in is typed anew: a password travels nowhere but to us.
    """
    if request.method != "POST" or not _is_ours() or any(_PASSWORD in name for name in request.form):
        return None
    kept = _kept_now()
    return again(kept, 429, sentence=sentence) if kept.fields else None


def ask_for_proof() -> Response:
    """The page that asks for the password again (403), and carries the form along."""
    return _page("sign_in/proof.html", 403, form=ProofForm(formdata=None), kept=_kept_now())


def ask_after(sentence: str) -> Response | None:
    """A page with the form's fields (403), to be sent when what the sentence asks for is done; `None` without any."""
    kept = _kept_now()
    return again(kept, 403, sentence=sentence, title="One thing comes first") if kept.fields else None


def again(
    kept: Kept, status: int = 200, *, sentence: str = "", title: str = "Too many tries in a short time"
) -> Response:
    """The page on which the form is sent once more with one button; `sentence` says when, if not now."""
    return _page("sign_in/again.html", status, kept=kept, sentence=sentence, title=title)


def proved(kept: Kept) -> Response:
    """The same for who just gave the password again."""
    return _page("sign_in/again.html", 200, kept=kept, sentence="", title="Go on")


def carried() -> Kept | None:
    """The form that the sign-in form of this request carries along."""
    path = urls.own_path(request.form.get(PATH))
    if path is None:
        return None
    fields = [
        (name.removeprefix(FIELD), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(FIELD)
    ]
    return Kept(path, fields, request.form.get(OWNER, ""))


def belongs_to(kept: Kept, account_id: int) -> bool:
    """Whether the form may be shown to this account: it was theirs, or nobody can say whose it was."""
    if not kept.owner:
        return True
    for serializer in _serializers():
        try:
            return bool(serializer.loads(kept.owner) == account_id)
        except BadSignature:
            continue
    return False


def _kept_now() -> Kept:
    fields = [(name, value) for name, value in request.form.items(multi=True) if not _NEVER.search(name)]
    return Kept(
        path=urls.own_path(urls.this_path()) or "/",
        fields=fields,
        owner=_owner(),
        lost_files=any(file.filename for file in request.files.values()),
    )


def _owner() -> str:
    secret = requests.cookie_secret()
    if secret is None:
        return ""
    account_id = whose_sign_in(requests.installation_session(), secret_hash(secret))
    return "" if account_id is None else str(_serializers()[0].dumps(account_id))


def _serializers() -> list[URLSafeSerializer]:
    keys = [current_app.secret_key, *(current_app.config["SECRET_KEY_FALLBACKS"] or ())]
    return [URLSafeSerializer(str(key), salt=_SALT) for key in keys]


def _is_ours() -> bool:
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or doors.has_good_token()


def _page(template: str, status: int, **values: object) -> Response:
    return make_response(writable(render_template(template, **values)), status)
