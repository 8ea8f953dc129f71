"""A district's commitment: its versions, and the figures that say how far it is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.access import Role
from pdtracker.domain.commitment import CONNECTED_KINDS, CommitmentFigures, Pledge, from_document
from pdtracker.domain.when import instant
from pdtracker.models.base import UtcDay
from pdtracker.models.claims import Claim
from pdtracker.models.commitments import Commitment
from pdtracker.models.credit import Award
from pdtracker.models.people import Membership, Person


@dataclass(frozen=True, slots=True)
class CommitmentVersion:
    """A version of the commitment. Without pledges the district took it back."""

    version: int
    words: str
    pledges: tuple[Pledge, ...]
    from_on: date
    until_on: date
    by_name: str
    at: datetime


def commitment_versions(session: DistrictSession) -> tuple[CommitmentVersion, ...]:
    """Every version of the session's district, the newest first. One statement."""
    rows = session.execute(
        sa.select(Commitment, Person.name)
        .join(Person, Person.id == Commitment.published_by_id)
        .order_by(Commitment.version.desc())
    )
    return tuple(
        CommitmentVersion(
            one.version,
            one.words,
            from_document(one.promises),
            one.from_on,
            one.until_on,
            name,
            one.published_at,
        )
        for one, name in rows
    )


def commitment_figures(session: DistrictSession, first: date, last: date, zone: str) -> CommitmentFigures:
    """What the records of the session's district say of a time, both days included. Four statements.

    Only what still stands counts: what was taken back is not in it.
    """
    in_time = Award.activity_on.between(first, last)
    minutes = session.execute(
        sa.select(
            sa.cast(sa.func.coalesce(sa.func.sum(Award.minutes), 0), sa.BigInteger).label("all_of_them"),
            sa.cast(
                sa.func.coalesce(
                    sa.func.sum(sa.case((Award.kind.in_(CONNECTED_KINDS), Award.minutes), else_=0)), 0
                ),
                sa.BigInteger,
            ).label("connected"),
        ).where(in_time)
    ).one()
    earners = (
        sa.select(Award.person_id.label("person_id"))
        .where(in_time)
        .group_by(Award.person_id)
        .having(sa.func.sum(Award.minutes) > 0)
        .subquery()
    )
    people = session.scalar(sa.select(sa.func.count()).select_from(earners)) or 0
    teachers = session.execute(
        sa.select(
            sa.func.count(Person.id).label("all_of_them"),
            sa.func.count(earners.c.person_id).label("credited"),
        )
        .select_from(Person)
        .join(Membership, sa.and_(Membership.person_id == Person.id, Membership.role == Role.TEACHER))
        .outerjoin(earners, earners.c.person_id == Person.id)
        .where(Person.left_at.is_(None))
    ).one()
    return CommitmentFigures(
        credited_minutes=minutes.all_of_them,
        connected_minutes=minutes.connected,
        credited_people=people,
        teachers=teachers.all_of_them,
        teachers_credited=teachers.credited,
        decision_days=_decision_days(session, first, last, zone),
    )


def _decision_days(session: DistrictSession, first: date, last: date, zone: str) -> dict[int, int]:
    """How many claims took how many days, by the days of UTC: one row for each pair of days, not for each claim."""
    begins = instant(datetime.combine(first, time()), zone)
    ends = instant(datetime.combine(last + timedelta(days=1), time()), zone)
    sent, decided = UtcDay(Claim.submitted_at), UtcDay(Claim.decided_at)
    rows = session.execute(
        sa.select(sent.label("sent"), decided.label("decided"), sa.func.count(Claim.id).label("claims"))
        .where(
            Claim.submitted_at.is_not(None),
            Claim.decided_at >= begins,
            Claim.decided_at < ends,
            Claim.follow_up.is_(None),
        )
        .group_by(sent, decided)
    )
    counted: Counter[int] = Counter()
    for row in rows:
        counted[max((row.decided - row.sent).days, 0)] += row.claims
    return dict(counted)
