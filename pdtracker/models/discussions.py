"""Discussions of events: what people of a district wrote, and what others reported of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, DistrictBound, DistrictOwned, in_district


class Contribution(DistrictOwned, Base):
    """Somebody's words under an event, for the people of their district. Withdrawn words are gone, the row stays."""

    __tablename__ = "contribution"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    person_id: Mapped[int]
    words: Mapped[str]
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None]
    hidden_reason: Mapped[str]

    __table_args__ = (
        in_district("person_id", to="person"),
        in_district("hidden_by_id", to="person"),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_by_id IS NULL)", name="hidden"),
        sa.CheckConstraint("hidden_at IS NULL OR hidden_reason <> ''", name="reason"),
        sa.CheckConstraint("withdrawn_at IS NULL OR words = ''", name="withdrawn"),
        sa.Index("ix_contribution_event", "district_id", "event_id", "id"),
    )


class ContributionReport(DistrictOwned, Base):
    """Somebody thinks that words don't belong where they stand. It waits until somebody who may hide them decided."""

    __tablename__ = "contribution_report"

    contribution_id: Mapped[int]
    by_person_id: Mapped[int]
    reason: Mapped[str]
    reported_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("contribution_id", to="contribution"),
        in_district("by_person_id", to="person"),
        sa.UniqueConstraint("district_id", "contribution_id", "by_person_id"),
    )


class DiscussionClosure(DistrictBound, Base):
    """The district has no discussions: who closed them, and when."""

    __tablename__ = "discussion_closure"

    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int]

    __table_args__ = (in_district("closed_by_id", to="person"),)
