"""The desks of check-in: where one can check in now, and who may stand at one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.attendance import SessionHours, Stay
from pdtracker.domain.check_ins import MOST_AROUND, Window, window_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.when import span_text
from pdtracker.models.check_ins import CheckInDesk
from pdtracker.models.events import Event, EventBreak, EventHost, EventSession, EventState
from pdtracker.queries.hosting import speaks_for
from pdtracker.scope import Scope, Visitor

_AROUND = timedelta(minutes=MOST_AROUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """What there can be a desk for: an event with hours, or one of its sessions. `desk_id` is `None` without one."""

    id: int
    session_id: int | None
    title: str
    starts_at: datetime
    ends_at: datetime
    desk_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """One desk, with the hours it belongs to. `title` is the session's where the event has several."""

    id: int
    event_id: int
    session_id: int | None
    event_title: str
    session_title: str
    hours: SessionHours
    secret: bytes
    opens_before: int
    closes_after: int
    is_cancelled: bool

    @property
    def title(self) -> str:
        """What people call what they check in to."""
        return self.session_title or self.event_title

    @property
    def window(self) -> Window:
        """From when to when one can check in."""
        return window_of(self.hours, self.opens_before, self.closes_after)

    def hours_words(self, zone: str) -> str:
        """The session's hours as somebody in `zone` reads them."""
        return span_text(self.hours.starts_at, self.hours.ends_at, zone)

    def window_words(self, zone: str) -> str:
        """From when to when one can check in, likewise."""
        return span_text(self.window.opens_at, self.window.closes_at, zone)

    def is_open(self, at: datetime) -> bool:
        """Whether one can check in here now."""
        return not self.is_cancelled and self.window.is_open(at)


def desk(scope: Scope, desk_id: int) -> DeskRow:
    """One desk of the district. Refuses with NotHere; one statement."""
    return _one(scope, desk_id)[0]


def desk_to_keep(scope: Scope, desk_id: int) -> DeskRow:
    """The same for whoever stands at it: a host of the event or who manages the district's events. One statement."""
    found, is_theirs = _one(scope, desk_id)
    if not (scope.may(Permission.TAKE_ATTENDANCE) and (is_theirs or scope.may(Permission.MANAGE_EVENTS))):
        raise NotHere
    return found


def desks_of(scope: Scope, event_id: int) -> tuple[DeskRow, ...]:
    """The desks of an event, in the order of its sessions. One statement."""
    return _told(scope.session.execute(_OF_EVENT, {"event": event_id}).all())


def desks_of_merged(scope: Scope, event_id: int) -> tuple[DeskRow, ...]:
    """The desks of events that turned out to be this one, each as that of the session here at its hours.

    Of several sessions its namesake; a desk of a session that isn't here is left out, as nobody had claimed it. One
    statement, and one more where there are any of sessions.
    """
    found = _told(scope.session.execute(_OF_MERGED, {"event": event_id}).all())
    if all(one.session_id is None for one in found):
        return found
    here = scope.session.execute(
        sa.select(EventSession.id, EventSession.title, EventSession.starts_at, EventSession.ends_at)
        .where(EventSession.event_id == event_id)
        .order_by(EventSession.position)
    ).all()
    moved = []
    for one in found:
        hours = (one.hours.starts_at, one.hours.ends_at)
        same = [row for row in here if (row.starts_at, row.ends_at) == hours]
        namesakes = [row for row in same if row.title.casefold() == one.session_title.casefold()]
        if one.session_id is None:
            moved.append(one)
        elif same:
            moved.append(replace(one, session_id=(namesakes or same)[0].id))
    return tuple(moved)


def open_desks(scope: Scope) -> tuple[DeskRow, ...]:
    """Every desk of the district at which one can check in now. One statement."""
    around = {"until": scope.at + _AROUND, "since": scope.at - _AROUND}
    found = _told(scope.session.execute(_AROUND_NOW, around).all())
    return tuple(one for one in found if one.is_open(scope.at))


def places(scope: Scope, event_id: int) -> tuple[PlaceRow, ...]:
    """What there can be desks for in an event: its sessions, or itself; nothing without fixed hours. Two statements."""
    event = scope.session.execute(
        sa.select(Event.title, Event.starts_at, Event.ends_at, Event.has_hours, CheckInDesk.id.label("desk"))
        .outerjoin(CheckInDesk, sa.and_(CheckInDesk.place_id == Event.id, CheckInDesk.event_id == Event.id))
        .where(Event.id == event_id)
    ).one()
    sessions = scope.session.execute(
        sa.select(EventSession, CheckInDesk.id.label("desk"))
        .outerjoin(CheckInDesk, CheckInDesk.place_id == EventSession.id)
        .where(EventSession.event_id == event_id)
        .order_by(EventSession.position)
    ).all()
    if sessions:
        return tuple(
            PlaceRow(
                id=row.EventSession.id,
                session_id=row.EventSession.id,
                title=row.EventSession.title,
                starts_at=row.EventSession.starts_at,
                ends_at=row.EventSession.ends_at,
                desk_id=row.desk,
            )
            for row in sessions
        )
    if not event.has_hours:
        return ()
    return (
        PlaceRow(
            id=event_id,
            session_id=None,
            title=event.title,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            desk_id=event.desk,
        ),
    )


def is_host(who: Scope | Visitor, event_id: int) -> bool:
    """Whether this person takes attendance at the event: one of its hosts, or who manages the district's events."""
    return isinstance(who, Scope) and who.may(Permission.TAKE_ATTENDANCE) and speaks_for(who, event_id)


def require_host(scope: Scope, event_id: int) -> None:
    """Refuse with NotHere whoever doesn't take attendance there: a desk is nothing to others than its hosts."""
    if not is_host(scope, event_id):
        raise NotHere


def _one(scope: Scope, desk_id: int) -> tuple[DeskRow, bool]:
    """A desk, and whether the acting person is among the hosts of its event."""
    me = scope.person.id if scope.person else None
    rows = scope.session.execute(_DESK, {"desk": desk_id, "me": me}).all()
    if not rows:
        raise NotHere("no_desk", "We don’t know this code. Scan the screen again, or type the short code.")
    return _told(rows)[0], rows[0].is_host


def _told(rows: Sequence[Any]) -> tuple[DeskRow, ...]:
    return tuple(_desk_row(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row.id))


def _desk_row(rows: Sequence[Any]) -> DeskRow:
    """A desk from its rows: one, or one for each break of its event."""
    row = rows[0]
    breaks = tuple(Stay(each.break_starts, each.break_ends) for each in rows if each.break_starts is not None)
    return DeskRow(
        id=row.id,
        event_id=row.event_id,
        session_id=row.session_id,
        event_title=row.title,
        session_title=row.session_title,
        hours=SessionHours(row.starts_at, row.ends_at, row.zone, breaks),
        secret=row.secret,
        opens_before=row.opens_before,
        closes_after=row.closes_after,
        is_cancelled=row.state is EventState.CANCELLED,
    )


_starts_at = sa.func.coalesce(EventSession.starts_at, Event.starts_at)
_ends_at = sa.func.coalesce(EventSession.ends_at, Event.ends_at)
# A hall checks in within a minute, so these are made once: putting a statement together takes longer than to run it.
_DESKS = (
    sa.select(
        CheckInDesk.id,
        CheckInDesk.event_id,
        CheckInDesk.session_id,
        CheckInDesk.secret,
        CheckInDesk.opens_before,
        CheckInDesk.closes_after,
        Event.title,
        Event.state,
        Event.zone,
        sa.func.coalesce(EventSession.title, "").label("session_title"),
        _starts_at.label("starts_at"),
        _ends_at.label("ends_at"),
        EventBreak.starts_at.label("break_starts"),
        EventBreak.ends_at.label("break_ends"),
    )
    .join(Event, Event.id == CheckInDesk.event_id)
    .outerjoin(EventSession, EventSession.id == CheckInDesk.session_id)
    .outerjoin(EventBreak, EventBreak.event_id == Event.id)
)
_IS_HOST = sa.exists(
    sa.select(EventHost.id).where(
        EventHost.event_id == CheckInDesk.event_id,
        EventHost.person_id == sa.bindparam("me", type_=sa.BigInteger()),
    )
)
_DESK = (
    _DESKS.add_columns(_IS_HOST.label("is_host"))
    .where(CheckInDesk.id == sa.bindparam("desk"))
    .order_by(EventBreak.starts_at)
)
_OF_EVENT = _DESKS.where(CheckInDesk.event_id == sa.bindparam("event")).order_by(
    sa.func.coalesce(EventSession.position, 0), CheckInDesk.id, EventBreak.starts_at
)
_OF_MERGED = _DESKS.where(Event.merged_into_id == sa.bindparam("event")).order_by(
    sa.func.coalesce(EventSession.position, 0), CheckInDesk.id, EventBreak.starts_at
)
_AROUND_NOW = _DESKS.where(_starts_at <= sa.bindparam("until"), _ends_at >= sa.bindparam("since")).order_by(
    CheckInDesk.id, EventBreak.starts_at
)
