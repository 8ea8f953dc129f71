"""What a decision needs to know: the claims as they stand, locked; earlier decisions; standing credit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.bundle import Bundle
from pdtracker.domain.claim import UNDOABLE, ClaimState, Step, may_review, undo_until
from pdtracker.domain.follow_up import FollowShare
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refusals import NotPermitted
from pdtracker.domain.when import session_minutes
from pdtracker.models.certificates import Certificate, CertificateStatus
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.events import Event, Programme
from pdtracker.models.people import Person
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.bundles import PartRow, bundle_of, hosted_by, parts_among
from pdtracker.queries.claims import logged_minutes
from pdtracker.queries.facts import Holder
from pdtracker.queries.policy_steps import by_whom
from pdtracker.queries.stand_ins import stood_for
from pdtracker.queries.turns import Route, is_turn_of
from pdtracker.scope import Scope

OTHER_SCHOOL = "other_school"
"""The code of the refusal to decide for a school that isn't one's own."""


class Reviewable(Protocol):
    """What says who may decide about a claim. `hosted`: the one who decides hosts its event."""

    @property
    def person_id(self) -> int:
        """Whose claim it is."""
        ...

    @property
    def school_id(self) -> int | None:
        """The school that it was sent from."""
        ...

    @property
    def hosted(self) -> bool:
        """Whether the one who decides hosts its event."""
        ...

    @property
    def is_my_turn(self) -> bool:
        """Whether its open review is theirs."""
        ...


@dataclass(frozen=True, slots=True)
class Responsibility:
    """The same, of a claim that nobody decides now."""

    person_id: int
    school_id: int | None
    hosted: bool
    is_my_turn: bool = False


@dataclass(frozen=True, slots=True)
class Deciding:
    """A claim as a decision finds it. `hosted` says whether the one who decides hosts its event.

    `stands_in_for` names for whom they take it, where it isn't their own turn.
    """

    id: int
    version: int
    state: ClaimState
    person_id: int
    person_name: str
    person_email: str
    licence_ending: str | None
    school_id: int | None
    event_id: int | None
    session_id: int | None
    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    hashtag: str | None
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    session_minutes: int | None
    application_minutes: int
    is_recording: bool
    logged_minutes: int
    reflection_words: int
    programme: str | None
    hosted: bool
    follow_share: FollowShare | None
    parts: tuple[PartRow, ...]
    bundle: Bundle | None
    route: Route
    is_my_turn: bool
    stands_in_for: str

    @property
    def holder(self) -> Holder:
        """What it holds, or would hold if it waited again."""
        if self.follow_share is not None:
            return Holder.of_nothing(self.id, self.person_id, self.state, self.title, self.kind, self.zone)
        return Holder(
            self.id,
            self.person_id,
            self.event_id,
            self.state,
            self.title,
            self.kind,
            self.starts_at,
            self.ends_at,
            self.zone,
            self.minutes,
            self.parts,
            self.session_id,
        )


# Made once: to put them together takes longer than to run them, and people's rows are locked meanwhile.
_CLAIMS: sa.BindParameter[Any] = sa.bindparam("claims", expanding=True)
_ME = sa.bindparam("me", type_=sa.BigInteger())
_TODAY = sa.bindparam("today", type_=sa.Date())
_CLAIMANTS = (
    sa.select(Person.id)
    .where(Person.id.in_(sa.select(Claim.person_id).where(Claim.id.in_(_CLAIMS))))
    .order_by(Person.id)
    .with_for_update(key_share=True)
)
_TO_DECIDE = (
    sa.select(
        Claim.id,
        Claim.version,
        Claim.state,
        Claim.person_id,
        Person.name,
        Person.email,
        Person.licence_ending,
        Claim.school_id,
        Claim.event_id,
        Claim.session_id,
        Claim.title,
        Claim.host,
        Claim.kind,
        Claim.category,
        Claim.hashtag,
        Claim.starts_at,
        Claim.ends_at,
        Claim.zone,
        Claim.claimed_minutes,
        Claim.session_starts_at,
        Claim.session_ends_at,
        Claim.break_minutes,
        Claim.application_minutes,
        Claim.is_recording,
        logged_minutes(Claim).label("logged_minutes"),
        Claim.reflection_words,
        Claim.follow_up,
        Claim.follow_up_percent,
        Claim.is_bundle,
        Programme.name.label("programme"),
        hosted_by(_ME).label("hosted"),
        ClaimRoute.stops,
        ClaimRoute.turn,
        is_turn_of(_ME).label("is_my_turn"),
        stood_for(_ME, _TODAY).label("away"),
    )
    .join(Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Claim.person_id))
    .outerjoin(Event, Event.id == Claim.event_id)
    .outerjoin(Programme, Programme.id == Event.programme_id)
    .outerjoin(
        ClaimRoute,
        sa.and_(ClaimRoute.district_id == Claim.district_id, ClaimRoute.claim_id == Claim.id),
    )
    .where(Claim.id.in_(_CLAIMS), Claim.submitted_at.is_not(None))
    .order_by(Claim.id)
    .with_for_update(of=Claim)
)


def to_decide(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, Deciding]:
    """The claims that were sent at some time, locked until the transaction ends, in the order of their ids.

    Two statements, and one for the parts of bundles where there are any. Who decides is `scope.me`.
    """
    _lock_claimants(scope, claim_ids)
    asked = {"claims": list(claim_ids), "me": scope.me.id, "today": scope.today}
    rows = scope.session.execute(_TO_DECIDE, asked).all()
    parts = parts_among(scope, [row.id for row in rows if row.is_bundle])
    zone = scope.district.zone
    gathered = {row.id: bundle_of(row.title, parts.get(row.id, ()), zone) for row in rows}
    return {
        row.id: Deciding(
            id=row.id,
            version=row.version,
            state=row.state,
            person_id=row.person_id,
            person_name=row.name,
            person_email=row.email,
            licence_ending=row.licence_ending,
            school_id=row.school_id,
            event_id=row.event_id,
            session_id=row.session_id,
            title=row.title,
            host=row.host,
            kind=row.kind,
            category=row.category,
            hashtag=row.hashtag,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            zone=row.zone,
            minutes=row.claimed_minutes,
            session_minutes=lasted_of(row, gathered[row.id]),
            application_minutes=row.application_minutes or 0,
            is_recording=row.is_recording,
            logged_minutes=row.logged_minutes,
            reflection_words=row.reflection_words,
            programme=row.programme,
            hosted=row.hosted,
            follow_share=FollowShare.of_columns(row.follow_up, row.follow_up_percent),
            parts=parts.get(row.id, ()),
            bundle=gathered[row.id],
            route=Route.of_columns(row.stops, row.turn),
            is_my_turn=row.is_my_turn or row.away is not None,
            stands_in_for="" if row.is_my_turn else row.away or "",
        )
        for row in rows
    }


def responsibility(scope: Scope, claim_id: int) -> Responsibility | None:
    """Who may decide about this claim, without a lock: for pages. One statement."""
    row = scope.session.execute(
        sa.select(Claim.person_id, Claim.school_id, hosted_by(scope.me.id).label("hosted")).where(
            Claim.id == claim_id
        )
    ).one_or_none()
    return Responsibility(row.person_id, row.school_id, row.hosted) if row else None


def _lock_claimants(scope: Scope, claim_ids: Collection[int]) -> None:
    """Let one decision at a time be made about a person: two at once would both find the same room under a cap.

    SQLite has one writer anyway. On PostgreSQL the persons' rows are the lock, taken before the claims' and in the
    order of their ids, so that two reviewers never wait for each other; weak enough (FOR NO KEY UPDATE) for rows
    that only point at a person.
    """
    scope.session.execute(_CLAIMANTS, {"claims": list(claim_ids)})


def require_reviewable(scope: Scope, claim: Reviewable, step: Step) -> None:
    """Refuse a claim of one's own, of an event that one hosts, or of a school that one doesn't review for.

    A path can call on somebody for another school. Who manages the district's people takes credit back in all of its
    schools.
    """
    may_review(scope.me.id, claim.person_id, {scope.me.id} if claim.hosted else ())
    if step is Step.REVERSE and scope.may(Permission.MANAGE_PEOPLE):
        return
    schools = scope.review_school_ids
    if schools is not None and claim.school_id not in schools and not claim.is_my_turn:
        raise NotPermitted(OTHER_SCHOOL, "You review for other schools. A colleague decides this one.")


def release_of(scope: Scope, claim_id: int) -> datetime | None:
    """From when mail and certificate of the claim's last approval may leave. One statement."""
    return scope.session.scalar(
        sa.select(ClaimStep.release_at)
        .where(ClaimStep.claim_id == claim_id, ClaimStep.step == Step.APPROVE)
        .order_by(ClaimStep.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """An earlier decision: by whom and when, whether it was undone or something followed it, and its claim today.

    `by_person_id` is `None` where a policy decided.
    """

    step_id: int
    at: datetime
    by_person_id: int | None
    release_at: datetime
    step: Step
    is_undone: bool
    is_overtaken: bool
    claim: Deciding

    def has_left(self, at: datetime) -> bool:
        """Whether mail and certificate have left: by the clock, or released before their time."""
        return self.release_at <= at or self.release_at < undo_until(self.at)


def decisions(scope: Scope, step_ids: Collection[int]) -> tuple[Decision, ...]:
    """These decisions with their claims; what is no decision of this district is missing. Four statements.

    The claims are locked before the decisions are read: what is read of them holds until the transaction ends.
    """
    decided = sa.select(ClaimStep.claim_id).where(ClaimStep.id.in_(step_ids))
    claims = to_decide(scope, set(scope.session.scalars(decided)))
    later = sa.orm.aliased(ClaimStep)
    followed = sa.exists(
        sa.select(later.id).where(later.claim_id == ClaimStep.claim_id, later.id > ClaimStep.id)
    )
    undone = sa.exists(sa.select(later.id).where(later.undoes_step_id == ClaimStep.id))
    rows = scope.session.execute(
        sa.select(
            ClaimStep.id,
            ClaimStep.claim_id,
            ClaimStep.at,
            by_whom(ClaimStep).label("by_person_id"),
            ClaimStep.release_at,
            ClaimStep.step,
            ClaimStep.seen_version,
            undone.label("undone"),
            followed.label("followed"),
        ).where(
            ClaimStep.id.in_(step_ids),
            ClaimStep.step.in_(UNDOABLE),
            ClaimStep.release_at.is_not(None),
        )
    ).all()
    return tuple(
        Decision(
            row.id,
            row.at,
            row.by_person_id,
            row.release_at,
            row.step,
            row.undone,
            # A decision raises the version by one; if it rose further, the claimant has begun to change the claim.
            row.followed or claims[row.claim_id].version != row.seen_version + 1,
            claims[row.claim_id],
        )
        for row in rows
        if row.claim_id in claims
    )


@dataclass(frozen=True, slots=True)
class StandingCredit:
    """What a claim is still credited with in one category; old entries know only the minutes that count."""

    claim_id: int
    person_id: int
    category: CreditCategory
    kind: EventKind
    activity_on: date
    policy_id: int
    policy_name: str
    minutes: int
    instructional_minutes: int | None


def standing_credit(scope: Scope, claim_ids: Sequence[int]) -> tuple[StandingCredit, ...]:
    """The credit of these claims that no entry has taken back yet, also of what came to nothing. One statement."""
    minutes = sa.func.sum(Award.minutes).label("minutes")
    instructional = sa.func.sum(Award.instructional_minutes).label("instructional_minutes")
    same = (
        Award.claim_id,
        Award.person_id,
        Award.category,
        Award.kind,
        Award.activity_on,
        Award.policy_id,
        Award.policy_name,
    )
    rows = scope.session.execute(
        sa.select(*same, minutes, instructional)
        .where(Award.claim_id.in_(claim_ids), Award.entry.in_(tuple(EntryKind)))
        .group_by(*same)
        .having(sa.or_(sa.func.sum(Award.minutes) > 0, sa.func.sum(Award.instructional_minutes) > 0))
    )
    return tuple(
        StandingCredit(
            row.claim_id,
            row.person_id,
            row.category,
            row.kind,
            row.activity_on,
            row.policy_id,
            row.policy_name,
            int(row.minutes),
            None if row.instructional_minutes is None else int(row.instructional_minutes),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class StandingCertificate:
    """A certificate of which nothing was said since its issue."""

    id: int
    claim_id: int
    code: str


def standing_certificates(scope: Scope, claim_ids: Sequence[int]) -> tuple[StandingCertificate, ...]:
    """The certificates of these claims that are neither recalled, revoked nor superseded. One statement."""
    told = sa.exists(
        sa.select(CertificateStatus.id).where(CertificateStatus.certificate_id == Certificate.id)
    )
    rows = scope.session.execute(
        sa.select(Certificate.id, Certificate.claim_id, Certificate.code).where(
            Certificate.claim_id.in_(claim_ids), ~told
        )
    )
    return tuple(StandingCertificate(row.id, row.claim_id, row.code) for row in rows)


# Any: a row with these columns of a claim.
def lasted_of(row: Any, bundle: Bundle | None) -> int | None:
    """How long the session was for the rules: by the calendar, else from start to end of a live one, else unknown.

    The calendar's is less its breaks. Of a bundle it is the sum of its parts' sessions.
    """
    if row.follow_up is not None:
        return None
    if bundle is not None:
        return bundle.session_minutes
    if row.session_starts_at is not None and row.session_ends_at is not None:
        return session_minutes(row.session_starts_at, row.session_ends_at) - int(row.break_minutes)
    return session_minutes(row.starts_at, row.ends_at) if row.kind.is_live else None
