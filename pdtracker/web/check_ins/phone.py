"""The phone's pages: a scan of the screen, the short code, one's own check-in with check-out and badge."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

import segno
from flask import Blueprint, Response, current_app, jsonify, make_response, redirect, request, url_for
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeSerializer

from pdtracker.actions.check_ins import check_in_by_screen, check_in_by_short_code, check_out
from pdtracker.domain.access import Permission
from pdtracker.domain.check_in_codes import SEEN_LASTS, badge_of, read_token, screen_step, seen_proof
from pdtracker.domain.check_ins import attended_words
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.when import local, time_text
from pdtracker.queries import check_in_desks, check_ins
from pdtracker.queries.check_in_desks import DeskRow
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.check_ins import badge_link, desk_words, page, sent, with_camera
from pdtracker.web.doors import permitted, public, signed_in
from pdtracker.web.forms import Form, KeyField, LineField, needed
from pdtracker.web.frame import STATIC, static_digest
from pdtracker.web.requests import scope

phone = Blueprint("check_in", __name__)

_SALT: Final = "seen before sign-in"


class CodeForm(Form):
    """The short code of a session, as it is read aloud or stands in a chat."""

    code = LineField(
        "Code",
        [needed("Enter the six letters and figures of the code.")],
        description="Six letters and figures, such as 7KX 4PQ. The host shows it, or puts it into the chat.",
    )
    nonce = KeyField()


@phone.get("/check-in")
@permitted(Permission.LOG_CLAIM)
def ask() -> Answer:
    """Type the short code, or find it filled in by the link of a chat."""
    form = CodeForm(formdata=None, data={"code": request.args.get("code", "")})
    return page("check_ins/code.html", form=form, person=ref_of(scope().me.id))


@phone.post("/check-in")
@permitted(Permission.LOG_CLAIM)
def type_code() -> Answer:
    """Check in with the short code."""
    form = CodeForm()
    if form.validate():
        try:
            desk_id = check_in_by_short_code(
                scope(), form.code.data or "", key=requests.wiring().settings.secret_key, sent=sent()
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("check_in.mine", desk_id=desk_id)
    return page(
        "check_ins/code.html", HTTPStatus.UNPROCESSABLE_ENTITY, form=form, person=ref_of(scope().me.id)
    )


@phone.get("/check-in/<token>")
@public
def show(token: str) -> Answer:
    """What a scan of the screen leads to: one button, or why not now."""
    read = read_token(token)
    if read is None:
        raise NotHere
    who = requests.visitor()
    if not isinstance(who, Scope):
        return _sign_in_first(token)
    desk = check_in_desks.desk(who, read[0])
    if not who.may(Permission.LOG_CLAIM):
        return _refused(
            who, desk, NotNow("no_claims", "Your role logs no claims, so you need no check-in here.")
        )
    if check_ins.mine_at(who, desk).is_here:
        return redirect(url_for("check_in.mine", desk_id=desk.id), HTTPStatus.SEE_OTHER)
    try:
        seen = _seen(who, desk, token, read[1])
    except NotNow as refusal:
        return _refused(who, desk, refusal)
    return page(
        "check_ins/scanned.html",
        token=token,
        seen=seen,
        form=CodeForm(),
        person=ref_of(who.me.id),
        **desk_words(who, desk),
    )


@phone.post("/check-in/<token>")
@permitted(Permission.LOG_CLAIM)
def check_in(token: str) -> Answer:
    """I'm here."""
    read = read_token(token)
    if read is None:
        raise NotHere
    desk_id, code = read
    try:
        check_in_by_screen(scope(), desk_id, code, seen=request.form.get("seen", ""), sent=sent())
    except NotNow as refusal:
        if answers.wants_json():
            raise
        return _refused(scope(), check_in_desks.desk(scope(), desk_id), refusal)
    return _onwards(desk_id)


@phone.get("/check-in/at/<ref:desk_id>")
@permitted(Permission.LOG_CLAIM)
def mine(desk_id: int) -> Answer:
    """One's own check-in at a session, the way out, and the badge for its host."""
    who = scope()
    desk = check_in_desks.desk(who, desk_id)
    found = check_ins.mine_at(who, desk)
    badge = badge_of(desk.secret, desk.id, who.me.id)
    return page(
        "check_ins/mine.html",
        found=found,
        words=attended_words(found, who.zone) if found.signs else "",
        since=time_text(local(found.since, who.zone)) if found.since else "",
        form=CodeForm(),
        badge=badge.upper(),
        matrix=segno.make(badge_link(desk) + badge, error="m").matrix,
        name=who.me.name,
        person=ref_of(who.me.id),
        is_over=who.at > desk.hours.ends_at,
        event_ref=ref_of(desk.event_id),
        session_ref=ref_of(desk.session_id) if desk.session_id else "",
        **desk_words(who, desk),
    )


@phone.post("/check-in/at/<ref:desk_id>/out")
@permitted(Permission.LOG_CLAIM)
def leave(desk_id: int) -> Answer:
    """I'm leaving."""
    check_out(scope(), desk_id, sent=sent())
    return _onwards(desk_id)


@phone.get("/check-in/kept")
@signed_in
def kept() -> Answer:
    """What a device needs to send what it kept: a fresh token, and whose sign-in this is. Or the page that does it."""
    if answers.wants_json():
        return jsonify(token=generate_csrf(), person=ref_of(scope().me.id))
    return page("check_ins/kept.html", person=ref_of(scope().me.id))


@phone.get("/check-in/offline")
@public
def offline() -> Answer:
    """The page that the worker keeps for when there is no network. It knows nobody."""
    return with_camera(page("check_ins/offline.html"))


@phone.get("/check-in/worker.js")
@public
def worker() -> Answer:
    """The worker. Its first line changes with the static files, so that a browser takes the newest one."""
    script = f"// {static_digest()}\n" + (STATIC / "check-in-worker.js").read_text(encoding="utf-8")
    answer = Response(script, mimetype="text/javascript")
    # The scanner's page lies in its district's addresses.
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _onwards(desk_id: int) -> Response:
    to = url_for("check_in.mine", desk_id=desk_id)
    if answers.wants_json():
        return make_response(jsonify(to=to), HTTPStatus.OK)
    return make_response(redirect(to, HTTPStatus.SEE_OTHER))


def _refused(who: Scope, desk: DeskRow, refusal: NotNow) -> Answer:
    return page(
        "check_ins/refused.html",
        HTTPStatus.CONFLICT,
        sentence=refusal.sentence,
        person=ref_of(who.me.id),
        **desk_words(who, desk),
    )


def _seen(who: Scope, desk: DeskRow, token: str, code: str) -> str:
    """Proof that this person saw a code that was right: now, or when they opened it before signing in."""
    for moment in (who.at, _opened_at(token)):
        if moment is None or screen_step(desk.secret, code, moment) is None:
            continue
        if refusal := desk.window.refusal(moment, who.zone):
            raise refusal
        return seen_proof(desk.secret, code, moment, str(who.me.id))
    if refusal := desk.window.refusal(who.at, who.zone):
        raise refusal
    raise NotNow("code_changed", "It has changed since. Scan the screen again.")


def _sign_in_first(token: str) -> Answer:
    """On to the sign-in and back; the way back says under a signature when the code was opened."""
    opened = str(_serializers()[0].dumps([token, int(requests.at().timestamp())]))
    back = url_for("check_in.show", token=token, opened=opened)
    return redirect(url_for("sign_in.ask", next=back), HTTPStatus.SEE_OTHER)


def _opened_at(token: str) -> datetime | None:
    """When the code was opened before a sign-in, if that was just now."""
    for serializer in _serializers():
        try:
            opened, second = serializer.loads(request.args.get("opened", ""))
        except (BadSignature, ValueError, TypeError):
            continue
        moment = datetime.fromtimestamp(second, UTC)
        if opened == token and requests.at() - moment <= SEEN_LASTS:
            return moment
    return None


def _serializers() -> list[URLSafeSerializer]:
    keys = [current_app.secret_key, *(current_app.config["SECRET_KEY_FALLBACKS"] or ())]
    return [URLSafeSerializer(str(key), salt=_SALT) for key in keys]
