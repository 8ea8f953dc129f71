"""One VEVENT as a value: its times in its zone, what it repeats, and whether it is cancelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from pdtracker.exchange.ics.lines import Calendar, Component
from pdtracker.exchange.ics.values import Rule, day_or_time, length_of, parts_of, rule_of
from pdtracker.exchange.ics.zones import zone_of

LONGEST_TEXT: Final = 500
LONGEST_ABOUT: Final = 4_000
_LONGEST_UID: Final = 500
_LONGEST_RULE: Final = 1_000
_MOST_DATES: Final = 1_000
_SHOWN_OF_A_VALUE: Final = 40
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class Status(StrEnum):
    """What a publisher says of an event."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Local:
    """A time on the clock of a zone, or a whole day; naive, because a series repeats by the clock."""

    at: datetime
    zone: str
    is_day: bool

    def instant(self) -> datetime:
        """The moment in the zone, aware."""
        return self.at.replace(tzinfo=ZoneInfo(self.zone))

    def on_clock_of(self, zone: str) -> datetime:
        """What another zone's clock shows then; days are the same everywhere."""
        if self.is_day or zone == self.zone:
            return self.at
        return self.instant().astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Vevent:
    """An event, a series, or one changed date of a series, as a file has it."""

    line: int
    uid: str
    recurrence_id: Local | None
    changes_later_ones: bool
    title: str
    start: Local
    length: timedelta | None
    """`None` where the file tells no end: its hours are unknown."""
    rule: Rule | None
    also: tuple[Local, ...]
    never: tuple[Local, ...]
    url: str | None
    place: str
    about: str
    status: Status
    standing: tuple[int, str]
    """Which of two versions is the newer: sequence, then the time of the last change."""
    shown_in: str
    """The zone that its times are shown in: the calendar's, where they are UTC."""


class Unreadable(ValueError):
    """An event can't be read; `str()` of it says why."""


def event_of(component: Component, calendar: Calendar, floating_zone: str | None) -> Vevent:
    """The event. `floating_zone` is where its times are when neither they nor the calendar tell a zone.

    Raises Unreadable with a sentence.
    """
    try:
        return _Reading(component, calendar, floating_zone).event()
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - the library's errors, and whatever a malformed value makes it run into
        raise Unreadable("This event can’t be read.") from None


class _Reading:
    def __init__(self, component: Component, calendar: Calendar, floating_zone: str | None) -> None:
        self._component = component
        self._calendar = calendar
        told = calendar.component.value("X-WR-TIMEZONE")
        self._calendar_zone = zone_of(told, calendar.zones) if told else None
        self._floating_zone = self._calendar_zone or floating_zone

    def event(self) -> Vevent:
        component = self._component
        uid = component.value("UID")
        if not uid:
            raise Unreadable("It has no UID, so it couldn’t be known again.")
        start = self._one("DTSTART")
        if start is None:
            raise Unreadable("It has no DTSTART, so nobody knows when it begins.")
        recurrence_id = self._one("RECURRENCE-ID")
        return Vevent(
            line=component.line,
            uid=uid[:_LONGEST_UID],
            recurrence_id=recurrence_id,
            changes_later_ones="RANGE=THISANDFUTURE" in component.first("RECURRENCE-ID").upper(),
            title=_text(component.first("SUMMARY")),
            start=start,
            length=self._length(start),
            rule=_rule(component.value("RRULE")) if recurrence_id is None else None,
            also=self._many("RDATE"),
            never=self._many("EXDATE"),
            url=_url(component.first("URL")),
            place=_text(component.first("LOCATION")),
            about=_text(component.first("DESCRIPTION"), LONGEST_ABOUT),
            status=self._status(),
            standing=_standing(component),
            shown_in=(self._calendar_zone or start.zone) if start.zone == "UTC" else start.zone,
        )

    def _one(self, name: str) -> Local | None:
        line = self._component.first(name)
        if not line:
            return None
        found = self._locals(line, name)
        if not found:
            raise Unreadable(f"Its {name} can’t be read.")
        return found[0]

    def _many(self, name: str) -> tuple[Local, ...]:
        lines = self._component.told.get(name, ())
        if sum(line.count(",") + 1 for line in lines) > _MOST_DATES:
            raise Unreadable(f"Its {name} lists more than {_MOST_DATES:,} dates.")
        return tuple(local for line in lines for local in self._locals(line, name))

    def _locals(self, line: str, name: str) -> Sequence[Local]:
        parameters, value = parts_of(line)
        named = parameters.get("TZID")
        # Of a period, `begin/end`, the begin is the date.
        texts = [text.strip().partition("/")[0] for text in value.split(",")]
        return [self._local(text, str(named) if named else "", name) for text in texts if text]

    def _local(self, text: str, named: str, name: str) -> Local:
        unreadable = Unreadable(f"Its {name} can’t be read: “{text[:_SHOWN_OF_A_VALUE]}”.")
        try:
            told = day_or_time(text)
        except ValueError:
            raise unreadable from None
        if not _FIRST_YEAR <= told.year <= _LAST_YEAR:
            raise unreadable
        if not isinstance(told, datetime):
            zone = self._floating_zone or "UTC"
            return Local(datetime(told.year, told.month, told.day), zone, is_day=True)  # noqa: DTZ001 - by the clock
        if told.tzinfo is not None:
            return Local(told.astimezone(UTC).replace(tzinfo=None), "UTC", is_day=False)
        return Local(told, self._zone(named), is_day=False)

    def _zone(self, named: str) -> str:
        if not named:
            if self._floating_zone is None:
                raise Unreadable(
                    "Its times have no time zone, and the calendar names none. Say which one is meant."
                )
            return self._floating_zone
        zone = zone_of(named, self._calendar.zones)
        if zone is None:
            raise Unreadable(f"Its time zone “{named[:60]}” isn’t known.")
        return zone

    def _length(self, start: Local) -> timedelta | None:
        """Until the end; a day without one is one day, a time without one has no known length."""
        end = self._one("DTEND")
        if end is not None and end.is_day == start.is_day:
            length = (
                end.at - start.at
                if start.is_day
                else end.instant().astimezone(UTC) - start.instant().astimezone(UTC)
            )
        elif told := self._component.value("DURATION"):
            length = length_of(told)
        else:
            return timedelta(days=1) if start.is_day else None
        if length < timedelta():
            raise Unreadable("It ends before it begins.")
        return max(length, timedelta(days=1)) if start.is_day else length

    def _status(self) -> Status:
        if self._calendar.component.value("METHOD").upper() == "CANCEL":
            return Status.CANCELLED
        told = self._component.value("STATUS").lower()
        return Status(told) if told in set(Status) else Status.CONFIRMED


def _text(line: str, limit: int = LONGEST_TEXT) -> str:
    if not line:
        return ""
    shown = "".join(
        " " if unicodedata.category(sign) == "Cc" else sign for sign in parts_of(line[: limit * 2])[1]
    )
    return " ".join(shown.split())[:limit]


def _url(line: str) -> str | None:
    """A web address, never anything that a browser would run."""
    url = (
        line.partition(":")[2].strip()
        if line.upper().startswith("URL:")
        else parts_of(line)[1]
        if line
        else ""
    )
    fits = (
        len(url) <= LONGEST_TEXT * 4 and url.lower().startswith(("http://", "https://")) and url.isprintable()
    )
    return url if fits and " " not in url else None


def _rule(text: str) -> Rule | None:
    if not text:
        return None
    if len(text) > _LONGEST_RULE:
        raise Unreadable("The rule by which it repeats is too long.")
    try:
        rule = rule_of(text)
    except ValueError:
        raise Unreadable("The rule by which it repeats can’t be read.") from None
    if "FREQ" not in rule:
        raise Unreadable("The rule by which it repeats doesn’t say how often.")
    return rule


def _standing(component: Component) -> tuple[int, str]:
    sequence = component.value("SEQUENCE")
    changed = component.value("LAST-MODIFIED") or component.value("DTSTAMP")
    return int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 10 else 0, changed[
        :20
    ]
