"""Rosters of a district: whom and what it knows by their keys, what an import would do, and what each one did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.domain.access import Role
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.roster import Roster, RosterAction, RosterFormat, RosterMode, RosterRefused, RosterState
from pdtracker.domain.roster_plan import KnownPerson, KnownSchool, RosterPlan
from pdtracker.domain.roster_planning import plan_roster
from pdtracker.models.districts import School
from pdtracker.models.people import Person
from pdtracker.models.rosters import RosterImport, RosterLine, RosterPerson, RosterProfile, RosterSchool
from pdtracker.scope import Scope

LINES_PER_PAGE: Final = 50
_NEWEST: Final = 50


@dataclass(frozen=True, slots=True)
class RosterRow:
    """An import: what was brought, by whom, where it stands, and how many it concerns so."""

    id: int
    source: RosterFormat
    version: str | None
    mode: RosterMode
    state: RosterState
    file_name: str
    by_name: str
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None
    undone_by: str
    columns: dict[str, Any] | None
    counts: dict[str, int]
    refused: tuple[RosterRefused, ...]
    warnings: tuple[str, ...]
    needs_second_yes: bool

    @property
    def leaving(self) -> int:
        """How many would leave, or left."""
        return self.counts.get(RosterAction.DEACTIVATE.value, 0)

    @property
    def needs_columns(self) -> bool:
        """Whether somebody has to say first which columns of a list say what."""
        read = ("refused", *(kind.value for kind in RosterAction))
        return self.columns is not None and not any(self.counts[name] for name in read)


@dataclass(frozen=True, slots=True)
class RosterLineRow:
    """What an import does with one person; the schools by their names."""

    position: int
    person_id: int | None
    action: RosterAction
    key: str
    file: str
    line: int
    name: str
    email: str
    schools: tuple[str, ...]
    role: Role | None
    changes: tuple[str, ...]
    why: str
    stayed: str


@dataclass(frozen=True, slots=True)
class RosterLines:
    """A page of them; `last` is the position after which the next one begins, `None` at the end."""

    rows: tuple[RosterLineRow, ...]
    last: int | None


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """Columns that were kept under a name."""

    name: str
    columns: dict[str, str]


def plan_of(scope: Scope, roster: Roster) -> RosterPlan:
    """What an import of this roster would do now."""
    return plan_roster(roster, known_people(scope, roster.format), known_schools(scope, roster.format))


def known_people(scope: Scope, source: RosterFormat) -> list[KnownPerson]:
    """Everybody in the district, with their key in rosters of this source."""
    rows = scope.session.execute(
        sa.select(
            Person.id,
            sa.func.coalesce(RosterPerson.key, "").label("key"),
            Person.name,
            Person.email,
            sa.func.coalesce(Person.employee_number, "").label("number"),
            Person.title,
            Person.school_id,
            RosterPerson.school_keys,
            RosterPerson.role,
            Person.left_at,
        )
        .outerjoin(RosterPerson, sa.and_(RosterPerson.person_id == Person.id, RosterPerson.source == source))
        .order_by(Person.id)
    )
    me = scope.person.id if scope.person else None
    return [
        KnownPerson(
            id=row.id,
            key=row.key,
            name=row.name,
            email=row.email,
            number=row.number,
            title=row.title,
            school_id=row.school_id,
            school_keys=tuple(row.school_keys or ()),
            role=row.role,
            has_left=row.left_at is not None,
            is_me=row.id == me,
        )
        for row in rows
    ]


def known_schools(scope: Scope, source: RosterFormat) -> list[KnownSchool]:
    """The district's schools, with their keys in rosters of this source."""
    rows = scope.session.execute(
        sa.select(School.id, sa.func.coalesce(RosterSchool.key, "").label("key"), School.name)
        .outerjoin(RosterSchool, sa.and_(RosterSchool.school_id == School.id, RosterSchool.source == source))
        .order_by(School.id)
    )
    return [KnownSchool(row.id, row.key, row.name) for row in rows]


def roster_imports(scope: Scope) -> tuple[RosterRow, ...]:
    """The newest imports, the last one first."""
    found = scope.session.scalars(sa.select(RosterImport).order_by(RosterImport.id.desc()).limit(_NEWEST))
    return tuple(_row(one) for one in found)


def one_roster(scope: Scope, import_id: int) -> RosterRow:
    """One import. Raises NotHere."""
    found = scope.session.scalar(sa.select(RosterImport).where(RosterImport.id == import_id))
    if found is None:
        raise NotHere
    return _row(found)


def to_change(scope: Scope, import_id: int) -> RosterImport:
    """The same as an entity, locked until the transaction ends."""
    found = scope.session.scalar(
        sa.select(RosterImport)
        .where(RosterImport.id == import_id)
        .with_for_update()
        .options(sa.orm.undefer(RosterImport.listed))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotHere
    return found


def lines(scope: Scope, one: RosterRow, action: RosterAction, after: int) -> RosterLines:
    """A page of those whom an import concerns so, after a position."""
    found = scope.session.scalars(
        sa.select(RosterLine)
        .where(RosterLine.import_id == one.id, RosterLine.action == action, RosterLine.position > after)
        .order_by(RosterLine.position)
        .limit(LINES_PER_PAGE + 1)
    ).all()
    shown = found[:LINES_PER_PAGE]
    last = shown[-1].position if len(found) > LINES_PER_PAGE else None
    return RosterLines(tuple(_line(row) for row in shown), last)


def profiles(scope: Scope) -> tuple[ProfileRow, ...]:
    """The columns that were kept, by name."""
    rows = scope.session.execute(
        sa.select(RosterProfile.name, RosterProfile.columns).order_by(RosterProfile.name)
    )
    return tuple(ProfileRow(row.name, dict(row.columns)) for row in rows)


def _row(one: RosterImport) -> RosterRow:
    return RosterRow(
        id=one.id,
        source=one.source,
        version=one.version,
        mode=one.mode,
        state=one.state,
        file_name=one.file_name,
        by_name=one.by_name,
        created_at=one.created_at,
        committed_at=one.committed_at,
        undone_at=one.undone_at,
        undone_by=one.undone_by,
        columns=one.columns,
        counts=dict(one.counts),
        refused=tuple(RosterRefused(file, line, why) for file, line, why in one.refused),
        warnings=tuple(one.warnings),
        needs_second_yes=one.needs_second_yes,
    )


def _line(row: RosterLine) -> RosterLineRow:
    return RosterLineRow(
        position=row.position,
        person_id=row.person_id,
        action=row.action,
        key=row.key,
        file=row.file,
        line=row.line,
        name=row.name,
        email=row.email,
        schools=tuple(row.schools),
        role=row.role,
        changes=tuple(row.changes),
        why=row.why,
        stayed=row.stayed,
    )
