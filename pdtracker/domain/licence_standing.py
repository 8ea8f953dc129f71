"""Where a licence stands, in the few figures and words by which a district's list is narrowed, sorted and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import zip_longest

from pdtracker.domain.licence_progress import LicenceProgress
from pdtracker.domain.regimes.buckets import Missing
from pdtracker.domain.regimes.evaluation import TOTAL

TOTAL_NAME = "Total"
"""What is short when the whole is, among the names of requirements."""

_BAR = "|"


class StandingState(StrEnum):
    """How a licence stands: its cycle ended short, behind a straight line, on it, or with nothing missing."""

    SHORT = "short"
    BEHIND = "behind"
    ON_TRACK = "on_track"
    MET = "met"

    @property
    def label(self) -> str:
        """The state's name on pages."""
        return _LABELS[self]


_LABELS = {
    StandingState.SHORT: "Cycle ended short",
    StandingState.BEHIND: "Behind",
    StandingState.ON_TRACK: "On track",
    StandingState.MET: "All there",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A requirement that lacks something: its id among the regime's, its name, and how much, in the regime's unit.

    `amount` is `None` where it was counted before amounts were kept.
    """

    id: str
    name: str
    amount: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceStanding:
    """A licence on a day. `behind_minutes` are clock time, so that licences of different units can be compared."""

    as_of: date
    ends_on: date
    state: StandingState
    earned: Fraction
    pending: Fraction
    required: Fraction
    behind_minutes: int
    pace: str
    gaps: tuple[Gap, ...]
    missing: str
    remarks: str = ""


def standing_of(progress: LicenceProgress) -> LicenceStanding:
    """The standing that a progress comes to."""
    state = _state(progress)
    return LicenceStanding(
        as_of=progress.as_of,
        ends_on=progress.cycle.end,
        state=state,
        earned=progress.earned,
        pending=progress.pending,
        required=progress.required,
        behind_minutes=_behind_minutes(progress, state),
        pace=progress.pace.sentence if progress.pace else "",
        gaps=tuple(_gap(one, progress) for one in progress.missing),
        missing=_worst(progress),
        remarks=" ".join(progress.remarks),
    )


def gap_text(words: tuple[str, ...]) -> str:
    """Words as one text in which each can be found by `in_bars`; `|` for none."""
    return _BAR + "".join(f"{word.replace(_BAR, ' ')}{_BAR}" for word in words)


def gap_words(text: str) -> tuple[str, ...]:
    """The words of such a text."""
    return tuple(text.split(_BAR)[1:-1])


def in_bars(word: str) -> str:
    """A word as it stands in such a text."""
    return f"{_BAR}{word.replace(_BAR, ' ')}{_BAR}"


def gaps_from(ids: str, names: str, amounts: str) -> tuple[Gap, ...]:
    """The gaps that three such texts tell of."""
    told = zip_longest(gap_words(ids), gap_words(names), gap_words(amounts))
    return tuple(
        Gap(id=word, name=name, amount=None if amount is None else Fraction(amount))
        for word, name, amount in told
    )


def _state(progress: LicenceProgress) -> StandingState:
    if progress.is_met:
        return StandingState.MET
    if progress.as_of > progress.cycle.end:
        return StandingState.SHORT
    if progress.pace is not None and progress.pace.behind > 0:
        return StandingState.BEHIND
    return StandingState.ON_TRACK


def _behind_minutes(progress: LicenceProgress, state: StandingState) -> int:
    """Behind the line, or after the cycle what is short; whole minutes, a part of one left out."""
    if state is StandingState.SHORT:
        behind = progress.required - progress.earned
    else:
        behind = progress.pace.behind if progress.pace else Fraction(0)
    return int(behind * progress.unit.minutes)


def _gap(one: Missing, progress: LicenceProgress) -> Gap:
    if one.what == TOTAL:
        return Gap(id=TOTAL, name=TOTAL_NAME, amount=one.amount)
    names = {bucket.id: bucket.name for bucket in progress.buckets}
    known = [names.get(part, part) for part in one.what.split(" + ")]
    return Gap(id=one.what, name=" and ".join(known), amount=one.amount)


def _worst(progress: LicenceProgress) -> str:
    """The part that lacks most, and how many others do; of a licence that lacks none the whole."""
    short = progress.short_buckets or progress.missing
    if not short:
        return ""
    worst = max(short, key=lambda one: one.amount)
    others = len(progress.missing) - 1
    more = f" {others} more {'is' if others == 1 else 'are'} short." if others else ""
    return f"{worst.sentence}{more}"
