"""Certificates: frozen, numbered, signed statements of credit, and what was said of them later."""

from __future__ import annotations

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.summary import SummaryKind
from pdtracker.models.base import Base, Directory, DistrictBound, DistrictOwned, in_district, words
from pdtracker.models.ids import new_id


class CertificateNews(enum.StrEnum):
    """What can be said of a certificate after its issue."""

    # Undone before it left the house: nobody was ever promised anything.
    RECALLED = "recalled"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Certificate(DistrictOwned, Base):
    """A frozen statement. Only `release_at` may ever change, and only towards an earlier time.

    `snapshot` holds the canonical JSON bytes that were signed; the PDF is rendered from them and from nothing
    else. Before `release_at` the certificate is not shown to anybody outside the district. One that sums up others
    stands on their decisions: it has no claim and no step of its own, and a row of `Summary`.
    """

    __tablename__ = "certificate"

    claim_id: Mapped[int | None]
    person_id: Mapped[int]
    step_id: Mapped[int | None]
    edition: Mapped[int]
    serial: Mapped[str]
    code: Mapped[str]
    holder_name: Mapped[str]
    title: Mapped[str]
    minutes: Mapped[int]
    snapshot: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sha256: Mapped[str]
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary)
    kid: Mapped[str]
    issued_at: Mapped[datetime]
    release_at: Mapped[datetime]

    __table_args__ = (
        in_district("claim_id", "person_id", to="claim"),
        in_district("step_id", to="claim_step"),
        sa.ForeignKeyConstraint(["district_id", "kid"], ["signing_key.district_id", "signing_key.kid"]),
        # One decision leads to one certificate; a reissue is its next edition.
        sa.UniqueConstraint("district_id", "step_id", "edition"),
        sa.UniqueConstraint("district_id", "serial"),
        sa.Index("ix_certificate_person", "district_id", "person_id", "issued_at"),
        sa.Index("ix_certificate_claim", "district_id", "claim_id"),
        sa.CheckConstraint("edition >= 1", name="edition"),
        sa.CheckConstraint("(claim_id IS NULL) = (step_id IS NULL)", name="decision"),
    )


class Summary(DistrictBound, Base):
    """Over what a certificate sums up others, and which edition of that it is.

    `subject_id` is the programme's or the licence's, and of a school year what stands for its first day.
    """

    __tablename__ = "certificate_summary"

    certificate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int]
    kind: Mapped[SummaryKind] = mapped_column(words(SummaryKind))
    subject_id: Mapped[int]
    first_on: Mapped[date]
    last_on: Mapped[date]
    edition: Mapped[int]

    __table_args__ = (
        in_district("certificate_id", to="certificate"),
        in_district("person_id", to="person"),
        # Whoever sums up the same at the same moment: one of them is refused.
        sa.UniqueConstraint(
            "district_id",
            "person_id",
            "kind",
            "subject_id",
            "edition",
            name="uq_certificate_summary_of",
        ),
        sa.CheckConstraint("first_on <= last_on", name="span"),
        sa.CheckConstraint("edition >= 1", name="edition"),
    )


class SummaryPart(DistrictBound, Base):
    """That a certificate is among those which another one sums up."""

    __tablename__ = "certificate_summary_part"

    summary_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    certificate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["district_id", "summary_id"],
            ["certificate_summary.district_id", "certificate_summary.certificate_id"],
        ),
        in_district("certificate_id", to="certificate"),
        sa.Index("ix_certificate_summary_part_certificate", "district_id", "certificate_id"),
    )


class CertificateStatus(DistrictOwned, Base):
    """Something said of a certificate after its issue: when, by whom, why, and what stands in its place."""

    __tablename__ = "certificate_status"

    certificate_id: Mapped[int]
    news: Mapped[CertificateNews] = mapped_column(words(CertificateNews))
    at: Mapped[datetime]
    by_person_id: Mapped[int]
    by_name: Mapped[str]
    reason: Mapped[str]
    successor_id: Mapped[int | None]

    __table_args__ = (
        in_district("certificate_id", to="certificate"),
        in_district("by_person_id", to="person"),
        in_district("successor_id", to="certificate"),
        sa.UniqueConstraint("district_id", "certificate_id", "news"),
        sa.CheckConstraint("(news = 'superseded') = (successor_id IS NOT NULL)", name="successor"),
    )


class StatusEntry(DistrictBound, Base):
    """A certificate's place in the district's published status list: nobody else's, and never given again."""

    __tablename__ = "status_entry"

    certificate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int]
    # Another certificate from before there were lists had the place that follows from its serial.
    is_moved: Mapped[bool]

    __table_args__ = (
        in_district("certificate_id", to="certificate"),
        sa.UniqueConstraint("district_id", "place"),
        sa.Index("ix_status_entry_moved", "district_id", "is_moved"),
        sa.CheckConstraint("place BETWEEN 0 AND 16777215", name="place"),
    )


class BadgeRecipient(DistrictBound, Base):
    """Whom a certificate's badge is for: the holder's address on the day of issue, as a salted hash.

    `sealed` is the badge in the certificate's file, as `exchange.open_badges.attached` packs it; older files have none.
    """

    __tablename__ = "badge_recipient"

    certificate_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    identity_hash: Mapped[str]
    sealed: Mapped[bytes | None] = mapped_column(sa.LargeBinary)

    __table_args__ = (in_district("certificate_id", to="certificate"),)


class ShareLink(Directory, Base):
    """An address under which somebody shows their certificates, or one, for some days. Its secret is kept as a hash.

    Each opening is an entry of the audit trail, which its person reads.
    """

    __tablename__ = "share_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True, sort_order=-3)
    id: Mapped[int] = mapped_column(default=new_id, unique=True, sort_order=-2)
    person_id: Mapped[int] = mapped_column(sort_order=6)
    # `None`: all that stand, also those that come later.
    certificate_id: Mapped[int | None] = mapped_column(sort_order=7)
    # For whom, in their own words: "the licensing office".
    name: Mapped[str] = mapped_column(sort_order=8)
    made_at: Mapped[datetime] = mapped_column(sort_order=9)
    expires_at: Mapped[datetime] = mapped_column(sort_order=10)
    revoked_at: Mapped[datetime | None] = mapped_column(sort_order=11)

    __table_args__ = (
        in_district("person_id", to="person"),
        in_district("certificate_id", to="certificate"),
        sa.Index("ix_share_link_person", "district_id", "person_id"),
        sa.CheckConstraint("expires_at > made_at", name="expires"),
    )


class CertificateCode(Directory, Base):
    """Leads from a printed code or a serial to the district that issued it; names nobody."""

    __tablename__ = "certificate_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)
    certificate_id: Mapped[int]

    __table_args__ = (in_district("certificate_id", to="certificate"),)
