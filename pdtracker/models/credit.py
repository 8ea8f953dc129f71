"""The ledger of credit: append-only entries of minutes by category."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.models.base import Base, DistrictOwned, in_district, words


class EntryKind(enum.StrEnum):
    """What a ledger entry does: it gives credit, or takes back what an earlier entry gave."""

    CREDIT = "credit"
    REVERSAL = "reversal"


class Award(DistrictOwned, Base):
    """A ledger entry: minutes of one category for one claim, with the policy's name and the reason for each.

    Never changed and never deleted: a reversal is a new entry with negative minutes. The sum of a claim's
    entries is what it is worth today. `trace` is the list of `TraceStep`s as objects with
    rule, before, after, sentence.
    """

    __tablename__ = "award"

    claim_id: Mapped[int]
    person_id: Mapped[int]
    step_id: Mapped[int]
    entry: Mapped[EntryKind] = mapped_column(words(EntryKind))
    category: Mapped[CreditCategory] = mapped_column(words(CreditCategory))
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    minutes: Mapped[int]
    # What was attended, before the district's own steps and caps: from it each regime counts by its own rules. Not
    # known of entries that are older than this column.
    instructional_minutes: Mapped[int | None]
    activity_on: Mapped[date]
    policy_id: Mapped[int]
    policy_name: Mapped[str]
    trace: Mapped[list[Any]]
    # What it was credited on, the strongest first, as people read it (`domain.evidence.pieces_document`). Not known of
    # entries that are older than this column; a reversal has none.
    evidence: Mapped[list[Any] | None]
    awarded_at: Mapped[datetime]

    __table_args__ = (
        in_district("claim_id", "person_id", to="claim"),
        in_district("step_id", to="claim_step"),
        in_district("policy_id", to="credit_policy"),
        # One decision writes one entry for each category: whatever races, never two.
        sa.UniqueConstraint("district_id", "step_id", "category"),
        sa.CheckConstraint(
            "(entry = 'credit' AND minutes BETWEEN 0 AND 1440) OR (entry = 'reversal' AND minutes BETWEEN -1440 AND 0)",
            name="minutes",
        ),
        # Reports on a whole district add it up: it holds all that they ask of an entry.
        sa.Index(
            "ix_award_person",
            "district_id",
            "person_id",
            "activity_on",
            "kind",
            "category",
            "minutes",
            "claim_id",
        ),
        # With the minutes, or SQLite adds a claim's up from the index above, of which it knows the district only.
        sa.Index("ix_award_claim", "district_id", "claim_id", "minutes"),
    )
