"""Records for tests: the least valid facts and rule files, with one thing changed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.document import read_version
from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Activity, Facts, Person
from pdtracker.domain.regimes.layers import read_layer
from pdtracker.domain.regimes.rules import Version

CYCLE = Cycle(date(2020, 1, 1), date(2024, 12, 31))
ON = date(2022, 3, 1)

HEAD = """\
regime = "test"
name = "Test"
version = "1"
effective = "not found"
applies_to = "cycle_start"
source = "here"
checked_on = 2026-01-01
checked_by = "us"
confidence = "fair"
unit = "hour"
"""
HOURLY = """
[[accrual]]
per = "hour"
units = 1
"""


def version(rules: str = "", *, head: str = HEAD, accruals: str = HOURLY) -> Version:
    """A version with these rules; what is written at the top stands before the tables."""
    top, table, tables = rules.partition("[")
    return read_version("test.toml", head + top + accruals + table + tables)


def activity(minutes: int = 60, **told: Any) -> Activity:
    """An activity of one day in the middle of the cycle."""
    on = told.pop("on", ON)
    told.setdefault("id", f"{on}-{minutes}")
    evidence = told.pop("evidence", {})
    return Activity(
        on=on,
        ends_on=told.pop("ends_on", on),
        minutes=minutes,
        evidence=evidence if isinstance(evidence, dict) else dict.fromkeys(evidence),
        **told,
    )


def facts(*activities: Activity, cycle: Cycle = CYCLE, as_of: date | None = None, **told: Any) -> Facts:
    """The facts of a person with these activities, whole cycle unless told otherwise."""
    person = told.pop("person", Person())
    return Facts(cycle=cycle, person=person, as_of=as_of or cycle.end, activities=activities, **told)


def counted(rules: Version, *activities: Activity, layers: tuple[str, ...] = (), **told: Any) -> Evaluation:
    """What these activities come to."""
    read: list[Any] = []
    for place, layer in enumerate(layers):
        read.append(read_layer(f"layer{place}.toml", layer, rules, read))
    return evaluate([rules], facts(*activities, **told), read)


def units(found: Evaluation) -> dict[str, Fraction]:
    """What each activity counts."""
    return {parcel.activity.id: parcel.units for parcel in found.parcels}


def missing(found: Evaluation) -> dict[str, Fraction]:
    """What is short."""
    return {one.what: one.amount for one in found.missing}


LAYER = """
layer = "district"
under = "test"
name = "Maplewood"
"""
