"""Calendars that a district took events from: each import, what it did, and by what an event is known again."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, DistrictOwned, in_district, words


class CalendarImport(DistrictOwned, Base):
    """One file that somebody confirmed."""

    __tablename__ = "calendar_import"

    name: Mapped[str]
    at: Mapped[datetime]
    # Nobody, when an operator imported it from the command line.
    by_person_id: Mapped[int | None]
    undone_at: Mapped[datetime | None]

    __table_args__ = (in_district("by_person_id", to="person"),)


class ImportedEvent(DistrictOwned, Base):
    """By what an imported event is known when it comes again, and what its calendar said of it last."""

    __tablename__ = "imported_event"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    uid: Mapped[str]
    # The begin that a date of a series had by its rule; empty for what doesn't repeat.
    recurrence: Mapped[str]
    link: Mapped[str]
    told: Mapped[dict[str, Any]]

    __table_args__ = (
        sa.UniqueConstraint("district_id", "event_id"),
        sa.UniqueConstraint("district_id", "uid", "recurrence"),
        sa.Index("ix_imported_event_link", "district_id", "link"),
    )


class ImportDeed(enum.StrEnum):
    """What an import did with an event."""

    ADDED = "added"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class CalendarImportRow(DistrictOwned, Base):
    """What one import did with one event, and what it had said of it before: undo goes back to that."""

    __tablename__ = "calendar_import_row"

    import_id: Mapped[int]
    # No key to the event: what is undone is gone.
    event_id: Mapped[int]
    title: Mapped[str]
    deed: Mapped[ImportDeed] = mapped_column(words(ImportDeed))
    version: Mapped[int]
    before: Mapped[dict[str, Any]]
    # Empty, or why undo left it: somebody has claimed it, or changed it since.
    stayed: Mapped[str]

    __table_args__ = (
        in_district("import_id", to="calendar_import"),
        sa.UniqueConstraint("district_id", "import_id", "event_id"),
    )
