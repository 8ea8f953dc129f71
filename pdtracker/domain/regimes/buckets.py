"""Buckets: maximums that cut, and minimums that leave something missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


def cut(parcels: Sequence[Parcel], bucket: Bucket, required: Fraction, unit: Unit) -> None:
    """Leaves of the parcels what a maximum allows: the first in the record, or of a number the largest."""
    if bucket.count is not None:
        _keep_largest(parcels, bucket, bucket.count)
        return
    meant = [(parcel, wanted) for parcel in parcels if (wanted := parcel.eligible(bucket.selector))]
    most = bucket.asks(required)
    common, (room, *parts) = in_parts([most, *(wanted for _, wanted in meant)])
    for (parcel, wanted), part in zip(meant, parts, strict=True):
        if part <= room:
            room -= part
            continue
        left = Fraction(room, common) if room else NOTHING
        parcel.tell(words.over_maximum, bucket, wanted, left, most, unit)
        parcel.leave(bucket.selector, wanted, left)
        room = 0


def missing_from(
    buckets: Sequence[Bucket],
    parcels: Sequence[Parcel],
    older: Sequence[Parcel],
    required: Fraction,
    facts: Facts,
    unit: Unit,
) -> list[Missing]:
    """What the minimums lack: each on its own, the exclusive ones together."""
    found = []
    for bucket in buckets:
        if bucket.op is Op.MIN and not bucket.exclusive:
            found.extend(_short(bucket, parcels, older, required, facts, unit))
    together = [bucket for bucket in buckets if bucket.exclusive]
    for lack in shortfalls(together, [bucket.asks(required) for bucket in together], parcels):
        what = " + ".join(bucket.id for bucket in lack.buckets)
        found.append(Missing(what, lack.amount, notes.lacking_together(lack.buckets, lack.amount, unit)))
    return found


def look_back_from(bucket: Bucket, end: date) -> date | None:
    """The first day from which earlier credit serves this minimum."""
    return None if bucket.look_back_years is None else months_later(end, -_MONTHS * bucket.look_back_years)


def _short(
    bucket: Bucket,
    parcels: Sequence[Parcel],
    older: Sequence[Parcel],
    required: Fraction,
    facts: Facts,
    unit: Unit,
) -> list[Missing]:
    asked = bucket.asks(required)
    since = look_back_from(bucket, facts.cycle.end)
    reached = [*parcels, *(one for one in older if since is not None and one.activity.ends_on >= since)]
    if bucket.count is not None:
        held = Fraction(sum(one.eligible(bucket.selector) > 0 for one in reached))
    else:
        held = _held(bucket.selector, reached)
    if held >= asked:
        return []
    return [Missing(bucket.id, asked - held, notes.lacking(bucket, held, asked, unit))]


def _held(selector: Selector, parcels: Sequence[Parcel]) -> Fraction:
    """The credit that a selector means, in the whole record."""
    if len(selector.categories) == 1 and selector == Selector(categories=selector.categories):
        # The common minimum asks for one category; its shares needn't be chosen from.
        (name,) = selector.categories
        return total(one.share(name) for one in parcels if name in one.activity.categories)
    return total(one.eligible(selector) for one in parcels)


def _keep_largest(parcels: Sequence[Parcel], bucket: Bucket, count: int) -> None:
    meant = [parcel for parcel in parcels if parcel.eligible(bucket.selector)]
    _, parts = in_parts([parcel.units for parcel in meant])
    for _, parcel in sorted(zip(parts, meant, strict=True), key=lambda one: -one[0])[count:]:
        parcel.tell(words.over_count, bucket, count)
        parcel.leave(bucket.selector, parcel.eligible(bucket.selector), NOTHING)
