"""Equivalence: what of connected learning a district counts like hours in a room, and what it asks for that.

An hour of chat and an hour of trying it in class; a recording with a written summary; a book club with a log of its
days. All of it is a district's choice: an edition of its policy that names none of them counts what was attended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdtracker.domain.document_fields import members_in, whole_in, words_in
from pdtracker.domain.kinds import EventKind

MOST_APPLICATION_PERCENT = 200
MOST_SUMMARY_WORDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRule:
    """Minutes of applying it afterwards count beside those of a live session, with a written reflection.

    At most `percent` of what was attended: with 100 an hour of chat can bring two.
    """

    kinds: tuple[EventKind, ...]
    percent: int = 100

    def most(self, attended_minutes: int) -> int:
        """How many minutes can be added to those attended, whole ones, rounded down."""
        return attended_minutes * self.percent // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRule:
    """Kinds of live session that may be watched later, with a reflection of `summary_words` or more."""

    kinds: tuple[EventKind, ...]
    summary_words: int = 50


def application_fault(rule: ApplicationRule | None) -> str:
    """What is wrong with a rule for applying; empty when nothing is."""
    if rule is None:
        return ""
    if not _are_live(rule.kinds):
        return "Choose kinds with fixed hours, each of them once."
    if not 1 <= rule.percent <= MOST_APPLICATION_PERCENT:
        return f"Enter between 1 and {MOST_APPLICATION_PERCENT} percent."
    return ""


def recordings_fault(rule: RecordingRule | None) -> str:
    """What is wrong with a rule for recordings; empty when nothing is."""
    if rule is None:
        return ""
    if not _are_live(rule.kinds):
        return "Choose kinds with fixed hours, each of them once."
    if not 1 <= rule.summary_words <= MOST_SUMMARY_WORDS:
        return f"Enter between 1 and {MOST_SUMMARY_WORDS:,} words."
    return ""


def are_logged(kinds: Sequence[EventKind]) -> bool:
    """Whether a log can be asked of all of these: what has no fixed hours, each kind once."""
    return len(set(kinds)) == len(kinds) and not any(kind.is_live for kind in kinds)


def read_application(value: object) -> ApplicationRule | None:
    """The rule that a document states. Refuses with NotValid at `application`."""
    if value is None:
        return None
    told = members_in("application", value, frozenset({"kinds", "percent"}))
    return ApplicationRule(
        kinds=words_in("application", told["kinds"], EventKind),
        percent=whole_in("application", told["percent"]),
    )


def read_recordings(value: object) -> RecordingRule | None:
    """The rule that a document states. Refuses with NotValid at `recordings`."""
    if value is None:
        return None
    told = members_in("recordings", value, frozenset({"kinds", "summary_words"}))
    return RecordingRule(
        kinds=words_in("recordings", told["kinds"], EventKind),
        summary_words=whole_in("recordings", told["summary_words"]),
    )


def application_document(rule: ApplicationRule | None) -> dict[str, object] | None:
    """The rule as JSON values."""
    if rule is None:
        return None
    return {"kinds": [kind.value for kind in rule.kinds], "percent": rule.percent}


def recordings_document(rule: RecordingRule | None) -> dict[str, object] | None:
    """The rule as JSON values."""
    if rule is None:
        return None
    return {"kinds": [kind.value for kind in rule.kinds], "summary_words": rule.summary_words}


def _are_live(kinds: Sequence[EventKind]) -> bool:
    return 0 < len(set(kinds)) == len(kinds) and all(kind.is_live for kind in kinds)
