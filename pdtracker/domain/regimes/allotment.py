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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.buckets import Filled
from pdtracker.domain.regimes.cycles import CycleRule
from pdtracker.domain.regimes.filling import Row, filled
from pdtracker.domain.regimes.limits import period_of
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.pieces import Key, Piece, Pieces, by_category
from pdtracker.domain.regimes.quantities import Unit, total
from pdtracker.domain.regimes.room import Room, limits_of, maximum_of, most_of, repeats_of
from pdtracker.domain.regimes.rules import Bucket, Op, Period, Restrictions
from pdtracker.domain.regimes.simplex import Amount, Worth

_PLAIN: Final[Worth] = (1, 0)
_SERVING: Final[Worth] = (1, 1)


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
        # What is the same for every parcel is asked once: a record has hundreds.
        self._open_pers = tuple(sorted({one.per for one in self._limits if one.selector.is_open}))
        self._narrow = [one for one in self._limits if not one.selector.is_open]
        self._asked = frozenset().union(*(one.selector.categories for one in self._maximums))
        self._pieces, self._rooms, self._rows = Pieces(()), list[Room](), list[Row]()
        self._spaces: dict[int, Fraction] = {}

    def settle(self, required: Fraction, minimums: Sequence[Bucket]) -> list[Filled]:
        """Leaves of each parcel what counts, with its reasons, and answers with the maximums and what they took.

        `required` is what a maximum in per cent goes by.
        """
        self._need_topics()
        # Most districts lay nothing on top; then a record needn't be cut into what no rule asks about.
        if not (self._limits or self._maximums or self._is_once_each):
            return []
        mosts = [one.asks(required) for one in self._maximums if one.count is None]
        self._pieces = self._in_pieces((one for one in self._parcels if one.units), mosts)
        self._rooms = list(self._scarce(required))
        self._rows = _rows(self._rooms, self._pieces)
        taken = self._leave(minimums) if self._rooms else {}
        return [
            Filled(one, NOTHING, one.asks(required), taken.get(place, NOTHING))
            for place, one in enumerate(self._maximums)
        ]

    def most_of(self, is_meant: Callable[[Parcel], bool]) -> Fraction:
        """The most that could count of some of the parcels, within all the rules."""
        if not self._rooms:
            return total(parcel.units for parcel in self._parcels if is_meant(parcel))
        worths = [(int(is_meant(piece.parcel)), 0) for piece in self._pieces.all]
        kept = filled(self._pieces.parts, self._rows, worths)
        return self._pieces.units(
            sum(left for left, (is_worth, _) in zip(kept, worths, strict=True) if is_worth)
        )

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
        if not self._limits:
            return total(parcel.units for parcel in parcels)
        pieces = self._in_pieces(parcels)
        rooms = [room for limit in self._limits for room in limits_of(limit, pieces, self._unit)]
        return pieces.units(sum(filled(pieces.parts, _rows(rooms, pieces), [(1, 0)] * len(pieces.all))))

    def _in_pieces(self, parcels: Iterable[Parcel], mosts: Iterable[Fraction] = ()) -> Pieces:
        bounds = (*(most_of(limit, self._unit) for limit in self._limits), *mosts)
        return Pieces(((parcel, self._cut(parcel)) for parcel in parcels), bounds)

    def _cut(self, parcel: Parcel) -> list[Piece]:
        """The parts of a parcel that these rules can tell apart: its periods, its categories."""
        pers, on = self._pers_for(parcel), parcel.activity.on
        parts = by_category(parcel, self._asked)
        if not pers or on == parcel.activity.ends_on:
            keys = self._keys(on, pers)
            return [Piece(parcel, keys, names, units) for names, units in parts]
        days = parcel.activity.days
        stretches = Counter(self._keys(on + timedelta(days=day), pers) for day in range(days))
        return [
            Piece(parcel, periods, names, (Fraction(*units) * count / days).as_integer_ratio())
            for names, units in parts
            for periods, count in stretches.items()
        ]

    def _pers_for(self, parcel: Parcel) -> tuple[Period, ...]:
        """The kinds of period in which something limits it."""
        if not self._narrow:
            return self._open_pers
        more = {one.per for one in self._narrow if one.selector.takes(parcel.activity)}
        return tuple(sorted(more.union(self._open_pers)))

    def _keys(self, on: date, pers: Sequence[Period]) -> tuple[Key, ...]:
        return tuple([(per, period_of(per, on, self._cycle)) for per in pers])

    def _scarce(self, required: Fraction) -> Iterator[Room]:
        """The rules that the record doesn't fit in as it is; the others take nothing."""
        pieces = self._pieces
        if self._is_once_each:
            yield from _exceeded(repeats_of(pieces, self._alone, self._unit), pieces)
        for limit in self._limits:
            yield from limits_of(limit, pieces, self._unit)
        for number, bucket in enumerate(self._maximums):
            yield from _exceeded(
                [maximum_of(bucket, number, required, pieces, self._alone, self._unit)], pieces
            )

    def _leave(self, minimums: Sequence[Bucket]) -> dict[int, Fraction]:
        """Lowers the parcels to what is kept of their pieces and tells why; what each maximum took, by its place."""
        pieces = self._pieces
        kept = filled(pieces.parts, self._rows, self._worths(minimums))
        full = self._full(kept)
        taken: dict[int, Amount] = {}
        for parcel, places in _lowered(pieces, kept):
            for number, cut in self._cuts(places, kept, full).items():
                room, meant = self._rooms[number], places
                if room.maximum is not None:
                    meant = [place for place in places if place in room.needs]
                    taken[room.maximum] = taken.get(room.maximum, 0) + cut
                needs = {} if room.maximum is None else room.needs
                before = sum([pieces.parts[place] * needs.get(place, 1) for place in meant])
                parcel.tell(_said, room, parcel, pieces, before, before - cut)
            _lower(parcel, places, pieces, kept)
        return {number: pieces.units(cut) for number, cut in taken.items()}

    def _worths(self, minimums: Sequence[Bucket]) -> list[Worth]:
        """A unit is worth itself, and of equals first what serves a minimum."""
        worths: list[Worth] = [_PLAIN] * len(self._pieces.all)
        for place in {place for room in self._rooms for place in room.needs} if minimums else ():
            piece = self._pieces.all[place]
            for one in minimums:
                if piece.serves(one.selector):
                    worths[place] = _SERVING
                    break
        return worths

    def _full(self, kept: Sequence[Amount]) -> Mapping[int, Sequence[int]]:
        """For each place the numbers of the full rooms around it."""
        around: dict[int, list[int]] = {}
        for number, (needs, most) in enumerate(self._rows):
            if sum([kept[place] * need for place, need in needs.items()]) == most:
                for place in needs:
                    around.setdefault(place, []).append(number)
        return around

    def _cuts(
        self, places: Iterable[int], kept: Sequence[Amount], full: Mapping[int, Sequence[int]]
    ) -> dict[int, Amount]:
        """What each full room took of the pieces at these places, by its number.

        Of several it is the one in which most was wanted for its size: that says most about why there was no space.
        """
        cuts: dict[int, Amount] = {}
        for place in places:
            if cut := self._pieces.parts[place] - kept[place]:
                numbers = full[place]
                number = numbers[0] if len(numbers) == 1 else min(numbers, key=self._space)
                cuts[number] = cuts.get(number, 0) + cut * self._rows[number].needs[place]
        return dict(sorted(cuts.items()))

    def _space(self, number: int) -> Fraction:
        """How much of what was wanted in a room it has space for."""
        needs, most = self._rows[number]
        if number not in self._spaces:
            self._spaces[number] = Fraction(most) / self._pieces.needed(needs)
        return self._spaces[number]


def _exceeded(rooms: Iterable[Room], pieces: Pieces) -> Iterator[Room]:
    for room in rooms:
        if pieces.needed(room.needs) > pieces.of(room.most):
            yield room


def _rows(rooms: Iterable[Room], pieces: Pieces) -> list[Row]:
    return [Row(room.needs, pieces.of(room.most)) for room in rooms]


def _lowered(pieces: Pieces, kept: Sequence[Amount]) -> Iterator[tuple[Parcel, Sequence[int]]]:
    """The parcels that lost something, each with the places of its pieces."""
    parts = pieces.parts
    for parcel, places in pieces.of_parcels:
        for place in places:
            if kept[place] != parts[place]:
                yield parcel, places
                break


def _said(room: Room, parcel: Parcel, pieces: Pieces, before: Amount, after: Amount) -> str:
    """What took something of a parcel; amounts are in the pieces' parts, and few are ever read."""
    return room.says(parcel, pieces.units(before), pieces.units(after))


def _lower(parcel: Parcel, places: Sequence[int], pieces: Pieces, kept: Sequence[Amount]) -> None:
    left = pieces.units(sum([kept[place] for place in places]))
    if not left or pieces.all[places[0]].names is None:
        parcel.lower(left)
        return
    shares: dict[str, Amount] = dict.fromkeys(parcel.activity.categories, 0)
    for place in places:
        for name in pieces.all[place].names or ():
            shares[name] += kept[place]
    parcel.units, parcel.shares = left, {name: pieces.units(share) for name, share in shares.items()}
