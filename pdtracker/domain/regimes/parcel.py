"""A parcel: what one activity is worth while it passes the rules, and what each of them did to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import gcd

from pdtracker.domain.regimes.facts import Activity, Adjustment
from pdtracker.domain.regimes.quantities import total
from pdtracker.domain.regimes.selection import Selector

NOTHING = Fraction(0)


class Parcel:
    """An activity with its `units` so far and each category's share of them.

    What happened is kept as a function with its arguments and put into words only when somebody reads it. In the same
    way a share is only worked out when a rule asks for it, as long as it is the category's part of the minutes.
    `lacks` are the sets of evidence of which gates ask for one, and none is shown.
    """

    __slots__ = ("_shares", "activity", "is_signed", "lacks", "minutes", "told", "units")

    def __init__(self, activity: Activity) -> None:
        self.activity = activity
        self.minutes: Fraction | int = activity.minutes
        self.units = NOTHING
        self.is_signed = False
        self.lacks: tuple[frozenset[str], ...] = ()
        self._shares: Mapping[str, Fraction] | None = {}
        self.told: list[tuple[Callable[..., str], tuple[object, ...]]] = []

    @property
    def order(self) -> tuple[date, date, str]:
        """The place in the record: by the day on which it ended, not by where it stood in a list."""
        activity = self.activity
        return activity.ends_on, activity.on, activity.id

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each rule that said something."""
        return tuple(say(*arguments) for say, arguments in self.told)

    @property
    def shares(self) -> Mapping[str, Fraction]:
        """The part of the units that each category has."""
        if self._shares is not None:
            return self._shares
        return {name: self.share(name) for name in self.activity.categories}

    @shares.setter
    def shares(self, shares: Mapping[str, Fraction]) -> None:
        self._shares = shares

    def share_by_minutes(self) -> None:
        """From now on a category's share is its part of the activity's minutes, however the units shrink."""
        self._shares = None

    def share(self, category: str) -> Fraction:
        """The part of the units that one category has."""
        if self._shares is not None:
            return self._shares.get(category, NOTHING)
        whole, minutes = self.activity.minutes, self.activity.categories.get(category, 0)
        if minutes == whole:
            return self.units
        units, per = self.units.as_integer_ratio()
        return Fraction(units * minutes, per * whole)

    def side_by_side(self) -> dict[str, tuple[int, int]]:
        """The units of each category and, by no name, those of none, as ratios in lowest terms.

        Empty where there are no shares, or they overlap.
        """
        if self._shares is not None:
            rest = self.units - total(self._shares.values())
            if not self._shares or rest < 0:
                return {}
            return {name: share.as_integer_ratio() for name, share in (*self._shares.items(), ("", rest))}
        minutes, whole = self.activity.categories, self.activity.minutes
        if (rest_minutes := whole - sum(minutes.values())) < 0:
            return {}
        units, per = self.units.as_integer_ratio()
        found = {}
        for name, part in (*minutes.items(), ("", rest_minutes)):
            over, under = units * part, per * whole
            common = gcd(over, under)
            found[name] = (over // common, under // common)
        return found

    def tell(self, say: Callable[..., str], *arguments: object) -> None:
        """Notes what happened."""
        self.told.append((say, arguments))

    def eligible(self, selector: Selector) -> Fraction:
        """The units that a selector means: all of them, or the share of its categories."""
        if not self.units or not selector.takes(self.activity):
            return NOTHING
        if not selector.categories:
            return self.units
        touched = [name for name in self.activity.categories if name in selector.categories]
        # No share is more than the whole; only several, which may overlap, can be.
        if len(touched) == 1:
            return self.share(touched[0])
        return min(total(self.share(name) for name in touched), self.units)

    def serves(self, selector: Selector) -> bool:
        """Whether a selector means any of its units."""
        if not self.units or not selector.takes(self.activity):
            return False
        shares: Mapping[str, Fraction | int] = (
            self.activity.categories if self._shares is None else self._shares
        )
        return not selector.categories or any(shares.get(name) for name in selector.categories)

    def lower(self, units: Fraction) -> None:
        """So many units are left; every category keeps its part of them."""
        if not units:
            self._shares = {}
        elif self._shares:
            factor = units / self.units
            self._shares = {name: share * factor for name, share in self._shares.items()}
        self.units = units

    def leave(self, selector: Selector, eligible: Fraction, room: Fraction) -> None:
        """Of the units that a selector means only `room` is left; other categories keep theirs as far as they fit."""
        rest = NOTHING if eligible is self.units else self.units - eligible
        left = rest + room if rest and room else rest or room
        if not selector.categories or not left:
            self.lower(left)
            return
        names = self.activity.categories
        shares = {name: min(self.share(name), left) for name in names if name not in selector.categories}
        if room:
            factor = room / eligible
            shares |= {name: self.share(name) * factor for name in names if name in selector.categories}
        self.units, self._shares = left, shares


def signed_for(adjustment: Adjustment, units: Fraction) -> Parcel:
    """Units that somebody signed, as credit of their category."""
    category = adjustment.category
    parcel = Parcel(
        Activity(
            id=adjustment.by,
            on=adjustment.on,
            ends_on=adjustment.on,
            minutes=0,
            categories={category: 0},
        )
    )
    parcel.units, parcel.shares, parcel.is_signed = units, {category: units}, True
    return parcel


def by_date(parcels: Iterable[Parcel]) -> list[Parcel]:
    """In order of the record."""
    return sorted(parcels, key=lambda parcel: parcel.order)
