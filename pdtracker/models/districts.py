"""Districts and their schools."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.set_up import SetUpStep
from pdtracker.models.base import Base, DistrictOwned, in_district, words
from pdtracker.models.ids import new_id


class District(Base):
    """A school district: the owner of people, claims, credit and certificates."""

    __tablename__ = "district"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    place: Mapped[str]
    zone: Mapped[str]
    sponsor_number: Mapped[str | None]
    created_at: Mapped[datetime]
    # From then on nobody is told what setting up still lacks.
    set_up_ended_at: Mapped[datetime | None]
    # Since when its commitment is public as it stands: lists over all districts can't see the commitment itself.
    committed_at: Mapped[datetime | None]

    __table_args__ = (sa.CheckConstraint("length(slug) BETWEEN 2 AND 40", name="slug_length"),)


class School(DistrictOwned, Base):
    """A school of the district."""

    __tablename__ = "school"

    name: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("district_id", "name"),)


class Prompt(DistrictOwned, Base):
    """A question of the district that a reflection answers."""

    __tablename__ = "prompt"

    position: Mapped[int]
    question: Mapped[str]
    hint: Mapped[str]
    wished_words: Mapped[int]
    retired_at: Mapped[datetime | None]

    __table_args__ = (sa.CheckConstraint("position >= 1", name="position"),)


class CreditPolicy(DistrictOwned, Base):
    """An edition of the district's rules for credit, as a document with effective dates; never edited."""

    __tablename__ = "credit_policy"

    name: Mapped[str]
    edition: Mapped[str]
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("district_id", "name", "edition"),)


class SigningKey(DistrictOwned, Base):
    """A key that signs the district's certificates; the private half is kept encrypted.

    All but the first were endorsed by the key before them, `predecessor`, when it retired.
    """

    __tablename__ = "signing_key"

    kid: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sealed_private_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    valid_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    predecessor: Mapped[str | None]
    endorsement: Mapped[bytes | None] = mapped_column(sa.LargeBinary)

    __table_args__ = (sa.UniqueConstraint("district_id", "kid"),)


class SetUpChoice(DistrictOwned, Base):
    """That somebody said to keep the defaults of one step of setting the district up."""

    __tablename__ = "set_up_choice"

    step: Mapped[SetUpStep] = mapped_column(words(SetUpStep))
    by_person_id: Mapped[int]
    kept_at: Mapped[datetime]

    __table_args__ = (
        in_district("by_person_id", to="person"),
        sa.UniqueConstraint("district_id", "step"),
    )
