"""The target: what a cycle asks of one person, with the sentence for each thing that changed it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pdtracker.domain.regimes import notes
from pdtracker.domain.regimes.facts import Facts, by_day
from pdtracker.domain.regimes.layering import layered_target
from pdtracker.domain.regimes.rules import Layer, Prorate, Target, Version


def target_of(
    version: Version, facts: Facts, layers: Sequence[Layer] = ()
) -> tuple[Fraction, tuple[str, ...]]:
    """What the regime and the layers on top of it require, and why. Nothing is, where none names a figure."""
    unit = version.unit
    asked, told = _of_layers(version, facts, layers)
    if facts.person.target is not None:
        asked = facts.person.target
        told.append(notes.target_was_set(asked, unit))
    for adjustment in by_day(facts.adjustments):
        if adjustment.target is not None and adjustment.on <= facts.as_of:
            told.append(notes.target_was_adjusted(asked, adjustment.target, adjustment, unit))
            asked = adjustment.target
    return asked, tuple(told)


def _of_layers(version: Version, facts: Facts, layers: Sequence[Layer]) -> tuple[Fraction, list[str]]:
    unit, (target, asking) = version.unit, layered_target(version.target, layers)
    if target.units is None:
        return Fraction(0), [notes.NO_TARGET]
    person, holds = facts.person, facts.person_facts
    if person.fte < target.exempt_below_fte:
        return Fraction(0), [notes.exempt(person.fte, target.exempt_below_fte)]
    instead = next((one.units for one in target.instead if one.holders.include(holds)), None)
    whole = target.units if instead is None else instead
    by_layer = asking is not None and instead is None
    told = [notes.layer_asks(asking, version) if asking and by_layer else notes.target_is(whole, unit)]
    for more in target.more:
        if more.holders.include(holds):
            whole += more.units
            told.append(notes.target_grows(more.units, more.holders, unit, version.words))
    share = _share(target, facts)
    asked = max(whole * share, min(target.floor, whole))
    if asked != whole:
        told.append(notes.target_shrinks(whole, asked, target, person, unit))
    return asked, told


def _share(target: Target, facts: Facts) -> Fraction:
    """The part of the target, at most the whole; who isn't known to have practised less owes the whole."""
    match target.prorate:
        case Prorate.FTE:
            return min(facts.person.fte, Fraction(1))
        case Prorate.YEARS_PRACTISED:
            years = facts.person.years_practised
            return Fraction(1) if years is None else min(years / target.of_years, Fraction(1))
        case None:
            return Fraction(1)
