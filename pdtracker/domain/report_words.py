"""What a line of an attendance report proves, in words: for the claimant, the reviewer, and who appeals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from pdtracker.domain.attendance import Flag, SessionHours, Stay, Strength, united
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.hours import minutes_text
from pdtracker.domain.when import span_text

_LISTS = "table"
_SOURCES = {
    "zoom-webinar": "Zoom webinar report",
    "zoom": "Zoom report",
    "teams": "Teams report",
    "google": "Google Meet report",
    "forms": "Google Forms sign-in",
    "webex": "Webex report",
    "eventbrite": "Eventbrite check-in list",
    "moodle": "Moodle attendance list",
    "gotowebinar": "GoToWebinar report",
    _LISTS: "attendance list",
}
_MOST_SPANS = 3
_MINUTE = timedelta(minutes=1)

FLAG_WORDS = {
    Flag.END_ASSUMED: "Nobody saw them leave: the end is assumed",
    Flag.WAITING_ROOM: "In the waiting room",
    Flag.OUTSIDE: "Outside the session",
    Flag.LONGER: "Longer than the session: cut to it",
    Flag.BOT: "A note-taking bot",
    Flag.DEVICE: "A device, not a name",
    Flag.PHONE: "A telephone",
    Flag.UNVERIFIED: "A guest whom nobody verified",
    Flag.SHARED_EMAIL: "The same e-mail as somebody else",
    Flag.SEVERAL_NAMES: "Several names under one e-mail",
    Flag.REPEATED: "Listed more than once: counted once",
    Flag.LATE: "Marked late",
    Flag.ABSENT: "Marked absent",
    Flag.EXCUSED: "Marked excused",
    Flag.CONFLICT: "Number, e-mail and name are those of different people",
}
"""What a flag says to a person."""


def source_words(format_name: str) -> str:
    """What a format is called: `Zoom report` for `zoom-meeting-unique`."""
    named = _SOURCES.get(format_name) or _SOURCES.get(format_name.split("-", maxsplit=1)[0])
    return named or _SOURCES[_LISTS]


def source_of(format_name: str) -> str:
    """Whose software made it: two exports of one of them can be of the same meeting."""
    return format_name.split("-", maxsplit=1)[0]


def is_meeting_report(format_name: str, strength: Strength) -> bool:
    """Whether a meeting's own software measured it; a list that somebody keeps is the host's word."""
    return strength is not Strength.PRESENCE and format_name != _LISTS


def kind_of(format_name: str, strength: Strength) -> EvidenceKind:
    """Which evidence a line of it is."""
    return EvidenceKind.REPORT if is_meeting_report(format_name, strength) else EvidenceKind.HOST_LIST


def proof_words(
    format_name: str, stays: Sequence[Stay], minutes: int | None, hours: SessionHours, flags: Collection[Flag]
) -> str:
    """What a reader is told: `In the Zoom report 4:02-5:28 pm, 86 minutes.`."""
    when = _spans(stays, hours)
    said = f"In the {source_words(format_name)}" + (f" {when}" if when else "")
    said += f", {minutes_text(minutes)}." if minutes is not None else "."
    if Flag.END_ASSUMED in flags:
        said += " The end is assumed."
    return said


def attended_span(stays: Sequence[Stay], hours: SessionHours) -> tuple[datetime, datetime]:
    """From when to when, within the session and in whole minutes around the stays; without stays the session itself."""
    first = max(min((stay.joined_at for stay in stays), default=hours.starts_at), hours.starts_at)
    last = min(max((stay.left_at for stay in stays), default=hours.ends_at), hours.ends_at)
    if first >= last:
        return hours.starts_at, hours.ends_at
    starts_at = first.replace(second=0, microsecond=0)
    ends_at = last.replace(second=0, microsecond=0)
    ends_at += _MINUTE if ends_at < last else timedelta()
    return max(starts_at, hours.starts_at), min(max(ends_at, starts_at + _MINUTE), hours.ends_at)


def _spans(stays: Sequence[Stay], hours: SessionHours) -> str:
    if not stays:
        return ""
    apart = united(stays)
    if len(apart) > _MOST_SPANS:
        whole = span_text(apart[0].joined_at, apart[-1].left_at, hours.zone)
        return f"{whole}, in {len(apart)} parts"
    told = [span_text(stay.joined_at, stay.left_at, hours.zone) for stay in apart]
    return " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))
