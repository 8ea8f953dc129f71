"""A certificate's badge for everybody who has its code: as JSON, as a token, and baked into a picture."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, request

from pdtracker.actions.accounts import network
from pdtracker.actions.rates import Limit, count_try
from pdtracker.domain.refusals import NotHere
from pdtracker.exchange.open_badges.reading import Form
from pdtracker.installation import issuer_of
from pdtracker.queries import verification
from pdtracker.queries.badges import MEDIA_TYPES, badge_of
from pdtracker.queries.certificates import Issued
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public

logger = logging.getLogger(__name__)

badges = Blueprint("badges", __name__)

# Each one is signed anew; whoever shows a page of them asks for some dozens.
BADGES_PER_MINUTE: Final = 120


@badges.after_request
def open_it(response: Response) -> Response:
    """Any page or program of the world may read it, and no search engine lists it."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@badges.get("/verify/<code>/badge.json")
@public
def show_json(code: str) -> Answer:
    """The badge, as programs read it."""
    return _badge(code, Form.JSON)


@badges.get("/verify/<code>/badge.jwt")
@public
def show_token(code: str) -> Answer:
    """The badge as a token."""
    return _badge(code, Form.TOKEN)


@badges.get("/verify/<code>/badge.png")
@public
def show_png(code: str) -> Answer:
    """The badge in its picture."""
    return _badge(code, Form.PNG)


@badges.get("/verify/<code>/badge.svg")
@public
def show_svg(code: str) -> Answer:
    """The badge in its picture, as a drawing."""
    return _badge(code, Form.SVG)


def _badge(code: str, form: Form) -> Answer:
    issued = _sound(code)
    session = requests.district_session(issued.district_id)
    secrets = issuer_of(requests.wiring().settings).secrets
    return answers.file(
        lambda: badge_of(session, issued, secrets).file(form),
        MEDIA_TYPES[form],
        f"badge-{issued.code}.{form.value}",
        tag=f"{issued.sha256[:32]}-{form.value}",
        keep=form is not Form.PNG,
    )


def _sound(code: str) -> Issued:
    """The record of a certificate that left the house and proves itself, also of one that no longer stands."""
    _count()
    found = verification.of_number(
        requests.installation_session(), requests.district_session, code, requests.at()
    )
    if found.issued is None or found.snapshot is None:
        raise NotHere
    return found.issued


def _count() -> None:
    wiring = requests.wiring()
    limit = Limit("badge", network(request.remote_addr or ""), timedelta(minutes=1), BADGES_PER_MINUTE)
    if not count_try(
        wiring.database, [limit], key=wiring.settings.secret_key, at=requests.at(), is_hasty=True
    ):
        logger.warning("look_not_counted")
