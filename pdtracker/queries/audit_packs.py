"""What an audit pack holds of an event or a person: claims that were sent and everything that belongs to them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.audit import COLUMNS
from pdtracker.domain.audit_pack import PackOf, PackSubject
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.trail import did
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.check_ins import CheckIn, CheckInDesk
from pdtracker.models.claims import Claim, ClaimStep, Evidence, FieldComment, ReflectionAnswer
from pdtracker.models.credit import Award
from pdtracker.models.districts import CreditPolicy
from pdtracker.models.events import Event, EventSession
from pdtracker.models.imports import AttendanceImport, AttendanceLine
from pdtracker.models.people import Person
from pdtracker.models.records import AuditEntry
from pdtracker.queries.one_event import event
from pdtracker.queries.people import member
from pdtracker.scope import Scope

Cells = tuple[str | int | None, ...]

ROSTER_HEADER: Final = (
    "session",
    "name",
    "e-mail",
    "what",
    "at",
    "means",
    "received at",
    "noted by",
    "entry",
    "corrects entry",
    "reason",
)
REPORTS_HEADER: Final = (
    "event",
    "file",
    "brought by",
    "state",
    "name in the report",
    "e-mail in the report",
    "person",
    "minutes",
    "stays",
    "standing",
)
CLAIMS_HEADER: Final = (
    "claim",
    "person",
    "e-mail",
    "title",
    "host",
    "kind",
    "state",
    "from",
    "until",
    "zone",
    "minutes claimed",
    "reason for more",
    "sent at",
    "decided at",
)
REFLECTIONS_HEADER: Final = ("claim", "person", "question", "answer", "saved at")
EVIDENCE_HEADER: Final = (
    "claim",
    "person",
    "kind",
    "what it shows",
    "link",
    "minutes",
    "added at",
    "removed at",
    "file name",
    "sha256",
    "file in this pack",
)
DECISIONS_HEADER: Final = (
    "claim",
    "person",
    "step",
    "from",
    "to",
    "by",
    "office",
    "at",
    "minutes granted",
    "comment",
    "reason for other minutes",
    "asked for, field by field",
)
CREDIT_HEADER: Final = (
    "claim",
    "person",
    "entry",
    "category",
    "minutes",
    "instructional minutes",
    "day",
    "policy",
    "reasons",
    "awarded at",
)
TRAIL_HEADER: Final = (
    "number",
    "at",
    "by",
    "did",
    "action",
    "subject",
    "subject id",
    "facts",
    "hash before",
    "hash",
)
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class PackClaim:
    """A claim of a pack."""

    id: int
    person_name: str
    title: str


@dataclass(frozen=True, slots=True)
class PackEvidence:
    """A piece of evidence of a pack."""

    id: int
    claim_id: int
    person_name: str
    kind: str
    note: str
    link: str
    minutes: int | None
    added_at: datetime
    removed_at: datetime | None
    file_name: str | None
    sha256: str | None


def pack_subject(scope: Scope, of: PackOf, subject_id: int) -> PackSubject:
    """The event or the person that a pack is asked of. Raises NotHere; a few statements."""
    if of is PackOf.EVENT:
        facts = event(scope, subject_id)
        return PackSubject(of, subject_id, facts.title, facts.time.when_words(scope.district.zone))
    found = member(scope.session, subject_id)
    if found is None:
        raise NotHere
    return PackSubject(of, subject_id, found.person.name, found.person.email)


def pack_claims(scope: Scope, subject: PackSubject, limit: int) -> tuple[PackClaim, ...]:
    """The claims of a pack, the oldest first; drafts are nobody's but their owner's. One statement."""
    rows = scope.session.execute(
        sa.select(Claim.id, Person.name, Claim.title)
        .join(Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Claim.person_id))
        .where(Claim.state != ClaimState.DRAFT, _of(subject))
        .order_by(Claim.id)
        .limit(limit)
    )
    return tuple(PackClaim(*row) for row in rows)


def roster_rows(scope: Scope, subject: PackSubject) -> Iterator[Cells]:
    """Every line of the check-in logs, corrections too: it only grows. Held in batches."""
    whose = (
        CheckInDesk.event_id == subject.id
        if subject.of is PackOf.EVENT
        else sa.and_(CheckIn.person_id == subject.id)
    )
    rows = scope.session.execute(
        sa.select(
            CheckIn,
            sa.func.coalesce(EventSession.title, Event.title).label("place"),
            Person.name.label("person"),
            Person.email,
        )
        .join(CheckInDesk, CheckInDesk.id == CheckIn.desk_id)
        .join(Event, Event.id == CheckInDesk.event_id)
        .outerjoin(EventSession, EventSession.id == CheckInDesk.session_id)
        .outerjoin(Person, Person.id == CheckIn.person_id)
        .where(whose)
        .order_by(CheckIn.desk_id, CheckIn.at, CheckIn.id)
        .execution_options(yield_per=_BATCH)
    )
    for entry, place, person, email in rows:
        yield (
            place,
            person or entry.name,
            email or "",
            entry.mark.value,
            _moment(entry.at),
            entry.means.label,
            _moment(entry.received_at),
            entry.by_name,
            ref_of(entry.id),
            ref_of(entry.corrects_id) if entry.corrects_id else "",
            entry.reason,
        )


def report_rows(scope: Scope, subject: PackSubject) -> Iterator[Cells]:
    """Every line of attendance reports about it, from whichever report. Held in batches."""
    whose = (
        AttendanceImport.event_id == subject.id
        if subject.of is PackOf.EVENT
        else sa.and_(AttendanceLine.person_id == subject.id)
    )
    rows = scope.session.execute(
        sa.select(AttendanceLine, AttendanceImport, Event.title, Person.name.label("person"))
        .join(AttendanceImport, AttendanceImport.id == AttendanceLine.import_id)
        .join(Event, Event.id == AttendanceImport.event_id)
        .outerjoin(Person, Person.id == AttendanceLine.person_id)
        .where(whose)
        .order_by(AttendanceLine.import_id, AttendanceLine.position)
        .execution_options(yield_per=_BATCH)
    )
    for line, report, title, person in rows:
        yield (
            title,
            report.file_name,
            report.by_name,
            report.state.value,
            line.name,
            line.email,
            person or "",
            "" if line.tenths is None else f"{line.tenths // 10}.{line.tenths % 10}",
            json.dumps(line.stays, ensure_ascii=False),
            line.standing.value,
        )


def claim_rows(scope: Scope, claim_ids: Sequence[int]) -> Iterator[Cells]:
    """These claims as they stand. One statement."""
    rows = scope.session.execute(_with_person(Claim, Person.email).where(Claim.id.in_(claim_ids)))
    for claim, person, email in rows:
        yield (
            ref_of(claim.id),
            person,
            email,
            claim.title,
            claim.host,
            claim.kind.label,
            claim.state.label,
            _moment(claim.starts_at),
            _moment(claim.ends_at),
            claim.zone,
            claim.claimed_minutes,
            claim.longer_reason,
            _moment(claim.submitted_at),
            _moment(claim.decided_at),
        )


def reflection_rows(scope: Scope, claim_ids: Sequence[int]) -> Iterator[Cells]:
    """The answers of these claims. One statement."""
    rows = scope.session.execute(
        _of_claims(ReflectionAnswer, claim_ids).order_by(ReflectionAnswer.claim_id, ReflectionAnswer.position)
    )
    for answer, person in rows:
        yield ref_of(answer.claim_id), person, answer.question, answer.answer, _moment(answer.saved_at)


def pack_evidence(scope: Scope, claim_ids: Sequence[int]) -> tuple[PackEvidence, ...]:
    """The evidence of these claims, also what was removed. One statement."""
    rows = scope.session.execute(_of_claims(Evidence, claim_ids).order_by(Evidence.claim_id, Evidence.id))
    return tuple(
        PackEvidence(
            one.id,
            one.claim_id,
            person,
            one.kind.label,
            one.note,
            one.link or "",
            one.minutes,
            one.added_at,
            one.removed_at,
            one.file_name,
            one.file_sha256,
        )
        for one, person in rows
    )


def evidence_cells(one: PackEvidence, place: str) -> Cells:
    """A piece of evidence as a row; `place` is where its file is in the pack, or why it isn't."""
    return (
        ref_of(one.claim_id),
        one.person_name,
        one.kind,
        one.note,
        one.link,
        one.minutes,
        _moment(one.added_at),
        _moment(one.removed_at),
        one.file_name or "",
        one.sha256 or "",
        place,
    )


def decision_rows(scope: Scope, claim_ids: Sequence[int]) -> Iterator[Cells]:
    """The steps of these claims, with what was asked for field by field. Two statements."""
    steps = scope.session.execute(
        _of_claims(ClaimStep, claim_ids).order_by(ClaimStep.claim_id, ClaimStep.id)
    ).all()
    comments: dict[int, list[str]] = {}
    for row in scope.session.execute(
        sa.select(FieldComment.step_id, FieldComment.field, FieldComment.comment)
        .where(FieldComment.step_id.in_([step.id for step, _ in steps]))
        .order_by(FieldComment.id)
    ):
        comments.setdefault(row.step_id, []).append(f"{row.field}: {row.comment}")
    for step, person in steps:
        yield (
            ref_of(step.claim_id),
            person,
            step.step.label,
            step.from_state.label,
            step.to_state.label,
            step.by_name,
            step.by_title,
            _moment(step.at),
            step.granted_minutes,
            step.comment,
            step.adjust_reason,
            "; ".join(comments.get(step.id, ())),
        )


def credit_rows(scope: Scope, claim_ids: Sequence[int]) -> Iterator[Cells]:
    """The ledger's entries for these claims. One statement."""
    rows = scope.session.execute(_of_claims(Award, claim_ids).order_by(Award.claim_id, Award.id))
    for award, person in rows:
        yield (
            ref_of(award.claim_id),
            person,
            award.entry.value,
            award.category.label,
            award.minutes,
            award.instructional_minutes,
            award.activity_on.isoformat(),
            award.policy_name,
            " ".join(str(step.get("sentence", "")) for step in award.trace),
            _moment(award.awarded_at),
        )


def policies_of(scope: Scope, subject: PackSubject) -> list[dict[str, Any]]:
    """Every edition of the rules by which credit of it was given, as documents. One statement."""
    claims = sa.select(Claim.id).where(_of(subject))
    used = sa.select(Award.policy_id).where(Award.claim_id.in_(claims))
    rows = scope.session.execute(
        sa.select(CreditPolicy.name, CreditPolicy.edition, CreditPolicy.document)
        .where(CreditPolicy.id.in_(used))
        .order_by(CreditPolicy.id)
    )
    return [{"name": row.name, "edition": row.edition, "rules": row.document} for row in rows]


def trail_rows(scope: Scope, subject: PackSubject) -> Iterator[Cells]:
    """What the audit trail has of the subject and of its claims, in its order. Held in batches."""
    claims = sa.select(Claim.id).where(Claim.state != ClaimState.DRAFT, _of(subject))
    rows = scope.session.execute(
        sa.select(*COLUMNS)
        .where(
            sa.or_(
                sa.and_(AuditEntry.subject == subject.of.value, AuditEntry.subject_id == subject.id),
                sa.and_(AuditEntry.subject == "claim", AuditEntry.subject_id.in_(claims)),
            )
        )
        .order_by(AuditEntry.seq)
        .execution_options(yield_per=_BATCH)
    )
    for row in rows:
        yield (
            row.seq,
            row.at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.by_name,
            did(row.action),
            row.action,
            row.subject,
            row.subject_id,
            json.dumps(row.facts, sort_keys=True, ensure_ascii=False),
            row.previous_hash,
            row.hash,
        )


def _of(subject: PackSubject) -> sa.ColumnElement[bool]:
    if subject.of is PackOf.PERSON:
        return sa.and_(Claim.person_id == subject.id)
    parts = sa.select(ClaimPart.claim_id).where(ClaimPart.event_id == subject.id)
    return sa.or_(Claim.event_id == subject.id, Claim.id.in_(parts))


def _with_person(model: Any, *columns: Any) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(model, Person.name.label("person"), *columns)
        .select_from(Claim)
        .join(Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Claim.person_id))
    )


def _of_claims(model: Any, claim_ids: Sequence[int]) -> sa.Select[*tuple[Any, ...]]:
    joined = sa.and_(model.district_id == Claim.district_id, model.claim_id == Claim.id)
    return _with_person(model).join(model, joined).where(Claim.id.in_(claim_ids))


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
