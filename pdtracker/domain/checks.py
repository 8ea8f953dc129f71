"""Machine checks: what a reviewer sees beside each claim before deciding, and which claims to look at first.

Each check says one thing, found or not found. A check never decides: the reviewer does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pdtracker.domain.days import DayLoad
from pdtracker.domain.evidence import ALLOWED_GAP_MINUTES, EvidenceKind, strongest
from pdtracker.domain.evidence_recipes import recipe_of
from pdtracker.domain.follow_up import FollowShare
from pdtracker.domain.hours import NBSP, hours_phrase, minutes_text
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.listed_split import categories_words, differs
from pdtracker.domain.split import Split
from pdtracker.domain.telling import count_of
from pdtracker.domain.text import quoted
from pdtracker.domain.when import local, short_day, span_text

SHORT_REFLECTION_WORDS = 25
"""Two or three sentences are enough; below this, a glance."""


class CheckCode(StrEnum):
    """The checks, in the order in which a reviewer reads them."""

    OVERLAP = "overlap"
    DAY = "day"
    LENGTH = "length"
    CATEGORY = "category"
    CAP = "cap"
    EVIDENCE = "evidence"
    REFLECTION = "reflection"
    OWN_WORDS = "own_words"


class CheckLevel(StrEnum):
    """How much a finding asks of the reviewer."""

    STOP = "stop"
    GLANCE = "glance"
    PASS = "pass"


class CheckGroup(StrEnum):
    """The groups of the queue, in its order."""

    LOOK_FIRST = "look_first"
    GLANCE = "glance"
    PASS = "pass"

    @property
    def label(self) -> str:
        """The group's heading."""
        return {
            CheckGroup.LOOK_FIRST: "Look first",
            CheckGroup.GLANCE: "Worth a glance",
            CheckGroup.PASS: "Every check passes",
        }[self]


@dataclass(frozen=True, slots=True)
class Check:
    """One finding: a title ("No overlap") and what was found ("Nothing else at that time.").

    `claim_id` is the other claim that it speaks of.
    """

    code: CheckCode
    level: CheckLevel
    title: str
    sentence: str
    claim_id: int | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another claim of the same person that holds some of the same time."""

    title: str
    starts_at: datetime
    ends_at: datetime
    is_credited: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """Another claim of the same person on the same days, where one of the two has no hours to compare.

    `same` says what they share, "title" or "evidence link"; it is empty where only the day is the same.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    has_hours: bool
    same: str = ""


@dataclass(frozen=True, slots=True)
class SameText:
    """Another reflection with the same words; `colleague` is empty when the person wrote it too.

    `stands` is what was decided against its claim ("denied"), if anything was.
    """

    title: str
    colleague: str = ""
    stands: str = ""
    claim_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """What is known of one claim, gathered for a whole page of them before any check runs.

    `session_minutes` is `None` without fixed hours, `cap_left_minutes` without a cap for this kind. `day` is what lies
    on its days together with the person's other claims, `None` where that isn't known. `zone` is where overlapping
    times are told. `recorded_minutes` is the longest that reports and check-ins show, `None` where none tells it.
    `missing_from` is the report of the event that counts and in which they are not ("Zoom report"). `split` has the
    minutes by category, `listed` those that the calendar lists so; it is empty where no calendar lists it.
    `logged_days` counts the days of a log.
    """

    kind: EventKind
    minutes: int
    session_minutes: int | None
    longer_reason: str
    cap_left_minutes: int | None
    evidence: frozenset[EvidenceKind]
    logged_days: int = 0
    recorded_minutes: int | None = None
    missing_from: str = ""
    split: Split = ()
    listed: Split = ()
    reflection_words: int
    repeated_answers: int = 0
    overlaps: tuple[Overlap, ...] = ()
    beside: tuple[Beside, ...] = ()
    day: DayLoad | None = None
    same_text: tuple[SameText, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What is known of one session of a bundle."""

    title: str
    minutes: int
    session_minutes: int
    longer_reason: str
    evidence: frozenset[EvidenceKind]
    overlaps: tuple[Overlap, ...]
    recorded_minutes: int | None = None

    def alone(self, kind: EventKind, zone: str) -> CheckFacts:
        """The session as a claim of its own would have it; what only all together have is left out."""
        return CheckFacts(
            kind=kind,
            minutes=self.minutes,
            session_minutes=self.session_minutes,
            longer_reason=self.longer_reason,
            cap_left_minutes=None,
            evidence=self.evidence,
            recorded_minutes=self.recorded_minutes,
            reflection_words=0,
            overlaps=self.overlaps,
            zone=zone,
        )


def check_claim(facts: CheckFacts) -> tuple[Check, ...]:
    """All checks of one claim, one finding each, in the order of `CheckCode`."""
    return (
        _overlap(facts),
        _day(facts),
        _length(facts),
        _category(facts),
        _cap(facts),
        _evidence(facts),
        _reflection(facts),
        _own_words(facts),
    )


def check_follow_up(facts: CheckFacts, share: FollowShare) -> tuple[Check, ...]:
    """The checks of a claim that follows a credited one: it holds no time, and its answers are its evidence."""
    return (
        _cap(replace(facts, minutes=share.of(facts.minutes))),
        _reflection(facts),
        _own_words(facts),
    )


def check_part(facts: PartFacts, kind: EventKind, zone: str) -> tuple[Check, ...]:
    """The checks of one session of a bundle: its time, its length, and what shows it."""
    alone = facts.alone(kind, zone)
    return _overlap(alone), _length(alone), _evidence(alone)


def check_bundle(facts: CheckFacts, parts: Sequence[PartFacts]) -> tuple[Check, ...]:
    """The checks of a bundle: of each session its gravest finding, and what is asked of all together."""
    overlap, length, evidence = zip(
        *(check_part(part, facts.kind, facts.zone) for part in parts), strict=True
    )
    return (
        _gravest(parts, overlap, "No overlap", "Nothing else at these times."),
        _day(facts),
        _gravest(parts, length, "Within the sessions", "None is longer than its session."),
        _category(facts),
        _cap(facts),
        _gravest(parts, evidence, "Evidence is there", "For each of the sessions."),
        _reflection(facts),
        _own_words(facts),
    )


def _gravest(parts: Sequence[PartFacts], found: Sequence[Check], title: str, sentence: str) -> Check:
    """The gravest finding with the session that it is about; what passes everywhere is said once."""
    for level in (CheckLevel.STOP, CheckLevel.GLANCE):
        for part, check in zip(parts, found, strict=True):
            if check.level is level:
                return replace(check, sentence=f"{quoted(part.title)}: {check.sentence}")
    return Check(found[0].code, CheckLevel.PASS, title, sentence)


def group_of(checks: Sequence[Check]) -> CheckGroup:
    """Where the claim stands in the queue: by its gravest finding."""
    levels = {check.level for check in checks}
    if CheckLevel.STOP in levels:
        return CheckGroup.LOOK_FIRST
    return CheckGroup.GLANCE if CheckLevel.GLANCE in levels else CheckGroup.PASS


def summary_text(checks: Sequence[Check]) -> str:
    """One line for the queue: the gravest finding and how many more, or `All 8 pass`."""
    found = [
        check for level in (CheckLevel.STOP, CheckLevel.GLANCE) for check in checks if check.level is level
    ]
    if not found:
        return f"All{NBSP}{len(checks)} pass"
    return found[0].title if len(found) == 1 else f"{found[0].title}, and {len(found) - 1} more"


def _overlap(facts: CheckFacts) -> Check:
    if not facts.overlaps:
        return _beside(facts)
    other = facts.overlaps[0]
    day = short_day(local(other.starts_at, facts.zone))
    stands = "which is already credited" if other.is_credited else "which waits as well"
    span = span_text(other.starts_at, other.ends_at, facts.zone)
    sentence = f"{quoted(other.title)} was on {day}, {span}, {stands}."
    if len(facts.overlaps) > 1:
        sentence += f" {len(facts.overlaps) - 1} more at that time."
    return Check(CheckCode.OVERLAP, CheckLevel.STOP, f"Overlaps {other.title}", sentence)


def _beside(facts: CheckFacts) -> Check:
    """Without fixed hours nothing overlaps: then the same session may be claimed a second time on its day."""
    if twin := next((other for other in facts.beside if other.same), None):
        when = short_day(local(twin.starts_at, facts.zone))
        return Check(
            CheckCode.OVERLAP,
            CheckLevel.STOP,
            "Maybe claimed twice",
            f"{quoted(twin.title)} of {when} has the same {twin.same}, and no hours tell them apart.",
        )
    if other := next((other for other in facts.beside if other.has_hours), None):
        span = span_text(other.starts_at, other.ends_at, facts.zone)
        return Check(
            CheckCode.OVERLAP,
            CheckLevel.GLANCE,
            f"Same day as {other.title}",
            f"{quoted(other.title)} was that day, {span}. This one has no hours to compare.",
        )
    return Check(CheckCode.OVERLAP, CheckLevel.PASS, "No overlap", "Nothing else at that time.")


def _day(facts: CheckFacts) -> Check:
    load = facts.day
    if load is None:
        return Check(CheckCode.DAY, CheckLevel.PASS, "Within a day", f"{hours_phrase(facts.minutes)} in all.")
    sentence = f"{hours_phrase(load.minutes)} in all {load.when}{load.beside}."
    if load.is_impossible:
        days = "the day has" if load.day_count == 1 else "the days have"
        return Check(CheckCode.DAY, CheckLevel.STOP, f"More hours than {days}", sentence)
    if load.is_long:
        return Check(CheckCode.DAY, CheckLevel.GLANCE, "Over 10 hours a day", sentence)
    return Check(CheckCode.DAY, CheckLevel.PASS, "Within a day", sentence)


def _length(facts: CheckFacts) -> Check:
    lasted = facts.session_minutes
    if lasted is None:
        return Check(
            CheckCode.LENGTH,
            CheckLevel.PASS,
            "No fixed hours",
            f"{hours_phrase(facts.minutes)} by their own count.",
        )
    if facts.minutes <= lasted:
        return Check(
            CheckCode.LENGTH,
            CheckLevel.PASS,
            "Within the session",
            f"{facts.minutes:,} of {minutes_text(lasted)}.",
        )
    over = f"{minutes_text(facts.minutes)} entered, the session lasted {lasted:,}."
    if facts.longer_reason.strip():
        return Check(CheckCode.LENGTH, CheckLevel.GLANCE, "Longer, with a reason", f"{over} They say why.")
    return Check(CheckCode.LENGTH, CheckLevel.STOP, "Longer than the session", over)


def _category(facts: CheckFacts) -> Check:
    claimed, listed = categories_words(facts.split) if facts.split else "", facts.listed
    if not listed:
        said = f"Nothing lists it. They say: {claimed}." if claimed else "Nothing lists it."
        return Check(CheckCode.CATEGORY, CheckLevel.PASS, "Categories by their own word", said)
    if differs(facts.split, listed):
        sentence = f"The calendar lists {categories_words(listed)}. They say: {claimed}."
        return Check(CheckCode.CATEGORY, CheckLevel.GLANCE, "Categories differ from the calendar", sentence)
    return Check(CheckCode.CATEGORY, CheckLevel.PASS, "Categories as the calendar lists them", f"{claimed}.")


def _cap(facts: CheckFacts) -> Check:
    left = facts.cap_left_minutes
    if left is None:
        return Check(
            CheckCode.CAP, CheckLevel.PASS, "No cap", f"{facts.kind.plural} have no limit in a school year."
        )
    if facts.minutes <= left:
        return Check(
            CheckCode.CAP, CheckLevel.PASS, "Under the cap", f"{hours_phrase(left)} left this school year."
        )
    if left <= 0:
        return Check(
            CheckCode.CAP,
            CheckLevel.GLANCE,
            "Cap reached",
            f"{facts.kind.plural} add up to no more this school year.",
        )
    return Check(
        CheckCode.CAP, CheckLevel.GLANCE, "Over the cap", f"Only {hours_phrase(left)} left this school year."
    )


def _evidence(facts: CheckFacts) -> Check:
    kind = strongest(facts.evidence)
    if kind is None:
        return Check(
            CheckCode.EVIDENCE, CheckLevel.STOP, "No evidence", "Nothing shows that they were there."
        )
    if facts.missing_from and not kind.is_recorded:
        return Check(
            CheckCode.EVIDENCE,
            CheckLevel.GLANCE,
            "Missing from the report",
            f"The {facts.missing_from} of this event counts, and they are not in it."
            f" Their evidence: {kind.label.lower()}.",
        )
    if kind is EvidenceKind.ATTESTATION:
        lacks = f"No link and no file. {_recipe_words(facts)}".strip()
        return Check(CheckCode.EVIDENCE, CheckLevel.GLANCE, "Attendance by own word", lacks)
    if facts.recorded_minutes is not None:
        return _recorded(facts.minutes, facts.recorded_minutes, kind)
    if kind.is_recorded:
        return Check(
            CheckCode.EVIDENCE, CheckLevel.PASS, "Attendance matched", f"{kind.label}, without minutes."
        )
    recipe = _recipe_words(facts)
    return Check(CheckCode.EVIDENCE, CheckLevel.PASS, "Evidence is there", f"{kind.label}. {recipe}".strip())


def _recipe_words(facts: CheckFacts) -> str:
    """What shows this kind of event; a log that there is, is counted instead."""
    recipe = recipe_of(facts.kind)
    if recipe.has_log and facts.logged_days:
        return f"A log of {count_of(facts.logged_days, 'day', 'days')}."
    return recipe.wants


def _recorded(claimed: int, recorded: int, kind: EvidenceKind) -> Check:
    """What was recorded at the event beside what is claimed: 86 of 90 minutes are alike, 60 are not."""
    beside = f"{kind.label}: {minutes_text(recorded)}, claimed {claimed:,}."
    if claimed > recorded + ALLOWED_GAP_MINUTES:
        return Check(CheckCode.EVIDENCE, CheckLevel.STOP, f"{kind.label} shows less", beside)
    return Check(CheckCode.EVIDENCE, CheckLevel.PASS, "Attendance matched", beside)


def _reflection(facts: CheckFacts) -> Check:
    count = facts.reflection_words
    said = f"{count:,}{NBSP}{'word' if count == 1 else 'words'}"
    if count == 0:
        return Check(CheckCode.REFLECTION, CheckLevel.STOP, "No reflection", "No prompt was answered.")
    if facts.repeated_answers:
        repeated = count_of(facts.repeated_answers, "answer repeats", "answers repeat").capitalize()
        return Check(
            CheckCode.REFLECTION,
            CheckLevel.GLANCE,
            "The same answer to several prompts",
            f"{repeated} another, word for word. Counted once, there are {said}.",
        )
    if count < SHORT_REFLECTION_WORDS:
        return Check(
            CheckCode.REFLECTION,
            CheckLevel.GLANCE,
            f"Short reflection, {said}",
            "Two or three sentences are enough.",
        )
    return Check(CheckCode.REFLECTION, CheckLevel.PASS, "Reflection", f"{said}.")


def _own_words(facts: CheckFacts) -> Check:
    colleagues = [same for same in facts.same_text if same.colleague]
    if colleagues:
        other = colleagues[0]
        name = ", ".join(filter(None, (other.colleague, other.stands)))
        sentence = f"{other.colleague} wrote the same for {quoted(other.title)}."
        title = f"Same words as {name}"
        return Check(CheckCode.OWN_WORDS, CheckLevel.STOP, title, sentence, other.claim_id)
    if facts.same_text:
        other = facts.same_text[0]
        name = ", ".join(filter(None, ("before", other.stands)))
        sentence = f"They wrote the same for {quoted(other.title)}."
        title = f"Same words as {name}"
        return Check(CheckCode.OWN_WORDS, CheckLevel.STOP, title, sentence, other.claim_id)
    return Check(
        CheckCode.OWN_WORDS,
        CheckLevel.PASS,
        "Their own words",
        "Not word for word the same as a colleague\N{RIGHT SINGLE QUOTATION MARK}s, or as their own before.",
    )
