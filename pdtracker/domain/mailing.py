"""Which letters there are, how somebody may have each sort of them, and when: at once, in a digest, after the night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import local

DIGEST_AT = time(7)
"""When a digest is written, on its reader's clock."""

_MONDAY = 0
_MINUTES_OF_DAY = 24 * 60


class LetterKind(StrEnum):
    """What a letter is about, as its reader chooses by it."""

    DECISION = "decision"
    ACCOUNT = "account"
    REVIEW = "review"
    REMINDER = "reminder"
    LICENCE = "licence"
    EVENT = "event"
    PROPOSAL = "proposal"
    DISCUSSION = "discussion"
    # Letters that were gathered, in one.
    DIGEST = "digest"
    # To somebody outside, or to try the mail: nobody's to choose.
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind on pages."""
        return _LABELS[self]

    @property
    def paces(self) -> tuple[Pace, ...]:
        """How somebody may have it; the first is what holds unless they choose."""
        return _PACES[self]

    @property
    def is_noticed(self) -> bool:
        """Whether what it says is a notice in the house as well."""
        return self not in {LetterKind.DIGEST, LetterKind.OTHER}

    @property
    def may_stop(self) -> bool:
        """Whether its reader may do without it."""
        return Pace.NEVER in self.paces


class Pace(StrEnum):
    """How somebody has letters of a kind."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"

    @property
    def label(self) -> str:
        """The pace on pages."""
        return _PACE_LABELS[self]


_LABELS: Mapping[LetterKind, str] = MappingProxyType(
    {
        LetterKind.DECISION: "Decisions about your claims and certificates",
        LetterKind.ACCOUNT: "Your account and your password",
        LetterKind.REVIEW: "Claims that wait for you as a reviewer",
        LetterKind.REMINDER: "Reminders about your claims",
        LetterKind.LICENCE: "Your licence’s cycle",
        LetterKind.EVENT: "Events that you go to",
        LetterKind.PROPOSAL: "Events and links that were proposed",
        LetterKind.DISCUSSION: "Discussions",
        LetterKind.DIGEST: "Digests",
        LetterKind.OTHER: "Other letters",
    }
)
_PACE_LABELS: Mapping[Pace, str] = MappingProxyType(
    {
        Pace.AT_ONCE: "At once",
        Pace.DAILY: "In a daily digest",
        Pace.WEEKLY: "In a weekly digest, on Mondays",
        Pace.NEVER: "Not at all",
    }
)
_ALL = tuple(Pace)
_TOLD = (Pace.AT_ONCE, Pace.DAILY, Pace.WEEKLY)
# Who has a claim must learn what became of it, and who reviews that people wait; a password is told of at once.
_PACES: Mapping[LetterKind, tuple[Pace, ...]] = MappingProxyType(
    {
        **dict.fromkeys(LetterKind, _ALL),
        LetterKind.DECISION: _TOLD,
        LetterKind.REVIEW: _TOLD,
        LetterKind.ACCOUNT: (Pace.AT_ONCE,),
        LetterKind.DIGEST: (Pace.AT_ONCE,),
        LetterKind.OTHER: (Pace.AT_ONCE,),
    }
)

CHOSEN_KINDS: tuple[LetterKind, ...] = tuple(kind for kind in LetterKind if len(kind.paces) > 1)
"""The kinds among which somebody chooses, in their order on the page."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When somebody wants no letters: from and until, in minutes of the day on their own clock, also over midnight."""

    from_minute: int
    until_minute: int

    def __post_init__(self) -> None:
        """Refuse what is no stretch of a day."""
        if self.from_minute == self.until_minute:
            raise NotValid({"quiet_until": "Choose an end that is not the beginning."})

    def end(self, at: datetime, zone: str) -> datetime | None:
        """When the quiet hours end in which the moment lies; `None` outside of them.

        By the wall clock: on the night when clocks go forward they are an hour shorter. An end that the clocks skip
        is as long after midnight as on any other day.
        """
        here = local(at, zone)
        minute = here.hour * 60 + here.minute
        if self.from_minute < self.until_minute:
            if not self.from_minute <= minute < self.until_minute:
                return None
            days = 0
        else:
            if self.until_minute <= minute < self.from_minute:
                return None
            days = 1 if minute >= self.from_minute else 0
        end = on_the_clock(here + timedelta(days=days), self.until_minute, zone)
        # The hour that an autumn night has twice: by the clock the end was reached before.
        return end if end > at else None


def on_the_clock(day: datetime, minute: int, zone: str) -> datetime:
    """The moment, in UTC, at which the clocks of a zone show a minute of a day; of two such moments the first."""
    wall = datetime.combine(day.date(), time(*divmod(minute % _MINUTES_OF_DAY, 60)))
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def digest_at(pace: Pace, gathered_at: datetime, zone: str) -> datetime:
    """When the digest is written in which a letter comes that was gathered at this moment."""
    here = local(gathered_at, zone)
    minute = DIGEST_AT.hour * 60 + DIGEST_AT.minute
    days = 0 if here.time() < DIGEST_AT else 1
    if pace is Pace.WEEKLY:
        days += (_MONDAY - (here + timedelta(days=days)).weekday()) % 7
    return on_the_clock(here + timedelta(days=days), minute, zone)
