"""A worker's shop for tests: a clock that stands or is moved, and rounds that are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker.actions.bulk import decide_all
from pdtracker.actions.jobs import Part
from pdtracker.blobs import BlobStore
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.models.claims import Claim
from pdtracker.queries.jobs import JobRow, job
from pdtracker.scope import Scope
from pdtracker.work import Shop, carry_on
from tests.factories import AN_ISSUER, NOW, Cast

A_MINUTE = timedelta(minutes=1)


def a_shop(cast: Cast, at: datetime = NOW, owner: str = "first") -> Shop:
    """A worker's shop at this moment, in which time stands still."""
    return Shop(cast.database, AN_ISSUER, BlobStore(cast.settings.evidence), owner, lambda: at, lambda: False)


def work_off(cast: Cast, at: datetime = NOW) -> int:
    """Carry on until nothing is due; gives how many rounds that took."""
    rounds = 0
    while carry_on(a_shop(cast, at)):
        rounds += 1
    return rounds


def one_part_only(shop: Shop) -> Shop:
    """A worker that lays a job down after one part, as one does that is told to stop."""
    return replace(shop, is_stopping=lambda: True)


def parts_of(claim_ids: Sequence[int], version: int = 1) -> list[Part]:
    """These claims as parts of a job, each as it was on the screen."""
    return [Part(claim_id, version, "Ada Lindqvist", "Reading circle") for claim_id in claim_ids]


def approve_all(cast: Cast, claim_ids: Sequence[int], *, key: str = "k", by: str = "bo") -> int:
    """Somebody asks for an approval of all of them; gives the job's id."""
    return decide_all(cast.scope(by), Step.APPROVE, parts_of(claim_ids), "", key=key)


def stands(cast: Cast, job_id: int) -> JobRow:
    """How a job of Maplewood stands."""
    with cast.database.session(cast.maplewood.id) as session:
        return job(Scope(session, cast.maplewood, NOW), job_id)


def states_of(cast: Cast, claim_ids: Sequence[int]) -> list[ClaimState]:
    """Where these claims stand, in their order."""
    rows = cast.operator().session.execute(sa.select(Claim.id, Claim.state).where(Claim.id.in_(claim_ids)))
    found = {row.id: row.state for row in rows}
    return [found[claim_id] for claim_id in claim_ids]
