"""The forms of attendance imports: a file, how it is read, its columns, and whose lines they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask_wtf.file import FileField
from wtforms import BooleanField, Field, TextAreaField

from pdtracker.actions.imports import Decision
from pdtracker.domain.matching import MatchBy, Standing
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import local, short_day, span_text
from pdtracker.exchange.attendance.clock import Order
from pdtracker.exchange.attendance.mapping import COLUMNS, Table
from pdtracker.exchange.attendance.text import ENCODINGS
from pdtracker.queries.import_events import Candidate, EventChoice, ProfileRow
from pdtracker.queries.report_lines import LineRow
from pdtracker.web.forms import (
    MOST_CHOSEN,
    ChooseField,
    Form,
    KeyField,
    LineField,
    ZoneField,
)

LINE: Final = "line_"
"""What the name of the field for a line's person begins with."""

OPEN, NOBODY = "open", "nobody"
_ALL: Final = "all"
_MOST_AT_ONCE: Final = 12
"""A file is read once for each session, so that not too many are read together."""

_AS_TOLD: Final = {"": "As the file says"}
_PROFILE_CHARACTERS: Final = 80
_LABELS: Final = {
    "name": "Name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "number": "Employee or licence number",
    "joined": "Joined",
    "left": "Left",
    "lasted": "Duration",
    "present": "Present",
}
_ORDERS: Final = {
    "": "As the file and the session\N{RIGHT SINGLE QUOTATION MARK}s day say",
    Order.MONTH_FIRST.value: "Month first, 10/14",
    Order.DAY_FIRST.value: "Day first, 14/10",
}


class BringForm(Form):
    """A report of an event."""

    session = ChooseField("Which session was it?", choices={})
    file = FileField(
        "The report", description="CSV, text or Excel (.xlsx), as it was downloaded. Up to 16 MB."
    )
    pasted = TextAreaField("Or paste its lines")
    zone = ZoneField("The clock times in it are of")
    profile = ChooseField("Its columns", choices={})

    def offer(self, event: EventChoice, profiles: Sequence[ProfileRow]) -> BringForm:
        """The event's sessions and the district's saved columns."""
        if event.sessions:
            self.session.choices = {
                ref_of(one.id): f"{one.title}, {short_day(local(one.starts_at, event.zone))},"
                f" {span_text(one.starts_at, one.ends_at, event.zone)}"
                for one in event.sessions
            }
            if event.takes_turns and len(event.sessions) <= _MOST_AT_ONCE:
                self.session.choices[_ALL] = (
                    "All of them: a report with joins, read for each session by itself"
                )
        else:
            del self.session
        if profiles:
            self.profile.choices = {
                "": "Recognised by themselves",
                **{ref_of(row.id): row.name for row in profiles},
            }
        else:
            del self.profile
        return self

    @property
    def session_id(self) -> int | None:
        """The session that was chosen, if the event has several."""
        chosen = self.session.data if "session" in self and not self.is_of_all else None
        return id_of(chosen) if chosen else None

    @property
    def is_of_all(self) -> bool:
        """Whether it is a report of all the event's sessions."""
        return "session" in self and self.session.data == _ALL

    @property
    def profile_id(self) -> int | None:
        """The saved columns that were chosen."""
        return id_of(self.profile.data) if "profile" in self and self.profile.data else None

    def validate(self, *args: Any, **more: Any) -> bool:
        """One of both: a file, or lines."""
        good = bool(super().validate(*args, **more))
        if not self.file.data and not (self.pasted.data or "").strip():
            self.file.errors = ["Choose the report, or paste its lines."]
            return False
        return good


class AgainForm(Form):
    """How a file is read, where the machine found it wrong."""

    zone = ZoneField("The clock times in it are of")
    encoding = ChooseField("Its letters are", choices=_AS_TOLD | ENCODINGS)


class ColumnsForm(Form):
    """Which column says what."""

    name = ChooseField("Name")
    first_name = ChooseField("First name")
    last_name = ChooseField("Last name")
    email = ChooseField("E-mail")
    number = ChooseField("Employee or licence number")
    joined = ChooseField("Joined")
    left = ChooseField("Left")
    lasted = ChooseField("Duration", description="Minutes, or 1:30, or 1 hr 30 min.")
    present = ChooseField(
        "Present", description="Who has No, 0, absent or nothing there counts as not having come."
    )
    order = ChooseField("Dates such as 10/11 are", choices=_ORDERS)
    zone = ZoneField("The clock times in it are of")
    save_as = LineField(
        "Keep these columns as",
        limit=_PROFILE_CHARACTERS,
        description="A name, such as Sign-in sheet of the library. Then the next list of this shape is read by them.",
    )

    def offer(self, table: Table) -> ColumnsForm:
        """The headings that there are."""
        choices = {"": "No column", **{heading: heading for heading in table.headings if heading}}
        for name in COLUMNS:
            self[name].choices = choices
        return self

    @property
    def who(self) -> list[Field]:
        """Who was there."""
        return [self[name] for name in ("name", "first_name", "last_name", "email", "number")]

    @property
    def how_long(self) -> list[Field]:
        """For how long."""
        return [self[name] for name in ("joined", "left", "lasted", "present", "order")]

    @property
    def columns(self) -> dict[str, str]:
        """What was chosen, by what it says."""
        chosen = {name: self[name].data or "" for name in (*COLUMNS, "order")}
        return {name: heading for name, heading in chosen.items() if heading}

    def take(self, refusal: NotValid) -> Form:
        """What is said of the whole file is said at the first column."""
        return super().take(
            NotValid({"name" if name == "file" else name: said for name, said in refusal.errors.items()})
        )


class DecisionsForm(Form):
    """Whose lines they are: one list of people for each line of a page."""

    remember = BooleanField(
        "Remember it for the next report",
        description="Whoever goes by the same address or name is matched then.",
    )


class OneLineForm(Form):
    """Whose line it is, with a search among the district's people."""

    person = ChooseField("Whose line is it?", choices={})
    remember = BooleanField("Remember it for the next report")


class WordsForm(Form):
    """Looks for somebody of the district."""

    words = LineField("Somebody else: name or e-mail", limit=100)


class CommitForm(Form):
    """Whether it takes the place of what an earlier export of the same meeting brought."""

    replaces = BooleanField(
        "It is a newer export of the same meeting, and takes the place of the earlier one"
    )
    idempotency_key = KeyField()


def decisions_form(rows: Sequence[LineRow]) -> DecisionsForm:
    """The form for the lines of a page that one can decide about."""
    fields = {LINE + ref_of(row.id): _person_field(row) for row in rows if is_open(row)}
    made: type[DecisionsForm] = type("_DecisionsForm", (DecisionsForm,), fields)
    return made(formdata=None)


def is_open(row: LineRow) -> bool:
    """Whether a person is asked whose line it is, or said so before."""
    return row.standing is Standing.UNSURE or row.matched_by is MatchBy.DECISION


def choices_of(row: LineRow, others: Iterable[Candidate] = ()) -> dict[str, str]:
    """Who can be chosen for a line."""
    people = dict.fromkeys(filter(None, (row.person, *row.suggested, *others)))
    return {
        OPEN: "Decide later",
        **{ref_of(one.id): f"{one.name}, {one.school}" if one.school else one.name for one in people},
        NOBODY: "Nobody of this district",
    }


def chosen_of(row: LineRow) -> str:
    """What stands chosen for a line."""
    if row.person is not None:
        return ref_of(row.person.id)
    return NOBODY if row.standing is Standing.NOBODY else OPEN


def decisions(sent: Mapping[str, str]) -> dict[int, Decision]:
    """What was chosen for each line of a page. Raises ValueError for what no page can have sent."""
    found = {name.removeprefix(LINE): value for name, value in sent.items() if name.startswith(LINE)}
    if len(found) > MOST_CHOSEN:
        raise ValueError("more lines than a page has")
    return {id_of(ref): decision(value) for ref, value in found.items()}


def decision(value: str) -> Decision:
    """What a value of a list of people says."""
    if value == OPEN:
        return Decision(None, is_open=True)
    return Decision(None if value == NOBODY else id_of(value))


def column_words(columns: Mapping[str, Any]) -> str:
    """Chosen columns in a line: `Name is \u201cWer\u201d, Duration is \u201cDauer\u201d`."""
    return ", ".join(
        f"{label} is \N{LEFT DOUBLE QUOTATION MARK}{columns[name]}\N{RIGHT DOUBLE QUOTATION MARK}"
        for name, label in _LABELS.items()
        if columns.get(name)
    )


def _person_field(row: LineRow) -> ChooseField:
    said = row.name or row.email or f"line {row.position}"
    return ChooseField(f"Whose line is {said}?", choices=choices_of(row), default=chosen_of(row))
