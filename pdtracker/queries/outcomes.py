"""What became of a batch of decisions: as it was answered, and how each of them stands today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker.domain.claim import UNDOABLE, Step
from pdtracker.domain.outcome import Outcome, from_document
from pdtracker.domain.refusals import NotHere
from pdtracker.models.claims import ClaimStep
from pdtracker.models.records import IdempotencyKey
from pdtracker.queries.policy_steps import by_policy
from pdtracker.scope import Scope

_BATCHES = ("approve_claims", "return_claims")


@dataclass(frozen=True, slots=True)
class Decided:
    """One of the reviewer's own decisions as it stands: whether it was undone, from when its mail may leave."""

    step_id: int
    step: Step
    claim_id: int
    claimant_id: int
    minutes: int
    at: datetime
    release_at: datetime
    is_undone: bool
    is_overtaken: bool

    def is_held(self, at: datetime) -> bool:
        """Whether it can still be undone, and its mail and certificate wait."""
        return not self.is_undone and not self.is_overtaken and self.release_at > at


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of one's own decisions: the outcomes as they were answered, and the decisions today by their ids."""

    outcomes: tuple[Outcome, ...]
    decided: dict[int, Decided]


@dataclass(frozen=True, slots=True)
class Today:
    """What the reviewer did within a day: claims and people credited, minutes, and what can still be undone."""

    claims: int
    people: int
    minutes: int
    held: tuple[Decided, ...]


def batch_of_key(scope: Scope, key: str) -> int | None:
    """The batch that was decided under a form's key; `None` when nothing was. One statement."""
    if not key:
        return None
    return scope.session.scalar(
        sa.select(IdempotencyKey.id).where(
            IdempotencyKey.person_id == scope.me.id,
            IdempotencyKey.key == key,
            IdempotencyKey.action.in_(_BATCHES),
        )
    )


def batch(scope: Scope, batch_id: int) -> Batch:
    """A batch of one's own. Raises NotHere. Two statements."""
    answer = scope.session.scalar(
        sa.select(IdempotencyKey.answer).where(
            IdempotencyKey.id == batch_id,
            IdempotencyKey.person_id == scope.me.id,
            IdempotencyKey.action.in_(_BATCHES),
        )
    )
    if answer is None:
        raise NotHere
    outcomes = from_document(answer)
    steps = [outcome.step_id for outcome in outcomes if outcome.step_id is not None]
    return Batch(outcomes, {found.step_id: found for found in _decided(scope, ClaimStep.id.in_(steps))})


def held(scope: Scope) -> tuple[Decided, ...]:
    """One's own decisions that can still be undone, oldest first. One statement."""
    found = _decided(
        scope, sa.and_(ClaimStep.at > scope.at - timedelta(hours=1), ClaimStep.release_at > scope.at)
    )
    return tuple(decided for decided in found if decided.is_held(scope.at))


def since(scope: Scope, start: datetime) -> Today:
    """What the reviewer decided since `start`, as far as it stands. One statement."""
    found = [
        decided
        for decided in _decided(scope, ClaimStep.at >= start)
        if not decided.is_undone and not decided.is_overtaken
    ]
    credited = [decided for decided in found if decided.step is Step.APPROVE]
    return Today(
        claims=len(found),
        people=len({decided.claimant_id for decided in credited}),
        minutes=sum(decided.minutes for decided in credited),
        held=tuple(decided for decided in found if decided.is_held(scope.at)),
    )


def _decided(scope: Scope, which: sa.ColumnElement[bool]) -> list[Decided]:
    later = sa.orm.aliased(ClaimStep)
    undone = sa.exists(sa.select(later.id).where(later.undoes_step_id == ClaimStep.id))
    followed = sa.exists(
        sa.select(later.id).where(later.claim_id == ClaimStep.claim_id, later.id > ClaimStep.id)
    )
    rows = scope.session.execute(
        sa.select(
            ClaimStep.id,
            ClaimStep.step,
            ClaimStep.claim_id,
            ClaimStep.claimant_id,
            ClaimStep.granted_minutes,
            ClaimStep.at,
            ClaimStep.release_at,
            undone.label("undone"),
            followed.label("followed"),
        )
        .where(
            which,
            ClaimStep.by_person_id == scope.me.id,
            ~by_policy(ClaimStep),
            ClaimStep.step.in_(UNDOABLE),
            ClaimStep.release_at.is_not(None),
        )
        .order_by(ClaimStep.id)
    )
    return [
        Decided(
            row.id,
            row.step,
            row.claim_id,
            row.claimant_id,
            row.granted_minutes or 0,
            row.at,
            row.release_at,
            row.undone,
            row.followed,
        )
        for row in rows
    ]
