"""Inviting people by letter: a list at once, once more, and taking it back. Of a link the hash alone is kept.

The link of a letter is drawn when the letter leaves (`draw_links`): what waits in the outbox has none in it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.accounts import email_key, secret_hash
from pdtracker.actions.joining import OPERATOR
from pdtracker.actions.people import Roles, require_schools, told_roles
from pdtracker.actions.posting import Reader, queued
from pdtracker.domain.access import Permission
from pdtracker.domain.joining import (
    INVITED_FOR,
    LINK_LASTS,
    LinesRefused,
    Newcomer,
    RefusedLine,
    invited_letter,
)
from pdtracker.domain.letters import Letter
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.models.districts import School
from pdtracker.models.ids import new_id
from pdtracker.models.joining import JoiningLetter
from pdtracker.models.people import AccountDistrict, Membership, Person
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import Scope, action

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom a letter invites or answers. `person_id` is theirs, `mail_to_id` whose letter it is in the outbox."""

    person_id: int | None
    mail_to_id: int
    name: str
    email: str
    link_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody of the district who stands on a list."""

    id: int
    name: str
    email: str
    has_left: bool
    has_account: bool


@action(Permission.MANAGE_PEOPLE)
def invite_people(scope: Scope, newcomers: Sequence[Newcomer], roles: Roles, school_id: int | None) -> int:
    """Invite everybody on a list by letter; gives how many.

    Who isn't here yet is added with these roles, at the school of their line or else at `school_id`. Who is here and
    never came in keeps their roles. Raises LinesRefused, and then nobody was invited; NotValid: school, roles.
    """
    require_schools(scope, school_id, roles)
    known = _known(scope, [email_key(one.email) for one in newcomers])
    schools = {name.casefold(): number for number, name in scope.session.execute(_SCHOOLS)}
    if refused := [
        RefusedLine(one.line, why)
        for one in newcomers
        if (why := _why_not(known.get(email_key(one.email)), one, schools))
    ]:
        raise LinesRefused(refused)
    added = [_new_person(scope, one, schools, school_id) for one in newcomers if _is_new(one, known)]
    scope.session.insert_rows(Person, added)
    scope.session.insert_rows(Membership, _memberships(scope, added, roles))
    for row in added:
        told = told_roles(roles.rows())
        scope.record("person.added", "person", row["id"], name=row["name"], email=row["email"], roles=told)
    ids = {row["email_key"]: row["id"] for row in added} | {key: one.id for key, one in known.items()}
    _invite(scope, [_invited(one, ids, known) for one in newcomers])
    return len(newcomers)


@action(Permission.MANAGE_PEOPLE)
def invite_again(scope: Scope, letter_id: int) -> None:
    """Send an invited person a new letter; the link of the one before is void at once.

    Raises NotHere; NotNow for who came in meanwhile, and for an invitation that was withdrawn.
    """
    letter = scope.session.scalar(
        sa.select(JoiningLetter).where(JoiningLetter.id == letter_id).with_for_update()
    )
    if letter is None or letter.person_id is None:
        raise NotHere
    if letter.used_at is not None or letter.withdrawn_at is not None:
        raise NotNow("letter_over", "This invitation is over: it was used or withdrawn.")
    to = Invited(
        person_id=letter.person_id, mail_to_id=letter.person_id, name=letter.name, email=letter.email
    )
    call_back(scope, [letter.mail_id])
    letter.mail_id = queue_letters(scope, [(to, _invitation(scope, to))])[0]
    letter.ends_at, letter.letters = scope.at + INVITED_FOR, 1
    letter.token_hash = letter.link_ends_at = None
    scope.record("person.invited_again", "person", letter.person_id)


@action(Permission.MANAGE_PEOPLE)
def withdraw_invitation(scope: Scope, letter_id: int) -> None:
    """Void an invitation, its link and its letter that hasn't left. Twice is once.

    Raises NotHere; NotNow for who came in a moment before: they are let go on their own page.
    """
    letter = scope.session.scalar(
        sa.select(JoiningLetter).where(JoiningLetter.id == letter_id).with_for_update()
    )
    if letter is None:
        raise NotHere
    if letter.used_at is not None:
        raise NotNow("came_in", "They came in a moment before. Look at their page.")
    if letter.withdrawn_at is not None:
        return
    letter.withdrawn_at = scope.at
    call_back(scope, [letter.mail_id])
    if letter.person_id is None:
        scope.record("joining_letter.withdrawn", "joining_letter", letter_id)
    else:
        scope.record("person.invitation_withdrawn", "person", letter.person_id)


def write_letters(
    scope: Scope, letters: Sequence[tuple[Invited, Letter]], ends_at: datetime, *, is_void: bool = False
) -> None:
    """Keep what invites each of them and queue its letter, within a running action; what was before is void.

    `is_void` keeps a letter that has no link: who asked is told something else, and the work is the same.
    """
    keys = [email_key(to.email) for to, _ in letters]
    before = scope.session.scalars(
        sa.delete(JoiningLetter)
        .where(JoiningLetter.email_key.in_(keys))
        .returning(JoiningLetter.mail_id)
        .execution_options(synchronize_session=False)
    ).all()
    call_back(scope, before)
    mail_ids = queue_letters(scope, letters)
    # Nobody invited who asked by themselves.
    by_name = scope.person.name if scope.person else ""
    scope.session.insert_rows(
        JoiningLetter,
        [
            {
                "id": new_id(),
                "person_id": to.person_id,
                "link_id": to.link_id,
                "name": to.name,
                "email": to.email,
                "email_key": key,
                "mail_id": mail_id,
                "letters": 1,
                "by_name": by_name,
                "made_at": scope.at,
                "ends_at": ends_at,
                "withdrawn_at": scope.at if is_void else None,
            }
            for (to, _), key, mail_id in zip(letters, keys, mail_ids, strict=True)
        ],
    )


def queue_letters(scope: Scope, letters: Sequence[tuple[Invited, Letter]]) -> list[int]:
    """Put letters into the outbox; their ids there, in order."""
    rows = []
    for to, letter in letters:
        row = queued(
            scope,
            Reader(to.mail_to_id, to.email, to.name),
            letter,
            key=f"joining:{new_id()}",
            not_before=scope.at,
        )
        rows.append(row)
    scope.session.insert_rows(OutboxMail, rows)
    return [row["id"] for row in rows]


def call_back(scope: Scope, mail_ids: Sequence[int]) -> None:
    """Cancel those letters that have not left."""
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.id.in_(mail_ids), OutboxMail.state == MailState.QUEUED)
        .values(state=MailState.CANCELLED)
        .execution_options(synchronize_session=False)
    )


def draw_links(scope: Scope, mail_ids: Sequence[int]) -> tuple[dict[int, str], list[int]]:
    """The secrets of the links of letters that leave now, by letter, and the letters that must not: within an action.

    What was used or withdrawn meanwhile doesn't leave. Other letters, whatever words they quote, are in neither.
    """
    drawn: dict[int, str] = {}
    letters = scope.session.scalars(
        sa.select(JoiningLetter).where(JoiningLetter.mail_id.in_(mail_ids)).with_for_update()
    ).all()
    for letter in letters:
        if letter.used_at is None and letter.withdrawn_at is None:
            token = drawn[letter.mail_id] = secrets.token_urlsafe(_TOKEN_BYTES)
            letter.token_hash, letter.link_ends_at = secret_hash(token), scope.at + LINK_LASTS
    return drawn, [letter.mail_id for letter in letters if letter.mail_id not in drawn]


def _invite(scope: Scope, people: Sequence[Invited]) -> None:
    write_letters(scope, [(to, _invitation(scope, to)) for to in people], scope.at + INVITED_FOR)
    for to in people:
        scope.record("person.invited", "person", to.person_id or 0, email=to.email)


def _invitation(scope: Scope, to: Invited) -> Letter:
    return invited_letter(to.name, scope.district.name, scope.person.name if scope.person else OPERATOR)


def _known(scope: Scope, keys: Sequence[str]) -> Mapping[str, _Known]:
    rows = scope.session.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.email,
            Person.email_key,
            Person.left_at,
            AccountDistrict.account_id,
        )
        .outerjoin(
            AccountDistrict,
            sa.and_(
                AccountDistrict.district_id == Person.district_id, AccountDistrict.person_id == Person.id
            ),
        )
        .where(Person.email_key.in_(keys))
    )
    return {
        row.email_key: _Known(
            row.id, row.name, row.email, row.left_at is not None, row.account_id is not None
        )
        for row in rows
    }


def _why_not(known: _Known | None, one: Newcomer, schools: Mapping[str, int]) -> str | None:
    if known is not None and known.has_left:
        return f"{known.name} left. Say on their page that they are back, then invite them."
    if known is not None and known.has_account:
        return f"{known.name} can sign in already."
    if one.school and one.school.casefold() not in schools:
        return f"There is no school {one.school} here."
    return None


def _is_new(one: Newcomer, known: Mapping[str, _Known]) -> bool:
    return email_key(one.email) not in known


def _new_person(
    scope: Scope, one: Newcomer, schools: Mapping[str, int], school_id: int | None
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "name": one.name,
        "email": one.email,
        "email_key": email_key(one.email),
        "title": "",
        "school_id": schools[one.school.casefold()] if one.school else school_id,
        "created_at": scope.at,
    }


def _memberships(scope: Scope, added: Iterable[Mapping[str, Any]], roles: Roles) -> list[dict[str, Any]]:
    return [
        {"person_id": row["id"], "role": role, "school_id": school_id, "created_at": scope.at}
        for row in added
        for role, school_id in sorted(roles.rows(), key=str)
    ]


def _invited(one: Newcomer, ids: Mapping[str, int], known: Mapping[str, _Known]) -> Invited:
    key = email_key(one.email)
    person_id, here = ids[key], known.get(key)
    name, email = (here.name, here.email) if here else (one.name, one.email)
    return Invited(person_id=person_id, mail_to_id=person_id, name=name, email=email)


_SCHOOLS = sa.select(School.id, School.name)
