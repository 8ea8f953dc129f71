"""A claim that is still being written, and what it lacks before it can be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.hours import MAX_DAY_MINUTES, hours_phrase
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.split import Split, split_fault
from pdtracker.domain.when import date_text, last_day, local, month_day, session_minutes, span_text, time_text

EARLY_MINUTES = 15
"""How long before its end a session can be claimed: clocks differ, and chats end a little early."""

BEFORE_SESSION = timedelta(minutes=30)
"""How long before an event begins one may have been there: doors open early."""

AFTER_SESSION = timedelta(hours=3)
"""How long after its end one may have stayed: questions go on."""

_TELL_WHY = "tell us why it was longer."
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
    hours. `zone` is the one in which the times were entered. `held` is when the claim's event was, `None` for
    one's own. `logged_minutes` are the sum of a log of days, `None` where the district asks for none.
    What a bundle lacks beside its answers, `bundle` says.
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
    held: EventTime | None = None
    is_follow_up: bool = False
    is_bundle: bool = False
    split: Split = ()
    is_recording: bool = False
    logged_minutes: int | None = None


def claim_faults(draft: ClaimDraft, at: datetime) -> dict[str, str]:
    """What must be put right before the claim can be sent at `at`: field -> sentence, in the form's order.

    Fields: title, host, kind, starts, ends, minutes, log, split, evidence, and each answer's own.
    """
    return dict(_faults(draft, at))


def longer_fault(draft: ClaimDraft, starts_at: datetime, ends_at: datetime) -> str:
    """Why the time from start to end is too long where all of it is claimed: told at the end, no hours were typed."""
    span = _span_words(starts_at, ends_at, draft.zone)
    noun = draft.kind.noun if draft.kind else "session"
    lasted = f", and the {noun} lasted {hours_phrase(draft.session_minutes)}" if draft.session_minutes else ""
    return f"{span}{lasted}. Change the times, or {_TELL_WHY}"


def asks_reason(sentence: str) -> bool:
    """Whether a reason why it was longer would answer this fault."""
    return sentence.endswith(_TELL_WHY)


def overlap_fault(title: str, starts_at: datetime, ends_at: datetime, zone: str, *, is_credited: bool) -> str:
    """What stands against a time that another claim of the same person holds."""
    when = f"{date_text(local(starts_at, zone))}, {span_text(starts_at, ends_at, zone)}"
    if is_credited:
        return f"You have credit for this time already, for “{title}”: {when}. Change the time here."
    return (
        f"You claim this time for “{title}” already: {when}."
        " Change the time here, or withdraw the other claim."
    )


def session_held_fault(title: str) -> str:
    """What stands against a claim of a whole event beside one of its sessions, and the other way round."""
    return f"You claim “{title}” already, and one of the two holds the other. Withdraw the one that you don’t need."


def no_rules_fault(on: date) -> str:
    """What stands against a day on which the district has no rules for credit."""
    return (
        f"Your district has no rules for credit for {date_text(on)}. Look whether the day is right."
        " If it is, an administrator of your district has to add rules before you can send this."
    )


def follow_gone_fault() -> str:
    """What stands against answering about a session whose credit was taken back."""
    return "The credit of the session that this follows was taken back, so there is nothing to add to it."


def follow_over_fault(closes_on: date) -> str:
    """What stands against answering too late."""
    return f"This could be answered until {date_text(closes_on)}."


def counted_session_minutes(draft: ClaimDraft) -> int | None:
    """How long the session was: by the calendar, else from start to end of a live one, else unknown."""
    if draft.session_minutes is not None:
        return draft.session_minutes
    if draft.kind is None or not draft.kind.is_live or draft.starts_at is None or draft.ends_at is None:
        return None
    return session_minutes(draft.starts_at, draft.ends_at)


def _faults(draft: ClaimDraft, at: datetime) -> Iterator[tuple[str, str]]:
    if not (draft.is_follow_up or draft.is_bundle):
        yield from _session_faults(draft, at)
    for answer in draft.answers:
        if not answer.text.strip():
            yield answer.field, 'Answer in two or three sentences. "Nothing yet" is an honest answer.'


def _session_faults(draft: ClaimDraft, at: datetime) -> Iterator[tuple[str, str]]:
    if not draft.title.strip():
        yield "title", "Enter what it was called."
    if not draft.host.strip():
        yield "host", "Enter who hosted it."
    if draft.kind is None:
        yield "kind", "Choose what kind of event it was."
    span_faults = dict(_span_faults(draft, at))
    yield from span_faults.items()
    yield from _minutes_faults(draft, in_order=not span_faults)
    yield from _parts_faults(draft)
    if draft.evidence_count < 1:
        yield "evidence", "Add a link or a file, or give your word that you were there."


def _span_faults(draft: ClaimDraft, at: datetime) -> Iterator[tuple[str, str]]:
    starts_at, ends_at = draft.starts_at, draft.ends_at
    if starts_at is None:
        yield "starts", "Enter when it started."
    if ends_at is None:
        yield "ends", "Enter when it ended."
    if starts_at is None or ends_at is None:
        return
    if ends_at - starts_at < timedelta(minutes=1):
        start = local(starts_at, draft.zone)
        yield "ends", f"It started on {date_text(start)} at {time_text(start)}. Enter an end after that."
    elif ends_at > at + timedelta(minutes=EARLY_MINUTES):
        if draft.kind is not None and not draft.kind.is_live:
            yield (
                "ends",
                f"{date_text(last_day(ends_at, draft.zone))} is still to come. Enter today or a day before.",
            )
            return
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
    elif draft.held is not None:
        yield from (
            _recording_faults(draft.held, starts_at)
            if draft.is_recording
            else _apart_faults(draft.kind, draft.held, starts_at, ends_at)
        )


def _apart_faults(
    kind: EventKind | None, held: EventTime, starts_at: datetime, ends_at: datetime
) -> Iterator[tuple[str, str]]:
    """Who was at an event was there while it ran, a little earlier or longer; or on the days of an open window."""
    noun = kind.noun if kind else "session"
    if not held.has_hours or held.ends_at is None:
        yield from _days_faults(noun, held, starts_at, ends_at, is_live=kind is not None and kind.is_live)
    elif starts_at < held.starts_at - BEFORE_SESSION or ends_at <= held.starts_at:
        begun = _on_at(held.starts_at, held.zone)
        earliest = time_text(local(held.starts_at - BEFORE_SESSION, held.zone))
        yield "starts", f"The {noun} began {begun}. Enter a start from {earliest} that day on."
    elif starts_at >= held.ends_at:
        yield "starts", f"The {noun} ended {_on_at(held.ends_at, held.zone)}. Enter a start before that."
    elif ends_at > held.ends_at + AFTER_SESSION:
        yield (
            "ends",
            f"The {noun} ended {_on_at(held.ends_at, held.zone)}. Enter an end within 3 hours of that.",
        )


def _recording_faults(held: EventTime, starts_at: datetime) -> Iterator[tuple[str, str]]:
    """A recording can be watched at any time after it was made."""
    if starts_at < held.starts_at:
        yield (
            "starts",
            f"It was recorded {_on_at(held.starts_at, held.zone)}. Enter when you watched it, after that.",
        )


def _days_faults(
    noun: str, held: EventTime, starts_at: datetime, ends_at: datetime, *, is_live: bool
) -> Iterator[tuple[str, str]]:
    """Without fixed hours its days count, each whole; a window that nobody closed is open still."""
    began = local(starts_at, held.zone).date()
    last = last_day(ends_at, held.zone)
    if began < held.first_on:
        yield "starts", f"The {noun} began on {date_text(held.first_on)}. Enter a start from that day on."
    elif held.ends_at is None and is_live and began > held.first_on:
        yield "starts", f"The {noun} was on {date_text(held.first_on)}. Enter a start on that day."
    elif held.ends_at is not None and last > held.last_on:
        yield "ends", f"The {noun} ended on {date_text(held.last_on)}. Enter an end by that day."


def _parts_faults(draft: ClaimDraft) -> Iterator[tuple[str, str]]:
    """What the minutes are made of adds up to them."""
    minutes = draft.minutes
    if minutes is None:
        return
    if draft.logged_minutes is not None and draft.logged_minutes != minutes:
        yield "log", "Enter each day on which you took part, and how long. Your hours are their sum."
    if fault := split_fault(draft.split, minutes):
        yield "split", fault


def _minutes_faults(draft: ClaimDraft, *, in_order: bool) -> Iterator[tuple[str, str]]:
    minutes = draft.minutes
    if minutes is None:
        yield "minutes", "Enter how long you were there, such as 1.5 or 1:30."
        return
    if not 1 <= minutes <= MAX_DAY_MINUTES:
        yield "minutes", "Enter between 1 minute and 24 hours."
        return
    if in_order and draft.starts_at and draft.ends_at:
        span = session_minutes(draft.starts_at, draft.ends_at)
        if minutes > span:
            yield "minutes", _beyond_span(draft.starts_at, draft.ends_at, draft.zone, span)
            return
    lasted = draft.session_minutes
    if lasted is not None and minutes > lasted and not draft.longer_reason.strip():
        noun = draft.kind.noun if draft.kind else "session"
        too_long = f"The {noun} lasted {hours_phrase(lasted)} and you entered {hours_phrase(minutes)}."
        yield "minutes", f"{too_long} Enter {hours_phrase(lasted)} or less, or {_TELL_WHY}"


def _beyond_span(starts_at: datetime, ends_at: datetime, zone: str, span: int) -> str:
    """No reason makes a quarter of an hour longer than it is, of whatever kind the event was."""
    return f"{_span_words(starts_at, ends_at, zone)}. Enter {hours_phrase(span)} or less."


def _span_words(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """`From 7:00 pm to 8:30 pm is 1.5 hours`."""
    start, end = local(starts_at, zone), local(ends_at, zone)
    first, last = time_text(start), time_text(end)
    if start.date() != end.date():
        first, last = f"{month_day(start)}, {first}", f"{month_day(end)}, {last}"
    return f"From {first} to {last} is {hours_phrase(session_minutes(starts_at, ends_at))}"


def _on_at(at: datetime, zone: str) -> str:
    shown = local(at, zone)
    return f"on {date_text(shown)} at {time_text(shown)}"
