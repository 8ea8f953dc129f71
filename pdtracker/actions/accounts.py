"""Signing in and out, and what people do with their own account.

An account belongs to the installation, not to a district, so these take the database and the moment. What happened
goes to the log (`sign_in`, `sign_in_refused`, `sign_out`, `password_changed`).
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker import audit, passwords
from pdtracker.actions.rates import Limit, count_try, give_back
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.refusals import NotHere, NotPermitted, NotValid
from pdtracker.domain.when import known_zone
from pdtracker.models.people import Account, SignIn
from pdtracker.models.second_factors import HalfSignIn
from pdtracker.queries.accounts import LONGEST, SignInFacts, live_sign_in
from pdtracker.queries.second_factors import has_app
from pdtracker.scope import Scope

logger = logging.getLogger(__name__)

WRONG = "This e-mail address and password don't fit together. Check both; capital letters count."
_BROWSER_CHARACTERS = 200
SECRET_BYTES = 32
HALF_LASTS = timedelta(minutes=10)
_KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NewSignIn:
    """A sign-in that has just begun: the secret for the cookie, and what the doors know."""

    secret: str
    facts: SignInFacts


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right, and a second factor is due: the secret for the cookie, which leads nowhere else."""

    secret: str


def email_key(email: str) -> str:
    """The form in which an address is looked up: one person doesn't get two accounts by a capital letter."""
    return email.strip().casefold()


def secret_hash(secret: str) -> str:
    """What the table keeps of a secret in a cookie or an address: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def sign_in(
    database: Database, email: str, password: str, *, key: str, address: str, browser: str, at: datetime
) -> NewSignIn | HalfWay:
    """Begin a sign-in. Raises NotPermitted with the same words and after the same work for every wrong pair.

    Where the account has a second factor it is half a sign-in, which `second_steps.finish_sign_in` makes whole.

    `address` is where the request came from, `key` the installation's secret. Raises TooManyTries before any
    password is looked at. Strangers, in whatever networks, don't use up the tries of who signed in from the same
    network with the same browser within a month: these have tries of their own, and few.
    """
    who, near, browser = email_key(email), network(address), browser[:_BROWSER_CHARACTERS]
    mark = mark_of(who, near, key)
    if _is_known(database, who, mark, browser, at):
        limits = _limits_of_known(who, near, browser)
        count_try(database, limits, key=key, at=at)
    else:
        of_network, of_account = _limits_of_strangers(who, near)
        limits = [*of_network, *of_account]
        # One after the other: what is refused for its network uses up none of the account's tries.
        count_try(database, of_network, key=key, at=at)
        count_try(database, of_account, key=key, at=at)
    with database.session(None, installation=True) as session:
        account = session.execute(
            sa.select(Account.id, Account.password_hash, Account.disabled_at).where(Account.email_key == who)
        ).one_or_none()
        session.rollback()
        is_open = account is not None and account.disabled_at is None
        verdict = passwords.check_password(account.password_hash if account and is_open else None, password)
        if account is None or not verdict.is_right:
            logger.warning("sign_in_refused", extra={"network": near})
            raise NotPermitted("wrong_password", WRONG)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        with session.writing():
            if verdict.is_outdated:
                _set_password(session, account.id, password)
            give_back(session, limits, key=key, at=at)
            is_half = has_app(session, account.id)
            if is_half:
                _begin_half(session, account.id, secret, at)
            else:
                begin_whole(session, account.id, secret, browser=browser, mark=mark, at=at)
        facts = None if is_half else live_sign_in(session, secret_hash(secret), at)
    if is_half:
        logger.info("sign_in_half", extra={"account": account.id, "network": near})
        return HalfWay(secret)
    if facts is None:
        # The account was closed in the same moment.
        raise NotPermitted("wrong_password", WRONG)
    logger.info("sign_in", extra={"account": account.id, "network": near})
    return NewSignIn(secret, facts)


def begin_whole(
    session: DistrictSession, account_id: int, secret: str, *, browser: str, mark: str | None, at: datetime
) -> None:
    """The row of a sign-in that needs nothing more, within a running transaction."""
    session.add(
        SignIn(
            secret_hash=secret_hash(secret),
            account_id=account_id,
            created_at=at,
            seen_at=at,
            expires_at=at + LONGEST,
            ended_at=None,
            browser=browser[:_BROWSER_CHARACTERS],
            network=mark,
        )
    )


def end_sign_ins(session: DistrictSession, account_id: int, at: datetime, *, keep: int | None = None) -> None:
    """End every sign-in of an account but `keep`, halves too, within a running transaction."""
    others = sa.true() if keep is None else SignIn.id != keep
    session.execute(
        sa.update(SignIn)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), others)
        .values(ended_at=at)
    )
    session.execute(sa.delete(HalfSignIn).where(HalfSignIn.account_id == account_id))


def note_seen(database: Database, sign_in_id: int, at: datetime) -> None:
    """Keep that the browser is in use."""
    with database.session(None, installation=True) as session, session.writing():
        session.execute(sa.update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=at))


def sign_out(database: Database, sign_in_id: int, at: datetime) -> None:
    """End a sign-in: its cookie is worth nothing from now on, wherever a copy of it lies."""
    with database.session(None, installation=True) as session, session.writing():
        session.execute(
            sa.update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None)).values(ended_at=at)
        )
    logger.info("sign_out", extra={"sign_in": sign_in_id})


def end_other_browser(database: Database, account_id: int, sign_in_id: int, at: datetime) -> None:
    """End one of the account's own sign-ins. Raises NotHere for anybody else's."""
    with database.session(None, installation=True) as session, session.writing():
        ended = session.execute(
            sa.update(SignIn)
            .where(SignIn.id == sign_in_id, SignIn.account_id == account_id, SignIn.ended_at.is_(None))
            .values(ended_at=at)
            .returning(SignIn.id)
        ).scalar_one_or_none()
    if ended is None:
        raise NotHere
    logger.info("sign_out", extra={"sign_in": sign_in_id})


def change_password(
    scope: Scope, database: Database, account_id: int, *, old: str, new: str, keep: int, key: str
) -> None:
    """Change one's own password, and end every sign-in of the account but `keep`.

    The entry stands in the trail of the district that one is in. Raises NotValid at `old` or `new`, TooManyTries
    after a few wrong ones.
    """
    at, me = scope.at, scope.me
    require_password(database, account_id, old, field="old", key=key, at=at)
    with database.session(scope.district.id, installation=True) as session:
        email = session.scalars(sa.select(Account.email).where(Account.id == account_id)).one()
        session.rollback()
        if reason := passwords.weakness(new, about=(email, me.name)):
            raise NotValid({"new": reason})
        hashed = passwords.hash_password(new)
        with session.writing():
            session.execute(sa.update(Account).where(Account.id == account_id).values(password_hash=hashed))
            end_sign_ins(session, account_id, at, keep=keep)
            changed = audit.Happened("person.password_changed", "person", me.id)
            audit.append(session, [changed], at=at, by_person_id=me.id, by_name=me.name)
    logger.info("password_changed", extra={"account": account_id})


def require_password(
    database: Database, account_id: int, typed: str, *, field: str, key: str, at: datetime
) -> None:
    """Whoever is signed in proves to be the account's owner. Raises NotValid at `field`, TooManyTries."""
    limits = [
        Limit("password", str(account_id), timedelta(minutes=1), 5),
        Limit("password", str(account_id), timedelta(hours=1), 20),
    ]
    count_try(database, limits, key=key, at=at)
    with database.session(None, installation=True) as session:
        stored = session.scalars(sa.select(Account.password_hash).where(Account.id == account_id)).one()
        session.rollback()
        if not passwords.check_password(stored, typed).is_right:
            raise NotValid({field: "This is not your password. Enter the one that you signed in with."})
        with session.writing():
            give_back(session, limits, key=key, at=at)


def prove_again(
    database: Database, account_id: int, sign_in_id: int, *, password: str, key: str, at: datetime
) -> None:
    """Note that who sits at a signed-in browser knows the password. Raises NotValid at `password`, TooManyTries."""
    require_password(database, account_id, password, field="password", key=key, at=at)
    with database.session(None, installation=True) as session, session.writing():
        session.execute(sa.update(SignIn).where(SignIn.id == sign_in_id).values(confirmed_at=at))
    logger.info("proved_again", extra={"account": account_id})


def change_zone(database: Database, account_id: int, zone: str | None) -> None:
    """Choose in which zone one reads times; `None` stands for that of one's district. Raises NotValid at `zone`."""
    if zone is not None and not known_zone(zone):
        raise NotValid({"zone": "Choose a time zone from the list."})
    with database.session(None, installation=True) as session, session.writing():
        session.execute(sa.update(Account).where(Account.id == account_id).values(zone=zone))
    logger.info("zone_changed", extra={"account": account_id})


def network(address: str) -> str:
    """The network of an address, /24 or for IPv6 /48: what one attacker has at hand. "" when it can't be read."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6 and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def _set_password(session: DistrictSession, account_id: int, password: str) -> None:
    session.execute(
        sa.update(Account)
        .where(Account.id == account_id)
        .values(password_hash=passwords.hash_password(password))
    )


def mark_of(who: str, near: str, key: str) -> str | None:
    """What a sign-in keeps of its network; `None` when it isn't known."""
    if not near:
        return None
    told = f"sign-in from\0{who}\0{near}"
    return hashlib.blake2b(told.encode(), key=key.encode()[:64], digest_size=20).hexdigest()


def _begin_half(session: DistrictSession, account_id: int, secret: str, at: datetime) -> None:
    # Who never came to the second step leaves nothing behind.
    session.execute(sa.delete(HalfSignIn).where(HalfSignIn.expires_at <= at))
    session.add(
        HalfSignIn(secret_hash=secret_hash(secret), account_id=account_id, expires_at=at + HALF_LASTS)
    )


def _is_known(database: Database, who: str, mark: str | None, browser: str, at: datetime) -> bool:
    """Whether this account was signed in from the same network with the same browser not long ago.

    The same question is asked for an address without an account.
    """
    with database.session(None, installation=True) as session:
        found = session.scalar(
            sa.select(SignIn.id)
            .join(Account, Account.id == SignIn.account_id)
            .where(
                Account.email_key == who,
                SignIn.network == mark,
                SignIn.browser == browser,
                SignIn.created_at > at - _KNOWN_FOR,
            )
            .limit(1)
        )
    return mark is not None and found is not None


def _limits_of_known(who: str, near: str, browser: str) -> list[Limit]:
    """Of a browser that the account was in before; whoever sits beside it with another one has the strangers' tries."""
    here = f"{who} {near} {browser}"
    return [
        Limit("sign-in known", here, timedelta(minutes=1), 5),
        Limit("sign-in known", here, timedelta(minutes=15), 10),
        Limit("sign-in known", here, timedelta(days=1), 30),
    ]


def _limits_of_strangers(who: str, near: str) -> tuple[list[Limit], list[Limit]]:
    """Of the network, and of the account: strangers guessing from one network leave the owner nearly all tries."""
    both = f"{who} {near}"
    return [
        Limit("sign-in", both, timedelta(minutes=1), 5),
        Limit("sign-in", both, timedelta(minutes=15), 10),
        Limit("sign-in", both, timedelta(days=1), 30),
        Limit("sign-in network", near, timedelta(minutes=1), 30),
        Limit("sign-in network", near, timedelta(hours=1), 200),
    ], [Limit("sign-in account", who, timedelta(hours=1), 50)]
