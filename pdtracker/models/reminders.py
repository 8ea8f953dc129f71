"""A district's policy of reminders, and what somebody was reminded of already."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.reminders import ReminderKind
from pdtracker.models.base import Base, DistrictBound, DistrictOwned, in_district, words


class ReminderPolicy(DistrictBound, Base):
    """After how many days each reminder comes, as a district chose; without a row those of the house hold."""

    __tablename__ = "reminder_policy"

    changed_at: Mapped[datetime]
    log_days: Mapped[int | None]
    reflection_days: Mapped[int | None]
    review_days: Mapped[int | None]
    cycle_days: Mapped[int | None]
    escalation_days: Mapped[int | None]


class Reminder(DistrictOwned, Base):
    """That somebody was reminded of a claim or a licence; `about` tells one wait or end from the next of the same."""

    __tablename__ = "reminder"

    kind: Mapped[ReminderKind] = mapped_column(words(ReminderKind))
    person_id: Mapped[int]
    subject_id: Mapped[int]
    about: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        in_district("person_id", to="person"),
        # Never two for the same thing, whoever of the workers comes first.
        sa.UniqueConstraint("district_id", "kind", "subject_id", "person_id", "about"),
        sa.Index("ix_reminder_person", "district_id", "person_id", "kind", "at"),
    )
