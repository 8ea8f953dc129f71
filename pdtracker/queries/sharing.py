"""Shared certificates: one's own addresses with who opened them when, and whose an address is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.sharing import NOTED_EVERY
from pdtracker.models.certificates import Certificate, ShareLink
from pdtracker.models.districts import District
from pdtracker.models.records import AuditEntry
from pdtracker.queries.certificates import Listed, certificates
from pdtracker.scope import DistrictFacts, Scope

SHARE_LINK: Final = "share_link"
OPENED: Final = "share.opened"
_MOST_OPENINGS: Final = 500


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An address that is good, for its owner: the secret itself is nowhere. `title` is one certificate's, or none."""

    id: int
    name: str
    title: str | None
    made_at: datetime
    expires_at: datetime
    opened_at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What an address leads to."""

    link_id: int
    district: DistrictFacts
    person_id: int
    certificate_id: int | None
    expires_at: datetime


def my_links(scope: Scope) -> tuple[LinkRow, ...]:
    """The acting person's addresses that are good, the latest first, with when they were opened. Two statements."""
    rows = scope.session.execute(
        sa.select(ShareLink.id, ShareLink.name, Certificate.title, ShareLink.made_at, ShareLink.expires_at)
        .outerjoin(
            Certificate,
            sa.and_(
                Certificate.district_id == ShareLink.district_id, Certificate.id == ShareLink.certificate_id
            ),
        )
        .where(
            ShareLink.person_id == scope.me.id,
            ShareLink.revoked_at.is_(None),
            ShareLink.expires_at > scope.at,
        )
        .order_by(ShareLink.made_at.desc(), ShareLink.id)
    ).all()
    openings: dict[int, list[datetime]] = {row.id: [] for row in rows}
    for entry in scope.session.execute(
        sa.select(AuditEntry.subject_id, AuditEntry.at)
        .where(
            AuditEntry.subject == SHARE_LINK,
            AuditEntry.action == OPENED,
            AuditEntry.subject_id.in_(openings),
        )
        .order_by(AuditEntry.seq.desc())
        .limit(_MOST_OPENINGS)
    ):
        openings[entry.subject_id].append(entry.at)
    return tuple(LinkRow(*row, opened_at=tuple(openings[row.id])) for row in rows)


def shared_of(session: DistrictSession, token_hash: str, at: datetime) -> Shared | None:
    """What an address leads to, for the door; `None` for what never was, was ended, or is over. One statement.

    It is found by its hash, so how long that takes tells nothing of a secret.
    """
    row = session.execute(
        sa.select(ShareLink.id, ShareLink.person_id, ShareLink.certificate_id, ShareLink.expires_at, District)
        .join(District, District.id == ShareLink.district_id)
        .where(ShareLink.token_hash == token_hash, ShareLink.revoked_at.is_(None), ShareLink.expires_at > at)
    ).one_or_none()
    if row is None:
        return None
    found = row.District
    district = DistrictFacts(found.id, found.slug, found.name, found.place, found.zone, found.sponsor_number)
    return Shared(row.id, district, row.person_id, row.certificate_id, row.expires_at)


def certificates_in(scope: Scope, shared: Shared) -> tuple[Listed, ...]:
    """What the address shows: the one certificate, whatever became of it, or all that stand. One statement."""
    return tuple(
        one
        for one in reversed(certificates(scope, person_id=shared.person_id))
        if (one.id == shared.certificate_id if shared.certificate_id else one.status == "valid")
    )


def minutes_of(rows: Sequence[Listed]) -> int:
    """What the valid ones among them certify together; hours that one only sums up count once."""
    valid = [one for one in rows if one.status == "valid"]
    return sum(one.minutes for one in valid if not one.sums_up or len(rows) == 1)


def is_noted(scope: Scope, link_id: int) -> bool:
    """Whether an opening within the last minutes is noted already. One statement."""
    found = sa.exists(
        sa.select(AuditEntry.seq).where(
            AuditEntry.subject == SHARE_LINK,
            AuditEntry.subject_id == link_id,
            AuditEntry.action == OPENED,
            AuditEntry.at > scope.at - NOTED_EVERY,
        )
    )
    return bool(scope.session.scalar(sa.select(found)))
