"""For which events one may bring attendance reports, and the people, columns and decisions to read them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.attendance import SessionHours, Stay
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.matching import Alias, Directory, Known
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.models.districts import School
from pdtracker.models.events import Event, EventBreak, EventSession, EventState, Organization
from pdtracker.models.imports import AttendanceAlias, AttendanceProfile
from pdtracker.models.people import Person
from pdtracker.queries.check_in_desks import is_host
from pdtracker.queries.event_filters import visible
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One of an event's sessions."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportEvent:
    """The event, or the session of it, that a report is of, with what claims copy from it."""

    event_id: int
    session_id: int | None
    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    link: str | None
    hashtag: str | None
    hours: SessionHours

    @property
    def break_minutes(self) -> int:
        """How many minutes of its hours count for nobody."""
        lasted = self.hours.ends_at - self.hours.starts_at
        return (lasted - self.hours.counted) // timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChoice:
    """An event that one may bring reports for, with its sessions, if it has several."""

    id: int
    title: str
    zone: str
    starts_at: datetime
    ends_at: datetime | None
    has_hours: bool
    sessions: tuple[SessionRow, ...]

    @property
    def takes_turns(self) -> bool:
        """Whether it has several sessions, no two of them at once: then a time alone says in which somebody was."""
        ordered = sorted(self.sessions, key=lambda one: one.starts_at)
        return len(ordered) > 1 and all(one.ends_at <= other.starts_at for one, other in pairwise(ordered))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the district whose line it can be."""

    id: int
    name: str
    school: str | None


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """Saved columns."""

    id: int
    name: str
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AliasRow:
    """A remembered decision; of nobody where `person_name` is `None`."""

    id: int
    key: str
    person_name: str | None
    decided_by: str
    decided_at: datetime


def event_choice(scope: Scope, event_id: int) -> EventChoice:
    """The event that somebody wants to bring a report for. Raises NotHere where it isn't theirs to do so."""
    row = scope.session.execute(
        sa.select(Event).where(Event.id == event_id, visible(scope))
    ).scalar_one_or_none()
    if row is None or not is_host(scope, event_id):
        raise NotHere
    if row.state is not EventState.PUBLISHED:
        raise NotNow("not_published", "This event is not in the calendar, so nobody can have been there.")
    return EventChoice(
        id=row.id,
        title=row.title,
        zone=row.zone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        has_hours=row.has_hours,
        sessions=_sessions(scope, event_id),
    )


def import_event(scope: Scope, event_id: int, session_id: int | None) -> ImportEvent:
    """The event or session that a report is of. Raises NotHere, or NotNow where it has no hours to clip to."""
    choice = event_choice(scope, event_id)
    session = next((one for one in choice.sessions if one.id == session_id), None)
    if session_id is not None and session is None:
        raise NotHere
    if session is None and choice.sessions:
        raise NotNow(
            "which_session", "This event has several sessions. Choose the one that the report is of."
        )
    starts_at, ends_at = (
        (session.starts_at, session.ends_at) if session else (choice.starts_at, choice.ends_at)
    )
    if ends_at is None or (session is None and not choice.has_hours):
        raise NotNow(
            "no_hours",
            "This event has no fixed hours, so a report can\N{RIGHT SINGLE QUOTATION MARK}t be compared with them.",
        )
    if session is None and EventTime(starts_at, ends_at, choice.zone, has_hours=True).minutes is None:
        raise NotNow(
            "no_sessions",
            "This event goes on for several days. Give it a session for each day, then its report counts day by day.",
        )
    row = scope.session.execute(
        sa.select(Event.kind, Event.category, Event.link, Event.hashtag, Organization.name.label("host"))
        .join(Organization, Organization.id == Event.organization_id)
        .where(Event.id == event_id)
    ).one()
    breaks = scope.session.execute(
        sa.select(EventBreak.starts_at, EventBreak.ends_at).where(EventBreak.event_id == event_id)
    )
    return ImportEvent(
        event_id=event_id,
        session_id=session_id,
        title=f"{choice.title}: {session.title}" if session else choice.title,
        host=row.host,
        kind=row.kind,
        category=row.category,
        link=row.link,
        hashtag=row.hashtag,
        hours=SessionHours(
            starts_at, ends_at, choice.zone, tuple(Stay(pause.starts_at, pause.ends_at) for pause in breaks)
        ),
    )


def directory(scope: Scope) -> Directory:
    """Everybody whose line it can be, with the remembered decisions. Two statements."""
    people = scope.session.execute(
        sa.select(Person.id, Person.name, Person.email, Person.left_at, Person.employee_number)
    )
    aliases = scope.session.execute(
        sa.select(AttendanceAlias.kind, AttendanceAlias.key, AttendanceAlias.person_id)
    )
    return Directory(
        [
            Known(row.id, row.name, row.email, row.left_at is not None, row.employee_number or "")
            for row in people
        ],
        [Alias(row.kind, row.key, row.person_id) for row in aliases],
    )


def candidates(scope: Scope, words: str, limit: int = 10) -> tuple[Candidate, ...]:
    """People of the district whose name or address has these words. Only for who sees the people."""
    scope.require(Permission.SEE_PEOPLE)
    rows = scope.session.execute(
        select_candidates()
        .where(
            Person.left_at.is_(None),
            sa.or_(
                Person.name.icontains(words, autoescape=True),
                Person.email_key.contains(words.casefold(), autoescape=True),
            ),
        )
        .order_by(Person.name, Person.id)
        .limit(limit)
    )
    return tuple(Candidate(*row) for row in rows)


def profiles(scope: Scope) -> tuple[ProfileRow, ...]:
    """The district's saved columns, by name."""
    rows = scope.session.execute(
        sa.select(AttendanceProfile.id, AttendanceProfile.name, AttendanceProfile.columns).order_by(
            AttendanceProfile.name
        )
    )
    return tuple(ProfileRow(*row) for row in rows)


def aliases(scope: Scope, limit: int = 200) -> tuple[AliasRow, ...]:
    """What the district remembers of reports, newest first."""
    rows = scope.session.execute(
        sa.select(
            AttendanceAlias.id,
            AttendanceAlias.key,
            Person.name,
            AttendanceAlias.decided_by,
            AttendanceAlias.decided_at,
        )
        .outerjoin(
            Person,
            sa.and_(
                Person.district_id == AttendanceAlias.district_id, Person.id == AttendanceAlias.person_id
            ),
        )
        .order_by(AttendanceAlias.id.desc())
        .limit(limit)
    )
    return tuple(AliasRow(*row) for row in rows)


def require_alias(scope: Scope, alias_id: int) -> None:
    """Refuse with `NotHere` what the district doesn't remember."""
    if scope.session.scalar(sa.select(AttendanceAlias.id).where(AttendanceAlias.id == alias_id)) is None:
        raise NotHere


def select_candidates() -> sa.Select[*tuple[Any, ...]]:
    """The columns of `Candidate`, in its order, of everybody in the district."""
    return sa.select(Person.id, Person.name, School.name.label("school")).outerjoin(
        School, sa.and_(School.district_id == Person.district_id, School.id == Person.school_id)
    )


def _sessions(scope: Scope, event_id: int) -> tuple[SessionRow, ...]:
    rows = scope.session.execute(
        sa.select(EventSession.id, EventSession.title, EventSession.starts_at, EventSession.ends_at)
        .where(EventSession.event_id == event_id)
        .order_by(EventSession.position)
    )
    return tuple(SessionRow(*row) for row in rows)
