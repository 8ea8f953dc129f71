"""A programme: its goals, themes, who takes part, with true counts; its days one by one; one of its themes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import OPEN_ZONE, days_text, month_words
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.participation import FEWEST_PEOPLE, ParticipantKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.when import date_text, day_text, instant, local, month_day, weekday_text, zone_words
from pdtracker.queries.event_facets import tally
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import MOST_IN_A_MONTH, EventRow, Place, events_page, month_events
from pdtracker.queries.participants import participants, waiting_participants
from pdtracker.queries.programmes import ProgrammeFacts, ThemeFacts, begins, programme, themes
from pdtracker.scope import Scope, Visitor
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.drawing import MonthDay, Square, month_squares
from pdtracker.web.requests import installation_session, visitor

HOSTS_NAMED = 24
MONTHS_DRAWN = 3
ROWS_OF_A_DAY = 4
ROWS_OF_A_THEME = 20

programmes = Blueprint("programmes", __name__)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the programme, as rings for its days."""

    name: str
    weeks: tuple[tuple[Square | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the programme: the first of its events, how many there are, and where all of them stand."""

    on: date
    title: str
    is_today: bool
    rows: tuple[EventRow, ...]
    count: int
    every: str


@programmes.get("/programmes/<slug:slug>")
@public
def show(slug: str) -> Answer:
    """The programme's own page."""
    who = visitor()
    zone = _zone(who)
    facts = programme(who, slug)
    counts = tally(who, EventFilter(programme_id=facts.id), None)
    times = begins(who, facts.id)
    days = Counter(time.day_in(zone) for time in times if not time.is_window)
    hosts = sorted(counts.hosts, key=lambda host: (-host.count, host.name.casefold()))
    events_of = {theme.id: theme.count for theme in counts.themes}
    taking_part = participants(installation_session(), facts.id)
    return answers.page(
        "programmes/show.html",
        programme=facts,
        days_words=days_text(facts.starts_on, facts.ends_on),
        source_words=_site(facts.source),
        counts=counts,
        windows=sum(time.is_window for time in times),
        minutes=sum(time.minutes or 0 for time in times),
        themes=[(theme, events_of.get(theme.id, 0)) for theme in themes(who, facts.id)],
        site=_site,
        kinds=[(kind, counts.kinds[kind]) for kind in EventKind if kind in counts.kinds],
        hosts=[(host.name, host.count, ref_of(host.id)) for host in hosts[:HOSTS_NAMED]],
        more_hosts=max(len(hosts) - HOSTS_NAMED, 0),
        months=tuple(_months(slug, days, facts.starts_on, facts.ends_on, local(who.at, zone).date())),
        taking_part=taking_part,
        kinds_of_participants=tuple(ParticipantKind),
        counted_on=_day_of(taking_part.counted_at, zone),
        fewest_people=FEWEST_PEOPLE,
        may_join=who.may(Permission.PROPOSE_EVENT),
        signed_in=isinstance(who, Scope),
        waiting=waiting_participants(who, facts.id)
        if isinstance(who, Scope) and who.may(Permission.MANAGE_DISTRICT)
        else 0,
    )


@programmes.get("/programmes/<slug:slug>/days")
@public
def days(slug: str) -> Answer:
    """Every day of the programme with its first events, and what is open all the time."""
    who = visitor()
    zone, facts = _zone(who), programme(who, slug)
    first = instant(datetime.combine(facts.starts_on, time()), zone)
    until = instant(datetime.combine(facts.ends_on + timedelta(days=1), time()), zone)
    found = month_events(who, EventFilter(programme_id=facts.id), first, until)[:MOST_IN_A_MONTH]
    today = local(who.at, zone).date()
    return answers.page(
        "programmes/days.html",
        programme=facts,
        days_words=days_text(facts.starts_on, facts.ends_on),
        days_found=tuple(_days(slug, facts, [row for row in found if not row.time.is_window], zone, today)),
        windows=[row for row in found if row.time.is_window],
        open_link=url_for("events.browse", programme=slug, hours="open"),
        zone=zone,
        zone_name=zone_words(zone),
        signed_in=isinstance(who, Scope),
        has_today=facts.starts_on <= today <= facts.ends_on,
    )


@programmes.get("/programmes/<slug:slug>/themes/<ref:theme_id>")
@public
def theme(slug: str, theme_id: int) -> Answer:
    """One theme: who convenes it, where that is written down, and its events: what comes next, or what was."""
    who = visitor()
    zone, facts = _zone(who), programme(who, slug)
    every = themes(who, facts.id)
    found = next((one for one in every if one.id == theme_id), None)
    if found is None:
        raise NotHere
    wanted = EventFilter(programme_id=facts.id, theme_ids=(theme_id,))
    counts = tally(who, wanted, who.at)
    rows, is_over = _next_events(who, wanted, counts.total - counts.earlier)
    return answers.page(
        "programmes/theme.html",
        programme=facts,
        theme=found,
        source_words=_site(found.source),
        counts=counts,
        kinds=[(kind, counts.kinds[kind]) for kind in EventKind if kind in counts.kinds],
        hosts=sorted(counts.hosts, key=lambda host: (-host.count, host.name.casefold()))[:HOSTS_NAMED],
        rows=[(row, _row_day(row, zone)) for row in rows],
        is_over=is_over,
        others=_beside(every, found),
        zone=zone,
        zone_name=zone_words(zone),
        signed_in=isinstance(who, Scope),
    )


def _zone(who: Scope | Visitor) -> str:
    return who.zone if isinstance(who, Scope) else OPEN_ZONE


def _next_events(who: Scope | Visitor, wanted: EventFilter, coming: int) -> tuple[tuple[EventRow, ...], bool]:
    """What comes next; where nothing comes any more, what was last. And whether it is over."""
    here = Place(who.at, -1)
    if coming:
        return events_page(who, wanted, ROWS_OF_A_THEME, after=here).rows, False
    return tuple(reversed(events_page(who, wanted, ROWS_OF_A_THEME, before=here).rows)), True


def _row_day(row: EventRow, zone: str) -> str:
    if row.time.is_window:
        return row.time.days_words()
    on = row.time.day_in(zone)
    return day_text(on)


def _beside(every: Sequence[ThemeFacts], found: ThemeFacts) -> list[tuple[str, int]]:
    return [(one.name, one.id) for one in every if one.id != found.id]


def _days(
    slug: str, facts: ProgrammeFacts, rows: Sequence[EventRow], zone: str, today: date
) -> Iterator[Day]:
    """Each day that has events, or is today, in order; a day without any is left out."""
    by_day: dict[date, list[EventRow]] = {}
    for row in rows:
        by_day.setdefault(row.time.day_in(zone), []).append(row)
    if facts.starts_on <= today <= facts.ends_on:
        by_day.setdefault(today, [])
    for on in sorted(by_day):
        found = by_day[on]
        title = f"{weekday_text(on)}, {month_day(on)}"
        yield Day(
            on,
            f"Today, {title}" if on == today else title,
            on == today,
            tuple(found[:ROWS_OF_A_DAY]),
            len(found),
            _day_link(slug, on),
        )


def _months(slug: str, days: Counter[date], first: date, last: date, today: date) -> Iterator[Month]:
    """The programme's months, at most three of them, each day leading to its events."""
    drawn = {on: MonthDay(_day_link(slug, on), _label(on, count, today)) for on, count in days.items()}
    at = first.replace(day=1)
    for _ in range(MONTHS_DRAWN):
        if at > last:
            return
        yield Month(month_words(at.year, at.month), month_squares(at.year, at.month, drawn, today))
        at = (at + timedelta(days=31)).replace(day=1)


def _day_link(slug: str, on: date) -> str:
    month = f"{on.year}-{on.month:02d}"
    return url_for("events.browse", programme=slug, view="month", month=month, day=on.isoformat()) + "#day"


def _label(on: date, count: int, today: date) -> str:
    label = f"{month_day(on)}, {count} event{'' if count == 1 else 's'}"
    return f"{label}, today" if on == today else label


def _day_of(at: datetime | None, zone: str) -> str:
    return date_text(local(at, zone).date()) if at is not None else ""


def _site(address: str | None) -> str:
    """How a link to elsewhere is called: by the site that it leads to."""
    host = urlsplit(address).hostname if address else None
    return (host or address or "").removeprefix("www.")
