"""A file can hold several meetings: which of them was the session's, and which lines belong to another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from pdtracker.domain.attendance import SessionHours
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.when import date_text, time_text
from pdtracker.exchange.attendance.timing import Span, Timed, Timetable
from pdtracker.exchange.refused import Refused

_APART = timedelta(hours=4)
"""A pause so long lies between two meetings, not within one."""

_EARLY = timedelta(hours=1)
"""A meeting whose end the file doesn't tell can have been opened so long before the session."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A meeting that was held once, with its entries."""

    members: Sequence[Timed]
    span: Span | None

    def fits(self, hours: SessionHours) -> bool:
        """Whether it was at the session's time."""
        if self.span is None:
            return False
        if self.span.ends_at is None:
            return hours.starts_at - _EARLY <= self.span.starts_at < hours.ends_at
        return self.span.starts_at < hours.ends_at and hours.starts_at < self.span.ends_at


def of_the_session(
    timed: Iterable[Timed], timetable: Timetable, hours: SessionHours, refused: list[Refused]
) -> list[Timed]:
    """The entries of the session's own meeting; lines that are only another one's are refused, each with its day.

    A file with one meeting is taken as the session's, unless it says that this was at another time and tells no joins
    that would show it. Raises Mistyped where no meeting fits.
    """
    held = list(_held(timed, timetable))
    if len(held) == 1:
        _require_same_time(held[0], hours)
        return list(held[0].members)
    ours = [meeting for meeting in held if meeting.fits(hours)]
    if held and not ours:
        raise Mistyped(
            f"None of the {len(held)} meetings in this file was at the time of the session. "
            "Is it the right file, and is the time zone right?"
        )
    taken = [told for meeting in ours for told in meeting.members]
    lines = {told.entry.line for told in taken}
    for meeting in held:
        if not meeting.fits(hours):
            _refuse(meeting, lines, hours, refused)
    return taken


def _held(timed: Iterable[Timed], timetable: Timetable) -> Iterator[_Held]:
    together: dict[str, list[Timed]] = {}
    for told in timed:
        together.setdefault(told.entry.meeting, []).append(told)
    for meeting, members in together.items():
        days = list(_apart(members))
        for group in days:
            span = timetable.span(meeting) if len(days) == 1 else None
            yield _Held(group, span or _span(group))


def _apart(members: Sequence[Timed]) -> Iterator[list[Timed]]:
    """One meeting's entries, split where it was held again; what has no times stands with the first."""
    group = [told for told in members if told.stay is None]
    stays = [(told.stay, told) for told in members if told.stay is not None]
    until = None
    for stay, told in sorted(stays, key=lambda pair: pair[0]):
        if until is not None and stay.joined_at > until + _APART:
            yield group
            group = []
        until = max(until or stay.left_at, stay.left_at)
        group.append(told)
    yield group


def _span(group: Sequence[Timed]) -> Span | None:
    stays = [told.stay for told in group if told.stay is not None]
    if not stays:
        return None
    return Span(min(stay.joined_at for stay in stays), max(stay.left_at for stay in stays))


def _require_same_time(meeting: _Held, hours: SessionHours) -> None:
    """A total or a mark can't be clipped, so the meeting itself has to be the session's."""
    has_joins = any(told.stay for told in meeting.members)
    if meeting.span is None or has_joins or meeting.fits(hours):
        return
    local = meeting.span.starts_at.astimezone(ZoneInfo(hours.zone))
    raise Mistyped(
        f"This report is of a meeting that began on {date_text(local)} at {time_text(local)}, not of this session. "
        "Is it the right file, and is the time zone right?"
    )


def _refuse(meeting: _Held, lines_taken: set[int], hours: SessionHours, refused: list[Refused]) -> None:
    when = ""
    if meeting.span:
        when = f" on {date_text(meeting.span.starts_at.astimezone(ZoneInfo(hours.zone)))}"
    others = sorted({told.entry.line for told in meeting.members} - lines_taken)
    refused.extend(Refused(line, f"It belongs to another meeting{when}.") for line in others)
