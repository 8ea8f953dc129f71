"""Bringing a roster: the form with the imports so far, and choosing the columns of a personnel list."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePath
from typing import Any, Final

from flask import Blueprint

from pdtracker.actions.rosters import (
    Brought,
    bring_list,
    bring_roster,
    count_roster,
    discard_roster,
    save_roster_profile,
)
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import Mistyped, NotHere, NotValid
from pdtracker.domain.roster import RosterFormat, RosterState
from pdtracker.domain.text import clean_line
from pdtracker.domain.when import moment_text
from pdtracker.exchange.roster.files import LIMIT_BYTES, files_of
from pdtracker.exchange.roster.hr import HrColumn, HrList, list_of
from pdtracker.exchange.roster.reading import read_roster
from pdtracker.queries import rosters as queries
from pdtracker.queries.rosters import RosterRow
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import accepts, permitted
from pdtracker.web.requests import scope, wiring
from pdtracker.web.rosters.forms import RosterColumnsForm, RosterForm

rosters = Blueprint("rosters", __name__)

# A file that is a little too large gets its sentence at the field; only what is far beyond meets a closed door.
_UPLOAD_BYTES: Final = LIMIT_BYTES + 2 * 1024 * 1024
_NAME_CHARACTERS: Final = 120
_NO_FILE: Final = "Choose the file."


@dataclass(frozen=True, slots=True)
class _Sent:
    """A file that came with a form."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@rosters.get("/<slug:district>/rosters")
@permitted(Permission.MANAGE_PEOPLE)
def ask() -> Answer:
    """The form for a roster, and the imports so far."""
    return _asked(RosterForm().offer(queries.profiles(scope())))


@rosters.post("/<slug:district>/rosters")
@permitted(Permission.MANAGE_PEOPLE)
@accepts(_UPLOAD_BYTES)
def bring() -> Answer:
    """Read the roster and show what it would do. A list of no known shape asks for its columns first."""
    profiles = queries.profiles(scope())
    form = RosterForm().offer(profiles)
    is_valid = form.validate()
    sent = _sent(form.file)
    if sent is None:
        form.file.errors = [_NO_FILE]
    if not is_valid or sent is None:
        return _asked(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    count_roster(scope(), key=wiring().settings.secret_key)
    kept = next(
        (row.columns for row in profiles if "profile" in form and row.name == form.profile.data), None
    )
    try:
        import_id, is_read = _brought(sent, _chosen(kept))
    except Mistyped as fault:
        form.file.errors = [fault.sentence]
        return _asked(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return answers.see("roster.show" if is_read else "rosters.columns", roster_id=import_id)


@rosters.get("/<slug:district>/rosters/<ref:roster_id>/columns")
@permitted(Permission.MANAGE_PEOPLE)
def columns(roster_id: int) -> Answer:
    """Which column of a personnel list says what."""
    one = _with_columns(roster_id)
    told = one.columns or {}
    form = RosterColumnsForm(formdata=None, **told["guess"]).offer(told["headings"])
    return answers.page("rosters/columns.html", one=one, form=form)


@rosters.post("/<slug:district>/rosters/<ref:roster_id>/columns")
@permitted(Permission.MANAGE_PEOPLE)
@accepts(_UPLOAD_BYTES)
def use_columns(roster_id: int) -> Answer:
    """Read the list by these columns, and keep them under a name when there is one."""
    one = _with_columns(roster_id)
    form = RosterColumnsForm().offer((one.columns or {})["headings"])
    is_valid = form.validate()
    sent = _sent(form.file)
    if sent is None:
        form.file.errors = [_NO_FILE]
    if not is_valid or sent is None:
        return answers.refused("rosters/columns.html", one=one, form=form)
    try:
        chosen = form.chosen
        count_roster(scope(), key=wiring().settings.secret_key)
        # Before anything else is written: a name that is refused leaves the list where it was.
        if form.save_as.data:
            save_roster_profile(
                scope(), form.save_as.data, {column.value: told for column, told in chosen.items()}
            )
        import_id, _ = _brought(sent, chosen)
        discard_roster(scope(), roster_id)
    except NotValid as refusal:
        form.take(refusal)
    except Mistyped as fault:
        form.file.errors = [fault.sentence]
    else:
        return answers.see("roster.show", roster_id=import_id)
    return answers.refused("rosters/columns.html", one=one, form=form)


def _brought(sent: _Sent, chosen: Mapping[HrColumn, str] | None) -> tuple[int, bool]:
    """The id of the import, and whether the roster could be read by itself."""
    who = scope()
    files = files_of(sent.data, sent.name)
    told = _columns_of(files)
    try:
        told_roster = read_roster(files, who.today, chosen)
    except Mistyped:
        if chosen is not None or told is None or sum(map(bool, told.headings)) < 2:
            raise
        return bring_list(who, sent.name, sent.sha256, _document(told)), False
    columns = _document(told) if told is not None and told_roster.format is RosterFormat.HR else None
    return bring_roster(who, Brought(sent.name, sent.sha256, told_roster, columns)), True


def _columns_of(files: Mapping[str, bytes]) -> HrList | None:
    """What there is to choose from in a single list."""
    if len(files) != 1:
        return None
    try:
        (name, data), *_ = files.items()
        return list_of(name, data)
    except Mistyped:
        return None


def _document(told: HrList) -> dict[str, Any]:
    return {
        "headings": list(told.headings),
        "samples": [list(row) for row in told.samples],
        "guess": {column.value: heading for column, heading in told.guess.items()},
    }


def _with_columns(roster_id: int) -> RosterRow:
    one = queries.one_roster(scope(), roster_id)
    if one.columns is None or one.state is not RosterState.WAITING:
        raise NotHere
    return one


def _chosen(kept: Mapping[str, str] | None) -> dict[HrColumn, str] | None:
    return None if kept is None else {HrColumn(column): told for column, told in kept.items()}


def _sent(field: Any) -> _Sent | None:
    """The file, with one byte more than is read, which tells that it is too large; `None` without one."""
    upload = field.data
    if not upload:
        return None
    last = PurePath(str(upload.filename or "").replace("\\", "/")).name
    try:
        name = clean_line("".join(filter(str.isprintable, last))[:_NAME_CHARACTERS], _NAME_CHARACTERS)
    except Mistyped:
        name = ""
    return _Sent(name or "roster", upload.stream.read(LIMIT_BYTES + 1))


def _asked(form: RosterForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    rows: Sequence[tuple[RosterRow, str]] = [
        (row, moment_text(row.created_at, who.at, who.zone)) for row in queries.roster_imports(who)
    ]
    return answers.page("rosters/ask.html", status, form=form, rows=rows)
