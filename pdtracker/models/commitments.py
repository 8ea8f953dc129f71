"""What a district commits to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from pdtracker.models.base import Base, DistrictOwned, in_district


class Commitment(DistrictOwned, Base):
    """A version of the district's public commitment: never changed, only followed. Without promises it is taken back.

    `promises` is a list of objects with promise and target.
    """

    __tablename__ = "commitment"

    version: Mapped[int]
    words: Mapped[str]
    promises: Mapped[list[Any]]
    from_on: Mapped[date]
    until_on: Mapped[date]
    published_by_id: Mapped[int]
    published_at: Mapped[datetime]

    __table_args__ = (
        in_district("published_by_id", to="person"),
        sa.UniqueConstraint("district_id", "version"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("from_on <= until_on", name="span"),
    )
