"""Importing a published calendar: the file, what it would bring, what it brought, and taking that back."""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from pathlib import PurePath

from flask import Blueprint, current_app, request
from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField

from pdtracker.actions.event_imports import Choices, Imported, count_reading, import_events, undo_import
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import HOST_CHARACTERS, EventTime
from pdtracker.domain.event_import import MOST_AT_ONCE, Fate, Planned, Said, told_time
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.telling import count_of
from pdtracker.domain.text import clean_line
from pdtracker.domain.when import local, moment_text
from pdtracker.exchange.ics.lines import LIMIT_BYTES
from pdtracker.exchange.ics.said import read_said
from pdtracker.exchange.refused import Refused
from pdtracker.queries.event_imports import imports, one_import, planned
from pdtracker.queries.programmes import ProgrammeRow, programmes
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import UPLOAD_LIMIT_BYTES, accepts, permitted
from pdtracker.web.forms import ChooseField, DayField, Form, KeyField, LineField, ZoneField, needed
from pdtracker.web.requests import scope, wiring

event_imports = Blueprint("event_imports", __name__)

_YEAR = timedelta(days=365)
_MOST_REFUSED = 100
_NAME_CHARACTERS = 120
_KIND = "kind_"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says on the days that were asked for."""

    said: Sequence[Said]
    refused: Sequence[Refused]


@dataclass(frozen=True, slots=True)
class Line:
    """One date of the file on the page: its key, title and time; of a change also what it was before."""

    key: str
    title: str
    when: str
    before: str
    is_kept: bool
    kind: str


class CalendarForm(Form):
    """The calendar, and of which days."""

    file = FileField("File", description="An .ics file, up to 2 MB. Nothing is fetched from an address.")
    pasted = TextAreaField("Or paste it", description="From BEGIN:VCALENDAR to END:VCALENDAR.")
    first_on = DayField("From")
    last_on = DayField("To")
    zone = ZoneField("Where are times without a zone?")


class ChoicesForm(Form):
    """What the file doesn't say. The file itself comes along, because nothing is kept before it is confirmed."""

    packed = HiddenField(default="")
    name = HiddenField(default="")
    first_on = DayField("From")
    last_on = DayField("To")
    zone = ZoneField("Where are times without a zone?")
    host = LineField(
        "Who hosts these events?", [needed("Enter who hosts these events.")], limit=HOST_CHARACTERS
    )
    kind = ChooseField(
        "What kind of events?",
        choices={kind.value: kind.label for kind in EventKind},
        default=EventKind.WEBINAR.value,
    )
    category = ChooseField(
        "What are the hours about?",
        choices={"": "As usual for their kind", **{one.value: one.label for one in CreditCategory}},
        default="",
    )
    programme = ChooseField("Part of a programme?", choices={}, default="")
    idempotency_key = KeyField()

    def offer(self, every: Sequence[ProgrammeRow]) -> ChoicesForm:
        """Fill in the programmes that there are."""
        self.programme.choices = {"": "No programme", **{ref_of(row.id): row.name for row in every}}
        return self


@event_imports.get("/<slug:district>/imports/events")
@permitted(Permission.MANAGE_EVENTS)
def ask() -> Answer:
    """The form for a calendar, and the imports so far."""
    who = scope()
    today = local(who.at, who.zone).date()
    form = CalendarForm(first_on=today, last_on=today + _YEAR, zone=who.district.zone)
    return _asked(form)


@event_imports.post("/<slug:district>/imports/events/preview")
@permitted(Permission.MANAGE_EVENTS)
@accepts(UPLOAD_LIMIT_BYTES)
def preview() -> Answer:
    """What the calendar would bring. Nothing is written."""
    form = CalendarForm()
    data, name = _sent(form)
    if not form.validate() or not _days_are_right(form):
        return _asked(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not data:
        form.file.errors = ["Choose a file, or paste the calendar."]
        return _asked(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    _count()
    try:
        reading = _read(data, form.first_on.data, form.last_on.data, form.zone.data)
    except Mistyped as fault:
        field = form.file if form.file.data else form.pasted
        field.errors = [fault.sentence]
        return _asked(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    choices = ChoicesForm(
        formdata=None,
        packed=_packed(data),
        name=name,
        first_on=form.first_on.data,
        last_on=form.last_on.data,
        zone=form.zone.data,
        host=scope().district.name,
    )
    return _previewed(choices.offer(programmes(scope())), reading)


@event_imports.post("/<slug:district>/imports/events")
@permitted(Permission.MANAGE_EVENTS)
@accepts(UPLOAD_LIMIT_BYTES)
def bring() -> Answer:
    """Take over what was looked at."""
    form = ChoicesForm().offer(programmes(scope()))
    is_valid = form.validate()
    _count()
    try:
        reading = _read(
            _unpacked(form.packed.data or ""), form.first_on.data, form.last_on.data, form.zone.data
        )
    except Mistyped:
        return answers.see("event_imports.ask", saying=_LOST, kind="stop")
    if is_valid:
        try:
            done = import_events(
                scope(),
                reading.said,
                _choices(form, reading),
                name=clean_line((form.name.data or "")[:_NAME_CHARACTERS], _NAME_CHARACTERS),
                key=form.idempotency_key.data or "",
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return _done(done)
    return _previewed(form, reading, HTTPStatus.UNPROCESSABLE_ENTITY)


@event_imports.get("/<slug:district>/imports/events/<ref:calendar_import_id>")
@permitted(Permission.MANAGE_EVENTS)
def show(calendar_import_id: int) -> Answer:
    """What an import did."""
    found, rows = one_import(scope(), calendar_import_id)
    who = scope()
    return answers.page(
        "event_imports/show.html",
        found=found,
        rows=rows,
        when=moment_text(found.at, who.at, who.zone),
        undone=moment_text(found.undone_at, who.at, who.zone) if found.undone_at else "",
    )


@event_imports.post("/<slug:district>/imports/events/<ref:calendar_import_id>/undo")
@permitted(Permission.MANAGE_EVENTS)
def undo(calendar_import_id: int) -> Answer:
    """Take the import back."""
    done = undo_import(scope(), calendar_import_id)
    saying = f"Taken back: {count_of(done.gone + done.restored, 'event', 'events')}."
    if done.stayed:
        saying += f" {count_of(done.stayed, 'stays', 'stay').capitalize()}, each with its reason below."
    return answers.see(
        "event_imports.show",
        calendar_import_id=calendar_import_id,
        saying=saying,
    )


_LOST = "The calendar did not come along. Choose it once more."


def _asked(form: CalendarForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    rows = [(row, moment_text(row.at, who.at, who.zone)) for row in imports(who)]
    return answers.page("event_imports/ask.html", status, form=form, rows=rows)


def _sent(form: CalendarForm) -> tuple[bytes, str]:
    """The file, or what was pasted, with a name for it; one byte more than is read tells that it is too large."""
    upload = form.file.data
    if upload:
        name = PurePath(str(upload.filename or "").replace("\\", "/")).name
        return upload.stream.read(LIMIT_BYTES + 1), _clean_name(name) or "A calendar"
    pasted = (form.pasted.data or "").strip()
    return pasted.encode("utf-8", "replace"), "What was pasted"


def _clean_name(name: str) -> str:
    try:
        return clean_line(name[:_NAME_CHARACTERS], _NAME_CHARACTERS)
    except Mistyped:
        return ""


def _days_are_right(form: CalendarForm) -> bool:
    if form.last_on.data is None:
        form.last_on.errors = ["Enter the last day."]
    elif form.first_on.data is not None and form.last_on.data < form.first_on.data:
        form.last_on.errors = ["Enter a last day on or after the first."]
    return not form.last_on.errors


def _count() -> None:
    """Reading a calendar is the work of a second: nobody has it done without end."""
    who = scope()
    count_reading(wiring().database, who.me.id, key=str(current_app.secret_key), at=who.at)


def _read(data: bytes, first: date | None, last: date | None, zone: str) -> Reading:
    if last is None:
        raise Mistyped("Enter the last day.")
    return Reading(*read_said(data, first_day=first, last_day=last, floating_zone=zone))


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode()


def _unpacked(text: str) -> bytes:
    """What `_packed` made; no more of it than a calendar may have, however small it was packed."""
    try:
        return zlib.decompressobj().decompress(base64.b64decode(text, validate=True), LIMIT_BYTES + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise Mistyped(_LOST) from None


def _key(said: Said) -> str:
    """How a date is called in the form, whatever its UID is made of."""
    return hashlib.sha256("\n".join(said.key).encode("utf-8", "replace")).hexdigest()[:20]


def _choices(form: ChoicesForm, reading: Reading) -> Choices:
    kind = EventKind(form.kind.data)
    by_key = {_key(one): one for one in reading.said}
    kept = set(request.form.getlist("take"))
    listed = set(request.form.getlist("listed"))
    kinds = {
        one.key: EventKind(chosen)
        for key, one in by_key.items()
        if (chosen := request.form.get(_KIND + key, "")) in set(EventKind)
    }
    return Choices(
        kind=kind,
        category=CreditCategory(form.category.data) if form.category.data else kind.default_category,
        host=form.host.data or "",
        programme_id=id_of(form.programme.data) if form.programme.data else None,
        kinds=kinds,
        left_out=[by_key[key].key for key in listed - kept if key in by_key],
    )


def _previewed(form: ChoicesForm, reading: Reading, status: int = HTTPStatus.OK) -> Answer:
    plans = planned(scope(), reading.said)
    by_fate = {fate: [one for one in plans if one.fate is fate] for fate in Fate}
    count = sum(len(by_fate[fate]) for fate in (Fate.NEW, Fate.CHANGED, Fate.CANCELLED))
    return answers.page(
        "event_imports/preview.html",
        status,
        form=form,
        new=[_line(one) for one in by_fate[Fate.NEW]],
        changed=[_line(one) for one in by_fate[Fate.CHANGED]],
        cancelled=[_line(one) for one in by_fate[Fate.CANCELLED]],
        same=len(by_fate[Fate.SAME]),
        never=len(by_fate[Fate.NEVER]),
        refused=reading.refused[:_MOST_REFUSED],
        more_refused=max(0, len(reading.refused) - _MOST_REFUSED),
        count=count,
        too_many=count > MOST_AT_ONCE,
        most=MOST_AT_ONCE,
        kinds={"": "As above", **{kind.value: kind.label for kind in EventKind}},
        again=form.is_submitted() and bool(request.form.getlist("listed")),
    )


def _line(one: Planned) -> Line:
    key = _key(one.said)
    listed = request.form.getlist("listed")
    return Line(
        key=key,
        title=one.said.title,
        when=_when(one.said),
        before=_before(one),
        is_kept=not listed or key in request.form.getlist("take"),
        kind=request.form.get(_KIND + key, ""),
    )


def _before(one: Planned) -> str:
    """What a changed date was called, and when it was."""
    if one.known is None:
        return ""
    told = one.known.told
    title, when = str(told["title"]), _here(told_time(told))
    parts = [title if title != one.said.title else "", when if when != _here(one.said.time) else ""]
    return ", ".join(filter(None, parts))


def _when(said: Said) -> str:
    words = _here(said.time)
    return f"{words}, hours unknown" if said.time.is_window else words


def _done(done: Imported) -> Answer:
    if done.import_id is None:
        return answers.see("event_imports.ask", saying="All of it was here already. Nothing changed.")
    return answers.see(
        "event_imports.show",
        calendar_import_id=done.import_id,
        saying=f"{count_of(done.added, 'new event', 'new events').capitalize()} in the calendar.",
    )


def _here(time: EventTime) -> str:
    """Where its host is: the file's own clock."""
    return time.when_words(time.zone)
