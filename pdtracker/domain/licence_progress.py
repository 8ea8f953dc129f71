"""Progress to a licence: earned, waiting, missing, bucket by bucket, at a date, and whether that is fast enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from pdtracker.domain.hours import NBSP
from pdtracker.domain.refs import PATTERN
from pdtracker.domain.regimes.buckets import Filled, Missing
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.evaluation import TOTAL, Evaluation
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.quantities import Unit, figure
from pdtracker.domain.regimes.rounding import in_steps
from pdtracker.domain.regimes.rules import Layer, Mode, Op, Version
from pdtracker.domain.when import date_text, month_day

_A_YEAR_DAYS: Final = 365
_REF: Final = re.compile(rf"\b{PATTERN}\b")


class Course(StrEnum):
    """How it goes with a licence on a day."""

    MET = "met"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    ENDED_SHORT = "ended_short"


@dataclass(frozen=True, slots=True)
class BucketProgress:
    """A minimum or maximum: what is held by what is decided, and what the waiting would add.

    `asked` is what a minimum asks for, what a maximum allows. `cut` is what the maximum took. Of a bucket that
    `is_number` all of them are numbers of activities, else the regime's units.
    """

    id: str
    name: str
    op: Op
    held: Fraction
    pending: Fraction
    asked: Fraction
    cut: Fraction
    is_number: bool
    is_exclusive: bool
    unit: Unit

    @property
    def is_met(self) -> bool:
        """Whether what is decided suffices for a minimum by itself; a maximum never lacks anything."""
        return self.op is Op.MAX or self.held >= self.asked

    @property
    def to_go(self) -> Fraction:
        """What a minimum lacks even when everything that waits is approved."""
        return NOTHING if self.op is Op.MAX else max(NOTHING, self.asked - self.held - self.pending)

    @property
    def sentence(self) -> str:
        """`12 of 15 clock hours, 2 waiting, 1 to go`; of a maximum `30 of at most 30 hours, 4.5 more don't count`."""
        if self.op is Op.MAX:
            more = f", {self._short(self.cut)}{NBSP}more {_verb(self.cut, 'do')}n't count" if self.cut else ""
            return f"{self._short(self.held)} of at most {self._words(self.asked)}{more}"
        parts = [f"{self._short(self.held)} of {self._words(self.asked)}"]
        if self.pending:
            parts.append(f"{self._short(self.pending)}{NBSP}waiting")
        if self.to_go:
            parts.append(f"{self._short(self.to_go)}{NBSP}to go")
        return ", ".join(parts)

    def _short(self, amount: Fraction) -> str:
        return figure(amount) if self.is_number else self.unit.short(amount)

    def _words(self, amount: Fraction) -> str:
        if not self.is_number:
            return self.unit.words(amount)
        return f"{figure(amount)}{NBSP}{'activity' if amount == 1 else 'activities'}"


@dataclass(frozen=True, slots=True)
class Pace:
    """How far behind a straight line from the cycle's first to its last day; less than nothing is ahead.

    `behind` is whole hours' worth of units, rounded towards the line: who is 50 minutes behind is on track. `words`
    leave out the day that `sentence` names.
    """

    behind: Fraction
    words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CountedActivity:
    """One activity of the record with its worth. Its reasons are put into words only when somebody reads them."""

    parcel: Parcel
    is_waiting: bool

    @property
    def id(self) -> str:
        """The claim's reference."""
        return self.parcel.activity.id

    @property
    def on(self) -> date:
        """The day on which it began."""
        return self.parcel.activity.on

    @property
    def units(self) -> Fraction:
        """What it counts, or would count while it waits."""
        return self.parcel.units

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each rule that said something."""
        return self.parcel.reasons

    @property
    def lacks(self) -> tuple[frozenset[str], ...]:
        """The sets of evidence of which the rules ask for one, and none is shown."""
        return self.parcel.lacks

    def reasons_naming(self, titles: Mapping[str, str]) -> tuple[str, ...]:
        """The same with the titles of other activities in place of their references."""
        return tuple(_REF.sub(lambda found: titles.get(found[0], found[0]), one) for one in self.reasons)


@dataclass(frozen=True, slots=True)
class LicenceProgress:
    """Where somebody stands with one licence on a day.

    `layers` are what was counted on top of the version. `earned` isn't cut at what is required; `pending` is what the
    waiting claims would add; `missing` lists what is short by what is decided, `missing_then` what would be when all
    that waits is approved. `carry_over` is what the next cycle would get. `entered` is what of `earned` somebody
    entered as brought from the cycle before, where no record shows it; `remarks` say what is to be looked at.
    `activities` are in order of the record, newest first.
    """

    version: Version
    layers: tuple[Layer, ...]
    cycle: Cycle
    as_of: date
    earned: Fraction
    pending: Fraction
    required: Fraction
    missing: tuple[Missing, ...]
    missing_then: tuple[Missing, ...]
    buckets: tuple[BucketProgress, ...]
    carry_over: Fraction
    pace: Pace | None
    notes: tuple[str, ...]
    activities: tuple[CountedActivity, ...]
    entered: Fraction = NOTHING
    remarks: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit:
        """What its figures count."""
        return self.version.unit

    @property
    def to_go(self) -> Fraction:
        """What is still to be earned in total when everything that waits is approved."""
        return max(NOTHING, self.required - self.earned - self.pending)

    @property
    def is_met(self) -> bool:
        """Whether nothing is missing by what is decided already."""
        return not self.missing

    @property
    def course(self) -> Course:
        """How it goes: a minimum that is short counts as behind once the total is there."""
        if self.is_met:
            return Course.MET
        if self.as_of > self.cycle.end:
            return Course.ENDED_SHORT
        if self.pace is None or self.earned >= self.required or self.pace.behind > 0:
            return Course.BEHIND
        return Course.ON_TRACK

    @property
    def course_words(self) -> str:
        """The same in words: `6 clock hours behind`; what is short where the total is there."""
        if self.is_met:
            return "Everything that was asked for is there" if self.required else "Nothing is missing"
        if self.pace is None or self.earned >= self.required:
            return self.missing[0].sentence.removesuffix(".")
        return self.pace.words

    @property
    def short_buckets(self) -> tuple[Missing, ...]:
        """What is missing beside the total."""
        return tuple(one for one in self.missing if one.what != TOTAL)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What is missing, each with what the waiting would leave of it: the figure that `sentence` calls `to go`."""
        then = {one.what: one.amount for one in self.missing_then}
        return tuple(
            f"{one.sentence}{_left(one.amount, then.get(one.what, NOTHING), self.unit)}"
            for one in self.missing
        )

    @property
    def still(self) -> str:
        """Behind a total that is reached: `, but one minimum is still short`; empty when that isn't all."""
        if self.to_go or not self.short_buckets:
            return ""
        return f", but {_minimums(len(self.short_buckets))} still short"

    @property
    def sentence(self) -> str:
        """`62 of 100 clock hours earned, 3 waiting, 35 to go by August 31, 2028`; then the minimums that are short."""
        unit = self.unit
        if self.required:
            parts = [f"{unit.out_of(self.earned, self.required)} earned"]
        else:
            parts = [f"{unit.words(self.earned)} earned"]
        if self.entered:
            parts.append(f"{unit.short(self.entered)}{NBSP}of them entered by hand")
        if self.pending:
            parts.append(f"{unit.short(self.pending)}{NBSP}waiting")
        if self.to_go:
            parts.append(f"{unit.short(self.to_go)}{NBSP}to go by {day_words(self.cycle.end, self.as_of)}")
        return ", ".join(parts) + self.still


def progress_of(
    decided: Evaluation, hoped: Evaluation, as_of: date, remarks: tuple[str, ...] = ()
) -> LicenceProgress:
    """Progress by what is decided, and by the same with the claims that wait."""
    known = {parcel.activity.id for parcel in decided.parcels}
    # Of what is decided, the worth without the waiting; a waiting one's worth is what it would bring beside it.
    counted = [CountedActivity(parcel, is_waiting=False) for parcel in decided.parcels]
    counted += [
        CountedActivity(parcel, is_waiting=True)
        for parcel in hoped.parcels
        if parcel.activity.id not in known
    ]
    counted.sort(key=lambda one: one.parcel.order, reverse=True)
    return LicenceProgress(
        version=decided.version,
        layers=decided.layers,
        cycle=decided.cycle,
        as_of=as_of,
        earned=decided.earned,
        pending=max(NOTHING, hoped.earned - decided.earned),
        required=decided.required,
        missing=decided.missing,
        missing_then=hoped.missing,
        buckets=_buckets(decided, hoped),
        carry_over=decided.carry_over,
        pace=pace_of(decided, as_of),
        notes=decided.notes,
        activities=tuple(counted),
        entered=min(decided.brought, decided.earned) if decided.left_before is None else NOTHING,
        remarks=remarks,
    )


def pace_of(found: Evaluation, as_of: date) -> Pace | None:
    """How the credit compares with a straight line through the cycle; `None` where nothing is asked for."""
    cycle, unit = found.cycle, found.unit
    if not found.required:
        return None
    days = (cycle.end - cycle.start).days + 1
    passed = min(max((as_of - cycle.start).days + 1, 0), days)
    distance = found.required * passed / days - found.earned
    size = in_steps(abs(distance), Fraction(1, unit.hours), Mode.DOWN)
    behind = size if distance > 0 else -size
    return _pace(found, behind, as_of)


def day_words(on: date, today: date) -> str:
    """`June 30`, with its year where that is more than a year away."""
    return month_day(on) if abs((on - today).days) <= _A_YEAR_DAYS else date_text(on)


def _pace(found: Evaluation, behind: Fraction, as_of: date) -> Pace:
    cycle, unit = found.cycle, found.unit
    end = day_words(cycle.end, as_of)
    if as_of > cycle.end:
        lacks = found.required - found.earned
        how = f"{unit.words(lacks)} short" if lacks > 0 else "with all that was asked for in total"
        words = f"The cycle ended {how}"
        return Pace(behind, words, words)
    if found.earned >= found.required:
        return Pace(behind, "Everything in total is there", f"Everything in total for {end} is there")
    if as_of < cycle.start:
        words = f"The cycle begins on {day_words(cycle.start, as_of)}"
        return Pace(behind, words, words)
    words = f"{unit.words(abs(behind))} {'behind' if behind > 0 else 'ahead'}" if behind else "On track"
    return Pace(behind, words, f"{words} for {end}")


def _buckets(decided: Evaluation, hoped: Evaluation) -> tuple[BucketProgress, ...]:
    then = {(one.bucket.id, one.bucket.op): one for one in hoped.buckets}
    return tuple(
        _bucket(one, then.get((one.bucket.id, one.bucket.op), one), decided.unit) for one in decided.buckets
    )


def _bucket(now: Filled, then: Filled, unit: Unit) -> BucketProgress:
    bucket = now.bucket
    return BucketProgress(
        id=bucket.id,
        name=bucket.name,
        op=bucket.op,
        held=now.held,
        pending=max(NOTHING, then.held - now.held),
        asked=now.asked,
        cut=now.cut,
        is_number=bucket.count is not None,
        is_exclusive=bucket.exclusive,
        unit=unit,
    )


def _left(now: Fraction, then: Fraction, unit: Unit) -> str:
    if then >= now:
        return ""
    return f" With what waits, {f'{unit.short(then)} would still' if then else 'nothing of it would'} be missing."


def _minimums(count: int) -> str:
    return "one minimum is" if count == 1 else f"{count} minimums are"


def _verb(amount: Fraction, verb: str) -> str:
    return f"{verb}es" if amount == 1 else verb
