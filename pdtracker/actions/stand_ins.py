"""Being away: somebody else takes a reviewer's turns from one day to another, and ends it again."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.models.ids import new_id
from pdtracker.models.stand_ins import StandIn
from pdtracker.queries.review_paths import reviewers
from pdtracker.scope import Scope, action

LONGEST = timedelta(days=366)
"""So long somebody can stand in; after that it is a role, which an administrator gives."""


@action(Permission.REVIEW_CLAIMS)
def name_stand_in(scope: Scope, by_person_id: int, from_on: date, until_on: date, *, key: str = "") -> int:
    """Let another reviewer take one's own turns on these days, both included; gives its id.

    Raises NotValid: by, from_on, until_on. One can stand in for somebody whatever one's own school is; what is one's
    own, or of an event that one hosts, stays somebody else's.
    """
    told = {"by": by_person_id, "from": from_on.isoformat(), "until": until_on.isoformat()}
    asked = Asked(key, "name_stand_in", told)
    if (before := answered(scope, asked)) is not None:
        return int(before["stand_in"])
    faults = {}
    if by_person_id == scope.me.id or by_person_id not in {one.id for one in reviewers(scope)}:
        faults["by"] = "Choose another reviewer of your district."
    if from_on < scope.today:
        faults["from_on"] = "Enter today or a later day."
    if not from_on <= until_on <= from_on + LONGEST:
        faults["until_on"] = "Enter the same day or a later one, at most a year later."
    if faults:
        raise NotValid(faults)
    row = StandIn(
        id=new_id(),
        for_person_id=scope.me.id,
        by_person_id=by_person_id,
        from_on=from_on,
        until_on=until_on,
        created_by_id=scope.me.id,
        created_at=scope.at,
    )
    scope.session.add(row)
    scope.record("stand_in.named", "person", by_person_id, stand_in=row.id, **told)
    keep_answer(scope, asked, {"stand_in": row.id})
    return row.id


@action(Permission.REVIEW_CLAIMS)
def end_stand_in(scope: Scope, stand_in_id: int) -> None:
    """End it now, by who is away or by who stands in. Raises NotHere for anybody else's; ended twice it is ended."""
    row = scope.session.scalar(
        sa.select(StandIn).where(
            StandIn.id == stand_in_id,
            sa.or_(StandIn.for_person_id == scope.me.id, StandIn.by_person_id == scope.me.id),
        )
    )
    if row is None:
        raise NotHere
    if row.ended_at is not None:
        return
    row.ended_at = scope.at
    scope.record("stand_in.ended", "person", row.by_person_id, stand_in=row.id)
