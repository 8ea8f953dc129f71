"""What rounding and limits made of the minutes attended, in the few words that a certificate has for it.

A pupil's arithmetic must come out: the sessions, these changes, and the minutes certified.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pdtracker.domain.certified_sessions import CertifiedChange
from pdtracker.domain.credit import CreditPolicy, TraceStep
from pdtracker.domain.hours import minutes_text

_WORDS: Final = {
    "adjusted": "Changed by the reviewer",
    "log": "Not shown by the log of days",
    "threshold": "Sessions too short to count",
    "alone": "Sessions too short to count",
    "application": "Applied in class",
}
_STEPS: Final = {15: "quarter hours", 30: "half hours", 60: "whole hours"}


def certified_changes(trace: Sequence[TraceStep], policy: CreditPolicy) -> tuple[CertifiedChange, ...]:
    """Each rule that changed the minutes attended, in its order; with all of them they are those that count.

    The first step of the trace says what was attended.
    """
    return tuple(
        CertifiedChange(_words(step.rule, policy), step.after - step.before)
        for step in trace[1:]
        if step.after != step.before
    )


def _words(rule: str, policy: CreditPolicy) -> str:
    if rule == "steps":
        steps = _STEPS.get(policy.step_minutes) or f"steps of {minutes_text(policy.step_minutes)}"
        return f"Rounded down to {steps}"
    if rule.startswith("cap"):
        return "Limit of the school year"
    return _WORDS[rule]
