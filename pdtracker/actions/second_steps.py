"""The second step of a sign-in: a code of the app, or a recovery code, makes half a sign-in whole."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from pdtracker import audit
from pdtracker.actions.accounts import SECRET_BYTES, NewSignIn, begin_whole, mark_of, network, secret_hash
from pdtracker.actions.joining import tell_account
from pdtracker.actions.rates import count_try, give_back
from pdtracker.actions.second_factors import NO_FIT, code_limits, spend_app_code, spend_recovery_code
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.second_factor_letters import FactorChange, factor_letter
from pdtracker.models.people import Account, AccountDistrict, Person
from pdtracker.models.second_factors import HalfSignIn
from pdtracker.queries.accounts import live_sign_in
from pdtracker.queries.second_factors import app_facts, half_account

logger = logging.getLogger(__name__)

_TOO_LATE = "Your sign-in waited too long for its code. Enter e-mail address and password again."


@dataclass(frozen=True, slots=True)
class _Half:
    secret: str
    account_id: int
    email_key: str
    district_id: int | None
    person_id: int | None


def finish_sign_in(
    database: Database,
    half_secret: str,
    typed: str,
    *,
    keys: Sequence[str],
    address: str,
    browser: str,
    at: datetime,
) -> NewSignIn:
    """Make half a sign-in whole, under a new secret: what the cookie held before leads nowhere.

    `keys` are the installation's secrets, the current one first. Raises NotNow when the half ran out or was used,
    NotValid at `code`, TooManyTries before any code is looked at.
    """
    half = _half(database, half_secret, at)
    limits = code_limits(half.account_id)
    count_try(database, limits, key=keys[0], at=at)
    secret, near = secrets.token_urlsafe(SECRET_BYTES), network(address)
    with database.session(half.district_id, installation=True) as session:
        with session.writing():
            # Of two requests with one half, one goes on.
            _use(session, half)
            _require_code(session, half, "".join(typed.split()), keys, at)
            mark = mark_of(half.email_key, near, keys[0])
            begin_whole(session, half.account_id, secret, browser=browser, mark=mark, at=at)
            give_back(session, limits, key=keys[0], at=at)
        facts = live_sign_in(session, secret_hash(secret), at)
    if facts is None:
        # The account was closed in the same moment.
        raise NotNow("half_sign_in_ended", _TOO_LATE)
    logger.info("sign_in", extra={"account": half.account_id, "network": near})
    return NewSignIn(secret, facts)


def _half(database: Database, half_secret: str, at: datetime) -> _Half:
    with database.session(None, installation=True) as session:
        account_id = half_account(session, secret_hash(half_secret), at)
        if account_id is None:
            raise NotNow("half_sign_in_ended", _TOO_LATE)
        row = session.execute(
            sa.select(Account.email_key, AccountDistrict.district_id, AccountDistrict.person_id)
            .select_from(Account)
            .outerjoin(AccountDistrict, AccountDistrict.account_id == Account.id)
            .where(Account.id == account_id)
            .order_by(AccountDistrict.district_id)
            .limit(1)
        ).one()
    return _Half(half_secret, account_id, row.email_key, row.district_id, row.person_id)


def _use(session: DistrictSession, half: _Half) -> None:
    used = session.execute(
        sa.delete(HalfSignIn)
        .where(HalfSignIn.secret_hash == secret_hash(half.secret))
        .returning(HalfSignIn.account_id)
    ).scalar_one_or_none()
    if used is None:
        raise NotNow("half_sign_in_ended", _TOO_LATE)


def _require_code(
    session: DistrictSession, half: _Half, typed: str, keys: Sequence[str], at: datetime
) -> None:
    if spend_app_code(session, half.account_id, typed, keys, at):
        return
    if not spend_recovery_code(session, half.account_id, typed, at):
        logger.warning("second_factor_refused", extra={"account": half.account_id})
        raise NotValid({"code": NO_FIT})
    _tell(session, half, at)


def _tell(session: DistrictSession, half: _Half, at: datetime) -> None:
    """A recovery code in other hands is told to its owner. Without a district nobody writes letters."""
    person = session.scalar(sa.select(Person).where(Person.id == half.person_id)) if half.person_id else None
    if person is None:
        return
    facts = app_facts(session, half.account_id)
    left = facts.codes_left if facts else 0
    letter = partial(factor_letter, FactorChange.CODE_USED, left=left)
    tell_account(session, half.account_id, person, letter, person.name, at)
    session.flush()
    told = audit.Happened(FactorChange.CODE_USED.value, "person", person.id, {"left": left})
    audit.append(session, [told], at=at, by_person_id=person.id, by_name=person.name)
