"""Events by day: the groups of a list, and the squares of a month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import url_for

from pdtracker.domain.when import date_text, month_day, weekday_text
from pdtracker.queries.events import EventRow
from pdtracker.web.drawing import MonthDay

TITLES_IN_A_SQUARE = 4
_NEAR = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}


@dataclass(frozen=True, slots=True)
class Day:
    """A day with its events. `mine`: the reader goes to one of them, or has logged one."""

    on: date
    title: str
    rows: tuple[EventRow, ...]
    today: bool
    mine: bool


def by_day(rows: Iterable[EventRow], zone: str, today: date, mine: frozenset[int]) -> tuple[Day, ...]:
    """The rows under the days on which a reader in `zone` looks for them."""
    found: dict[date, list[EventRow]] = {}
    for row in rows:
        found.setdefault(row.time.day_in(zone), []).append(row)
    days = []
    for on in sorted(found):
        of_day = tuple(found[on])
        days.append(Day(on, day_title(on, today), of_day, on == today, any(row.id in mine for row in of_day)))
    return tuple(days)


def latest_first(days: Sequence[Day]) -> tuple[Day, ...]:
    """The same days from the latest to the earliest, and the same in each of them."""
    return tuple(replace(day, rows=day.rows[::-1]) for day in reversed(days))


def day_title(on: date, today: date) -> str:
    """`Today, Tuesday, October 14`; `Wednesday, October 15`; of another year `Wednesday, October 15, 2014`."""
    near = _NEAR.get((on - today).days)
    day = f"{weekday_text(on)}, {month_day(on) if near or on.year == today.year else date_text(on)}"
    return f"{near}, {day}" if near else day


def squares(days: Sequence[Day], day_link: Callable[[date], str]) -> dict[date, MonthDay]:
    """The month's days with their first titles; where there are more, the last line says how many and leads there."""
    found = {}
    for day in days:
        href = day_link(day.on)
        shown = len(day.rows) if len(day.rows) <= TITLES_IN_A_SQUARE + 1 else TITLES_IN_A_SQUARE
        titles = [(row.title, url_for("events.show", event_id=row.id)) for row in day.rows[:shown]]
        if shown < len(day.rows):
            titles.append((f"{len(day.rows) - shown} more", href))
        found[day.on] = MonthDay(href, _label(day), day.mine, tuple(titles))
    return found


def _label(day: Day) -> str:
    count = len(day.rows)
    parts = [month_day(day.on), f"{count} event{'' if count == 1 else 's'}"]
    if day.mine:
        parts.append("one of yours")
    if day.today:
        parts.append("today")
    return ", ".join(parts)
