"""Checking in and out: the window of a desk, whose clock counts, and what a person's entries come to.

Entries are only ever added. A correction names the entry that it corrects, and the latest correction of an entry says
how it stands. What stands is paired to stays; where nobody checked out, the end is assumed, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pdtracker.domain.attendance import Flag, SessionHours, Stay, time_within
from pdtracker.domain.hours import NBSP
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.when import day_text, local, time_text

OPENS_BEFORE: Final = 15
CLOSES_AFTER: Final = 30
MOST_AROUND: Final = 120
"""Minutes around a session in which one can check in: what a desk begins with, and the most that a host can choose."""

LATEST: Final = timedelta(hours=12)
"""For how long after the close a device may send what it kept while it had no network."""

SKEW: Final = timedelta(minutes=2)
"""How far a device's clock may be off before we say that it was."""

MOST_ENTRIES: Final = 60
"""How often one person is noted at one desk; beyond that nobody would look at them."""

REASON_CHARACTERS: Final = 300
NAME_CHARACTERS: Final = 120


class Mark(StrEnum):
    """What an entry says: came, went, or that an earlier entry was at another time, or never was."""

    IN = "in"
    OUT = "out"
    MOVED = "moved"
    STRUCK = "struck"

    @property
    def is_correction(self) -> bool:
        """Whether it speaks of an earlier entry."""
        return self in (Mark.MOVED, Mark.STRUCK)


class Means(StrEnum):
    """How somebody was noted. The first three they do themselves, the others are done for them."""

    SCREEN = "screen"
    SHORT_CODE = "short_code"
    OWN = "own"
    SCAN = "scan"
    PAPER = "paper"
    WALK_IN = "walk_in"
    DESK = "desk"

    @property
    def label(self) -> str:
        """How the list of a desk names it."""
        return _MEANS[self]


_MEANS: Final = {
    Means.SCREEN: "scanned the screen",
    Means.SHORT_CODE: "typed the code",
    Means.OWN: "pressed the button",
    Means.SCAN: "badge scanned",
    Means.PAPER: "signed the sheet",
    Means.WALK_IN: "walked in",
    Means.DESK: "noted at the desk",
}


class Clock(StrEnum):
    """By whose clock an entry's moment is: ours, a device's that sent it later, or ours because the device's is off."""

    SERVER = "server"
    DEVICE = "device"
    DOUBTED = "doubted"


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when one can check in at a desk."""

    opens_at: datetime
    closes_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Whether one can check in now."""
        return self.opens_at <= at <= self.closes_at

    def refusal(self, at: datetime, zone: str) -> NotNow | None:
        """Why not now, with the moment to come back at; `None` while it is open."""
        if at < self.opens_at:
            return NotNow("check_in_early", f"Check-in opens at {_moment(self.opens_at, at, zone)}.")
        if at > self.closes_at:
            return NotNow(
                "check_in_late",
                f"Check-in closed at {_moment(self.closes_at, at, zone)}. If you were there, ask the host: they can"
                " still note it from the sign-in sheet.",
            )
        return None


def window_of(hours: SessionHours, opens_before: int, closes_after: int) -> Window:
    """The window of a session, so many minutes around it."""
    return Window(
        hours.starts_at - timedelta(minutes=opens_before), hours.ends_at + timedelta(minutes=closes_after)
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """The moment that counts for an entry, and by whose clock it is."""

    at: datetime
    clock: Clock


def judged(
    received_at: datetime, device_at: datetime | None, window: Window, *, since: datetime | None = None
) -> Judged:
    """Which moment counts for what a device noted itself: its own within honest bounds, else ours.

    It may not lie ahead of us, nor outside the window, nor before `since`. What we got at once is ours. Refuses with
    NotNow what came too late, or outside the window.
    """
    earliest = max(window.opens_at, since) if since else window.opens_at
    if device_at is None or abs(received_at - device_at) <= SKEW:
        _require_open(window, received_at)
        return Judged(received_at, Clock.SERVER)
    if received_at > window.closes_at + LATEST:
        raise NotNow("kept_too_long", "This was kept for too long. Ask the host to note it from the sheet.")
    if earliest <= device_at <= min(received_at, window.closes_at):
        return Judged(device_at, Clock.DEVICE)
    _require_open(window, received_at)
    return Judged(received_at, Clock.DOUBTED)


def dated(shown_from: datetime, shown_until: datetime, device_at: datetime | None) -> Judged:
    """The same for a code of the screen, which says itself when it was shown; a device can't move it from there."""
    if device_at is None:
        return Judged(shown_from, Clock.DEVICE)
    within = min(max(device_at, shown_from), shown_until)
    return Judged(within, Clock.DEVICE if abs(device_at - within) <= SKEW else Clock.DOUBTED)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log, as the rules need it."""

    id: int
    mark: Mark
    means: Means
    clock: Clock
    at: datetime
    corrects_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """How an entry stands after its corrections: came or went, when, and how that is known."""

    id: int
    mark: Mark
    means: Means
    clock: Clock
    at: datetime
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class Attended:
    """What a person's entries at one desk come to.

    `minutes` are those within the session and outside its breaks. Of these `proven_minutes` lie before the last sign of
    the person: where an end is assumed, nobody saw the rest.
    """

    signs: tuple[Sign, ...]
    stays: tuple[Stay, ...]
    minutes: int
    proven_minutes: int
    flags: tuple[Flag, ...]
    is_here: bool

    @property
    def since(self) -> datetime | None:
        """Since when the person is here; `None` when they are not."""
        return self.signs[-1].at if self.is_here else None


def standing(entries: Iterable[Entry]) -> tuple[Sign, ...]:
    """What stands of a log, in order of time: each entry as its latest correction has it, without the struck ones."""
    ordered = sorted(entries, key=lambda entry: entry.id)
    corrections = {entry.corrects_id: entry for entry in ordered if entry.mark.is_correction}
    found = []
    for entry in ordered:
        if entry.mark.is_correction:
            continue
        correction = corrections.get(entry.id)
        if correction is not None and correction.mark is Mark.STRUCK:
            continue
        at = correction.at if correction else entry.at
        found.append(Sign(entry.id, entry.mark, entry.means, entry.clock, at, correction is not None))
    return tuple(sorted(found, key=lambda sign: (sign.at, sign.id)))


def attended(entries: Iterable[Entry], hours: SessionHours) -> Attended:
    """Pair what stands: the first sign of coming opens a stay, the next of going closes it.

    A second coming while one is there is a further sign of the same stay, so double entries merge. A going without a
    coming proves nothing. What nobody closed ends with the session, flagged "end assumed".
    """
    signs = standing(entries)
    stays, opened, latest = _paired(signs)
    proven = list(stays)
    flags = []
    if opened is not None and latest is not None:
        if latest > opened:
            proven.append(Stay(opened, latest))
        if opened < hours.ends_at:
            stays.append(Stay(opened, max(hours.ends_at, latest)))
            if latest < hours.ends_at:
                flags.append(Flag.END_ASSUMED)
    minutes = _minutes(stays, hours)
    if signs and not minutes:
        flags.append(Flag.OUTSIDE)
    if any(sign.clock is not Clock.SERVER for sign in signs):
        flags.append(Flag.LATE)
    return Attended(
        signs, tuple(stays), minutes, _minutes(proven, hours), tuple(flags), is_here=opened is not None
    )


def _paired(signs: Iterable[Sign]) -> tuple[list[Stay], datetime | None, datetime | None]:
    """The stays that somebody closed; since when one is open, and when they were last seen in it."""
    stays: list[Stay] = []
    opened: datetime | None = None
    latest: datetime | None = None
    for sign in signs:
        if sign.mark is Mark.IN:
            opened, latest = opened or sign.at, sign.at
        elif opened is not None:
            if sign.at > opened:
                stays.append(Stay(opened, sign.at))
            opened = latest = None
    return stays, opened, latest


def attended_words(found: Attended, zone: str) -> str:
    """`checked in 3:58 pm, out 5:01 pm; code entered 5:02 pm`: the signs in order, with what is doubtful of them."""
    spans: list[str] = []
    is_in = False
    for sign in found.signs:
        at = _when(sign, zone)
        if sign.means is Means.SHORT_CODE and sign.mark is Mark.IN:
            spans.append(f"; code entered {at}" if spans else f"code entered {at}")
            is_in = True
        elif sign.mark is Mark.IN:
            first = "signed in on paper" if sign.means is Means.PAPER else "checked in"
            again = "seen again" if is_in else first
            spans.append(f"; {again} {at}" if spans else f"{again} {at}")
            is_in = True
        else:
            spans.append(f", out {at}" if spans else f"checked out {at}")
            is_in = False
    words = "".join(spans)
    return f"{words}; nobody checked out, end assumed" if Flag.END_ASSUMED in found.flags else words


def _when(sign: Sign, zone: str) -> str:
    told = time_text(local(sign.at, zone))
    if sign.is_corrected:
        return f"{told} (corrected)"
    match sign.clock:
        case Clock.DEVICE:
            return f"{told} (by their device, sent later)"
        case Clock.DOUBTED:
            return f"{told} (by our clock, their device’s was off)"
        case Clock.SERVER:
            return told


def _minutes(stays: Sequence[Stay], hours: SessionHours) -> int:
    return time_within(stays, hours) // timedelta(minutes=1)


def _require_open(window: Window, at: datetime) -> None:
    if not window.is_open(at):
        raise NotNow("check_in_closed", "Check-in was not open at that time.")


def _moment(moment: datetime, at: datetime, zone: str) -> str:
    """`3:45 pm`, and with its day when that isn't today's."""
    then = local(moment, zone)
    if then.date() == local(at, zone).date():
        return time_text(then)
    return f"{time_text(then)}{NBSP}on {day_text(then.date())}"
