"""Places at events that the district runs: on which terms, who has one, who waits for one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.registration import RegistrationState
from pdtracker.models.base import Base, DistrictOwned, in_district, words


class RegistrationTerms(DistrictOwned, Base):
    """An event asks people to register. The row is the lock under which its places are given out."""

    __tablename__ = "registration_terms"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    # Without a number there is a place for everybody.
    places: Mapped[int | None]
    closes_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("district_id", "event_id"),
        sa.CheckConstraint("places IS NULL OR places >= 1", name="places"),
    )


class Registration(DistrictOwned, Base):
    """One person's place at an event, or in its waiting list; what they gave up stays as that."""

    __tablename__ = "registration"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    person_id: Mapped[int]
    state: Mapped[RegistrationState] = mapped_column(words(RegistrationState))
    # Its place in the line: who asked first gets the place that becomes free.
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime]
    # What the person was told last by letter; another state, time or place is news.
    told: Mapped[dict[str, Any]]
    told_version: Mapped[int]
    told_state: Mapped[RegistrationState] = mapped_column(words(RegistrationState, name="told_state"))
    reminded_at: Mapped[datetime | None]
    asked_to_log_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "event_id", "person_id"),
        sa.Index("ix_registration_line", "district_id", "event_id", "state", "asked_at", "id"),
        sa.Index("ix_registration_person", "district_id", "person_id", "state"),
    )
