"""The district's rules: editions of its credit policy, the regimes that it adopted, what it lays on top of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from pdtracker.domain.policy import CreditPolicy
from pdtracker.domain.policy_words import last_day_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.when import date_text
from pdtracker.models.credit import Award
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from pdtracker.models.events import Organization
from pdtracker.models.licences import AdoptedRegime, Licence, ProviderApproval, RegimeLayer
from pdtracker.models.records import AuditEntry
from pdtracker.scope import Scope

PUBLISHED = "policy.published"
"""What the audit trail says of a new edition; its author stands there."""


FURTHEST_YEARS: Final = 20
"""So many years ahead an edition can begin: one of the year 9999 would be the latest for good."""


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the credit policy: who published it and when; `until` is the last day on which it governs.

    `by_name` is empty for those with which the district began.
    """

    id: int
    policy: CreditPolicy
    until: date | None
    published_at: datetime
    by_name: str

    def governs(self, on: date) -> bool:
        """Whether an activity on this day falls under it."""
        return self.policy.effective_from <= on and (self.until is None or on <= self.until)


def editions(scope: Scope) -> tuple[Edition, ...]:
    """Every edition of the credit policy, the one that begins last first. One statement."""
    rows = scope.session.execute(
        sa.select(
            CreditPolicyRow.id, CreditPolicyRow.document, CreditPolicyRow.created_at, AuditEntry.by_name
        ).outerjoin(
            AuditEntry,
            sa.and_(
                AuditEntry.district_id == CreditPolicyRow.district_id,
                AuditEntry.subject == "credit_policy",
                AuditEntry.subject_id == CreditPolicyRow.id,
                AuditEntry.action == PUBLISHED,
            ),
        )
    ).all()
    read = [(row, CreditPolicy.from_document(row.document)) for row in rows]
    every = [policy for _, policy in read]
    found = [
        Edition(row.id, policy, last_day_of(policy, every), row.created_at, row.by_name or "")
        for row, policy in read
    ]
    return tuple(sorted(found, key=lambda one: (one.policy.effective_from, one.policy.edition), reverse=True))


def edition(scope: Scope, policy_id: int) -> tuple[Edition, tuple[Edition, ...]]:
    """One edition, and all of them; refuses with `NotHere`. One statement."""
    every = editions(scope)
    found = next((one for one in every if one.id == policy_id), None)
    if found is None:
        raise NotHere
    return found, every


def require_publishable(scope: Scope, policy: CreditPolicy) -> None:
    """Refuse with `NotValid` an edition that can't be published: its name is taken, or its first day is too early.

    Never retroactive: what was credited was credited by the rules of its day. Two statements.
    """
    errors, first = {}, policy.effective_from
    every = [one.policy for one in editions(scope)]
    if any((one.name, one.edition) == (policy.name, policy.edition) for one in every):
        errors["edition"] = f"{policy.title}, is there already. Give this one another name or number."
    same_day = [one.edition for one in every if one.effective_from == first]
    if not errors and any(edition >= policy.edition for edition in same_day):
        errors["edition"] = (
            f"Edition {max(same_day)} begins on that day too, and of two the one that sorts last holds. "
            f"Call this one {max(same_day)}a, or choose another day."
        )
    today = scope.today
    if first.year > today.year + FURTHEST_YEARS:
        errors["effective_from"] = f"Choose a day before {today.year + FURTHEST_YEARS + 1}."
    if first < today and names_activity_from(scope, first):
        errors["effective_from"] = (
            f"Credit was given already for activities on or after {date_text(first)}, and it stays as it was given. "
            "Choose today or a later day. To count an earlier activity by other rules, reverse its credit and let "
            "it be decided again."
        )
    if errors:
        raise NotValid(errors)


def names_activity_from(scope: Scope, on: date) -> bool:
    """Whether an award names an activity on that day or after it. One statement."""
    found = scope.session.scalar(sa.select(Award.id).where(Award.activity_on >= on).limit(1))
    return found is not None


@dataclass(frozen=True, slots=True)
class Adopted:
    """A regime that the district adopted, with its sponsor number; `retired_at` once it was given up."""

    regime: str
    sponsor_number: str
    adopted_at: datetime
    retired_at: datetime | None


def adopted(scope: Scope) -> Mapping[str, Adopted]:
    """The regimes that the district adopted, given up ones among them, by their name. One statement."""
    rows = scope.session.execute(
        sa.select(
            AdoptedRegime.regime,
            AdoptedRegime.sponsor_number,
            AdoptedRegime.adopted_at,
            AdoptedRegime.retired_at,
        ).order_by(AdoptedRegime.regime)
    )
    return {row.regime: Adopted(*row) for row in rows}


def holders(scope: Scope, regime: str) -> int:
    """How many people hold a licence under a regime that isn't closed. One statement."""
    return (
        scope.session.scalar(
            sa.select(sa.func.count(sa.distinct(Licence.person_id))).where(
                Licence.regime == regime, Licence.closed_at.is_(None)
            )
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class LayerEdition:
    """An edition of what the district asks on top of a regime."""

    id: int
    regime: str
    edition: int
    effective_from: date
    document: str
    by_name: str
    published_at: datetime


def layer_editions(scope: Scope, regime: str | None = None) -> tuple[LayerEdition, ...]:
    """The district's layers, of one regime or of all, the one that begins last first. One statement."""
    rows = scope.session.execute(
        sa.select(
            RegimeLayer.id,
            RegimeLayer.regime,
            RegimeLayer.edition,
            RegimeLayer.effective_from,
            RegimeLayer.document,
            RegimeLayer.by_name,
            RegimeLayer.published_at,
        )
        .where(*([] if regime is None else [RegimeLayer.regime == regime]))
        .order_by(RegimeLayer.regime, RegimeLayer.effective_from.desc(), RegimeLayer.edition.desc())
    )
    return tuple(LayerEdition(*row) for row in rows)


def layer_in_force(every: Sequence[LayerEdition], on: date) -> LayerEdition | None:
    """The edition that holds for cycles that end on a day: the latest that began by then."""
    begun = (one for one in every if one.effective_from <= on)
    return max(begun, key=lambda one: (one.effective_from, one.edition), default=None)


def layers_counting(every: Sequence[LayerEdition], on: date) -> tuple[LayerEdition, ...]:
    """The editions for cycles that end on a day or later: the one that holds then, and those that follow.

    Of two from the same day only the later edition does.
    """
    latest = {one.effective_from: one for one in sorted(every, key=lambda one: one.edition)}
    now = layer_in_force(every, on)
    return tuple(one for day, one in sorted(latest.items()) if one is now or day > on)


@dataclass(frozen=True, slots=True)
class Approval:
    """That a body approved an organization as provider, under a number, from a day to another."""

    id: int
    organization: str
    regime: str
    number: str
    approved_from: date
    approved_until: date | None

    def holds(self, on: date) -> bool:
        """Whether the organization is approved on a day."""
        return self.approved_from <= on and (self.approved_until is None or on <= self.approved_until)


def provider_approvals(scope: Scope) -> tuple[Approval, ...]:
    """Every approval of a provider, by name, the latest first. One statement."""
    rows = scope.session.execute(
        _approvals().order_by(
            sa.func.lower(Organization.name), ProviderApproval.regime, ProviderApproval.approved_from.desc()
        )
    )
    return tuple(Approval(*row) for row in rows)


def provider_approval(scope: Scope, approval_id: int) -> Approval:
    """One approval; refuses with `NotHere`. One statement."""
    row = scope.session.execute(_approvals().where(ProviderApproval.id == approval_id)).one_or_none()
    if row is None:
        raise NotHere
    return Approval(*row)


def organization_names(scope: Scope) -> tuple[str, ...]:
    """The names of all organizations in reach, in order of the alphabet. One statement."""
    return tuple(
        scope.session.scalars(sa.select(Organization.name).distinct().order_by(Organization.name)).all()
    )


def _approvals() -> sa.Select[int, str, str, str, date, date | None]:
    return sa.select(
        ProviderApproval.id,
        Organization.name,
        ProviderApproval.regime,
        ProviderApproval.number,
        ProviderApproval.approved_from,
        ProviderApproval.approved_until,
    ).join(Organization, Organization.id == ProviderApproval.organization_id)
