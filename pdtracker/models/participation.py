"""Who takes part in a programme."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.participation import ParticipantKind, ParticipantState
from pdtracker.models.base import Base, Directory, in_district, words
from pdtracker.models.ids import new_id


class Participant(Directory, Base):
    """A district that takes part, or an organization or state that a person of the district speaks for.

    Written by its district only; the programme's public page reads the listed ones of all districts.
    """

    __tablename__ = "participant"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False, sort_order=-1)
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"), sort_order=6)
    kind: Mapped[ParticipantKind] = mapped_column(words(ParticipantKind), sort_order=7)
    name: Mapped[str] = mapped_column(sort_order=8)
    link: Mapped[str | None] = mapped_column(sort_order=9)
    state: Mapped[ParticipantState] = mapped_column(words(ParticipantState), sort_order=10)
    proposed_by_id: Mapped[int | None] = mapped_column(sort_order=11)
    proposed_at: Mapped[datetime] = mapped_column(sort_order=12)
    decided_by_id: Mapped[int | None] = mapped_column(sort_order=13)
    decided_at: Mapped[datetime | None] = mapped_column(sort_order=14)
    reason: Mapped[str] = mapped_column(sort_order=15)
    # Since when the district publishes its counts, by its own choice; what they were when they were last counted.
    counts_chosen_at: Mapped[datetime | None] = mapped_column(sort_order=16)
    counted_at: Mapped[datetime | None] = mapped_column(sort_order=17)
    people: Mapped[int | None] = mapped_column(sort_order=18)
    credited_minutes: Mapped[int | None] = mapped_column(sort_order=19)

    __table_args__ = (
        in_district("proposed_by_id", to="person"),
        in_district("decided_by_id", to="person"),
        sa.UniqueConstraint("district_id", "programme_id", "kind", "name"),
        sa.CheckConstraint("kind = 'district' OR counts_chosen_at IS NULL", name="counts_of_districts"),
        sa.CheckConstraint("people IS NULL OR (people >= 5 AND counts_chosen_at IS NOT NULL)", name="people"),
        sa.CheckConstraint("(people IS NULL) = (credited_minutes IS NULL)", name="counts"),
        sa.Index("ix_participant_programme_id", "programme_id", "state", "id"),
    )
