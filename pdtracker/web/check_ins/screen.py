"""The page that is projected: a square that changes every half minute, a short code, and how many are here."""

from __future__ import annotations

import io

import segno
from flask import Blueprint, Response, jsonify

from pdtracker.domain.access import Permission
from pdtracker.domain.check_in_codes import SCREEN_STEP, screen_token, short_code, short_code_text, step_of
from pdtracker.domain.check_in_codes import step_starts_at as starts_at
from pdtracker.queries import check_in_desks, check_ins
from pdtracker.queries.check_in_desks import DeskRow
from pdtracker.web import requests
from pdtracker.web.answers import Answer
from pdtracker.web.check_ins import desk_words, page
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope

screens = Blueprint("screens", __name__)


@screens.get("/<slug:district>/desks/<ref:desk_id>/screen")
@permitted(Permission.TAKE_ATTENDANCE)
def show(desk_id: int) -> Answer:
    """What the room sees."""
    who = scope()
    desk = check_in_desks.desk_to_keep(who, desk_id)
    short = short_code(desk.secret, who.at)
    return page(
        "check_ins/screen.html",
        here=check_ins.here_counts(who, [desk])[desk.id],
        short=short_code_text(short),
        chat_address=requests.address_of("check_in.ask", code=short),
        step=step_of(who.at),
        site=requests.wiring().settings.base_url.split("://", 1)[1].rstrip("/"),
        **desk_words(who, desk),
    )


@screens.get("/<slug:district>/desks/<ref:desk_id>/code.svg")
@permitted(Permission.TAKE_ATTENDANCE)
def code(desk_id: int) -> Answer:
    """The square of this moment."""
    desk = check_in_desks.desk_to_keep(scope(), desk_id)
    return _svg(segno.make(_address(desk), error="m"))


@screens.get("/<slug:district>/desks/<ref:desk_id>/now")
@permitted(Permission.TAKE_ATTENDANCE)
def now(desk_id: int) -> Answer:
    """How it stands, for the screen's script: the codes, how many are here, and for how long the square is good."""
    who = scope()
    desk = check_in_desks.desk_to_keep(who, desk_id)
    step = step_of(who.at)
    return jsonify(
        step=step,
        short=short_code_text(short_code(desk.secret, who.at)),
        here=check_ins.here_counts(who, [desk])[desk.id],
        is_open=desk.is_open(who.at),
        milliseconds=int((starts_at(step) + SCREEN_STEP - who.at).total_seconds() * 1000),
    )


def _address(desk: DeskRow) -> str:
    token = screen_token(desk.id, desk.secret, requests.at())
    return f"{requests.wiring().settings.base_url.rstrip('/')}/check-in/{token}"


def _svg(drawn: segno.QRCode) -> Response:
    out = io.BytesIO()
    drawn.save(
        out,
        kind="svg",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        dark="#0d1f1c",
        light="#fff",
        border=3,
    )
    answer = Response(out.getvalue(), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "no-store, private"
    return answer
