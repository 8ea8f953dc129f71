"""The evaluation: one person's record under a regime and the layers on top of it, with a reason for every minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pdtracker.domain.regimes import notes, words
from pdtracker.domain.regimes.buckets import (
    Filled,
    Missing,
    filled_maximums,
    filled_minimums,
    look_back_from,
    missing_from,
)
from pdtracker.domain.regimes.carrying import brought_in, left_over
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.earning import earn
from pdtracker.domain.regimes.facts import Facts, by_day
from pdtracker.domain.regimes.layering import (
    layered_carry,
    layered_minimums,
    tighten,
    within_cycle,
)
from pdtracker.domain.regimes.parcel import NOTHING, Parcel, by_date, signed_for
from pdtracker.domain.regimes.quantities import Unit, total
from pdtracker.domain.regimes.rounding import in_steps
from pdtracker.domain.regimes.rules import Bucket, Layer, Scope, Version
from pdtracker.domain.regimes.targets import target_of
from pdtracker.domain.regimes.versions import governing, stands_in
from pdtracker.domain.regimes.vocabulary import categories_of

TOTAL = "total"
"""What is missing when the whole is."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a record comes to. `earned` isn't cut at what is required; `missing` lists shortfalls alone.

    `layers` are those that were counted on top of the version. `cycle` has its end where signed adjustments put it.
    `buckets` are the minimums and then the maximums that hold for the person, those that are met included. `brought` is
    what of `earned` came from the cycle before, `left_before` what that cycle leaves by its record, `None` where no
    record tells. `parcels` are in the order of the facts. `notes` are the sentences about the whole: which version, the
    target, what was adjusted, what is short.
    """

    version: Version
    layers: tuple[Layer, ...]
    cycle: Cycle
    earned: Fraction
    required: Fraction
    missing: tuple[Missing, ...]
    buckets: tuple[Filled, ...]
    brought: Fraction
    left_before: Fraction | None
    carry_over: Fraction
    parcels: tuple[Parcel, ...]
    notes: tuple[str, ...]

    @property
    def unit(self) -> Unit:
        """What its figures count."""
        return self.version.unit


def evaluate(versions: Sequence[Version], facts: Facts, layers: Sequence[Layer] = ()) -> Evaluation:
    """The record under the regime's versions and the layers on top, from the state's downwards."""
    facts, told = _adjusted_cycle(facts)
    version = governing(versions, facts)
    unit, holds = version.unit, facts.person_facts
    required, why = target_of(version, facts, layers)
    own = target_of(version, facts)[0] if layers else required
    parcels = tuple(Parcel(activity) for activity in facts.activities)
    record = by_date(parcels)
    earn(record, versions, version, facts)
    inside, older = _in_cycle(record, version, facts)
    # A maximum in per cent goes by the regime's own target: a layer that asks for more doesn't widen it.
    cuts = within_cycle(inside, version.restrictions, unit, own, holds)
    allotment = tighten(inside, older, layers, version, facts)
    asked = layered_minimums(version, layers, holds)
    cuts += allotment.settle(own, asked)
    most = layered_carry(version, layers)
    brought = brought_in(version.carry_over, most, facts)
    earned, changes = _earned(inside, version, brought, facts)
    # What was signed for a category serves its minimums, though no rule cuts it.
    serving = [*inside, *_signed_for_categories(facts)]
    minimums = filled_minimums(asked, serving, older, required, facts)
    missing = _missing_in_total(earned, required, unit) + missing_from(minimums, serving, unit)
    return Evaluation(
        version=version,
        layers=tuple(layers),
        cycle=facts.cycle,
        earned=earned,
        required=required,
        missing=tuple(missing),
        buckets=(*minimums, *filled_maximums(cuts, inside)),
        brought=brought,
        left_before=facts.person.left_before,
        carry_over=left_over(version.carry_over, most, earned - required, allotment.most_of, facts),
        parcels=parcels,
        notes=(
            notes.governed_by(version, stands_in(version, facts), layers),
            *told,
            *_attested(facts, version),
            *_not_understood(version, layers, facts),
            *why,
            *changes,
            *(one.sentence for one in missing),
        ),
    )


def _not_understood(version: Version, layers: Sequence[Layer], facts: Facts) -> Iterator[str]:
    """What the facts say in words that no rule asks for: usually another regime's, sometimes a slip of the pen."""
    known = set(version.words["categories"]).union(*(categories_of(layer) for layer in layers))
    told = {name for activity in facts.activities for name in activity.categories}
    told.update(one.category for one in facts.adjustments if one.category)
    for label, unknown in (
        ("fact", facts.person_facts.difference(version.words["facts"])),
        ("category", told - known),
    ):
        if unknown:
            yield notes.not_asked_for(label, unknown)


def _adjusted_cycle(facts: Facts) -> tuple[Facts, tuple[str, ...]]:
    """The facts with the cycle's end where signed adjustments put it, and what they say."""
    end, told = facts.cycle.end, []
    for one in by_day(facts.adjustments):
        if one.ends_on is not None and one.on <= facts.as_of:
            told.append(notes.end_was_adjusted(end, one.ends_on, one))
            end = one.ends_on
    return replace(facts, cycle=facts.signed_cycle), tuple(told)


def _signed_for_categories(facts: Facts) -> Iterator[Parcel]:
    for one in by_day(facts.adjustments):
        if one.units is not None and one.category and one.on <= facts.as_of:
            yield signed_for(one, one.units)


def _attested(facts: Facts, version: Version) -> Iterator[str]:
    for one in sorted(facts.attestations, key=lambda one: (one.on, one.fact, one.by)):
        if one.on <= facts.as_of:
            yield notes.attested(one, version.words, facts.as_of)


def _earned(
    inside: Sequence[Parcel], version: Version, brought: Fraction, facts: Facts
) -> tuple[Fraction, list[str]]:
    """What the activities come to, with what was brought in and adjusted; never below nothing."""
    unit, rounding = version.unit, version.rounding
    earned = gained = total(parcel.units for parcel in inside)
    told = []
    if rounding is not None and rounding.scope is Scope.TOTAL:
        earned = in_steps(gained, rounding.quantum, rounding.mode)
        if earned != gained:
            told.append(words.rounded(gained, earned, rounding, unit))
    if facts.person.carry_in:
        told.append(notes.carried_in(facts.person, brought, version.carry_over is not None, unit))
        earned += brought
    for one in by_day(facts.adjustments):
        if one.units is not None and one.on <= facts.as_of:
            told.append(notes.units_were_adjusted(one.units, one, unit, version.words))
            earned += one.units
    return max(earned, NOTHING), told


def _missing_in_total(earned: Fraction, required: Fraction, unit: Unit) -> list[Missing]:
    if earned >= required:
        return []
    return [Missing(TOTAL, required - earned, notes.lacking_in_total(earned, required, unit))]


def _in_cycle(parcels: Iterable[Parcel], version: Version, facts: Facts) -> tuple[list[Parcel], list[Parcel]]:
    """What ended within the cycle, and what an earlier end leaves for buckets that look back; the rest is nothing."""
    inside, older = [], []
    for parcel in parcels:
        ended = parcel.activity.ends_on
        if ended in facts.cycle:
            inside.append(parcel)
        elif parcel.units:
            serving = [] if ended > facts.cycle.end else _looking_back(parcel, version, facts)
            parcel.tell(words.outside, ended, facts.cycle, tuple(bucket.name for bucket in serving))
            if serving:
                before = Parcel(parcel.activity)
                before.units, before.shares = parcel.units, parcel.shares
                older.append(before)
            parcel.units, parcel.shares = NOTHING, {}
    return inside, older


def _looking_back(parcel: Parcel, version: Version, facts: Facts) -> list[Bucket]:
    found = []
    for bucket in version.restrictions.buckets:
        since = look_back_from(bucket, facts.cycle.end)
        reaches = since is not None and parcel.activity.ends_on >= since
        if reaches and bucket.holders.include(facts.person_facts) and parcel.eligible(bucket.selector):
            found.append(bucket)
    return found
