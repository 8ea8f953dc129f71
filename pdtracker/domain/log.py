"""Log: what somebody spent on which days with something without fixed hours, such as a book club."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pdtracker.domain.hours import MAX_DAY_MINUTES, hours_short
from pdtracker.domain.when import month_day

MOST_DAYS = 60


@dataclass(frozen=True, slots=True, order=True)
class LogDay:
    """One day and its minutes."""

    on: date
    minutes: int


def log_fault(days: Sequence[LogDay]) -> str:
    """Why these can't be a log; empty when they can."""
    if len({day.on for day in days}) != len(days):
        return "Enter each day once. Add up what you spent on it."
    if len(days) > MOST_DAYS:
        return f"Enter at most {MOST_DAYS} days. Log the others as a claim of their own."
    if any(not 1 <= day.minutes <= MAX_DAY_MINUTES for day in days):
        return "Enter between 1 minute and 24 hours for each day."
    if sum(day.minutes for day in days) > MAX_DAY_MINUTES:
        return "One claim is for at most 24 hours in all. Log the others as a claim of their own."
    return ""


def log_words(days: Sequence[LogDay]) -> str:
    """The days in a line: `October 3: 0.5 h, October 9: 1 h`."""
    return ", ".join(f"{month_day(day.on)}: {hours_short(day.minutes)}" for day in sorted(days))
