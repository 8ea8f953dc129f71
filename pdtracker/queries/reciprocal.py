"""Reciprocal approvals: two people of whom each approved claims of the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.claim import Step
from pdtracker.domain.when import instant
from pdtracker.models.claims import ClaimStep
from pdtracker.models.people import Person
from pdtracker.queries.policy_steps import by_policy
from pdtracker.scope import Scope

MOST_PAIRS = 200


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people, how many claims each approved of the other, and when that last happened."""

    first_id: int
    first: str
    second_id: int
    second: str
    by_first: int
    by_second: int
    last_at: datetime


def reciprocal(scope: Scope, first: date, last: date) -> tuple[Pair, ...]:
    """The pairs of a period, both days included by the district's clock: the most approvals first. One statement.

    An approval before the last review counts as well; one that was undone doesn't.
    """
    there, back = _given(scope, first, last), _given(scope, first, last)
    one, other = aliased(Person), aliased(Person)
    both = (there.c.approvals + back.c.approvals).label("both")
    rows = scope.session.execute(
        sa.select(
            one.id.label("first_id"),
            one.name.label("first"),
            other.id.label("second_id"),
            other.name.label("second"),
            there.c.approvals.label("by_first"),
            back.c.approvals.label("by_second"),
            there.c.last_at.label("there_at"),
            back.c.last_at.label("back_at"),
        )
        .select_from(there)
        .join(back, sa.and_(back.c.by_id == there.c.claimant_id, back.c.claimant_id == there.c.by_id))
        .join(one, one.id == there.c.by_id)
        .join(other, other.id == there.c.claimant_id)
        .where(there.c.by_id < there.c.claimant_id)
        .order_by(both.desc(), one.name, other.name)
        .limit(MOST_PAIRS)
    )
    return tuple(
        Pair(
            row.first_id,
            row.first,
            row.second_id,
            row.second,
            int(row.by_first),
            int(row.by_second),
            max(row.there_at, row.back_at),
        )
        for row in rows
    )


def _given(scope: Scope, first: date, last: date) -> sa.Subquery:
    """How many claims of whom each person approved in these days, and when last."""
    undo, zone = aliased(ClaimStep), scope.district.zone
    undone = sa.exists(sa.select(undo.id).where(undo.undoes_step_id == ClaimStep.id))
    return (
        sa.select(
            ClaimStep.by_person_id.label("by_id"),
            ClaimStep.claimant_id,
            sa.func.count(sa.distinct(ClaimStep.claim_id)).label("approvals"),
            sa.func.max(ClaimStep.at, type_=ClaimStep.at.type).label("last_at"),
        )
        .where(
            ClaimStep.step.in_((Step.APPROVE, Step.ENDORSE)),
            ClaimStep.at >= instant(datetime.combine(first, time()), zone),
            ClaimStep.at < instant(datetime.combine(last + timedelta(days=1), time()), zone),
            ~undone,
            ~by_policy(ClaimStep),
        )
        .group_by(ClaimStep.by_person_id, ClaimStep.claimant_id)
        .subquery()
    )
