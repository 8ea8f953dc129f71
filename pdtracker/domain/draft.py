"""A claim that is still being written, and what it lacks before it can be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pdtracker.domain.hours import MAX_DAY_MINUTES, minutes_text
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.when import date_text, local, session_minutes, time_text

EARLY_MINUTES = 15
"""How long before its end a session can be claimed: clocks differ, and chats end a little early."""

_LONGEST_WINDOW = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """The answer to one prompt; `field` is its name in the form, to which a fault points."""

    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDraft:
    """What a claimant has entered so far; `None` and empty stand for "not yet".

    `session_minutes` is how long the event lasts by the calendar, `None` for one's own or one without fixed
    hours. `zone` is the one in which the times were entered.
    """

    title: str
    host: str
    kind: EventKind | None
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str
    minutes: int | None
    session_minutes: int | None
    longer_reason: str
    evidence_count: int
    answers: tuple[DraftAnswer, ...]


def claim_faults(draft: ClaimDraft, at: datetime) -> dict[str, str]:
    """What must be put right before the claim can be sent at `at`: field -> sentence, in the form's order.

    Fields: title, host, kind, starts, ends, minutes, evidence, and each answer's own.
    """
    return dict(_faults(draft, at))


def counted_session_minutes(draft: ClaimDraft) -> int | None:
    """How long the session was: by the calendar, else from start to end of a live one, else unknown."""
    if draft.session_minutes is not None:
        return draft.session_minutes
    if draft.kind is None or not draft.kind.is_live or draft.starts_at is None or draft.ends_at is None:
        return None
    return session_minutes(draft.starts_at, draft.ends_at)


def _faults(draft: ClaimDraft, at: datetime) -> Iterator[tuple[str, str]]:
    if not draft.title.strip():
        yield "title", "Enter what it was called."
    if not draft.host.strip():
        yield "host", "Enter who hosted it."
    if draft.kind is None:
        yield "kind", "Choose what kind of event it was."
    span_faults = dict(_span_faults(draft, at))
    yield from span_faults.items()
    yield from _minutes_faults(draft, in_order=not span_faults)
    if draft.evidence_count < 1:
        yield "evidence", "Add a link or a file, or give your word that you were there."
    for answer in draft.answers:
        if not answer.text.strip():
            yield answer.field, 'Answer in two or three sentences. "Nothing yet" is an honest answer.'


def _span_faults(draft: ClaimDraft, at: datetime) -> Iterator[tuple[str, str]]:
    starts_at, ends_at = draft.starts_at, draft.ends_at
    if starts_at is None:
        yield "starts", "Enter when it started."
    if ends_at is None:
        yield "ends", "Enter when it ended."
    if starts_at is None or ends_at is None:
        return
    if ends_at <= starts_at:
        start = local(starts_at, draft.zone)
        yield "ends", f"It started on {date_text(start)} at {time_text(start)}. Enter an end after that."
    elif ends_at > at + timedelta(minutes=EARLY_MINUTES):
        end = local(ends_at, draft.zone)
        yield (
            "ends",
            f"It ends on {date_text(end)} at {time_text(end)}. You can send the claim once it is over.",
        )
    elif (
        draft.kind is not None
        and draft.kind.is_live
        and session_minutes(starts_at, ends_at) > MAX_DAY_MINUTES
    ):
        yield "ends", "One session lasts at most a day. Log each day as a claim of its own."
    elif ends_at - starts_at > _LONGEST_WINDOW:
        yield "ends", "Enter an end within a year of the start."


def _minutes_faults(draft: ClaimDraft, *, in_order: bool) -> Iterator[tuple[str, str]]:
    minutes = draft.minutes
    if minutes is None:
        yield "minutes", "Enter how long you were there, such as 1.5 or 1:30."
        return
    if not 1 <= minutes <= MAX_DAY_MINUTES:
        yield "minutes", "Enter between 1 minute and 24 hours."
        return
    lasted = counted_session_minutes(draft) if in_order else draft.session_minutes
    if lasted is not None and minutes > lasted and not draft.longer_reason.strip():
        noun = draft.kind.noun if draft.kind else "session"
        too_long = f"The {noun} lasted {minutes_text(lasted)} and you entered {minutes:,}."
        yield "minutes", f"{too_long} Enter {lasted:,} or fewer, or tell us why it was longer."
