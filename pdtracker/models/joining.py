"""Letters and links with which people come into a district, and the district's open registration."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, Directory, DistrictOwned, in_district
from pdtracker.models.ids import new_id


class JoiningLink(Directory, Base):
    """An address that a district hands round: it lets in whoever reads mail of its domains. Only its hash is kept."""

    __tablename__ = "joining_link"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    token_hash: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    domains: Mapped[list[Any]]
    most: Mapped[int]
    used: Mapped[int]
    by_person_id: Mapped[int]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("by_person_id", to="person"),
        sa.UniqueConstraint("district_id", "id"),
        sa.CheckConstraint("used BETWEEN 0 AND most", name="used"),
        sa.CheckConstraint("ends_at > made_at", name="ends"),
    )


class JoiningLetter(Directory, Base):
    """A letter with a link that lets its reader in, once. Of the link, drawn when the letter leaves, the hash is kept.

    `person_id` is the person whom the district invited. Without one somebody asked by themselves: through a link, or
    without one through the open registration.
    """

    __tablename__ = "joining_letter"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    person_id: Mapped[int | None]
    link_id: Mapped[int | None]
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    # The letter in the outbox that brings the link; the one before it brings none any more.
    mail_id: Mapped[int]
    letters: Mapped[int]
    by_name: Mapped[str]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    link_ends_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("person_id", to="person"),
        in_district("link_id", to="joining_link"),
        sa.UniqueConstraint("district_id", "email_key"),
        sa.Index("ix_joining_letter_mail", "district_id", "mail_id"),
    )


class OpenRegistration(DistrictOwned, Base):
    """That a district lets in by themselves whoever reads mail of its domains; without a row it is closed."""

    __tablename__ = "open_registration"

    domains: Mapped[list[Any]]
    by_person_id: Mapped[int]
    opened_at: Mapped[datetime]

    __table_args__ = (in_district("by_person_id", to="person"), sa.UniqueConstraint("district_id"))
