"""A calendar's bytes as components: folded lines joined, also those that were folded wrongly, and only what is read.

Properties that nobody needs here (attachments, alarms, rules of time zones) are left out before anything parses them.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.refused import Refused

LIMIT_BYTES: Final = 2 * 1024 * 1024
MOST_EVENTS: Final = 2_000
LONGEST_LINE: Final = 50_000
"""Long enough for a series of years with each of its exceptions."""

_MOST_OF_PARAMETERS: Final = 500
_MOST_LINE_ENDS: Final = 400_000

_NO_CALENDAR: Final = "This is no calendar: it doesn’t begin with BEGIN:VCALENDAR. Choose an .ics file."
_WIDE_MARKS: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_PROPERTY: Final = re.compile(r"([A-Za-z0-9-]{1,60})[:;]")
_OF_A_CALENDAR: Final = frozenset({"METHOD", "X-WR-TIMEZONE"})
_OF_AN_EVENT: Final = frozenset(
    "UID RECURRENCE-ID SEQUENCE LAST-MODIFIED DTSTAMP SUMMARY STATUS URL LOCATION DESCRIPTION "
    "DTSTART DTEND DURATION RRULE RDATE EXDATE".split()
)
_OF_A_ZONE: Final = frozenset({"TZID", "X-LIC-LOCATION", "TZOFFSETTO"})
_READ_IN: Final = {
    "VCALENDAR": _OF_A_CALENDAR,
    "VEVENT": _OF_AN_EVENT,
    "VTIMEZONE": _OF_A_ZONE,
    "STANDARD": _OF_A_ZONE,
    "DAYLIGHT": _OF_A_ZONE,
}


@dataclass(slots=True)
class Component:
    """A part of a calendar, with the line that it begins at and its content lines by name, in the file's order."""

    kind: str
    line: int
    told: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """The first content line of a name, whole; empty when there is none."""
        lines = self.told.get(name)
        return lines[0] if lines else ""

    def value(self, name: str) -> str:
        """The bare value of a property that has no parameters to speak of."""
        return self.first(name).partition(":")[2].strip()


@dataclass(slots=True)
class Calendar:
    """One VCALENDAR of a file."""

    component: Component
    events: list[Component] = field(default_factory=list)
    zones: list[Component] = field(default_factory=list)


def calendars(data: bytes, refused: list[Refused]) -> list[Calendar]:
    """The calendars of a file. Raises Mistyped for what is none, or has more than a programme can have.

    An event that is not closed is refused; the calendar around it is read all the same.
    """
    if len(data) > LIMIT_BYTES:
        raise Mistyped(f"This calendar has more than {LIMIT_BYTES // 1024**2} MB. Export a shorter time.")
    narrow = _narrow(data)
    upper = narrow.upper()
    if b"BEGIN:VCALENDAR" not in upper:
        raise Mistyped(_NO_CALENDAR)
    if upper.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise Mistyped(f"This calendar has more than {MOST_EVENTS:,} events. Export a shorter time.")
    if narrow.count(b"\n") + narrow.count(b"\r") > _MOST_LINE_ENDS:
        raise Mistyped("This calendar has too many lines. Export a shorter time.")
    reader = _Reader(refused)
    for line, text in _content_lines(narrow):
        reader.take(line, text)
    reader.close()
    return reader.calendars


def _narrow(data: bytes) -> bytes:
    for mark, encoding in _WIDE_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").encode()
    return data.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")


def _content_lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Unfolded lines with the number that each begins at.

    Folding counts octets, so it can cut a letter in two: lines are joined as bytes. A line that is no property at all
    is the rest of the one before, which somebody folded without the space.
    """
    start, parts = 0, list[bytes]()
    for number, raw in enumerate(_LINE_END.split(data), 1):
        if raw[:1] in {b" ", b"\t"} and parts:
            parts.append(raw[1:])
        elif parts and raw and not _PROPERTY.match(raw[:64].decode("latin-1")):
            parts.append(raw)
        elif raw:
            if parts:
                yield start, _text(parts)
            start, parts = number, [raw]
    if parts:
        yield start, _text(parts)


def _text(parts: list[bytes]) -> str:
    whole = b"".join(parts)
    try:
        return whole.decode()
    except UnicodeDecodeError:
        return whole.decode("cp1252", "replace")


class _Reader:
    """Goes down the content lines and keeps what is read of each component."""

    def __init__(self, refused: list[Refused]) -> None:
        self.calendars: list[Calendar] = []
        self._refused = refused
        self._within: list[str] = []
        self._event: Component | None = None
        self._zone: Component | None = None

    def take(self, line: int, text: str) -> None:
        """Reads the next content line."""
        found = _PROPERTY.match(text)
        if found is None:
            return
        name = found[1].upper()
        if name == "BEGIN":
            self._begin(text[6:].strip().upper(), line)
        elif name == "END":
            self._end(text[4:].strip().upper())
        elif self._within and name in _READ_IN.get(self._within[-1], ()):
            self._keep(name, text, line)

    def close(self) -> None:
        """The file has ended."""
        self._require_closed()

    def _begin(self, kind: str, line: int) -> None:
        if kind == "VCALENDAR":
            self._require_closed()
            self._within.clear()
            self.calendars.append(Calendar(Component(kind, line)))
        elif kind == "VEVENT" and self.calendars:
            self._require_closed()
            self._event = Component(kind, line)
        elif kind == "VTIMEZONE" and self.calendars:
            self._zone = Component(kind, line)
            self.calendars[-1].zones.append(self._zone)
        self._within.append(kind)

    def _end(self, kind: str) -> None:
        while self._within and self._within.pop() != kind:
            pass
        if kind == "VEVENT" and self._event is not None:
            self.calendars[-1].events.append(self._event)
            self._event = None

    def _keep(self, name: str, text: str, line: int) -> None:
        match self._within[-1]:
            case "VCALENDAR":
                component = self.calendars[-1].component if self.calendars else None
            case "VEVENT":
                component = self._event
            case _:
                component = self._zone
        if component is None:
            return
        if len(text) > LONGEST_LINE or len(text.partition(":")[0]) > _MOST_OF_PARAMETERS:
            self._refused.append(Refused(line, f"{name} is too long and was left out."))
            return
        component.told.setdefault(name, []).append(text)

    def _require_closed(self) -> None:
        if self._event is not None:
            self._refused.append(Refused(self._event.line, "This event isn’t closed with END:VEVENT."))
            self._event = None
