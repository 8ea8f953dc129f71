"""Doors: who may enter an endpoint. Each view declares one; a view without any answers 403 to everybody.

@claims.post("/<slug:district>/claims")
@permitted(Permission.LOG_CLAIM)
def begin() -> Answer: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from flask_wtf.csrf import CSRFProtect, validate_csrf
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized
from werkzeug.wrappers import Response
from wtforms import ValidationError

from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotPermitted
from pdtracker.scope import Visitor
from pdtracker.web import requests, urls

View = TypeVar("View", bound=Callable[..., Any])

FORM_LIMIT_BYTES = 64 * 1024
TEXT_LIMIT_BYTES = 512 * 1024
UPLOAD_LIMIT_BYTES = 10 * 1024 * 1024 + FORM_LIMIT_BYTES

_DOOR = "__door__"
_LIMIT = "__limit_bytes__"
_CONFIRMED = "__confirmed__"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Door:
    """Who may enter: everybody, whoever signed in, or whoever has the permission in the address's district."""

    is_public: bool = False
    permission: Permission | None = None
    asks_token: bool = True


class StaleForm(BadRequest):
    """The form's token fits no sign-in of this browser: an old page, or another site's."""


class FactorDue(Forbidden):
    """What is asked for is of a role that counts once a second factor is set up."""


class ProofDue(Forbidden):
    """What is asked for needs the password again: it was given too long ago."""


class SignInEnded(Unauthorized):
    """A form came in after its sign-in had ended."""


def public(view: View) -> View:
    """Everybody may enter."""
    return _with(view, _DOOR, Door(is_public=True))


def public_by_link(view: View) -> View:
    """Everybody may enter who has the link, and a form needs no token: what signs the link stands for both."""
    return _with(view, _DOOR, Door(is_public=True, asks_token=False))


def public_question(view: View) -> View:
    """Everybody may enter, and a form needs no token: it asks, knows nobody and changes nothing that is anybody's."""
    return _with(view, _DOOR, Door(is_public=True, asks_token=False))


def signed_in(view: View) -> View:
    """Whoever signed in may enter; in a district's address, whoever belongs to the district."""
    return _with(view, _DOOR, Door())


def permitted(permission: Permission) -> Callable[[View], View]:
    """Whoever has the permission in the district may enter."""
    return lambda view: _with(view, _DOOR, Door(permission=permission))


def confirmed(view: View) -> View:
    """Whoever finds an open browser can't do this in it: the password is asked for again after a while."""
    return _with(view, _CONFIRMED, True)


def require_proof() -> None:
    """Ask for the password again, if it was given too long ago; for views that only sometimes need it."""
    if not requests.sign_in_facts().is_fresh(requests.at()):
        raise ProofDue


def accepts(limit_bytes: int) -> Callable[[View], View]:
    """How large a request the view takes: `TEXT_LIMIT_BYTES`, `UPLOAD_LIMIT_BYTES`; other views take a small form."""
    return lambda view: _with(view, _LIMIT, limit_bytes)


def door_of(view: Callable[..., Any]) -> Door | None:
    """What the view declared."""
    found: Door | None = getattr(view, _DOOR, None)
    return found


def register(app: Flask) -> None:
    """Stand at every endpoint. Comes after `requests.register`, so that the visit has begun."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # A form stays good as long as its sign-in: what takes an hour to write must not be refused for its age.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    CSRFProtect(app)
    app.before_request(_enter)


def _with(view: View, name: str, value: object) -> View:
    setattr(view, name, value)
    return view


def _enter() -> Response | None:
    if request.routing_exception is not None:
        # A district's pages that don't exist tell nobody whether the district does.
        raise request.routing_exception
    view = current_app.view_functions[request.endpoint or ""]
    limit: int = getattr(view, _LIMIT, FORM_LIMIT_BYTES)
    request.max_content_length = limit
    request.max_form_memory_size = limit
    door = door_of(view)
    if door is None:
        raise NotPermitted("no_door", "Nobody may open this page.")
    if not door.is_public:
        if isinstance(requests.visitor(), Visitor):
            return _to_sign_in()
        if door.permission is not None:
            if requests.scope().is_withheld(door.permission):
                return _to_second_factor()
            requests.scope().require(door.permission)
    if request.method not in _SAFE and door.asks_token:
        check_origin()
        check_token()
        if getattr(view, _CONFIRMED, False):
            require_proof()
    return None


def _to_second_factor() -> Response:
    if request.method in _SAFE:
        return redirect(url_for("second_factor.show", next=urls.own_path(urls.this_path())), 303)
    check_origin()
    check_token()
    raise FactorDue


def _to_sign_in() -> Response:
    if request.method in _SAFE:
        return redirect(url_for("sign_in.ask", next=urls.own_path(urls.this_path())), 303)
    check_origin()
    raise SignInEnded


def check_origin() -> None:
    """Refuse what a browser says to come from another site, even with a good token."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise BadRequest("Forms are taken from our own pages only.")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc not in {request.host, _public_host()}:
        raise BadRequest("Forms are taken from our own pages only.")


def check_token() -> None:
    """Refuse a form without the token of this browser's cookie; keys that were replaced still count."""
    if not has_good_token():
        raise StaleForm


def has_good_token() -> bool:
    """Whether the form carries the token that belongs to this browser's cookie."""
    csrf: Any = current_app.extensions["csrf"]
    token = csrf._get_csrf_token()
    for key in (current_app.secret_key, *(current_app.config["SECRET_KEY_FALLBACKS"] or ())):
        try:
            validate_csrf(token, secret_key=key)
        except ValidationError:
            continue
        g.csrf_valid = True
        return True
    return False


def _public_host() -> str:
    return urlsplit(requests.wiring().settings.base_url).netloc
