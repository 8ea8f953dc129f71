"""Follow-ups: what a credited activity can still bring later, when it was used in class or students gained by it.

Kansas counts what was learned once, twice when it was applied and three times with its impact; elsewhere the district
decides. A follow-up holds no time of its own: its minutes are those of the original learning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.licence import FollowUpKind

MOST_PERCENT = 300
MOST_QUESTIONS = 5
QUESTION_CHARACTERS = 300
_FIVE_YEARS = 5 * 366

_QUESTIONS: Mapping[FollowUpKind, tuple[str, ...]] = MappingProxyType(
    {
        FollowUpKind.APPLICATION: (
            "What have you done differently since?",
            "What will you keep, and what would you change?",
        ),
        FollowUpKind.IMPACT: (
            "What changed for your students?",
            "How do you know? Name the work, the results or what they said.",
        ),
    }
)
_TITLES: Mapping[FollowUpKind, str] = MappingProxyType(
    {FollowUpKind.APPLICATION: "Used in class", FollowUpKind.IMPACT: "Effect on students"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRule:
    """One follow-up that a credit policy offers, once for each claim.

    It can be answered from `after_days` after the activity until `within_days` after it, and brings `percent` of the
    original minutes; 0 leaves it to licences whose rules know it. Without `questions` those of the house are asked.
    """

    kind: FollowUpKind
    after_days: int
    within_days: int
    percent: int
    questions: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether its days are in order and its share is one that a district can give."""
        return (
            1 <= self.after_days <= self.within_days <= _FIVE_YEARS
            and 0 <= self.percent <= MOST_PERCENT
            and len(self.questions) <= MOST_QUESTIONS
            and all(0 < len(question.strip()) <= QUESTION_CHARACTERS for question in self.questions)
        )

    @property
    def asked(self) -> tuple[str, ...]:
        """The questions that it asks."""
        return self.questions or _QUESTIONS[self.kind]

    def due_on(self, activity_on: date) -> date:
        """The first day on which it can be answered."""
        return activity_on + timedelta(days=self.after_days)

    def until(self, activity_on: date) -> date:
        """The last day on which it can be answered."""
        return activity_on + timedelta(days=self.within_days)

    def is_open(self, activity_on: date, today: date) -> bool:
        """Whether it can be answered today."""
        return self.due_on(activity_on) <= today <= self.until(activity_on)


@dataclass(frozen=True, slots=True)
class FollowShare:
    """What a claim that answers a follow-up counts for: the share was fixed when it was begun."""

    kind: FollowUpKind
    percent: int

    @classmethod
    def of_columns(cls, kind: FollowUpKind | None, percent: int | None) -> FollowShare | None:
        """As a row keeps it; both columns are empty where a claim follows nothing."""
        return None if kind is None or percent is None else cls(kind, percent)

    @property
    def words(self) -> str:
        """What it says of the original: `Used in class`."""
        return _TITLES[self.kind]

    def of(self, minutes: int) -> int:
        """The share of some minutes, whole ones, rounded down: half of 45 is 22."""
        return minutes * self.percent // 100

    def worth(self, minutes: int, step_minutes: int) -> str:
        """What an answer is worth in the policy's steps, before caps: `worth up to 0.5 hours`.

        Of 35 minutes in quarter hours 30 can be reached.
        """
        counted = self.of(minutes)
        counted -= counted % step_minutes
        return (
            f"worth up to {hours_phrase(counted)}"
            if counted
            else "counts for your licence, if its rules know it"
        )


def are_follow_ups(rules: Sequence[FollowUpRule]) -> bool:
    """Whether a policy can offer these together: each kind once, each of them sound."""
    return len({rule.kind for rule in rules}) == len(rules) and all(rule.is_sound for rule in rules)


def rule_for(rules: Sequence[FollowUpRule], kind: FollowUpKind) -> FollowUpRule | None:
    """The rule for one kind, if the policy offers it."""
    return next((rule for rule in rules if rule.kind is kind), None)


def follow_title(kind: FollowUpKind, title: str) -> str:
    """What a claim that answers a follow-up is called: `Used in class: Closing the gap`."""
    return f"{_TITLES[kind]}: {title}"
