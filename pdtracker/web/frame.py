"""The frame of every page: where one can go from here, who is signed in, and the static files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for
from flask_wtf.csrf import generate_csrf

from pdtracker.domain.access import Permission
from pdtracker.domain.when import zone_words
from pdtracker.queries.notices import COUNTED
from pdtracker.scope import Scope
from pdtracker.web import requests
from pdtracker.web.doors import public
from pdtracker.web.urls import this_path

STATIC = Path(__file__).parent / "static"
_ONE_YEAR = "public, max-age=31536000, immutable"
_MOST_INITIALS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    label: str
    href: str
    icon: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Current:
    """Who is signed in, as the frame shows them."""

    name: str
    initials: str
    district: str
    zone: str
    change_zone: str
    notices: str
    unread: str
    # Where the second factor is set up that a role of theirs waits for.
    factor_due: str | None


# Label, path below the district (or from the root), icon, and who may go there.
_PLACES: Sequence[tuple[str, str, str, Permission | None]] = (
    ("Home", "", "home", None),
    ("Events", "/events", "cal", None),
    ("Claims", "claims", "claims", Permission.LOG_CLAIM),
    ("Reviews", "reviews", "review", Permission.SEE_REVIEWS),
    ("Transcript", "transcript", "doc", Permission.SEE_TRANSCRIPT),
    ("People", "people", "people", Permission.SEE_PEOPLE),
    ("Reports", "reports", "chart", Permission.SEE_REPORTS),
)
# What else belongs to the events, below the district.
_OF_EVENTS = ("calendar", "desks", "events", "imports", "programmes")


def register(app: Flask) -> None:
    """Give templates `static_url`, `csrf_token`, `nav` and `current`, and serve the static files."""
    digest = static_digest()

    def static_url(name: str) -> str:
        """The address of a static file; it changes with any of them, so that modules find each other's newest."""
        return f"/static/{digest}/{name}"

    @public
    def static(digest_asked: str, filename: str) -> Response:
        answer = send_from_directory(STATIC, filename, max_age=0)
        if digest_asked == digest:
            answer.headers["Cache-Control"] = _ONE_YEAR
        return answer

    app.add_url_rule("/static/<digest_asked>/<path:filename>", "static", static)
    app.jinja_env.globals.update(static_url=static_url, csrf_token=generate_csrf)
    app.context_processor(_frame)


def places(scope: Scope) -> Sequence[Place]:
    """Where this person can go."""
    home = f"/{scope.district.slug}"
    of_events = ("/programmes/", *(f"{home}/{below}/" for below in _OF_EVENTS))
    found = []
    for label, below, icon, permission in _PLACES:
        if permission is not None and not scope.may(permission):
            continue
        href = below if below.startswith("/") else f"{home}/{below}".rstrip("/")
        here = request.path == href if href == home else (request.path + "/").startswith(href + "/")
        here = here or (label == "Events" and (request.path + "/").startswith(of_events))
        found.append(Place(label, href, icon, here))
    return found


def _frame() -> dict[str, object]:
    who = requests.who_is_shown()
    if who is None:
        return {"nav": (), "current": None}
    name, district = who.me.name, who.district
    return {
        "nav": places(who),
        "current": Current(
            name,
            _initials(name),
            district.name,
            zone_words(who.zone),
            _change_zone(),
            url_for("notices.index", district=who.district.slug),
            _unread(who.unread),
            _factor_due(who),
        ),
    }


def _factor_due(who: Scope) -> str | None:
    if not who.withheld or request.path.startswith("/account/second-factor"):
        return None
    return url_for("second_factor.show", next=this_path() if request.method == "GET" else None)


def _change_zone() -> str:
    """Where the zone of times is chosen, with the way back to this page when it can be asked for again."""
    here = this_path() if request.method == "GET" and not request.path.startswith("/account") else None
    return url_for("account.show", next=here, _anchor="zone")


def _unread(count: int) -> str:
    """The figure beside the bell: nothing for none, and no more than anybody reads."""
    return f"{COUNTED - 1}+" if count >= COUNTED else str(count or "")


def _initials(name: str) -> str:
    words = name.split()
    chosen = words if len(words) <= _MOST_INITIALS else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()


@cache
def static_digest() -> str:
    """The hash of all static files together: a module's imports are relative, so they share one folder."""
    together = hashlib.sha256()
    for file in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        together.update(file.relative_to(STATIC).as_posix().encode() + b"\0" + file.read_bytes())
    return together.hexdigest()[:16]
