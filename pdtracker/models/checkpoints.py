"""Checkpoints of a district's audit chain, and who keeps them outside of the house."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, DistrictOwned, in_district


class CheckpointOfficers(DistrictOwned, Base):
    """Two people who get a district's checkpoints, as somebody named them; the newest row holds. Empty for nobody."""

    __tablename__ = "checkpoint_officers"

    named_at: Mapped[datetime]
    by_person_id: Mapped[int]
    first_name: Mapped[str]
    first_email: Mapped[str]
    second_name: Mapped[str]
    second_email: Mapped[str]

    __table_args__ = (in_district("by_person_id", to="person"),)


class TrailCheckpoint(DistrictOwned, Base):
    """That the chain ended with entry `seq` of this hash, signed; one for each day of the district's clock."""

    __tablename__ = "trail_checkpoint"

    # Not `on`: that is a word of SQL.
    written_on: Mapped[date]
    at: Mapped[datetime]
    seq: Mapped[int]
    hash: Mapped[str]
    kid: Mapped[str]
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary)

    __table_args__ = (sa.UniqueConstraint("district_id", "written_on"),)
