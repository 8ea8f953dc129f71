"""What reminders say: subject and plain text of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pdtracker.domain.letters import Letter
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.text import quoted
from pdtracker.domain.when import date_text

NAMED_CLAIMS = 10
"""So many waiting claims are named; the desk has them all."""


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A claim that waits: whose, what for, since which day, and where it is decided."""

    person_name: str
    title: str
    since: date
    address: str


def draft_letter(to_name: str, title: str, begun_on: date, address: str) -> Letter:
    """A claim was begun and not sent."""
    lines = [
        f"You began a claim for {quoted(title)} on {date_text(begun_on)}, and it isn't sent yet.",
        "Two or three sentences on what you take from it are enough, and they come easiest now.",
        "Everything that you entered is still there.",
        "",
        f"Finish it here: {address}",
    ]
    return _letter(f"Still to finish: {title}", to_name, lines, LetterKind.REMINDER, address)


def waiting_letter(to_name: str, claims: Sequence[WaitingClaim], days: int, desk: str) -> Letter:
    """Claims wait for a reviewer, the longest first."""
    count = len(claims)
    wait = "1 claim waits" if count == 1 else f"{count:,} claims wait"
    ago = "1 day" if days == 1 else f"{days} days"
    lines = [f"{wait} for you since {ago} or more:", ""]
    lines += [
        f"- {one.person_name}: {one.title}, since {date_text(one.since)}" for one in claims[:NAMED_CLAIMS]
    ]
    lines += [f"- and {count - NAMED_CLAIMS:,} more"] if count > NAMED_CLAIMS else []
    where = claims[0].address if count == 1 else desk
    lines += ["", f"Decide here: {where}"]
    return _letter(f"{wait} for you", to_name, lines, LetterKind.REVIEW, where)


def escalation_letter(to_name: str, claims: Sequence[WaitingClaim], days: int, desk: str) -> Letter:
    """Claims wait so long for their reviewers that an administrator hears of it, the longest first."""
    count = len(claims)
    wait = "1 claim waits" if count == 1 else f"{count:,} claims wait"
    ago = "1 day" if days == 1 else f"{days} days"
    lines = [f"{wait} for a reviewer since {ago} or more:", ""]
    lines += [
        f"- {one.person_name}: {one.title}, since {date_text(one.since)}" for one in claims[:NAMED_CLAIMS]
    ]
    lines += [f"- and {count - NAMED_CLAIMS:,} more"] if count > NAMED_CLAIMS else []
    where = claims[0].address if count == 1 else desk
    lines += [
        "",
        "Each says with whom it is. You can ask them, or give the reviewer's role to somebody else.",
        "",
        f"See: {where}",
    ]
    return _letter(f"{wait} too long", to_name, lines, LetterKind.REVIEW, where)


def cycle_letter(
    to_name: str, licence: str, ends_on: date, days: int, missing: Sequence[str], address: str
) -> Letter:
    """A licence's cycle ends soon, and something is missing."""
    left = "1 day" if days == 1 else f"{days} days"
    lines = [
        f"The cycle of {quoted(licence)} ends in {left}, on {date_text(ends_on)}.",
        "By what is counted so far something is missing:",
        "",
        *(f"- {one}" for one in missing),
        "",
        f"What counts, and what would help: {address}",
    ]
    return _letter(f"{left} to go: {licence}", to_name, lines, LetterKind.LICENCE, address)


def _letter(subject: str, to_name: str, lines: Sequence[str], kind: LetterKind, address: str) -> Letter:
    return Letter(subject, "\n".join([f"Dear {to_name},", "", *lines, ""]), kind, address)
