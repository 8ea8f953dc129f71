"""What keeps a claim from being sent: what it lacks, another claim for the time, a day without rules for credit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pdtracker.domain.bundle import (
    BundleRule,
    Gathering,
    bundle_faults,
    event_held_fault,
    event_in_bundle_fault,
    several_years_fault,
)
from pdtracker.domain.claim import HOLDING_STATES, LIVE_STATES, ClaimState
from pdtracker.domain.credit import CreditPolicy
from pdtracker.domain.days import full_day_fault
from pdtracker.domain.draft import (
    claim_faults,
    follow_gone_fault,
    follow_over_fault,
    no_rules_fault,
    overlap_fault,
    session_held_fault,
)
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.split import split_fault
from pdtracker.domain.text import words
from pdtracker.domain.when import local
from pdtracker.queries import bundles, claims, details, facts, follow_ups
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.evidence import EvidenceRow
from pdtracker.queries.evidence import evidence as evidence_of
from pdtracker.queries.facts import Holder, PolicyEdition
from pdtracker.queries.reflections import AnswerRow
from pdtracker.queries.standing import holder_of
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What stands against a time beside the draft itself: `holder` is the claim that has it.

    `full_day` says on which day there are too many hours, `no_rules` for which there are no rules. All sentences are
    for the field `starts`; empty where nothing stands against it. Of what follows a credited claim `no_follow_up` says
    that it can't any more, and of a bundle `no_event` that another claim has the event of a part.
    """

    holder: Holder | None = None
    full_day: str = ""
    no_rules: str = ""
    no_follow_up: str = ""
    no_event: str = ""

    @property
    def taken(self) -> str:
        """Why other claims leave no room for it, or the one that it follows doesn't stand."""
        return self.no_follow_up or self.overlap or self.no_event or self.full_day

    @property
    def overlap(self) -> str:
        """The sentence that names the other claim."""
        held = self.holder
        if held is None or held.starts_at is None or held.ends_at is None:
            return ""
        is_credited = held.state is ClaimState.CREDITED
        return overlap_fault(held.title, held.starts_at, held.ends_at, held.zone, is_credited=is_credited)


def obstacles(scope: Scope, claim: ClaimRow) -> Obstacles:
    """What stands against the time of a draft; nothing while no time was entered. Two statements, of a bundle four."""
    if claim.minutes is None or claim.starts_at is None or claim.ends_at is None:
        return Obstacles()
    if claim.follow_up is not None:
        return _against_following(scope, claim)
    wanted = holder_of(claim, bundles.parts_of(scope, claim.id) if claim.is_bundle else ())
    if claim.logged_minutes:
        wanted = replace(wanted, log=details.log_of(scope, claim.id))
    held = facts.held(scope, [wanted], HOLDING_STATES)
    holder = held.at_time(wanted, LIVE_STATES)
    load = held.day_of(wanted, LIVE_STATES, scope.district.zone)
    full_day = full_day_fault(load) if load is not None and load.is_impossible else ""
    days = [local(one.starts_at or claim.starts_at, scope.district.zone).date() for one in wanted.stretches]
    no_rules = _no_one_edition(facts.policies(scope), days)
    return Obstacles(holder, full_day, no_rules, no_event=_event_fault(held, wanted))


def _event_fault(held: facts.Held, wanted: facts.Holder) -> str:
    """The sentence that names the other claim of an event. Of two single claims of one thing the schema says it."""
    other = held.of_event(wanted)
    if other is None:
        return ""
    if not (wanted.parts or other.parts):
        return "" if wanted.session_id == other.session_id else session_held_fault(other.title)
    return event_held_fault(other.title) if wanted.parts else event_in_bundle_fault(other.title)


def lacking(
    scope: Scope, claim: ClaimRow, evidence: Collection[EvidenceRow], answers: Collection[AnswerRow]
) -> Mapping[str, str]:
    """What the draft itself lacks: field -> sentence, in the form's order. At most three statements."""
    policy = policy_of(scope, claim)
    if claim.is_bundle:
        return _lacking_of_bundle(scope, claim, policy, answers)
    draft = replace(
        claim.draft(evidence, answers),
        held=claims.event_time(scope, claim),
        split=details.split_of_claim(scope, claim.id),
        logged_minutes=claim.logged_minutes if policy and claim.kind in policy.logged_kinds else None,
    )
    faults = claim_faults(draft, scope.at)
    for field, sentence in _recording_faults(policy, claim, answers).items():
        faults.setdefault(field, sentence)
    return faults | _two_versions(answers)


def _lacking_of_bundle(
    scope: Scope, claim: ClaimRow, policy: CreditPolicy | None, answers: Collection[AnswerRow]
) -> Mapping[str, str]:
    parts = bundles.gathered(bundles.parts_of(scope, claim.id))
    rule = policy.bundles if policy else None
    faults = dict(bundle_faults(rule, claim.kind, claim.title, parts, scope.district.zone))
    if fault := split_fault(details.split_of_claim(scope, claim.id), claim.minutes or 0):
        faults["split"] = fault
    return faults | claim_faults(claim.draft((), answers), scope.at) | _two_versions(answers)


def first_link(scope: Scope, claim_id: int) -> str:
    """The first link among the evidence of a claim of one's own; empty without one. One statement."""
    return next((piece.link for piece in evidence_of(scope, claim_id) if piece.link), "")


def bundle_rule_on(scope: Scope, on: date) -> BundleRule | None:
    """The rule for bundles of a day; `None` where there is none. One statement."""
    try:
        return facts.edition_for(facts.policies(scope), on).policy.bundles
    except NotNow:
        return None


def gathering_of(claim: ClaimRow, rule: BundleRule | None) -> Gathering | None:
    """How far a bundle has come; `None` where the district has no rule for its kind."""
    if rule is None or claim.kind not in rule.kinds:
        return None
    return Gathering(claim.title, claim.minutes or 0, rule.threshold_minutes)


def may_gather(policy: CreditPolicy | None, claim: ClaimRow) -> bool:
    """Whether a draft of one session is too short to count alone, and could be a part of a bundle."""
    if policy is None or policy.bundles is None or claim.is_bundle or claim.state is not ClaimState.DRAFT:
        return False
    minutes = claim.minutes
    if minutes is None or minutes >= policy.minimum_session_minutes:
        return False
    return policy.bundles.takes(claim.kind, minutes)


def _two_versions(answers: Collection[AnswerRow]) -> dict[str, str]:
    return {
        answer.field: "There are two versions of this answer. Choose the one to send."
        for answer in answers
        if answer.other_answer is not None
    }


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
    on = scope.today
    if claim.submitted_at is None and on > found.closes_on:
        return Obstacles(no_follow_up=follow_over_fault(found.closes_on))
    return Obstacles()


def _no_one_edition(editions: Collection[PolicyEdition], days: Collection[date]) -> str:
    """What stands against days without rules, or, of a bundle, under more than one edition or school year."""
    found = set()
    for on in sorted(set(days)):
        try:
            edition = facts.edition_for(editions, on)
        except NotNow:
            return no_rules_fault(on)
        found.add((edition.id, edition.policy.year_of(on)))
    return several_years_fault() if len(found) > 1 else ""
