"""The allotment: what of a record counts where several rules have room for so much, and which of them took the rest.

Taking rule by rule, in the order of the record, lets a limit be used up by hours that a later cap takes away; asking
for more proof of those would then free room, and a stricter rule would give more. So the rules of all layers below a
regime's are looked at together: of all ways to leave within them what was earned, the one that counts most is taken,
and of equals the one that serves the minimums best, then the one that comes first in the record. A stricter rule
leaves fewer ways, therefore never more credit.

What counts all or nothing is bounded so that this holds: of activities with one repeat key no more counts than the one
that brings most would bring alone, of a number of activities no more than the most of them would, and a topic is let
through when it could reach its minimum if nothing else used up the limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.buckets import Filled
from pdtracker.domain.regimes.cycles import CycleRule
from pdtracker.domain.regimes.limits import period_of
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.pieces import Key, Piece, by_category
from pdtracker.domain.regimes.quantities import Unit, in_parts, total
from pdtracker.domain.regimes.room import Room, limit_of, maximum_of, repeats_of
from pdtracker.domain.regimes.rules import Bucket, Op, Period, Restrictions
from pdtracker.domain.regimes.simplex import Amount, Worth, fullest


class Allotment:
    """The parcels of a cycle under the rules of all layers; `settle` cuts them to what counts."""

    def __init__(
        self,
        parcels: Sequence[Parcel],
        layers: Sequence[Restrictions],
        cycle: CycleRule,
        unit: Unit,
        holds: frozenset[str],
    ) -> None:
        self._parcels = parcels
        self._limits = [one for rules in layers for one in rules.limits if one.holders.include(holds)]
        self._maximums = [
            one
            for rules in layers
            for one in rules.buckets
            if one.op is Op.MAX and one.holders.include(holds)
        ]
        self._is_once_each = any(rules.once_each for rules in layers)
        self._topic_minimum = max((rules.topic_minimum for rules in layers), default=NOTHING)
        self._cycle, self._unit = cycle, unit
        self._pieces: list[Piece] = []
        self._rooms: list[Room] = []
        self._needs: list[tuple[Amount, ...]] = []

    def settle(self, required: Fraction, minimums: Sequence[Bucket]) -> list[Filled]:
        """Leaves of each parcel what counts, with its reasons, and answers with the maximums and what they took.

        `required` is what a maximum in per cent goes by.
        """
        self._need_topics()
        self._pieces = [piece for parcel in self._parcels if parcel.units for piece in self._cut(parcel)]
        self._rooms = list(self._scarce(required))
        self._needs = _needs(self._pieces, self._rooms)
        taken = self._leave(minimums) if self._rooms else {}
        return [
            Filled(one, NOTHING, one.asks(required), taken.get(place, NOTHING))
            for place, one in enumerate(self._maximums)
        ]

    def most_of(self, is_meant: Callable[[Parcel], bool]) -> Fraction:
        """The most that could count of some of the parcels, within all the rules."""
        if not self._rooms:
            return total(parcel.units for parcel in self._parcels if is_meant(parcel))
        worths = [(int(is_meant(piece.parcel)), 0) for piece in self._pieces]
        kept = _filled(self._pieces, self._rooms, self._needs, worths)
        return total(left for left, (is_worth, _) in zip(kept, worths, strict=True) if is_worth)

    def _need_topics(self) -> None:
        if not self._topic_minimum:
            return
        topics: dict[object, list[Parcel]] = {}
        for parcel in self._parcels:
            if parcel.units:
                topics.setdefault(parcel.activity.topic or parcel.order, []).append(parcel)
        for together in topics.values():
            reached = self._alone(together)
            for parcel in together:
                parcel.tell(
                    words.topic_total, parcel.activity.topic, reached, self._topic_minimum, self._unit
                )
                if reached < self._topic_minimum:
                    parcel.lower(NOTHING)

    def _alone(self, parcels: Iterable[Parcel]) -> Fraction:
        """What parcels would come to within the limits if there were no others."""
        pieces = [piece for parcel in parcels for piece in self._cut(parcel)]
        rooms = list(self._scarce_limits(pieces))
        return total(_filled(pieces, rooms, _needs(pieces, rooms), [(1, 0)] * len(pieces)))

    def _cut(self, parcel: Parcel) -> Iterator[Piece]:
        """The parts of a parcel that these rules can tell apart: its periods, its categories."""
        pers = sorted({one.per for one in self._limits if one.selector.takes(parcel.activity)})
        on, days = parcel.activity.on, parcel.activity.days
        if days == 1 or not pers:
            keys = self._keys(on, pers)
            yield from (
                Piece(parcel, keys, names, units) for names, units in by_category(parcel, self._maximums)
            )
            return
        stretches = Counter(self._keys(on + timedelta(days=day), pers) for day in range(days))
        for names, units in by_category(parcel, self._maximums):
            for periods, count in stretches.items():
                yield Piece(parcel, periods, names, units * count / days)

    def _keys(self, on: date, pers: Iterable[Period]) -> tuple[Key, ...]:
        return tuple((per, period_of(per, on, self._cycle)) for per in pers)

    def _scarce(self, required: Fraction) -> Iterator[Room]:
        """The rules that the record doesn't fit in as it is; the others take nothing."""
        if self._is_once_each:
            yield from _exceeded(repeats_of(self._parcels, self._alone, self._unit), self._pieces)
        yield from self._scarce_limits(self._pieces)
        for place, bucket in enumerate(self._maximums):
            room = maximum_of(bucket, place, required, self._parcels, self._alone, self._unit)
            yield from _exceeded([room], self._pieces)

    def _scarce_limits(self, pieces: Sequence[Piece]) -> Iterator[Room]:
        for limit in self._limits:
            wanted: dict[Key, list[Fraction]] = {}
            for piece in pieces:
                if limit.selector.takes(piece.parcel.activity):
                    for key in piece.periods:
                        if key[0] is limit.per:
                            wanted.setdefault(key, []).append(piece.units)
            rooms = ((limit_of(limit, key, self._unit), units) for key, units in wanted.items())
            yield from (room for room, units in rooms if total(units) > room.most)

    def _leave(self, minimums: Sequence[Bucket]) -> dict[int, Fraction]:
        """Lowers the parcels to what is kept of their pieces and tells why; what each maximum took, by its place."""
        worths = [(1, int(any(piece.share_of(one.selector) for one in minimums))) for piece in self._pieces]
        kept = _filled(self._pieces, self._rooms, self._needs, worths)
        full = self._full(kept)
        taken: dict[int, Fraction] = {}
        told = []
        for parcel, places in _by_parcel(self._pieces, kept):
            for room, cut in self._cuts(places, kept, full):
                before = parcel.units
                if room.maximum is not None:
                    before = parcel.eligible(self._maximums[room.maximum].selector)
                    taken[room.maximum] = taken.get(room.maximum, NOTHING) + cut
                told.append((room, parcel, before, before - cut))
            _lower(parcel, [(self._pieces[place], kept[place]) for place in places])
        # Whoever tells of another activity has to see what is left of that one.
        for room, parcel, before, after in told:
            room.tells(parcel, before, after)
        return taken

    def _full(self, kept: Sequence[Fraction]) -> list[int]:
        """The places of the rooms that are full, the one first in which most was wanted for its size.

        It says most about why something had no space.
        """
        crowded = {}
        for place, room in enumerate(self._rooms):
            filled = wanted = NOTHING
            for piece, needs, left in zip(self._pieces, self._needs, kept, strict=True):
                if needs[place]:
                    filled += needs[place] * left
                    wanted += needs[place] * piece.units
            if filled == room.most:
                crowded[place] = room.most / wanted
        return sorted(crowded, key=lambda place: (crowded[place], place))

    def _cuts(
        self, places: Iterable[int], kept: Sequence[Fraction], full: Sequence[int]
    ) -> list[tuple[Room, Fraction]]:
        """What each full room took of the pieces at these places."""
        cuts: dict[int, Fraction] = {}
        for place in places:
            if cut := self._pieces[place].units - kept[place]:
                needs = self._needs[place]
                room = next(one for one in full if needs[one])
                cuts[room] = cuts.get(room, NOTHING) + cut * needs[room]
        return [(self._rooms[room], cuts[room]) for room in sorted(cuts)]


def _exceeded(rooms: Iterable[Room], pieces: Sequence[Piece]) -> Iterator[Room]:
    for room in rooms:
        if total(room.needs(piece) * piece.units for piece in pieces) > room.most:
            yield room


def _needs(pieces: Iterable[Piece], rooms: Sequence[Room]) -> list[tuple[Amount, ...]]:
    return [tuple(room.needs(piece) for room in rooms) for piece in pieces]


def _filled(
    pieces: Sequence[Piece],
    rooms: Sequence[Room],
    needs: Sequence[tuple[Amount, ...]],
    worths: Sequence[Worth],
) -> list[Fraction]:
    """What of each piece is left; those that all the rooms see alike are filled in the order of the record."""
    kept = [piece.units for piece in pieces]
    alike: dict[tuple[tuple[Amount, ...], Worth], list[int]] = {}
    for place, told in enumerate(zip(needs, worths, strict=True)):
        if any(told[0]):
            alike.setdefault(told, []).append(place)
    common, parts = in_parts([*(room.most for room in rooms), *kept])
    mosts, units = parts[: len(rooms)], parts[len(rooms) :]
    rows = [
        ({group: told[room] for group, (told, _) in enumerate(alike) if told[room]}, most)
        for room, most in enumerate(mosts)
    ]
    bounds = [sum(units[place] for place in group) for group in alike.values()]
    amounts = fullest(bounds, rows, [worth for _, worth in alike])
    for group, amount in zip(alike.values(), amounts, strict=True):
        reached = accumulate((units[place] for place in group), initial=0)
        for place, (before, after) in zip(group, pairwise(reached), strict=True):
            kept[place] = Fraction(min(max(amount - before, 0), after - before)) / common
    return kept


def _by_parcel(pieces: Sequence[Piece], kept: Sequence[Fraction]) -> Iterator[tuple[Parcel, list[int]]]:
    """The parcels that lost something, each with the places of its pieces."""
    places: dict[int, list[int]] = {}
    for place, piece in enumerate(pieces):
        places.setdefault(id(piece.parcel), []).append(place)
    for own in places.values():
        if any(kept[place] < pieces[place].units for place in own):
            yield pieces[own[0]].parcel, own


def _lower(parcel: Parcel, pieces: Sequence[tuple[Piece, Fraction]]) -> None:
    left = total(amount for _, amount in pieces)
    if left and pieces[0][0].names is not None:
        shares = dict.fromkeys(parcel.activity.categories, NOTHING)
        for piece, amount in pieces:
            for name in piece.names or ():
                shares[name] += amount
        parcel.units, parcel.shares = left, shares
    else:
        parcel.lower(left)
