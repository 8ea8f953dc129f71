"""The sheet on paper: printing it, and typing in who signed."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from http import HTTPStatus
from typing import Any

from flask import Blueprint, request
from wtforms import IntegerField, StringField

from pdtracker.actions.taking_attendance import SheetLine, type_sheet
from pdtracker.domain.access import Permission
from pdtracker.domain.check_in_codes import badge_of
from pdtracker.domain.check_ins import NAME_CHARACTERS
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.sign_in_sheet import MOST_BLANKS, MOST_NAMES, Paper, SheetName, SignInSheet
from pdtracker.domain.when import day_text, instant, local
from pdtracker.pdf import sign_in_sheet
from pdtracker.queries import check_in_desks
from pdtracker.queries.check_in_desks import DeskRow
from pdtracker.queries.check_ins import expected
from pdtracker.queries.people import schools
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.check_ins import badge_link, desk_words, page
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, Form, KeyField, LineField, between
from pdtracker.web.requests import scope

sheets = Blueprint("sheets", __name__)

NOBODY, EVERYBODY = "", "all"
_LINES = 12
_BLANKS = 24
_NOON = 12
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-5][0-9]))? ?(?P<half>am|pm)?", re.ASCII)
_POINT = re.compile(r"(?<=[0-9])\.(?=[0-9])", re.ASCII)


class PrintForm(Form):
    """What is to be printed."""

    names = ChooseField("Names on it", choices={NOBODY: "None, blank lines only"}, default=NOBODY)
    blanks = IntegerField(
        "Blank lines",
        [between(0, MOST_BLANKS, f"Enter between 0 and {MOST_BLANKS} lines.")],
        default=_BLANKS,
    )
    paper = ChooseField("Paper", choices={paper.value: paper.label for paper in Paper}, default=Paper.LETTER)


class ClockField(StringField):
    """A time of day, as people write it on paper: `15:58`, `3:58 pm`, `3.58`; `data` is a time or `None`.

    `is_bare`: it names no half of the day, and could be of either.
    """

    data: time | None  # type: ignore[assignment]  # text comes in, a time comes out
    is_bare = False

    def process_formdata(self, valuelist: list[Any]) -> None:
        """To the minute."""
        self.data = None
        typed = str(valuelist[0]).strip().lower() if valuelist else ""
        typed = _POINT.sub(":", typed).replace(".", "")
        if not typed:
            return
        read = _CLOCK.fullmatch(typed)
        if (
            read is None
            or int(read["hour"]) > (12 if read["half"] else 23)
            or (read["half"] and read["hour"] == "0")
        ):
            raise Mistyped("Enter a time such as 3:58 pm or 15:58.")
        hour = (
            int(read["hour"]) % 12 + (12 if read["half"] == "pm" else 0)
            if read["half"]
            else int(read["hour"])
        )
        self.data = time(hour, int(read["minute"] or 0))
        self.is_bare = not read["half"] and 0 < hour <= _NOON

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.data.strftime("%H:%M")


class _TypingForm(Form):
    """The lines of a sheet, as many as fit on a page."""

    key = KeyField()

    def rows(self) -> list[tuple[int, Any, Any, Any]]:
        """Each line's number and its three fields."""
        return [
            (number, self[f"who_{number}"], self[f"came_{number}"], self[f"left_{number}"])
            for number in range(1, _LINES + 1)
        ]


TypingForm: type[_TypingForm] = type(
    "TypingForm",
    (_TypingForm,),
    {
        name: field
        for number in range(1, _LINES + 1)
        for name, field in (
            (f"who_{number}", LineField("Name or e-mail", limit=NAME_CHARACTERS)),
            (f"came_{number}", ClockField("In")),
            (f"left_{number}", ClockField("Out")),
        )
    },
)


@sheets.get("/<slug:district>/desks/<ref:desk_id>/sheet")
@permitted(Permission.TAKE_ATTENDANCE)
def show(desk_id: int) -> Answer:
    """Print the sheet, or type it in."""
    return _sheet(desk_id, TypingForm())


@sheets.post("/<slug:district>/desks/<ref:desk_id>/sheet")
@permitted(Permission.TAKE_ATTENDANCE)
def type_in(desk_id: int) -> Answer:
    """Note everybody who signed."""
    desk = check_in_desks.desk_to_keep(scope(), desk_id)
    form = TypingForm()
    form.validate()
    lines = _lines(form, desk)
    if not form.errors and not lines:
        form.take(NotValid({"who_1": "Enter at least one line."}))
    if not form.errors:
        try:
            found = type_sheet(scope(), desk_id, lines, key=form.key.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            strangers = [guest.name for guest in found if guest.person_id is None]
            words = f"{len(found)} {'line' if len(found) == 1 else 'lines'} noted."
            if strangers:
                words += f" Nobody here is called {', '.join(strangers)}: kept as a name."
            return answers.see("sheets.show", desk_id=desk_id, saying=words)
    return _sheet(desk_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@sheets.get("/<slug:district>/desks/<ref:desk_id>/sheet.pdf")
@permitted(Permission.TAKE_ATTENDANCE)
def pdf(desk_id: int) -> Answer:
    """The sheet to print."""
    who = scope()
    desk = check_in_desks.desk_to_keep(who, desk_id)
    form = _print_form(request.args)
    if not form.validate():
        return _sheet(desk_id, TypingForm(), HTTPStatus.UNPROCESSABLE_ENTITY, form)
    made = _made(desk, form)
    return answers.file(
        lambda: sign_in_sheet.render(made, who.at), "application/pdf", "sign-in-sheet.pdf", keep=False
    )


def _made(desk: DeskRow, form: PrintForm) -> SignInSheet:
    who = scope()
    chosen, link = form.names.data, badge_link(desk)
    names = []
    if chosen != NOBODY:
        school_id = None if chosen == EVERYBODY else id_of(chosen)
        names = [
            SheetName(row.name, row.about, link + badge_of(desk.secret, desk.id, row.id))
            for row in expected(who, school_id, limit=MOST_NAMES)
        ]
    return SignInSheet(
        district=who.district.name,
        title=desk.title,
        event=desk.event_title,
        when=_when(desk),
        paper=Paper(form.paper.data),
        names=tuple(names),
        blanks=form.blanks.data or (0 if names else _BLANKS),
        address=requests.address_of("sheets.show", desk_id=desk.id),
    )


def _when(desk: DeskRow) -> str:
    """Day and hours where the event is; hours over midnight name their days themselves."""
    zone = desk.hours.zone
    first, last = local(desk.hours.starts_at, zone).date(), local(desk.hours.ends_at, zone).date()
    return f"{day_text(first)}, {desk.hours_words(zone)}" if first == last else desk.hours_words(zone)


def _print_form(data: Any = None) -> PrintForm:
    form = PrintForm(data)
    form.names.choices = {
        NOBODY: "None, blank lines only",
        EVERYBODY: f"Everybody of the district (up to {MOST_NAMES})",
        **{ref_of(school.id): school.name for school in schools(scope())},
    }
    return form


def _sheet(
    desk_id: int, form: _TypingForm, status: int = HTTPStatus.OK, printed: PrintForm | None = None
) -> Answer:
    who = scope()
    desk = check_in_desks.desk_to_keep(who, desk_id)
    return page(
        "check_ins/sheet.html",
        status,
        form=form,
        printed=printed or _print_form(),
        when=_when(desk),
        **desk_words(who, desk),
    )


def _lines(form: _TypingForm, desk: DeskRow) -> list[SheetLine]:
    """What was typed, its times on the day of the session; slips stand at their fields."""
    found = []
    day = local(desk.hours.starts_at, desk.hours.zone).date()
    for number, who, came, left in form.rows():
        if not (who.data or came.data or left.data):
            continue
        if not who.data and not who.errors:
            who.errors = ["Enter who signed."]
        try:
            at = [_meant(one, day, desk) for one in (came, left)]
        except Mistyped as error:
            came.errors = [error.sentence]
            continue
        if at[0] is None and not came.errors:
            at[0] = desk.hours.starts_at
        if at[0] is not None:
            found.append(SheetLine(number, who.data or "", at[0], at[1]))
    return found


def _meant(typed: ClockField, day: date, desk: DeskRow) -> datetime | None:
    """The instant that a time on paper means: `5:32` alone is the one within the check-in."""
    if typed.data is None:
        return None
    at = instant(datetime.combine(day, typed.data), desk.hours.zone)
    if typed.is_bare and not desk.window.is_open(at):
        other = typed.data.replace(hour=(typed.data.hour + _NOON) % (2 * _NOON))
        if desk.window.is_open(found := instant(datetime.combine(day, other), desk.hours.zone)):
            return found
    return at
