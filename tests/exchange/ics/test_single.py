"""One event as a calendar file: read back by our own reader and by another program's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import icalendar

from pdtracker.exchange.ics.calendar import read_calendar
from pdtracker.exchange.ics.single import SingleEvent, event_file

AT = datetime(2014, 10, 14, 23, 0, tzinfo=UTC)
LONG = "Große Fragen; kleine Antworten, 雷 " * 6 + "\\ end"


def a_single(**more: object) -> SingleEvent:
    told: dict[str, object] = {
        "uid": "0abc@pd.example",
        "title": LONG,
        "description": "Webinar\nhttps://pd.example/events/0abc",
        "where": "Online; or not",
        "address": "https://pd.example/events/0abc",
        "starts_at": AT,
        "ends_at": AT.replace(hour=23, minute=45),
        "days": None,
        "written_at": AT,
    }
    return SingleEvent(**(told | more))  # type: ignore[arg-type]


def test_what_is_written_is_read_back() -> None:
    written = event_file(a_single())
    [found] = read_calendar(written, first_day=date(2014, 10, 1), last_day=date(2014, 10, 31)).events
    assert (found.uid, found.title, found.url) == ("0abc@pd.example", LONG, "https://pd.example/events/0abc")
    assert (found.start, found.end) == (AT, AT.replace(minute=45))
    [event] = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert str(event["SUMMARY"]) == LONG
    assert str(event["LOCATION"]) == "Online; or not"


def test_lines_are_of_75_bytes_at_most_and_every_letter_is_whole() -> None:
    lines = event_file(a_single()).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [line.decode() for line in lines][-1] == ""


def test_days_without_hours_are_whole_days_and_an_unknown_end_is_none() -> None:
    whole = event_file(a_single(days=(date(2014, 10, 1), date(2014, 10, 31))))
    assert b"DTSTART;VALUE=DATE:20141001\r\nDTEND;VALUE=DATE:20141101" in whole
    assert b"DTEND" not in event_file(a_single(ends_at=None))


def test_a_title_writes_no_line_of_its_own() -> None:
    written = event_file(a_single(title="A\r\nATTENDEE:mailto:all@example.org\nB"))
    assert b"\nATTENDEE" not in written
