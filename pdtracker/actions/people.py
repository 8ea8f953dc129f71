"""Adding people, giving roles, and letting people leave and come back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker import passwords
from pdtracker.actions.accounts import email_key
from pdtracker.db import Database, new_id
from pdtracker.domain.access import Permission, Role
from pdtracker.domain.refs import ALPHABET
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.districts import School
from pdtracker.models.people import Account, AccountDistrict, Membership, Person, SignIn
from pdtracker.queries.accounts import belongs_elsewhere
from pdtracker.scope import Scope, action

# Four groups of four from 32 signs: 80 bits, and still easy to read out over the telephone.
_GROUPS, _GROUP = 4, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What somebody may do; `review_school_ids` says for which schools they review, `None` for all."""

    roles: frozenset[Role]
    review_school_ids: frozenset[int] | None = None

    def rows(self) -> frozenset[tuple[Role, int | None]]:
        """The memberships that this amounts to."""
        plain = {(role, None) for role in self.roles if role is not Role.REVIEWER}
        if Role.REVIEWER not in self.roles:
            return frozenset(plain)
        schools: Iterable[int | None] = {None} if self.review_school_ids is None else self.review_school_ids
        return frozenset(plain | {(Role.REVIEWER, school) for school in schools})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody to add; the form has cleaned the text."""

    name: str
    email: str
    title: str
    school_id: int | None
    roles: Roles


@dataclass(frozen=True, slots=True)
class Added:
    """Who was added. `starting_password` is to be handed over once; `None` when they have one already."""

    person_id: int
    starting_password: str | None


def add_person(
    scope: Scope, new: NewPerson, *, password: str | None = None, password_hash: str | None = None
) -> Added:
    """Add somebody with their roles and a way to sign in.

    Without `password` (an operator may set one) a starting password is drawn; `password_hash` is one that was hashed
    before, which nobody is told. Somebody who has an account already, from another district, keeps it. Raises
    NotValid: email, school, roles, password.
    """
    scope.require(Permission.MANAGE_PEOPLE)
    if password_hash is not None:
        return _add_person(scope, new, None, password_hash)
    if password is not None and (reason := passwords.weakness(password, about=(new.email, new.name))):
        raise NotValid({"password": reason})
    starting = password or starting_password()
    # Hashed before the transaction begins: nobody waits for it with the database's lock in hand.
    return _add_person(scope, new, starting, passwords.hash_password(starting))


@action(Permission.MANAGE_PEOPLE, installation=True)
def _add_person(scope: Scope, new: NewPerson, starting: str | None, password_hash: str) -> Added:
    _require_schools(scope, new.school_id, new.roles)
    key = email_key(new.email)
    person = Person(
        id=new_id(),
        name=new.name,
        email=new.email,
        email_key=key,
        title=new.title,
        licence_ending=None,
        school_id=new.school_id,
        left_at=None,
        created_at=scope.at,
    )
    scope.session.add(person)
    account_id = scope.session.scalar(sa.select(Account.id).where(Account.email_key == key))
    is_new = account_id is None
    if account_id is None:
        account_id = new_id()
        scope.session.add(
            Account(
                id=account_id,
                email=new.email,
                email_key=key,
                password_hash=password_hash,
                created_at=scope.at,
                disabled_at=None,
            )
        )
    # Memberships and the account's way here point at person and account.
    scope.session.flush()
    scope.session.add(AccountDistrict(account_id=account_id, person_id=person.id))
    _add_roles(scope, person.id, new.roles.rows())
    scope.record(
        "person.added", "person", person.id, name=new.name, email=new.email, roles=_told(new.roles.rows())
    )
    return Added(person.id, starting if is_new else None)


@action(Permission.MANAGE_PEOPLE)
def edit_person(scope: Scope, person_id: int, *, name: str, title: str, school_id: int | None) -> None:
    """Correct a person's name, title and school. What was certified under the old name stays as it was certified.

    Raises NotHere, NotValid: school.
    """
    person = _person(scope, person_id)
    _require_schools(scope, school_id, Roles(roles=frozenset()))
    before = {"name": person.name, "title": person.title, "school": person.school_id}
    person.name, person.title, person.school_id = name, title, school_id
    after = {"name": name, "title": title, "school": school_id}
    if before != after:
        scope.record("person.changed", "person", person_id, before=before, after=after)


@action(Permission.MANAGE_PEOPLE)
def change_roles(scope: Scope, person_id: int, roles: Roles) -> None:
    """Give a person exactly these roles; they hold from the person's next request.

    Raises NotHere, NotValid: roles; NotNow when administrators take their own role away.
    """
    _person(scope, person_id)
    _require_schools(scope, None, roles)
    wanted = roles.rows()
    if _is_me(scope, person_id) and (Role.ADMINISTRATOR, None) not in wanted:
        raise NotNow("own_role", "Another administrator has to take this role from you.")
    held = scope.session.scalars(sa.select(Membership).where(Membership.person_id == person_id)).all()
    before = frozenset((row.role, row.school_id) for row in held)
    if before == wanted:
        return
    for row in held:
        if (row.role, row.school_id) not in wanted:
            scope.session.delete(row)
    _add_roles(scope, person_id, wanted - before)
    scope.record("person.roles_changed", "person", person_id, before=_told(before), after=_told(wanted))


@action(Permission.MANAGE_PEOPLE, installation=True)
def let_person_leave(scope: Scope, person_id: int) -> None:
    """Take note that a person left: every sign-in of theirs ends with it. Their records stay.

    Raises NotHere; NotNow for oneself. Repeating it is harmless.
    """
    person = _person(scope, person_id)
    if _is_me(scope, person_id):
        raise NotNow("own_leave", "Another administrator has to do this for you.")
    if person.left_at is not None:
        return
    person.left_at = scope.at
    _end_sign_ins(scope, person_id)
    scope.record("person.left", "person", person_id, name=person.name)


@action(Permission.MANAGE_PEOPLE)
def welcome_person_back(scope: Scope, person_id: int) -> None:
    """Let a person who left sign in again, with the roles that they had. Raises NotHere."""
    person = _person(scope, person_id)
    if person.left_at is None:
        return
    person.left_at = None
    scope.record("person.returned", "person", person_id, name=person.name)


def give_new_password(scope: Scope, database: Database, person_id: int) -> str:
    """A new starting password for somebody who can't sign in; it ends their sign-ins.

    Raises NotHere; NotNow for an account that another district uses too: its administrator would get in there.
    """
    scope.require(Permission.MANAGE_PEOPLE)
    with database.session(None, installation=True) as doors:
        if belongs_elsewhere(doors, scope.district.id, person_id):
            raise NotNow(
                "used_elsewhere",
                "This person signs in to another district with the same account. Ask your operator.",
            )
    password = starting_password()
    _set_password(scope, person_id, passwords.hash_password(password))
    return password


@action(Permission.MANAGE_PEOPLE, installation=True)
def _set_password(scope: Scope, person_id: int, password_hash: str) -> None:
    _person(scope, person_id)
    scope.session.execute(
        sa.update(Account)
        .where(Account.id == _account_id(scope, person_id))
        .values(password_hash=password_hash)
    )
    _end_sign_ins(scope, person_id)
    scope.record("person.password_given", "person", person_id)


def starting_password() -> str:
    """A password to begin with, `k3mw-8dpt-x04r-nv7c`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _person(scope: Scope, person_id: int) -> Person:
    person = scope.session.scalar(sa.select(Person).where(Person.id == person_id))
    if person is None:
        raise NotHere
    return person


def _is_me(scope: Scope, person_id: int) -> bool:
    return scope.person is not None and scope.person.id == person_id


def _require_schools(scope: Scope, school_id: int | None, roles: Roles) -> None:
    """The schools are the district's own, and a reviewer without any school would review nothing."""
    if Role.REVIEWER in roles.roles and roles.review_school_ids == frozenset():
        raise NotValid({"review_schools": "Choose the schools that this person reviews for, or all of them."})
    known = set(scope.session.scalars(sa.select(School.id)))
    if school_id is not None and school_id not in known:
        raise NotValid({"school": "Choose a school from the list."})
    if (roles.review_school_ids or frozenset()) - known:
        raise NotValid({"review_schools": "Choose schools from the list."})


def _add_roles(scope: Scope, person_id: int, rows: Iterable[tuple[Role, int | None]]) -> None:
    scope.session.add_all(
        Membership(person_id=person_id, role=role, school_id=school_id, created_at=scope.at)
        for role, school_id in sorted(rows, key=str)
    )


def _told(rows: Iterable[tuple[Role, int | None]]) -> list[list[str | int | None]]:
    return [[role.value, school_id] for role, school_id in sorted(rows, key=str)]


def _account_id(scope: Scope, person_id: int) -> int | None:
    return scope.session.scalar(
        sa.select(AccountDistrict.account_id).where(AccountDistrict.person_id == person_id)
    )


def _end_sign_ins(scope: Scope, person_id: int) -> None:
    scope.session.execute(
        sa.update(SignIn)
        .where(SignIn.account_id == _account_id(scope, person_id), SignIn.ended_at.is_(None))
        .values(ended_at=scope.at)
    )
