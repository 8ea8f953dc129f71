"""Credit: from the minutes attended to the minutes that count, with a sentence for each rule on the way.

The rules are a versioned document with effective dates, the facts are minutes; nothing computed is ever taken
for a fact. The order is part of the rules, because it changes results:

    entered -> within the session -> changed by the reviewer -> log -> recording -> minimum, or bundle
            -> applied in class -> steps -> cap of the kind -> cap of all kinds -> split over categories

Whatever a cap leaves is again rounded down to whole steps, so that credit always is. A follow-up begins with the
minutes of the original learning instead, and with the share of them that the district counts; no minimum is asked.
A bundle begins with the sum of its parts, and its threshold stands in the place of the minimum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pdtracker.domain.bundle import Bundle, BundleRule, gathered_sentence
from pdtracker.domain.follow_up import FollowShare
from pdtracker.domain.hours import MAX_DAY_MINUTES, hours_phrase, minutes_text
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.policy import CreditPolicy, KindCap, policy_for
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.split import Split, divided, split_words
from pdtracker.domain.telling import count_of

__all__ = [
    "Credit",
    "CreditCategory",
    "CreditFacts",
    "CreditPolicy",
    "CreditShare",
    "KindCap",
    "TraceStep",
    "credit",
    "minutes_left",
    "policy_for",
]

_STEP_WORDS = {1: "Whole minutes", 15: "Quarter-hour steps", 30: "Half-hour steps", 60: "Whole hours"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditFacts:
    """What is known of one claim when its credit is computed, gathered before any rule runs.

    `session_minutes` is `None` for an open window such as a forum. `credited_this_year...` are the minutes
    that the same person's other claims already have in the school year of `activity_on`. `adjusted_minutes`
    are the reviewer's, with the reason: never more than was claimed or the session lasted, whichever is longer.
    `follow_share` is set where the claim answers a follow-up; then `claimed_minutes` are those of the original.
    `split` is empty where all minutes are of `category`; else its proportions are those of the credit. `split_reason`
    is why the reviewer chose other categories than the claimant.
    `application_minutes` are those of applying it in class, beside the ones attended; `logged_minutes` are the sum of
    its log of days. Of a `bundle` the claimed minutes are the sum of its parts, and so are those of the sessions.
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
    follow_share: FollowShare | None = None
    split: Split = ()
    split_reason: str = ""
    application_minutes: int = 0
    is_recording: bool = False
    reflection_words: int = 0
    logged_minutes: int = 0
    bundle: Bundle | None = None

    def __post_init__(self) -> None:
        counted = (
            self.claimed_minutes,
            self.session_minutes or 0,
            self.credited_this_year,
            self.application_minutes,
            self.logged_minutes,
            *(minutes for _, minutes in self.split),
        )
        if min(*counted, *self.credited_this_year_by_kind.values()) < 0:
            raise ValueError("minutes are counted from 0 up")
        if self.bundle is not None and self.bundle.minutes != self.claimed_minutes:
            raise ValueError("a bundle claims the sum of its parts")
        if self.adjusted_minutes is None:
            return
        if not 1 <= self.adjusted_minutes <= MAX_DAY_MINUTES:
            raise NotValid({"minutes": "Enter between 1 minute and 24 hours."})
        most = max(self.claimed_minutes, self.session_minutes or 0)
        if self.adjusted_minutes > most:
            lasted = (
                ""
                if self.session_minutes is None
                else f" and the session lasted {hours_phrase(self.session_minutes)}"
            )
            claimed = f"They claimed {hours_phrase(self.claimed_minutes)}{lasted}."
            raise NotValid({"minutes": f"{claimed} Enter {hours_phrase(most)} or less."})
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
class CreditShare:
    """What of a credit is of one category: the minutes that count, and those that were attended."""

    category: CreditCategory
    minutes: int
    instructional_minutes: int


@dataclass(frozen=True, slots=True)
class Credit:
    """The minutes that count, in which category, by which policy, and why.

    `instructional_minutes` were attended, as far as the reviewer agrees: from them each licence counts by its own
    rules. `category` is the one with the most minutes; `shares` are all of them, one where nothing is split.
    """

    minutes: int
    category: CreditCategory
    policy: str
    trace: tuple[TraceStep, ...]
    instructional_minutes: int
    shares: tuple[CreditShare, ...]

    @property
    def words(self) -> str:
        """Its categories: `Pedagogy`, or with the minutes of each."""
        if len(self.shares) == 1:
            return self.category.label
        return split_words(tuple((share.category, share.minutes) for share in self.shares))

    @property
    def why(self) -> tuple[str, ...]:
        """The sentences, one for each rule, that answer "why 1.5 and not 2?"."""
        return tuple(step.sentence for step in self.trace)


def credit(policy: CreditPolicy, facts: CreditFacts) -> Credit:
    """The credit of one claim under one policy: never negative, never more than session and caps allow.

    Only a reviewer's changed minutes, which carry a reason, may go beyond the shorter of what was entered and how
    long the session was; never beyond the longer. Refuses with `NotValid` a category that the policy doesn't have.
    """
    if facts.category not in policy.categories:
        raise NotValid({"category": "Choose a category in which your district gives credit."})
    for category, _ in facts.split:
        if category not in policy.categories:
            raise NotValid({"split": f"Your district gives no credit in {category.label}."})
    share = facts.follow_share
    trace = [_begun(facts)]
    if facts.adjusted_minutes is not None:
        trace.append(_adjusted(facts, trace[-1].after, facts.adjusted_minutes))
    attended = trace[-1].after
    if share is not None:
        trace.append(_shared(share, attended))
    else:
        trace.extend(_equivalent(policy, facts, attended))
    if trace[-1].after:
        trace.append(_in_steps(policy, trace[-1].after))
    for cap in policy.caps_for(facts.kind):
        if trace[-1].after:
            trace.append(_under_cap(policy, cap, facts, trace[-1].after))
    shares = _shares(facts, trace[-1].after, attended)
    if (len(shares) > 1 or facts.split_reason) and trace[-1].after:
        trace.append(_split(shares, trace[-1].after, facts.split_reason))
    main = max(shares, key=lambda one: one.instructional_minutes).category
    return Credit(trace[-1].after, main, policy.title, tuple(trace), attended, shares)


def minutes_left(
    policy: CreditPolicy,
    kind: EventKind,
    credited_this_year_by_kind: Mapping[str, int],
    credited_this_year: int,
) -> int | None:
    """How much more of this kind can count this school year, in whole steps; `None` when no cap binds it."""
    rooms = [
        _room(policy, cap, credited_this_year_by_kind, credited_this_year) for cap in policy.caps_for(kind)
    ]
    return min(rooms, default=None)


def _begun(facts: CreditFacts) -> TraceStep:
    """The minutes with which the rules begin."""
    if facts.follow_share is not None:
        return _original(facts)
    return _attended(facts) if facts.bundle is None else _gathered(facts.claimed_minutes, facts.bundle)


def _attended(facts: CreditFacts) -> TraceStep:
    entered, lasted = facts.claimed_minutes, facts.session_minutes
    said = f"You entered {minutes_text(entered)}"
    if lasted is None:
        return TraceStep(
            "entered", entered, entered, f"{said} of something without fixed hours: all of it counts."
        )
    if entered <= lasted:
        return TraceStep(
            "entered", entered, entered, f"{said} and the session lasted {lasted:,}: all of it counts."
        )
    counts = f"{lasted:,} {'counts' if lasted == 1 else 'count'}"
    return TraceStep("session", entered, lasted, f"{said}. The session lasted {lasted:,}, so {counts}.")


def _original(facts: CreditFacts) -> TraceStep:
    learned = facts.claimed_minutes
    return TraceStep("original", learned, learned, f"The original learning was {minutes_text(learned)}.")


def _gathered(claimed: int, bundle: Bundle) -> TraceStep:
    return TraceStep("bundle", claimed, bundle.counted_minutes, gathered_sentence(bundle))


def _shared(share: FollowShare, before: int) -> TraceStep:
    after = share.of(before)
    if not share.percent:
        sentence = f"{share.words}: your district counts no hours of its own for it. Your licence may."
    else:
        counts = f"{share.percent}% of the original {minutes_text(before)}, which is {after:,}"
        sentence = f"{share.words}: your district counts {counts}."
    return TraceStep("follow_up", before, after, sentence)


def _adjusted(facts: CreditFacts, before: int, after: int) -> TraceStep:
    changed = f"The reviewer changed {minutes_text(before)} to {after:,}"
    return TraceStep("adjusted", before, after, f"{changed}: {_sentence(facts.adjust_reason)}")


def _equivalent(policy: CreditPolicy, facts: CreditFacts, attended: int) -> Iterator[TraceStep]:
    """What the district asks of this way to attend, and what it adds to it; ends with what comes to nothing."""
    counted = attended
    for rule in (_by_log, _by_recording):
        if counted and (step := rule(policy, facts, counted)) is not None:
            yield step
            counted = step.after
    if not counted and attended:
        return
    if facts.bundle is not None:
        yield (together := _together(policy, facts, facts.bundle, counted))
        counted = together.after
    elif counted < policy.minimum_session_minutes:
        yield _too_short(policy, counted)
        return
    if counted and facts.application_minutes:
        yield _applied(policy, facts, counted)


def _by_log(policy: CreditPolicy, facts: CreditFacts, before: int) -> TraceStep | None:
    """A log is asked for; hours that the reviewer changed need none."""
    if facts.kind not in policy.logged_kinds:
        return None
    logged, kinds = facts.logged_minutes, facts.kind.plural
    if logged >= before:
        return TraceStep(
            "log", before, before, f"{kinds} count by a log of days. It shows {minutes_text(logged)}."
        )
    if facts.adjusted_minutes is not None:
        return None
    shows = (
        f"It shows {minutes_text(logged)}, so {logged:,} count."
        if logged
        else "There is none, so nothing counts."
    )
    return TraceStep("log", before, logged, f"{kinds} count by a log of days. {shows}")


def _by_recording(policy: CreditPolicy, facts: CreditFacts, before: int) -> TraceStep | None:
    if not facts.is_recording:
        return None
    rule = policy.recordings
    if rule is None or facts.kind not in rule.kinds:
        sentence = f"{facts.kind.plural} count live only. This was a recording, so it doesn't count."
        return TraceStep("recording", before, 0, sentence)
    asked = f"A recording counts with a written summary of {rule.summary_words:,} words or more"
    if facts.reflection_words < rule.summary_words:
        return TraceStep(
            "recording",
            before,
            0,
            f"{asked}. The reflection has {facts.reflection_words:,}, so it doesn't count.",
        )
    sentence = f"{asked}, and the reflection has {facts.reflection_words:,}: all of it counts."
    return TraceStep("recording", before, before, sentence)


def _applied(policy: CreditPolicy, facts: CreditFacts, before: int) -> TraceStep:
    rule, entered = policy.application, facts.application_minutes
    said = f"You applied it for {minutes_text(entered)}"
    if rule is None or facts.kind not in rule.kinds:
        return TraceStep(
            "application", before, before, f"{said}. For this your district counts only what was attended."
        )
    if not facts.reflection_words:
        sentence = f"{said}. That counts with a written reflection, and there is none."
        return TraceStep("application", before, before, sentence)
    most = rule.most(before)
    if entered <= most:
        return TraceStep(
            "application", before, before + entered, f"{said} and wrote about it: they are added."
        )
    part = "as much as was attended" if rule.percent == 100 else f"{rule.percent}% of what was attended"
    added = f"{most:,} {'is' if most == 1 else 'are'} added"
    return TraceStep(
        "application", before, before + most, f"{said}. Up to {part} counts beside it, so {added}."
    )


def _shares(facts: CreditFacts, minutes: int, attended: int) -> tuple[CreditShare, ...]:
    if not facts.split:
        return (CreditShare(facts.category, minutes, attended),)
    weights = [part for _, part in facts.split]
    counted, sat = divided(minutes, weights), divided(attended, weights)
    return tuple(
        CreditShare(category, counted[place], sat[place]) for place, (category, _) in enumerate(facts.split)
    )


def _split(shares: tuple[CreditShare, ...], minutes: int, reason: str) -> TraceStep:
    parts = split_words(tuple((share.category, share.minutes) for share in shares))
    told = f"Split over its categories, to the minute: {parts}."
    if reason:
        told = f"The reviewer chose the categories: {_sentence(reason)} {parts}."
    return TraceStep("split", minutes, minutes, told)


def _sentence(reason: str) -> str:
    """A reason with its full stop."""
    told = reason.strip()
    return told if told.endswith((".", "!", "?")) else f"{told}."


def _too_short(policy: CreditPolicy, before: int) -> TraceStep:
    least = minutes_text(policy.minimum_session_minutes)
    sentence = f"A session counts from {least} on. This was {before:,}, so it doesn't count."
    return TraceStep("minimum", before, 0, sentence)


def _together(policy: CreditPolicy, facts: CreditFacts, bundle: Bundle, before: int) -> TraceStep:
    """What short sessions come to: all of it from the threshold on, or what each of them is worth alone."""
    rule = policy.bundles
    if rule is None or facts.kind not in rule.kinds:
        return _each_alone(policy, facts.kind, bundle, before)
    if bundle.day_count > rule.most_days:
        lie = f"These lie {bundle.day_count:,} days apart, so they don't count."
        return TraceStep("threshold", before, 0, f"A bundle has at most {rule.most_days:,} days. {lie}")
    # What the reviewer changed is theirs to judge; else the shortest are left out.
    counted = (
        before if facts.adjusted_minutes is not None else min(before, bundle.counted_from(rule.least_minutes))
    )
    return TraceStep("threshold", before, *_from_threshold(rule, before, counted))


def _from_threshold(rule: BundleRule, before: int, counted: int) -> tuple[int, str]:
    left = (
        f" Without those under {minutes_text(rule.least_minutes)} they are {counted:,}."
        if counted < before
        else ""
    )
    asked = (
        f"Short sessions on one topic count together from {minutes_text(rule.threshold_minutes)} on.{left}"
    )
    if counted < rule.threshold_minutes:
        return 0, f"{asked} That is too little, so they don't count."
    return counted, f"{asked} All {counted:,} count."


def _each_alone(policy: CreditPolicy, kind: EventKind, bundle: Bundle, before: int) -> TraceStep:
    least = policy.minimum_session_minutes
    after = min(before, bundle.counted_from(least))
    long_enough = sum(part.counted_minutes >= least for part in bundle.parts)
    told = f"{kind.plural} count each for itself, from {minutes_text(least)} on."
    sessions = count_of(long_enough, "session is", "sessions are").capitalize()
    return TraceStep("alone", before, after, f"{told} {sessions} that long: {minutes_text(after)}.")


def _in_steps(policy: CreditPolicy, before: int) -> TraceStep:
    steps = _STEP_WORDS.get(policy.step_minutes) or f"Steps of {minutes_text(policy.step_minutes)}"
    after = before - before % policy.step_minutes
    change = f"{before:,} stays {after:,}" if after == before else f"{before:,} becomes {after:,}"
    return TraceStep("steps", before, after, f"{steps}, rounded down: {change}.")


def _under_cap(policy: CreditPolicy, cap: KindCap, facts: CreditFacts, before: int) -> TraceStep:
    rule = f"cap:{cap.kind.value}" if cap.kind else "cap"
    credited = _credited(cap, facts.credited_this_year_by_kind, facts.credited_this_year)
    after = min(before, _room(policy, cap, facts.credited_this_year_by_kind, facts.credited_this_year))
    return TraceStep(rule, before, after, _cap_sentence(cap, credited, before, after))


def _cap_sentence(cap: KindCap, credited: int, before: int, after: int) -> str:
    subject = cap.kind.plural if cap.kind else "All kinds together"
    already = f"{hours_phrase(credited)} credited already" if credited else "nothing credited yet"
    part = "" if cap.percent is None else f", {cap.percent}% of what is asked"
    limit = f"{subject} count up to {hours_phrase(cap.minutes_per_year)} a school year{part}. With {already}"
    if after == before:
        return f"{limit}, there is room for this."
    adds = f"this one adds {hours_phrase(after)}" if after else "this one adds nothing"
    return f"{limit}, {adds}. More is welcome and listed, but it does not add up."


def _room(policy: CreditPolicy, cap: KindCap, by_kind: Mapping[str, int], all_kinds: int) -> int:
    """What the cap leaves, rounded down to whole steps: 9:50 of 10 hours credited -> 0, not 10 minutes."""
    room = max(0, cap.minutes_per_year - _credited(cap, by_kind, all_kinds))
    return room - room % policy.step_minutes


def _credited(cap: KindCap, by_kind: Mapping[str, int], all_kinds: int) -> int:
    return by_kind.get(cap.kind.value, 0) if cap.kind else all_kinds
