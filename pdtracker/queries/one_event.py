"""One event: its facts, what it would bring to a person, and what a claim needs of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.agenda import NO_AGENDA, Agenda
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.claim import HOLDING_STATES, ClaimState
from pdtracker.domain.event_facts import ForWhom, GradeBand
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.outlook import Outlook, outlook
from pdtracker.domain.refs import is_id
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.domain.when import day_text, local, time_text, zone_words
from pdtracker.models.claims import Claim
from pdtracker.models.events import (
    Event,
    EventCoHost,
    EventGrade,
    EventProposal,
    EventState,
    EventTheme,
    Organization,
    Programme,
    Theme,
)
from pdtracker.models.people import Person
from pdtracker.queries.agendas import agenda_of
from pdtracker.queries.bundles import with_part
from pdtracker.queries.event_filters import visible
from pdtracker.queries.facts import credited, edition_for, policies
from pdtracker.queries.standing import with_waiting
from pdtracker.scope import Scope, Visitor

BY_SESSION = "by_session"
"""The code of the refusal of a claim for the whole of an event of several days."""

# Any: columns that the functions here read by their names.
Found = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name, to link to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """Who proposed an event, and what became of it; a refusal has its reason, a return its comment."""

    by_id: int
    by_name: str
    at: datetime
    decided_at: datetime | None
    reason: str
    returned_at: datetime | None
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """One event with everything that its page says. `source` is where a recorded one is written down."""

    id: int
    title: str
    summary: str
    kind: EventKind
    category: CreditCategory
    state: EventState
    host: Named
    co_hosts: tuple[Named, ...]
    themes: tuple[Named, ...]
    programme: Named | None
    programme_slug: str | None
    time: EventTime
    platform: str
    link: str | None
    hashtag: str | None
    source: str | None
    is_example: bool
    is_own: bool
    cancel_reason: str
    proposal: ProposalFacts | None
    for_whom: ForWhom
    archive_link: str | None
    agenda: Agenda = NO_AGENDA
    series_id: int | None = None

    @property
    def minutes(self) -> int | None:
        """How long the whole of it can count, less its breaks; `None` where that is unknown, or sessions say it."""
        return self.agenda.event_minutes(self.time)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimableEvent:
    """What a claim copies from an event that its claimant can have attended."""

    id: int
    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    link: str | None
    hashtag: str | None
    time: EventTime
    session_id: int | None
    break_minutes: int


@dataclass(frozen=True, slots=True)
class MyClaim:
    """A claim with which a person holds an event, or one session of it; `is_bundle` if it is one of several there."""

    id: int
    state: ClaimState
    is_bundle: bool
    session_id: int | None


def event(who: Scope | Visitor, event_id: int) -> EventFacts:
    """One event; refuses with `NotHere` what this person doesn't see. At most four statements."""
    row = who.session.execute(
        sa.select(Event, Organization.name.label("host"), Programme.name.label("programme"), Programme.slug)
        .join(Organization, Organization.id == Event.organization_id)
        .outerjoin(Programme, Programme.id == Event.programme_id)
        .where(Event.id == event_id, visible(who))
    ).one_or_none()
    if row is None:
        raise NotHere
    found: Event = row.Event
    names = _names(who, event_id)
    return EventFacts(
        id=found.id,
        title=found.title,
        summary=found.summary,
        kind=found.kind,
        category=found.category,
        state=found.state,
        host=Named(found.organization_id, row.host),
        co_hosts=tuple(Named(name.id, name.name) for name in names if name.what == "co_host"),
        themes=tuple(Named(name.id, name.name) for name in names if name.what == "theme"),
        programme=Named(found.programme_id, row.programme) if found.programme_id and row.programme else None,
        programme_slug=row.slug,
        time=EventTime(found.starts_at, found.ends_at, found.zone, found.has_hours),
        platform=found.platform,
        link=found.link,
        hashtag=found.hashtag,
        source=found.source,
        is_example=found.is_example,
        is_own=found.district_id is not None,
        cancel_reason=found.cancel_reason,
        proposal=_proposal(who, event_id) if isinstance(who, Scope) and found.district_id else None,
        for_whom=ForWhom(
            tuple(GradeBand(name.name) for name in names if name.what == "grade"),
            found.audience,
            found.cost,
            found.language,
        ),
        archive_link=found.archive_link,
        agenda=agenda_of(who, event_id),
        series_id=found.series_id,
    )


def merged_into(who: Scope | Visitor, event_id: int) -> int | None:
    """The event that this one turned out to be; `None` while it is one of its own. One statement."""
    return who.session.scalar(sa.select(Event.merged_into_id).where(Event.id == event_id))


def event_for_claim(scope: Scope, event_id: int, session_id: int | None = None) -> ClaimableEvent:
    """The event that somebody wants to claim, or one session of it. Two statements.

    Refuses with `NotHere` what they don't see, with `NotNow` what was cancelled, what an administrator has not
    accepted, what has not begun, and as a whole what goes on for days: with `BY_SESSION`.
    """
    if not is_id(event_id):
        raise NotHere
    row = scope.session.execute(
        sa.select(Event, Organization.name.label("host"))
        .join(Organization, Organization.id == Event.organization_id)
        .where(Event.id == event_id, visible(scope))
    ).one_or_none()
    if row is None:
        raise NotHere
    found: Event = row.Event
    agenda = agenda_of(scope, event_id)
    session = agenda.session(session_id)
    if session_id is not None and session is None:
        raise NotHere
    time = EventTime(found.starts_at, found.ends_at, found.zone, found.has_hours)
    if session is not None:
        time = EventTime(session.starts_at, session.ends_at, found.zone, has_hours=True)
    if found.state is EventState.CANCELLED:
        raise NotNow("event_cancelled", f"This {found.kind.noun} was cancelled: there is nothing to claim.")
    if found.state is EventState.PROPOSED:
        raise NotNow(
            "event_proposed",
            "This event is still a proposal. Log the session as one of your own, or wait until it is accepted.",
        )
    if not time.has_begun(scope.at):
        start, zone = local(time.starts_at, scope.zone), zone_words(scope.zone)
        raise NotNow(
            "event_not_begun",
            f"It begins on {day_text(start)} at {time_text(start)} {zone}. You can log it from then on.",
        )
    if session is None and time.has_hours and time.ends_at is not None and time.minutes is None:
        if agenda.sessions:
            raise NotNow(BY_SESSION, "It goes on for several days. Log each session that you were at.")
        raise NotNow(BY_SESSION, "It goes on for several days. Log each day as a session of your own.")
    return ClaimableEvent(
        id=found.id,
        title=f"{found.title}: {session.title}" if session else found.title,
        host=row.host,
        kind=found.kind,
        category=found.category,
        link=found.link,
        hashtag=found.hashtag,
        time=time,
        session_id=session_id,
        break_minutes=agenda.break_minutes(time, session),
    )


def my_claim(scope: Scope, event_id: int) -> MyClaim | None:
    """The claim with which the person holds this event or a part of it, if there is one. One statement."""
    return next(iter(my_claims(scope, event_id)), None)


def my_claims(scope: Scope, event_id: int) -> tuple[MyClaim, ...]:
    """The claims with which the person holds this event: one of the whole, or one of each session. One statement."""
    holds = sa.or_(Claim.event_id == event_id, Claim.id.in_(with_part(event_id)))
    rows = scope.session.execute(
        sa.select(Claim.id, Claim.state, Claim.is_bundle, Claim.session_id)
        .where(
            Claim.person_id == scope.me.id,
            holds,
            Claim.state.in_(HOLDING_STATES),
            Claim.follow_up.is_(None),
        )
        # Two hold it only where a bundle came back with an event that was claimed by itself meanwhile.
        .order_by(Claim.is_bundle, Claim.id)
    )
    return tuple(MyClaim(row.id, row.state, row.is_bundle, row.session_id) for row in rows)


def withdrawn_among(scope: Scope, event_ids: Collection[int]) -> dict[int, int]:
    """The latest claim that the person withdrew for each of these events. One statement."""
    rows = scope.session.execute(
        sa.select(Claim.event_id, sa.func.max(Claim.id))
        .where(
            Claim.person_id == scope.me.id,
            Claim.event_id.in_(event_ids),
            Claim.state == ClaimState.WITHDRAWN,
            Claim.follow_up.is_(None),
        )
        .group_by(Claim.event_id)
    )
    return {event_id: claim_id for event_id, claim_id in rows if event_id is not None}


def event_outlook(scope: Scope, facts: EventFacts) -> Outlook:
    """Would it count for me, and as what? By the policy in force on its first day, and behind what waits already.

    Four statements, and two for the parts of bundles where there are any.

    Refuses with `NotNow` when the district has no policy for that day.
    """
    on = local(facts.time.starts_at, scope.district.zone).date()
    editions, me = policies(scope), scope.me.id
    policy = edition_for(editions, on).policy
    year = policy.year_of(on)
    known = credited(scope, [me], *year)
    waits = with_waiting(scope, me, known, editions, year)
    return outlook(
        policy,
        kind=facts.kind,
        category=facts.category,
        minutes=facts.minutes,
        on=on,
        credited_by_kind=known.in_year(me, year),
        waiting=waits,
        by_session=bool(facts.agenda.sessions),
    )


def _names(who: Scope | Visitor, event_id: int) -> Sequence[Found]:
    """The names of the event's themes, co-hosts and grades, in order."""
    themes = (
        sa.select(sa.literal("theme").label("what"), Theme.id, Theme.name)
        .join(EventTheme, EventTheme.theme_id == Theme.id)
        .where(EventTheme.event_id == event_id)
    )
    co_hosts = (
        sa.select(sa.literal("co_host").label("what"), Organization.id, Organization.name)
        .join(EventCoHost, EventCoHost.organization_id == Organization.id)
        .where(EventCoHost.event_id == event_id)
    )
    grades = sa.select(
        sa.literal("grade").label("what"), EventGrade.event_id, sa.type_coerce(EventGrade.grade, sa.Text)
    ).where(EventGrade.event_id == event_id)
    rows = who.session.execute(sa.union_all(themes, co_hosts, grades)).all()
    return sorted(rows, key=lambda row: row.name.casefold())


def _proposal(scope: Scope, event_id: int) -> ProposalFacts | None:
    row = scope.session.execute(
        sa.select(
            EventProposal.proposed_by_id,
            Person.name,
            EventProposal.proposed_at,
            EventProposal.decided_at,
            EventProposal.reason,
            EventProposal.returned_at,
            EventProposal.comment,
        )
        .join(Person, Person.id == EventProposal.proposed_by_id)
        .where(EventProposal.event_id == event_id)
    ).one_or_none()
    if row is None:
        return None
    return ProposalFacts(
        row.proposed_by_id,
        row.name,
        row.proposed_at,
        row.decided_at,
        row.reason,
        row.returned_at,
        row.comment,
    )
