"""Layers read from their TOML files; one that loosens what stands above it is refused with the line that does."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Final

from pdtracker.domain.regimes import restrictions
from pdtracker.domain.regimes.idle import Loosened, loosened_bucket, looser, refuse_idle
from pdtracker.domain.regimes.quantities import figure
from pdtracker.domain.regimes.restrictions import RESTRICTIONS, never_meet
from pdtracker.domain.regimes.rules import Bucket, Layer, Limit, Op, Version
from pdtracker.domain.regimes.table import Document, Table


class Level(StrEnum):
    """Whose layer it is, from the upper to the lower."""

    DISTRICT = "district"
    PROVIDER = "provider"


_ORDER: Final = tuple(Level)
_TOP: Final = (
    "layer",
    "under",
    "name",
    "at_least_minutes",
    "rounding",
    "target",
    "carry_over",
    *RESTRICTIONS,
)
_GIVING: Final = {
    "accrual": "bring credit",
    "unit": "change the unit",
    "cycle": "change the cycle",
    "words": "change the regime's words",
}


def read_layer(
    file: str, text: str, version: Version, above: Sequence[Layer] = (), *, is_new: bool = False
) -> Layer:
    """The layer that a file states, to stand below a version and the layers above it.

    Refuses with `BadRules` what isn't understood, what belongs to another regime, and what loosens. Of one that
    `is_new` also what reads as if it gave more and takes nothing: smaller steps, a later last day. What was published
    before stays as it is.
    """
    top = Document(file, text).top((*_TOP, *_GIVING))
    for key, what in _GIVING.items():
        if key in top:
            raise top.refusal(key, f"A layer may only tighten; it can't {what}. Take {key} out.")
    layer = Layer(
        layer=top.choice("layer", Level),
        under=top.text("under"),
        name=top.text("name"),
        restrictions=restrictions.read(top),
        least_minutes=top.whole("at_least_minutes") or 0,
        quantum=_quantum(top),
        target=_only(top, "target", "units"),
        carry_most=_only(top, "carry_over", "at_most"),
    )
    if layer.under != version.regime:
        raise top.refusal(
            "under", f"It stands under {layer.under}, not under {version.regime}. Name that instead."
        )
    if above and _ORDER.index(Level(above[-1].layer)) > _ORDER.index(Level(layer.layer)):
        raise top.refusal(
            "layer", f"A {layer.layer}'s rules stand above a {above[-1].layer}'s. Name it first."
        )
    _refuse_looser(top, layer, version, above)
    if is_new:
        refuse_idle(top, layer, version, above)
    return layer


def _quantum(top: Table) -> Fraction | None:
    table = top.table("rounding", ("quantum", "mode"))
    if table is None:
        return None
    quantum = table.amount("quantum")
    if table.text("mode", "down") != "down":
        raise table.refusal("mode", 'A layer may only round down. Write mode = "down".')
    if not quantum:
        raise table.refusal(None, "Write quantum as the step, such as 1.")
    return quantum


def _only(top: Table, name: str, key: str) -> Fraction | None:
    table = top.table(name, (key,))
    if table is None:
        return None
    amount = table.amount(key)
    if amount is None:
        raise table.refusal(None, f"The key {key} is missing here. Add it.")
    return amount


def _refuse_looser(top: Table, layer: Layer, version: Version, above: Sequence[Layer]) -> None:
    target = max((one.target or Fraction(0) for one in above), default=Fraction(0))
    target = max(target, version.target.units or Fraction(0))
    if layer.target is not None and layer.target < target:
        raise looser(
            top,
            ("target", "units"),
            Loosened(
                f"A target of {figure(layer.target)} is less than the {figure(target)} above",
                f"{figure(target)} or more",
            ),
        )
    _refuse_looser_carrying(top, layer, version, above)
    upper = [version.restrictions, *(one.restrictions for one in above)]
    for place, bucket in enumerate(layer.restrictions.buckets):
        for held in (one for rules in upper for one in rules.buckets if one.id == bucket.id):
            # An id can stand for several buckets of different people; only those of the same people compare.
            if not never_meet(bucket.holders, held.holders) and _is_looser(bucket, held):
                raise looser(top, ("bucket", place), loosened_bucket(bucket, held))
    for place, limit in enumerate(layer.restrictions.limits):
        for held_limit in (one for rules in upper for one in rules.limits if _allows_more(limit, one)):
            raise looser(top, ("limit", place), _loosened_limit(limit, held_limit))
    topic, least = layer.restrictions.topic_minimum, max(rules.topic_minimum for rules in upper)
    if 0 < topic < least:
        raise looser(
            top,
            ("topic_minimum", "units"),
            Loosened(
                f"{figure(topic)} on a topic are less than the {figure(least)} above",
                f"{figure(least)} or more",
            ),
        )


def _refuse_looser_carrying(top: Table, layer: Layer, version: Version, above: Sequence[Layer]) -> None:
    if layer.carry_most is None:
        return
    if version.carry_over is None and layer.carry_most > 0:
        raise looser(
            top,
            ("carry_over", "at_most"),
            Loosened(
                f"{version.name} carries nothing over, and this would carry {figure(layer.carry_most)}", "0"
            ),
        )
    told = [] if version.carry_over is None else [version.carry_over.most]
    bounds = [most for most in (*told, *(one.carry_most for one in above)) if most is not None]
    if bounds and layer.carry_most > min(bounds):
        raise looser(
            top,
            ("carry_over", "at_most"),
            Loosened(
                f"{figure(layer.carry_most)} carried over is more than the {figure(min(bounds))} above",
                f"{figure(min(bounds))} or less",
            ),
        )


def _loosened_limit(limit: Limit, held: Limit) -> Loosened:
    if limit.units is not None and held.units is not None:
        asked, above = figure(limit.units), figure(held.units)
    else:
        asked, above = f"{limit.minutes:,} minutes", f"{held.minutes:,}"
    return Loosened(f"{asked} in a {limit.per} are more than the {above} above", f"{above} or less")


def _is_looser(bucket: Bucket, held: Bucket) -> bool:
    """Whether a bucket, put in place of the one above with its id, asks for less or can't be compared with it."""
    if (bucket.op, bucket.selector, bucket.holders) != (held.op, held.selector, held.holders):
        return True
    if bucket.exclusive != held.exclusive or bucket.look_back_years != held.look_back_years:
        return True
    for mine, theirs in (
        (bucket.amount, held.amount),
        (bucket.percent, held.percent),
        (bucket.count, held.count),
    ):
        if (mine is None) != (theirs is None):
            return True
        if (
            mine is not None
            and theirs is not None
            and (mine < theirs if bucket.op is Op.MIN else mine > theirs)
        ):
            return True
    return False


def _allows_more(limit: Limit, held: Limit) -> bool:
    if (limit.per, limit.selector, limit.holders) != (held.per, held.selector, held.holders):
        return False
    if limit.units is not None and held.units is not None:
        return limit.units > held.units
    return limit.minutes is not None and held.minutes is not None and limit.minutes > held.minutes
