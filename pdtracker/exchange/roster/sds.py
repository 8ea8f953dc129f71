"""Microsoft School Data Sync: version 2.1 with orgs.csv, users.csv and roles.csv, version 1 with School and Teacher."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pdtracker.domain.access import Role
from pdtracker.domain.roster import Listed, ListedSchool, Roster, RosterFormat, RosterMode, leading_role
from pdtracker.exchange.roster.gathering import Gathering
from pdtracker.exchange.roster.held import NOBODYS, HeldRoles, add_school, held_roles, listed_schools
from pdtracker.exchange.roster.tables import Table, of_table, text_at

_HAS_ENDED = "The last of their roles has ended."
_IS_OFF = "The roster says that they are not active."


def read_users(tables: Mapping[str, Table], on: date) -> Roster | None:
    """Version 2.1; `None` for other files. Who works there is told by roles.csv only."""
    users, roles, orgs = (tables.get(name) for name in ("users.csv", "roles.csv", "orgs.csv"))
    if users is None or roles is None or not (users.has("sourcedid") and roles.has("usersourcedid")):
        return None
    schools, elsewhere, refused = listed_schools(orgs)
    held = held_roles(roles, on)
    gathering = Gathering(several=False)
    key_at, given_at, family_at, email_at, name_at = map(
        users.column, ("sourcedid", "givenname", "familyname", "email", "username")
    )
    for row in users.rows:
        key = text_at(row, key_at)
        one: HeldRoles = held.get(key, NOBODYS)
        if one.is_family and not one.roles:
            gathering.unread += 1
            continue
        name = text_at(row, name_at)
        gathering.add(
            Listed(
                key=key,
                file=users.file,
                line=row.line,
                name=f"{text_at(row, given_at)} {text_at(row, family_at)}".strip(),
                email=text_at(row, email_at) or (name if "@" in name else ""),
                role=leading_role(one.roles) or (Role.TEACHER if one.has_ended else None),
                schools=tuple(dict.fromkeys(one.schools)),
                leaves=_HAS_ENDED if one.has_ended and not one.roles else "",
            )
        )
    return Roster(
        format=RosterFormat.SDS,
        version="2.1",
        mode=RosterMode.BULK,
        schools=tuple(schools),
        people=tuple(gathering.people()),
        refused=(*refused, *gathering.refused, *of_table((orgs, roles, users))),
        unread=gathering.unread,
        elsewhere=frozenset(elsewhere),
    )


def read_teachers(tables: Mapping[str, Table], _on: date) -> Roster | None:
    """Version 1; `None` for other files. Who teaches at several schools stands on several lines."""
    teachers, orgs = tables.get("teacher.csv"), tables.get("school.csv")
    if teachers is None or not teachers.has("sisid", "schoolsisid"):
        return None
    schools: dict[str, ListedSchool] = {}
    gathering = Gathering(several=True)
    if orgs is not None:
        key_at, name_at = orgs.column("sisid"), orgs.column("name")
        for row in orgs.rows:
            add_school(
                schools, gathering.refused, orgs.file, row, text_at(row, key_at), text_at(row, name_at)
            )
    key_at, school_at, given_at, family_at, name_at = map(
        teachers.column, ("sisid", "schoolsisid", "firstname", "lastname", "username")
    )
    email_at, number_at, status_at, title_at = map(
        teachers.column, ("secondaryemail", "teachernumber", "status", "title")
    )
    for row in teachers.rows:
        name, school = text_at(row, name_at), text_at(row, school_at)
        gathering.add(
            Listed(
                key=text_at(row, key_at),
                file=teachers.file,
                line=row.line,
                name=f"{text_at(row, given_at)} {text_at(row, family_at)}".strip(),
                email=name if "@" in name else text_at(row, email_at),
                number=text_at(row, number_at),
                title=text_at(row, title_at),
                role=Role.TEACHER,
                schools=(school,) if school else (),
                leaves=_IS_OFF if text_at(row, status_at).casefold() in ("inactive", "deleted") else "",
            )
        )
    return Roster(
        format=RosterFormat.SDS,
        version="1",
        mode=RosterMode.BULK,
        schools=tuple(schools.values()),
        people=tuple(gathering.people()),
        refused=(*gathering.refused, *of_table((orgs, teachers))),
    )
