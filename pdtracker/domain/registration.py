"""Registration: a place at an event, or one in the line for it, and what letters say about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pdtracker.domain.refusals import NotNow
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import day_text, local, time_text, zone_words

REMIND_BEFORE = timedelta(hours=24)
ASK_UNTIL = timedelta(days=3)
"""So long after its end somebody is asked to log an event; later it isn't fresh any more."""

MOST_PLACES = 100_000


class RegistrationState(StrEnum):
    """Where a registration stands."""

    REGISTERED = "registered"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms people register: how many places, until when; `None` stands for no end of either."""

    places: int | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Expecting:
    """How many expect an event to take place: with a place, in the line for one, or by their own calendar."""

    registered: int
    waiting: int
    going: int

    @property
    def total(self) -> int:
        """How many hear of it when it doesn't."""
        return self.registered + self.waiting + self.going

    @property
    def words(self) -> str:
        """`17 people: 12 with a place, three who wait for one, two who mean to come`; empty when there is nobody."""
        kinds = (
            (self.registered, "with a place", "with a place"),
            (self.waiting, "who waits for one", "who wait for one"),
            (self.going, "who means to come", "who mean to come"),
        )
        told = [count_of(count, one, many) for count, one, many in kinds if count]
        return f"{count_of(self.total, 'person', 'people')}: {', '.join(told)}" if told else ""


def require_open(terms: Terms, *, has_begun: bool, at: datetime, zone: str) -> None:
    """Refuse with NotNow to register too late, with the moment until which it was possible."""
    if has_begun:
        raise NotNow("event_begun", "It has begun. Registration was possible until then.")
    if terms.closes_at is not None and terms.closes_at <= at:
        until = local(terms.closes_at, zone)
        words = f"{day_text(until)}, {time_text(until)} {zone_words(zone)}"
        raise NotNow("registration_closed", f"Registration was possible until {words}. Ask the host.")


def state_on_asking(terms: Terms, taken: int, waiting: int) -> RegistrationState:
    """What somebody who asks now gets: a place while one is free and nobody waits, else one in the line."""
    if terms.places is None or (taken < terms.places and not waiting):
        return RegistrationState.REGISTERED
    return RegistrationState.WAITING


def free_places(terms: Terms, taken: int, waiting: int) -> int:
    """How many of those who wait get a place now. Who has one never loses it, however few there are."""
    return waiting if terms.places is None else max(0, min(waiting, terms.places - taken))
