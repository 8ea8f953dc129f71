"""Remarks: what of a licence nobody's record shows, or doesn't fit it, for its holder and for who signs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.evaluation import Evaluation
from pdtracker.domain.regimes.facts import Person
from pdtracker.domain.when import date_text


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody entered for a licence, beside what it is to be compared with.

    `asked` is what the rules ask for whatever target was entered; `None` where there is nothing to compare, as somebody
    signed another one. `before` is the cycle from which the licence was renewed; `None` for one that wasn't.
    """

    person: Person
    asked: Fraction | None
    before: Cycle | None


def remarks_on(stated: Stated, found: Evaluation) -> tuple[str, ...]:
    """One sentence for each thing that somebody should look at."""
    return tuple(_remarks(stated, found))


def _remarks(stated: Stated, found: Evaluation) -> Iterator[str]:
    unit, person = found.unit, stated.person
    left, told = found.left_before, unit.words(person.carry_in)
    if found.brought and left is None:
        yield (
            f"{unit.words(found.brought)} of what is earned were entered by hand as brought from the last cycle: "
            "no record here shows them."
        )
    if left is not None and left < person.carry_in:
        yield f"{told} were brought from the last cycle. By now it leaves {unit.words(left)}, and no more counts."
    if found.brought and stated.before is not None and stated.before.end >= found.cycle.start:
        yield (
            f"{told} are brought from a cycle that ended on {date_text(stated.before.end)}, and this one begins before "
            "that: put the first day right, or those hours count twice."
        )
    if person.target is not None and stated.asked is not None and person.target < stated.asked:
        yield (
            f"A target of {unit.words(person.target)} was entered, where {unit.words(stated.asked)} are asked for. "
            "An administrator signs a lower target; else it is to be put right."
        )
