"""Who is in a district: its people with their roles and schools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.access import Role
from pdtracker.domain.refusals import NotHere
from pdtracker.models.districts import School
from pdtracker.models.people import Membership, Person
from pdtracker.scope import PersonFacts, Scope

PEOPLE_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Member:
    """Who acts, with what the district lets them do. `review_school_ids` is `None` for the whole district."""

    person: PersonFacts
    roles: frozenset[Role]
    review_school_ids: frozenset[int] | None
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoleAt:
    """A role, and the school for which it holds (`None`: the whole district)."""

    role: Role
    school_id: int | None
    school_name: str | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the list and of their own page."""

    id: int
    name: str
    email: str
    title: str
    school_id: int | None
    school_name: str | None
    left_at: datetime | None
    roles: tuple[RoleAt, ...]


@dataclass(frozen=True, slots=True)
class People:
    """A page of the list; `after` is where the next one begins, `None` at the end."""

    rows: tuple[PersonRow, ...]
    after: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school to choose."""

    id: int
    name: str


def member(session: DistrictSession, person_id: int) -> Member | None:
    """The person with their roles, in one statement; `None` when the district doesn't know them."""
    rows = session.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.title,
            Person.email,
            Person.school_id,
            Person.left_at,
            Membership.role,
            Membership.school_id.label("review_school_id"),
        )
        .select_from(Person)
        .outerjoin(Membership, _of_person())
        .where(Person.id == person_id)
    ).all()
    if not rows:
        return None
    first = rows[0]
    reviewed = [row.review_school_id for row in rows if row.role is Role.REVIEWER]
    return Member(
        person=PersonFacts(first.id, first.name, first.title, first.email, first.school_id),
        roles=frozenset(row.role for row in rows if row.role is not None),
        review_school_ids=None if None in reviewed else frozenset(reviewed),
        left_at=first.left_at,
    )


def people(
    scope: Scope, *, after: tuple[str, int] | None, words: str, limit: int = PEOPLE_PER_PAGE
) -> People:
    """A page of the district's people by name, `after` a name and id; `words` narrows to names and addresses."""
    wanted = sa.select(Person).order_by(Person.name, Person.id).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(sa.tuple_(Person.name, Person.id) > sa.tuple_(after[0], after[1]))
    if words:
        wanted = wanted.where(
            sa.or_(
                Person.name.icontains(words, autoescape=True),
                Person.email_key.contains(words.casefold(), autoescape=True),
            )
        )
    found = scope.session.execute(
        wanted.with_only_columns(
            Person.id, Person.name, Person.email, Person.title, Person.school_id, Person.left_at
        )
    ).all()
    shown = found[:limit]
    names = {school.id: school.name for school in schools(scope)}
    roles = _roles_of(scope, [row.id for row in shown], names)
    rows = tuple(
        PersonRow(
            row.id,
            row.name,
            row.email,
            row.title,
            row.school_id,
            names.get(row.school_id) if row.school_id is not None else None,
            row.left_at,
            roles.get(row.id, ()),
        )
        for row in shown
    )
    last = shown[-1] if len(found) > limit else None
    return People(rows, (last.name, last.id) if last else None)


def person(scope: Scope, person_id: int) -> PersonRow:
    """One person of the district. Raises NotHere."""
    row = scope.session.execute(
        sa.select(Person.id, Person.name, Person.email, Person.title, Person.school_id, Person.left_at).where(
            Person.id == person_id
        )
    ).one_or_none()
    if row is None:
        raise NotHere
    names = {school.id: school.name for school in schools(scope)}
    return PersonRow(
        row.id,
        row.name,
        row.email,
        row.title,
        row.school_id,
        names.get(row.school_id) if row.school_id is not None else None,
        row.left_at,
        _roles_of(scope, [row.id], names).get(row.id, ()),
    )


def schools(scope: Scope) -> tuple[SchoolRow, ...]:
    """The district's schools by name."""
    rows = scope.session.execute(sa.select(School.id, School.name).order_by(School.name)).all()
    return tuple(SchoolRow(row.id, row.name) for row in rows)


def _of_person() -> sa.ColumnElement[bool]:
    return sa.and_(Membership.district_id == Person.district_id, Membership.person_id == Person.id)


def _roles_of(
    scope: Scope, person_ids: list[int], school_names: dict[int, str]
) -> dict[int, tuple[RoleAt, ...]]:
    found: dict[int, list[RoleAt]] = {}
    for row in scope.session.execute(
        sa.select(Membership.person_id, Membership.role, Membership.school_id)
        .where(Membership.person_id.in_(person_ids))
        .order_by(Membership.id)
    ):
        name = school_names.get(row.school_id) if row.school_id is not None else None
        found.setdefault(row.person_id, []).append(RoleAt(row.role, row.school_id, name))
    return {person_id: tuple(roles) for person_id, roles in found.items()}
