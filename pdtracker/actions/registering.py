"""Registering for an event, giving a place up, and on which terms."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.calendar_entries import calendar_entry
from pdtracker.actions.posting import Reader
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.event_letters import EventNews, registered_letter
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.registration import (
    MOST_PLACES,
    REMIND_BEFORE,
    RegistrationState,
    Terms,
    free_places,
    require_open,
    state_on_asking,
)
from pdtracker.models.events import Event, EventState
from pdtracker.models.going import Going
from pdtracker.models.records import OutboxMail
from pdtracker.models.registrations import Registration, RegistrationTerms
from pdtracker.queries import changing_events
from pdtracker.queries.event_filters import visible
from pdtracker.queries.event_news import told_of
from pdtracker.scope import Scope, action


@action(Permission.PROPOSE_EVENT)
def set_terms(scope: Scope, event_id: int, *, places: int | None, closes_at: datetime | None) -> int:
    """Ask people to register, or change how many can and until when; gives how many got a place by that.

    With more places those who waited longest get them. With fewer nobody loses theirs. Refuses others than the
    event's hosts and administrators.
    """
    event = changing_events.to_change(scope, event_id)
    if places is not None and not 1 <= places <= MOST_PLACES:
        raise NotValid({"places": f"Enter between 1 and {MOST_PLACES:,} places, or nothing."})
    if closes_at is not None and closes_at > (event.ends_at or event.starts_at):
        raise NotValid({"closes": "Enter a moment before the event ends."})
    terms = _locked_terms(scope, event_id)
    if terms is None:
        terms = RegistrationTerms(event_id=event_id)
        scope.session.add(terms)
    terms.places, terms.closes_at = places, closes_at
    scope.record(
        "event.registration_set",
        "event",
        event_id,
        places=places,
        closes_at=closes_at.isoformat() if closes_at else None,
    )
    return _promote(scope, event_id, Terms(places, closes_at))


@action(Permission.SEE_EVENTS)
def register(scope: Scope, event_id: int, *, address: str | None = None) -> RegistrationState:
    """Get a place, or one in the line; gives which. Asked twice it is asked once.

    Who has a place gets a letter with the event's calendar entry, which leads to `address`; none without it.
    Refuses with NotHere what isn't seen, with NotNow what asks nobody to register, is cancelled, over or closed.
    """
    event = scope.session.scalar(sa.select(Event).where(Event.id == event_id, visible(scope)))
    if event is None:
        raise NotHere
    # Without this lock two who ask at once would both find the last place free.
    terms = _locked_terms(scope, event_id)
    if terms is None:
        raise NotNow("no_registration", "Nobody has to register for this event: come as you are.")
    if event.state is not EventState.PUBLISHED:
        raise NotNow("event_not_open", "Nobody can register for this event now.")
    mine = _mine(scope, event_id)
    if mine is not None and mine.state is not RegistrationState.WITHDRAWN:
        return mine.state
    told = Terms(terms.places, terms.closes_at)
    time = EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours)
    begun = time.is_over(scope.at) if time.is_window else time.has_begun(scope.at)
    require_open(told, has_begun=begun, at=scope.at, zone=scope.zone)
    state = state_on_asking(told, *_counts(scope, event_id))
    if mine is None:
        mine = Registration(event_id=event_id, person_id=scope.me.id)
        scope.session.add(mine)
    mine.state, mine.asked_at, mine.settled_at = state, scope.at, scope.at
    mine.told, mine.told_version, mine.told_state = told_of(event), event.version, state
    # Who registers on the last day needs no reminder.
    mine.reminded_at = scope.at if event.starts_at <= scope.at + REMIND_BEFORE else None
    mine.asked_to_log_at = None
    # A place, or one in the line, is the same wish: whoever marked the event before has it once.
    scope.session.execute(sa.delete(Going).where(Going.event_id == event_id, Going.person_id == scope.me.id))
    scope.record("event.registered", "event", event_id, person=scope.me.id, state=state.value)
    if state is RegistrationState.REGISTERED and address is not None:
        _confirm(scope, event, time, address)
    return state


@action(Permission.SEE_EVENTS)
def give_up(scope: Scope, event_id: int) -> None:
    """Give up one's place, or one's place in the line; who waits longest gets what becomes free. Twice is once."""
    terms = _locked_terms(scope, event_id)
    mine = _mine(scope, event_id)
    if terms is None or mine is None:
        raise NotHere
    if mine.state is RegistrationState.WITHDRAWN:
        return
    mine.state, mine.settled_at = RegistrationState.WITHDRAWN, scope.at
    scope.record("event.registration_given_up", "event", event_id, person=scope.me.id)
    # The count of those who come has to see it.
    scope.session.flush()
    _promote(scope, event_id, Terms(terms.places, terms.closes_at))


def _confirm(scope: Scope, event: Event, time: EventTime, address: str) -> None:
    """A letter to who registered, once for each time that they do."""
    news = EventNews(scope.me.name, event.title, time.when_words(scope.zone), address, is_registered=True)
    where = ", ".join(filter(None, (event.platform, event.link or "")))
    row = posting.queued(
        scope,
        Reader(scope.me.id, scope.me.email, scope.me.name),
        registered_letter(news, where),
        key=f"event_registered:{event.id}:{scope.me.id}:{int(scope.at.timestamp())}",
        not_before=scope.at,
        attachment=calendar_entry(scope, event.id, event.title, event.zone, address),
    )
    scope.session.insert_rows(OutboxMail, [row])


def _promote(scope: Scope, event_id: int, terms: Terms) -> int:
    """Give what is free to those who wait, who asked first before others; a letter tells them later."""
    free = free_places(terms, *_counts(scope, event_id))
    line = scope.session.scalars(
        sa.select(Registration)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.WAITING)
        .order_by(Registration.asked_at, Registration.id)
        .limit(free)
    ).all()
    for one in line:
        one.state, one.settled_at = RegistrationState.REGISTERED, scope.at
        scope.record("event.place_given", "event", event_id, person=one.person_id)
    return len(line)


def _locked_terms(scope: Scope, event_id: int) -> RegistrationTerms | None:
    return scope.session.scalar(
        sa.select(RegistrationTerms)
        .where(RegistrationTerms.event_id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _mine(scope: Scope, event_id: int) -> Registration | None:
    return scope.session.scalar(
        sa.select(Registration)
        .where(Registration.event_id == event_id, Registration.person_id == scope.me.id)
        .execution_options(populate_existing=True)
    )


def _counts(scope: Scope, event_id: int) -> tuple[int, int]:
    """How many have a place, and how many wait."""
    row = scope.session.execute(
        sa.select(
            sa.func.count(sa.case((Registration.state == RegistrationState.REGISTERED, 1))),
            sa.func.count(sa.case((Registration.state == RegistrationState.WAITING, 1))),
        ).where(Registration.event_id == event_id)
    ).one()
    return row[0], row[1]
