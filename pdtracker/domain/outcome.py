"""What became of each claim of a batch: one outcome for each, kept and told again when the same form comes twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pdtracker.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one claim: the decision's id, or the refusal that left it out.

    `goes_to` says who reviews it next, where the approval wasn't the last one.
    """

    claim_id: int
    title: str
    person: str
    minutes: int = 0
    step_id: int | None = None
    refusal: Refusal | None = None
    goes_to: str = ""


def to_document(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The outcomes as JSON values."""
    return {
        "outcomes": [
            {
                "claim": outcome.claim_id,
                "title": outcome.title,
                "person": outcome.person,
                "minutes": outcome.minutes,
                "step": outcome.step_id,
                "goes_to": outcome.goes_to,
                "refusal": [outcome.refusal.code, outcome.refusal.sentence] if outcome.refusal else None,
            }
            for outcome in outcomes
        ]
    }


def from_document(document: Mapping[str, Any]) -> tuple[Outcome, ...]:
    """The outcomes that `to_document` wrote."""
    return tuple(
        Outcome(
            claim_id=told["claim"],
            title=told["title"],
            person=told["person"],
            minutes=told["minutes"],
            step_id=told["step"],
            refusal=Refusal(*told["refusal"]) if told["refusal"] else None,
            goes_to=told.get("goes_to", ""),
        )
        for told in document["outcomes"]
    )
