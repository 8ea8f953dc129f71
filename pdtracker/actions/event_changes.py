"""What becomes of an event after it is in the calendar: its hosts change it, cancel it, and bring it back."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from pdtracker.actions.agendas import keep_agenda, with_moved_agenda
from pdtracker.actions.naming import organization_named, put_co_hosts, put_themes, require_programme
from pdtracker.actions.proposal_letters import tell_administrators, tell_called_off
from pdtracker.domain.access import Permission
from pdtracker.domain.event_change import Change, changes
from pdtracker.domain.proposal import Proposal, proposal_faults
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.search import search_line
from pdtracker.domain.split import main_category
from pdtracker.models.events import (
    Event,
    EventCategory,
    EventGrade,
    EventState,
    Organization,
    Programme,
    Theme,
)
from pdtracker.queries import changing_events
from pdtracker.queries.registrations import expecting
from pdtracker.scope import Scope, action

CHANGED_MEANWHILE = "event_changed"
"""The code of the refusal that the second of two editors gets."""


@action(Permission.PROPOSE_EVENT)
def change_event(
    scope: Scope, event_id: int, told: Proposal, *, seen_version: int, waiting_at: str | None = None
) -> tuple[Change, ...]:
    """Say what an event is now; gives what differs. Claims that were made keep what they copied.

    Refuses with NotPermitted others than its hosts and administrators, with NotNow what was changed since
    `seen_version`, what is cancelled or refused, and with NotValid as a proposal. What changes nothing writes nothing.
    A proposal that was returned is sent again with it, and administrators get a letter that leads to `waiting_at`.
    """
    event = changing_events.to_change(scope, event_id)
    require_open(scope, event)
    if event.version != seen_version:
        raise NotNow(CHANGED_MEANWHILE, "Somebody changed this event while you were writing.")
    told = with_moved_agenda(scope, event, told)
    require_valid(scope, told)
    found = put(scope, event, told)
    _send_again(scope, event, waiting_at)
    return found


@action(Permission.PROPOSE_EVENT)
def cancel_event(scope: Scope, event_id: int, reason: str, *, address: str | None = None) -> None:
    """Call an event off, with a reason for those who wanted to come. It stays in calendars as cancelled.

    Where a host calls off what people registered for, administrators get a letter that leads to `address`.
    """
    event = changing_events.to_change(scope, event_id)
    require_cancellable(event, reason)
    call_off(scope, [event], reason, address)


def require_cancellable(event: Event, reason: str) -> None:
    """Refuse to call off without a reason, or what does not take place anyway."""
    if not reason:
        raise NotValid({"reason": "Say why. Those who wanted to come read this."})
    if event.state is EventState.CANCELLED:
        raise NotNow("event_cancelled", "This event was already cancelled.")
    if event.state is EventState.PROPOSED:
        raise NotNow(
            "event_proposed", "It is not in the calendar yet. Administrators refuse a proposal instead."
        )


def call_off(scope: Scope, called_off: Sequence[Event], reason: str, address: str | None) -> None:
    """Let events be cancelled, each with its entry in the trail. Who expected them is told by the worker."""
    expected = expecting(scope, [event.id for event in called_off])
    for event in called_off:
        event.state, event.cancel_reason = EventState.CANCELLED, reason
        grow(scope, event)
        scope.record("event.cancelled", "event", event.id, reason=reason, version=event.version)
    if expected.registered + expected.waiting and not scope.may(Permission.MANAGE_EVENTS):
        tell_called_off(scope, called_off[0], reason, expected, address)


@action(Permission.PROPOSE_EVENT)
def reinstate_event(scope: Scope, event_id: int) -> None:
    """Bring a cancelled event back as it was."""
    event = changing_events.to_change(scope, event_id)
    if event.state is not EventState.CANCELLED:
        raise NotNow("event_stands", "This event is not cancelled.")
    event.state, event.cancel_reason = EventState.PUBLISHED, ""
    grow(scope, event)
    scope.record("event.reinstated", "event", event_id, version=event.version)


def require_open(scope: Scope, event: Event) -> None:
    """Refuse with NotNow to change what is cancelled, or was not taken into the calendar."""
    if event.state is EventState.CANCELLED:
        raise NotNow("event_cancelled", "This event is cancelled. Bring it back first, then change it.")
    if event.state is EventState.PROPOSED:
        proposal = changing_events.proposal_of(scope, event.id)
        if proposal is not None and proposal.decided_at is not None:
            raise NotNow("proposal_refused", "This proposal was refused. Add the event anew.")


def require_valid(scope: Scope, told: Proposal) -> None:
    """Refuse with NotValid what no proposal could say either."""
    if faults := proposal_faults(told):
        raise NotValid(faults)
    require_programme(scope, told)


def said_of(scope: Scope, event: Event) -> Proposal:
    """What an event says now. Five statements."""
    host = scope.session.scalar(sa.select(Organization.name).where(Organization.id == event.organization_id))
    return changing_events.as_proposal(scope, event, host or "")


def put(scope: Scope, event: Event, told: Proposal) -> tuple[Change, ...]:
    """Write what differs, with its entry in the trail; gives it. The event is locked by the caller."""
    before = said_of(scope, event)
    found = changes(before, told, names=_names(scope, before, told))
    if not found:
        return ()
    if told.host != before.host:
        event.organization_id = organization_named(scope, told.host)
    if told.co_hosts != before.co_hosts:
        put_co_hosts(scope, event.id, told.co_hosts)
    if told.theme_ids != before.theme_ids:
        put_themes(scope, event.id, told.theme_ids)
    keep_agenda(scope, event.id, before.agenda, told.agenda)
    if told.split != before.split:
        _put_split(scope, event.id, told)
    event.title, event.summary, event.kind = told.title, told.summary, told.kind
    event.category = main_category(told.split, told.category)
    event.starts_at, event.ends_at = told.time.starts_at, told.time.ends_at
    event.zone, event.has_hours = told.time.zone, told.time.has_hours
    event.platform, event.link, event.hashtag = told.platform, told.link or None, told.hashtag or None
    event.programme_id = told.programme_id
    if told.for_whom.grades != before.for_whom.grades:
        _put_grades(scope, event.id, told)
    event.audience, event.cost = told.for_whom.audience, told.for_whom.cost
    event.language, event.archive_link = told.for_whom.language, told.archive_link or None
    event.search_text = search_line(told.title, told.summary, told.host, told.hashtag)
    grow(scope, event)
    listed = [[change.aspect.value, change.before, change.after] for change in found]
    scope.record("event.changed", "event", event.id, version=event.version, changes=listed)
    return found


def _send_again(scope: Scope, event: Event, waiting_at: str | None) -> None:
    proposal = changing_events.proposal_of(scope, event.id) if event.state is EventState.PROPOSED else None
    if proposal is not None and proposal.returned_at is not None:
        proposal.returned_at, proposal.comment = None, ""
        tell_administrators(scope, event.title, waiting_at, is_again=True)
        scope.record("event.sent_again", "event", event.id)


def grow(scope: Scope, event: Event) -> None:
    """Count one more change: feeds tell by it that theirs is old, and editors that somebody was faster."""
    event.version += 1
    event.changed_at = scope.at


def _put_split(scope: Scope, event_id: int, told: Proposal) -> None:
    rows = scope.session.scalars(sa.select(EventCategory).where(EventCategory.event_id == event_id)).all()
    for row in rows:
        scope.session.delete(row)
    # The same categories come again: their rows have to be gone before.
    scope.session.flush()
    if len(told.split) > 1:
        scope.session.add_all(
            EventCategory(event_id=event_id, category=category, minutes=minutes)
            for category, minutes in told.split
        )


def _put_grades(scope: Scope, event_id: int, told: Proposal) -> None:
    for row in scope.session.scalars(sa.select(EventGrade).where(EventGrade.event_id == event_id)).all():
        scope.session.delete(row)
    # The same grades come again: their rows have to be gone before.
    scope.session.flush()
    scope.session.add_all(EventGrade(event_id=event_id, grade=grade) for grade in told.for_whom.grades)


def _names(scope: Scope, before: Proposal, after: Proposal) -> dict[int, str]:
    """The names of the programmes and themes, where those of the event differ. At most one statement."""
    if (before.programme_id, before.theme_ids) == (after.programme_id, after.theme_ids):
        return {}
    programmes = [one for one in (before.programme_id, after.programme_id) if one is not None]
    rows = scope.session.execute(
        sa.union_all(
            sa.select(Programme.id, Programme.name).where(Programme.id.in_(programmes)),
            sa.select(Theme.id, Theme.name).where(Theme.id.in_({*before.theme_ids, *after.theme_ids})),
        )
    )
    return {row.id: row.name for row in rows}
