"""Progress: where a person stands against what the school year asks, as a sentence and as rings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pdtracker.domain.hours import NBSP, hours_phrase, hours_text
from pdtracker.domain.when import month_day

_HOUR = 60
_MOST_HOUR_RINGS = 20


@dataclass(frozen=True, slots=True)
class Ring:
    """One ring of the meter: the exact part of it that counts, that waits, and that is still to come."""

    approved: Fraction
    waiting: Fraction
    to_go: Fraction


@dataclass(frozen=True, slots=True)
class Progress:
    """Minutes approved and waiting against the minutes required by the last day `until`."""

    approved_minutes: int
    waiting_minutes: int
    required_minutes: int
    until: date

    def __post_init__(self) -> None:
        if min(self.approved_minutes, self.waiting_minutes, self.required_minutes) < 0:
            raise ValueError("progress is counted in minutes from 0 up")

    @property
    def to_go_minutes(self) -> int:
        """What is still to be attended when everything that waits is approved; never below 0."""
        return max(0, self.required_minutes - self.approved_minutes - self.waiting_minutes)

    @property
    def is_met(self) -> bool:
        """Whether what is approved already suffices."""
        return self.approved_minutes >= self.required_minutes

    @property
    def ring_minutes(self) -> int:
        """What one ring stands for: an hour, or ten hours where more than 20 rings would be needed."""
        return _HOUR if self._drawn_minutes <= _MOST_HOUR_RINGS * _HOUR else 10 * _HOUR

    @property
    def rings(self) -> tuple[Ring, ...]:
        """The meter, ring by ring: what counts first, then what waits, then what is to come.

        Enough rings for what is required and for more, if more is there. The last may be needed only in part.
        """
        size = self.ring_minutes
        approved_end = self.approved_minutes
        waiting_end = approved_end + self.waiting_minutes
        drawn = self._drawn_minutes
        return tuple(
            Ring(
                approved=_part(first, size, 0, approved_end),
                waiting=_part(first, size, approved_end, waiting_end),
                to_go=_part(first, size, waiting_end, drawn),
            )
            for first in range(0, drawn, size)
        )

    @property
    def sentence(self) -> str:
        """`7.5 of 15 hours approved, 2 waiting, 5.5 to go by June 30`, leaving out what is nothing."""
        of_required = f"{hours_text(self.approved_minutes)} of " if self.required_minutes else ""
        parts = [f"{of_required}{hours_phrase(self.required_minutes or self.approved_minutes)} approved"]
        if self.waiting_minutes:
            parts.append(f"{hours_text(self.waiting_minutes)}{NBSP}waiting")
        if self.to_go_minutes:
            parts.append(f"{hours_text(self.to_go_minutes)}{NBSP}to go by {month_day(self.until)}")
        return ", ".join(parts)

    @property
    def _drawn_minutes(self) -> int:
        return max(self.required_minutes, self.approved_minutes + self.waiting_minutes)


def _part(first: int, size: int, start: int, end: int) -> Fraction:
    """The part of the ring of minutes [first, first + size) that [start, end) fills."""
    return Fraction(max(0, min(first + size, end) - max(first, start)), size)
