"""Bundles: short sessions on one topic that gather until together they are long enough to count.

A chat of 20 minutes alone counts for nothing in most districts; three of them on one topic are an hour of learning.
A bundle is of one kind of event, because caps, the ledger and every licence count by kind. Its sessions have fixed
hours: each part holds just its own time, and not what lies between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pdtracker.domain.document_fields import members_in, whole_in, words_in
from pdtracker.domain.hours import MAX_DAY_MINUTES, minutes_text
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.telling import all_of, count_of
from pdtracker.domain.text import quoted
from pdtracker.domain.when import local, overlaps

MOST_PARTS: Final = 24
"""So many sessions a bundle can have: more is a course."""

MOST_DAYS: Final = 366
"""So far apart the sessions of a bundle can lie at most: they are of one school year."""

_MEMBERS: Final = frozenset({"kinds", "least_minutes", "threshold_minutes", "most_days"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRule:
    """Kinds of live session of which short ones count together, from `threshold_minutes` on.

    A part has `least_minutes` or more; from the first to the last there are at most `most_days`, both included.
    """

    kinds: tuple[EventKind, ...]
    least_minutes: int = 5
    threshold_minutes: int = 60
    most_days: int = 90

    def takes(self, kind: EventKind, minutes: int) -> bool:
        """Whether a session of so many minutes can be a part: long enough for that, too short for all of it."""
        return kind in self.kinds and self.least_minutes <= minutes < self.threshold_minutes


@dataclass(frozen=True, slots=True)
class PartMinutes:
    """What the rules ask of a part: the minutes entered, and how long its session was."""

    minutes: int
    session_minutes: int

    def __post_init__(self) -> None:
        if self.minutes < 0 or self.session_minutes < 0:
            raise ValueError("minutes are counted from 0 up")

    @property
    def counted_minutes(self) -> int:
        """Those entered, as far as the session lasted."""
        return min(self.minutes, self.session_minutes)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as credit counts it: its topic, its parts in any order, and the days from the first to the last."""

    topic: str
    parts: tuple[PartMinutes, ...]
    day_count: int

    @property
    def minutes(self) -> int:
        """The minutes that were entered for all parts."""
        return sum(part.minutes for part in self.parts)

    @property
    def session_minutes(self) -> int:
        """How long the sessions of all parts were."""
        return sum(part.session_minutes for part in self.parts)

    @property
    def counted_minutes(self) -> int:
        """The minutes entered for all parts, of each as far as its session lasted."""
        return sum(part.counted_minutes for part in self.parts)

    def counted_from(self, least_minutes: int) -> int:
        """The same, without the parts that are shorter."""
        return sum(part.counted_minutes for part in self.parts if part.counted_minutes >= least_minutes)


@dataclass(frozen=True, slots=True)
class Gathered:
    """One part as it is gathered: what it was called, when it was, and whether something shows that one was there."""

    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    has_evidence: bool


@dataclass(frozen=True, slots=True)
class Gathering:
    """How far a bundle has come: `35 of 60 minutes on #edtech for English learners; 25 to go`."""

    topic: str
    minutes: int
    threshold_minutes: int

    @property
    def to_go_minutes(self) -> int:
        """What is missing until it counts; never below zero."""
        return max(0, self.threshold_minutes - self.minutes)

    @property
    def is_enough(self) -> bool:
        """Whether it counts."""
        return not self.to_go_minutes

    @property
    def figures(self) -> str:
        """`35 of 60 minutes; 25 to go`, `75 minutes, enough to count`."""
        if self.is_enough:
            return f"{minutes_text(self.minutes)}, enough to count"
        return f"{self.minutes:,} of {minutes_text(self.threshold_minutes)}; {self.to_go_minutes:,} to go"

    @property
    def sentence(self) -> str:
        """The same with its topic."""
        if self.is_enough:
            return f"{minutes_text(self.minutes)} on {self.topic}: enough to count"
        first, _, rest = self.figures.partition("; ")
        return f"{first} on {self.topic}; {rest}"


def bundle_words(count: int) -> str:
    """`Four short sessions`, `One short session`."""
    return count_of(count, "short session", "short sessions").capitalize()


def gathered_sentence(bundle: Bundle) -> str:
    """`Four sessions on “Wikis” of 15, 15, 20 and 25 minutes make 75.`; the same in whatever order they stand."""
    lengths = sorted(part.counted_minutes for part in bundle.parts)
    told = [f"{length:,}" for length in lengths]
    listed = f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else told[0]
    unit = "minute" if listed == "1" else "minutes"
    sessions = count_of(len(lengths), "session", "sessions").capitalize()
    made = f"{sessions} on {quoted(bundle.topic)} of {listed} {unit} make {bundle.counted_minutes:,}."
    if bundle.counted_minutes < bundle.minutes:
        return f"{made} You entered {minutes_text(bundle.minutes)}; each counts as far as its session lasted."
    return made


def bundle_faults(
    rule: BundleRule | None, kind: EventKind, topic: str, parts: Sequence[Gathered], zone: str
) -> Iterator[tuple[str, str]]:
    """What keeps a bundle from counting as one: field -> sentence. Fields: title, parts."""
    if not topic.strip():
        yield "title", "Enter the topic that the sessions have in common."
    if rule is None or kind not in rule.kinds:
        yield (
            "parts",
            f"Your district doesn\N{RIGHT SINGLE QUOTATION MARK}t count short {kind.plural.lower()} together."
            " Log each of them by itself.",
        )
    elif fault := _gathering_fault(rule, topic, parts, zone):
        yield "parts", fault


def several_years_fault() -> str:
    """What stands against sessions that don't count by the same rules in the same school year."""
    return (
        "These sessions lie in two school years, or the rules changed between them. Take out those of one of the two,"
        " and gather them in a bundle of their own."
    )


def event_held_fault(title: str) -> str:
    """What stands against a part whose event another claim of the same person has."""
    claimed = f"One of these sessions is claimed in {quoted(title)} already."
    return f"{claimed} Take it out here, or withdraw the other claim."


def event_in_bundle_fault(title: str) -> str:
    """What stands against a claim whose event is among the parts of a bundle of the same person."""
    return f"{quoted(title)} has this session already. Take it out there, or withdraw this claim."


def part_fault(rule: BundleRule | None, minutes: int) -> str:
    """Why so few minutes can't be a part; empty when they can."""
    if rule is None or minutes >= rule.least_minutes:
        return ""
    return f"A session of a bundle has {minutes_text(rule.least_minutes)} or more. This has {minutes:,}."


def overlap_among(
    parts: Sequence[tuple[str, datetime, datetime]], starts_at: datetime, ends_at: datetime
) -> str:
    """The title of the part that shares a moment with this span; empty when none does."""
    return next((title for title, begins, ends in parts if overlaps(starts_at, ends_at, begins, ends)), "")


def days_between(first: datetime, last: datetime, zone: str) -> int:
    """How many days there are from the start of the first part to that of the last, both included."""
    return (local(last, zone).date() - local(first, zone).date()).days + 1


def hosts_words(hosts: Sequence[str]) -> str:
    """The hosts of all parts, each once: `#edchat, Maplewood and 2 others`."""
    return all_of(list(dict.fromkeys(hosts)))


def bundles_fault(rule: BundleRule | None) -> str:
    """What is wrong with a rule for bundles; empty when nothing is."""
    if rule is None:
        return ""
    if not (0 < len(set(rule.kinds)) == len(rule.kinds) and all(kind.is_live for kind in rule.kinds)):
        return "Choose kinds with fixed hours, each of them once."
    if not 1 <= rule.least_minutes <= rule.threshold_minutes <= MAX_DAY_MINUTES:
        return "Enter minutes for a session, and as many or more for all of them together, up to 1,440."
    if not 1 <= rule.most_days <= MOST_DAYS:
        return f"Enter between 1 and {MOST_DAYS} days."
    return ""


def read_bundles(value: object) -> BundleRule | None:
    """The rule that a document states. Refuses with NotValid at `bundles`."""
    if value is None:
        return None
    told = members_in("bundles", value, _MEMBERS)
    return BundleRule(
        kinds=words_in("bundles", told["kinds"], EventKind),
        least_minutes=whole_in("bundles", told["least_minutes"]),
        threshold_minutes=whole_in("bundles", told["threshold_minutes"]),
        most_days=whole_in("bundles", told["most_days"]),
    )


def bundles_document(rule: BundleRule | None) -> dict[str, object] | None:
    """The rule as JSON values."""
    if rule is None:
        return None
    return {
        "kinds": [kind.value for kind in rule.kinds],
        "least_minutes": rule.least_minutes,
        "threshold_minutes": rule.threshold_minutes,
        "most_days": rule.most_days,
    }


def _gathering_fault(rule: BundleRule, topic: str, parts: Sequence[Gathered], zone: str) -> str:
    if not parts:
        return "Add the short sessions that you were at."
    if bare := next((part for part in parts if not part.has_evidence), None):
        return f"Add a link for {quoted(bare.title)}, or your word."
    starts = [part.starts_at for part in parts]
    days = days_between(min(starts), max(starts), zone)
    if days > rule.most_days:
        return (
            f"From the first to the last session there are {days:,} days, and a bundle has at most"
            f" {rule.most_days:,}. Take out the earliest or the latest."
        )
    gathering = Gathering(topic, sum(part.minutes for part in parts), rule.threshold_minutes)
    if gathering.is_enough:
        return ""
    return (
        f"{gathering.minutes:,} of {minutes_text(rule.threshold_minutes)} so far."
        f" Add sessions of {minutes_text(gathering.to_go_minutes)} or more in all, then send it."
    )
