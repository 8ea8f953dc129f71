"""Bringing a report: the list of imports, and the page of an event on which one chooses or pastes the file."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, request, url_for

from pdtracker.actions.imports import (
    HowRead,
    Read,
    begin_import,
    count_report,
    forget_alias,
    keep_report,
    read_file,
    unread,
)
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import Permission
from pdtracker.domain.attendance_import import ImportState
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.when import moment_text
from pdtracker.exchange.attendance.report import has_columns, is_recognised
from pdtracker.exchange.attendance.text import LIMIT_BYTES
from pdtracker.queries import import_events
from pdtracker.queries import imports as queries
from pdtracker.queries.import_events import EventChoice
from pdtracker.queries.imports import IMPORTS_PER_PAGE
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import accepts, permitted
from pdtracker.web.imports.forms import BringForm
from pdtracker.web.imports.shown import state_of, words_of
from pdtracker.web.requests import scope

bringing = Blueprint("imports", __name__)

# A file that is a little too large gets its sentence at the field; only what is far beyond meets a closed door.
_UPLOAD_BYTES: Final = LIMIT_BYTES + 2 * 1024 * 1024


@bringing.get("/<slug:district>/imports")
@permitted(Permission.TAKE_ATTENDANCE)
def index() -> Answer:
    """The imports that one may see, newest first, and what the district remembers of reports."""
    found = queries.imports(scope(), before=_before())
    shown = found[:IMPORTS_PER_PAGE]
    older = url_for("imports.index", before=ref_of(shown[-1].id)) if len(found) > IMPORTS_PER_PAGE else None
    may_forget = scope().may(Permission.MANAGE_EVENTS)
    return answers.page(
        "imports/index.html",
        rows=[(one, state_of(one), words_of(one), _when(one.created_at)) for one in shown],
        older=older,
        is_first="before" not in request.args,
        aliases=import_events.aliases(scope()) if may_forget else (),
    )


@bringing.get("/<slug:district>/events/<ref:event_id>/attendance")
@permitted(Permission.TAKE_ATTENDANCE)
def ask(event_id: int) -> Answer:
    """The form to bring a report of an event, and what was brought before."""
    event = import_events.event_choice(scope(), event_id)
    form = BringForm(formdata=None, zone=event.zone).offer(event, import_events.profiles(scope()))
    return answers.page("imports/new.html", **_page(event, form))


@bringing.post("/<slug:district>/events/<ref:event_id>/attendance")
@permitted(Permission.TAKE_ATTENDANCE)
@accepts(_UPLOAD_BYTES)
def bring(event_id: int) -> Answer:
    """Keep the file, read it, and show whom it lists. A list of no known shape asks for its columns first."""
    choice = import_events.event_choice(scope(), event_id)
    form = BringForm().offer(choice, import_events.profiles(scope()))
    if form.validate():
        try:
            import_id, is_read = _brought(choice, form)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "reading.show" if is_read else "reading.columns",
                import_id=import_id,
                saying=_said(import_id, is_read=is_read),
                kind="ok" if is_read else "wait",
            )
    return answers.refused("imports/new.html", **_page(choice, form))


@bringing.post("/<slug:district>/imports/aliases/<ref:alias_id>/removal")
@permitted(Permission.MANAGE_EVENTS)
def forget(alias_id: int) -> Answer:
    """Remember a decision no longer."""
    import_events.require_alias(scope(), alias_id)
    forget_alias(scope(), alias_id)
    return answers.see("imports.index", saying="Forgotten. The next report asks again.")


def _brought(choice: EventChoice, form: BringForm) -> tuple[int, bool]:
    """The id of the import, and whether its file could be read by itself."""
    who = scope()
    event = import_events.import_event(who, choice.id, form.session_id)
    stream, name = io.BytesIO((form.pasted.data or "").encode()), "pasted"
    store = BlobStore(requests.wiring().settings.evidence)
    if form.file.data:
        stream, name = form.file.data.stream, form.file.data.filename or ""
    count_report(who, key=requests.wiring().settings.secret_key)
    kept = keep_report(who, store, stream, name)
    columns = next((row.columns for row in import_events.profiles(who) if row.id == form.profile_id), None)
    how = HowRead(zone=form.zone.data, columns=columns)
    is_read = columns is not None or is_recognised(kept.data)
    read = read_file(who, event, kept.data, how) if is_read else _by_columns(event, kept.data, how)
    return begin_import(who, event.event_id, event.session_id, kept, read), is_read


def _by_columns(event: import_events.ImportEvent, data: bytes, how: HowRead) -> Read:
    """A list whose columns are to be chosen; refuses at `file` what has none."""
    if not has_columns(data):
        # Says what is wrong with it.
        return read_file(scope(), event, data, how)
    return unread(event, how)


def _said(import_id: int, *, is_read: bool) -> str | None:
    one = queries.one_import(scope(), import_id)
    if one.state is ImportState.COMMITTED:
        return "This very file counts already. Nothing has changed."
    return (
        None
        if is_read
        else "We don\N{RIGHT SINGLE QUOTATION MARK}t know this kind of list. Say which column is what."
    )


def _page(event: EventChoice, form: BringForm) -> dict[str, Any]:
    if not event.sessions and (event.ends_at is None or not event.has_hours):
        raise NotNow(
            "no_hours",
            "This event has no fixed hours, so a report can\N{RIGHT SINGLE QUOTATION MARK}t be compared with them.",
        )
    before = queries.imports(scope(), before=None, event_id=event.id)
    return {
        "event": event,
        "form": form,
        "rows": [(one, state_of(one), words_of(one), _when(one.created_at)) for one in before],
    }


def _when(at: datetime) -> str:
    return moment_text(at, requests.at(), scope().zone)


def _before() -> int | None:
    typed = request.args.get("before", "")
    if not typed:
        return None
    try:
        return id_of(typed)
    except ValueError:
        raise NotHere from None
