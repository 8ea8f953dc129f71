"""Carry-over: what a cycle brings from the one before, and what it would leave for the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from pdtracker.domain.regimes.cycles import months_later
from pdtracker.domain.regimes.facts import Facts
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.rules import CarryOver


def brought_in(rule: CarryOver | None, most: Fraction | None, facts: Facts) -> Fraction:
    """The units from the cycle before that count in this one: none where nothing is carried, else up to the most.

    And no more than the cycle before leaves, where its record tells.
    """
    if rule is None:
        return NOTHING
    bounds = (facts.person.carry_in, facts.person.left_before, most)
    return min(one for one in bounds if one is not None)


def left_over(
    rule: CarryOver | None,
    most: Fraction | None,
    surplus: Fraction,
    most_of: Callable[[Callable[[Parcel], bool]], Fraction],
    facts: Facts,
) -> Fraction:
    """What the next cycle would get: the surplus, as far as it was earned late enough, of what may be carried.

    `most_of` says how much of some of the activities can count.
    """
    if rule is None or surplus <= 0:
        return NOTHING
    after = None if rule.last_months is None else _first_day(facts, rule.last_months)
    earned = most_of(
        lambda parcel: (
            (after is None or parcel.activity.ends_on >= after)
            and (rule.excluding is None or not rule.excluding.takes(parcel.activity))
        )
    )
    bounds = [surplus, earned] if most is None else [surplus, earned, most]
    return min(bounds)


def _first_day(facts: Facts, last_months: int) -> date:
    """The first day of the cycle's last months: of three before the end of June, the first of April."""
    return months_later(facts.cycle.end + timedelta(days=1), -last_months)
