"""What keeps a claim from being sent: what it lacks, another claim for the time, a day without rules for credit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pdtracker.domain.claim import LIVE_STATES, ClaimState
from pdtracker.domain.credit import CreditPolicy
from pdtracker.domain.days import full_day_fault
from pdtracker.domain.draft import (
    claim_faults,
    follow_gone_fault,
    follow_over_fault,
    no_rules_fault,
    overlap_fault,
)
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.text import words
from pdtracker.domain.when import local
from pdtracker.queries import claims, details, facts, follow_ups
from pdtracker.queries.claims import ClaimRow, Holder
from pdtracker.queries.evidence import EvidenceRow
from pdtracker.queries.reflections import AnswerRow
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What stands against a time beside the draft itself: `holder` is the claim that has it.

    `full_day` says on which day there are too many hours, `no_rules` for which there are no rules. All sentences are
    for the field `starts`; empty where nothing stands against it. Of what follows a credited claim `no_follow_up` says
    that it can't any more.
    """

    holder: Holder | None = None
    full_day: str = ""
    no_rules: str = ""
    no_follow_up: str = ""

    @property
    def taken(self) -> str:
        """Why other claims leave no room for it, or the one that it follows doesn't stand."""
        return self.no_follow_up or self.overlap or self.full_day

    @property
    def overlap(self) -> str:
        """The sentence that names the other claim."""
        held = self.holder
        if held is None:
            return ""
        is_credited = held.state is ClaimState.CREDITED
        return overlap_fault(held.title, held.starts_at, held.ends_at, held.zone, is_credited=is_credited)


def obstacles(scope: Scope, claim: ClaimRow) -> Obstacles:
    """What stands against the time of a draft; nothing while no time was entered. Three statements."""
    if claim.minutes is None or claim.starts_at is None or claim.ends_at is None:
        return Obstacles()
    if claim.follow_up is not None:
        return _against_following(scope, claim)
    holder = (
        claims.who_holds(scope, claim.starts_at, claim.ends_at, but=claim.id) if claim.kind.is_live else None
    )
    full_day = _full_day(scope, claim)
    on = local(claim.starts_at, scope.district.zone).date()
    try:
        facts.edition_for(facts.policies(scope), on)
    except NotNow:
        return Obstacles(holder, full_day, no_rules_fault(on))
    return Obstacles(holder, full_day)


def lacking(
    scope: Scope, claim: ClaimRow, evidence: Collection[EvidenceRow], answers: Collection[AnswerRow]
) -> Mapping[str, str]:
    """What the draft itself lacks: field -> sentence, in the form's order. At most three statements."""
    policy = policy_of(scope, claim)
    draft = replace(
        claim.draft(evidence, answers),
        held=claims.event_time(scope, claim),
        split=details.split_of_claim(scope, claim.id),
        logged_minutes=claim.logged_minutes if policy and claim.kind in policy.logged_kinds else None,
    )
    faults = claim_faults(draft, scope.at)
    for field, sentence in _recording_faults(policy, claim, answers).items():
        faults.setdefault(field, sentence)
    for answer in answers:
        if answer.other_answer is not None:
            faults[answer.field] = "There are two versions of this answer. Choose the one to send."
    return faults


def policy_of(scope: Scope, claim: ClaimRow) -> CreditPolicy | None:
    """The rules for the day of a claim, or for today while it has none; `None` when there are none. One statement."""
    on = local(claim.starts_at or scope.at, scope.district.zone).date()
    try:
        return facts.edition_for(facts.policies(scope), on).policy
    except NotNow:
        return None


def _recording_faults(
    policy: CreditPolicy | None, claim: ClaimRow, answers: Collection[AnswerRow]
) -> dict[str, str]:
    """What the district asks of a recording: a kind that it takes, and a summary of so many words."""
    if not claim.is_recording or policy is None:
        return {}
    rule = policy.recordings
    if rule is None or claim.kind not in rule.kinds:
        return {
            "recording": f"Your district counts {claim.kind.plural.lower()} live only, not as a recording."
        }
    written = words("\n".join(answer.answer for answer in answers))
    if written >= rule.summary_words or not answers:
        return {}
    first = next(iter(answers)).field
    return {
        first: f"A recording counts with a written summary of {rule.summary_words:,} words or more in all."
        f" There are {written:,} so far."
    }


def against_sending(lacking: Mapping[str, str], found: Obstacles) -> dict[str, str]:
    """Both together: field -> sentence; of a field, what it lacks comes first."""
    if "starts" in lacking or "ends" in lacking or not (found.taken or found.no_rules):
        return dict(lacking)
    return {"starts": found.taken or found.no_rules, **lacking}


def _against_following(scope: Scope, claim: ClaimRow) -> Obstacles:
    """What was sent in time can be put right later; the credit that it follows has to stand whenever it is sent."""
    found = follow_ups.original_of(scope, claim.id)
    if found is None or not found.is_standing:
        return Obstacles(no_follow_up=follow_gone_fault())
    on = local(scope.at, scope.district.zone).date()
    if claim.submitted_at is None and on > found.closes_on:
        return Obstacles(no_follow_up=follow_over_fault(found.closes_on))
    return Obstacles()


def _full_day(scope: Scope, claim: ClaimRow) -> str:
    wanted = facts.Holder(
        claim.id,
        claim.person_id,
        None,
        claim.state,
        claim.title,
        claim.kind,
        claim.starts_at,
        claim.ends_at,
        claim.zone,
        claim.minutes,
    )
    load = facts.held(scope, [wanted], LIVE_STATES).day_of(wanted, LIVE_STATES, scope.district.zone)
    return full_day_fault(load) if load is not None and load.is_impossible else ""
