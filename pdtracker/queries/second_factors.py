"""Whether an account has a second factor, and how it stands.

What belongs to accounts stands in the installation's tables, so these take a session that was opened for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.access import NEED_A_FACTOR, Role
from pdtracker.models.people import AccountDistrict, Membership, Person
from pdtracker.models.second_factors import AuthenticatorApp, HalfSignIn, RecoveryCode, SecondFactorRule
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class AppFacts:
    """The authenticator app of an account; it counts once it is confirmed."""

    locked_secret: bytes
    confirmed_at: datetime | None
    codes_left: int


def has_app(session: DistrictSession, account_id: int) -> bool:
    """Whether a sign-in to the account needs a second step."""
    return bool(
        session.scalar(
            sa.select(sa.func.count())
            .select_from(AuthenticatorApp)
            .where(AuthenticatorApp.account_id == account_id, AuthenticatorApp.confirmed_at.is_not(None))
        )
    )


def app_facts(session: DistrictSession, account_id: int) -> AppFacts | None:
    """The account's app and how many recovery codes are left; `None` when none was begun."""
    left = (
        sa.select(sa.func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
        .scalar_subquery()
    )
    row = session.execute(
        sa.select(AuthenticatorApp.locked_secret, AuthenticatorApp.confirmed_at, left.label("codes")).where(
            AuthenticatorApp.account_id == account_id
        )
    ).one_or_none()
    return None if row is None else AppFacts(row.locked_secret, row.confirmed_at, row.codes)


def half_account(session: DistrictSession, secret_hash: str, at: datetime) -> int | None:
    """Whose sign-in waits for its second factor behind this cookie; `None` when none does any more."""
    return session.scalar(
        sa.select(HalfSignIn.account_id).where(
            HalfSignIn.secret_hash == secret_hash, HalfSignIn.expires_at > at
        )
    )


def app_of_person(session: DistrictSession, district_id: int, person_id: int) -> datetime | None:
    """Since when the account of a person has a second factor; `None` without one, and without an account."""
    return session.scalar(
        sa.select(AuthenticatorApp.confirmed_at)
        .select_from(AuthenticatorApp)
        .join(AccountDistrict, AccountDistrict.account_id == AuthenticatorApp.account_id)
        .where(AccountDistrict.district_id == district_id, AccountDistrict.person_id == person_id)
    )


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who reviews or administers, and since when they have a second factor."""

    person_id: int
    name: str
    roles: tuple[Role, ...]
    since: datetime | None


def rule_since(scope: Scope) -> datetime | None:
    """Since when nobody reviews or administers in the district without a second factor; `None` where it isn't so."""
    return scope.session.scalar(sa.select(SecondFactorRule.since))


def deciders(scope: Scope, doors: DistrictSession) -> tuple[Decider, ...]:
    """Everybody who reviews or administers in the district, by name; `doors` reads what belongs to accounts."""
    rows = scope.session.execute(
        sa.select(Person.id, Person.name, Membership.role)
        .select_from(Person)
        .join(
            Membership,
            sa.and_(Membership.district_id == Person.district_id, Membership.person_id == Person.id),
        )
        .where(Membership.role.in_(NEED_A_FACTOR), Person.left_at.is_(None))
        .distinct()
        .order_by(Person.name, Person.id, Membership.role)
    ).all()
    since = dict(
        doors.execute(
            sa.select(AccountDistrict.person_id, AuthenticatorApp.confirmed_at)
            .select_from(AccountDistrict)
            .join(AuthenticatorApp, AuthenticatorApp.account_id == AccountDistrict.account_id)
            .where(AccountDistrict.district_id == scope.district.id)
        ).all()
    )
    return tuple(
        Decider(person_id, name, tuple(row.role for row in held), since.get(person_id))
        for (person_id, name), held in groupby(rows, key=lambda row: (row.id, row.name))
    )
