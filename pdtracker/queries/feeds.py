"""Events as a feed tells them: published and cancelled ones, with their sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import sqlalchemy as sa

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.exchange.ics.feed import FeedEntry, in_one_line, uid_of
from pdtracker.models.events import Event, EventSession, EventState, Organization
from pdtracker.queries.event_filters import Condition, EventFilter, conditions, visible
from pdtracker.queries.going import own_event_ids
from pdtracker.scope import Scope, Visitor

MOST_IN_A_FEED: Final = 2000
"""Of a search that finds more, the feed has the latest."""


@dataclass(frozen=True, slots=True)
class FeedSession:
    """One session of an event that has several."""

    id: int
    title: str
    time: EventTime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """An event of a feed, with its sessions where it has several."""

    id: int
    version: int
    created_at: datetime
    changed_at: datetime
    time: EventTime
    title: str
    summary: str
    kind: EventKind
    host: str
    platform: str
    link: str | None
    hashtag: str | None
    is_cancelled: bool
    sessions: tuple[FeedSession, ...]


def feed_events(who: Scope | Visitor, wanted: EventFilter) -> tuple[FeedEvent, ...]:
    """The events that a search finds, by start; without proposals, with what was cancelled. Two statements."""
    return _found(who, conditions(who, wanted))


def feed_event(who: Scope | Visitor, event_id: int) -> FeedEvent:
    """One of them; refuses with `NotHere` what this person doesn't see, and a proposal. Two statements."""
    found = _found(who, (visible(who), Event.id == event_id))
    if not found:
        raise NotHere
    return found[0]


def my_feed_events(scope: Scope) -> tuple[FeedEvent, ...]:
    """What the acting person goes to, or has a place at, and went to: what is cancelled stays. Two statements."""
    return _found(scope, (visible(scope), Event.id.in_(own_event_ids(scope))))


def entries(event: FeedEvent, address: str) -> Iterator[FeedEntry]:
    """What a calendar has of an event whose page is at `address`: an entry, or one for each of its sessions.

    Feeds, downloads and letters name it by the same UID, so that a calendar that gets it twice has it once.
    """
    host = urlsplit(address).hostname or "localhost"
    told = (event.summary, f"Host: {event.host}", event.hashtag, event.link)
    whole = FeedEntry(
        uid=uid_of("event", ref_of(event.id), host),
        sequence=event.version - 1,
        created_at=event.created_at,
        changed_at=event.changed_at,
        time=event.time,
        title=event.title,
        description=in_one_line(told, "\n\n"),
        place=event.platform,
        address=address,
        categories=(event.kind.label,),
        is_cancelled=event.is_cancelled,
    )
    if not event.sessions:
        yield whole
    for session in event.sessions:
        title = in_one_line((event.title, session.title), ": ")
        uid = uid_of("session", ref_of(session.id), host)
        yield replace(whole, uid=uid, time=session.time, title=title)


def _found(who: Scope | Visitor, matching: Sequence[Condition]) -> tuple[FeedEvent, ...]:
    rows = who.session.execute(
        sa.select(Event, Organization.name.label("host"))
        .join(Organization, Organization.id == Event.organization_id)
        .where(*matching, Event.state != EventState.PROPOSED)
        .order_by(Event.starts_at.desc(), Event.id.desc())
        .limit(MOST_IN_A_FEED)
    ).all()
    sessions: dict[int, list[EventSession]] = {}
    ids = [row.Event.id for row in rows]
    for one in who.session.scalars(
        sa.select(EventSession).where(EventSession.event_id.in_(ids)).order_by(EventSession.position)
    ):
        sessions.setdefault(one.event_id, []).append(one)
    return tuple(_event(row.Event, row.host, sessions.get(row.Event.id, ())) for row in reversed(rows))


def _event(event: Event, host: str, sessions: Sequence[EventSession]) -> FeedEvent:
    return FeedEvent(
        id=event.id,
        version=event.version,
        created_at=event.created_at,
        changed_at=event.changed_at or event.created_at,
        time=EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours),
        title=event.title,
        summary=event.summary,
        kind=event.kind,
        host=host,
        platform=event.platform,
        link=event.link,
        hashtag=event.hashtag,
        is_cancelled=event.state is EventState.CANCELLED,
        sessions=tuple(
            FeedSession(one.id, one.title, EventTime(one.starts_at, one.ends_at, event.zone, has_hours=True))
            for one in sessions
        ),
    )
