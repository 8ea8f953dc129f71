"""Clever's files: schools.csv, and teachers.csv and staff.csv, where somebody of two schools stands on two lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pdtracker.domain.roster import (
    Listed,
    ListedSchool,
    Roster,
    RosterFormat,
    RosterMode,
    is_never_read,
    role_of,
)
from pdtracker.exchange.roster.gathering import Gathering
from pdtracker.exchange.roster.held import add_school
from pdtracker.exchange.roster.tables import Table, of_table, text_at

_NO_SCHOOLS = "There is no schools.csv: only schools that are known already can be told."


def read(tables: Mapping[str, Table], _on: date) -> Roster | None:
    """What the files say; `None` when they are none of Clever's. Its lists are always full ones."""
    teachers, staff, orgs = (tables.get(name) for name in ("teachers.csv", "staff.csv", "schools.csv"))
    lists = [
        (table, who)
        for table, who in ((teachers, "teacher"), (staff, "staff"))
        if table is not None and table.has(f"{who}id")
    ]
    if not lists:
        return None
    schools: dict[str, ListedSchool] = {}
    gathering = Gathering(several=True)
    if orgs is not None:
        key_at, name_at = orgs.column("schoolid"), orgs.column("schoolname")
        for row in orgs.rows:
            add_school(
                schools, gathering.refused, orgs.file, row, text_at(row, key_at), text_at(row, name_at)
            )
    for table, who in lists:
        _read_people(table, who, gathering)
    return Roster(
        format=RosterFormat.CLEVER,
        version=None,
        mode=RosterMode.BULK,
        schools=tuple(schools.values()),
        people=tuple(gathering.people()),
        refused=(*gathering.refused, *of_table((orgs, *(table for table, _ in lists)))),
        warnings=() if orgs is not None else (_NO_SCHOOLS,),
        unread=gathering.unread,
    )


def _read_people(table: Table, who: str, gathering: Gathering) -> None:
    key_at, school_at, email_at, given_at, family_at = map(
        table.column, (f"{who}id", "schoolid", f"{who}email", "firstname", "lastname")
    )
    number_at, title_at, role_at = map(table.column, (f"{who}number", "title", "role"))
    for row in table.rows:
        word = text_at(row, role_at)
        if is_never_read(word):
            gathering.unread += 1
            continue
        school = text_at(row, school_at)
        gathering.add(
            Listed(
                key=text_at(row, key_at),
                file=table.file,
                line=row.line,
                name=f"{text_at(row, given_at)} {text_at(row, family_at)}".strip(),
                email=text_at(row, email_at),
                number=text_at(row, number_at),
                title=text_at(row, title_at),
                role=role_of(word),
                schools=(school,) if school else (),
            )
        )
