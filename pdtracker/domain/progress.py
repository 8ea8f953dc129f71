"""Progress: where a person stands against what the school year asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pdtracker.domain.hours import NBSP, hours_phrase, hours_text
from pdtracker.domain.when import month_day


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
    def sentence(self) -> str:
        """`7.5 of 15 hours approved, 2 waiting, 5.5 to go by June 30`, leaving out what is nothing."""
        of_required = f"{hours_text(self.approved_minutes)} of " if self.required_minutes else ""
        parts = [f"{of_required}{hours_phrase(self.required_minutes or self.approved_minutes)} approved"]
        if self.waiting_minutes:
            parts.append(f"{hours_text(self.waiting_minutes)}{NBSP}waiting")
        if self.to_go_minutes:
            parts.append(f"{hours_text(self.to_go_minutes)}{NBSP}to go by {month_day(self.until)}")
        return ", ".join(parts)
