"""Going: what one means to come to, by which tie, and where two of one's events are at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.refusals import NotNow

MOST_ADDRESSES = 5
"""So many addresses of one's calendar one can have: a phone, a tablet, a calendar at school, and two to spare."""


class Tie(StrEnum):
    """What makes an event one of a person's own: one fact, told once."""

    GOING = "going"
    REGISTERED = "registered"
    WAITING = "waiting"

    @property
    def words(self) -> str:
        """How pages say it."""
        match self:
            case Tie.GOING:
                return "You\N{RIGHT SINGLE QUOTATION MARK}re going"
            case Tie.REGISTERED:
                return "You have a place"
            case Tie.WAITING:
                return "You are in the line"

    @property
    def comes(self) -> bool:
        """Whether the person comes, as far as anybody knows; who is in the line may not."""
        return self is not Tie.WAITING


class Log(StrEnum):
    """How far somebody is with logging an event: it is sent, or it is a draft that only they see."""

    SENT = "logged"
    DRAFT = "drafted"

    @property
    def words(self) -> str:
        """How lists say it."""
        return "You logged this" if self is Log.SENT else "Your draft, not sent yet"


def require_ahead(time: EventTime, at: datetime, *, stands: bool, asks_to_register: bool) -> None:
    """Refuse with NotNow to mark what is over, what does not take place, or what gives out places."""
    if not stands:
        raise NotNow("event_not_open", "It does not take place, so nobody can be going.")
    if time.is_over(at):
        raise NotNow("event_over", "It is over. If you were there, log it.")
    if asks_to_register:
        raise NotNow("asks_to_register", "This event gives out places: register for it instead.")


def clashes(times: Mapping[int, EventTime]) -> dict[int, tuple[int, ...]]:
    """Which of these events are at the same time: for each that clashes the others, in the order of their beginnings.

    What begins as another one ends does not clash with it. Windows and unknown ends clash with nothing: one comes
    when one can, and nobody knows.
    """
    found: dict[int, list[int]] = {}
    running: list[tuple[datetime, int]] = []
    spans = [
        (time.starts_at, time.ends_at, key)
        for key, time in times.items()
        if time.has_hours and time.ends_at is not None
    ]
    for starts_at, ends_at, key in sorted(spans):
        running = [(until, other) for until, other in running if until > starts_at]
        for _, other in running:
            found.setdefault(other, []).append(key)
            found.setdefault(key, []).append(other)
        running.append((ends_at, key))
    return {key: tuple(others) for key, others in found.items()}
