"""What the site says of itself: how accessible it is, and what it keeps about people."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint

from pdtracker.domain.evidence import FILE_LIMIT_BYTES
from pdtracker.queries.accounts import IDLE, LONGEST
from pdtracker.queries.people import Contact, administrators
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public

about = Blueprint("about", __name__)


@about.get("/accessibility")
@public
def accessibility() -> Answer:
    """What everybody can count on, how it is tested, what is known to be missing, and whom to tell."""
    return answers.page(
        "about/accessibility.html",
        contacts=_contacts(),
        idle_hours=_hours(IDLE),
        sign_in_hours=_hours(LONGEST),
    )


@about.get("/privacy")
@public
def privacy() -> Answer:
    """What is kept, where, for how long, and who sees it."""
    return answers.page(
        "about/privacy.html",
        contacts=_contacts(),
        idle_hours=_hours(IDLE),
        sign_in_hours=_hours(LONGEST),
        file_megabytes=FILE_LIMIT_BYTES // (1024 * 1024),
    )


def _contacts() -> tuple[Contact, ...]:
    """Whom to write to: the administrators of one's own district; visitors are shown nobody's address."""
    who = requests.visitor()
    return administrators(who) if isinstance(who, Scope) and who.person is not None else ()


def _hours(time: timedelta) -> int:
    return time // timedelta(hours=1)
