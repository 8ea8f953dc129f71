"""A parcel: what one activity is worth while it passes the rules, and what each of them did to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction

from pdtracker.domain.regimes.facts import Activity
from pdtracker.domain.regimes.quantities import total
from pdtracker.domain.regimes.selection import Selector

NOTHING = Fraction(0)


class Parcel:
    """An activity with its `units` so far and each category's share of them.

    What happened is kept as a function with its arguments and put into words only when somebody reads it.
    """

    __slots__ = ("activity", "minutes", "shares", "told", "units")

    def __init__(self, activity: Activity) -> None:
        self.activity = activity
        self.minutes: Fraction | int = activity.minutes
        self.units = NOTHING
        self.shares: dict[str, Fraction] = {}
        self.told: list[tuple[Callable[..., str], tuple[object, ...]]] = []

    @property
    def order(self) -> tuple[date, date, str]:
        """The place in the record: by the day on which it ended, not by where it stood in a list."""
        return self.activity.ends_on, self.activity.on, self.activity.id

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each rule that said something."""
        return tuple(say(*arguments) for say, arguments in self.told)

    def tell(self, say: Callable[..., str], *arguments: object) -> None:
        """Notes what happened."""
        self.told.append((say, arguments))

    def eligible(self, selector: Selector) -> Fraction:
        """The units that a selector means: all of them, or the share of its categories."""
        if not selector.categories:
            return self.units if selector.takes(self.activity) else NOTHING
        shares = [self.shares[name] for name in selector.categories if name in self.shares]
        if not shares or not selector.takes(self.activity):
            return NOTHING
        # No share is more than the whole; only several, which may overlap, can be.
        return shares[0] if len(shares) == 1 else min(total(shares), self.units)

    def lower(self, units: Fraction) -> None:
        """So many units are left; every category keeps its part of them."""
        if not units:
            self.shares = {}
        elif self.shares:
            factor = units / self.units
            self.shares = {name: share * factor for name, share in self.shares.items()}
        self.units = units

    def leave(self, selector: Selector, eligible: Fraction, room: Fraction) -> None:
        """Of the units that a selector means only `room` is left; other categories keep theirs as far as they fit."""
        left = self.units - eligible + room
        if not selector.categories or not left:
            self.lower(left)
            return
        factor = room / eligible if room else NOTHING
        self.shares = {
            name: share * factor if name in selector.categories else min(share, left)
            for name, share in self.shares.items()
        }
        self.units = left


def by_date(parcels: Iterable[Parcel]) -> list[Parcel]:
    """In order of the record."""
    return sorted(parcels, key=lambda parcel: parcel.order)
