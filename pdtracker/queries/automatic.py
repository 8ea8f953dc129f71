"""Automatic approval: the policy in force, which claims it has to look at, what is known of them, what it did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.access import GRANTS, Permission
from pdtracker.domain.automatic import MATCHING, AutomaticFacts, AutomaticPolicy, Left, Look
from pdtracker.domain.check_ins import Clock, Means
from pdtracker.domain.checks import CheckCode, group_of
from pdtracker.domain.claim import UNDOABLE, ClaimState, Step
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.when import instant, session_minutes
from pdtracker.models.automatic import AutomaticLook, SampleSeed
from pdtracker.models.automatic import AutomaticPolicy as PolicyRow
from pdtracker.models.check_ins import CheckIn, CheckInDesk
from pdtracker.models.claims import Claim, ClaimFact, ClaimStep, Evidence
from pdtracker.models.imports import AttendanceLine
from pdtracker.models.people import Membership, Person
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.bundles import hosted_by
from pdtracker.queries.checking import CheckedClaim, checked
from pdtracker.scope import Scope

_PUBLISHERS = tuple(role for role, granted in GRANTS.items() if Permission.MANAGE_POLICY in granted)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A published version, by whom and when."""

    id: int
    version: int
    policy: AutomaticPolicy
    by_person_id: int
    by_name: str
    at: datetime


def policy_versions(scope: Scope) -> tuple[PolicyVersion, ...]:
    """Every version that was published, the last one first. One statement."""
    rows = scope.session.execute(
        sa.select(
            PolicyRow.id,
            PolicyRow.version,
            PolicyRow.document,
            PolicyRow.published_by_id,
            PolicyRow.published_at,
            Person.name,
        )
        .join(
            Person,
            sa.and_(Person.district_id == PolicyRow.district_id, Person.id == PolicyRow.published_by_id),
        )
        .order_by(PolicyRow.version.desc())
    )
    return tuple(
        PolicyVersion(
            row.id,
            row.version,
            AutomaticPolicy.from_document(row.document),
            row.published_by_id,
            row.name,
            row.published_at,
        )
        for row in rows
    )


def in_force(versions: Sequence[PolicyVersion], on: date) -> PolicyVersion | None:
    """The version that decides on a day: the last one published of those that have begun.

    Whoever ends automatic approval ends with it what was published before and would begin later.
    """
    return next((one for one in versions if one.policy.effective_from <= on), None)


def to_look_at(scope: Scope, begins_on: date, limit: int) -> tuple[int, ...]:
    """Waiting claims that were sent under the policy and that neither it nor a person had to do with as they are.

    What was left to a person is looked at again when its evidence came later. The longest waiting first. One statement.
    """
    step = aliased(ClaimStep)
    decided = sa.exists(
        sa.select(step.id).where(
            step.district_id == Claim.district_id, step.claim_id == Claim.id, step.step.in_(sorted(UNDOABLE))
        )
    )
    seen = sa.exists(
        sa.select(AutomaticLook.id).where(
            AutomaticLook.district_id == Claim.district_id,
            AutomaticLook.claim_id == Claim.id,
            sa.or_(AutomaticLook.outcome != Look.LEFT, AutomaticLook.claim_version >= Claim.version),
        )
    )
    return tuple(
        scope.session.scalars(
            sa.select(Claim.id)
            .where(
                Claim.state == ClaimState.SUBMITTED,
                Claim.waiting_since >= instant(datetime.combine(begins_on, time()), scope.district.zone),
                ~decided,
                ~seen,
            )
            .order_by(Claim.waiting_since, Claim.id)
            .limit(limit)
        )
    )


@dataclass(frozen=True, slots=True)
class Judging:
    """A claim as the policy sees it: with the checks, what is known beside them, and when it was sent."""

    claim: CheckedClaim
    facts: AutomaticFacts
    sent_at: datetime

    @property
    def without_cap(self) -> AutomaticFacts:
        """What is known of it but for how much its cap leaves today, of which its own credit is a part."""
        rest = [check for check in self.claim.checks if check.code is not CheckCode.CAP]
        return replace(self.facts, found=group_of(rest))


_CLAIMS: sa.BindParameter[Any] = sa.bindparam("claims", expanding=True)
_PUBLISHER = sa.bindparam("publisher", type_=sa.BigInteger())
_PAGE = sa.select(Claim.id).where(Claim.id.in_(_CLAIMS))


def _claimant_publishes() -> sa.ColumnElement[bool]:
    role = aliased(Membership)
    return sa.exists(
        sa.select(role.id)
        .where(
            role.district_id == Claim.district_id,
            role.person_id == Claim.person_id,
            role.role.in_(_PUBLISHERS),
        )
        .correlate_except(role)
    )


def _is_again() -> sa.ColumnElement[bool]:
    """Whether it was taken back and sent once more, or follows another claim for the same event that was sent."""
    step, other = aliased(ClaimStep), aliased(Claim)
    taken_back = sa.exists(
        sa.select(step.id)
        .where(step.district_id == Claim.district_id, step.claim_id == Claim.id, step.step == Step.WITHDRAW)
        .correlate_except(step)
    )
    another = sa.exists(
        sa.select(other.id)
        .where(
            other.district_id == Claim.district_id,
            other.person_id == Claim.person_id,
            other.event_id == Claim.event_id,
            other.id != Claim.id,
            other.session_id.is_not_distinct_from(Claim.session_id),
            other.submitted_at.is_not(None),
        )
        .correlate_except(other)
    )
    return sa.or_(taken_back, another)


def _states_facts() -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(ClaimFact.id)
        .where(ClaimFact.district_id == Claim.district_id, ClaimFact.claim_id == Claim.id)
        .correlate_except(ClaimFact)
    )


def _told_later() -> sa.ColumnElement[bool]:
    """Whether the claimant's own phone told later when they came or went.

    Anybody can make theirs say so, and a photograph of the screen is as good as the screen by then.
    """
    later = aliased(CheckIn)
    corrected = sa.exists(
        sa.select(later.id)
        .where(later.district_id == CheckIn.district_id, later.corrects_id == CheckIn.id)
        .correlate_except(later)
    )
    return sa.exists(
        sa.select(CheckIn.id)
        .join(
            CheckInDesk,
            sa.and_(CheckInDesk.district_id == CheckIn.district_id, CheckInDesk.id == CheckIn.desk_id),
        )
        .where(
            CheckIn.district_id == Claim.district_id,
            CheckIn.person_id == Claim.person_id,
            CheckInDesk.event_id == Claim.event_id,
            CheckIn.means.in_((Means.SCREEN, Means.OWN)),
            CheckIn.clock != Clock.SERVER,
            ~corrected,
        )
        .correlate_except(CheckIn, CheckInDesk)
    )


_FACTS = (
    sa.select(
        Claim.id,
        Claim.submitted_at,
        Claim.session_starts_at,
        Claim.session_ends_at,
        _told_later().label("told_later"),
        sa.or_(
            Claim.person_id == _PUBLISHER,
            hosted_by(_PUBLISHER),
            hosted_by(Claim.person_id),
            _claimant_publishes(),
        ).label("has_conflict"),
        _is_again().label("is_again"),
        _states_facts().label("states_facts"),
        ClaimRoute.stops,
    )
    .outerjoin(
        ClaimRoute,
        sa.and_(ClaimRoute.district_id == Claim.district_id, ClaimRoute.claim_id == Claim.id),
    )
    .where(Claim.id.in_(_CLAIMS))
)


def judging(scope: Scope, claim_ids: Collection[int], publisher_id: int) -> tuple[Judging, ...]:
    """These claims with all that a policy asks about. The number of statements doesn't grow with them."""
    asked = {"claims": list(claim_ids)}
    found = checked(scope, _PAGE, asked)
    known = {row.id: row for row in scope.session.execute(_FACTS, {**asked, "publisher": publisher_id})}
    shown = _evidence(scope, claim_ids)
    return tuple(_judging(one, known[one.id], shown.get(one.id, {})) for one in found)


def _judging(claim: CheckedClaim, row: Any, shown: Mapping[EvidenceKind, int]) -> Judging:
    is_special = (
        claim.bundle is not None
        or claim.follow_share is not None
        or claim.is_recording
        or claim.application_minutes > 0
        or row.states_facts
    )
    recorded = {kind: min(minutes, _within(claim, row)) for kind, minutes in shown.items()}
    if row.told_later:
        recorded.pop(EvidenceKind.CHECK_IN, None)
    facts = AutomaticFacts(
        kind=claim.kind,
        minutes=claim.minutes,
        has_conflict=row.has_conflict,
        is_again=row.is_again,
        is_special=is_special,
        review_count=len(row.stops or (None,)),
        shown_by=frozenset(shown),
        recorded={kind: minutes for kind, minutes in recorded.items() if minutes},
        found=claim.group,
    )
    return Judging(claim, facts, row.submitted_at)


def _within(claim: CheckedClaim, row: Any) -> int:
    """How many of the claimed minutes can lie in the session: what was recorded there shows nothing of any other.

    Else two sessions of one hour could each be claimed beside it, one before and one after. `3:30 to 4:30 pm of a
    session from 4 to 5 pm -> 30`
    """
    if row.session_starts_at is None or row.session_ends_at is None:
        return session_minutes(claim.starts_at, claim.ends_at)
    first, last = max(claim.starts_at, row.session_starts_at), min(claim.ends_at, row.session_ends_at)
    return session_minutes(first, last) if first < last else 0


def _evidence(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, Mapping[EvidenceKind, int]]:
    """The forms of evidence of each claim, with the minutes that their times from coming to going make, else none.

    A report proves times only where its lines have stays: a total alone could be anybody's. One statement.
    """
    rows = scope.session.execute(
        sa.select(Evidence.claim_id, Evidence.kind, Evidence.minutes, AttendanceLine.stays)
        .outerjoin(
            AttendanceLine,
            sa.and_(
                AttendanceLine.district_id == Evidence.district_id, AttendanceLine.evidence_id == Evidence.id
            ),
        )
        .where(Evidence.claim_id.in_(claim_ids), Evidence.removed_at.is_(None))
    )
    shown: dict[int, dict[EvidenceKind, int]] = defaultdict(dict)
    for row in rows:
        has_times = row.kind is EvidenceKind.CHECK_IN or (row.kind is EvidenceKind.REPORT and bool(row.stays))
        minutes = (row.minutes or 0) if has_times and row.kind in MATCHING else 0
        of_claim = shown[row.claim_id]
        of_claim[row.kind] = max(of_claim.get(row.kind, 0), minutes)
    return shown


@dataclass(frozen=True, slots=True)
class LookRow:
    """What a policy made of one claim, by which version, published by whom; until when an approval can be undone.

    `release_at` is `None` for what it didn't approve, and once the approval was taken back.
    """

    outcome: Look
    reason: Left | None
    step_id: int | None
    version: int
    by_name: str
    asked_words: str
    is_asked: bool
    release_at: datetime | None


def look_of(scope: Scope, claim_id: int) -> LookRow | None:
    """What automatic approval made of a claim that the caller has found readable. One statement."""
    undo = aliased(ClaimStep)
    row = scope.session.execute(
        sa.select(
            AutomaticLook.outcome,
            AutomaticLook.reason,
            AutomaticLook.step_id,
            AutomaticLook.asked_step_id,
            AutomaticLook.asked_words,
            PolicyRow.version,
            Person.name,
            ClaimStep.release_at,
        )
        .join(
            PolicyRow,
            sa.and_(
                PolicyRow.district_id == AutomaticLook.district_id, PolicyRow.id == AutomaticLook.policy_id
            ),
        )
        .join(
            Person,
            sa.and_(Person.district_id == PolicyRow.district_id, Person.id == PolicyRow.published_by_id),
        )
        .outerjoin(
            ClaimStep,
            sa.and_(
                ClaimStep.district_id == AutomaticLook.district_id,
                ClaimStep.id == AutomaticLook.step_id,
                ~sa.exists(
                    sa.select(undo.id).where(
                        undo.district_id == ClaimStep.district_id, undo.undoes_step_id == ClaimStep.id
                    )
                ),
            ),
        )
        .where(AutomaticLook.claim_id == claim_id)
    ).one_or_none()
    if row is None:
        return None
    return LookRow(
        row.outcome,
        row.reason,
        row.step_id,
        row.version,
        row.name,
        row.asked_words,
        row.asked_step_id is not None,
        row.release_at,
    )


@dataclass(frozen=True, slots=True)
class SeedRow:
    """A month's seed: its digest since before the month, and the seed itself once it is open."""

    month_on: date
    digest: str
    committed_at: datetime
    opened: str | None
    opened_at: datetime | None


def seeds(scope: Scope) -> tuple[SeedRow, ...]:
    """The seeds of the last two years, the newest month first. One statement."""
    rows = scope.session.execute(
        sa.select(
            SampleSeed.month_on,
            SampleSeed.digest,
            SampleSeed.committed_at,
            SampleSeed.opened,
            SampleSeed.opened_at,
        )
        .order_by(SampleSeed.month_on.desc())
        .limit(24)
    )
    return tuple(SeedRow(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Done:
    """What automatic approval did in some days, and what became of it by now."""

    approved: int
    taken_back: int
    sampled: int
    sampled_approved: int
    sampled_otherwise: int
    left: Mapping[Left, int]


def done_since(scope: Scope, first: date) -> Done:
    """What automatic approval did from a day on. One statement."""
    rows = scope.session.execute(
        sa.select(AutomaticLook.outcome, AutomaticLook.reason, Claim.state, sa.func.count().label("claims"))
        .join(
            Claim, sa.and_(Claim.district_id == AutomaticLook.district_id, Claim.id == AutomaticLook.claim_id)
        )
        .where(AutomaticLook.at >= instant(datetime.combine(first, time()), scope.district.zone))
        .group_by(AutomaticLook.outcome, AutomaticLook.reason, Claim.state)
    ).all()

    def count(outcome: Look, *states: ClaimState) -> int:
        return sum(
            row.claims for row in rows if row.outcome is outcome and (not states or row.state in states)
        )

    left: dict[Left, int] = defaultdict(int)
    for row in rows:
        if row.reason is not None:
            left[row.reason] += row.claims
    return Done(
        approved=count(Look.APPROVED),
        taken_back=count(Look.APPROVED) - count(Look.APPROVED, ClaimState.CREDITED),
        sampled=count(Look.SAMPLED),
        sampled_approved=count(Look.SAMPLED, ClaimState.CREDITED),
        sampled_otherwise=count(
            Look.SAMPLED, ClaimState.RETURNED, ClaimState.DENIED, ClaimState.REVERSED, ClaimState.WITHDRAWN
        ),
        left=dict(left),
    )
