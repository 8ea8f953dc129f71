"""Taking over what a published calendar says, and taking that back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.actions import event_changes
from pdtracker.actions.agendas import with_moved_agenda
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.naming import organization_named, programme_here
from pdtracker.actions.rates import Limit, count_try
from pdtracker.db import Database
from pdtracker.domain.access import Permission
from pdtracker.domain.event_import import MOST_AT_ONCE, READINGS_BY_ONE, Fate, Known, Planned, Said, told_time
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.search import search_line
from pdtracker.models.event_imports import CalendarImport, CalendarImportRow, ImportDeed, ImportedEvent
from pdtracker.models.events import Event, EventCategory, EventState, Organization
from pdtracker.models.ids import new_id
from pdtracker.queries import changing_events
from pdtracker.queries.event_imports import grown_on, planned
from pdtracker.scope import Scope, action

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a file doesn't say: of all its events, and of single ones by their key. `left_out` are not taken over."""

    kind: EventKind
    category: CreditCategory
    host: str
    programme_id: int | None
    kinds: Mapping[tuple[str, str], EventKind] = field(default_factory=dict)
    left_out: Collection[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: how many events it added, changed and cancelled. Without any of them it wrote nothing."""

    import_id: int | None
    added: int
    changed: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What undo did: events that are gone, that are as before, and that stay, because somebody built on them."""

    gone: int
    restored: int
    stayed: int


def count_reading(database: Database, person_id: int, *, key: str, at: datetime) -> None:
    """Count a calendar that one person has read, before it is read; raises TooManyTries."""
    limits = [Limit("calendar", str(person_id), window, tries) for window, tries in READINGS_BY_ONE]
    count_try(database, limits, key=key, at=at)


@action(Permission.MANAGE_EVENTS)
def import_events(
    scope: Scope, said: Sequence[Said], choices: Choices, *, name: str, key: str = ""
) -> Imported:
    """Take over what a calendar says: new events, changes of earlier ones, cancellations. In the calendar at once.

    The same file again changes nothing, and what it doesn't mention stays. Refuses with NotValid a lot without a host
    or with an unknown programme, with NotNow more than `MOST_AT_ONCE`. The same form (`key`) sent twice is one import.
    """
    asked = Asked(key, "import_events", {"name": name, "dates": len(said)})
    if (before := answered(scope, asked)) is not None:
        return Imported(before["import"], before["added"], before["changed"], before["cancelled"])
    if not choices.host:
        raise NotValid({"host": "Enter who hosts these events."})
    if choices.programme_id is not None and not programme_here(scope, choices.programme_id):
        raise NotValid({"programme": "Choose a programme from the list."})
    todo = [
        one
        for one in planned(scope, said)
        if one.fate not in {Fate.SAME, Fate.NEVER} and one.said.key not in choices.left_out
    ]
    if len(todo) > MOST_AT_ONCE:
        raise NotNow(
            "too_many_events", f"Choose fewer days: at most {MOST_AT_ONCE:,} events are taken over at once."
        )
    done = _take_over(scope, todo, choices, name) if todo else Imported(None, 0, 0, 0)
    keep_answer(
        scope,
        asked,
        {
            "import": done.import_id,
            "added": done.added,
            "changed": done.changed,
            "cancelled": done.cancelled,
        },
    )
    if not todo and key:
        scope.record("calendar.nothing_new", "district", scope.district.id, name=name)
    return done


@action(Permission.MANAGE_EVENTS)
def undo_import(scope: Scope, import_id: int) -> TakenBack:
    """Take an import back: its new events go, its changes and cancellations are undone.

    What somebody claimed, marked or changed meanwhile stays, and its row says why. Undone twice it is undone once.
    """
    found = scope.session.scalar(
        sa.select(CalendarImport).where(CalendarImport.id == import_id).with_for_update()
    )
    if found is None:
        raise NotHere
    if found.undone_at is not None:
        raise NotNow("import_undone", "This import was already undone.")
    rows = scope.session.scalars(
        sa.select(CalendarImportRow).where(CalendarImportRow.import_id == import_id)
    ).all()
    ids = [row.event_id for row in rows]
    events = {
        event.id: event
        for event in scope.session.scalars(sa.select(Event).where(Event.id.in_(ids)).with_for_update())
    }
    held = grown_on(scope, ids)
    gone = restored = 0
    to_delete: list[int] = []
    for row in rows:
        row.stayed = _why_it_stays(row, events.get(row.event_id), held)
        if row.stayed:
            continue
        if row.deed is ImportDeed.ADDED:
            to_delete.append(row.event_id)
            gone += 1
        else:
            _restore(scope, events[row.event_id], row.before)
            restored += 1
    _delete(scope, to_delete)
    found.undone_at = scope.at
    stayed = sum(bool(row.stayed) for row in rows)
    scope.record("calendar.undone", "calendar_import", import_id, gone=gone, restored=restored, stayed=stayed)
    return TakenBack(gone, restored, stayed)


def _take_over(scope: Scope, todo: Sequence[Planned], choices: Choices, name: str) -> Imported:
    import_id = new_id()
    by = scope.person.id if scope.person else None
    scope.session.add(CalendarImport(id=import_id, name=name, at=scope.at, by_person_id=by))
    # The rows point at it; no relationship tells the unit of work so.
    scope.session.flush()
    host_id = organization_named(scope, choices.host)
    rows = _add(scope, [one.said for one in todo if one.fate is Fate.NEW], choices, host_id)
    for one in todo:
        if one.known is not None:
            rows.append(_follow(scope, one.said, one.known))
    scope.session.insert_rows(CalendarImportRow, [row | {"import_id": import_id} for row in rows])
    deeds = [row["deed"] for row in rows]
    done = Imported(import_id, *(deeds.count(deed) for deed in ImportDeed))
    scope.record(
        "calendar.imported",
        "calendar_import",
        import_id,
        name=name,
        added=done.added,
        changed=done.changed,
        cancelled=done.cancelled,
    )
    return done


def _add(scope: Scope, said: Sequence[Said], choices: Choices, host_id: int) -> list[Row]:
    """The new events, in a number of statements that doesn't grow with them; gives what the import notes of each."""
    ids = [new_id() for _ in said]
    pairs = list(zip(ids, said, strict=True))
    scope.session.insert_rows(
        Event, [_event_row(scope, event_id, one, choices, host_id) for event_id, one in pairs]
    )
    scope.session.insert_rows(
        ImportedEvent,
        [
            {
                "id": new_id(),
                "event_id": event_id,
                "uid": one.uid,
                "recurrence": one.recurrence,
                "link": one.link,
                "told": one.told,
            }
            for event_id, one in pairs
        ],
    )
    return [_note(event_id, one.title, ImportDeed.ADDED, 1, {}) for event_id, one in pairs]


def _event_row(scope: Scope, event_id: int, said: Said, choices: Choices, host_id: int) -> Row:
    kind = choices.kinds.get(said.key, choices.kind)
    return {
        "id": event_id,
        "programme_id": choices.programme_id,
        "organization_id": host_id,
        "title": said.title,
        "summary": said.summary,
        "kind": kind,
        "category": choices.category if kind is choices.kind else kind.default_category,
        "state": EventState.PUBLISHED,
        "starts_at": said.time.starts_at,
        "ends_at": said.time.ends_at,
        "zone": said.time.zone,
        "has_hours": said.time.has_hours,
        "platform": said.platform,
        "link": said.link or None,
        "hashtag": None,
        "source": None,
        "is_example": False,
        "search_text": search_line(said.title, said.summary, choices.host),
        "created_at": scope.at,
    }


def _follow(scope: Scope, said: Said, known: Known) -> Row:
    """Change or cancel an event as its calendar now says; gives what the import notes of it."""
    event = changing_events.to_change(scope, known.event_id)
    kept = scope.session.scalars(
        sa.select(ImportedEvent).where(ImportedEvent.event_id == known.event_id)
    ).one()
    before = {"told": kept.told, "uid": kept.uid, "recurrence": kept.recurrence, "link": kept.link}
    kept.told, kept.uid, kept.recurrence, kept.link = said.told, said.uid, said.recurrence, said.link
    _say(scope, event, said.told)
    deed = ImportDeed.CANCELLED if said.is_cancelled else ImportDeed.CHANGED
    return _note(event.id, said.title, deed, event.version, before)


def _say(scope: Scope, event: Event, told: Mapping[str, Any]) -> None:
    """Let an event be what its calendar tells; kind, category, programme and host stay ours."""
    host = scope.session.scalar(sa.select(Organization.name).where(Organization.id == event.organization_id))
    ours = changing_events.as_proposal(scope, event, host or "")
    time = told_time(told)
    said = replace(
        ours,
        title=told["title"],
        time=time,
        link=told["link"],
        platform=told["platform"],
        summary=told["summary"],
        # Minutes by category belong to the hours that they add up to.
        split=ours.split if time.minutes == ours.time.minutes else (),
    )
    event_changes.put(scope, event, with_moved_agenda(scope, event, said))
    is_cancelled = event.state is EventState.CANCELLED
    if told["cancelled"] and not is_cancelled:
        event.state, event.cancel_reason = EventState.CANCELLED, "Its calendar says that it is cancelled."
        event_changes.grow(scope, event)
        scope.record("event.cancelled", "event", event.id, reason=event.cancel_reason, version=event.version)
    elif is_cancelled and not told["cancelled"]:
        event.state, event.cancel_reason = EventState.PUBLISHED, ""
        event_changes.grow(scope, event)
        scope.record("event.reinstated", "event", event.id, version=event.version)


def _note(event_id: int, title: str, deed: ImportDeed, version: int, before: Mapping[str, Any]) -> Row:
    return {
        "id": new_id(),
        "event_id": event_id,
        "title": title,
        "deed": deed,
        "version": version,
        "before": dict(before),
        "stayed": "",
    }


def _why_it_stays(row: CalendarImportRow, event: Event | None, held: frozenset[int]) -> str:
    if event is None:
        return "It was taken back with another import."
    if row.deed is ImportDeed.ADDED and event.id in held:
        return "Somebody has a claim, a mark or a place there."
    if event.version != row.version:
        return "It was changed since."
    return ""


def _restore(scope: Scope, event: Event, before: Mapping[str, Any]) -> None:
    kept = scope.session.scalars(sa.select(ImportedEvent).where(ImportedEvent.event_id == event.id)).one()
    kept.told, kept.link = before["told"], before["link"]
    kept.uid, kept.recurrence = before["uid"], before["recurrence"]
    _say(scope, event, before["told"])


def _delete(scope: Scope, event_ids: Sequence[int]) -> None:
    """What the import made of each: its split, by what it is known again, and the event itself."""
    # The rows that were looked at go first: what is written after a deletion would look for them.
    scope.session.flush()
    for model in (EventCategory, ImportedEvent):
        scope.session.execute(
            sa.delete(model).where(model.event_id.in_(event_ids)).execution_options(synchronize_session=False)
        )
    scope.session.execute(
        sa.delete(Event).where(Event.id.in_(event_ids)).execution_options(synchronize_session=False)
    )
