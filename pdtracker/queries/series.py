"""Events that belong to one series: where one stands in it, and those that follow."""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.domain.series import InSeries
from pdtracker.models.events import Event, EventState
from pdtracker.queries.event_filters import visible
from pdtracker.scope import Scope, Visitor


def in_series(who: Scope | Visitor, event_id: int) -> InSeries | None:
    """Where an event stands in its series, `None` of an event of its own. One statement."""
    series = sa.select(Event.series_id).where(Event.id == event_id).scalar_subquery()
    rows = who.session.execute(
        sa.select(Event.id, Event.starts_at, Event.state)
        .where(Event.series_id == series, Event.merged_into_id.is_(None), visible(who))
        .order_by(Event.starts_at, Event.id)
    ).all()
    places = [row.id for row in rows]
    if event_id not in places:
        return None
    place = places.index(event_id)
    after = [row for row in rows[place + 1 :] if row.state is EventState.PUBLISHED]
    coming = next((row for row in rows if row.starts_at > who.at and row.state is EventState.PUBLISHED), None)
    if coming is not None and coming.id == event_id:
        coming = after[0] if after else None
    return InSeries(
        place=place + 1,
        count=len(rows),
        next_id=coming.id if coming else None,
        next_at=coming.starts_at if coming else None,
        following=len(after),
    )


def following(scope: Scope, event: Event) -> list[Event]:
    """The published events of the series after this one, as entities, locked until the transaction ends."""
    if event.series_id is None:
        return []
    return list(
        scope.session.scalars(
            sa.select(Event)
            .where(
                Event.series_id == event.series_id,
                Event.id != event.id,
                Event.starts_at > event.starts_at,
                Event.state == EventState.PUBLISHED,
                Event.merged_into_id.is_(None),
            )
            .order_by(Event.starts_at, Event.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
