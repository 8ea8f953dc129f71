"""Claims of attendance: the claim itself, its reflection and evidence, and every step that it took."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FactAspect, FollowUpKind
from pdtracker.models.base import Amount, Base, DistrictOwned, in_district, words
from pdtracker.models.people import Person

# A claim in one of these states holds its event or session: a second claim for the same one is refused. That a whole
# event is not claimed beside its sessions, the actions see to, under the lock of the person.
# What follows a credited claim of the event is not a second one.
HOLDING = "state IN ('draft', 'submitted', 'returned', 'credited') AND follow_up IS NULL"


class Claim(DistrictOwned, Base):
    """One person's wish for credit for one activity.

    The facts of the session are copied here when the claim is made: what a host changes later in the calendar
    changes no claim. `version` grows with every change that a reviewer would have to see again.
    """

    __tablename__ = "claim"

    person_id: Mapped[int]
    school_id: Mapped[int | None]
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))
    # Of an event with several sessions the one that it is for; without it, it is for the whole event.
    session_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_session.id"))
    state: Mapped[ClaimState] = mapped_column(words(ClaimState))
    version: Mapped[int]

    title: Mapped[str]
    host: Mapped[str]
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    category: Mapped[CreditCategory] = mapped_column(words(CreditCategory))
    link: Mapped[str | None]
    hashtag: Mapped[str | None]
    # The host's own hours, when the event states them; the claim may say less, or more with a reason.
    session_starts_at: Mapped[datetime | None]
    session_ends_at: Mapped[datetime | None]
    # How much of these hours counts for nobody: breaks, and what lies between the sessions of a whole event.
    break_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # When the claimant was there; unknown in a draft of one's own session.
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    zone: Mapped[str]
    claimed_minutes: Mapped[int | None]
    longer_reason: Mapped[str]
    # Minutes of applying it in class afterwards, which some districts count beside those attended.
    application_minutes: Mapped[int | None]
    # Watched or read later, not attended while it ran.
    is_recording: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # Short sessions on one topic, which is the title. Its time is that of its parts: from the first to the last, and
    # what lies between them is not held.
    is_bundle: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # What it says of an earlier, credited claim, and the share of its minutes that the district counts for that. Then
    # the minutes are those of the original learning, and it holds no time.
    follow_up: Mapped[FollowUpKind | None] = mapped_column(words(FollowUpKind))
    follow_up_percent: Mapped[int | None]

    # Filled when the claim is submitted, so that the queue needs no text of the reflection.
    reflection_words: Mapped[int]
    # How many answers say what another one said before; their words are counted once.
    repeated_answers: Mapped[int] = mapped_column(default=0, server_default="0")
    reflection_digest: Mapped[str | None]

    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    # Since when the claim waits for whoever's turn it is.
    waiting_since: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(
        lazy="raise_on_sql",
        primaryjoin="and_(Person.district_id == Claim.district_id, Person.id == foreign(Claim.person_id))",
        viewonly=True,
    )

    __table_args__ = (
        in_district("person_id", to="person"),
        in_district("school_id", to="school"),
        # What a step points at when it says whose claim it was.
        sa.UniqueConstraint("district_id", "id", "person_id"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint(
            "claimed_minutes IS NULL OR claimed_minutes BETWEEN 1 AND 1440", name="claimed_minutes"
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="span"),
        sa.CheckConstraint(
            "(follow_up IS NULL AND follow_up_percent IS NULL)"
            " OR (follow_up IS NOT NULL AND follow_up_percent BETWEEN 0 AND 300)",
            name="follow_up_percent",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (submitted_at IS NOT NULL AND starts_at IS NOT NULL"
            " AND ends_at IS NOT NULL AND claimed_minutes IS NOT NULL)",
            name="complete_when_submitted",
        ),
        sa.Index(
            "uq_claim_event",
            "district_id",
            "person_id",
            "event_id",
            unique=True,
            sqlite_where=sa.text(f"{HOLDING} AND session_id IS NULL"),
            postgresql_where=sa.text(f"{HOLDING} AND session_id IS NULL"),
        ),
        sa.Index(
            "uq_claim_session",
            "district_id",
            "person_id",
            "session_id",
            unique=True,
            sqlite_where=sa.text(HOLDING),
            postgresql_where=sa.text(HOLDING),
        ),
        sa.Index(
            "ix_claim_person", "district_id", "person_id", "state", "starts_at", "ends_at", "claimed_minutes"
        ),
        sa.Index(
            "ix_claim_queue",
            "district_id",
            "waiting_since",
            "id",
            sqlite_where=sa.text("state = 'submitted'"),
            postgresql_where=sa.text("state = 'submitted'"),
        ),
        sa.Index(
            "ix_claim_school_queue",
            "district_id",
            "school_id",
            "waiting_since",
            "id",
            sqlite_where=sa.text("state = 'submitted'"),
            postgresql_where=sa.text("state = 'submitted'"),
        ),
        # The tabs of the desk count by it alone: it holds whatever a reviewer's claims are chosen by.
        sa.Index(
            "ix_claim_decided",
            "district_id",
            "state",
            "decided_at",
            "id",
            "person_id",
            "event_id",
            "school_id",
            "kind",
        ),
        # How long what was decided between two days had waited is read from it alone. It is not for the lists of the
        # desk, which are searched by state first.
        sa.Index(
            "ix_claim_answered",
            "district_id",
            "decided_at",
            "state",
            "submitted_at",
            "person_id",
            sqlite_where=sa.text("decided_at IS NOT NULL"),
            postgresql_where=sa.text("decided_at IS NOT NULL"),
        ),
        sa.Index("ix_claim_digest", "district_id", "reflection_digest", "id"),
    )


class ReflectionAnswer(DistrictOwned, Base):
    """An answer to one of the district's prompts; the question is kept as it was asked.

    When two devices wrote at once, `answer` is the one that came first and `other_answer` the one that came
    second: nothing that was typed is lost, the claimant chooses.
    """

    __tablename__ = "reflection_answer"

    claim_id: Mapped[int]
    position: Mapped[int]
    question: Mapped[str]
    answer: Mapped[str]
    version: Mapped[int]
    saved_at: Mapped[datetime]
    other_answer: Mapped[str | None]
    other_saved_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("claim_id", to="claim"),
        sa.UniqueConstraint("district_id", "claim_id", "position"),
    )


class Evidence(DistrictOwned, Base):
    """Something that shows attendance: what was recorded there, a link, a file (kept by content hash), one's word.

    What was recorded says in `note` what it shows, in words, and in `minutes` for how long, where it tells that. Of a
    bundle it shows the part of `event_id`, and nothing when there is none.
    """

    __tablename__ = "evidence"

    claim_id: Mapped[int]
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event.id"))
    kind: Mapped[EvidenceKind] = mapped_column(words(EvidenceKind))
    link: Mapped[str | None]
    note: Mapped[str]
    file_sha256: Mapped[str | None]
    file_name: Mapped[str | None]
    media_type: Mapped[str | None]
    size_bytes: Mapped[int | None]
    minutes: Mapped[int | None]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        in_district("claim_id", to="claim"),
        sa.Index("ix_evidence_claim", "district_id", "claim_id"),
        sa.CheckConstraint("kind <> 'link' OR link IS NOT NULL", name="link"),
        sa.CheckConstraint(
            "kind <> 'file' OR (file_sha256 IS NOT NULL AND file_name IS NOT NULL AND media_type IS NOT NULL)",
            name="file",
        ),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 1440", name="minutes"),
    )


class ClaimCategory(DistrictOwned, Base):
    """The minutes of one category, where a claim is split over several; then they add up to the claimed ones."""

    __tablename__ = "claim_category"

    claim_id: Mapped[int]
    category: Mapped[CreditCategory] = mapped_column(words(CreditCategory))
    minutes: Mapped[int]

    __table_args__ = (
        in_district("claim_id", to="claim"),
        sa.UniqueConstraint("district_id", "claim_id", "category"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
    )


class ClaimDay(DistrictOwned, Base):
    """A line of a claim's log: what somebody spent on one day with something that has no fixed hours."""

    __tablename__ = "claim_day"

    claim_id: Mapped[int]
    spent_on: Mapped[date]
    minutes: Mapped[int]

    __table_args__ = (
        in_district("claim_id", to="claim"),
        sa.UniqueConstraint("district_id", "claim_id", "spent_on"),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
    )


class ClaimFact(DistrictOwned, Base):
    """What a licence's regime asks about an activity and the claim itself doesn't say: a topic, a level, a proof.

    `word` is one of the regimes' words, or the text of a topic or course. `minutes` belong to a category, `amount` to
    a native quantity, `dated_on` to evidence that carries its day. `regime` is the body to which evidence is shown:
    what one approved, another may not know. Without one it was stated before that was asked, and holds for all.
    """

    __tablename__ = "claim_fact"

    claim_id: Mapped[int]
    aspect: Mapped[FactAspect] = mapped_column(words(FactAspect))
    word: Mapped[str]
    regime: Mapped[str] = mapped_column(default="", server_default="")
    minutes: Mapped[int | None]
    amount: Mapped[Fraction | None] = mapped_column(Amount)
    dated_on: Mapped[date | None]

    __table_args__ = (
        in_district("claim_id", to="claim"),
        sa.UniqueConstraint("district_id", "claim_id", "aspect", "word", "regime"),
        sa.CheckConstraint("regime = '' OR aspect = 'evidence'", name="regime"),
        sa.CheckConstraint("minutes IS NULL OR minutes BETWEEN 1 AND 1440", name="minutes"),
    )


class StruckFact(DistrictOwned, Base):
    """A stated fact that an approval left out; its reason stands with the step. Gone when the approval is undone."""

    __tablename__ = "struck_fact"

    fact_id: Mapped[int]
    step_id: Mapped[int]

    __table_args__ = (
        in_district("fact_id", to="claim_fact"),
        in_district("step_id", to="claim_step"),
        sa.UniqueConstraint("district_id", "fact_id"),
    )


class FollowUp(DistrictOwned, Base):
    """What a credited claim can still bring later, when it was applied or had an effect; when that is asked.

    `follow_claim_id` is the claim that answers it, once there is one.
    """

    __tablename__ = "follow_up"

    claim_id: Mapped[int]
    person_id: Mapped[int]
    kind: Mapped[FollowUpKind] = mapped_column(words(FollowUpKind))
    # From when to when it can be answered, both included, and what it counts: as the policy had it when it was planned.
    due_on: Mapped[date]
    closes_on: Mapped[date]
    percent: Mapped[int]
    asked_at: Mapped[datetime | None]
    follow_claim_id: Mapped[int | None]

    __table_args__ = (
        in_district("claim_id", "person_id", to="claim"),
        in_district("follow_claim_id", to="claim"),
        sa.UniqueConstraint("district_id", "claim_id", "kind"),
        sa.UniqueConstraint("district_id", "follow_claim_id"),
        sa.CheckConstraint("percent BETWEEN 0 AND 300", name="percent"),
        sa.Index("ix_follow_up_person", "district_id", "person_id", "due_on"),
        sa.Index("ix_follow_up_due", "district_id", "asked_at", "due_on"),
    )


class ClaimStep(DistrictOwned, Base):
    """A step that a claim took: who, when, from where to where, and which version they had before them.

    A review is such a step. Append-only. The database itself refuses a review of one's own claim.
    """

    __tablename__ = "claim_step"

    claim_id: Mapped[int]
    claimant_id: Mapped[int]
    step: Mapped[Step] = mapped_column(words(Step))
    from_state: Mapped[ClaimState] = mapped_column(words(ClaimState, "from_state"))
    to_state: Mapped[ClaimState] = mapped_column(words(ClaimState, "to_state"))
    by_person_id: Mapped[int]
    by_name: Mapped[str]
    by_title: Mapped[str]
    at: Mapped[datetime]
    seen_version: Mapped[int]
    # The reason of a denial, the note of a return, a message to the claimant.
    comment: Mapped[str]
    granted_minutes: Mapped[int | None]
    adjust_reason: Mapped[str]
    # Until then the decision can be undone; mail and certificate leave after it.
    release_at: Mapped[datetime | None]
    undoes_step_id: Mapped[int | None]

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id", "claimant_id"], ["claim.district_id", "claim.id", "claim.person_id"]
        ),
        in_district("by_person_id", to="person"),
        in_district("undoes_step_id", to="claim_step"),
        sa.Index("ix_claim_step_claim", "district_id", "claim_id", "id"),
        sa.Index("ix_claim_step_by", "district_id", "by_person_id", "at"),
        sa.UniqueConstraint("district_id", "claim_id", "seen_version", "step"),
        sa.UniqueConstraint("district_id", "undoes_step_id"),
        sa.CheckConstraint(
            "step IN ('submit', 'withdraw') OR by_person_id <> claimant_id", name="never_ones_own"
        ),
    )


class FieldComment(DistrictOwned, Base):
    """What a reviewer asks for, beside the field that it is about."""

    __tablename__ = "field_comment"

    step_id: Mapped[int]
    field: Mapped[str]
    comment: Mapped[str]
    # What the field said then, as people read it; not known of comments that are older than this column.
    stood: Mapped[str | None]

    __table_args__ = (
        in_district("step_id", to="claim_step"),
        sa.UniqueConstraint("district_id", "step_id", "field"),
    )
