"""The paths by which a district's claims are reviewed, and where on its path each claim is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.review_path import Actor
from pdtracker.models.base import Base, DistrictOwned, in_district, words


class ReviewPath(DistrictOwned, Base):
    """A path of reviews, as a document, from its first day until that of the next one; never edited.

    Of two with one first day the later version holds.
    """

    __tablename__ = "review_path"

    version: Mapped[int]
    effective_from: Mapped[date]
    document: Mapped[dict[str, Any]]
    published_by_id: Mapped[int]
    published_at: Mapped[datetime]

    __table_args__ = (
        in_district("published_by_id", to="person"),
        sa.UniqueConstraint("district_id", "version"),
        sa.CheckConstraint("version >= 1", name="version"),
    )


class ClaimRoute(DistrictOwned, Base):
    """The reviews that a claim needs by its path, and which of them is open.

    A claim without one was first sent while no path was in force: it has one review. `sent_version` is the version as
    which it was last sent; what was endorsed before that counts no longer.
    """

    __tablename__ = "claim_route"

    claim_id: Mapped[int]
    path_id: Mapped[int]
    stops: Mapped[list[Any]]
    turn: Mapped[int]
    # Whose turn it is, as the open review says: for the queue.
    turn_actor: Mapped[Actor] = mapped_column(words(Actor, "turn_actor"))
    turn_person_id: Mapped[int | None]
    sent_version: Mapped[int]

    __table_args__ = (
        in_district("claim_id", to="claim"),
        in_district("path_id", to="review_path"),
        in_district("turn_person_id", to="person"),
        sa.UniqueConstraint("district_id", "claim_id"),
        sa.CheckConstraint("turn >= 1", name="turn"),
        sa.CheckConstraint("(turn_actor = 'person') = (turn_person_id IS NOT NULL)", name="turn_person"),
        sa.Index("ix_claim_route_turn_person", "district_id", "turn_person_id"),
    )
