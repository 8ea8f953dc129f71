"""A district's report on credit: its lines, how long people wait for a decision, and what of it can be passed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from pdtracker.domain.calendar import month_words
from pdtracker.domain.hours import NBSP
from pdtracker.domain.participation import FEWEST_PEOPLE
from pdtracker.domain.when import DASH, date_text

"""Of fewer people no line is passed on: who knows the school knows whose hours they are."""

MOST_RINGS: Final = 12
"""So many fit beside each other on a phone, and all rows keep one measure."""

MONTHS_AT_MOST: Final = 13
"""A longer period is told by year."""

COARSE_PEOPLE: Final = 5
COARSE_MINUTES: Final = 5 * 60
"""In such steps, rounded down, people and time are passed on: so that of two reports, a day apart, the difference tells
of nobody's hours."""

_HOURS_OF_A_DAY: Final = 24
_RING_HOURS: Final = (1, 2, 5, 10, 25, 50)


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Minutes credited to so many people, of one theme, category or school.

    `people` is `None` where that can't be told; `within` is the programme of a theme.
    """

    key: str
    name: str
    people: int | None
    minutes: int
    within: str = ""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long decided claims had waited, from being sent to the decision: how many waited so many whole hours."""

    by_hours: Mapping[int, int]

    @property
    def count(self) -> int:
        """How many decisions there were."""
        return sum(self.by_hours.values())

    @property
    def median_hours(self) -> Fraction | None:
        """Half waited no longer; of an even number the middle between the two in the middle. `None` without any."""
        count = self.count
        if not count:
            return None
        return Fraction(self._hours_of((count + 1) // 2) + self._hours_of(count // 2 + 1), 2)

    def at_least(self, days: int) -> int:
        """How many waited so many days or more."""
        return sum(count for hours, count in self.by_hours.items() if hours >= days * _HOURS_OF_A_DAY)

    def _hours_of(self, place: int) -> int:
        """How long the one at this place waited, by the length of the wait."""
        passed = 0
        for hours in sorted(self.by_hours):
            passed += self.by_hours[hours]
            if passed >= place:
                return hours
        raise ValueError(f"there are only {passed}")


def together(waits: Sequence[Waits]) -> Waits:
    """All of them."""
    sums: Counter[int] = Counter()
    for one in waits:
        sums.update(one.by_hours)
    return Waits(sums)


def days_figure(hours: Fraction) -> str:
    """Hours as days with one decimal, as people say them: `2`, `4.5`, and `0.1` for anything shorter."""
    if not hours:
        return "0"
    tenths = max(1, round(hours * 10 / _HOURS_OF_A_DAY))
    whole, rest = divmod(tenths, 10)
    return f"{whole:,}.{rest}" if rest else f"{whole:,}"


def share_words(part: int, whole: int) -> str:
    """`14 %`; `under 1 %` and `over 99 %` where rounding would say none or all."""
    percent = round(Fraction(part * 100, whole)) if whole else 0
    if percent == 0 and part:
        return f"under{NBSP}1{NBSP}%"
    if percent == 100 and part < whole:
        return f"over{NBSP}99{NBSP}%"
    return f"{percent}{NBSP}%"


def ring_hours(most_minutes: int) -> int:
    """How many hours a ring stands for, so that the longest row has at most twelve: 1, 2, 5, 10, 25, 50, 100, ..."""
    scale = 1
    while True:
        for hours in _RING_HOURS:
            if most_minutes <= MOST_RINGS * hours * scale * 60:
                return hours * scale
        scale *= 10


def stretches(first: date, last: date, year_starts: tuple[int, int]) -> tuple[tuple[date, str], ...]:
    """The first day of each month between two days, with its name; of each school year where that is long."""
    months = _firsts(first, last, (1, 1), every_month=True)
    if len(months) <= MONTHS_AT_MOST:
        return tuple((on, month_words(on.year, on.month)) for on in months)
    years = _firsts(first, last, year_starts, every_month=False)
    return tuple((on, f"From {date_text(on)}") for on in years)


def fit_to_pass_on(
    lines: Sequence[CreditLine], others: str, people: int, *, are_disjoint: bool
) -> tuple[CreditLine, ...]:
    """The lines with those of fewer than five people put together into one, named `others`.

    So that nobody reckons what was left out, the smallest of the others joins until these are several, and surely of
    five people: of all `people`, those in no line that stays are among them. `are_disjoint` says that nobody is counted
    in two lines; else how many they are can't be told.
    """
    ordered = sorted(lines, key=_people_of)
    small = [line for line in ordered if _people_of(line) < FEWEST_PEOPLE]
    if not small:
        return tuple(lines)
    while len(small) < len(ordered) and (
        len(small) == 1 or _at_least(small, ordered[len(small) :], people) < FEWEST_PEOPLE
    ):
        small.append(ordered[len(small)])
    counted = sum(map(_people_of, small)) if are_disjoint else None
    gathered = CreditLine("", others, counted, sum(line.minutes for line in small))
    return (*(line for line in lines if line not in small), gathered)


def coarse(line: CreditLine) -> CreditLine:
    """A line as it is passed on: 13 people and 41 hours -> 10 people and 40 hours."""
    people = None if line.people is None else coarse_people(line.people)
    return replace(line, people=people, minutes=coarse_minutes(line.minutes))


def coarse_people(people: int) -> int:
    """How many people, in fives."""
    return people - people % COARSE_PEOPLE


def coarse_minutes(minutes: int) -> int:
    """How much time, in five hours."""
    return minutes - minutes % COARSE_MINUTES


def period_words(first: date, last: date) -> str:
    """`July 1, 2026 – June 30, 2027`."""
    return f"{date_text(first)} {DASH} {date_text(last)}"


def _people_of(line: CreditLine) -> int:
    return line.people or 0


def _at_least(small: Sequence[CreditLine], staying: Sequence[CreditLine], people: int) -> int:
    """How many people the small lines surely have."""
    return max(_people_of(small[-1]), people - sum(map(_people_of, staying)))


def _firsts(first: date, last: date, starts: tuple[int, int], *, every_month: bool) -> list[date]:
    """`first`, and each first day of a month or year after it up to `last`."""
    found = [first]
    while True:
        before = found[-1]
        if every_month:
            following = date(before.year + before.month // 12, before.month % 12 + 1, 1)
        else:
            following = date(before.year, *starts)
            if following <= before:
                following = date(before.year + 1, *starts)
        if following > last:
            return found
        found.append(following)
