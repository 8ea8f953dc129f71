"""Claims as their claimant and their readers see them: one, a list of one's own, and what holds one's time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.claim import EDITABLE_STATES, ClaimState, Step
from pdtracker.domain.draft import ClaimDraft, DraftAnswer
from pdtracker.domain.follow_up import FollowShare
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.refs import is_id
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.domain.telling import count_of, entered_text, session_text
from pdtracker.domain.when import session_minutes
from pdtracker.models.claims import Claim, ClaimDay, ClaimStep, FieldComment
from pdtracker.models.credit import Award
from pdtracker.models.districts import School
from pdtracker.models.events import Event
from pdtracker.models.people import Person
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.bundles import part_count
from pdtracker.queries.evidence import EvidenceRow
from pdtracker.queries.reflections import AnswerRow
from pdtracker.queries.stand_ins import people_absent, schools_of_absent
from pdtracker.queries.turns import Route
from pdtracker.scope import Scope

CLAIMS_PER_PAGE = 25

# What is still being written, or was taken back, is nobody else's to read.
_PRIVATE_STATES = (ClaimState.DRAFT, ClaimState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim as it stands."""

    id: int
    person_id: int
    person_name: str
    school_id: int | None
    school_name: str | None
    event_id: int | None
    state: ClaimState
    version: int
    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    link: str | None
    hashtag: str | None
    session_starts_at: datetime | None
    session_ends_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str
    minutes: int | None
    longer_reason: str
    application_minutes: int
    is_recording: bool
    logged_minutes: int
    reflection_words: int
    updated_at: datetime
    submitted_at: datetime | None
    waiting_since: datetime
    decided_at: datetime | None
    follow_up: FollowUpKind | None
    follow_up_percent: int | None
    is_bundle: bool
    parts: int
    session_id: int | None
    break_minutes: int
    # Any: the reviews that it needs, as its route keeps them.
    stops: Sequence[Mapping[str, Any]] | None = None
    turn: int | None = None

    @property
    def route(self) -> Route:
        """The reviews that it needs, and which of them is open while it waits."""
        return Route.of_columns(self.stops, self.turn)

    @property
    def follow_share(self) -> FollowShare | None:
        """What it counts for as the answer to a follow-up; `None` for a claim of its own."""
        return FollowShare.of_columns(self.follow_up, self.follow_up_percent)

    @property
    def asked_minutes(self) -> int | None:
        """What is asked for: what was claimed, of a follow-up the share of the original's minutes."""
        share = self.follow_share
        return self.minutes if share is None or self.minutes is None else share.of(self.minutes)

    @property
    def is_editable(self) -> bool:
        """Whether the claimant can change it now."""
        return self.state in EDITABLE_STATES

    @property
    def session_minutes(self) -> int | None:
        """How long it counts by the calendar, less breaks; `None` for one's own or one without fixed hours."""
        if self.session_starts_at is None or self.session_ends_at is None:
            return None
        return session_minutes(self.session_starts_at, self.session_ends_at) - self.break_minutes

    @property
    def counted_minutes(self) -> int | None:
        """How long the session was for the rules: by the calendar, or from start to end of a live one."""
        lasted = self.session_minutes
        if lasted is not None or not self.holds_time or self.starts_at is None or self.ends_at is None:
            return lasted
        return session_minutes(self.starts_at, self.ends_at)

    @property
    def holds_time(self) -> bool:
        """Whether it is of fixed hours as a whole.

        What follows a claim later is of no hours at all, and of a bundle only the parts are.
        """
        return self.kind.is_live and self.follow_up is None and not self.is_bundle

    @property
    def has_clock(self) -> bool:
        """Whether its start and end are times of day; of an event without hours only once somebody entered them."""
        return self.holds_time and (self.minutes is not None or self.session_starts_at is not None)

    @property
    def session_words(self) -> str:
        """When the session was: by the calendar, else as it was entered; empty while it isn't known."""
        if self.is_bundle:
            days = session_text(self.starts_at, self.ends_at, self.zone, is_live=False)
            return ", ".join(filter(None, (count_of(self.parts, "session", "sessions"), days)))
        starts_at, ends_at = self.session_starts_at or self.starts_at, self.session_ends_at or self.ends_at
        return session_text(starts_at, ends_at, self.zone, is_live=self.has_clock)

    @property
    def entered_words(self) -> str:
        """What was understood of the times that the claimant entered, with their zone; empty before that."""
        if self.minutes is None:
            return ""
        if self.is_bundle:
            return self.session_words
        return entered_text(self.starts_at, self.ends_at, self.zone, is_live=self.has_clock)

    def draft(self, evidence: Collection[EvidenceRow], answers: Collection[AnswerRow]) -> ClaimDraft:
        """What was entered so far, for the rules that say what is missing."""
        return ClaimDraft(
            title=self.title,
            host=self.host,
            kind=self.kind,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            zone=self.zone,
            minutes=self.minutes,
            session_minutes=self.session_minutes,
            longer_reason=self.longer_reason,
            is_recording=self.is_recording,
            evidence_count=len(evidence),
            answers=tuple(DraftAnswer(answer.field, answer.answer) for answer in answers),
            is_follow_up=self.follow_up is not None,
            is_bundle=self.is_bundle,
        )


@dataclass(frozen=True, slots=True)
class OwnClaim:
    """A claim in one's own list: with what it is credited with today, and how many fields the last return commented."""

    claim: ClaimRow
    credited_minutes: int
    comments: int


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A page of one's own claims, newest first; `older` is where the next one begins, `None` at the end."""

    rows: tuple[OwnClaim, ...]
    older: int | None


def claim(scope: Scope, claim_id: int) -> ClaimRow:
    """A claim of one's own, or one that was sent and that one may read. Raises NotHere."""
    found = scope.session.execute(select_claims().where(Claim.id == claim_id, _readable(scope))).one_or_none()
    if found is None:
        raise NotHere
    return ClaimRow(*found)


def own_claim(scope: Scope, claim_id: int) -> ClaimRow:
    """A claim of one's own. Raises NotHere."""
    found = scope.session.execute(
        select_claims().where(Claim.id == claim_id, Claim.person_id == scope.me.id)
    ).one_or_none()
    if found is None:
        raise NotHere
    return ClaimRow(*found)


def editable_claim(scope: Scope, claim_id: int) -> ClaimRow:
    """A claim of one's own that can be changed now. Raises NotHere, or NotNow for one that waits or is decided."""
    found = own_claim(scope, claim_id)
    if not found.is_editable:
        raise _stands_still()
    return found


def editable_session(scope: Scope, claim_id: int) -> ClaimRow:
    """The same, of a claim with a session of its own: not of a bundle, nor of what follows another claim."""
    found = editable_claim(scope, claim_id)
    _require_session(found)
    return found


def editable_bundle(scope: Scope, claim_id: int) -> ClaimRow:
    """The same, of a bundle. Raises NotHere for any other claim."""
    found = editable_claim(scope, claim_id)
    if not found.is_bundle:
        raise NotHere
    return found


def to_edit(scope: Scope, claim_id: int) -> Claim:
    """The same as an entity, locked until the transaction ends."""
    found = to_step(scope, claim_id)
    if found.state not in EDITABLE_STATES:
        raise _stands_still()
    return found


def session_to_edit(scope: Scope, claim_id: int) -> Claim:
    """The same, of a claim with a session of its own: not of a bundle, nor of what follows another claim."""
    found = to_edit(scope, claim_id)
    _require_session(found)
    return found


def activity_to_edit(scope: Scope, claim_id: int) -> Claim:
    """The same, of a claim with sessions, one or several: what follows another has nothing but its answers."""
    found = to_edit(scope, claim_id)
    if found.follow_up is not None:
        raise _only_answers()
    return found


def bundle_to_edit(scope: Scope, claim_id: int) -> Claim:
    """The same, of a bundle. Raises NotHere for any other claim."""
    found = to_edit(scope, claim_id)
    if not found.is_bundle:
        raise NotHere
    return found


def to_step(scope: Scope, claim_id: int) -> Claim:
    """A claim of one's own in any state, as an entity, locked until the transaction ends. Raises NotHere."""
    if not is_id(claim_id):
        raise NotHere
    found = scope.session.scalar(
        sa.select(Claim)
        .where(Claim.id == claim_id, Claim.person_id == scope.me.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotHere
    return found


def event_time(scope: Scope, claim: Claim | ClaimRow) -> EventTime | None:
    """When the claim's event was held; `None` for one's own session.

    Fixed hours are the claim's own copy, an open window's days the calendar's.
    """
    if claim.event_id is None:
        return None
    if claim.session_starts_at is not None and claim.session_ends_at is not None:
        return EventTime(claim.session_starts_at, claim.session_ends_at, claim.zone, has_hours=True)
    row = scope.session.execute(
        sa.select(Event.starts_at, Event.ends_at, Event.zone).where(Event.id == claim.event_id)
    ).one()
    return EventTime(row.starts_at, row.ends_at, row.zone, has_hours=False)


def lock_me(scope: Scope) -> None:
    """Let the acting person do one thing at a time from here to the commit; the other request waits.

    SQLite has one writer anyway. On PostgreSQL the person's row is the lock under which their time is given out:
    without this line two claims for the same hour, sent at once, would both find it free. It is weak enough for rows
    that only point at the person, which who holds the claim's lock already may be writing.
    """
    me = sa.select(Person.id).where(Person.id == scope.me.id)
    scope.session.execute(me.with_for_update(key_share=True))


def own_claims(
    scope: Scope, states: Collection[ClaimState], *, before: int | None, limit: int = CLAIMS_PER_PAGE
) -> ClaimPage:
    """One's own claims in these states, newest first, older than the claim `before`."""
    credited = sa.select(sa.func.coalesce(sa.func.sum(Award.minutes), 0)).where(Award.claim_id == Claim.id)
    wanted = (
        select_claims()
        .add_columns(credited.correlate(Claim).scalar_subquery(), last_comments())
        .where(Claim.person_id == scope.me.id, Claim.state.in_(states))
    )
    if before is not None:
        # An id grows with the time at which its claim was made.
        wanted = wanted.where(Claim.id < before)
    found = scope.session.execute(wanted.order_by(Claim.id.desc()).limit(limit + 1)).all()
    return ClaimPage(
        tuple(OwnClaim(ClaimRow(*row[:-2]), int(row[-2]), row[-1]) for row in found[:limit]),
        found[limit - 1].id if len(found) > limit else None,
    )


def own_counts(scope: Scope) -> Mapping[ClaimState, int]:
    """How many claims one has in each state."""
    rows = scope.session.execute(
        sa.select(Claim.state, sa.func.count().label("claims"))
        .where(Claim.person_id == scope.me.id)
        .group_by(Claim.state)
    )
    return {row.state: row.claims for row in rows}


def is_readable(scope: Scope, claim_id: int) -> bool:
    """Whether the acting person may read this claim."""
    return scope.session.scalar(sa.select(Claim.id).where(Claim.id == claim_id, _readable(scope))) is not None


def select_claims() -> sa.Select[*tuple[Any, ...]]:
    """The columns of `ClaimRow`, in its order, of every claim of the district."""
    return (
        sa.select(
            Claim.id,
            Claim.person_id,
            Person.name.label("person_name"),
            Claim.school_id,
            School.name.label("school_name"),
            Claim.event_id,
            Claim.state,
            Claim.version,
            Claim.title,
            Claim.host,
            Claim.kind,
            Claim.category,
            Claim.link,
            Claim.hashtag,
            Claim.session_starts_at,
            Claim.session_ends_at,
            Claim.starts_at,
            Claim.ends_at,
            Claim.zone,
            Claim.claimed_minutes,
            Claim.longer_reason,
            sa.func.coalesce(Claim.application_minutes, 0),
            Claim.is_recording,
            logged_minutes(Claim),
            Claim.reflection_words,
            Claim.updated_at,
            Claim.submitted_at,
            Claim.waiting_since,
            Claim.decided_at,
            Claim.follow_up,
            Claim.follow_up_percent,
            Claim.is_bundle,
            part_count(),
            Claim.session_id,
            Claim.break_minutes,
            ClaimRoute.stops,
            ClaimRoute.turn,
        )
        .select_from(Claim)
        .join(Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Claim.person_id))
        .outerjoin(School, sa.and_(School.district_id == Claim.district_id, School.id == Claim.school_id))
        .outerjoin(
            ClaimRoute,
            sa.and_(ClaimRoute.district_id == Claim.district_id, ClaimRoute.claim_id == Claim.id),
        )
    )


def logged_minutes(claim: type[Claim]) -> sa.ColumnElement[int]:
    """The sum of a claim's log of days, of the statement around it; 0 without one."""
    return (
        sa.select(sa.func.coalesce(sa.cast(sa.func.sum(ClaimDay.minutes), sa.BigInteger), 0))
        .where(ClaimDay.claim_id == claim.id)
        .correlate(claim)
        .scalar_subquery()
    )


# Any: the column decides the type.
def last_answer(column: Any) -> sa.ScalarSelect[Any]:
    """A column of the step that returned or denied the claim of the statement around it; NULL in any other state."""
    answers = sa.or_(
        sa.and_(Claim.state == ClaimState.RETURNED, ClaimStep.step == Step.RETURN),
        sa.and_(Claim.state == ClaimState.DENIED, ClaimStep.step == Step.DENY),
    )
    return (
        sa.select(column)
        .where(ClaimStep.claim_id == Claim.id, answers)
        .order_by(ClaimStep.id.desc())
        .limit(1)
        .correlate(Claim)
        .scalar_subquery()
    )


def last_comments() -> sa.ScalarSelect[int]:
    """How many fields that step commented."""
    return (
        sa.select(sa.func.count())
        .select_from(FieldComment)
        .where(FieldComment.step_id == last_answer(ClaimStep.id))
        .correlate(Claim)
        .scalar_subquery()
    )


def first_comment() -> sa.ScalarSelect[str]:
    """What that step said of the first field that it commented; NULL without one."""
    return (
        sa.select(FieldComment.comment)
        .where(FieldComment.step_id == last_answer(ClaimStep.id))
        .order_by(FieldComment.id)
        .limit(1)
        .correlate(Claim)
        .scalar_subquery()
    )


def _readable(scope: Scope) -> sa.ColumnElement[bool]:
    """One's own; of others what was sent and not taken back, in the schools that one reviews for, or everywhere.

    Who is named for a review, or stands in for somebody, reads the claim wherever it was sent from.
    """
    own = Claim.person_id == scope.me.id
    others = Claim.state.not_in(_PRIVATE_STATES)
    schools = scope.seen_school_ids
    if schools is None:
        return sa.or_(own, others)
    today = scope.today
    people = people_absent(scope.me.id, today)
    named = sa.or_(
        Claim.id.in_(
            sa.select(ClaimRoute.claim_id).where(
                sa.or_(ClaimRoute.turn_person_id == scope.me.id, ClaimRoute.turn_person_id.in_(people))
            )
        ),
        Claim.school_id.in_(schools_of_absent(scope.me.id, today)),
    )
    if not schools or not scope.may(Permission.REVIEW_CLAIMS):
        return sa.or_(own, sa.and_(others, Claim.school_id.in_(schools))) if schools else own
    return sa.or_(own, sa.and_(others, sa.or_(Claim.school_id.in_(schools), named)))


def _stands_still() -> NotNow:
    return NotNow(
        "not_editable",
        "This claim lies with a reviewer or is decided, so it can't be changed. A waiting one can be withdrawn first.",
    )


def _require_session(claim: Claim | ClaimRow) -> None:
    if claim.follow_up is not None:
        raise _only_answers()
    if claim.is_bundle:
        raise NotNow("a_bundle", "This is a bundle: its short sessions are entered one by one.")


def _only_answers() -> NotNow:
    return NotNow(
        "follow_up", "This follows a session that is credited already. Only its questions are to be answered."
    )
