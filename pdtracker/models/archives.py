"""What stays of an event when it is over."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.archive import ArchiveKind, ArchiveState
from pdtracker.models.base import Base, DistrictOwned, in_district, words


class ArchiveLink(DistrictOwned, Base):
    """A recording, a chat's archive or a resource of an event, given by somebody of the district."""

    __tablename__ = "archive_link"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    kind: Mapped[ArchiveKind] = mapped_column(words(ArchiveKind))
    title: Mapped[str]
    link: Mapped[str]
    state: Mapped[ArchiveState] = mapped_column(words(ArchiveState))
    given_by_id: Mapped[int]
    given_at: Mapped[datetime]
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str]

    __table_args__ = (
        in_district("given_by_id", to="person"),
        in_district("decided_by_id", to="person"),
        sa.UniqueConstraint("district_id", "event_id", "link"),
    )
