"""Accounts and signed-in browsers: what the doors ask before anybody has a district.

These read the installation's tables, so they take a session that was opened for it, not a scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from pdtracker.db import DistrictSession
from pdtracker.models.districts import District
from pdtracker.models.people import Account, AccountDistrict, SignIn
from pdtracker.models.second_factors import AuthenticatorApp, SecondFactorRule
from pdtracker.scope import DistrictFacts

IDLE = timedelta(hours=2)
"""A browser that showed no sign of life for so long is signed out."""
LONGEST = timedelta(hours=12)
"""A sign-in ends after so long, whatever happens in it."""
FRESH = timedelta(minutes=15)
"""So long a proof holds for what asks for one again: deciding many claims, roles, revoking."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly `seen_at` is kept: a page costs a write no oftener than this."""


@dataclass(frozen=True, slots=True)
class Home:
    """A district of an account, and who the account is there."""

    district: DistrictFacts
    person_id: int
    insists: bool = False
    """Whether nobody reviews or administers there without a second factor."""


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """A live sign-in: whose it is, and where they belong."""

    id: int
    account_id: int
    email: str
    seen_at: datetime
    zone: str | None
    homes: tuple[Home, ...]
    has_factor: bool
    proved_at: datetime
    """When its owner last proved to be there, with the password."""

    def is_fresh(self, at: datetime) -> bool:
        """Whether that was a short while ago."""
        return at - self.proved_at < FRESH


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """A signed-in browser, for the account's owner."""

    id: int
    browser: str
    created_at: datetime
    seen_at: datetime


def live_sign_in(session: DistrictSession, secret_hash: str, at: datetime) -> SignInFacts | None:
    """The sign-in behind a cookie, in one statement; `None` when it ended, ran out, or its account was closed."""
    rows = session.execute(_LIVE_SIGN_IN, {"secret_hash": secret_hash} | _alive_at(at)).all()
    if not rows:
        return None
    return SignInFacts(
        id=rows[0].id,
        account_id=rows[0].account_id,
        email=rows[0].email,
        seen_at=rows[0].seen_at,
        zone=rows[0].own_zone,
        homes=tuple(
            Home(_district(row), row.person_id, insists=row.insists_since is not None)
            for row in rows
            if row.district_id is not None
        ),
        has_factor=rows[0].factor_since is not None,
        proved_at=rows[0].confirmed_at or rows[0].created_at,
    )


def whose_sign_in(session: DistrictSession, secret_hash: str) -> int | None:
    """The account of a sign-in, also of one that ended; `None` when there never was one."""
    return session.scalar(sa.select(SignIn.account_id).where(SignIn.secret_hash == secret_hash))


def browsers(session: DistrictSession, account_id: int, at: datetime) -> Sequence[BrowserRow]:
    """The browsers in which the account is signed in, the latest seen first."""
    return [
        BrowserRow(row.id, row.browser, row.created_at, row.seen_at)
        for row in session.execute(
            sa.select(SignIn.id, SignIn.browser, SignIn.created_at, SignIn.seen_at)
            .where(SignIn.account_id == account_id, *_ALIVE)
            .order_by(SignIn.seen_at.desc(), SignIn.id),
            _alive_at(at),
        )
    ]


def belongs_elsewhere(session: DistrictSession, district_id: int, person_id: int) -> bool:
    """Whether the person's account leads to another district too."""
    here, elsewhere = orm.aliased(AccountDistrict), orm.aliased(AccountDistrict)
    return bool(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(here)
            .join(elsewhere, elsewhere.account_id == here.account_id)
            .where(
                here.district_id == district_id,
                here.person_id == person_id,
                elsewhere.district_id != district_id,
            )
        )
    )


def accounts_only_here(session: DistrictSession, district_id: int) -> frozenset[int]:
    """The accounts that lead to this district and to no other."""
    here, elsewhere = orm.aliased(AccountDistrict), orm.aliased(AccountDistrict)
    return frozenset(
        session.scalars(
            sa.select(here.account_id)
            .outerjoin(
                elsewhere,
                sa.and_(elsewhere.account_id == here.account_id, elsewhere.district_id != district_id),
            )
            .where(here.district_id == district_id, elsewhere.account_id.is_(None))
        )
    )


def district_by_slug(session: DistrictSession, slug: str) -> DistrictFacts | None:
    """The district of this short name, for commands."""
    row = session.execute(
        sa.select(
            District.id.label("district_id"),
            District.slug,
            District.name,
            District.place,
            District.zone,
            District.sponsor_number,
        ).where(District.slug == slug)
    ).one_or_none()
    return _district(row) if row else None


def _alive_at(at: datetime) -> dict[str, datetime]:
    # `seen_at` may lag behind by SEEN_EVERY; nobody is signed out before the two hours are over.
    return {"at": at, "idle_since": at - IDLE - SEEN_EVERY}


def _district(row: sa.Row[*tuple[Any, ...]]) -> DistrictFacts:
    return DistrictFacts(row.district_id, row.slug, row.name, row.place, row.zone, row.sponsor_number)


_ALIVE = (
    SignIn.ended_at.is_(None),
    SignIn.expires_at > sa.bindparam("at"),
    SignIn.seen_at > sa.bindparam("idle_since"),
)
# Every page asks it: made once, for putting a statement together takes longer than to run it.
_LIVE_SIGN_IN = (
    sa.select(
        SignIn.id,
        SignIn.account_id,
        SignIn.seen_at,
        SignIn.created_at,
        SignIn.confirmed_at,
        Account.email,
        Account.zone.label("own_zone"),
        AccountDistrict.person_id,
        District.id.label("district_id"),
        District.slug,
        District.name,
        District.place,
        District.zone,
        District.sponsor_number,
        SecondFactorRule.since.label("insists_since"),
        # Confirming an app ends the account's other sign-ins, so that each has passed it.
        AuthenticatorApp.confirmed_at.label("factor_since"),
    )
    .select_from(SignIn)
    .join(Account, Account.id == SignIn.account_id)
    .outerjoin(AuthenticatorApp, AuthenticatorApp.account_id == Account.id)
    .outerjoin(AccountDistrict, AccountDistrict.account_id == Account.id)
    .outerjoin(District, District.id == AccountDistrict.district_id)
    .outerjoin(SecondFactorRule, SecondFactorRule.district_id == AccountDistrict.district_id)
    .where(SignIn.secret_hash == sa.bindparam("secret_hash"), Account.disabled_at.is_(None), *_ALIVE)
    .order_by(District.id)
)
