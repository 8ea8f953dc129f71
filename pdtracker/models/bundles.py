"""The parts of bundles: short sessions that are claimed together."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, DistrictOwned, in_district


class ClaimPart(DistrictOwned, Base):
    """One short session of a bundle, with its own time and what shows that the claimant was there.

    The facts of the session are copied when it is added: what a host changes later in the calendar changes no part.
    Its kind is the claim's.
    """

    __tablename__ = "claim_part"

    claim_id: Mapped[int]
    person_id: Mapped[int]
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))
    title: Mapped[str]
    host: Mapped[str]
    hashtag: Mapped[str | None]
    # The host's own hours, when the calendar states them.
    session_starts_at: Mapped[datetime | None]
    session_ends_at: Mapped[datetime | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    zone: Mapped[str]
    minutes: Mapped[int]
    longer_reason: Mapped[str]
    # A link to something written there, the claimant's own word, or both. An empty link stands where neither is needed,
    # because a check-in or a report shows the part.
    link: Mapped[str | None]
    note: Mapped[str]
    added_at: Mapped[datetime]

    __table_args__ = (
        in_district("claim_id", "person_id", to="claim"),
        sa.UniqueConstraint("district_id", "claim_id", "event_id"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        sa.CheckConstraint("ends_at > starts_at", name="span"),
        sa.CheckConstraint("link IS NOT NULL OR note <> ''", name="evidence"),
        sa.Index("ix_claim_part_event", "district_id", "person_id", "event_id"),
    )
