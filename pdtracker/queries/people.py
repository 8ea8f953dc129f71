"""Who is in a district: its people with their roles and schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.access import Role
from pdtracker.domain.matching import number_key
from pdtracker.domain.refusals import NotHere
from pdtracker.models.districts import School
from pdtracker.models.people import Membership, Person
from pdtracker.queries.notices import unread_count
from pdtracker.scope import PersonFacts, Scope

PEOPLE_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Member:
    """Who acts, with what the district lets them do. `review_school_ids` is `None` for the whole district.

    `unread` is how many of their notices they haven't read.
    """

    person: PersonFacts
    roles: frozenset[Role]
    review_school_ids: frozenset[int] | None
    left_at: datetime | None
    unread: int


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
    employee_number: str
    roles: tuple[RoleAt, ...]


@dataclass(frozen=True, slots=True)
class People:
    """A page of the list; `last` is the person after whom the next one begins, `None` at the end."""

    rows: tuple[PersonRow, ...]
    last: int | None


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school to choose."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to write to."""

    name: str
    email: str


def member(session: DistrictSession, person_id: int) -> Member | None:
    """The person with their roles, in one statement; `None` when the district doesn't know them."""
    rows = session.execute(_MEMBER, {"person_id": person_id}).all()
    if not rows:
        return None
    first = rows[0]
    reviewed = [row.review_school_id for row in rows if row.role is Role.REVIEWER]
    return Member(
        person=PersonFacts(first.id, first.name, first.title, first.email, first.school_id),
        roles=frozenset(row.role for row in rows if row.role is not None),
        review_school_ids=None if None in reviewed else frozenset(reviewed),
        left_at=first.left_at,
        unread=first.unread,
    )


def member_of_address(session: DistrictSession, email: str) -> Member | None:
    """The person of the district with this address, with their roles; `None` when nobody has it. Two statements."""
    person_id = session.scalar(sa.select(Person.id).where(Person.email_key == email.strip().casefold()))
    return member(session, person_id) if person_id is not None else None


def is_in_sight(scope: Scope, person_id: int) -> bool:
    """Whether one may look at this person's credit. One statement, or none for who sees the whole district."""
    if scope.seen_school_ids is None:
        return True
    return (
        scope.session.scalar(sa.select(Person.id).where(Person.id == person_id, *of_people_in_sight(scope)))
        is not None
    )


def of_people_in_sight(scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    """What narrows persons to oneself and the people of the schools whose credit one may look at."""
    schools = scope.seen_school_ids
    if schools is None:
        return ()
    return (sa.or_(Person.id == scope.me.id, Person.school_id.in_(schools)),)


def people(scope: Scope, *, after: int | None, words: str, limit: int = PEOPLE_PER_PAGE) -> People:
    """A page of the district's people by name, `after` somebody; `words` narrows to names, addresses and numbers."""
    wanted = _rows().order_by(Person.name, Person.id).limit(limit + 1)
    if after is not None:
        before = sa.select(Person.name).where(Person.id == after).scalar_subquery()
        wanted = wanted.where(sa.or_(Person.name > before, sa.and_(Person.name == before, Person.id > after)))
    if words:
        wanted = wanted.where(
            sa.or_(
                Person.name.icontains(words, autoescape=True),
                Person.email_key.contains(words.casefold(), autoescape=True),
                Person.employee_key == number_key(words),
            )
        )
    found = scope.session.execute(wanted).all()
    shown = found[:limit]
    return People(_told(scope, shown), shown[-1].id if len(found) > limit else None)


def person(scope: Scope, person_id: int) -> PersonRow:
    """One person of the district. Raises NotHere."""
    found = scope.session.execute(_rows().where(Person.id == person_id)).all()
    if not found:
        raise NotHere
    return _told(scope, found)[0]


def administrators(scope: Scope) -> tuple[Contact, ...]:
    """Who administers the district today, by name: whom its people ask."""
    rows = scope.session.execute(
        sa.select(Person.name, Person.email)
        .select_from(Person)
        .join(Membership, _of_person())
        .where(Membership.role == Role.ADMINISTRATOR, Person.left_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    return tuple(Contact(row.name, row.email) for row in rows)


def schools(scope: Scope) -> tuple[SchoolRow, ...]:
    """The district's schools by name."""
    rows = scope.session.execute(sa.select(School.id, School.name).order_by(School.name)).all()
    return tuple(SchoolRow(row.id, row.name) for row in rows)


def _of_person() -> sa.ColumnElement[bool]:
    return sa.and_(Membership.district_id == Person.district_id, Membership.person_id == Person.id)


def _rows() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        Person.id,
        Person.name,
        Person.email,
        Person.title,
        Person.school_id,
        Person.left_at,
        Person.employee_number,
    )


def _told(scope: Scope, found: Sequence[sa.Row[*tuple[Any, ...]]]) -> tuple[PersonRow, ...]:
    """Rows with the names of schools and the roles: two more statements, however many rows."""
    names: dict[int | None, str] = {school.id: school.name for school in schools(scope)}
    roles: dict[int, list[RoleAt]] = {}
    for row in scope.session.execute(
        sa.select(Membership.person_id, Membership.role, Membership.school_id)
        .where(Membership.person_id.in_([row.id for row in found]))
        .order_by(Membership.id)
    ):
        roles.setdefault(row.person_id, []).append(RoleAt(row.role, row.school_id, names.get(row.school_id)))
    return tuple(
        PersonRow(
            row.id,
            row.name,
            row.email,
            row.title,
            row.school_id,
            names.get(row.school_id),
            row.left_at,
            row.employee_number or "",
            tuple(roles.get(row.id, ())),
        )
        for row in found
    )


# Every page asks it: made once, for putting a statement together takes longer than to run it.
_MEMBER = (
    sa.select(
        Person.id,
        Person.name,
        Person.title,
        Person.email,
        Person.school_id,
        Person.left_at,
        Membership.role,
        Membership.school_id.label("review_school_id"),
        unread_count(sa.bindparam("person_id")).label("unread"),
    )
    .select_from(Person)
    .outerjoin(Membership, _of_person())
    .where(Person.id == sa.bindparam("person_id"))
)
