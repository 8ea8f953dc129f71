"""Setting a district up: five steps, what each still lacks, and when nothing is missing any more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_SCHOOLS: Final = 500


class SetUpStep(StrEnum):
    """One step, in the order in which a district takes them."""

    DISTRICT = "district"
    SCHOOLS = "schools"
    PEOPLE = "people"
    RULES = "rules"
    CERTIFICATE = "certificate"

    @property
    def label(self) -> str:
        """What the step is about."""
        return _LABELS[self]


_LABELS: Final = {
    SetUpStep.DISTRICT: "Name, state and time zone",
    SetUpStep.SCHOOLS: "Schools",
    SetUpStep.PEOPLE: "People",
    SetUpStep.RULES: "Rules and review",
    SetUpStep.CERTIFICATE: "Certificate",
}


@dataclass(frozen=True, slots=True)
class SetUpFacts:
    """What a district has. `kept` are the steps whose defaults somebody said to keep."""

    has_place: bool
    schools: int
    people: int
    reviewers: int
    has_own_rules: bool
    has_own_design: bool
    kept: frozenset[SetUpStep]


def missing(facts: SetUpFacts) -> tuple[SetUpStep, ...]:
    """The steps that still lack something, in order. What was kept as it is lacks nothing."""
    return tuple(step for step in SetUpStep if step not in facts.kept and not _is_done(step, facts))


def place_in_order(step: SetUpStep) -> int:
    """Which of the five it is, from 1."""
    return list(SetUpStep).index(step) + 1


def next_of(step: SetUpStep, lacking: Collection[SetUpStep]) -> SetUpStep | None:
    """The next step that lacks something after this one, from the beginning again behind the last; None for none."""
    order = list(SetUpStep)
    behind = order[order.index(step) + 1 :] + order[: order.index(step)]
    return next((one for one in behind if one in lacking), None)


def _is_done(step: SetUpStep, facts: SetUpFacts) -> bool:
    match step:
        case SetUpStep.DISTRICT:
            return facts.has_place
        case SetUpStep.SCHOOLS:
            return facts.schools > 0
        case SetUpStep.PEOPLE:
            # Who set the district up is one; nobody reviews their own claim.
            return facts.people > 1 and facts.reviewers > 0
        case SetUpStep.RULES:
            return facts.has_own_rules
        case SetUpStep.CERTIFICATE:
            return facts.has_own_design
