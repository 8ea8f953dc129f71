"""Buckets: maximums that cut, and minimums that leave something missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from pdtracker.domain.regimes import notes, words
from pdtracker.domain.regimes.cycles import months_later
from pdtracker.domain.regimes.exclusive import shortfalls
from pdtracker.domain.regimes.facts import Facts
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.quantities import Unit, in_parts, total
from pdtracker.domain.regimes.rules import Bucket, Op
from pdtracker.domain.regimes.selection import Selector

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Missing:
    """A shortfall: what is short, by how much, and the sentence for it."""

    what: str
    amount: Fraction
    sentence: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A bucket with what the record holds of it and the figure that it asks for or allows.

    Of an exclusive minimum `held` is what could go to it, though another may need the same. `cut` are the units that a
    maximum took. A bucket that counts holds and asks for a number of activities.
    """

    bucket: Bucket
    held: Fraction
    asked: Fraction
    cut: Fraction = NOTHING

    @property
    def is_met(self) -> bool:
        """Whether a minimum is reached by itself. A maximum is never missed: it only cuts."""
        return self.bucket.op is Op.MAX or self.held >= self.asked


def keep_once_each(parcels: Sequence[Parcel]) -> None:
    """Of the activities with one repeat key only the one that brings most counts; the first of equals."""
    best: dict[str, Parcel] = {}
    for parcel in parcels:
        key = parcel.activity.repeat_key
        if key is None or not parcel.units:
            continue
        held = best.setdefault(key, parcel)
        if held is parcel:
            continue
        less, more = (held, parcel) if parcel.units > held.units else (parcel, held)
        best[key] = more
        less.tell(words.repeated, more.activity)
        less.lower(NOTHING)


def cut(parcels: Sequence[Parcel], bucket: Bucket, required: Fraction, unit: Unit) -> Filled:
    """Leaves of the parcels what a maximum allows: the first in the record, or of a number the largest.

    Tells what it took; what is held isn't known before all the others have cut.
    """
    most = bucket.asks(required)
    if bucket.count is not None:
        return Filled(bucket, NOTHING, most, _keep_largest(parcels, bucket, bucket.count))
    return Filled(bucket, NOTHING, most, _keep_first(parcels, bucket, most, unit))


def filled_minimums(
    buckets: Sequence[Bucket],
    parcels: Sequence[Parcel],
    older: Sequence[Parcel],
    required: Fraction,
    facts: Facts,
) -> tuple[Filled, ...]:
    """What each minimum holds and asks for, those that are met included."""
    return tuple(_filled(bucket, parcels, older, required, facts) for bucket in buckets)


def filled_maximums(cuts: Sequence[Filled], parcels: Sequence[Parcel]) -> tuple[Filled, ...]:
    """What the record holds of each maximum in the end, and what those with its id took together.

    A lower layer's stands in place of the one with its id. Of a number of activities a layer lets no more count than
    the largest bring, though it may be parts of several; then as many are held as are allowed.
    """
    latest = {one.bucket.id: one for one in cuts}
    asked = {name: min(one.asked for one in cuts if one.bucket.id == name) for name in latest}
    return tuple(
        replace(
            last,
            held=_held_of(last.bucket, asked[name], parcels),
            asked=asked[name],
            cut=total(one.cut for one in cuts if one.bucket.id == name),
        )
        for name, last in latest.items()
    )


def missing_from(filled: Sequence[Filled], parcels: Sequence[Parcel], unit: Unit) -> list[Missing]:
    """What the minimums lack: each on its own, the exclusive ones together."""
    found = [
        Missing(one.bucket.id, one.asked - one.held, notes.lacking(one.bucket, one.held, one.asked, unit))
        for one in filled
        if not one.bucket.exclusive and not one.is_met
    ]
    together = [one for one in filled if one.bucket.exclusive]
    for lack in shortfalls([one.bucket for one in together], [one.asked for one in together], parcels):
        what = " + ".join(bucket.id for bucket in lack.buckets)
        found.append(Missing(what, lack.amount, notes.lacking_together(lack.buckets, lack.amount, unit)))
    return found


def look_back_from(bucket: Bucket, end: date) -> date | None:
    """The first day from which earlier credit serves this minimum."""
    return None if bucket.look_back_years is None else months_later(end, -_MONTHS * bucket.look_back_years)


def _filled(
    bucket: Bucket, parcels: Sequence[Parcel], older: Sequence[Parcel], required: Fraction, facts: Facts
) -> Filled:
    since = look_back_from(bucket, facts.cycle.end)
    reached = [*parcels, *(one for one in older if since is not None and one.activity.ends_on >= since)]
    return Filled(bucket, _held_in(bucket, reached), bucket.asks(required))


def _held_in(bucket: Bucket, parcels: Sequence[Parcel]) -> Fraction:
    if bucket.count is not None:
        # What was signed is credit, but no activity.
        return Fraction(sum(one.eligible(bucket.selector) > 0 for one in parcels if not one.is_signed))
    return max(_held(bucket.selector, parcels), NOTHING)


def _held_of(maximum: Bucket, asked: Fraction, parcels: Sequence[Parcel]) -> Fraction:
    held = _held_in(maximum, parcels)
    return held if maximum.count is None else min(held, asked)


def _held(selector: Selector, parcels: Sequence[Parcel]) -> Fraction:
    """The credit that a selector means, in the whole record."""
    if len(selector.categories) == 1 and selector == Selector(categories=selector.categories):
        # The common minimum asks for one category; its shares needn't be chosen from.
        (name,) = selector.categories
        return total(one.share(name) for one in parcels if name in one.activity.categories)
    return total(one.eligible(selector) for one in parcels)


def _keep_first(parcels: Sequence[Parcel], bucket: Bucket, most: Fraction, unit: Unit) -> Fraction:
    meant = [(parcel, wanted) for parcel in parcels if (wanted := parcel.eligible(bucket.selector))]
    common, (room, *parts) = in_parts([most, *(wanted for _, wanted in meant)])
    taken = 0
    for (parcel, wanted), part in zip(meant, parts, strict=True):
        if part <= room:
            room -= part
            continue
        left = Fraction(room, common) if room else NOTHING
        parcel.tell(words.over_maximum, bucket, wanted, left, most, unit)
        parcel.leave(bucket.selector, wanted, left)
        taken, room = taken + part - room, 0
    return Fraction(taken, common)


def _keep_largest(parcels: Sequence[Parcel], bucket: Bucket, count: int) -> Fraction:
    meant = [parcel for parcel in parcels if parcel.eligible(bucket.selector)]
    _, parts = in_parts([parcel.units for parcel in meant])
    taken = []
    for _, parcel in sorted(zip(parts, meant, strict=True), key=lambda one: -one[0])[count:]:
        taken.append(parcel.eligible(bucket.selector))
        parcel.tell(words.over_count, bucket, count)
        parcel.leave(bucket.selector, taken[-1], NOTHING)
    return total(taken)
