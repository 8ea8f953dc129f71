"""Sessions and breaks as rows of fields in the form that describes an event; empty rows wait for more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wtforms import BooleanField, Field

from pdtracker.domain.agenda import (
    MOST_BREAKS,
    MOST_SESSIONS,
    Agenda,
    PlannedBreak,
    PlannedSession,
)
from pdtracker.domain.calendar import TITLE_CHARACTERS
from pdtracker.domain.when import local
from pdtracker.web.forms import LineField, LocalTimeField, RefsField

SESSION, BREAK = "session_", "break_"
_BLANK_SESSIONS, _BLANK_BREAKS = 3, 1
_ROW = re.compile(r"(session|break)_([0-9]{1,3})_starts")


class AgendaRow:
    """One row: its fields by what they say. `number` is its place on the page."""

    def __init__(self, form: Any, prefix: str, number: int) -> None:
        self.number = number
        self.starts: LocalTimeField = form[f"{prefix}{number}_starts"]
        self.ends: LocalTimeField = form[f"{prefix}{number}_ends"]
        self.title: LineField | None = form[f"{prefix}{number}_title"] if prefix == SESSION else None
        self.known: RefsField | None = form[f"{prefix}{number}_known"] if prefix == SESSION else None
        self.out: BooleanField = form[f"{prefix}{number}_out"]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields in which something is typed."""
        return tuple(field for field in (self.title, self.starts, self.ends) if field is not None)

    @property
    def is_told(self) -> bool:
        """Whether it says something that is to stay."""
        typed = any(str(field.raw_data[0]).strip() for field in self.fields if field.raw_data)
        return typed and not self.out.data

    @property
    def has_known(self) -> bool:
        """Whether it is in the agenda already, so that it can be taken out."""
        if self.known is not None:
            return bool(self.known.data)
        return self.starts.data is not None

    @property
    def session_id(self) -> int | None:
        """Which session it is; `None` of a new one."""
        ids = self.known.data if self.known is not None else None
        return ids[0] if ids else None


class AgendaFields:
    """Of a form that has such rows."""

    # Of each form its own fields, by name.
    _fields: Any

    @property
    def session_rows(self) -> list[AgendaRow]:
        """The rows of the sessions."""
        return self._rows(SESSION)

    @property
    def break_rows(self) -> list[AgendaRow]:
        """The rows of the breaks."""
        return self._rows(BREAK)

    @property
    def has_agenda(self) -> bool:
        """Whether anything stands in the rows, or was typed there."""
        rows = (*self.session_rows, *self.break_rows)
        return any(field.data or field.errors for row in rows for field in row.fields)

    def agenda(self, zone: str) -> Agenda | None:
        """What was entered, with the times of `zone`; `None` with a sentence at each row that doesn't say it all."""
        sessions = [
            PlannedSession((row.title.data if row.title else "") or "", *span, row.session_id)
            for row in self.session_rows
            if row.is_told and (span := _span(row, zone)) is not None
        ]
        breaks = [
            PlannedBreak(*span) for row in self.break_rows if row.is_told and (span := _span(row, zone))
        ]
        rows = (*self.session_rows, *self.break_rows)
        if any(field.errors for row in rows if row.is_told for field in row.fields):
            return None
        return Agenda(tuple(sessions), tuple(breaks))

    def forget_rows_out(self) -> None:
        """A slip in a row that is taken out keeps nobody."""
        for row in (*self.session_rows, *self.break_rows):
            if row.out.data:
                for field in row.fields:
                    field.errors = []

    def field_of_place(self, place: str) -> str:
        """Which field a place of the agenda is, such as `session_2`: the second that was entered."""
        for prefix, rows in ((SESSION, self.session_rows), (BREAK, self.break_rows)):
            number = place.removeprefix(prefix)
            told = [row for row in rows if row.is_told]
            if number != place and number.isdigit() and 0 < int(number) <= len(told):
                row = told[int(number) - 1]
                lacks_title = row.title is not None and not row.title.data
                return str(row.title.name if lacks_title and row.title is not None else row.starts.name)
        return place

    def _rows(self, prefix: str) -> list[AgendaRow]:
        numbers = (_ROW.fullmatch(name) for name in self._fields)
        return [
            AgendaRow(self, prefix, int(found[2])) for found in numbers if found and f"{found[1]}_" == prefix
        ]


def agenda_fields(sessions: int, breaks: int) -> dict[str, Any]:
    """The fields of so many rows."""
    fields: dict[str, Any] = {}
    for number in range(1, sessions + 1):
        fields[f"{SESSION}{number}_known"] = RefsField(default=())
        fields[f"{SESSION}{number}_title"] = LineField("Title", limit=TITLE_CHARACTERS)
        fields |= _times(f"{SESSION}{number}_")
    for number in range(1, breaks + 1):
        fields |= _times(f"{BREAK}{number}_")
    return fields


def rows_sent(names: Iterable[str]) -> tuple[int, int]:
    """How many rows of sessions and breaks a page sends back; what no page of ours sends is not read."""
    found = [match for name in names if (match := _ROW.fullmatch(name))]
    sessions = [int(match[2]) for match in found if match[1] == "session"]
    breaks = [int(match[2]) for match in found if match[1] == "break"]
    return (
        min(max(sessions, default=0), MOST_SESSIONS + _BLANK_SESSIONS),
        min(max(breaks, default=0), MOST_BREAKS + _BLANK_BREAKS),
    )


def rows_for(agenda: Agenda) -> tuple[int, int]:
    """How many rows show an agenda, with empty ones for more."""
    return len(agenda.sessions) + _BLANK_SESSIONS, len(agenda.breaks) + _BLANK_BREAKS


def entered_agenda(agenda: Agenda, zone: str) -> dict[str, Any]:
    """What an event has of sessions and breaks, as the rows ask it."""
    values: dict[str, Any] = {}
    for number, session in enumerate(agenda.sessions, start=1):
        name = f"{SESSION}{number}_"
        values |= {f"{name}known": [session.id] if session.id else [], f"{name}title": session.title}
        values |= _clock(name, session.starts_at, session.ends_at, zone)
    for number, pause in enumerate(agenda.breaks, start=1):
        values |= _clock(f"{BREAK}{number}_", pause.starts_at, pause.ends_at, zone)
    return values


def _times(prefix: str) -> dict[str, Any]:
    return {
        f"{prefix}starts": LocalTimeField("From"),
        f"{prefix}ends": LocalTimeField("Until"),
        f"{prefix}out": BooleanField("Take it out"),
    }


def _clock(prefix: str, starts_at: datetime, ends_at: datetime, zone: str) -> dict[str, datetime]:
    starts, ends = local(starts_at, zone), local(ends_at, zone)
    return {f"{prefix}starts": starts.replace(tzinfo=None), f"{prefix}ends": ends.replace(tzinfo=None)}


def _span(row: AgendaRow, zone: str) -> tuple[datetime, datetime] | None:
    for field, sentence in (
        (row.starts, "Enter when it starts, or take the row out."),
        (row.ends, "Enter when it ends, or take the row out."),
    ):
        if field.data is None and not field.errors:
            field.errors = [sentence]
    starts_at, ends_at = row.starts.at_zone(zone), row.ends.at_zone(zone)
    return None if starts_at is None or ends_at is None else (starts_at, ends_at)
