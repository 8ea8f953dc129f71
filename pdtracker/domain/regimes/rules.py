"""Rules as values: what a regime's version, or a layer on top of it, asks for. Reading and counting stand elsewhere.

Every rule can hang on the person (`holders`, which facts they need or must not have) and most on the activity
(`Selector`). Amounts are exact and in the regime's unit unless a name says minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from pdtracker.domain.regimes.cycles import CycleRule
from pdtracker.domain.regimes.quantities import Unit
from pdtracker.domain.regimes.selection import EVERYBODY, EVERYTHING, Holders, Selector


class AppliesTo(StrEnum):
    """Which date has to be on or after `effective` for a version to govern."""

    ACTIVITY_DATE = "activity_date"
    CYCLE_START = "cycle_start"
    RENEWAL_DATE = "renewal_date"


class Confidence(StrEnum):
    """How well a rule is supported: the law's own text, a public body's page, or somebody's retelling."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"


class Mode(StrEnum):
    """Which way a part of a step goes; a tie of `nearest` goes up."""

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


class Scope(StrEnum):
    """What is rounded: each sitting, each activity, or the sum of the cycle."""

    SESSION = "session"
    ACTIVITY = "activity"
    TOTAL = "total"


class Period(StrEnum):
    """A stretch of time with its own limit. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    YEAR = "year"


class Prorate(StrEnum):
    """By what a target shrinks."""

    FTE = "fte"
    YEARS_PRACTISED = "years_practised"


class Op(StrEnum):
    """Whether a bucket asks for at least or allows at most."""

    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a rule comes from, when it is another place than the file's own, and how sure it is."""

    source: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """How much an activity brings; the first accrual that fits it decides.

    `per` is `hour`, a native quantity, or `activity` for a fixed amount; `rate` is what one of it brings.
    `least_minutes` is the smallest that counts, `most_each` the most that one activity brings.
    """

    per: str
    units: Fraction
    multiplier: Fraction = Fraction(1)
    rate: Fraction = field(init=False)
    selector: Selector = EVERYTHING
    holders: Holders = EVERYBODY
    least_minutes: int = 0
    most_each: Fraction | None = None
    origin: Origin = Origin()

    def __post_init__(self) -> None:
        # Asked for at every activity, so it is worked out once.
        object.__setattr__(self, "rate", self.units * self.multiplier)


@dataclass(frozen=True, slots=True)
class Rounding:
    """Whole steps of `quantum` units."""

    quantum: Fraction
    mode: Mode
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What has to be shown before an activity counts: one of `needs`, in time; or what never counts (no `needs`).

    `days_before_start` asks that the evidence is dated at least so many days before, `days_after_end` at most so many
    after. Evidence without a date is taken at its word. With `only_if_told` an activity that doesn't show it passes:
    the gate then only looks at dates, because the duty is the provider's.
    """

    needs: frozenset[str] = frozenset()
    selector: Selector = EVERYTHING
    holders: Holders = EVERYBODY
    days_before_start: int | None = None
    days_after_end: int | None = None
    only_if_told: bool = False
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that counts in a period: contact minutes before conversion, or units after rounding."""

    per: Period
    minutes: int | None = None
    units: Fraction | None = None
    selector: Selector = EVERYTHING
    holders: Holders = EVERYBODY
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another target for who has one of the facts, or so much more of it."""

    units: Fraction
    holders: Holders
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a cycle asks for; `units` is `None` where the body names no figure.

    With `prorate` it shrinks: by FTE, or by years practised out of `of_years`; never below `floor`. Below
    `exempt_below_fte` nothing is asked for.
    """

    units: Fraction | None = None
    prorate: Prorate | None = None
    of_years: int = 1
    floor: Fraction = Fraction(0)
    exempt_below_fte: Fraction = Fraction(0)
    instead: tuple[Alternative, ...] = ()
    more: tuple[Alternative, ...] = ()
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A part of the credit with a minimum or maximum: so many units, a share of the target, or a number of activities.

    Exclusive minimums may not be filled twice by the same credit. `look_back_years` lets credit from before the cycle
    serve this minimum, though not the total, when it is no older than that at the cycle's end.
    """

    id: str
    name: str
    op: Op
    amount: Fraction | None = None
    percent: Fraction | None = None
    count: int | None = None
    selector: Selector = EVERYTHING
    holders: Holders = EVERYBODY
    exclusive: bool = False
    look_back_years: int | None = None
    origin: Origin = Origin()

    def asks(self, required: Fraction) -> Fraction:
        """The figure that it asks for or allows, of a target; a count for one that counts."""
        if self.count is not None:
            return Fraction(self.count)
        if self.percent is not None:
            return required * self.percent / 100
        return self.amount or Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOver:
    """What goes into the next cycle: at most so much, earned in the last months, none of what `excluding` takes."""

    most: Fraction | None = None
    last_months: int | None = None
    excluding: Selector | None = None
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """What a regime and every layer on top of it can ask: all that only takes away."""

    gates: tuple[Gate, ...] = ()
    limits: tuple[Limit, ...] = ()
    topic_minimum: Fraction = Fraction(0)
    once_each: bool = False
    buckets: tuple[Bucket, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A district's or provider's rules on top: restrictions, a smallest size, steps downwards, a higher target."""

    layer: str
    under: str
    name: str
    restrictions: Restrictions
    least_minutes: int = 0
    quantum: Fraction | None = None
    target: Fraction | None = None
    carry_most: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: FACTS as the command reads them, and what they come to."""

    says: str
    facts: Mapping[str, object]
    expected: Mapping[str, object]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a regime: everything that one file states. `effective` is `None` where no source tells it."""

    regime: str
    name: str
    version: str
    effective: date | None
    applies_to: AppliesTo
    source: str
    checked_on: date
    checked_by: str
    confidence: Confidence
    unit: Unit
    cycle: CycleRule
    accruals: tuple[Accrual, ...]
    restrictions: Restrictions
    target: Target
    rounding: Rounding | None = None
    carry_over: CarryOver | None = None
    is_historic: bool = False
    also: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
