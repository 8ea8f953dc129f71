"""Reminders: what the house tells people unasked before it goes stale, when, and that each thing is told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from pdtracker.domain.refusals import NotValid

FIRST_HOUR = 7
"""Nobody is reminded before this hour of the district's day."""

STALE_AFTER = timedelta(days=60)
"""What lay longer than this when its reminder came into force is left alone: a new rule is no flood of letters."""


class ReminderKind(StrEnum):
    """What somebody is reminded of."""

    # An event is over that somebody meant to come to, and no claim is begun.
    LOG = "log"
    # A draft lies.
    REFLECTION = "reflection"
    # A claim waits for its reviewers.
    REVIEW = "review"
    # A licence's cycle ends with something missing.
    CYCLE = "cycle"
    # A claim waits so long for its reviewers that the administrators hear of it.
    ESCALATION = "escalation"

    @property
    def most_days(self) -> int:
        """The longest wait that makes sense."""
        return _MOST_DAYS[self]

    @property
    def fewest_days(self) -> int:
        """The shortest; an event can be asked about on the day itself."""
        return 0 if self is ReminderKind.LOG else 1


_MOST_DAYS: Mapping[ReminderKind, int] = MappingProxyType(
    # After three days an event isn't fresh any more: see registration.ASK_UNTIL.
    {
        ReminderKind.LOG: 2,
        ReminderKind.REFLECTION: 30,
        ReminderKind.REVIEW: 60,
        ReminderKind.CYCLE: 365,
        ReminderKind.ESCALATION: 59,
    }
)


@dataclass(frozen=True, slots=True)
class ReminderTerms:
    """A district's policy: after how many days (of the cycle: before its end) each reminder comes; `None` is never."""

    log: int | None = 0
    reflection: int | None = 5
    review: int | None = 7
    cycle: int | None = 60
    escalation: int | None = 14

    def days(self, kind: ReminderKind) -> int | None:
        """The days of one kind."""
        return {
            ReminderKind.LOG: self.log,
            ReminderKind.REFLECTION: self.reflection,
            ReminderKind.REVIEW: self.review,
            ReminderKind.CYCLE: self.cycle,
            ReminderKind.ESCALATION: self.escalation,
        }[kind]


def require_sound(terms: ReminderTerms) -> None:
    """Refuse with NotValid days that no reminder can have, naming the field by its kind."""
    errors = {
        kind.value: f"Enter a number of days between {kind.fewest_days} and {kind.most_days}."
        for kind in ReminderKind
        if (days := terms.days(kind)) is not None and not kind.fewest_days <= days <= kind.most_days
    }
    if errors:
        raise NotValid(errors)
