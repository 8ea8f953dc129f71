"""Credit: from the minutes that a person attended to the minutes that count, with a sentence for each rule on the way.

The rules are a versioned document with effective dates, the facts are minutes; nothing computed is ever taken for a
fact. The order is part of the rules, because it changes results:

    entered -> within the session -> changed by the reviewer -> minimum -> steps -> cap of the kind -> cap of all kinds

Whatever a cap leaves is again rounded down to whole steps, so that credit always is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from pdtracker.domain.hours import MAX_DAY_MINUTES, hours_phrase, hours_text, minutes_text
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.policy import CreditPolicy, KindCap, policy_for
from pdtracker.domain.refusals import NotValid


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditFacts:
    """What is known of one claim when its credit is computed, gathered before any rule runs.

    `session_minutes` is `None` for an open window such as a forum. `credited_this_year...` are the minutes that the
    same person's other claims already have in the school year of `activity_on`. `adjusted_minutes` are the
    reviewer's, with the reason.
    """

    claimed_minutes: int
    session_minutes: int | None
    kind: EventKind
    category: CreditCategory
    activity_on: date
    credited_this_year_by_kind: Mapping[str, int] = field(default_factory=dict)
    credited_this_year: int = 0
    adjusted_minutes: int | None = None
    adjust_reason: str = ""

    def __post_init__(self) -> None:
        counted = (self.claimed_minutes, self.session_minutes or 0, self.credited_this_year)
        if min(*counted, *self.credited_this_year_by_kind.values()) < 0:
            raise ValueError("minutes are counted from 0 up")
        if self.adjusted_minutes is None:
            return
        if not 1 <= self.adjusted_minutes <= MAX_DAY_MINUTES:
            raise NotValid({"minutes": "Enter between 1 minute and 24 hours."})
        if not self.adjust_reason.strip():
            raise NotValid({"adjust_reason": "Say why you changed the hours. The teacher sees it."})


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One applied rule: the minutes before and after it, and the sentence that says why."""

    rule: str
    before: int
    after: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Credit:
    """The minutes that count, in which category, by which policy, and why."""

    minutes: int
    category: CreditCategory
    policy: str
    trace: tuple[TraceStep, ...]

    @property
    def why(self) -> tuple[str, ...]:
        """The sentences, one for each rule, that answer "why 1.5 and not 2?"."""
        return tuple(step.sentence for step in self.trace)


def credit(policy: CreditPolicy, facts: CreditFacts) -> Credit:
    """The credit of one claim under one policy. Never negative, never more than attended, session or cap allow.

    Only a reviewer's changed minutes, which carry a reason, may go beyond what was entered or how long the session was.
    Refuses with `NotValid` a category that the policy doesn't have.
    """
    if facts.category not in policy.categories:
        raise NotValid({"category": "Choose a category in which your district gives credit."})
    trace = [_attended(facts)]
    if facts.adjusted_minutes is not None:
        trace.append(_adjusted(facts, trace[-1].after, facts.adjusted_minutes))
    if trace[-1].after < policy.minimum_session_minutes:
        trace.append(_too_short(policy, trace[-1].after))
    trace.append(_in_steps(policy, trace[-1].after))
    for cap in policy.caps_for(facts.kind):
        trace.append(_under_cap(policy, cap, facts, trace[-1].after))
    return Credit(trace[-1].after, facts.category, policy.title, tuple(trace))


def units(policy: CreditPolicy, minutes: int) -> Fraction:
    """The minutes in the policy's unit, exactly: 90 minutes are 3/2 of a 60-minute unit."""
    return Fraction(minutes, policy.unit_minutes)


def _attended(facts: CreditFacts) -> TraceStep:
    entered, lasted = facts.claimed_minutes, facts.session_minutes
    if lasted is None:
        sentence = (
            f"You entered {minutes_text(entered)}. It has no fixed hours, so all of them are looked at."
        )
        return TraceStep("entered", entered, entered, sentence)
    if entered <= lasted:
        sentence = f"You entered {minutes_text(entered)} of a session of {minutes_text(lasted)}, so all of them count."
        return TraceStep("entered", entered, entered, sentence)
    sentence = f"You entered {minutes_text(entered)}. The session lasted {lasted:,}, so {_count(lasted)}."
    return TraceStep("session", entered, lasted, sentence)


def _adjusted(facts: CreditFacts, before: int, after: int) -> TraceStep:
    reason = facts.adjust_reason.strip()
    if reason[-1] not in ".!?":
        reason += "."
    sentence = f"The reviewer changed {minutes_text(before)} to {after:,}: {reason}"
    return TraceStep("adjusted", before, after, sentence)


def _too_short(policy: CreditPolicy, before: int) -> TraceStep:
    least = minutes_text(policy.minimum_session_minutes)
    return TraceStep(
        "minimum",
        before,
        0,
        f"A session counts from {least} on, and this was {before:,}, so it doesn't count.",
    )


def _in_steps(policy: CreditPolicy, before: int) -> TraceStep:
    step = policy.step_minutes
    after = before - before % step
    change = f"{before:,} stays {after:,}" if after == before else f"{before:,} becomes {after:,}"
    return TraceStep(
        "steps",
        before,
        after,
        f"{_STEP_WORDS.get(step) or f'Steps of {minutes_text(step)}'}, rounded down: {change}.",
    )


_STEP_WORDS = {1: "Whole minutes", 15: "Quarter-hour steps", 30: "Half-hour steps", 60: "Whole hours"}


def _under_cap(policy: CreditPolicy, cap: KindCap, facts: CreditFacts, before: int) -> TraceStep:
    if cap.kind is None:
        rule, subject, credited = "cap", "All kinds together", facts.credited_this_year
    else:
        rule, subject = f"cap:{cap.kind.value}", cap.kind.plural
        credited = facts.credited_this_year_by_kind.get(cap.kind.value, 0)
    room = max(0, cap.minutes_per_year - credited)
    after = min(before, room - room % policy.step_minutes)
    limit = f"{subject} count up to {hours_phrase(cap.minutes_per_year)} a school year"
    already = (
        f"{hours_text(credited)} {'is' if credited == 60 else 'are'} already credited"
        if credited
        else "none is credited yet"
    )
    if after == before:
        return TraceStep(rule, before, after, f"{limit}; {already}, so there is room for this.")
    counts = (
        f"so {hours_phrase(after)} of this one {'counts' if after == 60 else 'count'}"
        if after
        else "so this one doesn't count"
    )
    return TraceStep(
        rule,
        before,
        after,
        f"{limit}; {already}, {counts}. More is welcome and listed, but it does not add up.",
    )


def _count(minutes: int) -> str:
    return f"{minutes:,} {'counts' if minutes == 1 else 'count'}"


__all__ = [
    "Credit",
    "CreditCategory",
    "CreditFacts",
    "CreditPolicy",
    "KindCap",
    "TraceStep",
    "credit",
    "policy_for",
    "units",
]
