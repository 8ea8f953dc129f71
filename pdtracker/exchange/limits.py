"""How much of a file is read, and what somebody is told to choose instead of a larger one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file of a kind; `thing` is its word, `advice` a sentence that says what to choose."""

    thing: str
    bytes: int
    lines: int
    cells: int
    advice: str


REPORT: Final = Limits("report", 16 * 1024 * 1024, 120_000, 1_500_000, "Choose the report of one session.")
"""50,000 joins take 6 MB, or 12 in the UTF-16 of Teams."""

ROSTER: Final = Limits("roster", 96 * 1024 * 1024, 600_000, 16_000_000, "Leave the students out of it.")
"""A district of 50,000 teachers with all of its students takes 80 MB."""
