"""Writing to those who come to an event: what changed, that they have a place, that it is soon, that it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pdtracker.actions import posting
from pdtracker.actions.calendar_entries import calendar_entry
from pdtracker.actions.posting import Attachment, Reader
from pdtracker.domain import event_letters
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.event_import import told_time
from pdtracker.domain.event_letters import EventNews
from pdtracker.domain.letters import Letter
from pdtracker.domain.registration import REMIND_BEFORE
from pdtracker.models.events import Event, EventState
from pdtracker.models.registrations import Registration
from pdtracker.queries.event_news import (
    Due,
    due_to_going,
    due_to_registered,
    has_news,
    told_of,
)
from pdtracker.queries.reminders import reminder_terms
from pdtracker.scope import Scope, action

AT_ONCE = 100
"""So many registrations and marks are looked at in one transaction."""


@action(Permission.MANAGE_DISTRICT, installation=True)
def write_event_letters(scope: Scope, address: Callable[[int], str], limit: int = AT_ONCE) -> int:
    """Write what is due; gives how many registrations and marks were looked at.

    A letter compares what its reader was told with what holds now: two changes before the worker comes are one letter,
    and one that was taken back meanwhile is none. Letter and note are one transaction.
    """
    log_days = reminder_terms(scope).log
    due = due_to_registered(scope, log_days, limit)
    if len(due) < limit:
        due += due_to_going(scope, log_days, limit - len(due))
    rows = [row for one in due for row in _letters(scope, one, address(one.event.id))]
    # An event that is moved there and back is on the old day again.
    written = posting.queue_new(scope, rows)
    for one in due:
        _note(scope, one)
    if due:
        scope.record(
            "event.letters_written", "district", scope.district.id, looked_at=len(due), written=written
        )
    return len(due)


def _letters(scope: Scope, one: Due, address: str) -> Iterator[dict[str, Any]]:
    tie, event = one.tie, one.event
    is_registered = isinstance(tie, Registration)
    news = EventNews(one.name, event.title, _when(event, one.zone), address, is_registered)
    about = f"{event.id}:{tie.person_id}"
    if has_news(event, tie.told) and (letter := _change(event, tie.told, news, one.zone)):
        yield _row(scope, one, letter, f"event_news:{about}:{event.version}")
    if event.state is not EventState.PUBLISHED:
        return
    if one.got_a_place and isinstance(tie, Registration):
        key = f"event_place:{about}:{int(tie.settled_at.timestamp())}"
        # They had no entry when they asked: it comes with the place.
        entry = calendar_entry(scope, event.id, event.title, event.zone, address)
        yield _row(scope, one, event_letters.place_letter(news), key, entry)
    elif _is_soon(scope, one):
        where = ", ".join(filter(None, (event.platform, event.link or "")))
        key = f"event_soon:{about}:{int(event.starts_at.timestamp())}"
        yield _row(scope, one, event_letters.reminder_letter(news, where), key)
    if one.is_over:
        yield _row(scope, one, event_letters.after_letter(news), f"event_over:{about}")


def _change(event: Event, told: Mapping[str, Any], news: EventNews, zone: str) -> Letter | None:
    is_cancelled = event.state is EventState.CANCELLED
    if is_cancelled and not told["cancelled"]:
        return event_letters.cancelled_letter(news, event.cancel_reason)
    if is_cancelled:
        return None
    if told["cancelled"]:
        return event_letters.reinstated_letter(news)
    pairs = [
        ("When", told_time(told).when_words(zone), news.when),
        ("Where", str(told["platform"]), event.platform),
        ("Link", str(told["link"]), event.link or ""),
    ]
    return event_letters.changed_letter(news, [pair for pair in pairs if pair[1] != pair[2]])


def _note(scope: Scope, one: Due) -> None:
    """What the person knows from now on."""
    tie = one.tie
    if _is_soon(scope, one):
        tie.reminded_at = scope.at
    elif has_news(one.event, tie.told) and one.event.starts_at > scope.at + REMIND_BEFORE:
        # It was moved: the reminder comes anew.
        tie.reminded_at = None
    if one.is_over:
        tie.asked_to_log_at = scope.at
    tie.told, tie.told_version = told_of(one.event), one.event.version
    if isinstance(tie, Registration):
        tie.told_state = tie.state


def _is_soon(scope: Scope, one: Due) -> bool:
    """Whether the reminder is due; who got the place within the last day knows."""
    return (
        one.is_coming
        and one.wants_reminder
        and one.tie.reminded_at is None
        and one.event.state is EventState.PUBLISHED
        and scope.at < one.event.starts_at <= scope.at + REMIND_BEFORE
    )


def _when(event: Event, zone: str) -> str:
    return EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours).when_words(zone)


def _row(scope: Scope, one: Due, letter: Letter, key: str, entry: Attachment | None = None) -> dict[str, Any]:
    reader = Reader(one.tie.person_id, one.email, one.name)
    return posting.queued(scope, reader, letter, key=key, not_before=scope.at, attachment=entry)
