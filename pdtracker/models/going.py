"""Who means to come to an event: a mark in one's own calendar, and the addresses under which phones read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, Directory, DistrictOwned, in_district
from pdtracker.models.ids import new_id


class Going(DistrictOwned, Base):
    """A person means to come to an event, without a place that anybody gives out: that is a registration."""

    __tablename__ = "going"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    person_id: Mapped[int]
    marked_at: Mapped[datetime]
    wants_reminder: Mapped[bool]
    # What the person was told last, by the page or a letter; another state, time or place is news.
    told: Mapped[dict[str, Any]]
    told_version: Mapped[int]
    reminded_at: Mapped[datetime | None]
    asked_to_log_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "event_id", "person_id"),
        sa.Index("ix_going_person", "district_id", "person_id"),
    )


class CalendarAddress(Directory, Base):
    """Under which a person's calendar can be read without signing in. Only the hash of its secret is kept.

    A revoked one stays until its person makes the next: it answers like one that never was.
    """

    __tablename__ = "calendar_address"

    token_hash: Mapped[str] = mapped_column(primary_key=True, sort_order=-3)
    id: Mapped[int] = mapped_column(default=new_id, unique=True, sort_order=-2)
    person_id: Mapped[int] = mapped_column(sort_order=6)
    # Where they use it, in their own words: "my phone".
    name: Mapped[str] = mapped_column(sort_order=7)
    made_at: Mapped[datetime] = mapped_column(sort_order=8)
    revoked_at: Mapped[datetime | None] = mapped_column(sort_order=9)

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.Index("ix_calendar_address_person", "district_id", "person_id"),
    )
