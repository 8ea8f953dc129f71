"""What a person finds when they come home: what is theirs to do, what waits with others, what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.access import Permission, Role
from pdtracker.domain.bundle import Gathering
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.claim import EDITABLE_STATES, LIVE_STATES, ClaimState
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.when import local
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim, ClaimStep, ReflectionAnswer
from pdtracker.models.events import Event, EventProposal, EventState, Organization
from pdtracker.models.people import Membership, Person
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries import facts, review_filters
from pdtracker.queries.bundles import hosted_by
from pdtracker.queries.claims import ClaimRow, first_comment, last_answer, last_comments, select_claims
from pdtracker.queries.facts import PolicyEdition
from pdtracker.queries.follow_ups import FollowUpRow, open_follow_ups
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.standing import Standing, hoped_of, standing
from pdtracker.queries.turns import Endorser, endorsers, readers
from pdtracker.scope import Scope

NEXT_EVENTS = 4
SUGGESTIONS = 2
_RECENT = timedelta(days=14)
_DENIED_SHOWN = timedelta(days=30)
# Of what follows a credited claim a share of the original's minutes is asked for.
_ASKED_MINUTES = sa.case(
    (Claim.follow_up.is_(None), Claim.claimed_minutes),
    else_=Claim.claimed_minutes * Claim.follow_up_percent // 100,
)
_CLAIM_COLUMNS = len(ClaimRow.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim that is not at its end. `answered` of `asked` prompts have an answer.

    Of a returned or denied one: who did so, when, why, and how many fields they commented. Of a waiting one: who may
    decide it.
    """

    claim: ClaimRow
    asked: int
    answered: int
    answered_by: str
    answered_at: datetime | None
    reason: str
    comments: int
    reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomeEvent:
    """An event that comes, or one that the person may have been at."""

    id: int
    title: str
    host: str
    hashtag: str | None
    time: EventTime


@dataclass(frozen=True, slots=True)
class TeacherHome:
    """A teacher's day. `standing` is `None` when no policy is in force.

    `gathering` says of the bundles to do how far each has come, by their ids; `steps` of the answers to follow-ups in
    which steps of minutes they are credited.
    """

    standing: Standing | None
    to_do: tuple[OpenClaim, ...]
    denied: tuple[OpenClaim, ...]
    waiting: tuple[OpenClaim, ...]
    follow_ups: tuple[FollowUpRow, ...]
    were_you_there: tuple[HomeEvent, ...]
    next: tuple[HomeEvent, ...]
    gathering: Mapping[int, Gathering]
    steps: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class ReviewsWaiting:
    """What waits for a reviewer, or in a whole district: how many claims, how many hours, since when."""

    claims: int
    minutes: int
    people: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class HouseWaiting:
    """What waits for an administrator beside reviews: failed letters, proposed events; the people, and who reviews."""

    failed_mail: int
    proposals: int
    people: int
    reviewers: int


def teacher_home(scope: Scope) -> TeacherHome:
    """Everything on a teacher's home. Five statements, one more where something waits, one for the parts of bundles."""
    found = open_claims(scope)
    waiting = tuple(item for item in found if item.claim.state is ClaimState.SUBMITTED)
    zone = scope.district.zone
    hoped = hoped_of(scope, [item.claim for item in waiting])
    editions = facts.policies(scope)
    stands = standing(scope, scope.me.id, hoped, local(scope.at, zone).date(), editions)
    events = _events(scope)
    return TeacherHome(
        standing=stands,
        to_do=tuple(item for item in found if item.claim.state in {ClaimState.DRAFT, ClaimState.RETURNED}),
        denied=tuple(item for item in found if item.claim.state is ClaimState.DENIED),
        waiting=waiting,
        follow_ups=open_follow_ups(scope, editions),
        were_you_there=tuple(event for event in events if event.time.starts_at <= scope.at),
        next=tuple(event for event in events if event.time.starts_at > scope.at),
        gathering=_gathering(scope, found, editions),
        steps=_steps(scope, found, editions),
    )


def _steps(
    scope: Scope, found: Sequence[OpenClaim], editions: Collection[PolicyEdition]
) -> Mapping[int, int]:
    """The minutes of the steps in which each answer to a follow-up is credited."""
    days = {
        item.claim.id: local(item.claim.starts_at or scope.at, scope.district.zone).date()
        for item in found
        if item.claim.follow_up is not None
    }
    return {claim_id: facts.step_on(editions, on) for claim_id, on in days.items()}


def _gathering(
    scope: Scope, found: Sequence[OpenClaim], editions: Collection[PolicyEdition]
) -> Mapping[int, Gathering]:
    """How far each bundle has come that its claimant still gathers, by the rules of its first day."""
    come = {}
    for item in found:
        claim = item.claim
        if not claim.is_bundle or claim.state not in EDITABLE_STATES:
            continue
        try:
            on = local(claim.starts_at or scope.at, scope.district.zone).date()
            rule = facts.edition_for(editions, on).policy.bundles
        except NotNow:
            rule = None
        if rule is not None:
            come[claim.id] = Gathering(claim.title, claim.minutes or 0, rule.threshold_minutes)
    return come


def open_claims(scope: Scope) -> tuple[OpenClaim, ...]:
    """One's own drafts, returned and waiting claims, and those denied of late. One statement.

    Returned ones first, then the longest lying.
    """
    reviewer, membership = aliased(Person), aliased(Membership)
    mine = select_claims().add_columns(
        _answers(sa.true()).label("asked"),
        _answers(ReflectionAnswer.answer != "").label("answered"),
        last_answer(ClaimStep.by_name).label("answered_by"),
        last_answer(ClaimStep.at).label("answered_at"),
        last_answer(ClaimStep.comment).label("reason"),
        first_comment().label("first_comment"),
        last_comments().label("comments"),
        reviewer.name.label("reviewer"),
        membership.school_id.label("reviewer_school_id"),
    )
    hosts = hosted_by(membership.person_id)
    rows = scope.session.execute(
        mine.outerjoin(
            membership,
            sa.and_(
                membership.district_id == Claim.district_id,
                Claim.state == ClaimState.SUBMITTED,
                membership.role == Role.REVIEWER,
                membership.person_id != Claim.person_id,
                sa.or_(membership.school_id.is_(None), membership.school_id == Claim.school_id),
                ~hosts,
            ),
        )
        .outerjoin(
            reviewer,
            sa.and_(
                reviewer.district_id == membership.district_id,
                reviewer.id == membership.person_id,
                reviewer.left_at.is_(None),
            ),
        )
        .where(
            Claim.person_id == scope.me.id,
            sa.or_(
                Claim.state.in_((ClaimState.DRAFT, ClaimState.RETURNED, ClaimState.SUBMITTED)),
                sa.and_(Claim.state == ClaimState.DENIED, Claim.decided_at > scope.at - _DENIED_SHOWN),
            ),
        )
        # A school's own reviewer is named before those of the whole district.
        .order_by(
            Claim.state != ClaimState.RETURNED,
            Claim.waiting_since,
            Claim.id,
            membership.school_id.is_(None),
            reviewer.name,
        )
    )
    found: dict[int, OpenClaim] = {}
    reviewing: dict[int, dict[int | None, list[str]]] = defaultdict(dict)
    for row in rows:
        claim = ClaimRow(*row[:_CLAIM_COLUMNS])
        known = found.get(claim.id) or OpenClaim(
            claim,
            row.asked,
            row.answered,
            row.answered_by or "",
            row.answered_at,
            row.reason or row.first_comment or "",
            row.comments,
            (),
        )
        if row.reviewer is not None:
            school = reviewing[claim.id].setdefault(row.reviewer_school_id, [])
            school += [row.reviewer] if row.reviewer not in school else []
        found[claim.id] = known
    endorsed = endorsers(scope, [one.claim.id for one in found.values() if one.claim.route.turn > 1])
    return tuple(
        replace(one, reviewers=_readers(one.claim, reviewing[claim_id], endorsed.get(claim_id, ())))
        for claim_id, one in found.items()
    )


def _readers(
    claim: ClaimRow, reviewing: Mapping[int | None, Sequence[str]], endorsed: Sequence[Endorser]
) -> tuple[str, ...]:
    """Who can take the open review: a school's own reviewers are named before those of the whole district."""
    everywhere = [*reviewing.get(None, ())]
    names: dict[int | None, Sequence[str]] = {None: everywhere}
    if claim.school_id is not None:
        own = [*reviewing.get(claim.school_id, ())]
        names[claim.school_id] = [*own, *(name for name in everywhere if name not in own)]
    return readers(names, claim.school_id, claim.route, endorsed)


@cache
def _all_that_wait(conditions: frozenset[str]) -> sa.Select[*tuple[Any, ...]]:
    """What waits under conditions of the desk, added up. Made once for each set, as the desk's own."""
    added = sa.select(
        sa.func.count().label("claims"),
        sa.func.coalesce(sa.func.sum(_ASKED_MINUTES), 0).label("minutes"),
        sa.func.count(sa.distinct(Claim.person_id)).label("people"),
        sa.func.min(Claim.waiting_since, type_=Claim.waiting_since.type).label("since"),
    )
    return review_filters.that_wait(added, conditions)


def reviews_waiting(scope: Scope) -> ReviewsWaiting:
    """What waits for this reviewer; for who doesn't review, what waits in the whole district. One statement."""
    conditions, values = review_filters.wanted(scope, QueueFilter())
    if not scope.may(Permission.REVIEW_CLAIMS):
        conditions -= {"mine"}
    row = scope.session.execute(_all_that_wait(conditions), values).one()
    return ReviewsWaiting(row.claims, int(row.minutes), row.people, row.since)


def house_waiting(scope: Scope) -> HouseWaiting:
    """What waits for an administrator beside reviews. One statement."""
    failed = sa.select(sa.func.count()).select_from(OutboxMail).where(OutboxMail.state == MailState.FAILED)
    # What was refused stays a proposal, and what was returned waits for its proposer.
    proposed = (
        sa.select(sa.func.count())
        .select_from(EventProposal)
        .join(Event, Event.id == EventProposal.event_id)
        .where(
            Event.state == EventState.PROPOSED,
            EventProposal.decided_at.is_(None),
            EventProposal.returned_at.is_(None),
        )
    )
    people = sa.select(sa.func.count()).select_from(Person).where(Person.left_at.is_(None))
    reviewers = people.where(
        sa.exists(
            sa.select(Membership.id).where(
                Membership.district_id == Person.district_id,
                Membership.person_id == Person.id,
                Membership.role == Role.REVIEWER,
            )
        )
    )
    counts = [counted.scalar_subquery() for counted in (failed, proposed, people, reviewers)]
    return HouseWaiting(*scope.session.execute(sa.select(*counts)).one())


def _events(scope: Scope) -> tuple[HomeEvent, ...]:
    """The next events, and recent ones of a hashtag that the person has logged before. One statement."""
    coming = (
        sa.select(Event.id)
        .where(Event.state == EventState.PUBLISHED, Event.has_hours, Event.starts_at > scope.at)
        .order_by(Event.starts_at, Event.id)
        .limit(NEXT_EVENTS)
    )
    known = sa.select(sa.func.lower(Claim.hashtag)).where(
        Claim.person_id == scope.me.id, Claim.state.in_(LIVE_STATES), Claim.hashtag.is_not(None)
    )
    logged = sa.union_all(
        sa.select(Claim.event_id).where(Claim.person_id == scope.me.id, Claim.event_id.is_not(None)),
        sa.select(ClaimPart.event_id).where(
            ClaimPart.person_id == scope.me.id, ClaimPart.event_id.is_not(None)
        ),
    )
    been = (
        sa.select(Event.id)
        .where(
            Event.state == EventState.PUBLISHED,
            Event.has_hours,
            Event.starts_at > scope.at - _RECENT,
            Event.ends_at <= scope.at,
            sa.func.lower(Event.hashtag).in_(known),
            Event.id.not_in(logged),
        )
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(SUGGESTIONS)
    )
    rows = scope.session.execute(
        sa.select(
            Event.id,
            Event.title,
            Organization.name.label("host"),
            Event.hashtag,
            Event.starts_at,
            Event.ends_at,
            Event.zone,
            Event.has_hours,
        )
        .join(Organization, Organization.id == Event.organization_id)
        .where(sa.or_(Event.id.in_(coming), Event.id.in_(been)))
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(
        HomeEvent(
            row.id,
            row.title,
            row.host,
            row.hashtag,
            EventTime(row.starts_at, row.ends_at, row.zone, row.has_hours),
        )
        for row in rows
    )


def _answers(which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count())
        .select_from(ReflectionAnswer)
        .where(ReflectionAnswer.claim_id == Claim.id, which)
        .correlate(Claim)
        .scalar_subquery()
    )
