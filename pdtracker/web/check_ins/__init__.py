"""Checking in: the phone's pages, and the desk of the host with its screen, scanner and sheets.

What these pages share stands here. They may make one address into a worker's, which the policy of all other pages
forbids; the worker keeps an empty page for when there is no network, and nothing of anybody.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, request

from pdtracker.actions.check_ins import Sent
from pdtracker.domain.refs import id_of
from pdtracker.domain.refusals import NotValid
from pdtracker.queries.check_in_desks import DeskRow
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.headers import CAMERA_PERMISSIONS, WORKER_POLICY


def page(template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """A page that can register the worker."""
    answer = answers.page(template, status, **values)
    answer.headers["Content-Security-Policy"] = WORKER_POLICY
    return answer


def with_camera(answer: Response) -> Response:
    """The scanner, and the page that stands in for it without a network, may use the camera."""
    answer.headers["Permissions-Policy"] = CAMERA_PERMISSIONS
    return answer


def badge_link(desk: DeskRow) -> str:
    """What stands before a badge in its square: the scanner's address, for phones whose camera only opens links."""
    return requests.address_of("scanners.show", desk_id=desk.id, badge="")


def desk_words(who: Scope, desk: DeskRow) -> dict[str, Any]:
    """What every page of a desk says of it: what, when, and how long one can still check in."""
    refusal = desk.window.refusal(who.at, who.zone)
    return {
        "desk": desk,
        "hours": desk.hours_words(who.zone),
        "is_open": desk.is_open(who.at),
        "closed": "This event was cancelled." if desk.is_cancelled else (refusal.sentence if refusal else ""),
        "window": desk.window_words(who.zone),
    }


def sent() -> Sent:
    """What the device says of its own: nonce, when it kept this, and whose it was then."""
    return Sent(request.form.get("nonce", ""), _kept_at(), _by())


def _kept_at() -> datetime | None:
    text = request.form.get("kept_at", "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        raise NotValid({"kept_at": "The time that this device kept can’t be read. Scan once more."}) from None


def _by() -> int | None:
    ref = request.form.get("by", "")
    if not ref:
        return None
    try:
        return id_of(ref)
    except ValueError:
        raise NotValid({"by": "Load the page again, then scan once more."}) from None
