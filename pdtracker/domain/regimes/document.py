"""A regime's version read from its TOML file; what the file can say stands here, in the order in which it says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Final

from pdtracker.domain.regimes import restrictions
from pdtracker.domain.regimes.cycles import NO_CYCLE, Anchor, Cycle, CycleRule, Extension, Status
from pdtracker.domain.regimes.examples import read_examples
from pdtracker.domain.regimes.quantities import QUANTITIES, UNITS
from pdtracker.domain.regimes.restrictions import (
    HOLDERS,
    ORIGIN,
    RESTRICTIONS,
    SELECTOR,
    holders_of,
    origin_of,
    selector_of,
)
from pdtracker.domain.regimes.rules import (
    Accrual,
    Alternative,
    AppliesTo,
    CarryOver,
    Confidence,
    Mode,
    Prorate,
    Rounding,
    Scope,
    Target,
    Version,
)
from pdtracker.domain.regimes.table import BadRules, Document, Table
from pdtracker.domain.regimes.vocabulary import read_words, refuse_unknown_words

NOT_FOUND: Final = "not found"
_ACCRUES_PER: Final = {name: name for name in ("hour", "activity", *QUANTITIES)}
_LONGEST_YEARS: Final = 20

_TOP: Final = (
    "regime", "name", "also", "version", "effective", "applies_to", "source", "checked_on", "checked_by", "confidence",
    "historic", "unit", "duties", "left_out", "cycle", "target", "accrual", "rounding", *RESTRICTIONS, "carry_over",
    "words", "example_defaults", "example",
)  # fmt: skip
_CYCLE: Final = ("anchor", "years", "starts", "status", "period", "extension")
_TARGET: Final = ("units", "prorate", "of_years", "floor", "exempt_below_fte", "instead", "more", *ORIGIN)
_ALTERNATIVE: Final = ("units", *HOLDERS, *ORIGIN)
_ACCRUAL: Final = (
    "per",
    "units",
    "multiplier",
    "at_least_minutes",
    "at_most_each",
    *SELECTOR,
    *HOLDERS,
    *ORIGIN,
)


def read_version(file: str, text: str) -> Version:
    """The version that a file states. Refuses with `BadRules`: file, line, and the sentence that mends it."""
    top = Document(file, text).top(_TOP)
    version = Version(
        regime=top.text("regime"),
        name=top.text("name"),
        also=top.texts("also"),
        version=top.text("version"),
        effective=_effective(top),
        applies_to=top.choice("applies_to", AppliesTo),
        source=top.text("source"),
        checked_on=top.day("checked_on"),
        checked_by=top.text("checked_by"),
        confidence=top.choice("confidence", Confidence),
        is_historic=top.flag("historic"),
        unit=top.word_of("unit", UNITS, "unit"),
        duties=top.texts("duties"),
        left_out=top.texts("left_out"),
        cycle=_cycle(top),
        target=_target(top),
        accruals=top.each("accrual", _ACCRUAL, _accrual),
        rounding=_rounding(top),
        restrictions=restrictions.read(top),
        carry_over=_carry_over(top),
        words=read_words(top),
        examples=read_examples(top),
    )
    if not version.accruals:
        raise top.refusal(None, "Nothing brings credit yet. Add an [[accrual]], such as one per hour.")
    refuse_unknown_words(top, version)
    return version


def _effective(top: Table) -> date | None:
    if top.raw.get("effective") == NOT_FOUND:
        top.text("effective")
        return None
    return top.day("effective")


def _cycle(top: Table) -> CycleRule:
    table = top.table("cycle", _CYCLE)
    if table is None:
        return NO_CYCLE
    rule = CycleRule(
        anchor=table.choice("anchor", Anchor),
        years=table.whole("years", least=1, most=_LONGEST_YEARS) or 0,
        starts=_month_and_day(table, "starts"),
        statuses=table.each("status", ("if_person", "years"), _status),
        periods=_periods(table),
        extensions=table.each("extension", ("from", "to", "months"), _extension),
    )
    if not rule.years:
        raise table.refusal(None, "The key years is missing here. Add it.")
    return rule


def _status(table: Table) -> Status:
    return Status(
        frozenset(table.texts("if_person")), table.whole("years", least=1, most=_LONGEST_YEARS) or 1
    )


def _periods(cycle: Table) -> tuple[Cycle, ...]:
    tables = cycle.tables("period", ("start", "end"))
    periods = [_stretch(table, "start", "end") for table in tables]
    for (_, earlier), (later_table, later) in combinations(zip(tables, periods, strict=True), 2):
        if earlier.overlaps(later):
            raise later_table.refusal(
                None,
                f"The cycle from {later.start} to {later.end} overlaps the one from {earlier.start} to {earlier.end}. "
                "Let one end on the day before the other begins.",
            )
    return tuple(periods)


def _extension(table: Table) -> Extension:
    return Extension(_stretch(table, "from", "to"), table.whole("months", least=1, most=240) or 0)


def _stretch(table: Table, first: str, last: str) -> Cycle:
    start, end = table.day(first), table.day(last)
    if end < start:
        raise table.refusal(last, f"{last} is before {first}. Write a day on or after {start}.")
    return Cycle(start, end)


def _month_and_day(table: Table, key: str) -> tuple[int, int]:
    told = table.text(key, "01-01")
    try:
        day = date.fromisoformat(f"2001-{told}")
    except ValueError:
        raise table.refusal(key, f'Write {key} as month and day, such as {key} = "07-01".') from None
    return day.month, day.day


def _target(top: Table) -> Target:
    table = top.table("target", _TARGET)
    if table is None:
        return Target()
    target = Target(
        units=table.amount("units"),
        prorate=table.choice("prorate", Prorate) if "prorate" in table else None,
        of_years=table.whole("of_years", least=1, most=_LONGEST_YEARS) or 1,
        floor=table.amount("floor") or Fraction(0),
        exempt_below_fte=table.amount("exempt_below_fte", most=1) or Fraction(0),
        instead=table.each("instead", _ALTERNATIVE, _alternative),
        more=table.each("more", _ALTERNATIVE, _alternative),
        origin=origin_of(table),
    )
    if target.prorate is Prorate.YEARS_PRACTISED and "of_years" not in table:
        raise table.refusal("prorate", "Say of how many years, such as of_years = 5.")
    return target


def _alternative(table: Table) -> Alternative:
    units = table.amount("units")
    holders = holders_of(table)
    if units is None or not holders.having:
        raise table.refusal(None, 'Say the units and for whom, such as if_person = ["nbct"].')
    return Alternative(units=units, holders=holders, origin=origin_of(table))


def _accrual(table: Table) -> Accrual:
    units = table.amount("units")
    multiplier = table.amount("multiplier")
    accrual = Accrual(
        per=table.word_of("per", _ACCRUES_PER, "unit"),
        units=Fraction(1) if units is None else units,
        multiplier=Fraction(1) if multiplier is None else multiplier,
        selector=selector_of(table),
        holders=holders_of(table),
        least_minutes=table.whole("at_least_minutes") or 0,
        most_each=table.amount("at_most_each"),
        origin=origin_of(table),
    )
    if units is None:
        raise table.refusal(None, "The key units is missing here. Say how many it brings.")
    return accrual


def _rounding(top: Table) -> Rounding | None:
    table = top.table("rounding", ("quantum", "mode", "scope"))
    if table is None:
        return None
    rounding = Rounding(
        quantum=table.amount("quantum") or Fraction(0),
        mode=table.choice("mode", Mode),
        scope=table.choice("scope", Scope),
    )
    if not rounding.quantum:
        raise table.refusal("quantum", "Write quantum as the step, such as 0.25.")
    return rounding


def _carry_over(top: Table) -> CarryOver | None:
    table = top.table("carry_over", ("at_most", "last_months", "excluding", *ORIGIN))
    if table is None:
        return None
    excluding = table.table("excluding", SELECTOR)
    return CarryOver(
        most=table.amount("at_most"),
        last_months=table.whole("last_months", least=1, most=240),
        excluding=None if excluding is None else selector_of(excluding),
        origin=origin_of(table),
    )


def refuse_twins(versions: Mapping[str, Version]) -> None:
    """Refuses two files that state the same version or begin on the same day: nobody could tell which governs."""
    seen: dict[tuple[str, object], str] = {}
    for file, version in versions.items():
        for mark in ((version.regime, version.version), (version.regime, version.effective)):
            if mark in seen:
                raise BadRules(
                    file, 1, f"{seen[mark]} states version or first day {mark[1]} too. Change one of them."
                )
            seen[mark] = file
