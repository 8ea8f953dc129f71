"""Events that go with one: of the same hashtag, theme or host, what comes next first."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import EventKind
from pdtracker.models.events import Event, EventState, EventTheme, Organization
from pdtracker.queries.event_filters import visible
from pdtracker.queries.one_event import EventFacts
from pdtracker.scope import Scope, Visitor

_HASHTAG, _THEME, _HOST = 3, 2, 1
_WORDS = {_HASHTAG: "the same hashtag", _THEME: "the same theme", _HOST: "the same host"}


@dataclass(frozen=True, slots=True)
class RelatedEvent:
    """An event beside another, with what both have in common. `is_over` tells what was from what comes."""

    id: int
    title: str
    kind: EventKind
    host: str
    time: EventTime
    why: str
    is_over: bool


def related_events(who: Scope | Visitor, facts: EventFacts, limit: int) -> tuple[RelatedEvent, ...]:
    """Up to `limit` published events outside its series: what comes first, the nearest kin first, then the soonest.

    One statement.
    """
    themes = [theme.id for theme in facts.themes]
    of_theme = Event.id.in_(sa.select(EventTheme.event_id).where(EventTheme.theme_id.in_(themes)))
    of_hashtag = (
        sa.func.lower(Event.hashtag) == facts.hashtag.lower() if facts.hashtag is not None else sa.false()
    )
    of_host = Event.organization_id == facts.host.id
    kinship = sa.case((of_hashtag, _HASHTAG), (of_theme, _THEME), else_=_HOST)
    # The other dates of its series stand in the series.
    in_its_series = Event.series_id == facts.series_id if facts.series_id is not None else sa.false()
    # A window that is open counts among what comes.
    is_over = sa.case((sa.func.coalesce(Event.ends_at, Event.starts_at) > who.at, 0), else_=1)
    rows = who.session.execute(
        sa.select(Event, Organization.name.label("host"), kinship.label("kinship"), is_over.label("is_over"))
        .join(Organization, Organization.id == Event.organization_id)
        .where(
            Event.id != facts.id,
            Event.state == EventState.PUBLISHED,
            visible(who),
            sa.or_(of_hashtag, of_theme, of_host),
            sa.or_(Event.series_id.is_(None), sa.not_(in_its_series)),
        )
        .order_by(
            is_over,
            kinship.desc(),
            sa.case((is_over == 0, Event.starts_at)),
            Event.starts_at.desc(),
            Event.id,
        )
        .limit(limit)
    )
    return tuple(
        RelatedEvent(
            id=found.id,
            title=found.title,
            kind=found.kind,
            host=host,
            time=EventTime(found.starts_at, found.ends_at, found.zone, found.has_hours),
            why=_WORDS[kin],
            is_over=bool(over),
        )
        for found, host, kin, over in rows
    )
