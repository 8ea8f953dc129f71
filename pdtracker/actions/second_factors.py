"""A second factor beside the password: an authenticator app with recovery codes, set up, renewed, removed, reset.

An account belongs to the installation; the entry stands in the trail of the district that one is in, and a letter
goes to the account's own address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from pdtracker import audit, one_time_codes, sealing
from pdtracker.actions.accounts import end_sign_ins, require_password
from pdtracker.actions.joining import OPERATOR, code_hash, lock_account, lock_person, new_code, tell_account
from pdtracker.actions.passkeys import forget_passkeys
from pdtracker.actions.rates import Limit, count_try, give_back
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.second_factor_letters import FactorChange, factor_letter
from pdtracker.models.people import AccountDistrict, Person
from pdtracker.models.second_factors import AuthenticatorApp, RecoveryCode
from pdtracker.queries.accounts import belongs_elsewhere
from pdtracker.queries.second_factors import has_app
from pdtracker.scope import Scope, action

HOUSE = "pdtracker"
RECOVERY_CODES = 10
NO_FIT = (
    "This code doesn't fit. Enter the six digits that your app shows now; each counts once, "
    "so wait for the next ones after you used some."
)
_PURPOSE = b"pdtracker authenticator app"
_IS_ON = "Your second factor is set up already."
_IS_OFF = "You have no second factor."


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account it is, and in which of its sign-ins they act."""

    account_id: int
    sign_in_id: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app needs to be set up: the secret to type, and the address that a QR code says."""

    secret: str
    address: str


def begin_app(
    scope: Scope, database: Database, account_id: int, *, password: str, keys: Sequence[str]
) -> None:
    """Make a secret for an app, which counts once a code of it is entered; the one begun before is void.

    `keys` are the installation's secrets, the current one first. Raises NotValid at `password`, TooManyTries; NotNow
    when there is an app already.
    """
    require_password(database, account_id, password, field="password", key=keys[0], at=scope.at)
    with database.session(None, installation=True) as session, session.writing():
        lock_account(session, account_id)
        if has_app(session, account_id):
            raise NotNow("second_factor_on", _IS_ON)
        session.execute(sa.delete(AuthenticatorApp).where(AuthenticatorApp.account_id == account_id))
        session.add(
            AuthenticatorApp(
                account_id=account_id,
                locked_secret=_lock(one_time_codes.new_secret(), account_id, keys),
                begun_at=scope.at,
                confirmed_at=None,
                last_step=0,
            )
        )


def enrolment(locked_secret: bytes, account_id: int, email: str, keys: Sequence[str]) -> Enrolment:
    """What the page of an app that is not confirmed yet shows."""
    secret = _unlock(locked_secret, account_id, keys)
    return Enrolment(secret, one_time_codes.enrolment_address(secret, email, HOUSE))


def confirm_app(
    scope: Scope, database: Database, owner: Owner, *, typed: str, keys: Sequence[str]
) -> Sequence[str]:
    """Let the app count from now on, and give ten recovery codes to be shown once. Other sign-ins end.

    Raises NotValid at `code`, TooManyTries; NotNow when none was begun or it counts already.
    """
    limits = code_limits(owner.account_id)
    count_try(database, limits, key=keys[0], at=scope.at)
    with database.session(scope.district.id, installation=True) as session, session.writing():
        lock_account(session, owner.account_id)
        if has_app(session, owner.account_id):
            raise NotNow("second_factor_on", _IS_ON)
        if not spend_app_code(session, owner.account_id, typed, keys, scope.at, confirming=True):
            raise NotValid({"code": NO_FIT})
        codes = _new_codes(session, owner.account_id, scope.at)
        end_sign_ins(session, owner.account_id, scope.at, keep=owner.sign_in_id)
        give_back(session, limits, key=keys[0], at=scope.at)
        _tell(scope, session, owner.account_id, FactorChange.ADDED)
    return codes


def renew_codes(
    scope: Scope, database: Database, account_id: int, *, password: str, keys: Sequence[str]
) -> Sequence[str]:
    """Ten new recovery codes to be shown once; the old ones are void. Raises NotValid at `password`, NotNow."""
    require_password(database, account_id, password, field="password", key=keys[0], at=scope.at)
    with database.session(scope.district.id, installation=True) as session, session.writing():
        lock_account(session, account_id)
        if not has_app(session, account_id):
            raise NotNow("second_factor_off", _IS_OFF)
        codes = _new_codes(session, account_id, scope.at)
        _tell(scope, session, account_id, FactorChange.CODES_MADE)
    return codes


def remove_app(scope: Scope, database: Database, owner: Owner, *, password: str, keys: Sequence[str]) -> None:
    """Let the password sign in alone again. Raises NotValid at `password`, TooManyTries, NotNow without an app."""
    require_password(database, owner.account_id, password, field="password", key=keys[0], at=scope.at)
    with database.session(scope.district.id, installation=True) as session, session.writing():
        lock_account(session, owner.account_id)
        if not has_app(session, owner.account_id):
            raise NotNow("second_factor_off", _IS_OFF)
        _forget(session, owner.account_id)
        end_sign_ins(session, owner.account_id, scope.at, keep=owner.sign_in_id)
        _tell(scope, session, owner.account_id, FactorChange.REMOVED)


@action(Permission.MANAGE_PEOPLE, installation=True)
def reset_second_factor(scope: Scope, database: Database, person_id: int, *, reason: str) -> None:
    """Remove the second factor of somebody who lost theirs; their sign-ins end, and they are told by whom and why.

    Raises NotHere; NotNow for oneself, without a factor, and where another district uses the account too.
    """
    person = lock_person(scope.session, person_id)
    if person is None:
        raise NotHere
    if scope.person is not None and scope.person.id == person_id:
        raise NotNow("own_second_factor", "Remove your own on the page of your account, with your password.")
    account_id = scope.session.scalar(
        sa.select(AccountDistrict.account_id).where(AccountDistrict.person_id == person_id)
    )
    if account_id is None or not has_app(scope.session, account_id):
        raise NotNow("second_factor_off", "This person has no second factor.")
    lock_account(scope.session, account_id)
    with database.session(None, installation=True) as doors:
        if belongs_elsewhere(doors, scope.district.id, person_id):
            raise NotNow(
                "used_elsewhere",
                "This person signs in to another district with the same account. Ask your operator.",
            )
    _forget(scope.session, account_id)
    # What was lost may have held them.
    forget_passkeys(scope.session, account_id)
    end_sign_ins(scope.session, account_id, scope.at)
    made_by = scope.person.name if scope.person else OPERATOR
    letter = partial(factor_letter, FactorChange.RESET, reason=reason)
    tell_account(scope.session, account_id, person, letter, made_by, scope.at)
    scope.record(FactorChange.RESET, "person", person_id, name=person.name, reason=reason)


def code_limits(account_id: int) -> list[Limit]:
    """How often a code may be tried: of a million, three fit at a time, so that 30 guesses a day come to nothing."""
    who = str(account_id)
    return [
        Limit("second factor", who, timedelta(minutes=1), 5),
        Limit("second factor", who, timedelta(minutes=15), 10),
        Limit("second factor", who, timedelta(days=1), 30),
    ]


def spend_app_code(
    session: DistrictSession,
    account_id: int,
    typed: str,
    keys: Sequence[str],
    at: datetime,
    *,
    confirming: bool = False,
) -> bool:
    """Take a code of the app, within a running transaction; whether it fits and was never taken.

    The last line decides between two requests with one code: the second finds the step taken.
    """
    row = session.execute(
        sa.select(AuthenticatorApp.locked_secret).where(
            AuthenticatorApp.account_id == account_id, AuthenticatorApp.confirmed_at.is_(None) == confirming
        )
    ).one_or_none()
    if row is None:
        return False
    secret = _unlock(row.locked_secret, account_id, keys)
    step = one_time_codes.step_of(secret, typed, at)
    if step is None:
        return False
    # Locked anew, so that a secret of the installation that was replaced goes out of use by itself.
    values = {"last_step": step, "locked_secret": _lock(secret, account_id, keys)}
    taken = session.execute(
        sa.update(AuthenticatorApp)
        .where(AuthenticatorApp.account_id == account_id, AuthenticatorApp.last_step < step)
        .values(**values | ({"confirmed_at": at} if confirming else {}))
        .returning(AuthenticatorApp.account_id)
    )
    return taken.scalar_one_or_none() is not None


def spend_recovery_code(session: DistrictSession, account_id: int, typed: str, at: datetime) -> bool:
    """Take a recovery code, within a running transaction; whether it is the account's and was never taken."""
    taken = session.execute(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == code_hash(typed),
            RecoveryCode.account_id == account_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.code_hash)
    )
    return taken.scalar_one_or_none() is not None


def _new_codes(session: DistrictSession, account_id: int, at: datetime) -> Sequence[str]:
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = tuple(new_code() for _ in range(RECOVERY_CODES))
    session.add_all(
        RecoveryCode(code_hash=code_hash(code), account_id=account_id, made_at=at, used_at=None)
        for code in codes
    )
    return codes


def _forget(session: DistrictSession, account_id: int) -> None:
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    session.execute(sa.delete(AuthenticatorApp).where(AuthenticatorApp.account_id == account_id))


def _tell(scope: Scope, session: DistrictSession, account_id: int, change: FactorChange) -> None:
    """Write the entry and the letter about what one did to one's own account."""
    me = session.scalars(sa.select(Person).where(Person.id == scope.me.id)).one()
    tell_account(session, account_id, me, partial(factor_letter, change), me.name, scope.at)
    session.flush()
    told = audit.Happened(change.value, "person", me.id)
    audit.append(session, [told], at=scope.at, by_person_id=me.id, by_name=me.name)


def _lock(secret: str, account_id: int, keys: Sequence[str]) -> bytes:
    return sealing.lock(secret.encode(), str(account_id), keys[0], purpose=_PURPOSE)


def _unlock(locked: bytes, account_id: int, keys: Sequence[str]) -> str:
    return sealing.unlock(locked, str(account_id), keys, purpose=_PURPOSE).decode()
