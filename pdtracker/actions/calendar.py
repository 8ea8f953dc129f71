"""The calendar: loading the shared one, and what a district adds to its own.

The shared calendar belongs to no district, so it has no audit trail; only an operator can write it, with a session of
nobody (`database.session(None, installation=True)`). Everything else here is an action of a district.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from pdtracker.actions.agendas import keep_agenda
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.naming import organization_named, put_co_hosts, put_themes, require_programme
from pdtracker.actions.proposal_letters import tell_administrators, tell_proposer
from pdtracker.db import DistrictSession
from pdtracker.domain.access import Permission
from pdtracker.domain.agenda import NO_AGENDA
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.duplicates import unseen
from pdtracker.domain.event_facts import NOBODY_SAID, ForWhom, in_order
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.proposal import Proposal, proposal_faults
from pdtracker.domain.proposal_letters import accepted_letter, refused_letter
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.search import search_line
from pdtracker.domain.split import Split, main_category
from pdtracker.domain.text import clean_link
from pdtracker.models.events import (
    Event,
    EventCategory,
    EventCoHost,
    EventGrade,
    EventHost,
    EventProposal,
    EventState,
    EventTheme,
    Organization,
    Programme,
    Theme,
    ThemeConvenor,
)
from pdtracker.models.ids import new_id
from pdtracker.queries.duplicates import likely_duplicates
from pdtracker.scope import Scope, action

MAYBE_THERE = "maybe_there"
"""The code of the refusal that asks whether an event is in the calendar already."""


class ThemeEntry(NamedTuple):
    """A theme to load: where it is written down, what is not known of it, and the organizations that convene it."""

    name: str
    source: str
    note: str = ""
    convenors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    """A programme to load, with its themes in their order; `note` says what is not known of it."""

    slug: str
    name: str
    goals: str
    starts_on: date
    ends_on: date
    themes: tuple[ThemeEntry, ...] = ()
    source: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEntry:
    """An event to load. `programme` is a slug, hosts and themes are names; `key` is the caller's own name for it."""

    key: str
    programme: str | None
    title: str
    summary: str
    kind: EventKind
    category: CreditCategory
    host: str
    co_hosts: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    time: EventTime
    platform: str = ""
    link: str | None = None
    hashtag: str | None = None
    source: str | None = None
    is_example: bool = False
    split: Split = ()
    for_whom: ForWhom = NOBODY_SAID
    archive_link: str | None = None


@dataclass(frozen=True, slots=True)
class CalendarEntries:
    """A calendar to load."""

    programmes: tuple[ProgrammeEntry, ...]
    events: tuple[EventEntry, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading found or made: the id of each event by its key, and how many events are new."""

    event_ids: Mapping[str, int]
    new_events: int


def load_calendar(session: DistrictSession, entries: CalendarEntries, at: datetime) -> Loaded:
    """Add what the shared calendar lacks, in one transaction; loading the same again adds nothing.

    A programme is known by its slug, a theme by its name within it, a host by its name, an event by programme, title
    and start. What is known is left as it is. A link that no browser should follow is refused with `Mistyped`.
    """
    if session.district_id is not None:
        raise ValueError("the shared calendar is loaded with a session of nobody")
    with session.writing(installation=True):
        programmes = _load_programmes(session, entries.programmes)
        names = {name for entry in entries.events for name in (entry.host, *entry.co_hosts)}
        names |= {name for entry in entries.programmes for theme in entry.themes for name in theme.convenors}
        hosts = _load_hosts(session, sorted(names))
        themes = _load_themes(session, entries.programmes, programmes, hosts)
        return _load_events(session, entries.events, programmes, themes, hosts, at)


@action(Permission.PROPOSE_EVENT)
def propose_event(
    scope: Scope,
    proposal: Proposal,
    *,
    key: str = "",
    shown: Collection[int] | None = None,
    waiting_at: str | None = None,
) -> int:
    """Add an event to the district's calendar; gives its id.

    It is a proposal, seen by its proposer and administrators, until `decide_proposal`; one who may decide publishes at
    once. Its proposer hosts it. Refuses with `NotValid`. The same form (`key`) sent twice is one event.
    `shown` are the events that its proposer saw and said it is none of; another that it may be is refused with
    `MAYBE_THERE`. Without it nobody is asked. Administrators get a letter that leads to `waiting_at`, where proposals
    wait; without it nobody is written to.
    """
    asked = Asked(key, "propose_event", {"title": proposal.title, "starts_at": proposal.time.starts_at})
    if (before := answered(scope, asked)) is not None:
        return int(before["event"])
    if faults := proposal_faults(proposal):
        raise NotValid(faults)
    require_programme(scope, proposal)
    if shown is not None and unseen([one.event.id for one in likely_duplicates(scope, proposal)], shown):
        raise NotNow(MAYBE_THERE, "Is it one of these? Then there is nothing to add.")
    may_decide = scope.may(Permission.MANAGE_EVENTS)
    event_id, time = new_id(), proposal.time
    event = Event(
        id=event_id,
        programme_id=proposal.programme_id,
        organization_id=organization_named(scope, proposal.host),
        title=proposal.title,
        summary=proposal.summary,
        kind=proposal.kind,
        category=main_category(proposal.split, proposal.category),
        state=EventState.PUBLISHED if may_decide else EventState.PROPOSED,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        zone=time.zone,
        has_hours=time.has_hours,
        platform=proposal.platform,
        link=proposal.link or None,
        hashtag=proposal.hashtag or None,
        source=None,
        is_example=False,
        search_text=search_line(proposal.title, proposal.summary, proposal.host, proposal.hashtag),
        created_at=scope.at,
        audience=proposal.for_whom.audience,
        cost=proposal.for_whom.cost,
        language=proposal.for_whom.language,
        archive_link=proposal.archive_link or None,
    )
    scope.session.add(event)
    # The proposal's foreign key needs the event's row; no relationship tells the unit of work so.
    scope.session.flush()
    if len(proposal.split) > 1:
        scope.session.add_all(
            EventCategory(event_id=event_id, category=category, minutes=minutes)
            for category, minutes in proposal.split
        )
    keep_agenda(scope, event_id, NO_AGENDA, proposal.agenda)
    put_co_hosts(scope, event_id, proposal.co_hosts)
    put_themes(scope, event_id, proposal.theme_ids)
    scope.session.add_all(
        EventGrade(event_id=event_id, grade=grade) for grade in in_order(proposal.for_whom.grades)
    )
    scope.session.add(
        EventProposal(
            event_id=event_id,
            proposed_by_id=scope.me.id,
            proposed_at=scope.at,
            decided_by_id=scope.me.id if may_decide else None,
            decided_at=scope.at if may_decide else None,
            reason="",
        )
    )
    # Who proposes an event speaks for it, and never decides who was there.
    scope.session.add(EventHost(event_id=event_id, person_id=scope.me.id))
    keep_answer(scope, asked, {"event": event_id})
    if not may_decide:
        tell_administrators(scope, proposal.title, waiting_at, is_again=False)
    scope.record("event.proposed", "event", event_id, title=proposal.title, published=may_decide)
    return event_id


@action(Permission.MANAGE_EVENTS)
def decide_proposal(
    scope: Scope, event_id: int, *, accept: bool, reason: str, address: str | None = None
) -> None:
    """Take a proposal into the district's calendar, or refuse it with a reason that its proposer reads.

    They get a letter that leads to `address`, the event's page; without one nobody is written to.
    Refuses with `NotHere`, with `NotNow` what was decided before, and with `NotValid` a refusal without a reason.
    """
    proposal = scope.session.scalar(
        sa.select(EventProposal).where(EventProposal.event_id == event_id).with_for_update()
    )
    event = scope.session.scalar(sa.select(Event).where(Event.id == event_id))
    if proposal is None or event is None:
        raise NotHere
    if proposal.decided_at is not None:
        raise NotNow("proposal_decided", "This proposal was already decided.")
    if proposal.returned_at is not None:
        raise NotNow("proposal_returned", "It is with its proposer. You can decide when it is sent again.")
    if not accept and not reason:
        raise NotValid({"reason": "Say why. Whoever proposed it reads this."})
    proposal.decided_by_id, proposal.decided_at = scope.me.id, scope.at
    if accept:
        event.state = EventState.PUBLISHED
        tell_proposer(scope, proposal, event.title, address, accepted_letter)
        scope.record("event.accepted", "event", event_id)
    else:
        # Still a proposal: nobody but its proposer and administrators ever sees it.
        proposal.reason = reason
        tell_proposer(scope, proposal, event.title, address, lambda news: refused_letter(news, reason))
        scope.record("event.refused", "event", event_id, reason=reason)


@action(Permission.MANAGE_EVENTS)
def name_hosts(scope: Scope, people_by_event: Mapping[int, Sequence[int]]) -> None:
    """Say which people of the district host which events: they never review claims for them. Adds, takes none away."""
    known = {
        (row.event_id, row.person_id)
        for row in scope.session.execute(
            sa.select(EventHost.event_id, EventHost.person_id).where(EventHost.event_id.in_(people_by_event))
        )
    }
    here = set(scope.session.scalars(sa.select(Event.id).where(Event.id.in_(people_by_event))))
    if here != set(people_by_event):
        raise NotHere
    for event_id, people in people_by_event.items():
        new = [person_id for person_id in dict.fromkeys(people) if (event_id, person_id) not in known]
        rows = [{"id": new_id(), "event_id": event_id, "person_id": person_id} for person_id in new]
        scope.session.insert_rows(EventHost, rows)
        if new:
            scope.record("event.hosts_named", "event", event_id, people=new)


def _load_programmes(session: DistrictSession, entries: Iterable[ProgrammeEntry]) -> dict[str, int]:
    known = {row.slug: row.id for row in session.execute(sa.select(Programme.slug, Programme.id))}
    new = {entry.slug: entry for entry in entries if entry.slug not in known}
    rows = [
        {
            "id": new_id(),
            "slug": entry.slug,
            "name": entry.name,
            "goals": entry.goals,
            "starts_on": entry.starts_on,
            "ends_on": entry.ends_on,
            "source": clean_link(entry.source or "") or None,
            "note": entry.note,
        }
        for entry in new.values()
    ]
    session.insert_rows(Programme, rows)
    return known | {row["slug"]: row["id"] for row in rows}


def _load_themes(
    session: DistrictSession,
    entries: Sequence[ProgrammeEntry],
    programmes: Mapping[str, int],
    hosts: Mapping[str, int],
) -> dict[tuple[int, str], int]:
    """The ids of themes by programme and name; a new one gets its convenors."""
    known = {
        (row.programme_id, row.name): row.id
        for row in session.execute(sa.select(Theme.programme_id, Theme.name, Theme.id))
    }
    rows = [
        {
            "id": new_id(),
            "programme_id": programmes[entry.slug],
            "position": position,
            "name": theme.name,
            "source": theme.source,
            "note": theme.note,
        }
        for entry in entries
        for position, theme in enumerate(entry.themes, start=1)
        if (programmes[entry.slug], theme.name) not in known
    ]
    session.insert_rows(Theme, rows)
    new = {(row["programme_id"], row["name"]): row["id"] for row in rows}
    convened = [
        {"theme_id": new[programmes[entry.slug], theme.name], "organization_id": hosts[name]}
        for entry in entries
        for theme in entry.themes
        if (programmes[entry.slug], theme.name) in new
        for name in theme.convenors
    ]
    session.insert_rows(ThemeConvenor, convened)
    return known | new


def _load_hosts(session: DistrictSession, names: Sequence[str]) -> dict[str, int]:
    known = {row.name: row.id for row in session.execute(sa.select(Organization.name, Organization.id))}
    rows = [{"id": new_id(), "name": name} for name in names if name not in known]
    session.insert_rows(Organization, rows)
    return known | {row["name"]: row["id"] for row in rows}


def _load_events(
    session: DistrictSession,
    entries: Sequence[EventEntry],
    programmes: Mapping[str, int],
    themes: Mapping[tuple[int, str], int],
    hosts: Mapping[str, int],
    at: datetime,
) -> Loaded:
    known = {
        (row.programme_id, row.title, row.starts_at): row.id
        for row in session.execute(sa.select(Event.programme_id, Event.title, Event.starts_at, Event.id))
    }
    ids: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    of_themes: list[dict[str, int]] = []
    of_hosts: list[dict[str, int]] = []
    parts: list[dict[str, Any]] = []
    grades: list[dict[str, Any]] = []
    for entry in entries:
        programme_id = programmes[entry.programme] if entry.programme is not None else None
        same = (programme_id, entry.title, entry.time.starts_at)
        if same in known:
            ids[entry.key] = known[same]
            continue
        row = _event_row(entry, programme_id, hosts[entry.host], at)
        ids[entry.key] = known[same] = row["id"]
        rows.append(row)
        if programme_id is not None:
            chosen = [themes[programme_id, name] for name in entry.themes]
            of_themes.extend({"event_id": row["id"], "theme_id": theme_id} for theme_id in chosen)
        parts.extend(
            {"event_id": row["id"], "category": category, "minutes": minutes}
            for category, minutes in entry.split
        )
        grades.extend(
            {"id": new_id(), "event_id": row["id"], "grade": grade}
            for grade in in_order(entry.for_whom.grades)
        )
        of_hosts.extend({"event_id": row["id"], "organization_id": hosts[name]} for name in entry.co_hosts)
    session.insert_rows(Event, rows)
    session.insert_rows(EventTheme, of_themes)
    session.insert_rows(EventCoHost, of_hosts)
    session.insert_rows(EventCategory, parts)
    session.insert_rows(EventGrade, grades)
    return Loaded(ids, len(rows))


def _event_row(entry: EventEntry, programme_id: int | None, host_id: int, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "programme_id": programme_id,
        "organization_id": host_id,
        "title": entry.title,
        "summary": entry.summary,
        "kind": entry.kind,
        "category": entry.category,
        "state": EventState.PUBLISHED,
        "starts_at": entry.time.starts_at,
        "ends_at": entry.time.ends_at,
        "zone": entry.time.zone,
        "has_hours": entry.time.has_hours,
        "platform": entry.platform,
        "link": clean_link(entry.link or "") or None,
        "hashtag": entry.hashtag,
        "source": entry.source,
        "is_example": entry.is_example,
        "search_text": search_line(entry.title, entry.summary, entry.host, *entry.co_hosts, entry.hashtag),
        "created_at": at,
        "audience": entry.for_whom.audience,
        "cost": entry.for_whom.cost,
        "language": entry.for_whom.language,
        "archive_link": clean_link(entry.archive_link or "") or None,
    }
