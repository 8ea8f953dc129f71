"""How a request gets its moment, its database and its scope.

`scope()` is for pages behind a door: who acts, in which district. `visitor()` is for public pages: the same for
somebody who has signed in, a `Visitor` of the shared calendar for everybody else. Both cost at most two statements,
once for each request.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any, cast

import sqlalchemy as sa
from flask import Flask, Request, current_app, g, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from pdtracker.actions import accounts
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.access import NEED_A_FACTOR, Role
from pdtracker.domain.refusals import NotHere
from pdtracker.queries.accounts import SEEN_EVERY, Home, SignInFacts, live_sign_in
from pdtracker.queries.people import member
from pdtracker.scope import Scope, Visitor
from pdtracker.settings import Settings

logger = logging.getLogger(__name__)

_WIRING = "pdtracker"
_HALF = "half"


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A sign-in that a demo shows on its sign-in page."""

    email: str
    password: str
    who: str


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the application was put together from."""

    settings: Settings
    database: Database
    demo: Sequence[DemoSignIn] = ()


@dataclass(slots=True)
class Visit:
    """One request: its moment, its open sessions, and who came, once somebody asked."""

    at: datetime
    request_id: str
    open: ExitStack = field(default_factory=ExitStack)
    who: Scope | Visitor | None = None
    installation: DistrictSession | None = None


class ClosingRequest(Request):
    """A request that closes what was uploaded with it at its end: Flask forgets a file whose upload broke off."""

    def _get_file_stream(self, *told: Any, **more: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*told, **more)
        visit().open.callback(stream.close)
        return stream


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login calls the user: a live sign-in. Its cookie holds the secret, never an account's id."""

    def __init__(self, secret: str, facts: SignInFacts) -> None:
        self.secret = secret
        self.facts = facts

    def get_id(self) -> str:
        """What Flask-Login puts into the cookie."""
        return self.secret


def register(app: Flask, wiring: Wiring) -> None:
    """Give every request its visit, and Flask-Login the way to a live sign-in."""
    app.extensions[_WIRING] = wiring
    app.request_class = ClosingRequest
    logins = LoginManager()
    # Its protection trusts X-Forwarded-For; our sign-ins live in a table and end there.
    logins.session_protection = None
    logins.user_loader(_signed_in)
    # Not init_app(): that looks for its remember cookie after every request, which would make even static files
    # vary by cookie.
    app.login_manager = logins  # type: ignore[attr-defined]
    app.before_request(_begin)
    app.teardown_request(_end)


def wiring() -> Wiring:
    """Settings and database of this application."""
    return cast(Wiring, current_app.extensions[_WIRING])


def address_of(endpoint: str, **values: Any) -> str:
    """The whole address of a page, for letters and for calendars."""
    return wiring().settings.base_url.rstrip("/") + url_for(endpoint, **values)


def secret_keys() -> tuple[str, ...]:
    """The installation's secrets: the current one, then those that it replaced."""
    settings = wiring().settings
    return (settings.secret_key, *settings.secret_key_fallbacks)


def visit() -> Visit:
    """This request."""
    if "visit" not in g:
        _begin()
    return cast(Visit, g.visit)


def at() -> datetime:
    """The moment of this request, UTC: read from the clock once."""
    return visit().at


def scope() -> Scope:
    """Who acts, in which district; only behind a door that asks for a sign-in."""
    who = visitor()
    if not isinstance(who, Scope):
        raise RuntimeError("A public page asked for a scope; it has a visitor().")
    return who


def visitor() -> Scope | Visitor:
    """Who looks: the signed-in person, or a visitor without a name.

    Raises NotHere for a district in the address that is not one of the person's.
    """
    this = visit()
    if this.who is None:
        this.who = _scope_of_sign_in(this, g.get("district_slug")) or Visitor(district_session(None), this.at)
    return this.who


def who_is_shown() -> Scope | None:
    """Who the frame of a page shows as signed in: the same person on error pages and in strange districts.

    Never refuses: a page is not kept back because its frame can't be filled.
    """
    this = visit()
    if this.who is None and cookie_secret() is None:
        return None
    try:
        who = this.who or _scope_of_sign_in(this, None)
    except sa.exc.SQLAlchemyError:
        return None
    return who if isinstance(who, Scope) else None


def sign_in_facts() -> SignInFacts:
    """The live sign-in of this request; only behind a door."""
    if not isinstance(found := current_user._get_current_object(), SignedIn):
        raise RuntimeError("Nobody has signed in.")
    return found.facts


def is_signed_in() -> bool:
    """Whether the cookie of this request leads to a live sign-in."""
    return bool(current_user.is_authenticated)


def district_session(district_id: int | None) -> DistrictSession:
    """A session of a district (`None`: the shared calendar only) that closes with the request.

    For the few public pages that find their district by a code: verification, check-in.
    """
    this = visit()
    return this.open.enter_context(wiring().database.session(district_id))


def installation_session() -> DistrictSession:
    """A session on the tables that lead to a district (accounts, printed codes), closed with the request."""
    this = visit()
    if this.installation is None:
        this.installation = this.open.enter_context(wiring().database.session(None, installation=True))
    return this.installation


def begin_sign_in(secret: str, facts: SignInFacts) -> None:
    """Make this browser the one that was signed in: nothing that its cookie held before survives."""
    session.clear()
    login_user(SignedIn(secret, facts))
    # Flask-Login's fingerprint of address and browser, for a protection that is off.
    session.pop("_id", None)
    # A token that was drawn earlier in this request belongs to the cookie before.
    g.pop("csrf_token", None)
    visit().who = None


def begin_half(secret: str) -> None:
    """Let this browser wait for its second factor. It is nobody meanwhile: no door knows this secret."""
    logout_user()
    session.clear()
    session[_HALF] = secret
    g.pop("csrf_token", None)
    visit().who = None


def half_secret() -> str:
    """The secret of a sign-in that waits for its second factor; "" when none does."""
    secret = session.get(_HALF)
    return secret if isinstance(secret, str) else ""


def forget_sign_in() -> None:
    """Empty this browser's cookie."""
    logout_user()
    session.clear()
    visit().who = None


def cookie_secret() -> str | None:
    """The secret that the cookie holds, whether or not it still leads anywhere."""
    secret = session.get("_user_id")
    return secret if isinstance(secret, str) else None


def _begin() -> None:
    if "visit" not in g:
        g.visit = Visit(at=datetime.now(UTC), request_id=secrets.token_hex(8))


def _end(_error: BaseException | None) -> None:
    if this := g.pop("visit", None):
        cast(Visit, this).open.close()


def _signed_in(secret: str) -> SignedIn | None:
    now = at()
    database = wiring().database
    with database.session(None, installation=True) as doors:
        facts = live_sign_in(doors, accounts.secret_hash(secret), now)
    if facts is None:
        return None
    if now - facts.seen_at >= SEEN_EVERY:
        try:
            accounts.note_seen(database, facts.id, now)
        except sa.exc.OperationalError:
            # A page is not refused because somebody else writes for long; the next one notes it.
            logger.warning("seen_not_noted")
    return SignedIn(secret, facts)


def _scope_of_sign_in(this: Visit, slug: str | None) -> Scope | None:
    if not is_signed_in():
        return None
    homes = sign_in_facts().homes
    if slug is not None and slug not in {home.district.slug for home in homes}:
        raise NotHere
    for home in _in_order(homes, slug):
        if found := _scope_at(this, home):
            return found
    if slug is not None and len(homes) > 1:
        raise NotHere
    # Whoever left is signed out at the next request, whatever the cookie says.
    forget_sign_in()
    return None


def _in_order(homes: Sequence[Home], slug: str | None) -> Sequence[Home]:
    """The districts to try: the address's only, or all with the last used one first."""
    if slug is not None:
        return [home for home in homes if home.district.slug == slug]
    last: Any = session.get("district")
    return sorted(homes, key=lambda home: home.district.slug != last)


def _scope_at(this: Visit, home: Home) -> Scope | None:
    own = district_session(home.district.id)
    found = member(own, home.person_id)
    if found is None or found.left_at is not None:
        return None
    if len(sign_in_facts().homes) > 1 and session.get("district") != home.district.slug:
        session["district"] = home.district.slug
    g.home_slug = home.district.slug
    facts = sign_in_facts()
    withheld = NEED_A_FACTOR & found.roles if home.insists and not facts.has_factor else frozenset()
    return Scope(
        own,
        home.district,
        this.at,
        found.person,
        found.roles - withheld,
        frozenset() if Role.REVIEWER in withheld else found.review_school_ids,
        own_zone=facts.zone,
        unread=found.unread,
        withheld=withheld,
    )
