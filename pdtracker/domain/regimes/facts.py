"""Facts: what is known of a person's cycle and activities before any rule runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pdtracker.domain.regimes.cycles import Cycle

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class Activity(NamedTuple):
    """One thing that somebody took part in, from `on` to `ends_on`, both included.

    `minutes` are instructional. `sessions` are the minutes of its sittings, where they are known one by one.
    `categories` are the minutes of each; they may overlap but none is longer than the activity. `evidence` maps what
    is shown (`approved_provider`, `assessed`) to the day it is dated, `None` when no day is told.

    A tuple, because a district's count makes a million of them, and a frozen dataclass takes five times as long.
    """

    id: str
    on: date
    ends_on: date
    minutes: int = 0
    sessions: tuple[int, ...] = ()
    quantities: Mapping[str, Fraction] = _NONE
    kind: str | None = None
    categories: Mapping[str, int] = _NONE
    topic: str | None = None
    level: str | None = None
    repeat_key: str | None = None
    evidence: Mapping[str, date | None] = _NONE

    @property
    def days(self) -> int:
        """How many days it went over."""
        return (self.ends_on - self.on).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What of a person changes the rules.

    `facts` are statuses and licences (`nbct`, `esol_certificate`). `target` stands in place of the regime's when the
    authority set one; `carry_in` are units brought from the cycle before, of which no more count than `left_before`,
    what that cycle leaves by its record; `None` where no record tells. `years_practised` is `None` when nobody counted
    them, which asks for the whole target.
    """

    facts: frozenset[str] = frozenset()
    fte: Fraction = Fraction(1)
    years_practised: Fraction | None = None
    target: Fraction | None = None
    carry_in: Fraction = Fraction(0)
    left_before: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A signed change to one person's cycle: units more or less, another target, or a later end.

    `category` is what the units are of, so that they serve the minimums that ask for it; empty for nothing in
    particular. `place` grows in the order of signing: of two that were signed on one day the later one stands.

    Raises ValueError for one that nobody signed, that gives no reason, or that changes nothing.
    """

    by: str
    on: date
    reason: str
    units: Fraction | None = None
    target: Fraction | None = None
    ends_on: date | None = None
    category: str = ""
    place: int = 0

    def __post_init__(self) -> None:
        if not self.by.strip() or not self.reason.strip():
            raise ValueError("An adjustment says who made it and why.")
        if self.units is None and self.target is None and self.ends_on is None:
            raise ValueError("An adjustment changes units, target or ends_on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """Who took an attestation back, from which day on, and why."""

    by: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A signed statement that a fact about the person holds, where a formula can't tell, until it is taken back."""

    fact: str
    by: str
    on: date
    taken_back: TakenBack | None = None

    def __post_init__(self) -> None:
        if not self.fact.strip() or not self.by.strip():
            raise ValueError("An attestation names its fact and who signed it.")

    def holds_on(self, day: date) -> bool:
        """Whether it was signed by a day, and not taken back by it."""
        return self.on <= day and (self.taken_back is None or day < self.taken_back.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that an evaluation reads. What ends after `as_of` hasn't happened yet."""

    cycle: Cycle
    person: Person
    as_of: date
    activities: tuple[Activity, ...]
    adjustments: tuple[Adjustment, ...] = ()
    attestations: tuple[Attestation, ...] = ()

    @property
    def person_facts(self) -> frozenset[str]:
        """What holds of the person: told, or attested by the day asked about."""
        attested = (one.fact for one in self.attestations if one.holds_on(self.as_of))
        return self.person.facts.union(attested)

    @property
    def signed_cycle(self) -> Cycle:
        """The cycle with its end where it was signed to be by the day asked about."""
        end = self.signed_end
        # Its first day may have been put right since to one that comes later.
        return self.cycle if end is None else Cycle(self.cycle.start, max(self.cycle.start, end))

    @property
    def signed_end(self) -> date | None:
        """The last day that was signed last by the day asked about; `None` where none was."""
        signed = [one.ends_on for one in by_day(self.adjustments) if one.ends_on and one.on <= self.as_of]
        return signed[-1] if signed else None


def by_day(adjustments: Iterable[Adjustment]) -> list[Adjustment]:
    """In the order in which they were made, whatever list they came in."""
    return sorted(adjustments, key=_order)


def _order(one: Adjustment) -> tuple[date, int, str, str, str]:
    """Its day and place; of those that nobody numbered all that they say, so that no two differ and stand alike."""
    return one.on, one.place, one.by, one.reason, f"{one.units} {one.target} {one.ends_on} {one.category}"
