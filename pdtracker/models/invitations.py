"""Which address was told of which event."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, DistrictOwned, in_district


class Invitation(DistrictOwned, Base):
    """A person told a colleague of an event: once for each address, which is kept as a keyed hash."""

    __tablename__ = "invitation"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    by_person_id: Mapped[int]
    to_hash: Mapped[str]
    sent_at: Mapped[datetime]

    __table_args__ = (
        in_district("by_person_id", to="person"),
        sa.UniqueConstraint("district_id", "event_id", "to_hash"),
    )
