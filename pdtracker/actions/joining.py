"""Becoming a person of a district with a code: its holder brings their own account, or chooses a password.

An administrator hands the code over and never learns a password. Nobody is led into a district because an address
is the same: whoever made an account for it elsewhere may be somebody else.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker import audit, passwords
from pdtracker.actions.accounts import end_sign_ins
from pdtracker.actions.rates import Limit, count_try
from pdtracker.constraints import violated_rule
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.letters import CodeNews, Letter, chosen_letter
from pdtracker.domain.refs import ALPHABET
from pdtracker.domain.refusals import NotValid
from pdtracker.models.districts import District
from pdtracker.models.ids import new_id
from pdtracker.models.people import Account, AccountDistrict, JoiningCode, Person
from pdtracker.models.records import AuditEntry, MailState, OutboxMail
from pdtracker.queries.accounts import belongs_elsewhere
from pdtracker.scope import Scope

logger = logging.getLogger(__name__)

CODE_DAYS = 14
OPERATOR = "The operator"
"""Who acts without a name, from the command line, in a letter."""
# Four groups of four from 32 signs: 80 bits, and still easy to read out over the telephone.
_GROUPS, _GROUP = 4, 4
_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})

_NO_CODE = "This code is not in use: it was used, it is older than two weeks, or a letter differs. Ask for a new one."
_HAS_ACCOUNT = (
    "This address has an account already. Enter its password here, or sign in with your own account first."
)
_IS_HERE = "Your account belongs to this district already."
_IS_NO_WAY_IN = "This code leads to a new password. Sign out, then enter it again."


@dataclass(frozen=True, slots=True)
class _Found:
    district_id: int
    person_id: int
    is_elsewhere: bool
    account_id: int | None


def new_code() -> str:
    """A joining code or a starting password, `k3mw-8dpt-x04r-nv7c`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def code_hash(code: str) -> str:
    """What the table keeps: 80 random bits need no slow hash. Case, dashes and letters that look alike don't count."""
    return hashlib.sha256(code.strip().casefold().translate(_ALIKE).encode("utf-8", "replace")).hexdigest()


def draw_code(scope: Scope, person_id: int) -> str:
    """A code for a person, within a running action; the one before is void."""
    code = new_code()
    scope.session.execute(sa.delete(JoiningCode).where(JoiningCode.person_id == person_id))
    scope.session.add(
        JoiningCode(
            code_hash=code_hash(code),
            person_id=person_id,
            expires_at=scope.at + timedelta(days=CODE_DAYS),
        )
    )
    return code


def lock_person(session: DistrictSession, person_id: int) -> Person | None:
    """A person, in hand until the transaction ends: whoever uses their code or gives them another one waits here.

    Always before their code and their account, so that two never wait for each other.
    """
    return session.scalar(sa.select(Person).where(Person.id == person_id).with_for_update())


def lock_account(session: DistrictSession, account_id: int) -> None:
    """Keep an account in hand until the transaction ends: meanwhile nobody joins another district with it."""
    session.execute(sa.select(Account.id).where(Account.id == account_id).with_for_update())


def tell_account(
    session: DistrictSession,
    account_id: int,
    person: Person,
    letter: Callable[[CodeNews], Letter],
    made_by: str,
    at: datetime,
) -> None:
    """Queue a letter about a code to the address of an account, within a running transaction."""
    email = session.scalars(sa.select(Account.email).where(Account.id == account_id)).one()
    district = session.execute(
        sa.select(District.name, District.zone).where(District.id == person.district_id)
    ).one()
    told = letter(CodeNews(person.name, district.name, made_by, at, district.zone))
    letter_id = new_id()
    session.add(
        OutboxMail(
            id=letter_id,
            dedupe_key=f"code:{letter_id}",
            to_person_id=person.id,
            to_email=email,
            to_name=person.name,
            subject=told.subject,
            body=told.body,
            kind=told.kind,
            address=told.address,
            step_id=None,
            state=MailState.QUEUED,
            not_before=at,
            attempts=0,
            last_error="",
            sent_at=None,
            created_at=at,
        )
    )


def join_with_account(
    database: Database, code: str, account_id: int, *, network: str, key: str, at: datetime
) -> None:
    """Join with the account that is signed in. Raises NotValid at `code`, TooManyTries."""
    _link(database, _find(database, code, network=network, key=key, at=at), code, account_id, at)


def _link(database: Database, found: _Found, code: str, account_id: int, at: datetime) -> None:
    with _joining(database, found) as session:
        person = _use(session, found, code, at)
        lock_account(session, account_id)
        links = session.scalars(
            sa.select(AccountDistrict.person_id).where(
                sa.or_(AccountDistrict.account_id == account_id, AccountDistrict.person_id == found.person_id)
            )
        ).all()
        if links:
            raise NotValid({"code": _IS_NO_WAY_IN if found.person_id in links else _IS_HERE})
        session.add(AccountDistrict(account_id=account_id, person_id=found.person_id))
        _tell(session, "person.joined", person, at)
    logger.info("joined", extra={"account": account_id})


def join_with_password(
    database: Database, code: str, password: str, *, network: str, key: str, at: datetime
) -> None:
    """Choose a password: for a new account with the person's address, or for the one that they have only here.

    Where the address has an account, only its own password joins with it. Raises NotValid at `code` or `password`,
    TooManyTries. Every sign-in of an account that gets another password ends.
    """
    found = _find(database, code, network=network, key=key, at=at)
    if found.is_elsewhere:
        raise NotValid({"code": _HAS_ACCOUNT})
    with database.session(found.district_id) as session:
        known = session.execute(
            sa.select(Person.email, Person.email_key, Person.name).where(Person.id == found.person_id)
        ).one()
        about = (known.email, known.name)
    if found.account_id is None and (account := _account_of(database, known.email_key)) is not None:
        # A code in the wrong hands is no way to guess a password.
        tries = Limit("joining account", known.email_key, timedelta(hours=1), 10)
        count_try(database, [tries], key=key, at=at)
        if not passwords.check_password(account.password_hash, password).is_right:
            raise NotValid({"password": _HAS_ACCOUNT})
        _link(database, found, code, account.id, at)
        return
    if reason := passwords.weakness(password, about=about):
        raise NotValid({"password": reason})
    # Hashed before the transaction begins: nobody waits for it with the database's lock in hand.
    hashed = passwords.hash_password(password)
    try:
        with _joining(database, found) as session:
            person = _use(session, found, code, at)
            account_id = session.scalar(
                sa.select(AccountDistrict.account_id).where(AccountDistrict.person_id == person.id)
            )
            if account_id is None:
                account_id = open_account(session, person.email, person.email_key, hashed, at)
                if account_id is None:
                    raise NotValid({"code": _HAS_ACCOUNT})
                session.add(AccountDistrict(account_id=account_id, person_id=person.id))
                _tell(session, "person.joined", person, at)
            else:
                lock_account(session, account_id)
                # Once more: hashing took its time.
                if _is_elsewhere(database, found):
                    raise NotValid({"code": _HAS_ACCOUNT})
                session.execute(
                    sa.update(Account).where(Account.id == account_id).values(password_hash=hashed)
                )
                end_sign_ins(session, account_id, at)
                made_by = _code_made_by(session, person.id)
                tell_account(session, account_id, person, chosen_letter, made_by, at)
                _tell(session, "person.password_chosen", person, at, code_by=made_by)
    except sa.exc.IntegrityError as error:
        if violated_rule(error) == "uq_account_email_key":
            # Somebody of another district took the address a moment before.
            raise NotValid({"code": _HAS_ACCOUNT}) from error
        raise
    logger.info("joined")


def _find(database: Database, code: str, *, network: str, key: str, at: datetime) -> _Found:
    count_try(database, [Limit("joining", network, timedelta(minutes=1), 20)], key=key, at=at)
    with database.session(None, installation=True) as doors:
        row = doors.execute(
            sa.select(JoiningCode.district_id, JoiningCode.person_id).where(
                JoiningCode.code_hash == code_hash(code), JoiningCode.expires_at > at
            )
        ).one_or_none()
        if row is None:
            raise NotValid({"code": _NO_CODE})
        account_id = doors.scalar(
            sa.select(AccountDistrict.account_id).where(
                AccountDistrict.district_id == row.district_id, AccountDistrict.person_id == row.person_id
            )
        )
        is_elsewhere = belongs_elsewhere(doors, row.district_id, row.person_id)
    return _Found(row.district_id, row.person_id, is_elsewhere, account_id)


def _is_elsewhere(database: Database, found: _Found) -> bool:
    with database.session(None, installation=True) as doors:
        return belongs_elsewhere(doors, found.district_id, found.person_id)


def _account_of(database: Database, email_key: str) -> sa.Row[int, str] | None:
    with database.session(None, installation=True) as doors:
        return doors.execute(
            sa.select(Account.id, Account.password_hash).where(
                Account.email_key == email_key, Account.disabled_at.is_(None)
            )
        ).one_or_none()


@contextmanager
def _joining(database: Database, found: _Found) -> Iterator[DistrictSession]:
    with database.session(found.district_id) as session, session.writing(installation=True):
        yield session


def _use(session: DistrictSession, found: _Found, code: str, at: datetime) -> Person:
    """Void the code and give its person: of two at once only one gets further."""
    person = lock_person(session, found.person_id)
    used = session.execute(
        sa.delete(JoiningCode)
        .where(
            JoiningCode.code_hash == code_hash(code),
            JoiningCode.person_id == found.person_id,
            JoiningCode.expires_at > at,
        )
        .returning(JoiningCode.person_id)
    ).scalar_one_or_none()
    if used is None or person is None or person.left_at is not None:
        raise NotValid({"code": _NO_CODE})
    return person


def open_account(
    session: DistrictSession,
    email: str,
    email_key: str,
    password_hash: str,
    at: datetime,
    *,
    confirmed_at: datetime | None = None,
) -> int | None:
    """A new account under this address, within a running transaction; `None` where there is one already."""
    if session.scalar(sa.select(Account.id).where(Account.email_key == email_key)) is not None:
        return None
    account = Account(
        id=new_id(),
        email=email,
        email_key=email_key,
        password_hash=password_hash,
        created_at=at,
        disabled_at=None,
        confirmed_at=confirmed_at,
    )
    session.add(account)
    session.flush()
    return account.id


def _code_made_by(session: DistrictSession, person_id: int) -> str:
    """Who made the code that a person of an account has: the last who gave one."""
    name = session.scalar(
        sa.select(sa.case((AuditEntry.by_person_id.is_(None), OPERATOR), else_=AuditEntry.by_name))
        .where(
            AuditEntry.subject == "person",
            AuditEntry.subject_id == person_id,
            AuditEntry.action == "person.code_given",
        )
        .order_by(AuditEntry.seq.desc())
        .limit(1)
    )
    return name or OPERATOR


def _tell(session: DistrictSession, action: str, person: Person, at: datetime, **more: str) -> None:
    session.flush()
    audit.append(
        session,
        [audit.Happened(action, "person", person.id, {"name": person.name, **more})],
        at=at,
        by_person_id=person.id,
        by_name=person.name,
    )
