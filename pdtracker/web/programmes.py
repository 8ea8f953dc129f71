"""A programme: its goals, themes and hosts with true counts, and its days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, url_for

from pdtracker.domain.calendar import OPEN_ZONE, days_text, month_words
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local, month_day
from pdtracker.queries.event_filters import EventFilter, tally
from pdtracker.queries.programmes import begins, programme
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.drawing import MonthDay, Square, month_squares
from pdtracker.web.requests import visitor

HOSTS_NAMED = 24
MONTHS_DRAWN = 3

programmes = Blueprint("programmes", __name__)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the programme, as rings for its days."""

    name: str
    weeks: tuple[tuple[Square | None, ...], ...]


@programmes.get("/programmes/<slug:slug>")
@public
def show(slug: str) -> Answer:
    """The programme's own page."""
    who = visitor()
    zone = who.zone if isinstance(who, Scope) else OPEN_ZONE
    facts = programme(who, slug)
    counts = tally(who, EventFilter(programme_id=facts.id), None)
    times = begins(who, facts.id)
    days = Counter(time.day_in(zone) for time in times if not time.is_window)
    hosts = sorted(counts.hosts, key=lambda host: (-host.count, host.name.casefold()))
    return answers.page(
        "programmes/show.html",
        programme=facts,
        days_words=days_text(facts.starts_on, facts.ends_on),
        counts=counts,
        windows=sum(time.is_window for time in times),
        minutes=sum(time.minutes or 0 for time in times),
        themes=[(theme.name, theme.count, ref_of(theme.id)) for theme in counts.themes],
        kinds=[(kind, counts.kinds[kind]) for kind in EventKind if kind in counts.kinds],
        hosts=[(host.name, host.count, ref_of(host.id)) for host in hosts[:HOSTS_NAMED]],
        more_hosts=max(len(hosts) - HOSTS_NAMED, 0),
        months=tuple(_months(slug, days, facts.starts_on, facts.ends_on, local(who.at, zone).date())),
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
