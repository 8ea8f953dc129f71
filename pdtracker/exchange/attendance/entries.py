"""What a format finds: entries in the report's own words, by meeting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pdtracker.domain.attendance import Flag, Strength
from pdtracker.exchange.attendance.clock import Order
from pdtracker.exchange.refused import Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row says of one person. Times and durations are texts still: their order is the whole file's."""

    line: int
    name: str
    email: str = ""
    account: str = ""
    """The name of an account, of an address's form, where a report has it beside the e-mail."""
    number: str = ""
    """Of an employee or a licence, as it was typed or exported."""
    person: str = ""
    """Tells people apart where neither e-mail nor name can: an attendee's number."""
    joined: str = ""
    left: str = ""
    """Empty when the report was taken before they left."""
    lasted: str = ""
    meeting: str = ""
    flags: frozenset[Flag] = frozenset()
    counts: bool = True
    """False for a row that earns nothing: a waiting room, a mark of absence."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that a file holds, with when it was as far as the file says it."""

    topic: str = ""
    started: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a format found in a file."""

    format: str
    strength: Strength
    entries: list[Entry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    meetings: Mapping[str, Meeting] = field(default_factory=dict)
    zone: str | None = None
    """Where the format itself settles the zone of its times."""
    absent: int = 0
    """How many people the report lists as not having come."""
    order: Order | None = None
    """Of day and month, where somebody said it."""
    email_is_key: bool = True
    """False where one e-mail stands for several people."""
