"""What of a new layer reads as if it gave more than stands above, and would take nothing: said before it is published.

The rules above hold all the same, so none of it loosens. But who publishes `steps of 15 minutes` under a regime that
counts whole hours has promised what nobody gets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pdtracker.domain.hours import NBSP
from pdtracker.domain.regimes.accrual import HOUR
from pdtracker.domain.regimes.lines import Path
from pdtracker.domain.regimes.quantities import figure
from pdtracker.domain.regimes.rules import Bucket, Gate, Layer, Op, Scope, Version
from pdtracker.domain.regimes.table import BadRules, Table
from pdtracker.domain.text import quoted


def refuse_idle(top: Table, layer: Layer, version: Version, above: Sequence[Layer]) -> None:
    """Refuses with `BadRules` the first thing that would give more than what stands above."""
    for path, why in _idle(layer, version, above):
        raise looser(top, path, why)


@dataclass(frozen=True, slots=True)
class Loosened:
    """What gives more than the rules above: why it does, and what can be asked for instead (`15 % or more`)."""

    why: str
    instead: str


def looser(top: Table, path: Path, found: Loosened) -> BadRules:
    """The refusal of what gives more, with the bound within which it would tighten."""
    return top.document.refusal(
        path, f"{found.why}; a layer may only tighten. Ask for {found.instead}, or leave it out."
    )


def loosened_bucket(bucket: Bucket, held: Bucket) -> Loosened:
    """What is wrong with a part whose figure gives more than the one above, or that isn't the same part at all."""
    asked, above = _bound(bucket), _bound(held)
    if bucket.id == held.id and _part(bucket) != _part(held):
        return Loosened(
            f"Under {quoted(bucket.id)} the rules above have {quoted(held.name)}, with other words than here",
            "another figure alone",
        )
    if bucket.op is Op.MIN:
        return Loosened(f"{held.name}: {asked} is less than the {above} above", f"{above} or more")
    return Loosened(f"{held.name}: {asked} is more than the {above} above", f"{above} or less")


def _part(bucket: Bucket) -> tuple[object, ...]:
    """What a bucket is besides its figure."""
    measure = (bucket.amount is None, bucket.percent is None, bucket.count is None)
    return bucket.op, bucket.selector, bucket.holders, bucket.exclusive, bucket.look_back_years, measure


def _bound(bucket: Bucket) -> str:
    if bucket.count is not None:
        return figure(Fraction(bucket.count))
    if bucket.percent is not None:
        return f"{figure(bucket.percent)}{NBSP}%"
    return figure(bucket.amount or Fraction(0))


def _idle(layer: Layer, version: Version, above: Sequence[Layer]) -> Iterator[tuple[Path, Loosened]]:
    least = max(_least_minutes(version), *(one.least_minutes for one in above), 0)
    if 0 < layer.least_minutes < least:
        yield (
            ("at_least_minutes",),
            Loosened(
                f"{layer.least_minutes} minutes are less than the {least} above", f"{least} minutes or more"
            ),
        )
    steps = max((_steps(version), *(one.quantum or Fraction(0) for one in above)))
    if layer.quantum is not None and layer.quantum < steps:
        yield (
            ("rounding", "quantum"),
            Loosened(
                f"Steps of {figure(layer.quantum)} are smaller than the {figure(steps)} above",
                f"steps of {figure(steps)} or more",
            ),
        )
    upper = [version.restrictions, *(one.restrictions for one in above)]
    for place, gate in enumerate(layer.restrictions.gates):
        if any(_gives_longer(gate, held) for rules in upper for held in rules.gates):
            yield (
                ("gate", place),
                Loosened("This gives more time than the rule above", "the same time or a shorter one"),
            )
    for place, bucket in enumerate(layer.restrictions.buckets):
        for held in (one for rules in upper for one in rules.buckets if _asks_less(bucket, one)):
            yield ("bucket", place), loosened_bucket(bucket, held)


def _least_minutes(version: Version) -> int:
    """What every activity that counts by the hour has to reach."""
    return min((one.least_minutes for one in version.accruals if one.per == HOUR), default=0)


def _steps(version: Version) -> Fraction:
    rounding = version.rounding
    return Fraction(0) if rounding is None or rounding.scope is Scope.TOTAL else rounding.quantum


def _gives_longer(gate: Gate, held: Gate) -> bool:
    """Whether the same evidence, for the same activities and people, may come later or need not come as early."""
    if (gate.needs, gate.selector, gate.holders) != (held.needs, held.selector, held.holders):
        return False
    after, before = gate.days_after_end, gate.days_before_start
    later = after is not None and held.days_after_end is not None and after > held.days_after_end
    less_early = before is not None and held.days_before_start is not None and before < held.days_before_start
    return later or less_early


def _asks_less(bucket: Bucket, held: Bucket) -> bool:
    """Whether it bounds the same credit of the same people by a lower minimum, or a higher maximum."""
    if (bucket.op, bucket.selector, bucket.holders) != (held.op, held.selector, held.holders):
        return False
    pairs = ((bucket.amount, held.amount), (bucket.percent, held.percent), (bucket.count, held.count))
    return any(
        mine is not None and theirs is not None and (mine < theirs if bucket.op is Op.MIN else mine > theirs)
        for mine, theirs in pairs
    )
