"""The calendar: programmes with themes, organizations, and the events that they host."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pdtracker.domain.event_facts import Audience, Cost, GradeBand
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.models.base import Base, DistrictOwned, SharedOrOwned, in_district, words


class EventState(enum.StrEnum):
    """Where an event stands in the calendar."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Programme(SharedOrOwned, Base):
    """A season of events with themes, such as Connected Educator Month 2014."""

    __tablename__ = "programme"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    goals: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    # Where it is written down, and what is not known of it, in a sentence.
    source: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (sa.CheckConstraint("starts_on <= ends_on", name="span"),)


class Theme(SharedOrOwned, Base):
    """A theme of a programme."""

    __tablename__ = "theme"

    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    source: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (sa.UniqueConstraint("programme_id", "name"),)


class Organization(SharedOrOwned, Base):
    """Who hosts: a society, a university, a district, a group of teachers."""

    __tablename__ = "organization"

    name: Mapped[str]

    __table_args__ = (sa.UniqueConstraint("name", "district_id"),)


class Event(SharedOrOwned, Base):
    """Something to learn at: with fixed hours, or a window without them (then minutes are unknown)."""

    __tablename__ = "event"

    programme_id: Mapped[int | None] = mapped_column(sa.ForeignKey("programme.id"))
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organization.id"), index=True)
    title: Mapped[str]
    summary: Mapped[str]
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    category: Mapped[CreditCategory] = mapped_column(words(CreditCategory))
    state: Mapped[EventState] = mapped_column(words(EventState))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    zone: Mapped[str]
    # An open window (book club, forum) or a day without known hours: nobody guesses minutes from it.
    has_hours: Mapped[bool]
    platform: Mapped[str]
    link: Mapped[str | None]
    hashtag: Mapped[str | None]
    source: Mapped[str | None]
    is_example: Mapped[bool]
    # Title, summary, hosts and hashtag as `domain.search.search_line` folds them; triggers index it.
    search_text: Mapped[str]
    created_at: Mapped[datetime]
    # Grows with each change: what an editor saw, and, less one, the SEQUENCE of feeds.
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    changed_at: Mapped[datetime | None]
    # Why it was cancelled; empty while it stands.
    cancel_reason: Mapped[str] = mapped_column(default="", server_default="")
    # The event that a moderator found it to be: its address leads there, and no list shows it.
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))
    audience: Mapped[Audience] = mapped_column(words(Audience), default=Audience.UNSAID)
    cost: Mapped[Cost] = mapped_column(words(Cost), default=Cost.UNSAID)
    # The tag of a language (BCP 47); empty where nobody said.
    language: Mapped[str] = mapped_column(default="")
    # Where it can be seen or read again: a recording, the archive of a chat.
    archive_link: Mapped[str | None]
    # The first event of the series that it belongs to; of the first one itself. Nothing for an event of its own.
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))

    organization: Mapped[Organization] = relationship(lazy="raise_on_sql")
    programme: Mapped[Programme | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="span"),
        sa.CheckConstraint("NOT has_hours OR ends_at IS NOT NULL", name="hours_have_an_end"),
        sa.CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="merged_into_another"),
        sa.Index("ix_event_starts_at", "starts_at", "id"),
        sa.Index("ix_event_series_id", "series_id", "starts_at"),
        sa.Index("ix_event_programme_id_starts_at", "programme_id", "starts_at", "id"),
    )


class EventSession(SharedOrOwned, Base):
    """One of an event's sessions, where it has several: each has its hours, and each can be claimed for itself.

    An event with one stretch of hours has no rows here: its own hours are its session.
    """

    __tablename__ = "event_session"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    # In the order of the programme of the day; parallel ones share their hours.
    position: Mapped[int]
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("event_id", "position"),
        sa.CheckConstraint("position >= 1", name="position"),
        sa.CheckConstraint("ends_at > starts_at", name="span"),
    )


class EventBreak(SharedOrOwned, Base):
    """A stretch of an event that nobody gets credit for: lunch, a pause between two halves."""

    __tablename__ = "event_break"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("event_id", "starts_at"),
        sa.CheckConstraint("ends_at > starts_at", name="span"),
    )


class EventTheme(Base):
    """An event belongs to a theme. Seen only through events and themes, which are scoped."""

    __tablename__ = "event_theme"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), primary_key=True, autoincrement=False)
    theme_id: Mapped[int] = mapped_column(
        sa.ForeignKey("theme.id"), primary_key=True, autoincrement=False, index=True
    )


class EventCategory(SharedOrOwned, Base):
    """The minutes of one category, where an event proposes a split over several."""

    __tablename__ = "event_category"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    category: Mapped[CreditCategory] = mapped_column(words(CreditCategory))
    minutes: Mapped[int]

    __table_args__ = (
        sa.UniqueConstraint("event_id", "category"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
    )


class ThemeConvenor(Base):
    """An organization that convenes a theme. Seen only through themes and organizations, which are scoped."""

    __tablename__ = "theme_convenor"

    theme_id: Mapped[int] = mapped_column(sa.ForeignKey("theme.id"), primary_key=True, autoincrement=False)
    organization_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organization.id"), primary_key=True, autoincrement=False, index=True
    )


class EventGrade(SharedOrOwned, Base):
    """A band of grades that an event is about."""

    __tablename__ = "event_grade"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    grade: Mapped[GradeBand] = mapped_column(words(GradeBand))

    __table_args__ = (sa.UniqueConstraint("event_id", "grade"),)


class EventCoHost(Base):
    """A further organization that hosts the event. Seen only through events and organizations, which are scoped."""

    __tablename__ = "event_co_host"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"), primary_key=True, autoincrement=False)
    organization_id: Mapped[int] = mapped_column(
        sa.ForeignKey("organization.id"), primary_key=True, autoincrement=False, index=True
    )


class EventHost(DistrictOwned, Base):
    """A person of the district who hosts an event: they never review claims for it."""

    __tablename__ = "event_host"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    person_id: Mapped[int]

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "event_id", "person_id"),
    )


class EventProposal(DistrictOwned, Base):
    """Who proposed an event to the district's calendar, and who decided about it, with the reason of a refusal.

    While it is returned it waits for its proposer, with the moderator's comment; sent again it waits for a decision.
    """

    __tablename__ = "event_proposal"

    event_id: Mapped[int] = mapped_column(sa.ForeignKey("event.id"))
    proposed_by_id: Mapped[int]
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str]
    returned_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        in_district("proposed_by_id", to="person"),
        in_district("decided_by_id", to="person"),
        sa.UniqueConstraint("district_id", "event_id"),
        sa.CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name="decided"),
    )
