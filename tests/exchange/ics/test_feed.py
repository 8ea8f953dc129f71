"""Our own feed: what FORMATS.md 3.3 asks for, and that icalendar and our own reader read it alike."""

from __future__ import annotations

from datetime import UTC, date, datetime

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.text import clean_paragraphs
from pdtracker.exchange.ics.calendar import read_calendar
from pdtracker.exchange.ics.feed import FeedEntry, write_feed
from tests.calendars import EASTERN, hours, window

MADE = datetime(2014, 9, 1, 12, tzinfo=UTC)
TIMES = {
    "summer": hours("2014-10-14T16:00", 90),
    "winter": hours("2014-11-04T19:00"),
    # The hour that comes twice: its first and its second time.
    "twice, first": EventTime(
        datetime(2014, 11, 2, 5, 15, tzinfo=UTC), datetime(2014, 11, 2, 7, 15, tzinfo=UTC), EASTERN, True
    ),
    "twice, second": EventTime(
        datetime(2014, 11, 2, 6, 15, tzinfo=UTC), datetime(2014, 11, 2, 7, 15, tzinfo=UTC), EASTERN, True
    ),
    "across the spring change": hours("2015-03-08T01:30"),
    "far away": hours("2014-10-14T09:00", zone="Pacific/Auckland"),
    "half hours": hours("2014-10-14T09:00", zone="Asia/Kolkata"),
    "window": window("2014-10-01", "2014-10-31"),
    "no end": EventTime(datetime(2014, 10, 2, 23, tzinfo=UTC), None, EASTERN, False),
}
WORDS = 'Évaluation, 反省; back\\slash "quoted"\nsecond line — ' + "long " * 40


def an_entry(time: EventTime, **more: object) -> FeedEntry:
    told: dict[str, object] = {
        "uid": "event-1@pd.example",
        "sequence": 3,
        "created_at": MADE,
        "changed_at": datetime(2014, 9, 5, tzinfo=UTC),
        "title": "A talk",
        "description": WORDS,
        "place": "Room 1, east",
        "address": "https://pd.example/events/1",
        "categories": ("Webinar",),
        "is_cancelled": False,
    }
    return FeedEntry(time=time, **(told | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("time", TIMES.values(), ids=list(TIMES))
def test_two_parsers_read_an_event_alike(time: EventTime) -> None:
    data = write_feed("Maplewood, events", EASTERN, [an_entry(time)])
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    (own,) = read_calendar(data, first_day=None, last_day=date(2039, 1, 1)).events
    assert event.errors == []
    assert str(event["DESCRIPTION"]) == WORDS
    assert (str(event["UID"]), str(event["SUMMARY"]), int(event["SEQUENCE"])) == (own.uid, own.title, 3)
    if time.is_window:
        assert event["DTSTART"].dt == own.start
        assert (own.start, own.end, own.all_day) == (date(2014, 10, 1), date(2014, 11, 1), True)
        return
    # In UTC: a moment in an hour that comes twice equals nothing in another zone.
    assert isinstance(own.start, datetime)
    assert event["DTSTART"].dt.astimezone(UTC) == own.start.astimezone(UTC) == time.starts_at
    if time.ends_at is None:
        assert "DTEND" not in event
        assert own.end is None
    else:
        assert isinstance(own.end, datetime)
        assert event["DTEND"].dt.astimezone(UTC) == own.end.astimezone(UTC) == time.ends_at


def test_the_zone_that_the_feed_tells_keeps_the_clocks_of_its_zone() -> None:
    """A reader that trusts VTIMEZONE only comes to the same moments."""
    for time in (TIMES["summer"], TIMES["winter"], TIMES["far away"], TIMES["half hours"]):
        calendar = icalendar.Calendar.from_ical(write_feed("x", EASTERN, [an_entry(time)]))
        (zone,) = calendar.walk("VTIMEZONE")
        (event,) = calendar.walk("VEVENT")
        wall = event["DTSTART"].dt.replace(tzinfo=None)
        assert wall.replace(tzinfo=zone.to_tz()).astimezone(UTC) == time.starts_at


def test_the_same_events_are_the_same_bytes_and_no_line_is_too_long() -> None:
    entries = [an_entry(time, uid=f"event-{name}@pd.example") for name, time in TIMES.items()]
    data = write_feed("Maplewood", EASTERN, entries)
    assert data == write_feed("Maplewood", EASTERN, entries)
    assert data.endswith(b"END:VCALENDAR\r\n")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    for wanted in (b"VERSION:2.0", b"METHOD:PUBLISH", b"NAME:", b"X-WR-CALNAME:", b"X-PUBLISHED-TTL:PT6H"):
        assert b"\r\n" + wanted in data
    assert b"ATTENDEE" not in data
    assert b"ORGANIZER" not in data


def test_a_cancelled_event_stays_and_says_so() -> None:
    data = write_feed("x", EASTERN, [an_entry(TIMES["summer"], is_cancelled=True)])
    (event,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert (str(event["STATUS"]), str(event["SUMMARY"])) == ("CANCELLED", "Cancelled: A talk")


@given(st.text(max_size=60))
def test_no_text_breaks_out_of_its_property(text: str) -> None:
    try:
        clean = clean_paragraphs(text, 100)
    except Mistyped:
        return
    told = an_entry(TIMES["summer"], title=clean.replace("\n", " ") or "x", description=clean)
    (event,) = icalendar.Calendar.from_ical(write_feed("x", EASTERN, [told])).walk("VEVENT")
    assert str(event.get("DESCRIPTION", "")) == clean
    assert str(event["UID"]) == "event-1@pd.example"
