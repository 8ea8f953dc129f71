"""Room: what a limit, a maximum or a repeated course has space for in a record, and what is told when it is full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.parcel import Parcel
from pdtracker.domain.regimes.pieces import Key, Piece
from pdtracker.domain.regimes.quantities import Unit, total
from pdtracker.domain.regimes.rules import Bucket, Limit


@dataclass(frozen=True, slots=True)
class Room:
    """Space for `most` units; `needs` says how much of it one unit of a piece fills.

    `tells` notes at a parcel that of so much so much is left. `maximum` is the place of the maximum whose room it is.
    """

    most: Fraction
    needs: Callable[[Piece], Fraction | int]
    tells: Callable[[Parcel, Fraction, Fraction], None]
    maximum: int | None = None


def limit_of(limit: Limit, key: Key, unit: Unit) -> Room:
    """The room of a limit in one period."""
    most = limit.units if limit.units is not None else Fraction(limit.minutes or 0, unit.minutes)

    def needs(piece: Piece) -> int:
        return int(key in piece.periods and limit.selector.takes(piece.parcel.activity))

    def tells(parcel: Parcel, before: Fraction, after: Fraction) -> None:
        parcel.tell(words.over_units, before, after, limit, most, unit)

    return Room(most, needs, tells)


def repeats_of(
    parcels: Iterable[Parcel], alone: Callable[[Sequence[Parcel]], Fraction], unit: Unit
) -> Iterator[Room]:
    """The room of each course that was taken more than once: what the best of it would bring alone."""
    courses: dict[str, list[Parcel]] = {}
    for parcel in parcels:
        if parcel.activity.repeat_key is not None and parcel.units:
            courses.setdefault(parcel.activity.repeat_key, []).append(parcel)
    for key, alike in courses.items():
        if len(alike) > 1:
            yield _repeat(key, alike, max(alone([parcel]) for parcel in alike), unit)


def _repeat(key: str, alike: Sequence[Parcel], most: Fraction, unit: Unit) -> Room:
    def needs(piece: Piece) -> int:
        return int(piece.parcel.activity.repeat_key == key)

    def tells(parcel: Parcel, before: Fraction, after: Fraction) -> None:
        other = max((one for one in alike if one is not parcel), key=lambda one: one.units)
        if after:
            parcel.tell(words.repeated_in_part, other.activity, before, after, unit)
        else:
            parcel.tell(words.repeated, other.activity)

    return Room(most, needs, tells)


def maximum_of(
    bucket: Bucket,
    place: int,
    required: Fraction,
    parcels: Iterable[Parcel],
    alone: Callable[[Sequence[Parcel]], Fraction],
    unit: Unit,
) -> Room:
    """The room of a maximum; of one that counts, what the most activities that it allows would bring alone."""
    selector, count = bucket.selector, bucket.count
    most = bucket.asks(required)
    if count is not None:
        each = (min(one.eligible(selector), alone([one])) for one in parcels if one.eligible(selector))
        most = total(sorted(each, reverse=True)[:count])

    def needs(piece: Piece) -> Fraction | int:
        return piece.share_of(selector)

    def tells(parcel: Parcel, before: Fraction, after: Fraction) -> None:
        if count is not None and not after:
            parcel.tell(words.over_count, bucket, count)
        else:
            parcel.tell(words.over_maximum, bucket, before, after, most, unit)

    return Room(most, needs, tells, place)
