"""What is said of a claim: when it was, whose turn it is, what happened. Names, not roles; days, not dates alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pdtracker.domain.calendar import days_text
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.hours import NBSP
from pdtracker.domain.when import (
    DASH,
    date_text,
    day_text,
    last_day,
    local,
    since_text,
    span_text,
    time_text,
    zone_words,
)

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MOST_NAMES = 3
_DONE = {
    Step.SUBMIT: "Sent",
    Step.WITHDRAW: "Withdrawn",
    Step.RETURN: "Returned",
    Step.DENY: "Denied",
    Step.ENDORSE: "Approved and passed on",
    Step.APPROVE: "Approved",
    Step.REVERSE: "Reversed",
    Step.UNDO: "Decision undone",
}


def session_text(starts_at: datetime | None, ends_at: datetime | None, zone: str, *, is_live: bool) -> str:
    """`Tuesday, October 14, 2014, 7:00–8:00 pm`; of an open window its days; empty while it isn't known.

    Over midnight each end has its day: `October 14, 2014, 11:00 pm – October 15, 2014, 1:00 am`.
    """
    if starts_at is None:
        return ""
    start = local(starts_at, zone)
    if ends_at is None:
        return day_text(start) if is_live else f"from {date_text(start)}"
    if not is_live:
        return days_text(start.date(), last_day(ends_at, zone))
    end = local(ends_at, zone)
    if start.date() != end.date():
        first, last = f"{date_text(start)}, {time_text(start)}", f"{date_text(end)}, {time_text(end)}"
        return f"{first} {DASH} {last}"
    return f"{day_text(start)}, {span_text(starts_at, ends_at, zone)}"


def entered_text(starts_at: datetime | None, ends_at: datetime | None, zone: str, *, is_live: bool) -> str:
    """What was understood of the times that somebody typed: the same, with the zone where there are hours."""
    said = session_text(starts_at, ends_at, zone, is_live=is_live)
    return f"{said}, {zone_words(zone)}" if said and is_live and ends_at is not None else said


def one_of(names: Sequence[str]) -> str:
    """`Ruth Adeyemi`, `Ruth Adeyemi or Bo Tran`, `Ruth Adeyemi, Bo Tran or 4 others`; empty for nobody."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) <= _MOST_NAMES:
        return f"{', '.join(names[:-1])} or {names[-1]}"
    return f"{', '.join(names[:2])} or {len(names) - 2}{NBSP}others"


def all_of(names: Sequence[str]) -> str:
    """`Ruth Adeyemi`, `Ruth Adeyemi and Bo Tran`, `Ruth Adeyemi, Bo Tran and 4 others`; empty for nobody."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) <= _MOST_NAMES:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{', '.join(names[:2])} and {len(names) - 2}{NBSP}others"


def with_whom(names: Sequence[str], since: datetime, now: datetime, zone: str) -> str:
    """`With Ruth Adeyemi since Monday`; where nobody can decide it, that is said as well."""
    if not names:
        return "Nobody reviews it yet. An administrator can name somebody."
    return f"With {one_of(names)} {waiting_since(since, now, zone)}"


def stand_in_words(readers: Sequence[str], standing_in: Sequence[tuple[str, str]]) -> str:
    """`Hal Whitfield stands in for Bo Tran.`, of those who could decide; pairs of who stands in and who is away."""
    return " ".join(f"{there} stands in for {away}." for there, away in standing_in if away in readers)


def waiting_since(at: datetime, now: datetime, zone: str) -> str:
    """`since today`, `since yesterday`, `since Monday`, `since Oct 3`."""
    return f"since {since_text(at, now, zone).removeprefix('since ')}"


def count_of(count: int, one: str, many: str) -> str:
    """`one thing`, `two things`, `12 things`."""
    return f"{number(count)} {one if count == 1 else many}"


def number(count: int) -> str:
    """`two`, and from ten on in figures: `12`, `1,240`."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def state_text(state: ClaimState, comments: int = 0) -> str:
    """What the claimant reads beside the state's sign."""
    match state:
        case ClaimState.DRAFT:
            return "A draft, not sent yet"
        case ClaimState.SUBMITTED:
            return "Waiting for a decision"
        case ClaimState.RETURNED:
            asked = f", {count_of(comments, 'thing', 'things')} to change" if comments else ""
            return f"Returned to you{asked}"
        case ClaimState.WITHDRAWN:
            return "Withdrawn. Everything is kept"
        case ClaimState.DENIED:
            return "Denied"
        case ClaimState.CREDITED:
            return "Approved"
        case ClaimState.REVERSED:
            return "Approved, then reversed"


def step_text(step: Step, by: str) -> str:
    """`Sent by you`, `Returned by Bo Tran`, `Decision undone by Bo Tran`."""
    return f"{_DONE[step]} by {by}"
