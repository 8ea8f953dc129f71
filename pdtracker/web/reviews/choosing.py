"""Which of many claims would be decided together, and which are left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pdtracker.domain.checks import Check, CheckCode, CheckGroup, CheckLevel
from pdtracker.domain.claim import Step
from pdtracker.queries import previewing
from pdtracker.queries.checking import CheckedClaim
from pdtracker.queries.previewing import Preview
from pdtracker.scope import Scope
from pdtracker.web.reviews.asked import Link
from pdtracker.web.reviews.entries import day_of, gravest

_MOST_TOLD = 6
_REASONS = {
    CheckCode.OVERLAP: "overlap",
    CheckCode.DAY: "too much for a day",
    CheckCode.LENGTH: "longer than the session",
    CheckCode.CATEGORY: "other categories than the calendar",
    CheckCode.CAP: "over a cap",
    CheckCode.EVIDENCE: "no evidence",
    CheckCode.REFLECTION: "no reflection",
    CheckCode.OWN_WORDS: "same words",
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A claim that is left out: whose and which it is, the reason in a word, and the sentence for it."""

    person: str
    what: str
    href: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SortedOut:
    """Claims to decide together, each with the minutes that count of it, and those that are left out."""

    to_decide: tuple[tuple[CheckedClaim, int], ...]
    stopped: tuple[LeftOut, ...] = ()
    unworthy: tuple[LeftOut, ...] = ()


def sort_out(who: Scope, step: Step, claims: Sequence[CheckedClaim], link: Link) -> SortedOut:
    """Which of these claims the step would decide: an approval leaves out what somebody has to look at first.

    Four statements for an approval, none for a return.
    """
    if step is not Step.APPROVE:
        return SortedOut(tuple((row, row.minutes) for row in claims))
    previews = previewing.previews(who, [row for row in claims if row.group is not CheckGroup.LOOK_FIRST])
    return SortedOut(
        tuple((one.claim, one.credit.minutes) for one in previews if one.credit is not None),
        tuple(_stopped(who, row, link) for row in claims if row.group is CheckGroup.LOOK_FIRST),
        tuple(_unworthy(who, preview, link) for preview in previews if preview.credit is None),
    )


def what_of(who: Scope, row: CheckedClaim) -> str:
    """A claim in a line: whose, what, when."""
    return f"{row.person_name}, {row.title}, {day_of(who, row.starts_at)}"


def skipped_words(left_out: Sequence[LeftOut]) -> str:
    """For whom nothing will be decided and why: `Ada Lindqvist (overlap), Hal Whitfield (no evidence) and 3 more`."""
    whose: dict[tuple[str, str], int] = Counter((one.person, one.reason) for one in left_out)
    told = [
        f"{person} ({reason}{f', {count} claims' if count > 1 else ''})"
        for (person, reason), count in whose.items()
    ]
    if len(told) <= _MOST_TOLD:
        return ", ".join(told)
    rest = sum(list(whose.values())[_MOST_TOLD:])
    return f"{', '.join(told[:_MOST_TOLD])} and {rest:,} more"


def reasons_words(left_out: Sequence[LeftOut]) -> str:
    """Why many are left out, the most frequent reason first: `overlap (12), no evidence (3)`."""
    counted = Counter(one.reason for one in left_out).most_common()
    if len(counted) == 1:
        return counted[0][0]
    return ", ".join(f"{reason} ({count:,})" for reason, count in counted)


def _stopped(who: Scope, row: CheckedClaim, link: Link) -> LeftOut:
    checks: tuple[Check, ...] = gravest(row.checks, CheckLevel.STOP)
    return LeftOut(
        row.person_name,
        what_of(who, row),
        link(row.id),
        _REASONS[checks[0].code],
        " ".join(f"{check.title}. {check.sentence}" for check in checks) + " Open it to decide it.",
    )


def _unworthy(who: Scope, preview: Preview, link: Link) -> LeftOut:
    sentence = preview.refusal.sentence if preview.refusal is not None else ""
    return LeftOut(
        preview.claim.person_name,
        what_of(who, preview.claim),
        link(preview.claim.id),
        "the rules",
        sentence,
    )
