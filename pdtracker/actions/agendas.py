"""How the agenda of an event is kept: sessions keep their ids, by which calendars, desks and reports know them.

No action by itself: `calendar` and `event_changes` call it within their own.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from pdtracker.domain.agenda import Agenda, PlannedSession, moved_along
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.refusals import NotValid
from pdtracker.models.events import Event, EventBreak, EventSession
from pdtracker.models.ids import new_id
from pdtracker.queries import agendas
from pdtracker.scope import Scope

# Where sessions wait while they change places: a place is one session's at a time.
_ASIDE = 1000
_WHY_IT_STAYS = "check-in, an attendance report or a claim belongs to it. Change its title or hours instead."


def with_moved_agenda(scope: Scope, event: Event, told: Proposal) -> Proposal:
    """What is told of an event, with the sessions and breaks that nobody touched moved as the event moves."""
    was = agendas.agenda_of(scope, event.id)
    before = EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours)
    return replace(told, agenda=moved_along(told.agenda, was, before, told.time))


def keep_agenda(scope: Scope, event_id: int, before: Agenda, after: Agenda) -> None:
    """Let the event have this agenda, by start. Refuses with NotValid to take out a session that is in use."""
    after = after.in_order
    if after.sessions != before.sessions:
        _keep_sessions(scope, event_id, before, after)
    if after.breaks != before.breaks:
        scope.session.execute(sa.delete(EventBreak).where(EventBreak.event_id == event_id))
        scope.session.add_all(
            EventBreak(event_id=event_id, starts_at=one.starts_at, ends_at=one.ends_at)
            for one in after.breaks
        )


def _keep_sessions(scope: Scope, event_id: int, before: Agenda, after: Agenda) -> None:
    rows = {
        row.id: row
        for row in scope.session.scalars(sa.select(EventSession).where(EventSession.event_id == event_id))
    }
    _take_out(scope, rows, {one.id for one in after.sessions})
    moved = [one.id for one in after.sessions] != [one.id for one in before.sessions]
    if moved:
        for row in rows.values():
            row.position += _ASIDE
        # Each place has to be free before another session takes it.
        scope.session.flush()
    for position, one in enumerate(after.sessions, start=1):
        _keep_one(scope, event_id, rows.get(one.id or 0), position, one)


def _take_out(scope: Scope, rows: dict[int, EventSession], kept: set[int | None]) -> None:
    gone = [row for row in rows.values() if row.id not in kept]
    if not gone:
        return
    used = agendas.in_use(scope, [row.id for row in gone])
    if held := next((row for row in gone if row.id in used), None):
        raise NotValid({"agenda": f"{held.title} stays: {_WHY_IT_STAYS}"})
    for row in gone:
        del rows[row.id]
        scope.session.delete(row)


def _keep_one(
    scope: Scope, event_id: int, row: EventSession | None, position: int, one: PlannedSession
) -> None:
    if row is None:
        scope.session.add(
            EventSession(
                id=new_id(),
                event_id=event_id,
                position=position,
                title=one.title,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
            )
        )
        return
    row.position, row.title = position, one.title
    row.starts_at, row.ends_at = one.starts_at, one.ends_at
