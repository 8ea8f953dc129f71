"""Taking back what an attendance import brought.

No action by itself: `recording` undoes an import with it, and replaces one by a newer export of the same meeting.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.actions.attendance_letters import call_back, post
from pdtracker.actions.posting import Reader, queued
from pdtracker.domain.claim import RECORDABLE_STATES, ClaimState
from pdtracker.domain.letters import unattended_letter
from pdtracker.models.claims import Claim, ClaimCategory, Evidence, ReflectionAnswer
from pdtracker.models.imports import AttendanceImport, AttendanceLine
from pdtracker.models.people import Person
from pdtracker.queries import import_events
from pdtracker.scope import Scope

Address = Callable[[int], str]
"""Where a claim is found, by its id."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What an undo did: drafts that went, claims that lost evidence, and decided ones whose evidence stays."""

    drafts: int
    kept: int
    decided: int


def take_back(
    scope: Scope, one: AttendanceImport, *, keep: Collection[int], address: Address
) -> tuple[TakenBack, set[int]]:
    """Take the import's evidence off and its untouched drafts away, but the drafts of people to `keep`: given back."""
    lines = scope.session.scalars(
        sa.select(AttendanceLine).where(
            AttendanceLine.import_id == one.id, AttendanceLine.evidence_id.is_not(None)
        )
    ).all()
    untouched = _untouched(scope, one.id)
    made = [(line.claim_id, line.person_id) for line in lines if line.claim_id is not None]
    stays = {claim_id for claim_id, person_id in made if claim_id in untouched and person_id in keep}
    going = {claim_id for claim_id, _ in made if claim_id in untouched} - stays
    pieces = {
        piece.id: piece
        for piece in scope.session.scalars(sa.select(Evidence).where(Evidence.id.in_(_evidence_of(one.id))))
    }
    claims = {
        claim.id: claim
        for claim in scope.session.scalars(
            sa.select(Claim)
            .where(Claim.id.in_(sa.select(Evidence.claim_id).where(Evidence.id.in_(_evidence_of(one.id)))))
            .order_by(Claim.id)
            .with_for_update()
        )
    }
    told: dict[int, int] = {}
    decided: set[int] = set()
    for piece in pieces.values():
        claim = claims[piece.claim_id]
        if claim.id in going or piece.removed_at is not None:
            continue
        if claim.state not in RECORDABLE_STATES | {ClaimState.WITHDRAWN}:
            decided.add(claim.id)
            continue
        piece.removed_at = scope.at
        scope.record("evidence.removed", "claim", claim.id, evidence=piece.id, kind=piece.kind.value)
        if claim.id not in stays:
            claim.version += 1
            claim.updated_at = scope.at
            if claim.person_id not in keep:
                told[claim.person_id] = claim.id
    scope.session.flush()  # what follows passes the unit of work by
    _delete_drafts(scope, going)
    call_back(scope, one, {claims[claim_id].person_id for claim_id in going})
    _tell(scope, one, told, address)
    return TakenBack(len(going), len(told), len(decided)), stays


def _untouched(scope: Scope, import_id: int) -> set[int]:
    """Drafts that the import made, and that nobody has touched since."""
    ours = _evidence_of(import_id)
    rows = scope.session.scalars(
        sa.select(Claim.id)
        .join(
            AttendanceLine,
            sa.and_(AttendanceLine.district_id == Claim.district_id, AttendanceLine.claim_id == Claim.id),
        )
        .where(
            AttendanceLine.import_id == import_id,
            AttendanceLine.claim_version == Claim.version,
            Claim.state == ClaimState.DRAFT,
            ~sa.exists(
                sa.select(ReflectionAnswer.id).where(
                    ReflectionAnswer.district_id == Claim.district_id,
                    ReflectionAnswer.claim_id == Claim.id,
                    ReflectionAnswer.version > 1,
                )
            ),
            ~sa.exists(
                sa.select(Evidence.id).where(
                    Evidence.district_id == Claim.district_id,
                    Evidence.claim_id == Claim.id,
                    Evidence.removed_at.is_(None),
                    Evidence.id.not_in(ours),
                )
            ),
        )
    )
    return set(rows)


def _delete_drafts(scope: Scope, claim_ids: Collection[int]) -> None:
    # No line points at them any more, nor one of an export that was replaced.
    gone = sa.select(Evidence.id).where(Evidence.claim_id.in_(claim_ids))
    scope.session.execute(
        sa.update(AttendanceLine)
        .where(AttendanceLine.evidence_id.in_(gone))
        .values(evidence_id=None, claim_id=None, claim_version=None)
        .execution_options(synchronize_session=False)
    )
    for model in (ReflectionAnswer, ClaimCategory, Evidence):
        scope.session.execute(
            sa.delete(model).where(model.claim_id.in_(claim_ids)).execution_options(synchronize_session=False)
        )
    scope.session.execute(
        sa.delete(Claim).where(Claim.id.in_(claim_ids)).execution_options(synchronize_session=False)
    )
    for claim_id in sorted(claim_ids):
        scope.record("claim.draft_removed", "claim", claim_id)


def _tell(scope: Scope, one: AttendanceImport, told: Mapping[int, int], address: Address) -> None:
    """Write to those whose claims lost the report's evidence."""
    if not told:
        return
    by = scope.person.name if scope.person else "The operator"
    title = import_events.event_choice(scope, one.event_id).title
    rows = scope.session.execute(sa.select(Person.id, Person.name, Person.email).where(Person.id.in_(told)))
    post(
        scope,
        [
            queued(
                scope,
                Reader(row.id, row.email, row.name),
                unattended_letter(row.name, title, by, address(told[row.id])),
                key=f"unattended:{one.id}:{row.id}",
                not_before=scope.at,
            )
            for row in rows
        ],
    )


def _evidence_of(import_id: int) -> sa.Select[int | None]:
    return sa.select(AttendanceLine.evidence_id).where(
        AttendanceLine.import_id == import_id, AttendanceLine.evidence_id.is_not(None)
    )
