"""A certificate's badge for everybody who has its code: as JSON, as a token, baked into a picture, and as 2.0."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, jsonify

from pdtracker.domain.refusals import NotHere
from pdtracker.exchange.open_badges import hosted
from pdtracker.exchange.open_badges.reading import Form
from pdtracker.installation import issuer_of
from pdtracker.queries import verification
from pdtracker.queries.badges import MEDIA_TYPES, badge_of, certified_of, hosted_issuer
from pdtracker.queries.certificates import Issued, district_of_slug
from pdtracker.queries.verification import Standing
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.counted import count_look
from pdtracker.web.doors import public

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


@badges.get("/verify/<code>/assertion.json")
@public
def show_assertion(code: str) -> Answer:
    """The badge for readers of Open Badges 2.0; gone, with the reason, once it no longer stands."""
    issued = _sound(code)
    certified = certified_of(requests.district_session(issued.district_id), issued)
    status = verification.standing_of(issued, requests.at())
    if status.standing is Standing.VALID:
        return jsonify(hosted.assertion(certified))
    reason = status.reason or "The district no longer stands by it."
    if status.successor is not None:
        reason = f"{reason} Replaced by {certified.snapshot.verify_address}{status.successor.code}."
    response = jsonify(hosted.revoked_assertion(certified, reason))
    response.status_code = HTTPStatus.GONE
    return response


@badges.get("/verify/<code>/badge-class.json")
@public
def show_class(code: str) -> Answer:
    """What the badge is for, for readers of Open Badges 2.0."""
    issued = _sound(code)
    return jsonify(hosted.badge_class(certified_of(requests.district_session(issued.district_id), issued)))


@badges.get("/verify/issuers/<slug:of>.json")
@public
def show_issuer(of: str) -> Answer:
    """Who the district is, for readers of Open Badges 2.0."""
    count_look("badge", BADGES_PER_MINUTE)
    district_id = district_of_slug(requests.installation_session(), of)
    if district_id is None:
        raise NotHere
    site = f"{requests.wiring().settings.base_url.rstrip('/')}/"
    told = hosted_issuer(requests.district_session(district_id), site)
    if told is None:
        raise NotHere
    return jsonify(told)


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
    count_look("badge", BADGES_PER_MINUTE)
    found = verification.of_number(
        requests.installation_session(), requests.district_session, code, requests.at()
    )
    if found.issued is None or found.snapshot is None:
        raise NotHere
    return found.issued
