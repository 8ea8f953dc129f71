"""What the house keeps for itself: audit trail, outgoing mail, answers to repeated requests, rates."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.mailing import LetterKind
from pdtracker.models.base import Base, DistrictBound, DistrictOwned, Installation, in_district, words
from pdtracker.models.mailing import LETTER_KINDS


class AuditEntry(DistrictOwned, Base):
    """What happened: written in the transaction of the action itself, chained by hash, never changed."""

    __tablename__ = "audit_entry"

    seq: Mapped[int]
    at: Mapped[datetime]
    # Nobody, when an operator acted from the command line.
    by_person_id: Mapped[int | None]
    by_name: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int]
    facts: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (
        sa.UniqueConstraint("district_id", "seq"),
        sa.Index("ix_audit_entry_subject", "district_id", "subject", "subject_id", "seq"),
        sa.Index("ix_audit_entry_at", "district_id", "at"),
    )


class AuditHead(DistrictBound, Base):
    """The end of a district's audit chain; its row is the lock under which the chain grows."""

    __tablename__ = "audit_head"

    seq: Mapped[int]
    hash: Mapped[str]


class MailState(enum.StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    # Called back before it left, because the decision that it told of was undone.
    CANCELLED = "cancelled"
    FAILED = "failed"
    # Its reader has letters of its kind in a digest, which isn't written yet.
    GATHERED = "gathered"
    # In the digest that `digest_id` names.
    DIGESTED = "digested"
    # Its reader does without its kind, or its address takes no letters.
    WITHHELD = "withheld"
    # The other side said for good that there is no such reader.
    BOUNCED = "bounced"


class OutboxMail(DistrictOwned, Base):
    """A message to deliver, written in the transaction that it tells of; the worker sends it later."""

    __tablename__ = "outbox_mail"

    dedupe_key: Mapped[str]
    # Whose letter it is: who gets it, or who has it sent to somebody outside the district.
    to_person_id: Mapped[int]
    to_email: Mapped[str]
    to_name: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    kind: Mapped[LetterKind] = mapped_column(
        LETTER_KINDS, default=LetterKind.OTHER, server_default=LetterKind.OTHER.value
    )
    # Where the thing is found that it tells of; empty where there is no page of it.
    address: Mapped[str] = mapped_column(default="", server_default="")
    # A file of text that goes with it, such as the entry of a calendar, under its name.
    attachment_name: Mapped[str | None]
    attachment: Mapped[str | None]
    # The decision that the message tells of: undo calls the message back.
    step_id: Mapped[int | None]
    state: Mapped[MailState] = mapped_column(words(MailState))
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    last_error: Mapped[str]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    digest_id: Mapped[int | None]
    # When its reader said, in the house, that they know.
    read_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("to_person_id", to="person"),
        in_district("step_id", to="claim_step"),
        sa.UniqueConstraint("district_id", "dedupe_key"),
        sa.Index(
            "ix_outbox_mail_due",
            "district_id",
            "not_before",
            "id",
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
        sa.Index("ix_outbox_mail_step", "district_id", "step_id"),
        sa.Index("ix_outbox_mail_state", "district_id", "state", "id"),
        sa.Index(
            "ix_outbox_mail_unread",
            "district_id",
            "to_person_id",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index("ix_outbox_mail_reader", "district_id", "to_person_id", "id"),
    )


class IdempotencyKey(DistrictOwned, Base):
    """The answer that a form or a program already got: the same request again gets the same answer."""

    __tablename__ = "idempotency_key"

    person_id: Mapped[int]
    key: Mapped[str]
    action: Mapped[str]
    request_hash: Mapped[str]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "person_id", "key"),
    )


class Rate(Installation, Base):
    """How often something was tried in a window of time, by whom: see `pdtracker.rates`."""

    __tablename__ = "rate"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    window_starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]
