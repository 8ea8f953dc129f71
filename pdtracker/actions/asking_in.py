"""Asking to be let into a district by oneself, and asking for another letter. Both are answered by letter only.

Whoever asks learns nothing: the page says the same, after the same work, for somebody unknown, somebody who can sign in
already, and somebody who left. What is so stands in the letter, which only the address's owner reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker.actions.accounts import email_key, secret_hash
from pdtracker.actions.joining_letters import Invited, call_back, queue_letters, write_letters
from pdtracker.actions.rates import Limit, count_try
from pdtracker.db import Database
from pdtracker.domain.access import Permission
from pdtracker.domain.joining import (
    MOST_LETTERS,
    asked_letter,
    invited_letter,
    is_within,
    known_letter,
    left_letter,
)
from pdtracker.domain.letters import Letter
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.models.joining import JoiningLetter
from pdtracker.models.people import AccountDistrict, Person
from pdtracker.queries.joining import Way, district_of_letter, open_way_of
from pdtracker.scope import Scope, action

ASKED_FOR = timedelta(days=1)
"""So long who asked by themselves can have the letter sent again."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who wants in, and where they came from. `sign_in_address` is for who can come in already."""

    name: str
    email: str
    network: str
    sign_in_address: str


def ask_to_join(scope: Scope, way: Way, asking: Asking, *, key: str) -> None:
    """Have a letter sent to somebody who wants in. `scope` is nobody's, of the way's district.

    Raises NotValid at `email` for another mail domain than the way's, TooManyTries.
    """
    if not is_within(asking.email, way.domains):
        raise NotValid({"email": f"Enter an address that ends in {_or(way.domains)}."})
    who = email_key(asking.email)
    limits = [
        Limit("asking network", asking.network, timedelta(minutes=1), 60),
        Limit("asking network", asking.network, timedelta(hours=1), 300),
        Limit("asking", who, timedelta(hours=1), 3),
        Limit("asking", who, timedelta(days=1), 6),
    ]
    count_try(scope.session.database, limits, key=key, at=scope.at)
    try:
        _ask(scope, way, asking)
    except NotNow:
        # Two asked for one address at the same moment: the other one's letter is on its way.
        return


@action(Permission.MANAGE_PEOPLE)
def _ask(scope: Scope, way: Way, asking: Asking) -> None:
    person = scope.session.execute(
        sa.select(Person.id, Person.name, Person.email, Person.left_at, AccountDistrict.account_id)
        .outerjoin(
            AccountDistrict,
            sa.and_(
                AccountDistrict.district_id == Person.district_id, AccountDistrict.person_id == Person.id
            ),
        )
        .where(Person.email_key == email_key(asking.email))
    ).one_or_none()
    there = scope.district.name
    if person is None:
        to = Invited(
            person_id=None,
            mail_to_id=way.by_person_id,
            name=asking.name,
            email=asking.email,
            link_id=way.link_id,
        )
        letter, is_void = asked_letter(to.name, there), False
    else:
        to = Invited(
            person_id=person.id,
            mail_to_id=person.id,
            name=person.name,
            email=person.email,
            link_id=way.link_id,
        )
        has_left, has_account = person.left_at is not None, person.account_id is not None
        letter, is_void = _answer(
            to, there, asking.sign_in_address, has_left=has_left, has_account=has_account
        )
    write_letters(scope, [(to, letter)], scope.at + ASKED_FOR, is_void=is_void)
    scope.record("joining_letter.asked", "district", scope.district.id, link=way.link_id)


def _answer(
    to: Invited, there: str, sign_in: str, *, has_left: bool, has_account: bool
) -> tuple[Letter, bool]:
    if has_left:
        return left_letter(to.name, there), True
    if has_account:
        return known_letter(to.name, there, sign_in), True
    return asked_letter(to.name, there), False


def ask_for_another_letter(database: Database, token: str, *, network: str, key: str, at: datetime) -> None:
    """Send the letter of a link once more to the address it went to; the link itself is void then.

    A link that stands for nothing is answered the same. Raises TooManyTries.
    """
    count_try(database, [Limit("letter again", network, timedelta(minutes=1), 20)], key=key, at=at)
    with database.session(None, installation=True) as doors:
        there = district_of_letter(doors, secret_hash(token))
    if there is None:
        return
    with database.session(there.id) as session:
        _send_again(Scope(session, there, at), secret_hash(token))


@action(Permission.MANAGE_PEOPLE)
def _send_again(scope: Scope, token_hash: str) -> None:
    letter = scope.session.scalar(
        sa.select(JoiningLetter)
        .where(
            JoiningLetter.token_hash == token_hash,
            JoiningLetter.used_at.is_(None),
            JoiningLetter.withdrawn_at.is_(None),
            JoiningLetter.ends_at > scope.at,
            JoiningLetter.letters < MOST_LETTERS,
        )
        .with_for_update()
    )
    if letter is None:
        return
    mail_to_id = letter.person_id or open_way_of(scope, letter.link_id)
    if mail_to_id is None:
        return
    to = Invited(person_id=letter.person_id, mail_to_id=mail_to_id, name=letter.name, email=letter.email)
    told = (
        invited_letter(to.name, scope.district.name, letter.by_name)
        if letter.by_name
        else asked_letter(to.name, scope.district.name)
    )
    call_back(scope, [letter.mail_id])
    letter.mail_id = queue_letters(scope, [(to, told)])[0]
    letter.letters += 1
    letter.token_hash = letter.link_ends_at = None
    scope.record("joining_letter.sent_again", "district", scope.district.id, letter=letter.letters)


def _or(domains: Sequence[str]) -> str:
    said = [f"@{domain}" for domain in domains]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"
