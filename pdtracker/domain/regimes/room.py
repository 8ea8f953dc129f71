"""Room: what a limit, a maximum or a repeated course has space for in a record, and what is told when it is full."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.parcel import Parcel
from pdtracker.domain.regimes.pieces import Piece, Pieces
from pdtracker.domain.regimes.quantities import Unit, total
from pdtracker.domain.regimes.rules import Bucket, Limit
from pdtracker.domain.regimes.simplex import Amount


@dataclass(frozen=True, slots=True)
class Room:
    """Space for `most` units; `needs` says how much of it one unit of a piece fills, by the piece's place.

    `says` tells of a parcel that of so much so much is left, once all is settled. `maximum` is the place of the
    maximum whose room it is.
    """

    most: Fraction
    needs: Mapping[int, Amount]
    says: Callable[[Parcel, Fraction, Fraction], str]
    maximum: int | None = None


def limits_of(limit: Limit, pieces: Pieces, unit: Unit) -> Iterator[Room]:
    """The room of a limit in each of its periods that holds more."""
    most = most_of(limit, unit)

    def says(_: Parcel, before: Fraction, after: Fraction) -> str:
        return words.over_units(before, after, limit, most, unit)

    within: dict[object, list[int]] = {}
    per, is_open = limit.per, limit.selector.is_open
    for place, piece in enumerate(pieces.all):
        if is_open or limit.selector.takes(piece.parcel.activity):
            for kind, period in piece.periods:
                if kind is per:
                    within.setdefault(period, []).append(place)
    has, parts = pieces.of(most), pieces.parts
    for places in within.values():
        if sum([parts[place] for place in places]) > has:
            yield Room(most, dict.fromkeys(places, 1), says)


def most_of(limit: Limit, unit: Unit) -> Fraction:
    """The units that a limit has room for."""
    return limit.units if limit.units is not None else Fraction(limit.minutes or 0, unit.minutes)


def repeats_of(pieces: Pieces, alone: Callable[[Sequence[Parcel]], Fraction], unit: Unit) -> Iterator[Room]:
    """The room of each course that was taken more than once: what the best of it would bring alone."""
    courses: dict[str, dict[int, Piece]] = {}
    for place, piece in enumerate(pieces.all):
        if piece.parcel.activity.repeat_key is not None:
            courses.setdefault(piece.parcel.activity.repeat_key, {})[place] = piece
    for found in courses.values():
        alike = list(dict.fromkeys(piece.parcel for piece in found.values()))
        if len(alike) > 1:
            most = max(alone([parcel]) for parcel in alike)
            yield _repeat(alike, dict.fromkeys(found, 1), most, unit)


def _repeat(alike: Sequence[Parcel], needs: Mapping[int, Amount], most: Fraction, unit: Unit) -> Room:
    def says(parcel: Parcel, before: Fraction, after: Fraction) -> str:
        other = max((one for one in alike if one is not parcel), key=lambda one: one.units)
        if after:
            return words.repeated_in_part(other.activity, before, after, unit)
        return words.repeated(other.activity)

    return Room(most, needs, says)


def maximum_of(
    bucket: Bucket,
    number: int,
    required: Fraction,
    pieces: Pieces,
    alone: Callable[[Sequence[Parcel]], Fraction],
    unit: Unit,
) -> Room:
    """The room of a maximum; of one that counts, what the most activities that it allows would bring alone."""
    selector, count = bucket.selector, bucket.count
    meant = [
        (place, piece, share) for place, piece in enumerate(pieces.all) if (share := piece.share_of(selector))
    ]
    most = bucket.asks(required)
    if count is not None:
        parcels = dict.fromkeys(piece.parcel for _, piece, _ in meant)
        each = (min(one.eligible(selector), alone([one])) for one in parcels)
        most = total(sorted(each, reverse=True)[:count])

    def says(_: Parcel, before: Fraction, after: Fraction) -> str:
        if count is not None and not after:
            return words.over_count(bucket, count)
        return words.over_maximum(bucket, before, after, most, unit)

    return Room(most, {place: share for place, _, share in meant}, says, number)
