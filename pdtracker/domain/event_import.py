"""Import of a calendar: what a file says, compared with what it said before. What it doesn't mention stays as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pdtracker.domain.calendar import EventTime

MOST_AT_ONCE = 500
"""So many new and changed events are taken over at once: a page of them can still be looked through."""
READINGS_BY_ONE = ((timedelta(minutes=10), 20), (timedelta(days=1), 100))
"""So many calendars one person has read, looked at or taken over."""


class Fate(StrEnum):
    """What becomes of what a file says."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    SAME = "same"
    # Cancelled before anybody here knew of it.
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One date of an event as a file tells it; `line` is where. Texts are clean, empty stands for "nothing"."""

    line: int
    uid: str
    recurrence: str
    title: str
    time: EventTime
    link: str
    platform: str
    summary: str
    is_cancelled: bool

    @property
    def key(self) -> tuple[str, str]:
        """By what it is known when it comes again."""
        return self.uid, self.recurrence

    @property
    def told(self) -> dict[str, Any]:
        """What is kept of it, to tell whether it says something else next time."""
        ends_at = self.time.ends_at
        return {
            "title": self.title,
            "starts": self.time.starts_at.isoformat(),
            "ends": ends_at.isoformat() if ends_at else None,
            "zone": self.time.zone,
            "has_hours": self.time.has_hours,
            "link": self.link,
            "platform": self.platform,
            "summary": self.summary,
            "cancelled": self.is_cancelled,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """An event that was imported before, and what its calendar said then."""

    event_id: int
    uid: str
    recurrence: str
    link: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one date; `known` is the event that it is already."""

    said: Said
    known: Known | None
    fate: Fate


def plan(said: Sequence[Said], known: Iterable[Known]) -> tuple[Planned, ...]:
    """What would become of each date of a file, in the file's order.

    Known again by UID and begin by the rule. Some programs put the time into the UID, so that an event that was moved
    comes with another: then its own web address tells which it was, where only one of both sides has it.
    """
    here = {(one.uid, one.recurrence): one for one in known}
    mentioned = {one.key for one in said}
    gone = [one for key, one in here.items() if key not in mentioned and one.link]
    fresh = [one for one in said if one.key not in here and one.link]
    by_link = _alone(gone, fresh)
    return tuple(_planned(one, here.get(one.key) or by_link.get(one.key)) for one in said)


def told_time(told: Mapping[str, Any]) -> EventTime:
    """The time that a calendar told before."""
    ends = told["ends"]
    return EventTime(
        datetime.fromisoformat(told["starts"]),
        datetime.fromisoformat(ends) if ends else None,
        told["zone"],
        told["has_hours"],
    )


def _alone(gone: Sequence[Known], fresh: Sequence[Said]) -> dict[tuple[str, str], Known]:
    """Which of the unknown dates is which event that the file no longer mentions, by an address that both have once."""
    of_gone = Counter(one.link for one in gone)
    of_fresh = Counter(one.link for one in fresh)
    by_link = {one.link: one for one in gone if of_gone[one.link] == 1}
    return {one.key: by_link[one.link] for one in fresh if of_fresh[one.link] == 1 and one.link in by_link}


def _planned(said: Said, known: Known | None) -> Planned:
    if known is None:
        return Planned(said, None, Fate.NEVER if said.is_cancelled else Fate.NEW)
    if said.told == known.told:
        return Planned(said, known, Fate.SAME)
    if said.is_cancelled and not known.told["cancelled"]:
        return Planned(said, known, Fate.CANCELLED)
    return Planned(said, known, Fate.CHANGED)
