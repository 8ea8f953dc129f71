"""Adding people, giving roles, and letting people leave and come back."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker import passwords
from pdtracker.actions.accounts import email_key, end_sign_ins
from pdtracker.actions.calendar_addresses import end_addresses
from pdtracker.actions.joining import OPERATOR, draw_code, lock_account, lock_person, tell_account
from pdtracker.actions.passkeys import forget_passkeys
from pdtracker.db import Database
from pdtracker.domain.access import Permission, Role
from pdtracker.domain.letters import code_letter
from pdtracker.domain.matching import number_key
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.districts import School
from pdtracker.models.ids import new_id
from pdtracker.models.people import Account, AccountDistrict, Membership, Person
from pdtracker.queries.accounts import belongs_elsewhere
from pdtracker.scope import Scope, action


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
    employee_number: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """Who was added. `joining_code` is to be handed over once; `None` when they can sign in already."""

    person_id: int
    joining_code: str | None


def add_person(
    scope: Scope, new: NewPerson, *, password: str | None = None, password_hash: str | None = None
) -> Added:
    """Add somebody with their roles and a code with which they come in by themselves.

    An administrator gives neither: an account with this address may be somebody else's, so the code's holder brings
    their own account or chooses a password (`joining`). For operators only, `password` or its hash makes the account
    at once where the address has none; an account that is there is never taken.
    Raises NotValid: email, school, roles, password.
    """
    scope.require(Permission.MANAGE_PEOPLE)
    if password is not None:
        if reason := passwords.weakness(password, about=(new.email, new.name)):
            raise NotValid({"password": reason})
        # Hashed before the transaction begins: nobody waits for it with the database's lock in hand.
        password_hash = passwords.hash_password(password)
    return _add_person(scope, new, password_hash)


@action(Permission.MANAGE_PEOPLE, installation=True)
def _add_person(scope: Scope, new: NewPerson, password_hash: str | None) -> Added:
    require_schools(scope, new.school_id, new.roles)
    key = email_key(new.email)
    person = Person(
        id=new_id(),
        name=new.name,
        email=new.email,
        email_key=key,
        title=new.title,
        employee_number=new.employee_number or None,
        employee_key=number_key(new.employee_number) or None,
        licence_ending=None,
        school_id=new.school_id,
        left_at=None,
        created_at=scope.at,
    )
    scope.session.add(person)
    # Memberships, codes and the account's way here point at the person.
    scope.session.flush()
    is_in = password_hash is not None and _let_in(scope, person, password_hash)
    code = None if is_in else draw_code(scope, person.id)
    _add_roles(scope, person.id, new.roles.rows())
    scope.record(
        "person.added",
        "person",
        person.id,
        name=new.name,
        email=new.email,
        roles=told_roles(new.roles.rows()),
    )
    return Added(person.id, code)


def _let_in(scope: Scope, person: Person, password_hash: str) -> bool:
    """Make an account for a person, if nobody has one with this address; whether it was made."""
    if scope.session.scalar(sa.select(Account.id).where(Account.email_key == person.email_key)) is not None:
        return False
    account = Account(
        id=new_id(),
        email=person.email,
        email_key=person.email_key,
        password_hash=password_hash,
        created_at=scope.at,
        disabled_at=None,
    )
    scope.session.add(account)
    # The way here points at the account.
    scope.session.flush()
    scope.session.add(AccountDistrict(account_id=account.id, person_id=person.id))
    return True


@action(Permission.MANAGE_PEOPLE)
def edit_person(
    scope: Scope, person_id: int, *, name: str, title: str, school_id: int | None, employee_number: str
) -> None:
    """Correct a person's name, title, school and employee number.

    What was certified under the old name stays as it was certified.

    Raises NotHere, NotValid: school, employee_number.
    """
    person = _person(scope, person_id)
    require_schools(scope, school_id, Roles(roles=frozenset()))
    before = _details(person)
    person.name, person.title, person.school_id = name, title, school_id
    person.employee_number = employee_number or None
    person.employee_key = number_key(employee_number) or None
    after = _details(person)
    if before != after:
        scope.record("person.changed", "person", person_id, before=before, after=after)


@action(Permission.MANAGE_PEOPLE)
def change_roles(scope: Scope, person_id: int, roles: Roles) -> None:
    """Give a person exactly these roles; they hold from the person's next request.

    Raises NotHere, NotValid: roles; NotNow when administrators take their own role away, and for who left.
    """
    _require_here(_person(scope, person_id))
    require_schools(scope, None, roles)
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
    scope.record(
        "person.roles_changed", "person", person_id, before=told_roles(before), after=told_roles(wanted)
    )


def let_person_leave(scope: Scope, database: Database, person_id: int) -> None:
    """Take note that a person left: from their next request on nothing leads here. Their records stay.

    Their sign-ins end, unless the account leads to another district too: that is none of our business.
    Raises NotHere; NotNow for oneself. Repeating it is harmless.
    """
    scope.require(Permission.MANAGE_PEOPLE)
    _let_leave(scope, person_id, ends_sign_ins=not _belongs_elsewhere(scope, database, person_id))


@action(Permission.MANAGE_PEOPLE, installation=True)
def _let_leave(scope: Scope, person_id: int, *, ends_sign_ins: bool) -> None:
    person = _person(scope, person_id)
    if _is_me(scope, person_id):
        raise NotNow("own_leave", "Another administrator has to do this for you.")
    if person.left_at is not None:
        return
    person.left_at = scope.at
    end_addresses(scope, [person_id])
    if ends_sign_ins:
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


def give_new_code(scope: Scope, database: Database, person_id: int) -> str:
    """A code for somebody who can't sign in, with which they choose a password; it ends theirs and their sign-ins.

    Who has an account gets a letter that says so. Raises NotHere; NotNow for who left, and for an account that another
    district uses too: its administrator would get in there.
    """
    scope.require(Permission.MANAGE_PEOPLE)
    # Nobody knows this password. Hashed before the transaction begins, like every one.
    return _give_code(scope, database, person_id, passwords.hash_password(secrets.token_urlsafe()))


@action(Permission.MANAGE_PEOPLE, installation=True)
def _give_code(scope: Scope, database: Database, person_id: int, password_hash: str) -> str:
    # Whoever uses the old code at this moment is done before or too late.
    person = lock_person(scope.session, person_id)
    if person is None:
        raise NotHere
    _require_here(person)
    account_id = _account_id(scope, person_id)
    if account_id is not None:
        lock_account(scope.session, account_id)
        if _belongs_elsewhere(scope, database, person_id):
            raise NotNow(
                "used_elsewhere",
                "This person signs in to another district with the same account. Ask your operator.",
            )
        scope.session.execute(
            sa.update(Account).where(Account.id == account_id).values(password_hash=password_hash)
        )
        # Whoever got in before may have left one.
        forget_passkeys(scope.session, account_id)
        made_by = scope.person.name if scope.person else OPERATOR
        tell_account(scope.session, account_id, person, code_letter, made_by, scope.at)
    _end_sign_ins(scope, person_id)
    scope.record("person.code_given", "person", person_id)
    return draw_code(scope, person_id)


def _belongs_elsewhere(scope: Scope, database: Database, person_id: int) -> bool:
    with database.session(None, installation=True) as doors:
        return belongs_elsewhere(doors, scope.district.id, person_id)


def _details(person: Person) -> dict[str, str | int | None]:
    return {
        "name": person.name,
        "title": person.title,
        "school": person.school_id,
        "employee_number": person.employee_number,
    }


def _person(scope: Scope, person_id: int) -> Person:
    person = scope.session.scalar(sa.select(Person).where(Person.id == person_id))
    if person is None:
        raise NotHere
    return person


def _require_here(person: Person) -> None:
    if person.left_at is not None:
        raise NotNow("has_left", "This person left. Choose “They are back” first.")


def _is_me(scope: Scope, person_id: int) -> bool:
    return scope.person is not None and scope.person.id == person_id


def require_schools(scope: Scope, school_id: int | None, roles: Roles) -> None:
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


def told_roles(rows: Iterable[tuple[Role, int | None]]) -> list[list[str | int | None]]:
    """Roles as the audit trail keeps them."""
    return [[role.value, school_id] for role, school_id in sorted(rows, key=str)]


def _account_id(scope: Scope, person_id: int) -> int | None:
    return scope.session.scalar(
        sa.select(AccountDistrict.account_id).where(AccountDistrict.person_id == person_id)
    )


def _end_sign_ins(scope: Scope, person_id: int) -> None:
    account_id = _account_id(scope, person_id)
    if account_id is not None:
        end_sign_ins(scope.session, account_id, scope.at)
