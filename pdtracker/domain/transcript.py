"""A person's awards over a period, as one sheet of values with its totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class TranscriptRow:
    """One award: its day, what it was for, its minutes (negative when taken back), its certificate's code."""

    on: date
    title: str
    host: str
    kind: str
    category: str
    minutes: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TranscriptSheet:
    """What a transcript states. The rows stand in the order in which they are to be read."""

    district: str
    place: str
    person: str
    school: str | None
    first_day: date
    last_day: date
    rows: tuple[TranscriptRow, ...]
    issued_on: date
    verify_address: str

    def __post_init__(self) -> None:
        if self.first_day > self.last_day:
            raise ValueError("a period ends after it begins")

    @property
    def total_minutes(self) -> int:
        """All minutes of the period."""
        return sum(row.minutes for row in self.rows)

    @property
    def categories(self) -> tuple[tuple[str, int], ...]:
        """Minutes by category, the largest first; equal ones by name."""
        sums: dict[str, int] = {}
        for row in self.rows:
            sums[row.category] = sums.get(row.category, 0) + row.minutes
        return tuple(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
