"""A policy for automatic approval in the cast's district, and claims that it looks at."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker.actions.automatic import publish_automatic
from pdtracker.domain.automatic import AutomaticPolicy, Conditions
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import EventKind
from pdtracker.jobs import approve_automatically
from pdtracker.models.automatic import AutomaticLook
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.ids import new_id
from pdtracker.scope import Scope
from tests.factories import AN_ISSUER, NOW, Cast, a_claim, an_event

LATER = NOW + timedelta(days=2)
"""When the policy of `publish` has begun."""


def conditions(**more: object) -> Conditions:
    """Webinars of up to two hours that a check-in shows; one in a hundred is drawn."""
    asked = {
        "kinds": frozenset({EventKind.WEBINAR}),
        "up_to_minutes": 120,
        "evidence": EvidenceKind.CHECK_IN,
        "audit_percent": 1,
        **more,
    }
    return Conditions(**asked)  # type: ignore[arg-type]  # a test names what it changes


def publish(cast: Cast, at: datetime = NOW, **more: object) -> AutomaticPolicy:
    """A policy from tomorrow on, published by Cam."""
    policy = AutomaticPolicy(at.date() + timedelta(days=1), conditions(**more))
    publish_automatic(cast.scope("cam", at), policy, AN_ISSUER)
    return policy


def sent(scope: Scope, *, minutes: int | None = 60, **more: object) -> int:
    """A claim that was sent, for an event of the calendar, with a check-in that shows so many minutes."""
    times = {"starts_at": scope.at - timedelta(hours=2), "ends_at": scope.at - timedelta(hours=1)} | {
        name: value for name, value in more.items() if name in {"starts_at", "ends_at"}
    }
    event_id = an_event(scope, **times)
    told = {"event_id": event_id, "reflection_words": 40, "reflection_digest": str(event_id)}
    claim_id = a_claim(scope, ClaimState.SUBMITTED, **(told | more))
    if minutes is not None:
        with scope.session.writing():
            scope.session.add(
                Evidence(
                    id=new_id(),
                    claim_id=claim_id,
                    kind=EvidenceKind.CHECK_IN,
                    note="Came and went.",
                    minutes=minutes,
                    added_at=scope.at,
                )
            )
    return claim_id


def work(cast: Cast, at: datetime = LATER) -> int:
    """The worker's round."""
    return approve_automatically(cast.database, AN_ISSUER, at)


def look_at(cast: Cast, claim_id: int) -> AutomaticLook | None:
    """What the policy made of a claim."""
    return cast.scope("cam").session.scalar(
        sa.select(AutomaticLook).where(AutomaticLook.claim_id == claim_id)
    )


def state_of(cast: Cast, claim_id: int) -> ClaimState:
    """Where a claim stands."""
    return cast.scope("cam").session.execute(sa.select(Claim.state).where(Claim.id == claim_id)).scalar_one()
