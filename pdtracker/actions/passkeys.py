"""Passkeys: made, named and removed by their owner, and a sign-in that needs neither password nor code."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from pdtracker import audit, passkey_proofs
from pdtracker.actions.accounts import SECRET_BYTES, NewSignIn, begin_whole, mark_of, network, secret_hash
from pdtracker.actions.joining import lock_account, tell_account
from pdtracker.actions.rates import Limit, count_try
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.second_factor_letters import FactorChange, factor_letter
from pdtracker.models.ids import new_id
from pdtracker.models.passkeys import Passkey, PasskeyChallenge
from pdtracker.models.people import Account, Person
from pdtracker.passkey_proofs import NotProved, Site
from pdtracker.queries.accounts import live_sign_in
from pdtracker.scope import Scope

logger = logging.getLogger(__name__)

MOST = 20
LASTS = timedelta(minutes=5)
_CHALLENGE_BYTES = 32
NOT_TAKEN = "This passkey can't sign you in here. Try again, or use your password."
_NOT_MADE = "The passkey was not made, or it took longer than five minutes. Try again."


def new_challenge(database: Database, *, address: str, key: str, at: datetime) -> bytes:
    """Something to sign, once, within five minutes. Raises TooManyTries."""
    near = network(address)
    limits = [
        Limit("passkey", near, timedelta(minutes=1), 60),
        Limit("passkey", near, timedelta(hours=1), 600),
    ]
    count_try(database, limits, key=key, at=at)
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    with database.session(None, installation=True) as session, session.writing():
        session.execute(sa.delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= at))
        session.add(PasskeyChallenge(challenge_hash=_hash(challenge), expires_at=at + LASTS))
    return challenge


def add_passkey(
    scope: Scope,
    database: Database,
    account_id: int,
    *,
    challenge: bytes,
    credential: str,
    name: str,
    site: Site,
) -> None:
    """Keep a passkey that was made for this challenge. Raises NotValid at `credential`; NotNow beyond 20."""
    _use_challenge(database, challenge, scope.at)
    try:
        new = passkey_proofs.made(site, challenge, credential)
    except NotProved as error:
        raise NotValid({"credential": _NOT_MADE}) from error
    with database.session(scope.district.id, installation=True) as session, session.writing():
        lock_account(session, account_id)
        held = session.scalars(sa.select(Passkey.credential_id).where(Passkey.account_id == account_id)).all()
        if len(held) >= MOST:
            raise NotNow("too_many_passkeys", f"{MOST} passkeys are the most. Remove one that you don't use.")
        if session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == new.credential_id)):
            raise NotValid({"credential": _NOT_MADE})
        session.add(
            Passkey(
                id=new_id(),
                account_id=account_id,
                credential_id=new.credential_id,
                public_key=new.public_key,
                sign_count=new.sign_count,
                name=name,
                made_at=scope.at,
                used_at=None,
            )
        )
        _tell(scope, session, account_id, FactorChange.PASSKEY_ADDED, name)


def remove_passkey(scope: Scope, database: Database, account_id: int, passkey_id: int) -> None:
    """Let one's own passkey sign in no more. Raises NotHere for anybody else's."""
    with database.session(scope.district.id, installation=True) as session, session.writing():
        name = session.execute(
            sa.delete(Passkey)
            .where(Passkey.id == passkey_id, Passkey.account_id == account_id)
            .returning(Passkey.name)
        ).scalar_one_or_none()
        if name is None:
            raise NotHere
        _tell(scope, session, account_id, FactorChange.PASSKEY_REMOVED, name)


def sign_in_with_passkey(
    database: Database,
    *,
    challenge: bytes,
    credential: str,
    site: Site,
    key: str,
    address: str,
    browser: str,
    at: datetime,
) -> NewSignIn:
    """Begin a sign-in. Raises NotPermitted with the same words whatever was wrong."""
    try:
        _use_challenge(database, challenge, at)
        credential_id = passkey_proofs.named(credential)
        with database.session(None, installation=True) as session:
            row = session.execute(
                sa.select(
                    Passkey.id, Passkey.account_id, Passkey.public_key, Passkey.sign_count, Account.email_key
                )
                .select_from(Passkey)
                .join(Account, Account.id == Passkey.account_id)
                .where(Passkey.credential_id == credential_id, Account.disabled_at.is_(None))
            ).one_or_none()
        if row is None:
            raise NotProved("unknown passkey")
        count = passkey_proofs.used(site, challenge, credential, row.public_key, row.sign_count)
    except (NotProved, NotValid) as error:
        logger.warning("passkey_refused", extra={"network": network(address)})
        raise NotPermitted("passkey_refused", NOT_TAKEN) from error
    secret, mark = secrets.token_urlsafe(SECRET_BYTES), mark_of(row.email_key, network(address), key)
    with database.session(None, installation=True) as session:
        with session.writing():
            # Of two uses at once with one counter, one is of a copy. A passkey removed meanwhile is none.
            kept = session.execute(
                sa.update(Passkey)
                .where(Passkey.id == row.id, Passkey.sign_count == row.sign_count)
                .values(sign_count=count, used_at=at)
                .returning(Passkey.id)
            ).scalar_one_or_none()
            if kept is None:
                raise NotPermitted("passkey_refused", NOT_TAKEN)
            begin_whole(session, row.account_id, secret, browser=browser, mark=mark, at=at)
        facts = live_sign_in(session, secret_hash(secret), at)
    if facts is None:
        raise NotPermitted("passkey_refused", NOT_TAKEN)
    logger.info("sign_in", extra={"account": row.account_id, "network": network(address)})
    return NewSignIn(secret, facts)


def forget_passkeys(session: DistrictSession, account_id: int) -> None:
    """Remove every passkey of an account that is given back to its owner, within a running transaction."""
    session.execute(sa.delete(Passkey).where(Passkey.account_id == account_id))


def _use_challenge(database: Database, challenge: bytes, at: datetime) -> None:
    with database.session(None, installation=True) as session, session.writing():
        used = session.execute(
            sa.delete(PasskeyChallenge)
            .where(PasskeyChallenge.challenge_hash == _hash(challenge), PasskeyChallenge.expires_at > at)
            .returning(PasskeyChallenge.challenge_hash)
        ).scalar_one_or_none()
    if used is None:
        raise NotValid({"credential": _NOT_MADE})


def _tell(scope: Scope, session: DistrictSession, account_id: int, change: FactorChange, name: str) -> None:
    me = session.scalars(sa.select(Person).where(Person.id == scope.me.id)).one()
    tell_account(session, account_id, me, partial(factor_letter, change, reason=name), me.name, scope.at)
    session.flush()
    told = audit.Happened(change.value, "person", me.id, {"passkey": name})
    audit.append(session, [told], at=scope.at, by_person_id=me.id, by_name=me.name)


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()
