"""Licences with their cycles, what was signed about them, and the rules that a district lays on top of a regime's."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Amount, Base, DistrictBound, DistrictOwned, in_district


class Licence(DistrictOwned, Base):
    """A licence that a person holds under a regime, in one cycle of it: from `starts_on` to `ends_on`, both included.

    `facts` are the regime's words for what holds of the person (`nbct`). `target` stands in place of the regime's when
    the authority set one; `carry_in` is what the cycle before left, in the regime's unit. A licence that is renewed
    gets a row for each cycle; one that was entered by mistake, or given up, is closed. `version` grows with every
    change, so that of two people who change it at once the second learns of the first.
    """

    __tablename__ = "licence"

    person_id: Mapped[int]
    regime: Mapped[str]
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    facts: Mapped[list[Any]]
    fte: Mapped[Fraction] = mapped_column(Amount)
    years_practised: Mapped[Fraction | None] = mapped_column(Amount)
    target: Mapped[Fraction | None] = mapped_column(Amount)
    carry_in: Mapped[Fraction] = mapped_column(Amount)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
    __table_args__ = (
        in_district("person_id", to="person"),
        sa.CheckConstraint("ends_on >= starts_on", name="span"),
        sa.Index("ix_licence_person", "district_id", "person_id", "ends_on"),
        sa.Index("ix_licence_regime", "district_id", "regime", "ends_on", "person_id"),
    )


class LicenceRenewal(DistrictBound, Base):
    """That a licence's cycle was begun after that of another, which leaves it what is carried in. Append-only.

    A licence without one wasn't renewed here: somebody entered what it says to bring along.
    """

    __tablename__ = "licence_renewal"

    licence_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before_id: Mapped[int]

    __table_args__ = (
        in_district("licence_id", to="licence"),
        in_district("before_id", to="licence"),
        sa.Index("ix_licence_renewal_before", "district_id", "before_id"),
    )


class Signed:
    """Who signed it, as what, on which day."""

    signed_on: Mapped[date]
    by_person_id: Mapped[int]
    by_name: Mapped[str]
    by_title: Mapped[str]
    signed_at: Mapped[datetime]


class LicenceAdjustment(Signed, DistrictOwned, Base):
    """A signed change to one licence's cycle: units more or less, another target, a later end. Append-only.

    `category` is the regime's word for what the units are of; empty for nothing in particular.
    A wrong one is answered by another, never edited.
    """

    __tablename__ = "licence_adjustment"

    licence_id: Mapped[int]
    units: Mapped[Fraction | None] = mapped_column(Amount)
    target: Mapped[Fraction | None] = mapped_column(Amount)
    ends_on: Mapped[date | None]
    category: Mapped[str] = mapped_column(default="", server_default="")
    reason: Mapped[str]

    __table_args__ = (
        in_district("licence_id", to="licence"),
        in_district("by_person_id", to="person"),
        sa.Index("ix_licence_adjustment_licence", "district_id", "licence_id", "id"),
        sa.CheckConstraint(
            "units IS NOT NULL OR target IS NOT NULL OR ends_on IS NOT NULL", name="changes_something"
        ),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )


class LicenceAttestation(Signed, DistrictOwned, Base):
    """A signed statement that a fact holds where no formula can tell, such as mastery. Append-only."""

    __tablename__ = "licence_attestation"

    licence_id: Mapped[int]
    fact: Mapped[str]
    note: Mapped[str]

    __table_args__ = (
        in_district("licence_id", to="licence"),
        in_district("by_person_id", to="person"),
        sa.Index("ix_licence_attestation_licence", "district_id", "licence_id", "id"),
        sa.CheckConstraint("fact <> ''", name="fact"),
    )


class AttestationTakenBack(Signed, DistrictOwned, Base):
    """A signed statement that an attested fact doesn't hold any more from a day on. Append-only, one for each."""

    __tablename__ = "licence_attestation_taken_back"

    licence_id: Mapped[int]
    attestation_id: Mapped[int]
    reason: Mapped[str]

    __table_args__ = (
        in_district("licence_id", to="licence"),
        in_district("attestation_id", to="licence_attestation"),
        in_district("by_person_id", to="person"),
        sa.UniqueConstraint("district_id", "attestation_id"),
        sa.Index("ix_licence_attestation_taken_back_licence", "district_id", "licence_id", "id"),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )


class ProviderApproval(DistrictOwned, Base):
    """That a licensing body approved an organization as provider, from a day to another, and under which number."""

    __tablename__ = "provider_approval"

    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organization.id"))
    regime: Mapped[str]
    number: Mapped[str]
    approved_from: Mapped[date]
    approved_until: Mapped[date | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint(
            "district_id",
            "organization_id",
            "regime",
            "approved_from",
            name="uq_provider_approval_organization",
        ),
        sa.CheckConstraint("approved_until IS NULL OR approved_until >= approved_from", name="span"),
    )


class AdoptedRegime(DistrictOwned, Base):
    """A regime whose licences the district's people hold: it is offered to them, and reported on."""

    __tablename__ = "adopted_regime"

    regime: Mapped[str]
    sponsor_number: Mapped[str]
    adopted_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (sa.UniqueConstraint("district_id", "regime"),)


class RegimeLayer(DistrictOwned, Base):
    """An edition of what the district asks on top of a regime, as the TOML that its reader takes. Append-only.

    It holds for cycles that end on or after `effective_from`, until a later edition does.
    """

    __tablename__ = "regime_layer"

    regime: Mapped[str]
    edition: Mapped[int]
    effective_from: Mapped[date]
    document: Mapped[str]
    by_person_id: Mapped[int]
    by_name: Mapped[str]
    published_at: Mapped[datetime]

    __table_args__ = (
        in_district("by_person_id", to="person"),
        sa.UniqueConstraint("district_id", "regime", "edition"),
        sa.CheckConstraint("edition >= 1", name="edition"),
    )
