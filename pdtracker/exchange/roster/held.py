"""What OneRoster and Microsoft's files have in common: organizations, and roles that users hold in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from pdtracker.domain.access import Role
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.roster import ListedSchool, RosterRefused, is_never_read, role_of
from pdtracker.domain.text import clean_name
from pdtracker.exchange.attendance.sheet import Row
from pdtracker.exchange.roster.days import day_of
from pdtracker.exchange.roster.tables import Table, text_at

DELETED: Final = "tobedeleted"


@dataclass(slots=True)
class HeldRoles:
    """The roles of one user. Of students, `is_family`, nothing else is kept."""

    roles: list[Role] = field(default_factory=list)
    schools: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    has_ended: bool = False
    is_family: bool = False
    line: int = 0


NOBODYS: Final = HeldRoles()
"""Those of a user whom no row names."""


def listed_schools(table: Table | None) -> tuple[list[ListedSchool], set[str], list[RosterRefused]]:
    """The schools, the keys of what is none (a district, a department), and the lines that can't be used."""
    schools: dict[str, ListedSchool] = {}
    elsewhere: set[str] = set()
    refused: list[RosterRefused] = []
    if table is None:
        return [], elsewhere, refused
    key_at, status_at, name_at, type_at = map(table.column, ("sourcedid", "status", "name", "type"))
    for row in table.rows:
        key = text_at(row, key_at)
        if text_at(row, type_at).casefold().removeprefix("ext:") != "school":
            elsewhere.add(key)
        elif text_at(row, status_at).casefold() != DELETED:
            # A school that goes stays, for claims point at it; it is only no longer told of.
            add_school(schools, refused, table.file, row, key, text_at(row, name_at))
    return list(schools.values()), elsewhere, refused


def add_school(
    schools: dict[str, ListedSchool],
    refused: list[RosterRefused],
    file: str,
    row: Row,
    key: str,
    name: str,
) -> None:
    """Take a school in, or refuse its line."""
    try:
        if not key:
            raise Mistyped("There is no identifier.")
        if key in schools:
            raise Mistyped(f"{key} stands in line {schools[key].line} already.")
        schools[key] = ListedSchool(key, clean_name(name), row.line)
    except Mistyped as fault:
        # Whoever may stand in this line is no person.
        refused.append(RosterRefused(file, row.line, fault.sentence, key or file))


def held_roles(table: Table, on: date) -> Mapping[str, HeldRoles]:
    """The roles of each user that haven't ended before the day, the school of the primary one first."""
    held: defaultdict[str, HeldRoles] = defaultdict(HeldRoles)
    user_at, role_at, org_at, status_at = map(
        table.column, ("usersourcedid", "role", "orgsourcedid", "status")
    )
    end_at = table.column("enddate", "roleenddate")
    primary_at = table.column("roletype", "isprimary")
    for row in table.rows:
        one = held[text_at(row, user_at)]
        one.line = one.line or row.line
        word = text_at(row, role_at)
        if is_never_read(word):
            one.is_family = True
            continue
        school = text_at(row, org_at)
        ended = day_of(text_at(row, end_at))
        if text_at(row, status_at).casefold() == DELETED or (ended is not None and ended < on):
            one.has_ended = True
            one.gone.append(school)
            continue
        one.roles.append(role_of(word))
        is_primary = text_at(row, primary_at).casefold() in ("primary", "true")
        one.schools.insert(0 if is_primary else len(one.schools), school)
    return held
