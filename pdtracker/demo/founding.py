"""What stands before anybody logs a session: the districts with their people, and the calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from pdtracker import passwords
from pdtracker.actions.calendar import (
    CalendarEntries,
    EventEntry,
    ProgrammeEntry,
    ThemeEntry,
    load_calendar,
    name_hosts,
)
from pdtracker.actions.districts import NewDistrict, NewPrompt, create_district
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.db import Database
from pdtracker.demo.calendar import DemoCalendar, DemoEvent, recorded_calendar
from pdtracker.demo.examples import example_events, example_organizations
from pdtracker.demo.people import (
    PASSWORD,
    DemoPerson,
    credit_policies,
    districts,
    people,
    prompts,
)
from pdtracker.domain.access import Role
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.when import instant
from pdtracker.queries.people import member, schools
from pdtracker.scope import DistrictFacts, Scope

_LOADED_BEFORE_IT_BEGINS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody of the demo who is in the database."""

    person_id: int
    district: DistrictFacts


@dataclass(frozen=True, slots=True)
class Founded:
    """The districts by slug, their people by e-mail address, and the ids of events by their keys."""

    database: Database
    districts: Mapping[str, DistrictFacts]
    residents: Mapping[str, Resident]
    event_ids: Mapping[str, int]

    @contextmanager
    def scope(self, email: str, at: datetime) -> Iterator[Scope]:
        """Somebody's scope at a moment, in a session of its own, as a request would have it."""
        resident = self.residents[email]
        with self.database.session(resident.district.id) as session:
            found = member(session, resident.person_id)
            if found is None:
                raise LookupError(f"{email} is not in the database")
            yield Scope(session, resident.district, at, found.person, found.roles, found.review_school_ids)


def found(
    database: Database,
    current: DemoCalendar,
    *,
    secret: str,
    on: date,
    seed: int,
    step: Callable[[], None],
) -> Founded:
    """Make districts, people and calendar, each at a moment before the `current` programme begins.

    `secret` locks the districts' signing keys; `step` is called for each person, who take the time.
    """
    policies = credit_policies(on)
    made = {
        new.slug: create_district(
            database,
            NewDistrict(
                slug=new.slug,
                name=new.name,
                place=new.place,
                zone=new.zone,
                schools=new.schools,
                prompts=[
                    NewPrompt(prompt.question, prompt.hint, prompt.wished_words) for prompt in prompts()
                ],
                policies=policies[new.slug],
            ),
            secret=secret,
            at=_morning(policies[new.slug][-1].effective_from, new.zone),
        )
        for new in districts()
    }
    founded_on = max(editions[-1].effective_from for editions in policies.values())
    residents = _move_in(database, made, founded_on + timedelta(days=1), step)
    begins_on = _begins_on(current)
    event_ids = _load_calendars(database, current, seed, founded_on, begins_on)
    founded = Founded(database, made, residents, event_ids)
    _name_hosts(founded, current.events, begins_on)
    return founded


def before_it_begins(current: DemoCalendar, zone: str) -> datetime:
    """The day on which everything stood and nobody had logged anything yet, at noon."""
    return _morning(_begins_on(current), zone) + timedelta(hours=3)


def _begins_on(current: DemoCalendar) -> date:
    return current.programmes[0].starts_on - _LOADED_BEFORE_IT_BEGINS


def _morning(on: date, zone: str) -> datetime:
    return instant(datetime.combine(on, time(9)), zone)


def _move_in(
    database: Database, made: Mapping[str, DistrictFacts], on: date, step: Callable[[], None]
) -> dict[str, Resident]:
    """An operator brings in each district's administrators, and the first of them everybody else."""
    residents: dict[str, Resident] = {}
    # One password for everybody, so one hash: 46 of them would take longer than all the rest.
    password_hash = passwords.hash_password(PASSWORD)
    for district in made.values():
        here = [person for person in people() if person.district == district.slug]
        with database.session(district.id) as session:
            # Administrators first, else in the order of the file.
            ordered = sorted(here, key=lambda person: Role.ADMINISTRATOR not in person.roles)
            scope = Scope(session, district, _morning(on, district.zone))
            school_ids = {school.name: school.id for school in schools(scope)}
            for person in ordered:
                added = add_person(scope, _newcomer(person, school_ids), password_hash=password_hash)
                residents[person.email] = Resident(added.person_id, district)
                if scope.person is None:
                    scope = _as_administrator(scope, added.person_id)
                step()
    return residents


def _as_administrator(scope: Scope, person_id: int) -> Scope:
    found = member(scope.session, person_id)
    if found is None or Role.ADMINISTRATOR not in found.roles:
        raise LookupError(f"{scope.district.slug} has no administrator")
    return Scope(scope.session, scope.district, scope.at + timedelta(minutes=30), found.person, found.roles)


def _newcomer(person: DemoPerson, school_ids: Mapping[str, int]) -> NewPerson:
    return NewPerson(
        name=person.earlier_name or person.name,
        email=person.email,
        title=person.title,
        school_id=school_ids[person.school] if person.school else None,
        roles=Roles(
            roles=frozenset(person.roles),
            review_school_ids=frozenset([school_ids[person.reviews_only]]) if person.reviews_only else None,
        ),
    )


def _load_calendars(
    database: Database, current: DemoCalendar, seed: int, founded_on: date, begins_on: date
) -> dict[str, int]:
    """The ids of all events by their keys: the three old programmes as one calendar, the current one as another."""
    recorded = recorded_calendar()
    old = DemoCalendar(
        recorded.programmes,
        recorded.themes,
        (*recorded.organizations, *example_organizations()),
        (*recorded.events, *example_events(seed)),
    )
    zone = districts()[0].zone
    ids: dict[str, int] = {}
    with database.session(None, installation=True) as session:
        for calendar, on in ((old, founded_on + timedelta(days=2)), (current, begins_on)):
            ids |= load_calendar(session, _entries(calendar), _morning(on, zone)).event_ids
    return ids


def _entries(calendar: DemoCalendar) -> CalendarEntries:
    host_names = {host.slug: host.name for host in calendar.organizations}
    theme_names = {(theme.programme, theme.slug): theme.name for theme in calendar.themes}
    return CalendarEntries(
        programmes=tuple(
            ProgrammeEntry(
                programme.slug,
                programme.name,
                programme.goals,
                programme.starts_on,
                programme.ends_on,
                tuple(
                    ThemeEntry(
                        theme.name,
                        theme.source,
                        theme.note,
                        tuple(host_names[slug] for slug in theme.convenors),
                    )
                    for theme in calendar.themes
                    if theme.programme == programme.slug
                ),
                programme.source,
                programme.note,
            )
            for programme in calendar.programmes
        ),
        events=tuple(
            EventEntry(
                key=event.key,
                programme=event.programme,
                title=event.title,
                summary=event.summary,
                kind=event.kind,
                category=event.category,
                host=host_names[event.host],
                co_hosts=tuple(host_names[slug] for slug in event.co_hosts),
                themes=tuple(theme_names[event.programme, slug] for slug in event.themes),
                time=EventTime(event.starts_at, event.ends_at, event.zone, event.has_hours),
                platform=event.platform,
                link=event.link,
                hashtag=event.hashtag,
                source=event.source,
                is_example=event.is_example,
                for_whom=event.for_whom,
            )
            for event in calendar.events
        ),
    )


def _name_hosts(founded: Founded, events: Sequence[DemoEvent], on: date) -> None:
    """The administrators say which of their people host which events."""
    administrators = {
        person.district: person.email for person in reversed(people()) if Role.ADMINISTRATOR in person.roles
    }
    by_district: dict[str, dict[int, list[int]]] = defaultdict(dict)
    for event in events:
        for email in event.hosted_by:
            resident = founded.residents[email]
            hosted = by_district[resident.district.slug].setdefault(founded.event_ids[event.key], [])
            hosted.append(resident.person_id)
    for slug, hosted_events in by_district.items():
        at = _morning(on, founded.districts[slug].zone) + timedelta(hours=1)
        with founded.scope(administrators[slug], at) as scope:
            name_hosts(scope, hosted_events)
