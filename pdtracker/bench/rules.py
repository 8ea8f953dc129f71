"""A person's progress: ten years and 500 activities under every regime, beside the bare addition of their hours.

And under the slowest one with what a district may lay on top: a day's, a week's and a year's limit, and a cap on a
category. The anchor makes each activity's hours an exact fraction and adds them up, and does nothing else: no gate, no
rounding, no category, no reason. Figures are computed whole each time; only single conversions of minutes are
remembered, as in a server that computes one person after another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from pdtracker.bench.measuring import ROUNDS, Figure, Goal, Unit, beside, counted, in_turn
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Activity, Facts, Person
from pdtracker.domain.regimes.rules import Bucket, Layer, Limit, Op, Period, Restrictions, Version
from pdtracker.domain.regimes.selection import Selector
from pdtracker.domain.regimes.shelf import shelf

ACTIVITIES: Final = 500
TEN_YEARS: Final = Cycle(date(2015, 7, 1), date(2025, 6, 30))
_GOAL_SECONDS: Final = 0.005
_ANCHOR: Final = "addition"
_TO_CHOOSE: Final = 2
# Prime steps through the days and lengths, so that the record looks uneven and is the same every time.
_DAY_STEP: Final = 1009
_MINUTES_STEP: Final = 37


def measure(rounds: int = ROUNDS, activities: int = ACTIVITIES) -> list[Figure]:
    """The slowest regime beside the anchor, by itself and with layers against the goal."""
    records = {name: record(versions[-1], activities) for name, versions in shelf().items()}
    first = next(iter(records.values()))
    ways: dict[str, Callable[[], object]] = {
        name: _evaluating(shelf()[name], facts) for name, facts in records.items()
    }
    # Once each shows which is slowest; only that one is worth the rounds.
    slowest = _slowest(in_turn(ways, rounds=_TO_CHOOSE))
    layered = {
        f"{slowest} with {name}": _evaluating(shelf()[slowest], records[slowest], layer)
        for name, layer in layers_on(shelf()[slowest][-1]).items()
    }
    taken = in_turn({_ANCHOR: lambda: added(first), slowest: ways[slowest], **layered}, rounds=rounds)
    return [
        beside(f"evaluation by {slowest} : adding the hours", taken[slowest], taken[_ANCHOR]),
        counted(
            f"evaluation of {activities} activities, slowest of {len(records)} regimes",
            Unit.SECONDS,
            taken[slowest],
            Goal(_GOAL_SECONDS),
            f"{slowest}: {min(taken[slowest]) * 1e3:.2f} ms",
        ),
        *(counted(name, Unit.SECONDS, taken[name], Goal(_GOAL_SECONDS)) for name in layered),
    ]


def layers_on(version: Version) -> dict[str, Layer]:
    """What a district may lay on top, from one limit to several that cross; all of it takes from the record."""
    day, week, year = (
        Limit(per=per, units=Fraction(most))
        for per, most in ((Period.DAY, 5), (Period.WEEK, 6), (Period.YEAR, 50))
    )
    named = min(version.words["categories"], default="")
    selector = Selector(categories=frozenset({named} if named else ()))
    cap = Bucket(id="cap", name=named, op=Op.MAX, amount=Fraction(40), selector=selector)
    rules = {
        "a yearly limit": Restrictions(limits=(year,)),
        "limits of day and week": Restrictions(limits=(day, week)),
        "limits of day and week, and a cap": Restrictions(limits=(day, week), buckets=(cap,)),
    }
    return {
        name: Layer(layer="district", under=version.regime, name="District", restrictions=one)
        for name, one in rules.items()
    }


def record(version: Version, count: int) -> Facts:
    """A record that keeps a regime busy: its kinds, categories and levels in turn, all evidence, forty topics."""
    words: dict[str, list[str | None]] = {name: [*found] or [None] for name, found in version.words.items()}
    return Facts(
        cycle=TEN_YEARS,
        person=Person(),
        as_of=TEN_YEARS.end,
        activities=tuple(_activity(place, words) for place in range(count)),
    )


def added(facts: Facts) -> Fraction:
    """The anchor: the hours of all activities as exact fractions, added."""
    return sum((Fraction(one.minutes, 60) for one in facts.activities), Fraction(0))


def _activity(place: int, words: Mapping[str, Sequence[str | None]]) -> Activity:
    span = (TEN_YEARS.end - TEN_YEARS.start).days
    on = TEN_YEARS.start + timedelta(days=place * _DAY_STEP % span)
    minutes = 20 + place * _MINUTES_STEP % 400
    category = words["categories"][place % len(words["categories"])]
    return Activity(
        id=f"a{place}",
        on=on,
        ends_on=on,
        minutes=minutes,
        categories={} if category is None else {category: minutes - place % 10},
        kind=words["kinds"][place // 2 % len(words["kinds"])] if place % 3 == 0 else None,
        level=words["levels"][place % len(words["levels"])] if place % 5 == 0 else None,
        topic=f"topic {place % 40}",
        evidence={name: None for name in words["evidence"] if name is not None},
    )


def _evaluating(versions: Sequence[Version], facts: Facts, *layers: Layer) -> Callable[[], Evaluation]:
    return lambda: evaluate(versions, facts, layers)


def _slowest(taken: Mapping[str, Sequence[float]]) -> str:
    return max(taken, key=lambda name: min(taken[name]))
