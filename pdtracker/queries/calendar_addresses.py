"""Addresses under which people's calendars are read: one's own list, and whose a secret is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.models.districts import District
from pdtracker.models.going import CalendarAddress
from pdtracker.models.people import Account, AccountDistrict
from pdtracker.scope import DistrictFacts, Scope


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address that is in use, for its owner: the secret itself is nowhere."""

    id: int
    name: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose calendar an address leads to; `zone` is where they read times, if not in their district's."""

    district: DistrictFacts
    person_id: int
    zone: str | None


def my_addresses(scope: Scope) -> tuple[AddressRow, ...]:
    """The acting person's addresses that are in use, the latest first. One statement."""
    rows = scope.session.execute(
        sa.select(CalendarAddress.id, CalendarAddress.name, CalendarAddress.made_at)
        .where(CalendarAddress.person_id == scope.me.id, CalendarAddress.revoked_at.is_(None))
        .order_by(CalendarAddress.made_at.desc(), CalendarAddress.id)
    )
    return tuple(AddressRow(*row) for row in rows)


def owner_of(session: DistrictSession, token_hash: str) -> Owner | None:
    """Whose address this is, for the door; `None` for what never was, was revoked, or whose account is closed.

    One statement, the same for all of them. It is found by its hash, so how long that takes tells nothing of a secret.
    """
    row = session.execute(
        sa.select(CalendarAddress.person_id, District, Account.zone)
        .join(District, District.id == CalendarAddress.district_id)
        .outerjoin(
            AccountDistrict,
            sa.and_(
                AccountDistrict.district_id == CalendarAddress.district_id,
                AccountDistrict.person_id == CalendarAddress.person_id,
            ),
        )
        .outerjoin(Account, Account.id == AccountDistrict.account_id)
        .where(
            CalendarAddress.token_hash == token_hash,
            CalendarAddress.revoked_at.is_(None),
            Account.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    found = row.District
    district = DistrictFacts(found.id, found.slug, found.name, found.place, found.zone, found.sponsor_number)
    return Owner(district, row.person_id, row.zone)
