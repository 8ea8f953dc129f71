"""Reasons: the sentence that each rule says about an activity. Figures in them are exact."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction

from pdtracker.domain.hours import minutes_text
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.facts import Activity
from pdtracker.domain.regimes.meanings import Words, either, listed, shown, things
from pdtracker.domain.regimes.quantities import QUANTITIES, Unit, figure, quantity_words
from pdtracker.domain.regimes.rules import (
    Accrual,
    Bucket,
    Gate,
    Layer,
    Limit,
    Mode,
    Rounding,
)
from pdtracker.domain.regimes.selection import Selector
from pdtracker.domain.when import date_text

_MODES = {Mode.DOWN: "rounded down", Mode.NEAREST: "rounded to the nearest", Mode.UP: "rounded up"}


def not_yet(ends_on: date, as_of: date) -> str:
    """It ends after the day asked about."""
    return f"It ends on {date_text(ends_on)}, after {date_text(as_of)}, so it doesn't count yet."


def never_counts(selector: Selector, words: Words) -> str:
    """What the rules leave out."""
    if selector.evidence:
        return f"The rules never count that of which this is shown: {shown(selector.evidence, words['evidence'])}."
    return f"The rules never count {things(selector, words) or 'this'}."


def not_shown(needs: Collection[str], means: Mapping[str, str]) -> str:
    """A gate's evidence is missing; `means` are the regime's words for it."""
    lacks = "this isn't shown" if len(needs) == 1 else "none of this is shown"
    return f"It doesn't count, because {lacks}: {shown(needs, means)}."


def shown_out_of_time(name: str, on: date, gate: Gate, means: Mapping[str, str]) -> str:
    """A gate's evidence is dated too late, or not early enough."""
    terms = []
    if gate.days_before_start is not None:
        terms.append(_days(gate.days_before_start, "before it begins"))
    if gate.days_after_end is not None:
        terms.append(_days(gate.days_after_end, "after it ends"))
    due = f"it is dated {date_text(on)}, and is due {' and '.join(terms)}"
    return f"It doesn't count, because this is out of time: {shown([name], means)}; {due}."


def nothing_fits(activity: Activity) -> str:
    """No accrual takes it."""
    if not activity.minutes and not any(activity.quantities.values()):
        return "It states no minutes and no quantity, so there is nothing to count."
    return "These rules don't say what an activity like this brings."


def too_short(minutes: Fraction | int, least: int) -> str:
    """Under the smallest size."""
    return f"It counts from {minutes_text(least)} on. This was {figure(Fraction(minutes))}."


def converted(
    activity: Activity, minutes: Fraction | int, accrual: Accrual, raw: Fraction, unit: Unit
) -> str:
    """From minutes or a quantity to units."""
    if accrual.per == "hour":
        whole = minutes if isinstance(minutes, int) else None
        told = minutes_text(whole) if whole is not None else f"{figure(Fraction(minutes))} minutes"
        rate = f" at {unit.words(accrual.units)} an hour" if accrual.units != Fraction(1, unit.hours) else ""
    elif accrual.per == "activity":
        told, rate = "The activity", ""
    else:
        told = quantity_words(accrual.per, activity.quantities[accrual.per])
        rate = f" at {unit.words(accrual.units)} each"
    times = f", times {figure(accrual.multiplier)}" if accrual.multiplier != 1 else ""
    if told == unit.words(raw):
        return f"{told} count."
    verb = "is" if told.startswith(("1 ", "1\N{NO-BREAK SPACE}", "The")) else "are"
    beside = [QUANTITIES[name][1] for name in activity.quantities if name != accrual.per]
    also = f" Its {either(beside)} aren't counted again." if beside else ""
    return f"{told}{rate}{times} {verb} {unit.words(raw)}.{also}"


def cut_each(raw: Fraction, most: Fraction, unit: Unit) -> str:
    """More than one activity may bring."""
    return f"One activity brings {unit.words(most)} at most: {unit.short(raw)} becomes {unit.short(most)}."


def rounded(before: Fraction, after: Fraction, rounding: Rounding, unit: Unit) -> str:
    """To whole steps."""
    return (
        f"Steps of {unit.words(rounding.quantum)}, {_MODES[rounding.mode]}: "
        f"{unit.short(before)} becomes {unit.short(after)}."
    )


def over_minutes(before: Fraction | int, after: Fraction, limit: Limit) -> str:
    """Over a limit on contact time."""
    return (
        f"{minutes_text(limit.minutes or 0)} of contact count in a {limit.per}: "
        f"of {figure(Fraction(before))}, {figure(after)} count."
    )


def over_units(before: Fraction, after: Fraction, limit: Limit, most: Fraction, unit: Unit) -> str:
    """Over a limit on units."""
    return f"{unit.words(most)} count in a {limit.per}: {unit.short(before)} becomes {unit.short(after)}."


def topic_total(topic: str | None, total: Fraction, least: Fraction, unit: Unit) -> str:
    """What the topic has come to, of what it needs."""
    about = (
        f"{'Without a topic it stands alone' if topic is None else topic}: topic total {unit.short(total)}"
    )
    if total < least:
        return f"{about} of {unit.words(least)}, so nothing of it counts yet."
    return f"{about}, and {unit.words(least)} are needed."


def outside(ended: date, cycle: Cycle, serving: Sequence[str]) -> str:
    """Not in the cycle."""
    also = f", but serves {listed(serving, 'and')}, which looks further back" if serving else ""
    if ended < cycle.start:
        return (
            f"It ended on {date_text(ended)}, before the cycle's first day, {date_text(cycle.start)}{also}."
        )
    return f"It ended on {date_text(ended)}, after the cycle's last day, {date_text(cycle.end)}{also}."


def repeated(other: Activity) -> str:
    """The same course again."""
    return f"The same counts once in a cycle, and {other.id} counts."


def repeated_in_part(other: Activity, before: Fraction, after: Fraction, unit: Unit) -> str:
    """The same course again, where neither time brings all of it."""
    return (
        f"The same counts once in a cycle, here and in {other.id} together: "
        f"{unit.short(before)} becomes {unit.short(after)}."
    )


def over_maximum(bucket: Bucket, wanted: Fraction, room: Fraction, most: Fraction, unit: Unit) -> str:
    """Over a cap."""
    return f"{unit.words(most)} of {bucket.name} count at most: of {unit.short(wanted)}, {unit.short(room)} count."


def over_count(bucket: Bucket, count: int) -> str:
    """Over a cap on the number."""
    return f"{count} of {bucket.name} {'counts' if count == 1 else 'count'}, and others bring more."


def too_short_for(minutes: int, layer: Layer) -> str:
    """Under a layer's smallest size."""
    return f"{layer.name} counts from {minutes_text(layer.least_minutes)} on. This was {minutes:,}."


def stepped_down(before: Fraction, after: Fraction, layer: Layer, unit: Unit) -> str:
    """To a layer's whole steps."""
    steps = unit.words(layer.quantum or Fraction(0))
    return f"{layer.name} rounds down to steps of {steps}: {unit.short(before)} becomes {unit.short(after)}."


def _days(count: int, side: str) -> str:
    if count == 0:
        return f"on or {side}" if side.startswith("before") else "by the day it ends"
    return f"{count} {'day' if count == 1 else 'days'} {side}"
