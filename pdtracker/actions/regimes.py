"""Adopting regimes and giving them up, and saying which providers their bodies approved."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text
from pdtracker.models.events import Organization
from pdtracker.models.ids import new_id
from pdtracker.models.licences import AdoptedRegime, Licence, ProviderApproval
from pdtracker.models.standings import LicenceStandingRow
from pdtracker.scope import Scope, action

_ALWAYS = date.max


@action(Permission.MANAGE_POLICY)
def adopt_regime(scope: Scope, regime: str, sponsor_number: str) -> None:
    """Offer a regime's licences to the district's people; a regime that is adopted already gets the new number.

    Raises NotHere.
    """
    _require_regime(regime)
    row = _adopted(scope, regime)
    if row is None:
        row = AdoptedRegime(
            id=new_id(), regime=regime, sponsor_number=sponsor_number, adopted_at=scope.at, retired_at=None
        )
        scope.session.add(row)
        scope.record("regime.adopted", "adopted_regime", row.id, regime=regime, sponsor_number=sponsor_number)
    elif row.retired_at is not None:
        row.sponsor_number, row.retired_at = sponsor_number, None
        scope.record(
            "regime.adopted_again", "adopted_regime", row.id, regime=regime, sponsor_number=sponsor_number
        )
    elif row.sponsor_number != sponsor_number:
        before, row.sponsor_number = row.sponsor_number, sponsor_number
        scope.record(
            "regime.number_changed",
            "adopted_regime",
            row.id,
            regime=regime,
            before=before,
            after=sponsor_number,
        )


@action(Permission.MANAGE_POLICY)
def give_up_regime(scope: Scope, regime: str) -> None:
    """Offer a regime to nobody any more; licences that people hold stay as they are. Raises NotHere, NotNow."""
    _require_regime(regime)
    row = _adopted(scope, regime)
    if row is None:
        raise NotNow("not_adopted", "Your district hasn't adopted this regime.")
    if row.retired_at is None:
        row.retired_at = scope.at
        scope.record("regime.given_up", "adopted_regime", row.id, regime=regime)


@action(Permission.MANAGE_POLICY)
def approve_provider(
    scope: Scope,
    *,
    organization: str,
    regime: str,
    number: str,
    approved_from: date,
    approved_until: date | None,
) -> int:
    """Note that a regime's body approved an organization of the calendar; gives the approval's id.

    Said twice it is noted once. Raises NotValid: organization, regime, approved_from, approved_until.
    """
    if regime not in shelf():
        raise NotValid({"regime": "Choose from the list."})
    if approved_until is not None and approved_until < approved_from:
        raise NotValid({"approved_until": "Enter a last day on or after the first."})
    organization_id = _organization(scope, organization)
    standing = scope.session.scalars(
        sa.select(ProviderApproval).where(
            ProviderApproval.organization_id == organization_id, ProviderApproval.regime == regime
        )
    )
    for row in standing:
        if (row.number, row.approved_from, row.approved_until) == (number, approved_from, approved_until):
            return row.id
        if row.approved_from <= (approved_until or _ALWAYS) and approved_from <= (
            row.approved_until or _ALWAYS
        ):
            raise NotValid({"approved_from": _overlapping(row)})
    approval = ProviderApproval(
        id=new_id(),
        organization_id=organization_id,
        regime=regime,
        number=number,
        approved_from=approved_from,
        approved_until=approved_until,
        created_at=scope.at,
    )
    scope.session.add(approval)
    scope.record(
        "provider.approved",
        "provider_approval",
        approval.id,
        organization=organization,
        regime=regime,
        number=number,
        approved_from=approved_from.isoformat(),
        approved_until=approved_until.isoformat() if approved_until else None,
    )
    return approval.id


@action(Permission.MANAGE_POLICY)
def end_approval(scope: Scope, approval_id: int, last_on: date) -> None:
    """Say on which day an approval ends. It is never deleted: what was learned while it held still counts.

    Raises NotHere, NotValid: last_on.
    """
    approval = scope.session.scalar(sa.select(ProviderApproval).where(ProviderApproval.id == approval_id))
    if approval is None:
        raise NotHere
    if last_on < approval.approved_from:
        begins = date_text(approval.approved_from)
        raise NotValid({"last_on": f"It began on {begins}. Enter that day or a later one."})
    if approval.approved_until == last_on:
        return
    later = scope.session.scalar(
        sa.select(sa.func.min(ProviderApproval.approved_from)).where(
            ProviderApproval.organization_id == approval.organization_id,
            ProviderApproval.regime == approval.regime,
            ProviderApproval.approved_from > approval.approved_from,
        )
    )
    if later is not None and last_on >= later:
        raise NotValid({"last_on": f"The next approval begins on {date_text(later)}. Enter an earlier day."})
    before, approval.approved_until = approval.approved_until, last_on
    _count_again(scope, approval)
    scope.record(
        "provider.approval_ended",
        "provider_approval",
        approval.id,
        before=before.isoformat() if before else None,
        after=last_on.isoformat(),
    )


def _require_regime(regime: str) -> None:
    if regime not in shelf():
        raise NotHere


def _adopted(scope: Scope, regime: str) -> AdoptedRegime | None:
    return scope.session.scalar(sa.select(AdoptedRegime).where(AdoptedRegime.regime == regime))


def _organization(scope: Scope, name: str) -> int:
    found = scope.session.scalar(
        sa.select(Organization.id)
        # SQLite lowers ASCII only, so the name as it was typed is asked for too.
        .where(sa.or_(Organization.name == name, sa.func.lower(Organization.name) == name.lower()))
        .order_by(Organization.id)
        .limit(1)
    )
    if found is None:
        raise NotValid(
            {"organization": "No host of the calendar has this name. Choose one that the list offers."}
        )
    return found


def _overlapping(row: ProviderApproval) -> str:
    until = f"to {date_text(row.approved_until)}" if row.approved_until else "without an end"
    return (
        f"It is approved from {date_text(row.approved_from)} {until} already"
        f"{f' (number {row.number})' if row.number else ''}. End that one first, or enter other days."
    )


def _count_again(scope: Scope, approval: ProviderApproval) -> None:
    """Lets the licences of the approval's regime be counted anew, as if they had been before it was noted."""
    held = sa.select(Licence.id).where(Licence.regime == approval.regime)
    scope.session.execute(
        sa.update(LicenceStandingRow)
        .where(LicenceStandingRow.licence_id.in_(held), LicenceStandingRow.seen_id >= approval.id)
        .values(seen_id=approval.id - 1)
    )
