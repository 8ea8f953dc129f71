"""Who stands in for a reviewer: as conditions of other statements, and the list of those agreed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.access import Role
from pdtracker.models.claims import Claim
from pdtracker.models.districts import School
from pdtracker.models.people import Membership, Person
from pdtracker.models.stand_ins import StandIn
from pdtracker.queries.bundles import hosted_by
from pdtracker.queries.turns import endorsed_by, is_turn_of
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class StandInRow:
    """That somebody stands in for somebody, on which days."""

    id: int
    for_person_id: int
    for_name: str
    by_person_id: int
    by_name: str
    from_on: date
    until_on: date


def _holds(agreed: Any, person_id: Any, today: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        agreed.by_person_id == person_id,
        agreed.from_on <= today,
        agreed.until_on >= today,
        agreed.ended_at.is_(None),
    )


# Any: a column or a bound value.
def stood_for(person_id: Any, today: Any) -> sa.ScalarSelect[str]:
    """For whom somebody can take the open review of the claim of the statement around it, by name; NULL for nobody.

    It has to be the turn of who is away, and neither their own claim nor one for an event that they host: nobody
    chooses who decides that. A stand-in passes nothing on to a stand-in of their own.
    """
    agreed, away = aliased(StandIn), aliased(Person)
    return (
        sa.select(sa.func.min(away.name))
        .select_from(agreed)
        .join(away, sa.and_(away.district_id == agreed.district_id, away.id == agreed.for_person_id))
        .where(
            agreed.district_id == Claim.district_id,
            *_holds(agreed, person_id, today),
            away.left_at.is_(None),
            away.id != Claim.person_id,
            ~hosted_by(away.id),
            is_turn_of(away.id),
            ~endorsed_by(person_id),
        )
        .correlate(Claim)
        .scalar_subquery()
    )


# Made once: to put it together takes longer than to run it.
_ME = sa.bindparam("me", type_=sa.BigInteger())
_TURN_WITH = sa.select(
    is_turn_of(_ME).label("own"), stood_for(_ME, sa.bindparam("today", type_=sa.Date())).label("away")
).where(Claim.id == sa.bindparam("claim", type_=sa.BigInteger()))


def turn_with(scope: Scope, claim_id: int) -> tuple[bool, str]:
    """Whether one can take a claim's open review, and for whom, if not by one's own right. One statement."""
    asked = {"claim": claim_id, "me": scope.me.id, "today": scope.today}
    row = scope.session.execute(_TURN_WITH, asked).one_or_none()
    if row is None or row.own:
        return row is not None, ""
    return row.away is not None, row.away or ""


def schools_of_absent(person_id: Any, today: Any) -> sa.Select[int]:
    """The schools for which those review for whom somebody stands in."""
    agreed, role = aliased(StandIn), aliased(Membership)
    return sa.select(School.id).where(
        sa.exists(
            sa.select(agreed.id)
            .join(
                role,
                sa.and_(role.district_id == agreed.district_id, role.person_id == agreed.for_person_id),
            )
            .where(
                *_holds(agreed, person_id, today),
                role.role == Role.REVIEWER,
                sa.or_(role.school_id.is_(None), role.school_id == School.id),
            )
            .correlate(School)
        )
    )


def people_absent(person_id: Any, today: Any) -> sa.Select[int]:
    """Those for whom somebody stands in."""
    agreed = aliased(StandIn)
    return sa.select(agreed.for_person_id).where(*_holds(agreed, person_id, today))


def standing_in_today(scope: Scope) -> tuple[tuple[str, str], ...]:
    """Who stands in today, and for whom, by their names. One statement."""
    return tuple((one.by_name, one.for_name) for one in agreed_on(scope) if one.from_on <= scope.today)


def agreed_on(scope: Scope, person_id: int | None = None) -> tuple[StandInRow, ...]:
    """Who stands in for whom today or later: of one person, either way, or of the whole district. One statement."""
    away, there = aliased(Person), aliased(Person)
    wanted = (
        sa.select(
            StandIn.id,
            StandIn.for_person_id,
            away.name.label("for_name"),
            StandIn.by_person_id,
            there.name.label("by_name"),
            StandIn.from_on,
            StandIn.until_on,
        )
        .join(away, sa.and_(away.district_id == StandIn.district_id, away.id == StandIn.for_person_id))
        .join(there, sa.and_(there.district_id == StandIn.district_id, there.id == StandIn.by_person_id))
        .where(StandIn.ended_at.is_(None), StandIn.until_on >= scope.today)
        .order_by(StandIn.from_on, StandIn.id)
    )
    if person_id is not None:
        wanted = wanted.where(sa.or_(StandIn.for_person_id == person_id, StandIn.by_person_id == person_id))
    return tuple(StandInRow(*row) for row in scope.session.execute(wanted))
