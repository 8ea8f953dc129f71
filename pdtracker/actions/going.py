"""Saying that one is going to an event, with or without a reminder, and taking it back."""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.going import require_ahead
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.registration import REMIND_BEFORE, RegistrationState
from pdtracker.models.events import Event, EventState
from pdtracker.models.going import Going
from pdtracker.models.registrations import Registration, RegistrationTerms
from pdtracker.queries import claims
from pdtracker.queries.event_filters import visible
from pdtracker.queries.event_news import told_of
from pdtracker.scope import Scope, action


@action(Permission.LOG_CLAIM)
def mark_going(scope: Scope, event_id: int) -> None:
    """Take an event of the calendar into one's own, with a reminder the day before. Marked twice it is marked once.

    Who has a place, or waits for one, goes by that already. Refuses with NotHere what isn't seen, with NotNow what is
    over, is cancelled, or gives out places.
    """
    event = scope.session.scalar(sa.select(Event).where(Event.id == event_id, visible(scope)))
    if event is None:
        raise NotHere
    # Of two forms of one person at once the second waits here, and finds the mark of the first.
    claims.lock_me(scope)
    if _mark(scope, event_id) is not None or _is_registered(scope, event_id):
        return
    time = EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours)
    asks = scope.session.scalar(sa.select(RegistrationTerms.id).where(RegistrationTerms.event_id == event_id))
    require_ahead(
        time, scope.at, stands=event.state is EventState.PUBLISHED, asks_to_register=asks is not None
    )
    scope.session.add(
        Going(
            event_id=event_id,
            person_id=scope.me.id,
            marked_at=scope.at,
            wants_reminder=True,
            told=told_of(event),
            told_version=event.version,
            # Who marks it on the last day needs no reminder.
            reminded_at=scope.at if event.starts_at <= scope.at + REMIND_BEFORE else None,
            asked_to_log_at=None,
        )
    )
    scope.record("event.going", "event", event_id, person=scope.me.id)


@action(Permission.LOG_CLAIM)
def set_reminder(scope: Scope, event_id: int, *, wanted: bool) -> None:
    """Ask for a letter the day before, or for none; refuses with NotHere what one isn't going to."""
    mark = _mark(scope, event_id)
    if mark is None:
        raise NotHere
    if mark.wants_reminder is wanted:
        return
    mark.wants_reminder = wanted
    scope.record("event.going_reminder", "event", event_id, person=scope.me.id, wanted=wanted)


@action(Permission.LOG_CLAIM)
def unmark_going(scope: Scope, event_id: int) -> None:
    """Take it out of one's calendar again. Twice is once; refuses with NotHere what isn't seen."""
    mark = _mark(scope, event_id)
    if mark is None:
        if scope.session.scalar(sa.select(Event.id).where(Event.id == event_id, visible(scope))) is None:
            raise NotHere
        return
    scope.session.delete(mark)
    scope.record("event.not_going", "event", event_id, person=scope.me.id)


def _mark(scope: Scope, event_id: int) -> Going | None:
    return scope.session.scalar(
        sa.select(Going)
        .where(Going.event_id == event_id, Going.person_id == scope.me.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _is_registered(scope: Scope, event_id: int) -> bool:
    return bool(
        scope.session.scalar(
            sa.select(Registration.id).where(
                Registration.event_id == event_id,
                Registration.person_id == scope.me.id,
                Registration.state != RegistrationState.WITHDRAWN,
            )
        )
    )
