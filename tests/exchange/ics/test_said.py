"""What a calendar says, as ours says it: hours never guessed, texts clean, addresses harmless."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.event_import import Said
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.ics.said import read_said
from pdtracker.exchange.refused import Refused

FIRST, LAST = date(2014, 1, 1), date(2015, 12, 31)


def calendar(*lines: str, head: str = "") -> bytes:
    """A calendar of one event with these lines."""
    told = ["BEGIN:VCALENDAR", "VERSION:2.0", head, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"]
    return "\r\n".join(filter(None, told)).encode()


def read(data: bytes, zone: str | None = None) -> tuple[tuple[Said, ...], tuple[Refused, ...]]:
    return read_said(data, first_day=FIRST, last_day=LAST, floating_zone=zone)


def one(*lines: str, **more: str) -> Said:
    (said,), refused = read(calendar("UID:1", "SUMMARY:Talk", *lines, **more))
    assert refused == ()
    return said


def test_an_event_with_hours_keeps_them_in_its_zone() -> None:
    said = one(
        "DTSTART;TZID=Eastern Standard Time:20141015T190000",
        "DTEND;TZID=Eastern Standard Time:20141015T203000",
    )
    assert said.time.starts_at == datetime(2014, 10, 15, 23, tzinfo=UTC)
    assert (said.time.minutes, said.time.zone) == (90, "America/New_York")


@pytest.mark.parametrize("end", [(), ("DTEND:20141015T230000Z",)])
def test_hours_without_an_end_are_unknown(end: tuple[str, ...]) -> None:
    said = one("DTSTART:20141015T230000Z", *end)
    assert (said.time.ends_at, said.time.has_hours, said.time.minutes) == (None, False, None)


def test_whole_days_are_a_window() -> None:
    said = one(
        "DTSTART;VALUE=DATE:20141001", "DTEND;VALUE=DATE:20141101", head="X-WR-TIMEZONE:America/New_York"
    )
    assert said.time.is_window
    assert (said.time.first_on, said.time.last_on) == (date(2014, 10, 1), date(2014, 10, 31))


def test_more_than_a_day_has_no_hours() -> None:
    said = one("DTSTART:20141015T130000Z", "DTEND:20141017T210000Z")
    assert (said.time.has_hours, said.time.is_window) == (False, True)


def test_floating_times_are_the_calendars() -> None:
    said = one("DTSTART:20141015T190000", "DTEND:20141015T200000", head="X-WR-TIMEZONE:America/Chicago")
    assert said.time.starts_at == datetime(2014, 10, 16, 0, tzinfo=UTC)


def test_texts_lose_markup_and_length_but_nothing_else() -> None:
    said = one(
        "DTSTART:20141015T230000Z",
        "LOCATION:Library\\, room 2",
        "DESCRIPTION:<p>Tom &amp\\; Ann <b>talk</b></p>\\n" + "x" * 3000,
        "URL:https://oak.example/talk",
    )
    assert (said.platform, said.link) == ("Library, room 2", "https://oak.example/talk")
    assert said.summary.startswith("Tom & Ann talk")
    assert len(said.summary) <= 2000


def test_what_no_browser_should_follow_is_left_out() -> None:
    assert one("DTSTART:20141015T230000Z", "URL:javascript:alert(1)").link == ""
    assert one("DTSTART:20141015T230000Z", "URL:https://user:pw@oak.example/").link == ""


def test_each_date_of_a_series_has_its_own_key() -> None:
    said, _ = read(
        calendar(
            "UID:s",
            "SUMMARY:Weekly",
            "DTSTART:20141001T230000Z",
            "DTEND:20141002T000000Z",
            "RRULE:FREQ=WEEKLY;COUNT=4",
        )
    )
    assert len({row.key for row in said}) == 4
    assert {row.uid for row in said} == {"s"}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("UID:1", "DTSTART:20141015T230000Z"), "It has no title."),
        (("SUMMARY:Talk", "DTSTART:20141015T230000Z"), "It has no UID"),
        (("UID:1", "SUMMARY:a\u202eb", "DTSTART:20141015T230000Z"), "hidden character"),
        (
            ("UID:1", "SUMMARY:Long", "DTSTART:20140115T230000Z", "DTEND:20151115T230000Z"),
            "longer than a year",
        ),
    ],
)
def test_what_ours_cannot_hold_is_named_with_its_line(lines: tuple[str, ...], why: str) -> None:
    said, refused = read(calendar(*lines))
    assert said == ()
    assert [row.line for row in refused] == [3]
    assert why in refused[0].why


def test_a_bomb_is_cut_with_a_sentence() -> None:
    said, refused = read(calendar("UID:1", "SUMMARY:Bomb", "DTSTART:20140115T000000Z", "RRULE:FREQ=SECONDLY"))
    assert len(said) <= 500
    assert any("too often" in row.why for row in refused)


PIECES = st.sampled_from(
    [
        "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "UID:1", "UID:2", "SUMMARY:Talk", "SUMMARY:",
        "SUMMARY:\u202e", "DTSTART:20141015T190000", "DTSTART;VALUE=DATE:20141015", "DTSTART:20141015T190000Z",
        "DTEND:20141015T200000Z", "DTEND;VALUE=DATE:20141014", "DTSTART;TZID=Mars:20141015T190000", "DURATION:PT1H",
        "DURATION:-P1W", "RRULE:FREQ=SECONDLY", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "EXDATE:20141015T190000Z",
        "RECURRENCE-ID:20141022T190000Z", "STATUS:CANCELLED", "METHOD:CANCEL", "URL:javascript:x", "URL:https://a.b/",
        "LOCATION:<b", "DESCRIPTION:&#0;&lt;script&gt;", " folded", "\x00", "X-WR-TIMEZONE:America/New_York",
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=20), max_size=30))
def test_nothing_that_is_pasted_makes_it_stumble(lines: list[str]) -> None:
    data = "\r\n".join(["BEGIN:VCALENDAR", *lines]).encode("utf-8", "replace")
    try:
        said, _ = read(data, "America/New_York")
    except Mistyped:
        return
    for row in said:
        assert row.title
        assert row.time.ends_at is None or row.time.ends_at > row.time.starts_at
        assert not row.time.has_hours or row.time.ends_at is not None
        assert row.link == "" or row.link.startswith(("http://", "https://"))
