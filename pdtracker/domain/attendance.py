"""Who was there and for how long: stays, what of them counts in a session's hours, how strong a report is.

Minutes are the union of a person's stays, clipped to the session, less its breaks. Nobody gets a minute twice, however
many devices they joined with.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

_TENTH = Decimal("0.1")


class Strength(StrEnum):
    """What a report can prove, strongest first: from when to when, how long, or only that somebody was there."""

    INTERVALS = "intervals"
    TOTAL = "total"
    PRESENCE = "presence"


class Flag(StrEnum):
    """What a person should look at before they trust a line of a report."""

    END_ASSUMED = "end assumed"
    WAITING_ROOM = "waiting room"
    OUTSIDE = "outside the session"
    LONGER = "longer than the session"
    BOT = "bot"
    DEVICE = "device"
    PHONE = "phone"
    UNVERIFIED = "unverified"
    SHARED_EMAIL = "shared e-mail"
    SEVERAL_NAMES = "several names"
    REPEATED = "repeated"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """One stretch of being there, from one instant to a later one; a break of a session is one too."""

    joined_at: datetime
    left_at: datetime

    def __post_init__(self) -> None:
        if self.joined_at.utcoffset() is None or self.left_at.utcoffset() is None:
            raise ValueError("a stay lies between instants")
        if not self.joined_at < self.left_at:
            raise ValueError("a stay ends after it begins")

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.left_at - self.joined_at


@dataclass(frozen=True, slots=True)
class SessionHours:
    """The fixed hours of a session in its zone, with the breaks that nobody gets credit for. Instants are in UTC."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    breaks: tuple[Stay, ...] = ()

    def __post_init__(self) -> None:
        if not self.starts_at < self.ends_at:
            raise ValueError("a session ends after it starts")

    @property
    def counted(self) -> timedelta:
        """The longest that anybody can have been there."""
        return time_within([Stay(self.starts_at, self.ends_at)], self)


def united(stays: Iterable[Stay]) -> list[Stay]:
    """The same moments as stays in order that neither touch nor overlap."""
    apart: list[Stay] = []
    for stay in sorted(stays):
        if apart and stay.joined_at <= apart[-1].left_at:
            if stay.left_at > apart[-1].left_at:
                apart[-1] = Stay(apart[-1].joined_at, stay.left_at)
        else:
            apart.append(stay)
    return apart


def time_within(stays: Sequence[Stay], hours: SessionHours) -> timedelta:
    """How much of the stays' union lies in the session's hours and in none of its breaks."""
    inside = _shared(united(stays), [Stay(hours.starts_at, hours.ends_at)])
    in_breaks = _shared(inside, united(hours.breaks))
    return _total(inside) - _total(in_breaks)


def minutes_of(length: timedelta) -> Decimal:
    """Minutes to one decimal, half a tenth up: `84 min 50 s -> 84.8`."""
    whole, rest = divmod(length, timedelta(minutes=1))
    seconds = Decimal(rest // timedelta(microseconds=1)) / 60_000_000
    return (whole + seconds).quantize(_TENTH, ROUND_HALF_UP)


def _shared(stays: Sequence[Stay], others: Sequence[Stay]) -> list[Stay]:
    """What both have in common, each being apart within itself."""
    found = []
    for stay in stays:
        for other in others:
            start, end = max(stay.joined_at, other.joined_at), min(stay.left_at, other.left_at)
            if start < end:
                found.append(Stay(start, end))
    return found


def _total(stays: Iterable[Stay]) -> timedelta:
    return sum((stay.length for stay in stays), timedelta())
