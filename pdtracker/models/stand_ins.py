"""Who stands in for a reviewer while they are away."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from pdtracker.models.base import Base, DistrictOwned, in_district


class StandIn(DistrictOwned, Base):
    """That somebody takes a reviewer's turns from one day to another, both included; over earlier once it is ended."""

    __tablename__ = "stand_in"

    for_person_id: Mapped[int]
    by_person_id: Mapped[int]
    from_on: Mapped[date]
    until_on: Mapped[date]
    created_by_id: Mapped[int]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("for_person_id", to="person"),
        in_district("by_person_id", to="person"),
        in_district("created_by_id", to="person"),
        sa.CheckConstraint("for_person_id <> by_person_id", name="somebody_else"),
        sa.CheckConstraint("until_on >= from_on", name="span"),
        sa.Index("ix_stand_in_by", "district_id", "by_person_id", "until_on"),
        sa.Index("ix_stand_in_for", "district_id", "for_person_id", "until_on"),
    )
