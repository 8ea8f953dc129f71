"""A credit policy in plain words: one sentence for each of its rules, in the order in which they are applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from pdtracker.domain.follow_up import FollowShare, FollowUpRule
from pdtracker.domain.hours import NBSP, hours_phrase, minutes_text
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.policy import CreditPolicy, KindCap
from pdtracker.domain.summary import SummaryKind
from pdtracker.domain.when import date_text, month_day

_STEP_WORDS = {15: "quarter-hour steps", 30: "half-hour steps", 60: "whole hours"}
# Any year has its days; this one's 28 February is followed by March.
_SOME_YEAR = 2023
_AN_HOUR = 60
_KINDS_IN_ORDER: Final = tuple(EventKind)
_CATEGORIES_IN_ORDER: Final = tuple(CreditCategory)
_FOLLOW_UPS_IN_ORDER: Final = tuple(FollowUpKind)


def in_force(policy: CreditPolicy, until: date | None) -> str:
    """For which days it holds; `until` is the last before a later edition takes over, `None` when none does."""
    begins = date_text(policy.effective_from)
    if until is None:
        return f"For activities from {begins} on."
    return f"For activities from {begins} to {date_text(until)}."


def last_day_of(policy: CreditPolicy, others: Sequence[CreditPolicy]) -> date | None:
    """The last day on which an edition governs: its own last, or the one before a later edition begins."""
    later = [one.effective_from for one in others if _comes_later(one, policy)]
    ends = [date.fromordinal(begins.toordinal() - 1) for begins in later]
    if policy.effective_until is not None:
        ends.append(policy.effective_until)
    return min(ends, default=None)


def sentences(policy: CreditPolicy) -> Iterator[str]:
    """Every rule of the policy.

    What is named in a row stands in the calendar's order, not in the document's: two policies that mean the same say
    the same.
    """
    if policy.minimum_session_minutes:
        yield f"A session counts from {minutes_text(policy.minimum_session_minutes)} on; what is shorter doesn't count."
    else:
        yield "A session counts however short it is."
    yield from _equivalence(policy)
    yield _steps(policy)
    yield from (_cap(cap) for cap in sorted(policy.caps, key=_cap_place))
    if policy.caps:
        yield "What is left under a cap is again counted in whole steps."
    yield f"A school year asks for {hours_phrase(policy.required_minutes)}. It begins on {_year_starts(policy)}."
    if policy.unit_minutes != _AN_HOUR:
        yield f"Certificates state the credit in units of {minutes_text(policy.unit_minutes)}."
    names = [category.label for category in sorted(policy.categories, key=_CATEGORIES_IN_ORDER.index)]
    yield f"Credit is given in {_listed(names)}."
    if policy.summaries:
        of = [kind.label.lower() for kind in SummaryKind if kind in policy.summaries]
        yield f"Beside the certificate of each activity there is one of {_listed(of)}, when it is over or asked for."
    for rule in sorted(policy.follow_ups, key=lambda rule: _FOLLOW_UPS_IN_ORDER.index(rule.kind)):
        yield _follow_up(rule)


def _steps(policy: CreditPolicy) -> str:
    if policy.step_minutes == 1:
        return "Every minute counts."
    short = 2 * policy.step_minutes - 1 if policy.step_minutes == _AN_HOUR else _AN_HOUR - 1
    after = short - short % policy.step_minutes
    steps = _STEP_WORDS.get(policy.step_minutes) or f"steps of {minutes_text(policy.step_minutes)}"
    return f"Time counts in {steps}, rounded down: {minutes_text(short)} become {after}."


def _equivalence(policy: CreditPolicy) -> Iterator[str]:
    """What counts like hours in a room, and what is asked for that."""
    if (applying := policy.application) is not None:
        part = "as much" if applying.percent == 100 else f"{applying.percent}{NBSP}% of it"
        yield (
            f"Applying it in class counts beside what was attended, up to {part} again, with a written reflection: "
            f"for {_kinds(applying.kinds)}."
        )
    if (recordings := policy.recordings) is not None:
        yield (
            f"A recording counts with a reflection of {recordings.summary_words:,} words or more: "
            f"for {_kinds(recordings.kinds)}. Other live sessions count live only."
        )
    else:
        yield "A recording of a live session doesn't count."
    if policy.logged_kinds:
        yield f"A log of days is asked of {_kinds(policy.logged_kinds)}; what it shows counts."
    if (bundles := policy.bundles) is not None:
        yield (
            "Short sessions of one kind on one topic count together from "
            f"{minutes_text(bundles.threshold_minutes)} on, "
            f"each with {minutes_text(bundles.least_minutes)} or more, within {_days(bundles.most_days)}: "
            f"for {_kinds(bundles.kinds)}."
        )


def _cap_place(cap: KindCap) -> int:
    """The caps of kinds in the calendar's order, that of all together behind them."""
    return len(_KINDS_IN_ORDER) if cap.kind is None else _KINDS_IN_ORDER.index(cap.kind)


def _cap(cap: KindCap) -> str:
    subject = cap.kind.plural if cap.kind else "All kinds together"
    if not cap.minutes_per_year:
        return f"{subject} don't count."
    part = "" if cap.percent is None else f", {cap.percent}{NBSP}% of what is asked for"
    return f"{subject} count up to {hours_phrase(cap.minutes_per_year)} a school year{part}."


def _year_starts(policy: CreditPolicy) -> str:
    return month_day(date(_SOME_YEAR, *policy.year_starts))


def _follow_up(rule: FollowUpRule) -> str:
    title = FollowShare(rule.kind, rule.percent).words
    brings = (
        f"brings {rule.percent}{NBSP}% of the original minutes"
        if rule.percent
        else "brings nothing here, and counts for licences whose rules know it"
    )
    return (
        f"{title}: from {_days(rule.after_days)} after an activity until {_days(rule.within_days)} after it, "
        f"telling of it {brings}."
    )


def _days(count: int) -> str:
    return f"{count:,}{NBSP}{'day' if count == 1 else 'days'}"


def _comes_later(one: CreditPolicy, policy: CreditPolicy) -> bool:
    return (one.effective_from, one.edition) > (policy.effective_from, policy.edition)


def _kinds(kinds: Sequence[EventKind]) -> str:
    return _listed([kind.plural.lower() for kind in sorted(kinds, key=_KINDS_IN_ORDER.index)])


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
