"""Automatic approval: by which published conditions a claim is approved without a person, and which ones are drawn.

A policy is published from a day on and never changed, only followed by the next. Whatever it leaves waits for a person,
as it would without one. Of what it could decide a share is drawn for a person all the same, by a seed that was sealed
beforehand: its digest is in the audit trail before the month, the seed itself after it, so that nobody can pick.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from pdtracker.domain.checks import CheckGroup
from pdtracker.domain.evidence import ALLOWED_GAP_MINUTES, EvidenceKind
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.kinds import EventKind

MATCHING: Final = (EvidenceKind.REPORT, EvidenceKind.CHECK_IN)
"""The evidence that can tell from when to when somebody was there, the strongest first."""

KEPT_SEALED: Final = timedelta(days=7)
"""So long after its month a seed is sealed still: what was sent on the last day may be decided a little later."""

_DRAWN_OF: Final = 1 << 64


class Look(StrEnum):
    """What automatic approval made of a claim."""

    SAMPLED = "sampled"
    APPROVED = "approved"
    LEFT = "left"


class Left(StrEnum):
    """Why automatic approval left a claim to a person, in the order in which it is asked."""

    CONFLICT = "conflict"
    AGAIN = "again"
    KIND = "kind"
    LONG = "long"
    SPECIAL = "special"
    REVIEWS = "reviews"
    EVIDENCE = "evidence"
    UNMATCHED = "unmatched"
    CHECKS = "checks"
    SEED = "seed"
    RULES = "rules"

    @property
    def words(self) -> str:
        """The reason as a heading of a list."""
        return _LEFT[self]


_LEFT: Final[Mapping[Left, str]] = {
    Left.CONFLICT: "Somebody with a part in it: who publishes such policies, or hosts the event",
    Left.AGAIN: "Sent a second time, or after another claim for the same event",
    Left.KIND: "A kind that the policy doesn’t name",
    Left.LONG: "Longer than the policy allows",
    Left.SPECIAL: "A bundle, a recording, a follow-up, time of applying it, or facts for a licence",
    Left.REVIEWS: "Needs two reviews or more",
    Left.EVIDENCE: "Evidence weaker than the policy asks for",
    Left.UNMATCHED: "What was recorded has no times, or only by their own phone, or covers less than the claim",
    Left.CHECKS: "A machine check found something",
    Left.SEED: "No sealed seed for its month",
    Left.RULES: "The rules for credit, or another claim, stood against it",
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a claim has to be for automatic approval; `audit_percent` of those that are go to a person all the same.

    `evidence` is the weakest that is enough. With `shortens_paths` it also stands in for several reviews.
    """

    kinds: frozenset[EventKind]
    up_to_minutes: int
    evidence: EvidenceKind
    audit_percent: int
    shortens_paths: bool = False


@dataclass(frozen=True, slots=True)
class AutomaticPolicy:
    """A version of a district's policy, from its first day on; without conditions it ends automatic approval."""

    effective_from: date
    conditions: Conditions | None

    @property
    def digest(self) -> str:
        """Tells this version apart from one that differs in anything: what was looked at is what is published."""
        return hashlib.sha256(json.dumps(self.to_document(), sort_keys=True).encode()).hexdigest()

    def to_document(self) -> dict[str, Any]:
        """The version as JSON values."""
        asked = self.conditions
        return {
            "effective_from": self.effective_from.isoformat(),
            "conditions": asked
            and {
                "kinds": sorted(asked.kinds),
                "up_to_minutes": asked.up_to_minutes,
                "evidence": asked.evidence.value,
                "audit_percent": asked.audit_percent,
                "shortens_paths": asked.shortens_paths,
            },
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> AutomaticPolicy:
        """The version that `to_document` wrote."""
        told = document["conditions"]
        return cls(
            date.fromisoformat(document["effective_from"]),
            told
            and Conditions(
                frozenset(EventKind(kind) for kind in told["kinds"]),
                told["up_to_minutes"],
                EvidenceKind(told["evidence"]),
                told["audit_percent"],
                told["shortens_paths"],
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AutomaticFacts:
    """What is known of a claim that was sent.

    `has_conflict`: the claimant, or who published the policy, has a part in it. `is_again`: it was sent before.
    `recorded` has the minutes of each form of evidence whose times are known from coming to going, `shown_by` every
    form there is.
    """

    kind: EventKind
    minutes: int
    has_conflict: bool
    is_again: bool
    is_special: bool
    review_count: int
    shown_by: frozenset[EvidenceKind]
    recorded: Mapping[EvidenceKind, int]
    found: CheckGroup


def judged(asked: Conditions, facts: AutomaticFacts) -> Left | None:
    """Why the policy leaves this claim to a person; `None` when it meets every condition."""
    enough = MATCHING[: MATCHING.index(asked.evidence) + 1]
    recorded = max((facts.recorded.get(kind, 0) for kind in enough), default=0)
    told = (
        (Left.CONFLICT, facts.has_conflict),
        (Left.AGAIN, facts.is_again),
        (Left.KIND, facts.kind not in asked.kinds),
        (Left.LONG, facts.minutes > asked.up_to_minutes),
        (Left.SPECIAL, facts.is_special),
        (Left.REVIEWS, facts.review_count > 1 and not asked.shortens_paths),
        (Left.EVIDENCE, facts.shown_by.isdisjoint(enough)),
        (Left.UNMATCHED, facts.minutes > recorded + ALLOWED_GAP_MINUTES or not recorded),
        (Left.CHECKS, facts.found is not CheckGroup.PASS),
    )
    return next((reason for reason, holds in told if holds), None)


def is_drawn(seed: bytes, claim: str, percent: int) -> bool:
    """Whether a claim is drawn for a person: HMAC-SHA256 of its reference under the seed, below the share.

    The first eight bytes count, as a number. Whoever has the seed can draw again, and comes to the same claims.
    """
    drawn = int.from_bytes(hmac.digest(seed, claim.encode(), "sha256")[:8])
    return drawn * 100 < percent * _DRAWN_OF


def seed_digest(seed: bytes) -> str:
    """What is published of a seed before its month."""
    return hashlib.sha256(seed).hexdigest()


def month_of(on: date) -> date:
    """The first day of a day's month: each month has a seed of its own."""
    return on.replace(day=1)


def month_after(on: date) -> date:
    """The first day of the month that follows a day's month."""
    return month_of(month_of(on) + timedelta(days=31))


def opens_on(month_on: date) -> date:
    """From which day a month's seed may be read by everybody."""
    return month_after(month_on) + KEPT_SEALED


def policy_faults(policy: AutomaticPolicy, today: date) -> dict[str, str]:
    """What stands against publishing a version, by the fields of its form.

    It begins tomorrow at the earliest: the digest of its seed is published before the first claim that it could draw.
    It can be ended at once.
    """
    asked = policy.conditions
    if asked is None:
        return (
            {}
            if policy.effective_from >= today
            else {"effective_from": "End it from today or a later day on."}
        )
    faults = {}
    if policy.effective_from <= today:
        faults["effective_from"] = "Enter tomorrow or a later day. Everybody can read it before it decides."
    if not asked.kinds:
        faults["kinds"] = "Choose at least one kind."
    if not 1 <= asked.up_to_minutes <= 1440:
        faults["up_to"] = "Enter hours between 0.25 and 24."
    if asked.evidence not in MATCHING:
        faults["evidence"] = "Choose evidence that tells from when to when somebody was there."
    if not 1 <= asked.audit_percent <= 100:
        faults["audit_percent"] = "Enter a whole number between 1 and 100."
    return faults


def policy_sentences(policy: AutomaticPolicy) -> tuple[str, ...]:
    """What a version says, in sentences."""
    asked = policy.conditions
    if asked is None:
        return ("No claim is approved automatically. A person decides each one.",)
    kinds = [kind.plural for kind in EventKind if kind in asked.kinds]
    listed = " and ".join((", ".join(kinds[:-1]), kinds[-1])) if len(kinds) > 1 else "".join(kinds)
    evidence = "an attendance report" + (" or a check-in" if asked.evidence is EvidenceKind.CHECK_IN else "")
    several = (
        "Where the review path asks for several reviews, the policy stands in for all of them."
        if asked.shortens_paths
        else "What needs two reviews or more goes to people."
    )
    return (
        f"Claims of up to {hours_phrase(asked.up_to_minutes)} are approved automatically: {listed}.",
        f"Only where {evidence} shows from when to when the teacher was there, for at least as long as they claim,"
        f" give or take {ALLOWED_GAP_MINUTES} minutes, and no machine check finds anything.",
        f"{asked.audit_percent} in 100 of these go to a person all the same, drawn at random.",
        several,
        "Bundles, recordings, follow-ups, what was sent a second time and everything else goes to a person.",
    )


def reason_sentence(published_by: str, version: int, matched: str, checks: int) -> str:
    """What the teacher reads beside an approval by the policy, and how they come to a person."""
    return (
        f"No person decided this: the district’s policy for automatic approval did, version {version},"
        f" published by {published_by}. {matched}, and all {checks} machine checks pass."
        " If something is wrong with it, ask for a person on the page of the claim."
    )


def matched_words(kind: EvidenceKind, recorded: int, claimed: int) -> str:
    """`Check-in shows 60 minutes, you claimed 60`."""
    return f"{kind.label} shows {recorded:,} minutes, you claimed {claimed:,}"
