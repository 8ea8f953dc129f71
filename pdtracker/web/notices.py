"""One's notices: what the house's letters say, read here with or without them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, request, url_for
from wtforms import HiddenField

from pdtracker.actions.notices import read_notice, read_notices
from pdtracker.domain.access import Permission
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.when import moment_text
from pdtracker.queries import notices as queries
from pdtracker.queries.notices import NoticeRow
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form
from pdtracker.web.requests import scope
from pdtracker.web.urls import own_path

notices = Blueprint("notices", __name__)


class ReadForm(Form):
    """Up to which notice somebody has read."""

    up_to = HiddenField()


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as the list shows it; `href` is where the thing is found, or nothing."""

    id: int
    subject: str
    about: str
    href: str | None
    is_read: bool


@notices.get("/<slug:district>/notices")
@permitted(Permission.SEE_EVENTS)
def index() -> Answer:
    """One's notices, the newest first."""
    after = _ref(request.args.get("after", ""))
    found = queries.notices(scope(), after=after)
    rows = [_shown(row) for row in found.rows]
    return answers.page(
        "notices/index.html",
        rows=rows,
        unread=sum(not row.is_read for row in rows),
        up_to=ref_of(found.rows[0].id) if found.rows else None,
        older=url_for("notices.index", after=ref_of(found.last)) if found.last else None,
        newest=url_for("notices.index") if after is not None else None,
    )


@notices.post("/<slug:district>/notices")
@permitted(Permission.SEE_EVENTS)
def read_all() -> Answer:
    """Everything on the page, and before it, is read."""
    up_to = _ref(ReadForm().up_to.data or "")
    if up_to is None:
        raise NotHere
    read_notices(scope(), up_to)
    return answers.see("notices.index", saying="All read.")


@notices.post("/<slug:district>/notices/<ref:letter_id>")
@permitted(Permission.SEE_EVENTS)
def read(letter_id: int) -> Answer:
    """One is read."""
    read_notice(scope(), letter_id)
    return answers.see("notices.index")


def _shown(row: NoticeRow) -> Shown:
    who = scope()
    return Shown(
        row.id,
        row.subject,
        f"{row.kind.label} · {moment_text(row.at, who.at, who.zone)}",
        _path(row.address),
        row.is_read,
    )


def _path(address: str) -> str | None:
    """The way below our own address: the letter was written with the whole one, which may have been another."""
    parts = urlsplit(address)
    return own_path(f"{parts.path}?{parts.query}" if parts.query else parts.path) if address else None


def _ref(asked: str) -> int | None:
    try:
        return id_of(asked) if asked else None
    except ValueError as error:
        raise NotHere from error
