"""Which steps a policy took instead of a person, and which claims were drawn: as conditions of other statements."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.automatic import Look
from pdtracker.models.automatic import AutomaticLook


# Any: a row of steps, the table itself or an alias of it.
def by_policy(step: Any) -> sa.ColumnElement[bool]:
    """Whether a step was taken by a policy; its `by_person_id` only says who published that."""
    look = aliased(AutomaticLook)
    return sa.exists(
        sa.select(look.id)
        .where(
            look.district_id == step.district_id,
            sa.or_(look.step_id == step.id, look.asked_step_id == step.id),
        )
        .correlate_except(look)
    )


def by_whom(step: Any) -> sa.ColumnElement[int | None]:
    """The person who took a step; NULL where a policy did."""
    return sa.case((by_policy(step), None), else_=step.by_person_id)


def is_sampled(claim: Any) -> sa.ColumnElement[bool]:
    """Whether a claim was drawn for a person, of those that the policy could have approved."""
    look = aliased(AutomaticLook)
    return sa.exists(
        sa.select(look.id)
        .where(look.district_id == claim.district_id, look.claim_id == claim.id, look.outcome == Look.SAMPLED)
        .correlate_except(look)
    )
