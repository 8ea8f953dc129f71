"""The desk of a host: setting it up, who is here, walk-ins, and corrections."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, request
from wtforms import IntegerField, RadioField

from pdtracker.actions.check_in_desks import change_window, set_up_desks
from pdtracker.actions.taking_attendance import correct_entry, note_guest
from pdtracker.domain.access import Permission
from pdtracker.domain.check_ins import MOST_AROUND, NAME_CHARACTERS, REASON_CHARACTERS, Attended, Mark, Means
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import local, moment_text, time_text
from pdtracker.queries import check_in_desks, check_ins, one_event
from pdtracker.queries.check_ins import GuestRow
from pdtracker.queries.people import people
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.check_ins import desk_words, page, sent
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form, KeyField, LineField, LocalTimeField, between, new_key
from pdtracker.web.requests import scope

desks = Blueprint("desks", __name__)

MOVE, STRIKE = "move", "strike"
_FOUND = 8


class WindowForm(Form):
    """How long before and after the session one can check in."""

    opens_before = IntegerField(
        "Opens before the start, minutes",
        [between(0, MOST_AROUND, f"Enter between 0 and {MOST_AROUND} minutes.")],
    )
    closes_after = IntegerField(
        "Closes after the end, minutes",
        [between(0, MOST_AROUND, f"Enter between 0 and {MOST_AROUND} minutes.")],
    )


class GuestForm(Form):
    """Somebody whom the host looks for, or notes by name."""

    q = LineField("Name or e-mail", limit=NAME_CHARACTERS)


class CorrectionForm(Form):
    """What is true instead of an entry, and why."""

    what = RadioField(
        "What is right?",
        choices={MOVE: "It was at another time", STRIKE: "It never happened"},
        default=MOVE,
    )
    at = LocalTimeField("When it was")
    reason = LineField("Why?", limit=REASON_CHARACTERS, description="Whoever reads the log later sees it.")
    nonce = KeyField()


@desks.get("/<slug:district>/events/<ref:event_id>/check-in")
@permitted(Permission.TAKE_ATTENDANCE)
def index(event_id: int) -> Answer:
    """The desks of an event: set up, or one for each session."""
    who = scope()
    event = one_event.event(who, event_id)
    check_in_desks.require_host(who, event_id)
    found = check_in_desks.desks_of(who, event_id)
    places = check_in_desks.places(who, event_id)
    if len(found) == 1 == len(places):
        return answers.see("desks.show", desk_id=found[0].id)
    here = check_ins.here_counts(who, found)
    return page(
        "check_ins/desks.html",
        event=event,
        places=places,
        rows=[(desk, desk.hours_words(who.zone), here[desk.id], desk.is_open(who.at)) for desk in found],
        lacks=len(places) - len(found),
    )


@desks.post("/<slug:district>/events/<ref:event_id>/check-in")
@permitted(Permission.TAKE_ATTENDANCE)
def set_up(event_id: int) -> Answer:
    """Give each session its desk."""
    set_up_desks(scope(), event_id)
    return answers.see("desks.index", event_id=event_id)


@desks.get("/<slug:district>/desks/<ref:desk_id>")
@permitted(Permission.TAKE_ATTENDANCE)
def show(desk_id: int) -> Answer:
    """Who is here, and what the host can do."""
    desk = check_in_desks.desk_to_keep(scope(), desk_id)
    form = WindowForm(data={"opens_before": desk.opens_before, "closes_after": desk.closes_after})
    return _show(desk_id, form)


@desks.post("/<slug:district>/desks/<ref:desk_id>/window")
@permitted(Permission.TAKE_ATTENDANCE)
def save_window(desk_id: int) -> Answer:
    """From when to when one can check in."""
    check_in_desks.desk_to_keep(scope(), desk_id)
    form = WindowForm()
    if form.validate():
        change_window(
            scope(),
            desk_id,
            opens_before=form.opens_before.data or 0,
            closes_after=form.closes_after.data or 0,
        )
        return answers.see("desks.show", desk_id=desk_id, saying="The times of check-in are changed.")
    return _show(desk_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@desks.get("/<slug:district>/desks/<ref:desk_id>/guests")
@permitted(Permission.TAKE_ATTENDANCE)
def find(desk_id: int) -> Answer:
    """Look for somebody who walked in."""
    form = GuestForm(request.args)
    form.validate()
    return _guests(desk_id, form)


@desks.post("/<slug:district>/desks/<ref:desk_id>/guests")
@permitted(Permission.TAKE_ATTENDANCE)
def note(desk_id: int) -> Answer:
    """Check somebody in or out by hand."""
    form = GuestForm()
    person = request.form.get("person", "")
    mark = Mark.OUT if request.form.get("mark") == Mark.OUT.value else Mark.IN
    try:
        guest = note_guest(
            scope(),
            desk_id,
            mark,
            person_id=_person(person) if person else None,
            name=request.form.get("name", ""),
            means=Means.WALK_IN if request.form.get("from") == "search" else Means.DESK,
            sent=sent(),
        )
    except NotValid as refusal:
        form.q.data = request.form.get("name", "")
        form.take(NotValid({"q": " ".join(refusal.errors.values())}))
        return _guests(desk_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    word = "out" if mark is Mark.OUT else "in"
    return answers.see("desks.show", desk_id=desk_id, saying=f"{guest.name} is checked {word}.")


@desks.get("/<slug:district>/desks/<ref:desk_id>/entries/<ref:entry_id>")
@permitted(Permission.TAKE_ATTENDANCE)
def look(desk_id: int, entry_id: int) -> Answer:
    """One entry with everything that was noted about its guest, and the form that corrects it."""
    desk = check_in_desks.desk_to_keep(scope(), desk_id)
    entry = check_ins.entry(scope(), desk_id, entry_id)
    at = local(entry.at, desk.hours.zone).replace(tzinfo=None, second=0, microsecond=0)
    return _entry(desk_id, entry_id, CorrectionForm(data={"at": at, "nonce": new_key(), "what": MOVE}))


@desks.post("/<slug:district>/desks/<ref:desk_id>/entries/<ref:entry_id>")
@permitted(Permission.TAKE_ATTENDANCE)
def correct(desk_id: int, entry_id: int) -> Answer:
    """Add a correction."""
    desk = check_in_desks.desk_to_keep(scope(), desk_id)
    check_ins.entry(scope(), desk_id, entry_id)
    form = CorrectionForm()
    form.validate()
    at = None if form.what.data == STRIKE else form.at.at_zone(desk.hours.zone)
    if form.what.data == MOVE and at is None and not form.at.errors:
        form.at.errors = ["Enter when it was."]
    if not form.errors and not form.at.errors:
        try:
            correct_entry(
                scope(), desk_id, entry_id, at, reason=form.reason.data or "", nonce=form.nonce.data or ""
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "desks.show", desk_id=desk_id, saying="Corrected. The entry itself stays in the log."
            )
    return _entry(desk_id, entry_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _show(desk_id: int, form: WindowForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    desk = check_in_desks.desk_to_keep(who, desk_id)
    guests = check_ins.guests(who, desk)
    return page(
        "check_ins/desk.html",
        status,
        form=form,
        rows=[_row(guest, who.zone, is_over=who.at >= desk.hours.ends_at) for guest in guests],
        here=sum(guest.found.is_here for guest in guests) if who.at < desk.hours.ends_at else 0,
        is_over=who.at >= desk.hours.ends_at,
        me=who.me.id,
        event_has_more=len(check_in_desks.places(who, desk.event_id)) > 1,
        nonce=new_key(),
        **desk_words(who, desk),
    )


def _row(guest: GuestRow, zone: str, *, is_over: bool) -> dict[str, Any]:
    """A line of the list. Minutes are told once they are: of who is still here nobody knows them."""
    found = guest.found
    return {
        "guest": guest,
        "ref": ref_of(guest.person_id) if guest.person_id else "",
        "came": time_text(local(found.signs[0].at, zone)),
        "state": _state(found, zone, is_over=is_over),
        "is_here": found.is_here and not is_over,
        "is_counted": is_over or not found.is_here,
        "minutes": found.minutes,
        "is_assumed": found.minutes > found.proven_minutes,
        "entry_id": found.signs[-1].id,
        "nonce": new_key(),
    }


def _state(found: Attended, zone: str, *, is_over: bool) -> str:
    if found.since is None:
        return f"Left {time_text(local(found.signs[-1].at, zone))}"
    return "Didn’t check out" if is_over else f"Here since {time_text(local(found.since, zone))}"


def _guests(desk_id: int, form: GuestForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    desk = check_in_desks.desk_to_keep(who, desk_id)
    words = (form.q.data or "").strip()
    found = people(who, after=None, words=words, limit=_FOUND) if words and not form.q.errors else None
    noted = {guest.person_id: guest for guest in check_ins.guests(who, desk)}
    return page(
        "check_ins/guests.html",
        status,
        form=form,
        words=words,
        rows=[
            (person, noted.get(person.id), new_key())
            for person in (found.rows if found else ())
            if person.left_at is None and person.id != who.me.id
        ],
        has_more=found is not None and found.last is not None,
        nonce=new_key(),
        **desk_words(who, desk),
    )


def _entry(desk_id: int, entry_id: int, form: CorrectionForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    desk = check_in_desks.desk_to_keep(who, desk_id)
    entry = check_ins.entry(who, desk_id, entry_id)
    log = check_ins.log_of(who, desk_id, entry.person_id, entry.name)
    return page(
        "check_ins/entry.html",
        status,
        form=form,
        entry=entry,
        log=[(line, moment_text(line.at, who.at, who.zone)) for line in log],
        is_own=entry.person_id == who.me.id,
        **desk_words(who, desk),
    )


def _person(ref: str) -> int:
    try:
        return id_of(ref)
    except ValueError:
        raise NotValid({"q": "Choose somebody from the list."}) from None
