"""Microsoft Teams: the attendance reports since 2021, with their sections, and those that Excel saved again.

Since 2022 section 2 has one line for each person, whose first and last time overstate whoever left in between; the
joins stand in section 3, and the name of the account (UPN) in section 2 alone. Titles and headings are in the language
of the account, so sections are known by their number and, where the headings are in no known language, columns by
their place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import Final

from pdtracker.domain.attendance import Strength
from pdtracker.exchange.attendance.entries import Entry, Meeting, Reading
from pdtracker.exchange.attendance.headings import Columns, Part, columns, find, folded, words
from pdtracker.exchange.attendance.sheet import Row, Sheet

_JOINS: Final = words(
    NAME=("name", "full name"),
    EMAIL="email",
    ACCOUNT=("participant id (upn)", "participant id"),
    JOINED="join time",
    LEFT="leave time",
    LASTED="duration",
)
_PEOPLE: Final = words(
    NAME=("name", "full name"),
    EMAIL="email",
    ACCOUNT=("participant id (upn)", "participant id"),
    JOINED="first join",
    LEFT="last leave",
    LASTED="in-meeting duration",
)
_NEEDED: Final = (Part.NAME, Part.JOINED, Part.LEFT)
_JOINS_BY_PLACE: Final = Columns(
    {Part.NAME: 0, Part.JOINED: 1, Part.LEFT: 2, Part.LASTED: 3, Part.EMAIL: 4},
)
_PEOPLE_BY_PLACE: Final = Columns(
    {Part.NAME: 0, Part.JOINED: 1, Part.LEFT: 2, Part.LASTED: 3, Part.EMAIL: 4, Part.ACCOUNT: 5},
)
_NUMBERED: Final = re.compile(r"([1-9])\. ?\S")
_ABOUT: Final = {
    "meeting title": "topic",
    "meeting start time": "started",
    "start time": "started",
    "meeting end time": "ended",
    "end time": "ended",
}
_SUMMARIES: Final = frozenset({"meeting summary", "full name"})


def read_sections(sheet: Sheet) -> Reading | None:
    """The joins in section 3 of a report since 2022, or the totals of section 2 where it has no section 3."""
    sections: dict[str, list[Row]] = {}
    number = ""
    for row in sheet.rows:
        titled = _NUMBERED.match(row.cell(0))
        if titled and not any(row.cells[1:]):
            number = titled[1]
            sections[number] = []
        elif number and not row.is_empty:
            sections[number].append(row)
    if "2" not in sections:
        return None
    meetings = {"": _about(sections.get("1", []))}
    people = _entries(sections["2"], _PEOPLE, _PEOPLE_BY_PLACE)
    joins = _entries(sections.get("3", []), _JOINS, _JOINS_BY_PLACE)
    if joins:
        known = _with_accounts(joins, people)
        return Reading("teams-2022+", Strength.INTERVALS, known, meetings=meetings)
    return Reading("teams-2022+", Strength.TOTAL, people, meetings=meetings)


def read_summary(sheet: Sheet) -> Reading | None:
    """The joins of a report of 2021: a summary without numbers, then one line for each join."""
    found = find(sheet, _JOINS, (*_NEEDED, Part.LASTED))
    if found is None or not any(folded(row.cell(0)) in _SUMMARIES for row in sheet.head):
        return None
    place, table = found
    entries = [_entry(row, table) for row in sheet.rows[place + 1 :] if not row.is_empty]
    return Reading("teams-2021", Strength.INTERVALS, entries, meetings={"": _about(sheet.rows[:place])})


def _entries(rows: list[Row], told: dict[Part, tuple[str, ...]], by_place: Columns) -> list[Entry]:
    """The people below a section's heading row."""
    if not rows:
        return []
    table = columns(rows[0], told, _NEEDED) or by_place
    return [_entry(row, table) for row in rows[1:]]


def _entry(row: Row, table: Columns) -> Entry:
    return Entry(
        line=row.line,
        name=table.text(row, Part.NAME),
        email=table.text(row, Part.EMAIL),
        account=table.text(row, Part.ACCOUNT),
        joined=table.text(row, Part.JOINED),
        left=table.text(row, Part.LEFT),
        lasted=table.text(row, Part.LASTED),
    )


def _with_accounts(joins: list[Entry], people: list[Entry]) -> list[Entry]:
    """The joins with the accounts of section 2: of the same name and e-mail, where these are of one account alone."""
    accounts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for person in people:
        accounts[_named(person)].add(person.account)
    return [
        replace(entry, account=next(iter(found)))
        if not entry.account and len(found := accounts.get(_named(entry), set())) == 1
        else entry
        for entry in joins
    ]


def _named(entry: Entry) -> tuple[str, str]:
    return entry.name, entry.email.casefold()


def _about(rows: list[Row]) -> Meeting:
    told: dict[str, str] = {}
    for row in rows:
        part = _ABOUT.get(folded(row.cell(0)))
        if part:
            told.setdefault(part, row.cell(1))
    return Meeting(told.get("topic", ""), told.get("started", ""), told.get("ended", ""))
