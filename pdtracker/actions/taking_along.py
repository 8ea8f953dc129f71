"""What an attendance report said of somebody goes along when they claim the event otherwise than at first.

No action by itself: `claims` and `bundles` call it within their own. Check-ins need none of it: their log is read
again.
"""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim, Evidence
from pdtracker.scope import Scope

_REPORTED = (EvidenceKind.REPORT, EvidenceKind.HOST_LIST)


def take_along(scope: Scope, claim: Claim, event_id: int) -> None:
    """Bring a claim, or the part of a bundle, what reports said of the claimant at this event and nothing shows now.

    That is what lies with a claim that was laid aside, or with a bundle out of which the part was taken.
    """
    laid_aside = sa.and_(Claim.event_id == event_id, Claim.state == ClaimState.WITHDRAWN)
    if claim.session_id is not None:
        # What was said of another session says nothing of this one.
        laid_aside = sa.and_(laid_aside, Claim.session_id == claim.session_id)
    without_part = sa.and_(
        Evidence.event_id == event_id,
        ~sa.exists(
            sa.select(ClaimPart.id).where(
                ClaimPart.district_id == Evidence.district_id,
                ClaimPart.claim_id == Evidence.claim_id,
                ClaimPart.event_id == Evidence.event_id,
            )
        ),
    )
    pieces = scope.session.scalars(
        sa.select(Evidence)
        .join(Claim, sa.and_(Claim.district_id == Evidence.district_id, Claim.id == Evidence.claim_id))
        .where(
            Claim.person_id == claim.person_id,
            Claim.id != claim.id,
            Claim.follow_up.is_(None),
            Evidence.kind.in_(_REPORTED),
            Evidence.removed_at.is_(None),
            sa.or_(laid_aside, without_part),
        )
        .order_by(Evidence.id)
    ).all()
    for piece in pieces:
        before, piece.claim_id = piece.claim_id, claim.id
        piece.event_id = event_id if claim.is_bundle else None
        scope.record(
            "evidence.recorded",
            "claim",
            claim.id,
            evidence=piece.id,
            kind=piece.kind.value,
            minutes=piece.minutes,
            from_claim=before,
        )
