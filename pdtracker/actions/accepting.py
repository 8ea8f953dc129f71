"""Coming in by the link of a letter: its reader chooses a password, or brings the account that they have.

The link shows that they read mail at the address, so the address counts as confirmed from then on.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker import audit, passwords
from pdtracker.actions.accounts import secret_hash
from pdtracker.actions.joining import lock_account, lock_person, open_account
from pdtracker.actions.rates import Limit, count_try
from pdtracker.constraints import violated_rule
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.access import Role
from pdtracker.domain.refusals import NotValid
from pdtracker.models.ids import new_id
from pdtracker.models.joining import JoiningLetter, JoiningLink, OpenRegistration
from pdtracker.models.people import Account, AccountDistrict, JoiningCode, Membership, Person
from pdtracker.queries.joining import LetterFacts, is_good, letter_of

logger = logging.getLogger(__name__)

OVER = "This link is over. Have a new letter sent, and use the link in that one."
_HAS_ACCOUNT = "This address has an account already. Enter its password here, or sign in first."
_IS_HERE = "Your account belongs to this district already."
_CAME_IN = "This person can sign in already. Sign in with the password that was chosen."


def accept_with_password(
    database: Database, token: str, *, name: str, password: str, network: str, key: str, at: datetime
) -> None:
    """Come in with a password: a new one, or that of the account that the address has.

    `name` is how who asked by themselves is called; an invited person keeps the district's. Raises NotValid at
    `password` or `link`, TooManyTries.
    """
    letter = _find(database, token, network=network, key=key, at=at)
    if letter.has_account:
        # The letter shows whose mailbox it is, and not that the account was made by them.
        count_try(
            database, [Limit("joining account", letter.email_key, timedelta(hours=1), 10)], key=key, at=at
        )
        account_id = _account_by_password(database, letter, password)
        _come_in(database, letter, token, name, at, account_id=account_id)
        return
    if reason := passwords.weakness(password, about=(letter.email, letter.name, name)):
        raise NotValid({"password": reason})
    # Hashed before the transaction begins: nobody waits for it with the database's lock in hand.
    _come_in(database, letter, token, name, at, password_hash=passwords.hash_password(password))


def accept_with_account(
    database: Database, token: str, account_id: int, *, name: str, network: str, key: str, at: datetime
) -> None:
    """Come in with the account that is signed in. Raises NotValid at `link`, TooManyTries."""
    letter = _find(database, token, network=network, key=key, at=at)
    _come_in(database, letter, token, name, at, account_id=account_id)


def _find(database: Database, token: str, *, network: str, key: str, at: datetime) -> LetterFacts:
    count_try(database, [Limit("joining", network, timedelta(minutes=1), 60)], key=key, at=at)
    with database.session(None, installation=True) as doors:
        letter = letter_of(doors, secret_hash(token), at)
    if letter is None:
        raise NotValid({"link": OVER})
    return letter


def _account_by_password(database: Database, letter: LetterFacts, password: str) -> int:
    with database.session(None, installation=True) as doors:
        account = doors.execute(
            sa.select(Account.id, Account.password_hash).where(
                Account.email_key == letter.email_key, Account.disabled_at.is_(None)
            )
        ).one_or_none()
        if account is None or not passwords.check_password(account.password_hash, password).is_right:
            raise NotValid({"password": _HAS_ACCOUNT})
        account_id: int = account.id
    return account_id


def _come_in(
    database: Database,
    letter: LetterFacts,
    token: str,
    name: str,
    at: datetime,
    *,
    account_id: int | None = None,
    password_hash: str = "",
) -> None:
    try:
        with (
            database.session(letter.district.id) as session,
            session.writing(installation=True),
        ):
            person, is_new = _person(session, letter, name, at)
            _use(session, letter, token, person, at)
            if account_id is None:
                account_id = open_account(
                    session, letter.email, letter.email_key, password_hash, at, confirmed_at=at
                )
                if account_id is None:
                    raise NotValid({"password": _HAS_ACCOUNT})
            else:
                _bring_account(session, letter, account_id, at)
            session.add(AccountDistrict(account_id=account_id, person_id=person.id))
            session.execute(sa.delete(JoiningCode).where(JoiningCode.person_id == person.id))
            session.flush()
            audit.append(
                session,
                [
                    audit.Happened(
                        "person.registered" if is_new else "person.joined",
                        "person",
                        person.id,
                        {"name": person.name, "by": "letter", "link": letter.link_id},
                    )
                ],
                at=at,
                by_person_id=person.id,
                by_name=person.name,
            )
    except sa.exc.IntegrityError as error:
        if violated_rule(error) == "uq_account_email_key":
            # Somebody of another district took the address a moment before.
            raise NotValid({"password": _HAS_ACCOUNT}) from error
        if violated_rule(error) == "uq_person_district_id_email_key":
            # The district added them a moment before; the same link finds them now.
            raise NotValid({"link": "Your district added you this moment. Send it once more."}) from error
        raise
    logger.info("joined", extra={"account": account_id})


def _person(session: DistrictSession, letter: LetterFacts, name: str, at: datetime) -> tuple[Person, bool]:
    """Who comes in, in hand until the end: the invited one, whom the district has under the address, or a new one."""
    known_id = letter.person_id or session.scalar(
        sa.select(Person.id).where(Person.email_key == letter.email_key)
    )
    if known_id is None:
        person = Person(
            id=new_id(),
            name=name or letter.name,
            email=letter.email,
            email_key=letter.email_key,
            title="",
            created_at=at,
        )
        session.add(person)
        session.flush()
        session.add(Membership(person_id=person.id, role=Role.TEACHER, school_id=None, created_at=at))
        return person, True
    known = lock_person(session, known_id)
    if known is None or known.left_at is not None or known.email_key != letter.email_key:
        # They left, or the district corrected the address: the letter is another mailbox's.
        raise NotValid({"link": OVER})
    if session.scalar(sa.select(AccountDistrict.account_id).where(AccountDistrict.person_id == known_id)):
        raise NotValid({"link": _CAME_IN})
    return known, False


def _use(session: DistrictSession, letter: LetterFacts, token: str, person: Person, at: datetime) -> None:
    """Void the link: of two at once only one gets further, and none after it was withdrawn."""
    used = session.execute(
        sa.update(JoiningLetter)
        .where(
            JoiningLetter.id == letter.letter_id,
            JoiningLetter.token_hash == secret_hash(token),
            JoiningLetter.link_ends_at > at,
            JoiningLetter.used_at.is_(None),
            JoiningLetter.withdrawn_at.is_(None),
        )
        .values(used_at=at, person_id=person.id)
        .returning(JoiningLetter.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if used is None or not _is_way_open(session, letter, at):
        raise NotValid({"link": OVER})


def _is_way_open(session: DistrictSession, letter: LetterFacts, at: datetime) -> bool:
    """Whether the way by which somebody asked is still open; a link counts them, and lets in no more than it says."""
    if letter.link_id is not None:
        counted = session.execute(
            sa.update(JoiningLink)
            .where(JoiningLink.id == letter.link_id, *is_good(at))
            .values(used=JoiningLink.used + 1)
            .returning(JoiningLink.id)
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()
        return counted is not None
    return letter.person_id is not None or session.scalar(sa.select(OpenRegistration.id)) is not None


def _bring_account(session: DistrictSession, letter: LetterFacts, account_id: int, at: datetime) -> None:
    lock_account(session, account_id)
    if session.scalar(sa.select(AccountDistrict.person_id).where(AccountDistrict.account_id == account_id)):
        raise NotValid({"link": _IS_HERE})
    session.execute(
        sa.update(Account)
        .where(
            Account.id == account_id, Account.email_key == letter.email_key, Account.confirmed_at.is_(None)
        )
        .values(confirmed_at=at)
    )
