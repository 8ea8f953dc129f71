"""What a published calendar says, as the calendar of a district says it: clean texts, whole days, hours or none."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pdtracker.domain.calendar import PLATFORM_CHARACTERS, SUMMARY_CHARACTERS, TITLE_CHARACTERS, EventTime
from pdtracker.domain.event_import import Said
from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.text import clean_line, clean_link
from pdtracker.exchange.ics.calendar import Moment, Occurrence, read_calendar
from pdtracker.exchange.ics.events import Status
from pdtracker.exchange.refused import Refused

_LONGEST_WINDOW: Final = timedelta(days=366)
_TAG: Final = re.compile(r"<[^<>]{0,500}>")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def read_said(
    data: bytes, *, first_day: date | None, last_day: date, floating_zone: str | None
) -> tuple[tuple[Said, ...], tuple[Refused, ...]]:
    """The dates that a district's calendar can hold, by time, and what can't be read or held, with lines and reasons.

    Raises Mistyped for a file that is no calendar or too large for one.
    """
    reading = read_calendar(data, first_day=first_day, last_day=last_day, floating_zone=floating_zone)
    refused = list(reading.refused)
    said = tuple(_all_said(reading.events, refused))
    return said, tuple(sorted(refused, key=lambda one: one.line))


def _all_said(occurrences: tuple[Occurrence, ...], refused: list[Refused]) -> Iterator[Said]:
    seen: set[tuple[str, str]] = set()
    for one in occurrences:
        try:
            said = _said(one)
        except Mistyped as fault:
            refused.append(Refused(one.line, fault.sentence))
            continue
        if said.key in seen:
            refused.append(Refused(one.line, "The file has this date twice; the first one was read."))
            continue
        seen.add(said.key)
        yield said


def _said(one: Occurrence) -> Said:
    title = _shortened(one.title, TITLE_CHARACTERS)
    if not title:
        raise Mistyped("It has no title.")
    return Said(
        line=one.line,
        uid=one.uid.replace("\0", ""),
        recurrence=_recurrence(one.recurrence_id),
        title=title,
        time=_time(one),
        link=_or_nothing(clean_link, one.url or ""),
        platform=_or_nothing(lambda text: _shortened(text, PLATFORM_CHARACTERS), one.place),
        summary=_or_nothing(lambda text: _shortened(text, SUMMARY_CHARACTERS), one.about),
        is_cancelled=one.status is Status.CANCELLED,
    )


def _time(one: Occurrence) -> EventTime:
    """Hours where the file has a begin and an end within a day; else days, or a begin alone. Never guessed."""
    starts_at = _instant(one.start, one.zone)
    ends_at = _instant(one.end, one.zone) if one.end is not None else None
    if not _FIRST_YEAR <= starts_at.year < _LAST_YEAR:
        raise Mistyped("It lies before 2000 or after 2100.")
    if ends_at is None or ends_at <= starts_at:
        return EventTime(starts_at, None, one.zone, has_hours=False)
    if ends_at - starts_at > _LONGEST_WINDOW:
        raise Mistyped("It lasts longer than a year.")
    has_hours = not one.all_day and ends_at - starts_at <= timedelta(minutes=MAX_DAY_MINUTES)
    return EventTime(starts_at, ends_at, one.zone, has_hours=has_hours)


def _instant(moment: Moment, zone: str) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).replace(microsecond=0)
    return datetime.combine(moment, time(), ZoneInfo(zone)).astimezone(UTC)


def _recurrence(moment: Moment | None) -> str:
    if moment is None:
        return ""
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _shortened(text: str, limit: int) -> str:
    """Without the markup that some programs write into texts, and no longer than our own can be."""
    plain = html.unescape(_TAG.sub(" ", text)) if "<" in text or "&" in text else text
    line = clean_line(plain[: limit * 4], limit * 4)
    return line if len(line) <= limit else clean_line(line[: limit - 1], limit) + "\N{HORIZONTAL ELLIPSIS}"


def _or_nothing(clean: Callable[[str], str], text: str) -> str:
    """What can't be written as we write it is left out: an event is worth more than its address."""
    try:
        return clean(text)
    except Mistyped:
        return ""
