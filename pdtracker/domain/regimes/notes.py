"""Notes: the sentences about a whole evaluation: its version, its target, what was adjusted, what is short."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction

from pdtracker.domain.regimes.facts import Adjustment, Attestation, Person
from pdtracker.domain.regimes.meanings import Words, either, listed, said, whoever
from pdtracker.domain.regimes.quantities import Unit, figure
from pdtracker.domain.regimes.rules import Bucket, Layer, Prorate, Target, Version
from pdtracker.domain.regimes.selection import Holders
from pdtracker.domain.when import date_text

NO_TARGET = "This regime names no number to reach."


def governed_by(version: Version, is_stand_in: bool, layers: Sequence[Layer] = ()) -> str:
    """Which version counts, and who lays more on top of it."""
    which = f"Counted by {version.name}, version {version.version}"
    if layers:
        which += f", and by what {listed([layer.name for layer in layers], 'and')} asks on top of it"
    if is_stand_in and version.effective is not None:
        since = date_text(version.effective)
        return f"{which}. It is in force since {since}; what held before isn't here, so it stands in."
    return f"{which}."


def not_asked_for(label: str, names: Collection[str]) -> str:
    """Words of the facts that mean nothing here."""
    return f"No rule here asks for the {label} {either(names)}."


def attested(one: Attestation, words: Words, as_of: date) -> str:
    """A signed fact, and who took it back by a day."""
    signed = f"{one.by} attested on {date_text(one.on)}: {said(one.fact, words['facts'])}."
    end = one.taken_back
    if end is None or as_of < end.on:
        return signed
    return f"{signed} {end.by} took it back on {date_text(end.on)}: {_ended(end.reason)}"


def end_was_adjusted(before: date, after: date, one: Adjustment) -> str:
    """A later or earlier end of the cycle."""
    return _signed(f"the cycle's end from {date_text(before)} to {date_text(after)}", one)


def target_was_adjusted(before: Fraction, after: Fraction, one: Adjustment, unit: Unit) -> str:
    """Another target."""
    return _signed(f"the target from {figure(before)} to {unit.words(after)}", one)


def units_were_adjusted(units: Fraction, one: Adjustment, unit: Unit, words: Words) -> str:
    """More or fewer units, and of what."""
    of = f" of {said(one.category, words['categories'])}" if one.category else ""
    return _signed(f"the credit by {'+' if units > 0 else ''}{unit.words(units)}{of}", one)


def target_was_set(units: Fraction, unit: Unit) -> str:
    """The authority's own figure."""
    return f"The authority set the target to {unit.words(units)}."


def target_is(units: Fraction, unit: Unit) -> str:
    """The regime's figure."""
    return f"The cycle asks for {unit.words(units)}."


def layer_asks(layer: Layer, version: Version) -> str:
    """The figure of a layer, in its own name beside the regime's."""
    unit = version.unit
    alone = (
        "names no number"
        if version.target.units is None
        else f"alone asks for {unit.words(version.target.units)}"
    )
    return (
        f"{layer.name} asks for {unit.words(layer.target or Fraction(0))} in a cycle; {version.name} {alone}."
    )


def target_grows(units: Fraction, holders: Holders, unit: Unit, words: Words) -> str:
    """More for a status."""
    return f"{unit.words(units)} more for {whoever(holders.having, words)}."


def target_shrinks(whole: Fraction, asked: Fraction, target: Target, person: Person, unit: Unit) -> str:
    """Less for part time or few years."""
    if target.prorate is Prorate.FTE:
        by = f"an FTE of {figure(person.fte)}"
    else:
        years = figure(person.years_practised or Fraction(0))
        by = f"{years} of {target.of_years} years practised"
    floor = f", never below {figure(target.floor)}" if target.floor else ""
    return f"For {by} the target of {figure(whole)} is {unit.words(asked)}{floor}."


def exempt(fte: Fraction, below: Fraction) -> str:
    """Nothing asked."""
    return f"An FTE of {figure(fte)} is below {figure(below)}, so nothing is asked for."


def carried_in(person: Person, counts: Fraction, is_possible: bool, unit: Unit) -> str:
    """What came from the cycle before, and whether its record shows it."""
    told, left = person.carry_in, person.left_before
    if not is_possible:
        return f"Nothing is carried over here, so the {unit.words(told)} from the last cycle don't count."
    of = "" if counts == told else f" of {figure(told)}"
    count = f"{unit.words(counts)}{of} from the last cycle count"
    if left is None:
        return f"{count}. They were entered by hand: no record here shows them."
    if left < told and counts == left:
        return f"{count}: by now it leaves no more."
    return f"{count}."


def lacking_in_total(earned: Fraction, required: Fraction, unit: Unit) -> str:
    """Short of the target."""
    return f"{unit.words(required - earned)} {_are(required - earned)} missing: {unit.of(earned, required)}."


def lacking(bucket: Bucket, held: Fraction, asked: Fraction, unit: Unit) -> str:
    """Short of a minimum."""
    short = asked - held
    if bucket.count is not None:
        return f"{figure(short)} of {bucket.name} {_are(short)} missing: {figure(held)} of {figure(asked)}."
    return f"{unit.words(short)} of {bucket.name} {_are(short)} missing: {unit.of(held, asked)}."


def lacking_together(buckets: Sequence[Bucket], amount: Fraction, unit: Unit) -> str:
    """Exclusive minimums that can't all be filled."""
    names = listed([bucket.name for bucket in buckets], "and")
    together = " together" if len(buckets) > 1 else ""
    return f"{names}{together} lack {unit.words(amount)}; the same credit can't fill two of them."


def _are(amount: Fraction) -> str:
    return "is" if amount == 1 else "are"


def _signed(what: str, one: Adjustment) -> str:
    return f"{one.by} changed {what} on {date_text(one.on)}: {_ended(one.reason)}"


def _ended(reason: str) -> str:
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."
