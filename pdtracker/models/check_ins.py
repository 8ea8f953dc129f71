"""Check-in: the desks at which people of a district check in and out, and the log of who did, which only grows."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.check_ins import Clock, Mark, Means
from pdtracker.models.base import Base, DistrictOwned, in_district, words


class CheckInDesk(DistrictOwned, Base):
    """Where people of the district check in for an event, or for one of its sessions; its secret makes the codes."""

    __tablename__ = "check_in_desk"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_session.id"))
    # The session, or the event where it has none: what there is one desk for.
    place_id: Mapped[int]
    secret: Mapped[bytes] = mapped_column(sa.LargeBinary)
    opens_before: Mapped[int]
    closes_after: Mapped[int]
    set_up_by_id: Mapped[int]
    set_up_at: Mapped[datetime]

    __table_args__ = (
        in_district("set_up_by_id", to="person"),
        sa.UniqueConstraint("district_id", "place_id"),
        sa.CheckConstraint("session_id IS NULL OR place_id = session_id", name="place"),
        sa.CheckConstraint("opens_before BETWEEN 0 AND 120", name="opens_before"),
        sa.CheckConstraint("closes_after BETWEEN 0 AND 120", name="closes_after"),
        sa.Index("ix_check_in_desk_event", "district_id", "event_id"),
    )


class CheckIn(DistrictOwned, Base):
    """One line of the log: who came or went, when, and how that is known. Append-only; a correction is a further line.

    Nobody is noted by themselves in a way that is somebody else's to note; the database refuses it.
    """

    __tablename__ = "check_in"

    desk_id: Mapped[int]
    # Nobody of the district's, when somebody walked in whom nobody knows: then there is only their name.
    person_id: Mapped[int | None]
    name: Mapped[str]
    mark: Mapped[Mark] = mapped_column(words(Mark))
    means: Mapped[Means] = mapped_column(words(Means))
    clock: Mapped[Clock] = mapped_column(words(Clock))
    # The moment that counts; when we got it; and what the device said, where it kept the scan for a while.
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    # Which code of the screen it was, counted in its steps.
    step: Mapped[int | None]
    # Drawn by the device: the same again is the same entry.
    nonce: Mapped[str]
    by_person_id: Mapped[int]
    by_name: Mapped[str]
    corrects_id: Mapped[int | None]
    reason: Mapped[str]

    __table_args__ = (
        in_district("desk_id", to="check_in_desk"),
        in_district("person_id", to="person"),
        in_district("by_person_id", to="person"),
        in_district("corrects_id", to="check_in"),
        sa.UniqueConstraint("district_id", "by_person_id", "nonce"),
        sa.CheckConstraint("(mark IN ('moved', 'struck')) = (corrects_id IS NOT NULL)", name="correction"),
        sa.CheckConstraint("person_id IS NOT NULL OR name <> ''", name="who"),
        sa.CheckConstraint(
            "(means IN ('screen', 'short_code', 'own') AND mark IN ('in', 'out'))"
            " OR person_id IS NULL OR by_person_id <> person_id",
            name="never_ones_own",
        ),
        sa.Index("ix_check_in_desk_person", "district_id", "desk_id", "person_id", "id"),
        sa.Index("ix_check_in_person", "district_id", "person_id", "desk_id"),
    )


class CheckedIn(DistrictOwned, Base):
    """What became of a person's check-ins at an event: the draft that they began, or nothing where it was logged.

    The log goes on after that, so it is kept up to which of its lines they were looked at.
    """

    __tablename__ = "checked_in"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    person_id: Mapped[int]
    last_entry_id: Mapped[int]
    # The draft, and its version then: whoever touched it since has another one.
    claim_id: Mapped[int | None]
    claim_version: Mapped[int | None]
    at: Mapped[datetime]

    __table_args__ = (
        in_district("person_id", to="person"),
        in_district("claim_id", to="claim"),
        sa.UniqueConstraint("district_id", "event_id", "person_id"),
        sa.Index("ix_checked_in_claim", "district_id", "claim_id"),
    )
