"""How far a district is set up: what it has, and what it still lacks."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.access import Role
from pdtracker.domain.set_up import SetUpFacts, SetUpStep, missing
from pdtracker.models.certificate_designs import CertificateDesign
from pdtracker.models.claims import Claim
from pdtracker.models.districts import CreditPolicy, District, Prompt, School, SetUpChoice
from pdtracker.models.people import Membership, Person
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class SetUp:
    """The facts, and beside them what the pages of the steps say. `is_over`: nobody wants to be told any more."""

    facts: SetUpFacts
    is_over: bool
    prompts: int
    has_claims: bool


def set_up(scope: Scope) -> SetUp:
    """How far the district is. One statement, and one for the steps that were kept."""
    people = _count(Person).where(Person.left_at.is_(None))
    decide = sa.exists(
        sa.select(Membership.id).where(
            Membership.district_id == Person.district_id,
            Membership.person_id == Person.id,
            Membership.role == Role.REVIEWER,
        )
    )
    own_rules = _count(CreditPolicy).where(CreditPolicy.created_at > District.created_at)
    row = scope.session.execute(
        sa.select(
            District.place,
            District.set_up_ended_at,
            _count(School).scalar_subquery().label("schools"),
            people.scalar_subquery().label("people"),
            people.where(decide).scalar_subquery().label("reviewers"),
            own_rules.scalar_subquery().label("own_rules"),
            _count(CertificateDesign).scalar_subquery().label("designs"),
            _count(Prompt).where(Prompt.retired_at.is_(None)).scalar_subquery().label("prompts"),
            sa.exists(sa.select(Claim.id)).label("has_claims"),
        ).where(District.id == scope.district.id)
    ).one()
    kept = frozenset(scope.session.scalars(sa.select(SetUpChoice.step)))
    facts = SetUpFacts(
        has_place=bool(row.place),
        schools=row.schools,
        people=row.people,
        reviewers=row.reviewers,
        has_own_rules=row.own_rules > 0,
        has_own_design=row.designs > 0,
        kept=kept,
    )
    return SetUp(facts, row.set_up_ended_at is not None, row.prompts, row.has_claims)


def lacking(scope: Scope) -> tuple[SetUpStep, ...]:
    """What setting up still lacks, for the home page; nothing once nobody wants to be told. Two statements."""
    known = set_up(scope)
    return () if known.is_over else missing(known.facts)


def _count(model: type[Person | School | CreditPolicy | CertificateDesign | Prompt]) -> sa.Select[int]:
    return sa.select(sa.func.count(model.id))
