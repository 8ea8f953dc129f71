"""The ways into a district: its letters and links as administrators see them, and what stands behind an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.db import Database, DistrictSession
from pdtracker.models.districts import District
from pdtracker.models.joining import JoiningLetter, JoiningLink, OpenRegistration
from pdtracker.models.people import Account
from pdtracker.queries.accounts import district_by_slug
from pdtracker.scope import DistrictFacts, Scope

_SHOWN_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Way:
    """A way in for who asks by themselves: where it leads, and whose mail it trusts.

    `link_id` is None for the open registration; `by_person_id` made it.
    """

    district: DistrictFacts
    domains: tuple[str, ...]
    link_id: int | None
    by_person_id: int


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What the link of a letter leads to. `has_account`: somebody signs in with this address already."""

    letter_id: int
    district: DistrictFacts
    person_id: int | None
    link_id: int | None
    name: str
    email: str
    email_key: str
    has_account: bool


@dataclass(frozen=True, slots=True)
class LetterRow:
    """An invitation that waits. `link_ends_at` is None until its letter has left; `is_invited`: by the district."""

    id: int
    person_id: int | None
    name: str
    email: str
    by_name: str
    made_at: datetime
    ends_at: datetime
    link_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link that is good."""

    id: int
    name: str
    domains: tuple[str, ...]
    used: int
    most: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How people come into the district today. `open_to` are the domains of the open registration, or nothing."""

    letters: tuple[LetterRow, ...]
    links: tuple[LinkRow, ...]
    open_to: tuple[str, ...]


def ways_in(scope: Scope) -> WaysIn:
    """What administrators see of all ways in. Three statements."""
    letters = scope.session.execute(
        sa.select(
            JoiningLetter.id,
            JoiningLetter.person_id,
            JoiningLetter.name,
            JoiningLetter.email,
            JoiningLetter.by_name,
            JoiningLetter.made_at,
            JoiningLetter.ends_at,
            JoiningLetter.link_ends_at,
        )
        .where(
            JoiningLetter.used_at.is_(None),
            JoiningLetter.withdrawn_at.is_(None),
            # Who asked by themselves and didn't come in is no business of the list after that.
            sa.or_(JoiningLetter.person_id.is_not(None), JoiningLetter.ends_at > scope.at),
        )
        .order_by(JoiningLetter.name, JoiningLetter.id)
        .limit(_SHOWN_LETTERS)
    )
    links = scope.session.execute(
        sa.select(
            JoiningLink.id,
            JoiningLink.name,
            JoiningLink.domains,
            JoiningLink.used,
            JoiningLink.most,
            JoiningLink.ends_at,
        )
        .where(*is_good(scope.at))
        .order_by(JoiningLink.made_at.desc(), JoiningLink.id)
    )
    return WaysIn(
        tuple(LetterRow(*row) for row in letters),
        tuple(
            LinkRow(row.id, row.name, tuple(row.domains), row.used, row.most, row.ends_at) for row in links
        ),
        tuple(scope.session.scalar(sa.select(OpenRegistration.domains)) or ()),
    )


def waiting_letter(scope: Scope, person_id: int) -> LetterRow | None:
    """The invitation of a person that waits, or none. One statement."""
    row = scope.session.execute(
        sa.select(
            JoiningLetter.id,
            JoiningLetter.person_id,
            JoiningLetter.name,
            JoiningLetter.email,
            JoiningLetter.by_name,
            JoiningLetter.made_at,
            JoiningLetter.ends_at,
            JoiningLetter.link_ends_at,
        ).where(
            JoiningLetter.person_id == person_id,
            JoiningLetter.used_at.is_(None),
            JoiningLetter.withdrawn_at.is_(None),
        )
    ).first()
    return LetterRow(*row) if row else None


def is_good(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """What narrows links to those that let somebody in at this moment."""
    return (JoiningLink.ended_at.is_(None), JoiningLink.ends_at > at, JoiningLink.used < JoiningLink.most)


def letter_of(doors: DistrictSession, token_hash: str, at: datetime) -> LetterFacts | None:
    """What a letter's link leads to; `None` when it was used, withdrawn, replaced, or is older than it lasts."""
    row = doors.execute(
        sa.select(
            JoiningLetter.id,
            JoiningLetter.person_id,
            JoiningLetter.link_id,
            JoiningLetter.name,
            JoiningLetter.email,
            JoiningLetter.email_key,
            Account.id.label("account_id"),
            *_DISTRICT,
        )
        .join(District, District.id == JoiningLetter.district_id)
        .outerjoin(
            Account, sa.and_(Account.email_key == JoiningLetter.email_key, Account.disabled_at.is_(None))
        )
        .where(
            JoiningLetter.token_hash == token_hash,
            JoiningLetter.used_at.is_(None),
            JoiningLetter.withdrawn_at.is_(None),
            JoiningLetter.link_ends_at > at,
        )
    ).one_or_none()
    if row is None:
        return None
    return LetterFacts(
        row.id,
        _district(row),
        row.person_id,
        row.link_id,
        row.name,
        row.email,
        row.email_key,
        row.account_id is not None,
    )


def district_of_letter(doors: DistrictSession, token_hash: str) -> DistrictFacts | None:
    """Where a letter's link leads, also when it is over; `None` for one that stands for nothing."""
    row = doors.execute(
        sa.select(*_DISTRICT)
        .join(JoiningLetter, JoiningLetter.district_id == District.id)
        .where(JoiningLetter.token_hash == token_hash)
    ).one_or_none()
    return _district(row) if row else None


def way_of_link(doors: DistrictSession, token_hash: str, at: datetime) -> Way | None:
    """Where a link leads; `None` when it is over, ended or used up."""
    row = doors.execute(
        sa.select(JoiningLink.id, JoiningLink.domains, JoiningLink.by_person_id, *_DISTRICT)
        .join(District, District.id == JoiningLink.district_id)
        .where(JoiningLink.token_hash == token_hash, *is_good(at))
    ).one_or_none()
    return Way(_district(row), tuple(row.domains), row.id, row.by_person_id) if row else None


def way_of_district(database: Database, slug: str) -> Way | None:
    """The open registration of a district; `None` when it is closed, and when there is no such district."""
    with database.session(None, installation=True) as doors:
        there = district_by_slug(doors, slug)
    if there is None:
        return None
    with database.session(there.id) as session:
        row = session.execute(
            sa.select(OpenRegistration.domains, OpenRegistration.by_person_id)
        ).one_or_none()
    return Way(there, tuple(row.domains), None, row.by_person_id) if row else None


def open_way_of(scope: Scope, link_id: int | None) -> int | None:
    """Who made the way by which somebody asked, while it is open; `None` after that."""
    if link_id is None:
        return scope.session.scalar(sa.select(OpenRegistration.by_person_id))
    return scope.session.scalar(
        sa.select(JoiningLink.by_person_id).where(JoiningLink.id == link_id, *is_good(scope.at))
    )


_DISTRICT = (
    District.id.label("district_id"),
    District.slug,
    District.name.label("district_name"),
    District.place,
    District.zone,
    District.sponsor_number,
)


def _district(row: sa.Row[*tuple[Any, ...]]) -> DistrictFacts:
    return DistrictFacts(
        row.district_id, row.slug, row.district_name, row.place, row.zone, row.sponsor_number
    )
