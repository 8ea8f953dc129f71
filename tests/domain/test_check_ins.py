"""What entries come to: windows, whose clock counts, pairing to stays, corrections, and the words for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.attendance import Flag, SessionHours, Stay
from pdtracker.domain.check_ins import (
    LATEST,
    Clock,
    Entry,
    Judged,
    Mark,
    Means,
    attended,
    attended_words,
    dated,
    judged,
    standing,
    window_of,
)
from pdtracker.domain.refusals import NotNow

ZONE = "America/New_York"
START = datetime(2014, 10, 15, 20, 0, tzinfo=UTC)
"""4:00 pm in Maplewood."""
HOURS = SessionHours(START, START + timedelta(hours=1), ZONE)
WINDOW = window_of(HOURS, 15, 30)
_numbers = count(1)


def at(minutes: float) -> datetime:
    """So many minutes after the session began."""
    return START + timedelta(minutes=minutes)


def came(minutes: float, means: Means = Means.SCREEN, clock: Clock = Clock.SERVER) -> Entry:
    return Entry(next(_numbers), Mark.IN, means, clock, at(minutes))


def went(minutes: float, means: Means = Means.OWN) -> Entry:
    return Entry(next(_numbers), Mark.OUT, means, Clock.SERVER, at(minutes))


def corrected(entry: Entry, minutes: float | None) -> Entry:
    mark = Mark.STRUCK if minutes is None else Mark.MOVED
    moment = entry.at if minutes is None else at(minutes)
    return Entry(next(_numbers), mark, Means.DESK, Clock.SERVER, moment, entry.id)


def test_a_window_says_when_to_come_back() -> None:
    early = WINDOW.refusal(at(-20), ZONE)
    assert early is not None
    assert early.sentence == "Check-in opens at 3:45\u00a0pm."
    assert WINDOW.refusal(at(-15), ZONE) is None
    assert WINDOW.refusal(at(90), ZONE) is None
    late = WINDOW.refusal(at(91), ZONE)
    assert late is not None
    assert late.sentence.startswith("Check-in closed at 5:30\u00a0pm.")
    days = WINDOW.refusal(at(-3 * 24 * 60), ZONE)
    assert days is not None
    assert "on Wednesday, October" in days.sentence.replace("\u00a0", " ")


def test_there_and_back_is_a_stay_within_the_session() -> None:
    found = attended([came(-2), went(61), came(62, Means.SHORT_CODE)], HOURS)
    assert (found.minutes, found.proven_minutes, found.flags) == (60, 60, ())
    assert attended_words(found, ZONE).replace("\u00a0", " ") == (
        "checked in 3:58 pm, out 5:01 pm; code entered 5:02 pm"
    )


def test_breaks_and_what_lies_outside_earn_nothing() -> None:
    hours = SessionHours(START, at(60), ZONE, (Stay(at(20), at(30)),))
    assert attended([came(-10), went(25)], hours).minutes == 20
    early = attended([came(-10), went(-2)], hours)
    assert (early.minutes, early.flags) == (0, (Flag.OUTSIDE,))


def test_a_missing_check_out_is_assumed_and_said_to_be() -> None:
    found = attended([came(10)], HOURS)
    assert (found.minutes, found.proven_minutes, found.flags) == (50, 0, (Flag.END_ASSUMED,))
    assert found.is_here
    assert found.since == at(10)
    assert attended_words(found, ZONE).endswith("; nobody checked out, end assumed")


def test_a_later_sign_proves_that_one_stayed_until_then() -> None:
    found = attended([came(1, Means.SHORT_CODE), came(55, Means.SHORT_CODE)], HOURS)
    assert (found.minutes, found.proven_minutes) == (59, 54)
    assert Flag.END_ASSUMED in found.flags
    seen_out = attended([came(1), came(62, Means.SHORT_CODE)], HOURS)
    assert (seen_out.minutes, seen_out.flags) == (59, ())


def test_going_without_coming_proves_nothing() -> None:
    assert attended([went(30)], HOURS).minutes == 0


def test_coming_twice_is_coming_once() -> None:
    assert attended([came(0), came(5), went(30), went(40)], HOURS).minutes == 30


def test_the_latest_correction_of_an_entry_says_how_it_stands() -> None:
    entry, out = came(30), went(50)
    moved = corrected(entry, 10)
    assert attended([entry, out, moved], HOURS).minutes == 40
    assert "(corrected)" in attended_words(attended([entry, out, moved], HOURS), ZONE)
    struck = corrected(entry, None)
    assert standing([entry, moved, struck]) == ()
    back = corrected(entry, 20)
    assert attended([entry, out, moved, struck, back], HOURS).minutes == 30


def test_a_device_is_believed_within_honest_bounds_only() -> None:
    now = at(50)
    assert judged(now, None, WINDOW) == Judged(now, Clock.SERVER)
    assert judged(now, at(49), WINDOW) == Judged(now, Clock.SERVER)
    assert judged(now, at(5), WINDOW) == Judged(at(5), Clock.DEVICE)
    for lie in (at(-60), at(300), at(20) - timedelta(days=400)):
        assert judged(now, lie, WINDOW) == Judged(now, Clock.DOUBTED)
    assert judged(now, at(5), WINDOW, since=at(10)) == Judged(now, Clock.DOUBTED)
    assert judged(at(200), at(5), WINDOW) == Judged(at(5), Clock.DEVICE)
    for received, device in ((at(91), None), (at(200), at(150)), (WINDOW.closes_at + LATEST * 2, at(5))):
        with pytest.raises(NotNow):
            judged(received, device, WINDOW)


def test_a_code_of_the_screen_says_itself_when_it_was_shown() -> None:
    shown = at(3), at(4)
    assert dated(*shown, at(3.5)) == Judged(at(3.5), Clock.DEVICE)
    assert dated(*shown, at(4.5)) == Judged(at(4), Clock.DEVICE)
    assert dated(*shown, at(-60)) == Judged(at(3), Clock.DOUBTED)
    assert dated(*shown, None) == Judged(at(3), Clock.DEVICE)


def test_what_came_later_says_so() -> None:
    found = attended([came(0, clock=Clock.DEVICE), went(60)], HOURS)
    assert found.flags == (Flag.LATE,)
    assert "by their device, sent later" in attended_words(found, ZONE)
    doubted = attended([came(0, clock=Clock.DOUBTED), went(60)], HOURS)
    assert "their device’s was off" in attended_words(doubted, ZONE)


ENTRIES = st.lists(
    st.tuples(st.sampled_from([Mark.IN, Mark.OUT]), st.integers(-30, 120), st.sampled_from(list(Means))),
    max_size=12,
).map(lambda rows: [Entry(n, mark, means, Clock.SERVER, at(m)) for n, (mark, m, means) in enumerate(rows)])


@given(ENTRIES, st.integers(0, 60), st.integers(1, 30))
def test_nobody_earns_more_than_the_session_less_its_breaks(
    entries: list[Entry], starts: int, length: int
) -> None:
    hours = SessionHours(START, at(60), ZONE, (Stay(at(starts), at(starts + length)),))
    found = attended(entries, hours)
    assert 0 <= found.proven_minutes <= found.minutes <= hours.counted // timedelta(minutes=1)
    if found.proven_minutes < found.minutes:
        # Nothing that nobody saw counts without a word.
        assert Flag.END_ASSUMED in found.flags
        assert "end assumed" in attended_words(found, ZONE)


@given(ENTRIES)
def test_what_arrives_late_is_put_into_its_place(entries: list[Entry]) -> None:
    moments = {entry.at for entry in entries}
    if len(moments) == len(entries):
        shuffled = [
            Entry(len(entries) - entry.id, entry.mark, entry.means, entry.clock, entry.at)
            for entry in entries
        ]
        assert attended(entries, HOURS).minutes == attended(shuffled, HOURS).minutes
