"""The agenda of an event: its sessions and breaks, and what keeps a session in it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from pdtracker.domain.agenda import Agenda, PlannedBreak, PlannedSession
from pdtracker.models.check_ins import CheckInDesk
from pdtracker.models.claims import Claim
from pdtracker.models.events import EventBreak, EventSession
from pdtracker.models.imports import AttendanceImport
from pdtracker.scope import Scope, Visitor


def agenda_of(who: Scope | Visitor, event_id: int) -> Agenda:
    """The sessions and breaks of an event, in their order. One statement. The caller has found the event visible."""
    sessions = sa.select(
        EventSession.id,
        EventSession.position,
        EventSession.title,
        EventSession.starts_at,
        EventSession.ends_at,
    ).where(EventSession.event_id == event_id)
    breaks = sa.select(
        EventBreak.id,
        sa.literal(0, sa.BigInteger).label("position"),
        sa.literal("", sa.Text).label("title"),
        EventBreak.starts_at,
        EventBreak.ends_at,
    ).where(EventBreak.event_id == event_id)
    rows = who.session.execute(sa.union_all(sessions, breaks)).all()
    return Agenda(
        tuple(
            PlannedSession(row.title, row.starts_at, row.ends_at, row.id)
            for row in sorted(rows, key=lambda row: row.position)
            if row.position
        ),
        tuple(
            PlannedBreak(row.starts_at, row.ends_at)
            for row in sorted(rows, key=lambda row: row.starts_at)
            if not row.position
        ),
    )


def in_use(scope: Scope, session_ids: Collection[int]) -> frozenset[int]:
    """Which of these sessions something was noted for: check-in, an attendance report, a claim. One statement."""
    noted = [
        sa.select(table.session_id).where(table.session_id.in_(session_ids))
        for table in (CheckInDesk, AttendanceImport, Claim)
    ]
    rows = scope.session.scalars(sa.union_all(*noted))
    return frozenset(session_id for session_id in rows if session_id is not None)
