"""Whose licences are due to be counted again, and what they come to; many people in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from pdtracker.domain.licence_standing import LicenceStanding, standing_of
from pdtracker.models.claims import ClaimStep
from pdtracker.models.licences import (
    AdoptedRegime,
    AttestationTakenBack,
    Licence,
    LicenceAdjustment,
    LicenceAttestation,
    ProviderApproval,
    RegimeLayer,
)
from pdtracker.models.standings import LicenceStandingRow
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import current, licences_of, rules_for
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Counted:
    """A licence as it was counted."""

    licence_id: int
    person_id: int
    is_current: bool
    standing: LicenceStanding


def due_people(scope: Scope, today: date, after: int, limit: int) -> Sequence[int]:
    """The next people, by id, with a licence that was never counted, not today, or not since something changed.

    What changes is a step of a claim, the licence itself, what was signed about it, or the district's rules on its
    regime. One that was closed since it was counted leaves its place to the next cycle, so its holder is due as well.
    """
    oldest = sa.select(sa.func.min(LicenceStandingRow.seen_id)).scalar_subquery()
    moved = sa.select(ClaimStep.claimant_id, sa.func.max(ClaimStep.id).label("id")).where(
        ClaimStep.id > oldest
    )
    latest = moved.group_by(ClaimStep.claimant_id).subquery()
    rules = newest_rules()
    signed = [
        sa.exists(
            sa.select(kind.id).where(kind.licence_id == Licence.id, kind.id > LicenceStandingRow.seen_id)
        )
        for kind in (LicenceAdjustment, LicenceAttestation, AttestationTakenBack)
    ]
    return scope.session.scalars(
        sa.select(Licence.person_id)
        .distinct()
        .outerjoin(
            LicenceStandingRow,
            sa.and_(
                LicenceStandingRow.district_id == Licence.district_id,
                LicenceStandingRow.licence_id == Licence.id,
            ),
        )
        .outerjoin(latest, latest.c.claimant_id == Licence.person_id)
        .outerjoin(rules, rules.c.regime == Licence.regime)
        .where(
            Licence.person_id > after,
            sa.case(
                (Licence.closed_at.is_not(None), LicenceStandingRow.licence_id.is_not(None)),
                else_=sa.or_(
                    LicenceStandingRow.licence_id.is_(None),
                    LicenceStandingRow.as_of != today,
                    LicenceStandingRow.counted_at < Licence.updated_at,
                    LicenceStandingRow.seen_id < latest.c.id,
                    LicenceStandingRow.seen_id < rules.c.id,
                    *signed,
                ),
            ),
        )
        .order_by(Licence.person_id)
        .limit(limit)
    ).all()


def counted(scope: Scope, person_ids: Collection[int], today: date) -> tuple[Counted, ...]:
    """Where all open licences of these people stand today; the same number of statements for any number of them."""
    held = licences_of(scope, person_ids)
    record, rules = records(scope, person_ids), rules_for(scope)
    running = {one.id for one in current(held, today)}
    return tuple(
        Counted(one.id, one.person_id, one.id in running, standing_of(rules.progress(one, record, today)))
        for one in held
    )


def newest_rules() -> sa.Subquery:
    """The newest of the district's rules on the licences of each regime (`regime`, `id`)."""
    newest = [
        sa.select(kind.regime.label("regime"), kind.id.label("id"))
        for kind in (RegimeLayer, ProviderApproval, AdoptedRegime)
    ]
    together = sa.union_all(*newest).subquery()
    return (
        sa.select(together.c.regime, sa.func.max(together.c.id).label("id"))
        .group_by(together.c.regime)
        .subquery()
    )
