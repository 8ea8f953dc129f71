"""Whom and what a rule means: people by their facts, activities by their words."""

from __future__ import annotations

from dataclasses import dataclass, field

from pdtracker.domain.regimes.facts import Activity


@dataclass(frozen=True, slots=True)
class Holders:
    """For whom a rule holds: anybody with one of `having` (or everybody) who has none of `lacking`."""

    having: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()

    def include(self, facts: frozenset[str]) -> bool:
        """Whether it holds for a person."""
        return (not self.having or bool(self.having & facts)) and not self.lacking & facts


@dataclass(frozen=True, slots=True)
class Selector:
    """For which activities a rule holds: one word of each set that isn't empty."""

    kinds: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    evidence: frozenset[str] = frozenset()
    other_kinds: frozenset[str] = frozenset()
    lacking_evidence: frozenset[str] = frozenset()
    is_open: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Most rules mean everything, and each is asked about every activity.
        words = (
            self.kinds,
            self.levels,
            self.categories,
            self.evidence,
            self.other_kinds,
            self.lacking_evidence,
        )
        object.__setattr__(self, "is_open", not any(words))

    def takes(self, activity: Activity) -> bool:
        """Whether an activity is meant; of one that touches its categories, only those minutes may be."""
        return self.is_open or (
            (not self.kinds or activity.kind in self.kinds)
            and (not self.levels or activity.level in self.levels)
            and (not self.categories or not self.categories.isdisjoint(activity.categories))
            and (not self.evidence or not self.evidence.isdisjoint(activity.evidence))
            and (not self.other_kinds or activity.kind not in self.other_kinds)
            and (not self.lacking_evidence or self.lacking_evidence.isdisjoint(activity.evidence))
        )


EVERYTHING = Selector()
EVERYBODY = Holders()
