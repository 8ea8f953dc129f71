"""A personnel office's list of any shape: its columns are chosen by somebody, or recognised by usual headings.

Above the headings titles may stand, below the people a footer. Somebody with two buildings stands on two lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.roster import (
    Listed,
    ListedSchool,
    Roster,
    RosterFormat,
    RosterMode,
    RosterRefused,
    is_never_read,
    role_of,
)
from pdtracker.domain.text import clean_name
from pdtracker.exchange.attendance.headings import LONGEST_HEADING, folded
from pdtracker.exchange.attendance.sheet import HEAD_ROWS, MOST_COLUMNS, Row, clean
from pdtracker.exchange.roster.days import day_of
from pdtracker.exchange.roster.gathering import Gathering
from pdtracker.exchange.roster.tables import rows_of, text_at

SHOWN_OF_A_CELL: Final = 60


class HrColumn(StrEnum):
    """What a column of a personnel list can say."""

    NUMBER = "number"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    SCHOOL = "school"
    SCHOOL_KEY = "school_key"
    TITLE = "title"
    ROLE = "role"
    STATUS = "status"
    ENDED = "ended"


Headings = Mapping[HrColumn, str]
"""Which heading says what, as somebody chose."""

_USUAL: Final[Mapping[HrColumn, tuple[str, ...]]] = MappingProxyType(
    {
        HrColumn.NUMBER: (
            "employee id", "employee number", "employee no", "employee no.", "employee #", "employeeid", "emp id",
            "emp no", "emp no.", "emp #", "emp number", "empid", "emplid", "staff id", "staff number",
            "personnel number",
            "personnel no", "person id", "badge id", "badge number", "id number", "id",
        ),
        HrColumn.NAME: ("name", "full name", "employee name", "staff name", "employee", "legal name", "display name"),
        HrColumn.FIRST_NAME: ("first name", "firstname", "given name", "first", "legal first name", "fname"),
        HrColumn.LAST_NAME: (
            "last name", "lastname", "surname", "family name", "last", "legal last name", "name last", "lname",
        ),
        HrColumn.EMAIL: (
            "email", "e-mail", "email address", "e-mail address", "work email", "work e-mail", "work email address",
            "district email", "school email", "mail", "employee email", "email (work)", "primary email",
        ),
        HrColumn.SCHOOL: (
            "building", "building name", "school", "school name", "location", "location name", "work location", "site",
            "site name", "campus", "work site", "building description", "location description", "location desc",
            "primary location", "bldg", "bldg name", "building/location", "assignment location",
        ),
        HrColumn.SCHOOL_KEY: (
            "building code", "building id", "building no", "building number", "building #", "bldg code", "bldg no",
            "bldg #", "school code", "school id", "school number", "school no", "location code", "location id",
            "location number", "loc code", "site code", "site id", "site number", "campus id", "campus code",
        ),
        HrColumn.TITLE: (
            "title", "job title", "position", "position title", "job", "assignment", "job description", "job desc",
            "position description", "classification",
        ),
        HrColumn.ROLE: ("role", "user role", "system role"),
        HrColumn.STATUS: ("status", "employment status", "employee status", "emp status", "active", "active?"),
        HrColumn.ENDED: (
            "termination date", "term date", "end date", "terminated", "terminated on", "date terminated",
            "separation date", "last day", "last day worked", "date of separation", "exit date", "employment end date",
            "resignation date", "leave date", "termination", "term. date", "end",
        ),
    }
)  # fmt: skip
_GONE: Final = frozenset(
    {"terminated", "term", "t", "inactive", "i", "retired", "resigned", "separated", "deceased", "former", "no", "n",
     "false", "dismissed", "ended"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HrList:
    """The headings of a list of any shape with its first rows, for choosing the columns, and a guess."""

    headings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    guess: Headings


_SECRET: Final = (
    "password",
    "ssn",
    "social security",
    "birth",
    "dob",
    "salary",
    "pay rate",
    "bank",
    "account no",
)


def read(file: str, data: bytes, on: date, chosen: Headings | None = None) -> Roster:
    """Everybody whom the list names; who left before `on` is said to leave.

    Raises Mistyped where no row has the headings that were chosen, or those that are usual.
    """
    refused: list[RosterRefused] = []
    rows = [row for row in rows_of(file, data, refused) if not row.is_empty]
    place, at = _heading(rows, chosen)
    gathering = Gathering(several=True)
    schools: dict[str, ListedSchool] = {}
    body = _without_footer(rows[place + 1 :], at)
    for row in body:
        _read_row(row, at, file, on, gathering, schools)
    people = tuple(gathering.people())
    return Roster(
        format=RosterFormat.HR,
        version=None,
        mode=RosterMode.BULK,
        schools=tuple(schools.values()),
        people=people,
        refused=(*gathering.refused, *refused),
        warnings=_warnings(people),
        unread=gathering.unread,
    )


def list_of(file: str, data: bytes) -> HrList:
    """What there is to choose from; of the first rows the fullest is the heading. Raises Mistyped without one.

    Of columns whose heading speaks of passwords, birth or pay no cell is shown.
    """
    rows = []
    for row in rows_of(file, data, []):
        rows.append(row)
        if len(rows) == HEAD_ROWS:
            break
    filled = [sum(1 for cell in row.cells if clean(cell)) for row in rows]
    if not filled or max(filled) < 2:
        raise Mistyped("This file has no row with headings. Choose the list as it was exported.")
    place = filled.index(max(filled))
    heading = rows[place]
    headings = tuple(
        heading.cell(at)[:LONGEST_HEADING] for at in range(min(len(heading.cells), MOST_COLUMNS))
    )
    samples = tuple(
        tuple(
            "" if any(word in folded(name) for word in _SECRET) else row.cell(at)[:SHOWN_OF_A_CELL]
            for at, name in enumerate(headings)
        )
        for row in rows[place + 1 : place + 4]
    )
    found = _columns(heading, _USUAL)
    return HrList(
        headings, samples, {column: headings[at] for column, at in found.items() if at < len(headings)}
    )


def _heading(rows: list[Row], chosen: Headings | None) -> tuple[int, dict[HrColumn, int]]:
    """The row of headings: the one among the first with most of the columns, and where they stand in it."""
    words = _USUAL if chosen is None else {column: (folded(told),) for column, told in chosen.items() if told}
    best: tuple[int, dict[HrColumn, int]] | None = None
    for place, row in enumerate(rows[:HEAD_ROWS]):
        found = _columns(row, words)
        has_all = len(found) == len(words) if chosen is not None else _tells_people(found)
        if has_all and (best is None or len(found) > len(best[1])):
            best = place, found
    if best is None or not _tells_people(best[1]):
        raise Mistyped(
            "No row has headings that tell names and e-mail addresses or employee numbers. Choose the columns."
            if chosen is None
            else "No row has all the headings that were chosen. Choose the columns again."
        )
    return best


def _tells_people(found: Mapping[HrColumn, int]) -> bool:
    has_key = HrColumn.NUMBER in found or HrColumn.EMAIL in found
    return has_key and (HrColumn.NAME in found or HrColumn.LAST_NAME in found)


def _columns(row: Row, words: Mapping[HrColumn, tuple[str, ...]]) -> dict[HrColumn, int]:
    present: dict[str, int] = {}
    for number, cell in enumerate(row.cells):
        if cell:
            present.setdefault(folded(clean(cell)), number)
    found: dict[HrColumn, int] = {}
    for column, names in words.items():
        at = next((present[name] for name in names if name in present), None)
        if at is not None and at not in found.values():
            found[column] = at
    return found


def _without_footer(rows: list[Row], at: Mapping[HrColumn, int]) -> list[Row]:
    """The rows without those at the end in which nobody stands: totals, the time of printing, a page number."""
    end = len(rows)
    while end and _is_nobody(rows[end - 1], at):
        end -= 1
    return rows[:end]


def _is_nobody(row: Row, at: Mapping[HrColumn, int]) -> bool:
    if "@" in _cell(row, at, HrColumn.EMAIL):
        return False
    filled = sum(1 for cell in row.cells if clean(cell))
    return filled <= 2 or not (_cell(row, at, HrColumn.NAME) or _cell(row, at, HrColumn.LAST_NAME))


def _read_row(
    row: Row,
    at: Mapping[HrColumn, int],
    file: str,
    on: date,
    gathering: Gathering,
    schools: dict[str, ListedSchool],
) -> None:
    role = _cell(row, at, HrColumn.ROLE)
    if is_never_read(role):
        gathering.unread += 1
        return
    number, email = _cell(row, at, HrColumn.NUMBER), _cell(row, at, HrColumn.EMAIL)
    key = number or email.casefold()
    try:
        school = _school(row, at, schools)
        leaves = _leaves(row, at, on)
    except Mistyped as fault:
        gathering.refused.append(RosterRefused(file, row.line, fault.sentence, key))
        return
    gathering.add(
        Listed(
            key=key,
            file=file,
            line=row.line,
            name=_name(row, at),
            email=email,
            number=number,
            title=_cell(row, at, HrColumn.TITLE),
            role=role_of(role),
            schools=(school,) if school else (),
            leaves=leaves,
        )
    )


def _cell(row: Row, at: Mapping[HrColumn, int], column: HrColumn) -> str:
    return text_at(row, at[column]) if column in at else ""


def _name(row: Row, at: Mapping[HrColumn, int]) -> str:
    if HrColumn.LAST_NAME in at:
        return f"{_cell(row, at, HrColumn.FIRST_NAME)} {_cell(row, at, HrColumn.LAST_NAME)}".strip()
    # `Lee, Patricia` and `Smith, Robert, Jr.`
    parts = [part.strip() for part in _cell(row, at, HrColumn.NAME).split(",")]
    return " ".join([*parts[1:2], parts[0], *parts[2:]]).strip()


def _school(row: Row, at: Mapping[HrColumn, int], schools: dict[str, ListedSchool]) -> str:
    """The key of the row's building: its code, else its name whatever the case."""
    name, code = _cell(row, at, HrColumn.SCHOOL), _cell(row, at, HrColumn.SCHOOL_KEY)
    key = code or " ".join(name.casefold().split())
    if key and key not in schools:
        schools[key] = ListedSchool(key, clean_name(name) if name else f"Building {key}", row.line)
    return key


def _leaves(row: Row, at: Mapping[HrColumn, int], on: date) -> str:
    told = _cell(row, at, HrColumn.ENDED)
    # `n/a`, `-` and Excel's zero say that there is none.
    if told.strip("-/ 0").casefold() not in ("", "na", "n/a", "none", "null", "active"):
        ended = day_of(told)
        if ended is None:
            raise Mistyped(
                "The day on which they left can\N{RIGHT SINGLE QUOTATION MARK}t be read. Write it as in 2026-06-30."
            )
        if ended < on:
            return f"The list says that they left on {ended.isoformat()}."
    if _cell(row, at, HrColumn.STATUS).casefold() in _GONE:
        return "The list says that they are not employed any more."
    return ""


def _warnings(people: Iterable[Listed]) -> tuple[str, ...]:
    lengths = {len(one.key) for one in people if one.key.isdigit()}
    if len(lengths) > 1 and not any(one.key.startswith("0") for one in people):
        return (
            f"The numbers have {min(lengths)} to {max(lengths)} digits and none begins with 0. "
            "Did a spreadsheet cut the zeros in front off?",
        )
    return ()
