"""What became of a claim: its steps with their comments, its credit, its certificate, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.credit import TraceStep
from pdtracker.domain.evidence import Piece, read_pieces, together_words
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.split import Split, split_of, split_words
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus
from pdtracker.models.claims import ClaimStep, FieldComment
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.people import Membership, Person
from pdtracker.queries.policy_steps import by_whom
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a claim. `comments` maps a field to what the reviewer asks for there, `stood` to what it said then.

    Of old comments `stood` knows nothing. `by_person_id` is `None` for what a policy decided.
    """

    id: int
    step: Step
    from_state: ClaimState
    to_state: ClaimState
    by_person_id: int | None
    by_name: str
    by_title: str
    at: datetime
    comment: str
    granted_minutes: int | None
    adjust_reason: str
    release_at: datetime | None
    undoes_step_id: int | None
    comments: Mapping[str, str]
    stood: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClaimCredit:
    """What a claim is worth today, and the reasons of the decision that gave it.

    `split` has the minutes of each category, where there are several.
    """

    minutes: int
    category: CreditCategory
    policy_id: int
    policy_name: str
    trace: tuple[TraceStep, ...]
    split: Split
    evidence: tuple[Piece, ...] = ()

    @property
    def shown_by(self) -> str:
        """What it was credited on, in a sentence; empty where that isn't known."""
        return together_words(self.evidence)

    @property
    def words(self) -> str:
        """Its categories: `Pedagogy`, or with the minutes of each."""
        return split_words(self.split) if self.split else self.category.label


@dataclass(frozen=True, slots=True)
class ClaimCertificate:
    """The newest certificate of a claim; `news` is what was said of it later, with its reason and time."""

    id: int
    serial: str
    code: str
    issued_at: datetime
    release_at: datetime
    news: CertificateNews | None
    reason: str
    told_at: datetime | None


def steps(scope: Scope, claim_id: int) -> tuple[StepRow, ...]:
    """The steps of a claim that the caller has found readable, oldest first. One statement."""
    rows = scope.session.execute(
        sa.select(
            ClaimStep.id,
            ClaimStep.step,
            ClaimStep.from_state,
            ClaimStep.to_state,
            by_whom(ClaimStep).label("by_person_id"),
            ClaimStep.by_name,
            ClaimStep.by_title,
            ClaimStep.at,
            ClaimStep.comment,
            ClaimStep.granted_minutes,
            ClaimStep.adjust_reason,
            ClaimStep.release_at,
            ClaimStep.undoes_step_id,
            FieldComment.field,
            FieldComment.comment.label("field_comment"),
            FieldComment.stood,
        )
        .outerjoin(
            FieldComment,
            sa.and_(FieldComment.district_id == ClaimStep.district_id, FieldComment.step_id == ClaimStep.id),
        )
        .where(ClaimStep.claim_id == claim_id)
        .order_by(ClaimStep.id, FieldComment.id)
    ).all()
    comments: dict[int, dict[str, str]] = {row.id: {} for row in rows}
    stood: dict[int, dict[str, str]] = {row.id: {} for row in rows}
    for row in rows:
        if row.field is not None:
            comments[row.id][row.field] = row.field_comment
        if row.stood is not None:
            stood[row.id][row.field] = row.stood
    first = {row.id: row for row in reversed(rows)}
    return tuple(
        StepRow(
            id=row.id,
            step=row.step,
            from_state=row.from_state,
            to_state=row.to_state,
            by_person_id=row.by_person_id,
            by_name=row.by_name,
            by_title=row.by_title,
            at=row.at,
            comment=row.comment,
            granted_minutes=row.granted_minutes,
            adjust_reason=row.adjust_reason,
            release_at=row.release_at,
            undoes_step_id=row.undoes_step_id,
            comments=comments[row.id],
            stood=stood[row.id],
        )
        for row in (first[step_id] for step_id in comments)
    )


def asked_for(history: Collection[StepRow], state: ClaimState) -> StepRow | None:
    """The return that a returned claim answers to; `None` in any other state."""
    if state is not ClaimState.RETURNED:
        return None
    return max((step for step in history if step.step is Step.RETURN), key=lambda step: step.id, default=None)


def credit_of(scope: Scope, claim_id: int) -> ClaimCredit | None:
    """What a claim is credited with today; `None` when nothing was credited or all of it was taken back."""
    rows = scope.session.execute(
        sa.select(
            Award.step_id,
            Award.entry,
            Award.minutes,
            Award.category,
            Award.policy_id,
            Award.policy_name,
            Award.trace,
            Award.evidence,
        )
        .where(Award.claim_id == claim_id)
        .order_by(Award.id)
    ).all()
    given = {row.step_id for row in rows if row.entry is EntryKind.CREDIT}
    if len(given) == len({row.step_id for row in rows if row.entry is EntryKind.REVERSAL}):
        return None
    last = [row for row in rows if row.step_id == max(given)]
    trace = tuple(
        TraceStep(step["rule"], step["before"], step["after"], step["sentence"]) for step in last[0].trace
    )
    split = split_of({row.category: row.minutes for row in last})
    main = max(last, key=lambda row: row.minutes).category
    minutes = sum(row.minutes for row in rows)
    shown = read_pieces(last[0].evidence or ())
    return ClaimCredit(minutes, main, last[0].policy_id, last[0].policy_name, trace, split, shown)


def certificate_of(scope: Scope, claim_id: int) -> ClaimCertificate | None:
    """The newest certificate of a claim that was not called back before it left."""
    rows = scope.session.execute(
        sa.select(
            Certificate.id,
            Certificate.serial,
            Certificate.code,
            Certificate.issued_at,
            Certificate.release_at,
            CertificateStatus.news,
            CertificateStatus.reason,
            CertificateStatus.at,
        )
        .outerjoin(
            CertificateStatus,
            sa.and_(
                CertificateStatus.district_id == Certificate.district_id,
                CertificateStatus.certificate_id == Certificate.id,
            ),
        )
        .where(Certificate.claim_id == claim_id)
        .order_by(Certificate.id.desc(), CertificateStatus.id.desc())
    ).all()
    recalled = {row.id for row in rows if row.news is CertificateNews.RECALLED}
    for row in rows:
        if row.id not in recalled:
            return ClaimCertificate(
                row.id,
                row.serial,
                row.code,
                row.issued_at,
                row.release_at,
                row.news,
                row.reason or "",
                row.at,
            )
    return None


def reviewer_names(scope: Scope, claimant_id: int) -> Mapping[int | None, tuple[str, ...]]:
    """Who decides: the names by school, `None` for those of the whole district; never the claimant. One statement.

    A school's own reviewers come first in its list, then those of the district.
    """
    rows = scope.session.execute(
        sa.select(Person.name, Membership.school_id)
        .join(
            Membership,
            sa.and_(Membership.district_id == Person.district_id, Membership.person_id == Person.id),
        )
        .where(Membership.role == Role.REVIEWER, Person.left_at.is_(None), Person.id != claimant_id)
        .order_by(Person.name, Person.id)
    ).all()
    everywhere = tuple(row.name for row in rows if row.school_id is None)
    names: dict[int | None, tuple[str, ...]] = {None: everywhere}
    for row in rows:
        if row.school_id is not None:
            own = names.get(row.school_id, everywhere)
            cut = len(own) - len(everywhere)
            if row.name not in own[:cut]:
                names[row.school_id] = (*own[:cut], row.name, *everywhere)
    return names
