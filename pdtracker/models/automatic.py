"""Automatic approval: the policies, what each looked at came to, and the sealed seeds by which claims are drawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.automatic import Left, Look
from pdtracker.models.base import Base, DistrictOwned, in_district, words


class AutomaticPolicy(DistrictOwned, Base):
    """A version of the policy, as a document, from its first day until that of the next one; never edited."""

    __tablename__ = "automatic_policy"

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


class AutomaticLook(DistrictOwned, Base):
    """What a policy made of a claim: approved by `step_id`, drawn for a person, or left to one for a reason.

    `asked_step_id` took the approval back because the claimant asked for a person, in the words of `asked_words`.
    """

    __tablename__ = "automatic_look"

    claim_id: Mapped[int]
    claim_version: Mapped[int]
    policy_id: Mapped[int]
    outcome: Mapped[Look] = mapped_column(words(Look, "outcome"))
    reason: Mapped[Left | None] = mapped_column(words(Left, "reason"))
    step_id: Mapped[int | None]
    asked_step_id: Mapped[int | None]
    asked_words: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime]

    __table_args__ = (
        in_district("claim_id", to="claim"),
        in_district("policy_id", to="automatic_policy"),
        in_district("step_id", to="claim_step"),
        in_district("asked_step_id", to="claim_step"),
        sa.UniqueConstraint("district_id", "claim_id"),
        sa.UniqueConstraint("district_id", "step_id"),
        sa.UniqueConstraint("district_id", "asked_step_id"),
        sa.CheckConstraint("(outcome = 'approved') = (step_id IS NOT NULL)", name="step"),
        sa.CheckConstraint("(outcome = 'left') = (reason IS NOT NULL)", name="why"),
        sa.CheckConstraint("asked_step_id IS NULL OR step_id IS NOT NULL", name="asked"),
        sa.Index("ix_automatic_look_at", "district_id", "at", "outcome"),
    )


class SampleSeed(DistrictOwned, Base):
    """The seed by which a month's claims are drawn: sealed from before the month until after it, then for everybody."""

    __tablename__ = "sample_seed"

    month_on: Mapped[date]
    digest: Mapped[str]
    sealed: Mapped[bytes]
    committed_at: Mapped[datetime]
    # The seed itself, in hexadecimal digits, once it is opened.
    opened: Mapped[str | None]
    opened_at: Mapped[datetime | None]

    __table_args__ = (
        sa.UniqueConstraint("district_id", "month_on"),
        sa.CheckConstraint("(opened IS NULL) = (opened_at IS NULL)", name="opened"),
    )
