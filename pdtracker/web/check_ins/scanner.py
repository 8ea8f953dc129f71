"""The scanner: a camera where the browser can read squares, and a field that works without scripts."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, jsonify, request
from wtforms import RadioField

from pdtracker.actions.taking_attendance import scan_badge
from pdtracker.domain.access import Permission
from pdtracker.domain.check_ins import Mark
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import local, time_text
from pdtracker.queries import check_in_desks, check_ins
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.check_ins import desk_words, page, sent, with_camera
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form, KeyField, LineField, new_key
from pdtracker.web.requests import scope

scanners = Blueprint("scanners", __name__)


class BadgeForm(Form):
    """A badge: read by a camera, by a hand-held reader, or typed."""

    mark = RadioField(
        "They are", choices={Mark.IN.value: "coming", Mark.OUT.value: "leaving"}, default=Mark.IN.value
    )
    badge = LineField(
        "Badge",
        description="A hand-held reader types here by itself. By hand: the letters beneath their QR code.",
    )
    nonce = KeyField()


@scanners.get("/<slug:district>/desks/<ref:desk_id>/scanner")
@permitted(Permission.TAKE_ATTENDANCE)
def show(desk_id: int) -> Answer:
    """Scan badges; with the badge that a phone's own camera read, which leads here."""
    return _scanner(desk_id, BadgeForm(), read=request.args.get("badge", ""))


@scanners.post("/<slug:district>/desks/<ref:desk_id>/scanner")
@permitted(Permission.TAKE_ATTENDANCE)
def scan(desk_id: int) -> Answer:
    """Check in, or out, whose badge it is."""
    form = BadgeForm()
    form.validate()
    mark = Mark.OUT if form.mark.data == Mark.OUT.value else Mark.IN
    try:
        guest = scan_badge(scope(), desk_id, form.badge.data or "", mark, sent=sent())
    except NotValid as refusal:
        if answers.wants_json():
            raise
        form.take(refusal)
        return _scanner(desk_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    words = f"{guest.name} is checked {'out' if mark is Mark.OUT else 'in'}."
    if answers.wants_json():
        return jsonify(sentence=words)
    return answers.see("scanners.show", desk_id=desk_id, saying=words)


def _scanner(desk_id: int, form: BadgeForm, status: int = HTTPStatus.OK, *, read: str = "") -> Answer:
    who = scope()
    desk = check_in_desks.desk_to_keep(who, desk_id)
    bearer = check_ins.bearer(who, desk, read) if read else None
    likelier = (Mark.OUT, Mark.IN) if bearer and bearer.found.is_here else (Mark.IN, Mark.OUT)
    answer = page(
        "check_ins/scanner.html",
        status,
        form=form,
        bearer=bearer,
        since=time_text(local(bearer.found.since, who.zone)) if bearer and bearer.found.since else "",
        read=read,
        marks=[(mark.value, new_key()) for mark in likelier],
        here=check_ins.here_counts(who, [desk])[desk.id],
        person=ref_of(who.me.id),
        **desk_words(who, desk),
    )
    return with_camera(answer)
