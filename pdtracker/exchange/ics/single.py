"""One event as a calendar file of its own, for a letter or a download: values in, bytes out, always the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LINE_BYTES = 75


@dataclass(frozen=True, slots=True)
class SingleEvent:
    """What stands in the file. `ends_at` is `None` where nobody knows the end: then no end is told.

    `days` are the first and last day of an event without hours; it is entered as whole days.
    """

    uid: str
    title: str
    description: str
    where: str
    address: str
    starts_at: datetime
    ends_at: datetime | None
    days: tuple[date, date] | None
    written_at: datetime


def event_file(event: SingleEvent) -> bytes:
    """The calendar file (RFC 5545): moments in UTC, so that it needs no zone; lines folded at 75 bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//pdtracker//event//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"DTSTAMP:{_moment(event.written_at)}",
        *_times(event),
        f"SUMMARY:{_text(event.title)}",
        f"DESCRIPTION:{_text(event.description)}",
        *([f"LOCATION:{_text(event.where)}"] if event.where else []),
        f"URL:{event.address}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _times(event: SingleEvent) -> list[str]:
    if event.days is not None:
        first, last = event.days
        return [
            f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
        ]
    ends = [f"DTEND:{_moment(event.ends_at)}"] if event.ends_at is not None else []
    return [f"DTSTART:{_moment(event.starts_at)}", *ends]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Escaped as the format asks: backslash, semicolon, comma, line end."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> bytes:
    """The line with its end; what is longer goes on after a blank, and no letter is cut in two."""
    parts, current = [], b""
    for sign in line:
        encoded = sign.encode()
        if len(current) + len(encoded) > _LINE_BYTES:
            parts.append(current)
            current = b" "
        current += encoded
    return b"\r\n".join([*parts, current]) + b"\r\n"
