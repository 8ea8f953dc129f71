"""A programme around today, of the kinds of Connected Educator Month: what the demo's people log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from pdtracker.demo.calendar import (
    Dated,
    DemoCalendar,
    DemoEvent,
    DemoOrganization,
    DemoProgramme,
    DemoTheme,
    example_for_whom,
    packaged,
    span_at,
)
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.when import instant

ZONE = "America/New_York"
"""The zone of every event of the programme, and of the day that is today."""

# A weekday that lies exactly five weeks back would have ten dates in a series: it begins a day later.
_FIRST_DAY, _LAST_DAY = -35, 28
_SLUG = "connected-educators"
_SEASONS = ("winter", "spring", "summer", "autumn")


def current_programme(today: date) -> DemoCalendar:
    """The programme of nine weeks that holds `today`, with hosts of its own: five weeks behind, four ahead.

    Each weekly series has nine dates; yesterday and today have events of their own. All of them are examples.
    """
    written = packaged("current.toml")
    season = _season(today)
    programme = DemoProgramme(
        slug=_SLUG,
        name=f"Connected Educators, {season} {_season_year(today)}",
        goals=written["programme"]["goals"],
        starts_on=today + timedelta(days=_FIRST_DAY),
        ends_on=today + timedelta(days=_LAST_DAY),
        hashtag="#connectededucators",
        source=None,
        note="An example: invented hosts and events, dated around today.",
    )
    return DemoCalendar(
        programmes=(programme,),
        themes=tuple(
            DemoTheme(
                _SLUG, row["slug"], row["name"], source="", note="", convenors=tuple(row.get("convenors", ()))
            )
            for row in written["programme"]["themes"]
        ),
        organizations=tuple(
            DemoOrganization(slug=row["slug"], name=row["name"], is_invented=True) for row in written["hosts"]
        ),
        events=tuple(
            sorted(
                [*_series(written["series"], today), *_single(written["events"], today, season)],
                key=lambda event: (event.starts_at, event.key),
            )
        ),
    )


def _season(on: date) -> str:
    return _SEASONS[on.month % 12 // 3]


def _season_year(on: date) -> str:
    """The year of the season; a winter, such as that of December 2026 and February 2027, is named by both."""
    if on.month in (1, 2):
        return f"{on.year - 1}\N{EN DASH}{on.year % 100:02d}"
    return f"{on.year}\N{EN DASH}{(on.year + 1) % 100:02d}" if on.month == 12 else str(on.year)


def _series(rows: list[dict[str, Any]], today: date) -> Iterator[DemoEvent]:
    for row in rows:
        for week in (*range(-5, 0), *range(1, 6)):
            on = weekday_from(today, row["weekday"], week)
            if not _FIRST_DAY < (on - today).days <= _LAST_DAY:
                continue
            topic = row["past"][-week - 1] if week < 0 else row["ahead"][week - 1]
            yield _with_hours(
                row,
                key=f"{row['key']}-{'past' if week < 0 else 'next'}-{abs(week)}",
                on=on,
                title=row["title"].format(topic=topic),
                summary=row["summary"].format(topic=topic),
            )


def _single(rows: list[dict[str, Any]], today: date, season: str) -> Iterator[DemoEvent]:
    for row in rows:
        if "from_day" in row:
            yield _open(row, today)
            continue
        on = (
            today + timedelta(days=row["day"])
            if "day" in row
            else weekday_from(today, row["weekday"], row["week"])
        )
        yield _with_hours(
            row, key=row["key"], on=on, title=row["title"].format(season=season), summary=row["summary"]
        )


def weekday_from(today: date, weekday: int, week: int) -> date:
    """The `week`-th such weekday: before today for -1, -2, ...; from today on, itself included, for 1, 2, ..."""
    if week == 0:
        raise ValueError("weeks are counted from 1 ahead and from -1 back")
    first_ahead = today + timedelta(days=(weekday - today.weekday()) % 7)
    return first_ahead + timedelta(weeks=week - 1 if week > 0 else week)


def _with_hours(row: dict[str, Any], *, key: str, on: date, title: str, summary: str) -> DemoEvent:
    start: time = row["start"]
    begins = datetime.combine(on, start)
    if "day" in row and on.weekday() >= 5 and start >= time(14):
        begins -= timedelta(hours=6)
    starts_at = instant(begins, ZONE)
    minutes: int = row["minutes"]
    return _event(
        row,
        key=key,
        title=title,
        summary=summary,
        dated=Dated.HOURS,
        days=(on, on),
        span=(starts_at, starts_at + timedelta(minutes=minutes)),
        minutes=minutes,
    )


def _open(row: dict[str, Any], today: date) -> DemoEvent:
    days = (today + timedelta(days=row["from_day"]), today + timedelta(days=row["until_day"]))
    return _event(
        row,
        key=row["key"],
        title=row["title"],
        summary=row["summary"],
        dated=Dated.WINDOW,
        days=days,
        span=span_at(Dated.WINDOW, *days, ZONE),
        minutes=None,
    )


def _event(
    row: dict[str, Any],
    *,
    key: str,
    title: str,
    summary: str,
    dated: Dated,
    days: tuple[date, date],
    span: tuple[datetime, datetime],
    minutes: int | None,
) -> DemoEvent:
    kind = EventKind(row["kind"])
    category = CreditCategory(row["category"]) if "category" in row else kind.default_category
    return DemoEvent(
        key=key,
        programme=_SLUG,
        title=title,
        summary=summary,
        kind=kind,
        category=category,
        host=row["host"],
        co_hosts=(),
        themes=(row["theme"],),
        dated=dated,
        first_on=days[0],
        last_on=days[1],
        starts_at=span[0],
        ends_at=span[1],
        minutes=minutes,
        zone=ZONE,
        platform="Hashtag chat" if kind is EventKind.HASHTAG_CHAT else "Online",
        link=None,
        hashtag=row.get("hashtag"),
        source=None,
        note="",
        is_example=True,
        hosted_by=tuple(row.get("hosted_by", ())),
        for_whom=example_for_whom(kind, category, f"{title} {summary}"),
    )
