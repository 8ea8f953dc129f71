"""What hosts do with a series: let an event come again, change this one and those that follow, or call them off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import class_mapper

from pdtracker.actions import event_changes
from pdtracker.actions.agendas import keep_agenda, with_moved_agenda
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.domain.access import Permission
from pdtracker.domain.agenda import NO_AGENDA, Agenda, moved_along
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.series import Repetition, later, repetition_faults, times
from pdtracker.domain.when import local
from pdtracker.models.events import (
    Event,
    EventCategory,
    EventCoHost,
    EventGrade,
    EventHost,
    EventProposal,
    EventState,
    EventTheme,
)
from pdtracker.models.ids import new_id
from pdtracker.queries import changing_events
from pdtracker.queries.agendas import agenda_of
from pdtracker.queries.series import following
from pdtracker.scope import Scope, action

# What a copy is of its own: everything else it has from the first one.
_OWN = frozenset(
    {
        "id",
        "district_id",
        "starts_at",
        "ends_at",
        "created_at",
        "version",
        "changed_at",
        "series_id",
        "archive_link",
    }
)
# What of a change is said of the following ones, too. A recording is of one evening.
_SAID = (
    "title",
    "summary",
    "kind",
    "category",
    "host",
    "platform",
    "link",
    "hashtag",
    "programme_id",
    "split",
    "for_whom",
    "co_hosts",
    "theme_ids",
)


@action(Permission.PROPOSE_EVENT)
def repeat_event(scope: Scope, event_id: int, how: Repetition, *, key: str) -> int:
    """Let an event of the calendar come again, all of it at once; gives how many events the series has.

    Each has the hosts, sessions and categories of the first, and is claimed, changed and cancelled by itself. Refuses
    with NotValid at weeks, until or count, with NotNow what is not in the calendar or in a series already. The same
    form (`key`) sent twice is one series.
    """
    wish = {"event": event_id, "weeks": how.every_weeks, "until": how.until, "count": how.count}
    asked = Asked(key, "repeat_event", wish)
    if (before := answered(scope, asked)) is not None:
        return int(before["count"])
    event = changing_events.to_change(scope, event_id)
    if event.state is not EventState.PUBLISHED:
        raise NotNow("not_published", "Only what is in the calendar can come again.")
    if event.series_id is not None:
        raise NotNow("in_series", "It belongs to a series already.")
    first = EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours)
    if faults := repetition_faults(how, first):
        raise NotValid(faults)
    event.series_id = event.id
    event_changes.grow(scope, event)
    found = times(how, first)
    copies = [(new_id(), time) for time in found[1:]]
    scope.session.insert_rows(Event, [_copy(scope, event, copy_id, time) for copy_id, time in copies])
    _copy_parts(scope, event, [copy_id for copy_id, _ in copies])
    _copy_names(scope, event, [copy_id for copy_id, _ in copies])
    _copy_agenda(scope, event, first, copies)
    scope.record("event.repeated", "event", event_id, count=len(found), version=event.version)
    keep_answer(scope, asked, {"count": len(found)})
    return len(found)


@action(Permission.PROPOSE_EVENT)
def change_following(scope: Scope, event_id: int, told: Proposal, *, seen_version: int) -> int:
    """Change this event of a series and those after it in the same way; gives how many were changed.

    What differs from before is said of each: another hour moves each of them as far, other words become theirs.
    So does another agenda, for each that had the sessions of this one; what has sessions of its own keeps them, and
    they move along. Refuses as `change_event` does.
    """
    event = changing_events.to_change(scope, event_id)
    event_changes.require_open(scope, event)
    if event.version != seen_version:
        raise NotNow(event_changes.CHANGED_MEANWHILE, "Somebody changed this event while you were writing.")
    told = with_moved_agenda(scope, event, told)
    event_changes.require_valid(scope, told)
    rest = following(scope, event)
    before = event_changes.said_of(scope, event)
    changed = int(bool(event_changes.put(scope, event, told)))
    carries = told.agenda != moved_along(before.agenda, before.agenda, before.time, told.time)
    for one in rest:
        was = event_changes.said_of(scope, one)
        theirs = _as_changed(before, told, was)
        if carries and _titles(was.agenda) == _titles(before.agenda):
            theirs = replace(theirs, agenda=_agenda_like(told, before.agenda, was.agenda, theirs.time))
        else:
            theirs = with_moved_agenda(scope, one, theirs)
        event_changes.require_valid(scope, theirs)
        changed += int(bool(event_changes.put(scope, one, theirs)))
    return changed


@action(Permission.PROPOSE_EVENT)
def cancel_following(scope: Scope, event_id: int, reason: str, *, address: str | None = None) -> int:
    """Call this event of a series off, and those after it; gives how many. Letters are as of `cancel_event`."""
    event = changing_events.to_change(scope, event_id)
    event_changes.require_cancellable(event, reason)
    called_off = [event, *following(scope, event)]
    event_changes.call_off(scope, called_off, reason, address)
    return len(called_off)


def _copy(scope: Scope, event: Event, copy_id: int, time: EventTime) -> dict[str, object]:
    values = {
        column.key: getattr(event, column.key)
        for column in sa.inspect(Event).column_attrs
        if column.key not in _OWN
    }
    return values | {
        "id": copy_id,
        "starts_at": time.starts_at,
        "ends_at": time.ends_at,
        "created_at": scope.at,
        "series_id": event.id,
    }


def _copy_parts(scope: Scope, event: Event, copies: list[int]) -> None:
    """What stands beside an event: hosts, grades, categories, and who proposed it."""
    for table in (EventHost, EventGrade, EventCategory, EventProposal):
        rows = scope.session.scalars(sa.select(table).where(table.event_id == event.id)).all()
        names = [
            one.key
            for one in class_mapper(table).column_attrs
            if one.key not in {"id", "district_id", "event_id"}
        ]
        scope.session.insert_rows(
            table,
            [
                {name: getattr(row, name) for name in names} | {"event_id": copy_id, "id": new_id()}
                for copy_id in copies
                for row in rows
            ],
        )


def _copy_names(scope: Scope, event: Event, copies: list[int]) -> None:
    """Its themes and its co-hosts."""
    themes = scope.session.scalars(
        sa.select(EventTheme.theme_id).where(EventTheme.event_id == event.id)
    ).all()
    co_hosts = scope.session.scalars(
        sa.select(EventCoHost.organization_id).where(EventCoHost.event_id == event.id)
    ).all()
    for name, table, named in (("theme_id", EventTheme, themes), ("organization_id", EventCoHost, co_hosts)):
        rows = [{"event_id": copy_id, name: one} for copy_id in copies for one in named]
        scope.session.insert_rows(table, rows)


def _copy_agenda(scope: Scope, event: Event, first: EventTime, copies: list[tuple[int, EventTime]]) -> None:
    agenda = agenda_of(scope, event.id)
    if agenda == NO_AGENDA:
        return
    for copy_id, time in copies:
        by = time.first_on - first.first_on
        keep_agenda(scope, copy_id, NO_AGENDA, _on_other_days(agenda, by, event.zone))


def _on_other_days(agenda: Agenda, by: timedelta, zone: str) -> Agenda:
    return Agenda(
        tuple(
            replace(
                one, id=None, starts_at=later(one.starts_at, by, zone), ends_at=later(one.ends_at, by, zone)
            )
            for one in agenda.sessions
        ),
        tuple(
            replace(one, starts_at=later(one.starts_at, by, zone), ends_at=later(one.ends_at, by, zone))
            for one in agenda.breaks
        ),
    )


def _titles(agenda: Agenda) -> tuple[str, ...]:
    return tuple(one.title for one in agenda.sessions)


def _agenda_like(told: Proposal, before: Agenda, was: Agenda, time: EventTime) -> Agenda:
    """The agenda that is told, on the day of another event of the series, whose sessions stay the ones they were."""
    by = _wall(time.starts_at, time.zone) - _wall(told.time.starts_at, told.time.zone)
    ids = {one.id: same.id for one, same in zip(before.sessions, was.sessions, strict=True)}
    agenda = _on_other_days(told.agenda, by, told.time.zone)
    sessions = zip(told.agenda.sessions, agenda.sessions, strict=True)
    return replace(
        agenda,
        sessions=tuple(replace(theirs, id=ids.get(one.id) if one.id else None) for one, theirs in sessions),
    )


def _as_changed(before: Proposal, told: Proposal, theirs: Proposal) -> Proposal:
    """Another event of the series with what is different now; what it has of its own stays."""
    changed = {name: getattr(told, name) for name in _SAID if getattr(told, name) != getattr(before, name)}
    if told.time != before.time:
        changed["time"] = _moved(before.time, told.time, theirs.time)
    return replace(theirs, **changed)


def _moved(before: EventTime, told: EventTime, theirs: EventTime) -> EventTime:
    if told.has_hours != before.has_hours or before.ends_at is None or told.ends_at is None:
        raise NotValid({"hours": "Say of each by itself whether it has fixed hours."})
    if theirs.ends_at is None:
        return theirs
    starts = _wall(told.starts_at, told.zone) - _wall(before.starts_at, before.zone)
    ends = _wall(told.ends_at, told.zone) - _wall(before.ends_at, before.zone)
    return EventTime(
        later(theirs.starts_at, starts, theirs.zone, told.zone),
        later(theirs.ends_at, ends, theirs.zone, told.zone),
        told.zone,
        theirs.has_hours,
    )


def _wall(at: datetime, zone: str) -> datetime:
    return local(at, zone).replace(tzinfo=None)
