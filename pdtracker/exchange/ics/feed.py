"""A calendar written for others (iCalendar, RFC 5545): the same events always give the same bytes.

Lines end with CRLF and are folded at 75 octets, never within a letter. No person is in it: no organizer, no
attendee.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from pdtracker.domain.calendar import EventTime, clock_offsets

PRODUCT: Final = "-//pdtracker//Events 1.0//EN"
MEDIA_TYPE: Final = "text/calendar"

_OCTETS: Final = 75
_FIRST, _LAST = date(2010, 1, 1), date(2039, 12, 31)
_REFRESH = "PT6H"
# What is no text in a file: controls, except the line feed that is written as two letters.
_NO_TEXT = dict.fromkeys((*range(10), *range(11, 32), 127))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One event of a feed. `uid` never changes; `sequence` grows with each change, made at `changed_at`."""

    uid: str
    sequence: int
    created_at: datetime
    changed_at: datetime
    time: EventTime
    title: str
    description: str
    place: str
    address: str
    categories: tuple[str, ...]
    is_cancelled: bool


def write_feed(name: str, zone: str, entries: Sequence[FeedEntry]) -> bytes:
    """The calendar with these events, in their order."""
    zones = sorted({entry.time.zone for entry in entries if not entry.time.is_window})
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"X-WR-TIMEZONE:{zone}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
        f"X-PUBLISHED-TTL:{_REFRESH}",
        *(line for one in zones for line in _zone_lines(one)),
        *(line for entry in entries for line in _entry_lines(entry)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _entry_lines(entry: FeedEntry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_stamp(entry.changed_at)}"
    yield f"CREATED:{_stamp(entry.created_at)}"
    yield f"LAST-MODIFIED:{_stamp(entry.changed_at)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield from _time_lines(entry.time)
    yield f"SUMMARY:{_text(('Cancelled: ' if entry.is_cancelled else '') + entry.title)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    if entry.place:
        yield f"LOCATION:{_text(entry.place)}"
    yield f"URL:{entry.address}"
    if entry.categories:
        yield f"CATEGORIES:{','.join(map(_text, entry.categories))}"
    yield f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if entry.time.is_window else 'OPAQUE'}"
    yield "CLASS:PUBLIC"
    yield "END:VEVENT"


def _time_lines(time: EventTime) -> Iterator[str]:
    """A window as whole days, the day after the last as its end; what has no known end without one."""
    if time.is_window:
        yield f"DTSTART;VALUE=DATE:{time.first_on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{time.last_on + timedelta(days=1):%Y%m%d}"
        return
    yield f"DTSTART{_moment(time.starts_at, time.zone)}"
    if time.ends_at is not None:
        yield f"DTEND{_moment(time.ends_at, time.zone)}"


@cache
def _zone_lines(zone: str) -> tuple[str, ...]:
    """The zone's clocks from 2010 to 2039: each change of theirs, told by the clock that was changed."""
    stretches = clock_offsets(zone, _FIRST, _LAST)
    began, before = stretches[0][0], stretches[0][2]
    changes: dict[tuple[int, int, bool, str], list[str]] = {_told(zone, began, before): [_at(began, before)]}
    for (_, _, old), (begin, _, _) in pairwise(stretches):
        changes.setdefault(_told(zone, begin, old), []).append(_at(begin, old))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    for (old, new, is_summer, name), moments in changes.items():
        kind = "DAYLIGHT" if is_summer else "STANDARD"
        lines += [f"BEGIN:{kind}", f"DTSTART:{moments[0]}"]
        lines += [f"RDATE:{','.join(moments[1:])}"] if moments[1:] else []
        lines += [
            f"TZOFFSETFROM:{_offset(old)}",
            f"TZOFFSETTO:{_offset(new)}",
            f"TZNAME:{name}",
            f"END:{kind}",
        ]
    return (*lines, "END:VTIMEZONE")


def _told(zone: str, at: datetime, old: int) -> tuple[int, int, bool, str]:
    shown = at.astimezone(ZoneInfo(zone))
    new = int((shown.utcoffset() or timedelta()).total_seconds()) // 60
    return old, new, bool(shown.dst()), shown.tzname() or zone


def _at(at: datetime, offset: int) -> str:
    return f"{at + timedelta(minutes=offset):%Y%m%dT%H%M%S}"


def _offset(minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _moment(at: datetime, zone: str) -> str:
    """On the clocks of its zone; of an hour that these show twice, the second time can only be told in UTC."""
    shown = at.astimezone(ZoneInfo(zone))
    return f":{_stamp(at)}" if shown.fold else f";TZID={zone}:{shown:%Y%m%dT%H%M%S}"


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    clean = text.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_TEXT)
    for sign in "\\;,":
        clean = clean.replace(sign, f"\\{sign}")
    return clean.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    pieces: list[bytes] = []
    room, piece = _OCTETS, b""
    for sign in map(str.encode, line):
        if len(piece) + len(sign) > room:
            pieces.append(piece)
            # A continued line begins with a space, which is one of its octets.
            room, piece = _OCTETS - 1, b""
        piece += sign
    return b"\r\n ".join((*pieces, piece)) + b"\r\n"


def uid_of(kind: str, ref: str, host: str) -> str:
    """The name of an entry for ever: of an event or one of its sessions, at this installation."""
    return f"{kind}-{ref}@{host}"


def in_one_line(parts: Iterable[str | None], between: str = ", ") -> str:
    """What there is of some parts, one after the other."""
    return between.join(part for part in parts if part)
