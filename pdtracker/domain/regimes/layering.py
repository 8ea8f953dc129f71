"""Counting within the cycle: repeats and caps, then the lower layers on what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.allotment import Allotment
from pdtracker.domain.regimes.buckets import Filled, cut, keep_once_each
from pdtracker.domain.regimes.facts import Facts
from pdtracker.domain.regimes.gates import is_let_through
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.quantities import Unit
from pdtracker.domain.regimes.rounding import in_steps
from pdtracker.domain.regimes.rules import Bucket, Gate, Layer, Mode, Op, Restrictions, Target, Version


def within_cycle(
    parcels: list[Parcel], rules: Restrictions, unit: Unit, required: Fraction, holds: frozenset[str]
) -> list[Filled]:
    """Repeats count once, and a regime's maximums cut; each of them with what it took."""
    if rules.once_each:
        keep_once_each(parcels)
    return [
        cut(parcels, bucket, required, unit)
        for bucket in rules.buckets
        if bucket.op is Op.MAX and bucket.holders.include(holds)
    ]


def tighten(
    inside: Sequence[Parcel],
    older: Sequence[Parcel],
    layers: Sequence[Layer],
    version: Version,
    facts: Facts,
) -> Allotment:
    """Takes from what the regime left what each layer takes from single activities; the rest is for the allotment.

    Nothing here can give, so no layer raises a result.
    """
    for layer in layers:
        gates = [gate for gate in layer.restrictions.gates if gate.holders.include(facts.person_facts)]
        if gates or layer.least_minutes or layer.quantum is not None:
            for parcel in (*inside, *older):
                _tighten_one(parcel, layer, gates, version)
    rules = [layer.restrictions for layer in layers]
    return Allotment(inside, rules, version.cycle, version.unit, facts.person_facts)


def _tighten_one(parcel: Parcel, layer: Layer, gates: Sequence[Gate], version: Version) -> None:
    # What lacks something that was asked for above is told as well what it lacks here, to mend it all at once.
    if not parcel.units and not parcel.lacks:
        return
    if not is_let_through(parcel, gates, version.words) or not parcel.units:
        return
    if 0 < parcel.activity.minutes < layer.least_minutes:
        parcel.tell(words.too_short_for, parcel.activity.minutes, layer)
        parcel.lower(NOTHING)
    elif layer.quantum is not None:
        _step_down(parcel, layer, layer.quantum, version.unit)


def _step_down(parcel: Parcel, layer: Layer, quantum: Fraction, unit: Unit) -> None:
    after = in_steps(parcel.units, quantum, Mode.DOWN)
    if after is not parcel.units:
        parcel.tell(words.stepped_down, parcel.units, after, layer, unit)
        parcel.lower(after)


def layered_target(target: Target, layers: Sequence[Layer]) -> tuple[Target, Layer | None]:
    """The target with the highest figure that a layer asks for, and that layer; `None` where none asks for more."""
    asking = [
        layer for layer in layers if layer.target is not None and layer.target > (target.units or NOTHING)
    ]
    most = max(asking, key=lambda layer: layer.target or NOTHING, default=None)
    return (target if most is None else replace(target, units=most.target)), most


def layered_minimums(version: Version, layers: Sequence[Layer], holds: frozenset[str]) -> tuple[Bucket, ...]:
    """The minimums of the regime and all layers; a lower layer's stands in place of the one with its id."""
    found: dict[str, Bucket] = {}
    for rules in (version.restrictions, *(layer.restrictions for layer in layers)):
        for bucket in rules.buckets:
            if bucket.op is Op.MIN and bucket.holders.include(holds):
                found[bucket.id] = bucket
    return tuple(found.values())


def layered_carry(version: Version, layers: Sequence[Layer]) -> Fraction | None:
    """The most that is carried over; `None` where nothing bounds it."""
    told = [] if version.carry_over is None else [version.carry_over.most]
    bounds = [most for most in (*told, *(layer.carry_most for layer in layers)) if most is not None]
    return min(bounds, default=None)
