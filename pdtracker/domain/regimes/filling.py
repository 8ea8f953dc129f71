"""Filling: how much of each amount is left where they share rooms, exact, and quick for what records look like.

The general question is a linear programme (`simplex`). Most of one falls apart before that: a room of one amount is a
bound, a room that all find space in asks nothing, and amounts that share no room have nothing to do with each other.
Where the rooms of a part are nested, as days lie in weeks and weeks in years, filling the worthiest first is best
(Edmonds 1971, greedy over a polymatroid); only what crosses, such as a cap over several years, is left for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from pdtracker.domain.regimes.simplex import Amount, Worth, fullest

_NO_WORTH: Final[Worth] = (0, 0)
_MOST_WORTHS: Final = 2


class Row(NamedTuple):
    """A room: how much of it one unit of each amount needs, by its place, and how much it has."""

    needs: Mapping[int, Amount]
    most: Amount


def filled(bounds: Sequence[Amount], rows: Iterable[Row], worths: Sequence[Worth]) -> list[Amount]:
    """The amounts, each up to its bound, that are worth most while each row has room for them.

    Of equals those that come first. What is worth nothing gets nothing where it would need room.
    """
    amounts = list(bounds)
    for part in _apart(list(_scarce(amounts, rows, worths))):
        rooms = _Rooms(part, worths)
        if rooms.are_nested:
            rooms.fill(rooms.places, amounts)
        elif (across := rooms.crossing) is not None:
            _fill_across(amounts, _Rooms([row for row in part if row is not across], worths), across)
        else:
            _fill_crossing(amounts, rooms.places, part, worths)
    return amounts


def _scarce(amounts: list[Amount], rows: Iterable[Row], worths: Sequence[Worth]) -> Iterator[Row]:
    """The rows that still bind when each amount is bounded by the rooms that it has for itself."""
    shared, are_all_worth = [], _NO_WORTH not in worths
    for needs, most in rows:
        if not are_all_worth:
            for place in [place for place in needs if worths[place] == _NO_WORTH]:
                amounts[place] = 0
        if len(needs) > 1:
            shared.append(Row(needs, most))
            continue
        for place, need in needs.items():
            amounts[place] = min(amounts[place], most if need == 1 else Fraction(most) / need)
    for needs, most in shared:
        if sum([amounts[place] * need for place, need in needs.items()]) > most:
            yield Row({place: need for place, need in needs.items() if amounts[place]}, most)


def _apart(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """The rows in parts that have no amount in common."""
    parts: dict[int, list[Row]] = {}
    part_of: dict[int, int] = {}
    for number, row in enumerate(sorted(rows, key=lambda row: -len(row.needs))):
        touched = {part_of[place] for place in row.needs if place in part_of}
        joined = [row]
        for one in touched:
            joined += parts.pop(one)
        whole = min(touched, default=number)
        parts[whole] = joined
        if len(touched) == 1:
            part_of.update(dict.fromkeys(row.needs, whole))
        else:
            for other in joined:
                part_of.update(dict.fromkeys(other.needs, whole))
    yield from parts.values()


class _Rooms:
    """Rows that have to do with each other, the amounts in them, and what is left of them while they are filled."""

    def __init__(self, rows: Sequence[Row], worths: Sequence[Worth]) -> None:
        self._rows, self.worths = rows, worths
        self.left = [row.most for row in rows]
        self.around: dict[int, list[int]] = {}
        for number, row in enumerate(rows):
            for place in row.needs:
                self.around.setdefault(place, []).append(number)
        self._are_whole = all(need == 1 for row in rows for need in row.needs.values())

    @property
    def places(self) -> list[int]:
        """The amounts in them, the worthiest first, of equals in their order."""
        return sorted(sorted(self.around), key=self.worths.__getitem__, reverse=True)

    @property
    def are_nested(self) -> bool:
        """Whether any two rows lie one in the other or apart, and take every amount as it is."""
        if not self._are_whole:
            return False
        by_size = sorted(self._rows, key=lambda row: len(row.needs))
        outer: dict[int, int] = {}
        for number, row in enumerate(by_size):
            inner = {outer[place] for place in row.needs if place in outer}
            loose = sum(place not in outer for place in row.needs)
            if loose + sum(len(by_size[one].needs) for one in inner) != len(row.needs):
                return False
            outer.update(dict.fromkeys(row.needs, number))
        return True

    @property
    def crossing(self) -> Row | None:
        """The one row without which they are nested; `None` where there is more to it than that."""
        if not self._are_whole or len({self.worths[place] for place in self.around}) > _MOST_WORTHS:
            return None
        touched = [len({other for place in row.needs for other in self.around[place]}) for row in self._rows]
        found = self._rows[touched.index(max(touched))]
        others = [row for row in self._rows if row is not found]
        return found if _Rooms(others, self.worths).are_nested else None

    def fill(self, places: Iterable[int], amounts: list[Amount]) -> None:
        """Each of them in turn as far as all its rooms go."""
        for place in places:
            amounts[place] = self.take(place, amounts[place])

    def take(self, place: int, wanted: Amount) -> Amount:
        """What there is room for of what one wants, taken from all its rooms."""
        around, left = self.around.get(place, ()), self.left
        for row in around:
            wanted = min(wanted, left[row])
        if wanted:
            for row in around:
                left[row] -= wanted
        return wanted


class _Across:
    """Nested rooms, and one that crosses them with a budget of its own."""

    def __init__(self, amounts: Sequence[Amount], rooms: _Rooms, across: Row) -> None:
        self.rooms, self._amounts = rooms, amounts
        self.budget = across.most
        self.taken: dict[int, Amount] = {}
        places = sorted({*rooms.around, *across.needs})
        best = max(rooms.worths[place] for place in places)
        self.tiers = [
            (
                [one for one in places if (rooms.worths[one] == best) is is_best and one not in across.needs],
                [one for one in places if (rooms.worths[one] == best) is is_best and one in across.needs],
            )
            for is_best in (True, False)
        ]

    def within(self, *orders: Sequence[int]) -> list[Amount]:
        """What each of these orders would get in turn, were there no budget."""
        kept = list(self.rooms.left)
        found = [sum([self.rooms.take(place, self._amounts[place]) for place in order]) for order in orders]
        self.rooms.left = kept
        return found

    def give(self, beside: Sequence[int], inside: Sequence[int], budget: Amount) -> None:
        """Fills the rooms with both, as much of the inside ones as the budget has, in their order.

        Nothing is lost by it: what the others leave of the inside ones is theirs in any case, and for whatever more
        they get only others give way (amounts that fit can be filled up from any way that is full).
        """
        rooms, kept = self.rooms, list(self.rooms.left)
        for place in beside:
            rooms.take(place, self._amounts[place])
        least = {place: rooms.take(place, self._amounts[place]) for place in inside}
        rooms.left = kept
        spare = max(0, budget - sum(least.values()))
        for place, amount in least.items():
            rooms.take(place, amount)
        for place in inside:
            more = rooms.take(place, min(self._amounts[place] - least[place], spare))
            spare -= more
            self.taken[place] = least[place] + more
        for place in beside:
            self.taken[place] = rooms.take(place, self._amounts[place])

    def cut(self, inside: Sequence[int]) -> None:
        """Gives these what is left of the budget, in their order."""
        for place in inside:
            self.taken[place] = self.rooms.take(place, min(self._amounts[place], self.budget))
            self.budget -= self.taken[place]


def _fill_across(amounts: list[Amount], rooms: _Rooms, across: Row) -> None:
    """Nested rooms with one that crosses them: the less it has, the later its amounts have their turn.

    While what it holds may stay, amounts go by their worth alone; then the others of the same worth come before, then
    all others, and what is still too much is cut. Between two such orders some of both is filled (a parametric greedy
    over a polymatroid).
    """
    ways = _Across(amounts, rooms, across)
    (good, good_in), (other, other_in) = ways.tiers
    _, first, _, last = ways.within(good, good_in, other, other_in)
    _, _, third, fourth = ways.within(good, other, good_in, other_in)
    if first + last <= ways.budget:
        ways.give(good, good_in, ways.budget - last)
        ways.give(other, other_in, ways.budget - sum(ways.taken[place] for place in good_in))
    elif third + fourth <= ways.budget:
        ways.give(good, (), 0)
        ways.give(other, good_in, ways.budget - fourth)
        ways.give((), other_in, fourth)
    else:
        ways.give((*good, *other), (), 0)
        ways.cut((*good_in, *other_in))
    for place, amount in ways.taken.items():
        amounts[place] = amount


def _fill_crossing(
    amounts: list[Amount], places: Iterable[int], rows: Sequence[Row], worths: Sequence[Worth]
) -> None:
    """By a linear programme, in which what all rooms see alike is one amount, filled in the order of the record."""
    seen: dict[int, list[tuple[int, Amount]]] = {}
    for number, row in enumerate(rows):
        for place, need in row.needs.items():
            seen.setdefault(place, []).append((number, need))
    alike: dict[tuple[tuple[tuple[int, Amount], ...], Worth], list[int]] = {}
    for place in places:
        alike.setdefault((tuple(seen[place]), worths[place]), []).append(place)
    needs: list[dict[int, Amount]] = [{} for _ in rows]
    for group, (told, _) in enumerate(alike):
        for number, need in told:
            needs[number][group] = need
    bounds = [sum(amounts[place] for place in group) for group in alike.values()]
    programme = [(found, row.most) for found, row in zip(needs, rows, strict=True)]
    whole = fullest(bounds, programme, [worth for _, worth in alike])
    for same, amount in zip(alike.values(), whole, strict=True):
        reached = accumulate((amounts[place] for place in same), initial=0)
        for place, (before, after) in zip(same, pairwise(list(reached)), strict=True):
            amounts[place] = min(max(amount - before, 0), after - before)
