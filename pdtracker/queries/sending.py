"""What keeps a claim from being sent: what it lacks, another claim for the time, a day without rules for credit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.draft import claim_faults, no_rules_fault, overlap_fault
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.when import local
from pdtracker.queries import claims, facts
from pdtracker.queries.claims import ClaimRow, Holder
from pdtracker.queries.evidence import EvidenceRow
from pdtracker.queries.reflections import AnswerRow
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What stands against a time beside the draft itself: `holder` is the claim that has it, `no_rules` says which day.

    Both sentences are for the field `starts`; empty where nothing stands against it.
    """

    holder: Holder | None
    no_rules: str

    @property
    def overlap(self) -> str:
        """The sentence that names the other claim."""
        held = self.holder
        if held is None:
            return ""
        is_credited = held.state is ClaimState.CREDITED
        return overlap_fault(held.title, held.starts_at, held.ends_at, held.zone, is_credited=is_credited)


def obstacles(scope: Scope, claim: ClaimRow) -> Obstacles:
    """What stands against the time of a draft; nothing while no time was entered. Two statements."""
    if claim.minutes is None or claim.starts_at is None or claim.ends_at is None:
        return Obstacles(None, "")
    holder = (
        claims.who_holds(scope, claim.starts_at, claim.ends_at, but=claim.id) if claim.kind.is_live else None
    )
    on = local(claim.starts_at, scope.district.zone).date()
    try:
        facts.edition_for(facts.policies(scope), on)
    except NotNow:
        return Obstacles(holder, no_rules_fault(on))
    return Obstacles(holder, "")


def lacking(
    scope: Scope, claim: ClaimRow, evidence: Collection[EvidenceRow], answers: Collection[AnswerRow]
) -> Mapping[str, str]:
    """What the draft itself lacks: field -> sentence, in the form's order. At most one statement."""
    draft = replace(claim.draft(evidence, answers), held=claims.event_time(scope, claim))
    faults = claim_faults(draft, scope.at)
    for answer in answers:
        if answer.other_answer is not None:
            faults[answer.field] = "There are two versions of this answer. Choose the one to send."
    return faults


def against_sending(lacking: Mapping[str, str], found: Obstacles) -> dict[str, str]:
    """Both together: field -> sentence; of a field, what it lacks comes first."""
    if "starts" in lacking or "ends" in lacking or not (found.overlap or found.no_rules):
        return dict(lacking)
    return {"starts": found.overlap or found.no_rules, **lacking}
