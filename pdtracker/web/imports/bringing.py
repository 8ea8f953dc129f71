"""Bringing a report: the list of imports, and the page of an event on which one chooses or pastes the file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, request, url_for

from pdtracker.actions.imports import (
    HowRead,
    KeptReport,
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
from pdtracker.domain.attendance import Strength
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

_ALL_BYTES: Final = 1024 * 1024
"""A report that is read for every session of an event costs as much for each of them."""


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
            if form.is_of_all:
                return _to_look_at(_brought_for_all(choice, form))
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
    kept, how = _kept(form)
    is_read = how.columns is not None or is_recognised(kept.data)
    read = read_file(who, event, kept.data, how) if is_read else _by_columns(event, kept.data, how)
    return begin_import(who, event.event_id, event.session_id, kept, read), is_read


def _brought_for_all(choice: EventChoice, form: BringForm) -> list[int]:
    """The imports of one report, one for each session that it tells somebody's minutes of; refuses at `file`."""
    who = scope()
    kept, how = _kept(form)
    if kept.size_bytes > _ALL_BYTES:
        raise NotValid(
            {"file": "It is too large to be read for all sessions. Choose one session, then the next."}
        )
    if how.columns is None and not is_recognised(kept.data):
        raise NotValid(
            {
                "session": "We don\N{RIGHT SINGLE QUOTATION MARK}t know this kind of list. Choose one session first."
            }
        )
    told, refused = [], None
    for session in choice.sessions:
        event = import_events.import_event(who, choice.id, session.id)
        try:
            read = read_file(who, event, kept.data, how)
        except NotValid as refusal:
            # Of another session's day alone, as far as this one knows.
            refused = refusal
            continue
        if read.report.strength is not Strength.INTERVALS:
            raise NotValid({"session": "It tells no joins to divide among the sessions. Choose one session."})
        if any(attendee.minutes for attendee in read.report.people):
            told.append((event, read))
    if not told:
        raise refused or NotValid({"file": "It lists nobody who was there during any of the sessions."})
    return [begin_import(who, event.event_id, event.session_id, kept, read) for event, read in told]


def _to_look_at(import_ids: Sequence[int]) -> Answer:
    """The only import, or the list of all of them."""
    if len(import_ids) == 1:
        return answers.see("reading.show", import_id=import_ids[0])
    return answers.see(
        "imports.index",
        saying=f"One report, read for {len(import_ids)} sessions. Look at each, and let it count by itself.",
        kind="wait",
    )


def _kept(form: BringForm) -> tuple[KeptReport, HowRead]:
    """The file or the lines that were brought, on the disk, and how they are to be read."""
    who = scope()
    stream, name = io.BytesIO((form.pasted.data or "").encode()), "pasted"
    store = BlobStore(requests.wiring().settings.evidence)
    if form.file.data:
        stream, name = form.file.data.stream, form.file.data.filename or ""
    count_report(who, key=requests.wiring().settings.secret_key)
    kept = keep_report(who, store, stream, name)
    columns = next((row.columns for row in import_events.profiles(who) if row.id == form.profile_id), None)
    return kept, HowRead(zone=form.zone.data, columns=columns)


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
