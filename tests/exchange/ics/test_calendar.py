"""Calendars of others give each occurrence once, at the right instant; what nobody can know is never guessed."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.ics.calendar import CalendarReading, Occurrence, read_calendar

SHARED = Path(__file__).parents[4] / "shared" / "samples" / "calendar"
FIRST, LAST = date(2026, 10, 1), date(2027, 1, 31)


def event(*lines: str, uid: str = "1") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"])


def calendar(*components: str, zone: str | None = "America/New_York", end: str = "\r\n") -> bytes:
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", *([f"X-WR-TIMEZONE:{zone}"] if zone else [])]
    return "\n".join([*head, *components, "END:VCALENDAR", ""]).replace("\n", end).encode()


def read(
    data: bytes, first: date | None = FIRST, last: date = LAST, zone: str | None = None
) -> CalendarReading:
    return read_calendar(data, first_day=first, last_day=last, floating_zone=zone)


def starts(reading: CalendarReading) -> list[str]:
    return [occurrence.start.isoformat() for occurrence in reading.events]


def whys(reading: CalendarReading) -> list[str]:
    return [told.why for told in reading.refused]


def only(data: bytes) -> Occurrence:
    reading = read(data)
    assert reading.refused == ()
    (occurrence,) = reading.events
    return occurrence


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        (["DTSTART:20261015T160000", "DURATION:PT1H30M"], "2026-10-15T16:00-04:00", "2026-10-15T17:30-04:00"),
        (["DTSTART:20261015T160000"], "2026-10-15T16:00-04:00", None),
        (["DTSTART:20261015T200000Z", "DTEND:20261015T210000Z"], "2026-10-15T16:00-04:00", "2026-10-15T17:00-04:00"),
        (["DTSTART;TZID=Eastern Standard Time:20261015T160000"], "2026-10-15T16:00-04:00", None),
        (['DTSTART;TZID="GMT Standard Time":20261101T160000'], "2026-11-01T16:00+00:00", None),
        (["DTSTART;TZID=/freeassociation.example/America/Chicago:20261015T160000"], "2026-10-15T16:00-05:00", None),
        (['DTSTART;TZID="(UTC-08:00) Pacific Time (US & Canada)":20261015T160000'], "2026-10-15T16:00-07:00", None),
        # The night of the clock change is an hour longer by the instants than by the clock.
        (["DTSTART:20261031T230000", "DTEND:20261101T030000"], "2026-10-31T23:00-04:00", "2026-11-01T03:00-05:00"),
    ],
)  # fmt: skip
def test_an_event_has_its_hours_where_the_calendar_tells_them(
    lines: list[str], start: str, end: str | None
) -> None:
    found = only(calendar(event(*lines)))
    assert found.start == datetime.fromisoformat(start)
    assert found.end == (datetime.fromisoformat(end) if end else None)
    assert (found.all_day, found.recurrence_id, found.status) == (False, None, "confirmed")
    assert found.start.isoformat(timespec="minutes") == start


@pytest.mark.parametrize(
    ("lines", "end"),
    [
        (["DTSTART;VALUE=DATE:20261015"], 16),
        (["DTSTART;VALUE=DATE:20261015", "DTEND;VALUE=DATE:20261018"], 18),
        (["DTSTART;VALUE=DATE:20261015", "DTEND;VALUE=DATE:20261015"], 16),
        (["DTSTART:20261015", "DURATION:P2D"], 17),
    ],
)
def test_whole_days_end_with_the_day_after_them(lines: list[str], end: int) -> None:
    found = only(calendar(event(*lines)))
    assert (found.start, found.end, found.all_day) == (date(2026, 10, 15), date(2026, 10, end), True)


def test_a_time_without_any_zone_is_not_guessed() -> None:
    data = calendar(event("DTSTART:20261015T160000"), event("DTSTART:20261015T160000Z", uid="2"), zone=None)
    reading = read(data)
    assert starts(reading) == ["2026-10-15T16:00:00+00:00"]
    assert whys(reading) == [
        "Its times have no time zone, and the calendar names none. Say which one is meant."
    ]
    assert starts(read(data, zone="America/Denver"))[1] == "2026-10-15T16:00:00-06:00"


def test_a_zone_that_only_the_file_defines_is_taken_where_it_is_plain() -> None:
    place = "BEGIN:VTIMEZONE\nTZID:Ours\nX-LIC-LOCATION:America/Chicago\nEND:VTIMEZONE"
    offset = "BEGIN:STANDARD\nTZOFFSETFROM:-0700\nTZOFFSETTO:-0700\nEND:STANDARD"
    fixed = f"BEGIN:VTIMEZONE\nTZID:Fixed\n{offset}\nEND:VTIMEZONE"
    reading = read(
        calendar(
            event("DTSTART;TZID=Ours:20261015T160000"),
            event("DTSTART;TZID=Fixed:20261015T160000", uid="2"),
            event("DTSTART;TZID=Nowhere:20261015T160000", uid="3"),
            event(f"DTSTART;TZID={'x' * 300}:20261015T160000", uid="4"),
            place,
            fixed,
        )
    )
    assert starts(reading) == ["2026-10-15T16:00:00-05:00", "2026-10-15T16:00:00-07:00"]
    assert whys(reading)[0] == "Its time zone “Nowhere” isn’t known."
    assert len(reading.refused) == 2


SERIES = event(
    "SUMMARY:Book club",
    "DTSTART;TZID=Eastern Standard Time:20261014T160000",
    "DTEND;TZID=Eastern Standard Time:20261014T173000",
    "RRULE:FREQ=WEEKLY;UNTIL=20261118T210000Z;BYDAY=WE;WKST=SU",
    "EXDATE;TZID=Eastern Standard Time:20261021T160000,20261111T160000",
    "RDATE;TZID=Eastern Standard Time:20261023T160000",
)
MOVED = event(
    "SUMMARY:Book club, moved",
    "RECURRENCE-ID;TZID=Eastern Standard Time:20261104T160000",
    "DTSTART;TZID=Eastern Standard Time:20261105T160000",
    "DTEND;TZID=Eastern Standard Time:20261105T173000",
)


def test_a_series_has_its_dates_less_exceptions_plus_changes() -> None:
    reading = read(calendar(MOVED, SERIES, zone=None))
    assert starts(reading) == [
        "2026-10-14T16:00:00-04:00",
        "2026-10-23T16:00:00-04:00",
        "2026-10-28T16:00:00-04:00",
        "2026-11-05T16:00:00-05:00",
        "2026-11-18T16:00:00-05:00",
    ]
    moved = reading.events[3]
    assert moved.title == "Book club, moved"
    assert moved.recurrence_id == datetime.fromisoformat("2026-11-04T16:00:00-05:00")
    keys = {(occurrence.uid, occurrence.recurrence_id) for occurrence in reading.events}
    assert len(keys) == 5
    assert None not in {recurrence_id for _, recurrence_id in keys}


def test_only_the_days_asked_for_are_expanded_both_included() -> None:
    whole = calendar(event("DTSTART;VALUE=DATE:20261001", "DTEND;VALUE=DATE:20261101", uid="long"), SERIES)
    assert starts(read(whole, date(2026, 10, 14), date(2026, 10, 28))) == [
        "2026-10-01",
        "2026-10-14T16:00:00-04:00",
        "2026-10-23T16:00:00-04:00",
        "2026-10-28T16:00:00-04:00",
    ]
    assert starts(read(whole, date(2026, 10, 15), date(2026, 10, 22))) == ["2026-10-01"]
    assert starts(read(whole, date(2026, 11, 1), date(2026, 11, 2))) == []
    assert len(read(whole, None, date(2030, 1, 1)).events) == 6


def test_cancelled_is_kept_and_told() -> None:
    change = MOVED.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")
    statuses = [occurrence.status.value for occurrence in read(calendar(SERIES, change)).events]
    assert statuses == ["confirmed", "confirmed", "confirmed", "cancelled", "confirmed"]
    withdrawn = calendar("METHOD:CANCEL", event("DTSTART:20261015T160000", "STATUS:CONFIRMED"))
    assert only(withdrawn).status.value == "cancelled"


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (["SEQUENCE:1", "DTSTAMP:20260902T000000Z"], ["SEQUENCE:2", "DTSTAMP:20260901T000000Z"]),
        (["LAST-MODIFIED:20260901T000000Z"], ["LAST-MODIFIED:20260902T000000Z"]),
        (["DTSTAMP:20260901T000000Z"], ["DTSTAMP:20260902T000000Z"]),
        (["SEQUENCE:1"], ["SEQUENCE:1"]),
    ],
)
def test_of_two_versions_the_newer_counts(older: list[str], newer: list[str]) -> None:
    first = event("SUMMARY:old", "DTSTART:20261015T160000", *older)
    second = event("SUMMARY:new", "DTSTART:20261015T170000", *newer)
    assert only(calendar(first, second)).title == "new"
    if older != newer:
        assert only(calendar(second, first)).title == "new"


def test_a_rule_may_have_a_count_and_an_end() -> None:
    for rule in ("COUNT=3;UNTIL=20261016T235959", "COUNT=2;UNTIL=20261231", "UNTIL=20261016", "COUNT=2"):
        reading = read(calendar(event("DTSTART:20261015T160000", f"RRULE:FREQ=DAILY;{rule}")))
        assert starts(reading) == ["2026-10-15T16:00:00-04:00", "2026-10-16T16:00:00-04:00"]


def test_the_first_date_counts_also_where_the_rule_does_not_meet_it() -> None:
    reading = read(calendar(event("DTSTART:20261013T160000", "RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2")))
    assert [start[:10] for start in starts(reading)] == ["2026-10-13", "2026-10-14", "2026-10-21"]


def test_an_exception_that_is_a_day_takes_out_that_days_date() -> None:
    lines = ["DTSTART:20261015T160000", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20261016"]
    assert [start[:10] for start in starts(read(calendar(event(*lines))))] == ["2026-10-15", "2026-10-17"]


def test_a_series_keeps_its_clock_time_over_a_clock_change() -> None:
    lines = ["DTSTART:20261030T160000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4"]
    reading = read(calendar(event(*lines)))
    assert [start[11:] for start in starts(reading)] == ["16:00:00-04:00"] * 2 + ["16:00:00-05:00"] * 2


def test_a_change_of_all_later_dates_is_told() -> None:
    reading = read(calendar(SERIES, MOVED.replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;")))
    assert len(reading.events) == 5
    assert whys(reading) == ["It changes this date and all later ones; only this date was changed."]


def test_a_change_without_its_series_stands_alone() -> None:
    assert only(calendar(MOVED)).start == datetime.fromisoformat("2026-11-05T16:00:00-05:00")


def test_only_web_addresses_are_kept_and_titles_are_plain_text() -> None:
    urls = ["https://x.example/1?a=1,2;b", "javascript:alert(1)", "http://x.example/a b", ""]
    components = [
        event(
            r"SUMMARY:Teachers\, unite\n now" + "\x1b[2J",
            f"URL:{url}",
            "DTSTART:20261015T160000",
            uid=str(number),
        )
        for number, url in enumerate(urls)
    ]
    found = read(calendar(*components)).events
    assert [occurrence.url for occurrence in found] == [urls[0], None, None, None]
    assert found[0].title == "Teachers, unite now [2J"


def test_lines_that_are_folded_wrongly_or_within_a_letter_are_read() -> None:
    title = "SUMMARY:évaluation of connected learning"
    for folded in (
        title.replace("connected", "con\r\n nected").encode(),
        title.replace("connected", "con\r\n\tnected").encode(),
        title.replace("of connected", "of \r\nconnected").encode(),
        title.encode().replace(b"\xc3\xa9", b"\xc3\r\n \xa9"),
    ):
        data = calendar(event("SUMMARY:x", "DTSTART:20261015T160000")).replace(b"SUMMARY:x", folded)
        assert only(data).title == title.removeprefix("SUMMARY:")


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_and_marks_do_not_matter(end: str) -> None:
    data = calendar(event("SUMMARY:Café", "DTSTART:20261015T160000"), end=end)
    for told in (
        data,
        b"\xef\xbb\xbf" + data,
        data.decode().encode("utf-16"),
        data.decode().encode("cp1252"),
    ):
        assert only(told).title == "Café"


def test_two_calendars_in_one_file_keep_their_zones() -> None:
    both = calendar(event("DTSTART:20261015T160000")) + calendar(
        event("DTSTART:20261015T160000", uid="2"), zone="US/Pacific"
    )
    assert starts(read(both)) == ["2026-10-15T16:00:00-04:00", "2026-10-15T16:00:00-07:00"]


LONG_RULE = event("DTSTART:20261015T160000", "RRULE:FREQ=DAILY;BYDAY=MO" + ",MO" * 500)


@pytest.mark.parametrize(
    ("component", "why"),
    [
        ("BEGIN:VEVENT\nDTSTART:20261015T160000\nEND:VEVENT", "It has no UID, so it couldn’t be known again."),
        (event("SUMMARY:x"), "It has no DTSTART, so nobody knows when it begins."),
        (event("DTSTART:soon"), "Its DTSTART can’t be read: “soon”."),
        (event("DTSTART:99991301T000000"), "Its DTSTART can’t be read: “99991301T000000”."),
        (event("DTSTART:00010101T000000"), "Its DTSTART can’t be read: “00010101T000000”."),
        (event("DTSTART:20261015T160000", "DTEND:20261015T150000"), "It ends before it begins."),
        (event("DTSTART:20261015T160000", "DURATION:long"), "This event can’t be read."),
        (event("DTSTART:20261015T160000", "RRULE:FREQ=SOMETIMES"), "The rule by which it repeats can’t be read."),
        (event("DTSTART:20261015T160000", "RRULE:COUNT=2"), "The rule by which it repeats doesn’t say how often."),
        (LONG_RULE, "The rule by which it repeats is too long."),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_read_is_refused_and_the_others_are_read(component: str, why: str) -> None:
    reading = read(calendar(component, event("DTSTART:20261015T160000", uid="2")))
    assert [(told.line, told.why) for told in reading.refused] == [(4, why)]
    assert len(reading.events) == 1


def test_an_event_that_is_not_closed_is_refused() -> None:
    open_event = event("DTSTART:20261015T160000").removesuffix("END:VEVENT")
    reading = read(calendar(open_event + event("DTSTART:20261016T160000", uid="2")))
    assert whys(reading) == ["This event isn’t closed with END:VEVENT."]
    assert starts(reading) == ["2026-10-16T16:00:00-04:00"]
    cut_off = calendar(event("DTSTART:20261015T160000"))[:-40]
    assert whys(read(cut_off)) == ["This event isn’t closed with END:VEVENT."]


def test_alarms_within_an_event_are_not_its_own() -> None:
    alarm = "BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nSUMMARY:Ring\nEND:VALARM"
    found = only(calendar(event("SUMMARY:Chat", "DTSTART:20261015T160000", alarm)))
    assert (found.title, found.end) == ("Chat", None)


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 100, b"<html>", b"%PDF", b"begin", b"BEGIN:VEVENT\nEND:VEVENT"]
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(Mistyped, match="This is no calendar"):
        read(data)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
def test_the_shared_samples_give_what_they_should() -> None:
    expected: Any = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))
    outlook = read(
        (SHARED / "outlook_exchange_windows_tz.ics").read_bytes(), date(2026, 10, 1), date(2027, 1, 1)
    )
    told = expected["outlook_exchange_windows_tz.ics"]["occurrences_between_2026-10-01_and_2027-01-01"]
    wanted = [text.split(" ")[0] for text in told["book club"]]
    timed = [occurrence for occurrence in outlook.events if not occurrence.all_day]
    assert [occurrence.start for occurrence in timed] == [datetime.fromisoformat(text) for text in wanted]
    assert [occurrence.start for occurrence in outlook.events if occurrence.all_day] == [date(2026, 11, 3)]

    google = read((SHARED / "google_calendar.ics").read_bytes(), date(2026, 10, 1), date(2027, 1, 31))
    by_title = {
        title: [o for o in google.events if o.title.startswith(title)]
        for title in ("#edchat", "PLC", "Month")
    }
    assert [o.start.isoformat() for o in by_title["#edchat"]] == ["2026-10-06T19:00:00-05:00"]
    assert [o.start.isoformat()[:13] for o in by_title["PLC"]] == [
        "2026-10-05T19",
        "2026-12-07T19",
        "2027-01-04T19",
    ]
    (month,) = by_title["Month"]
    assert (month.status, month.start, month.end) == ("cancelled", date(2026, 10, 1), date(2026, 11, 1))

    floating = read((SHARED / "floating_with_x_wr_timezone_no_vtimezone.ics").read_bytes())
    assert starts(floating) == ["2026-10-15T16:00:00-07:00", "2026-10-16T16:00:00-07:00", "2026-10-20"]
    ends = [o.end.isoformat() if o.end else None for o in floating.events]
    assert ends == ["2026-10-15T17:30:00-07:00", None, "2026-10-21"]

    for name in ("eventbrite_meetup_single.ics", "our_feed_reference.ics"):
        reading = read((SHARED / name).read_bytes())
        assert reading.refused == ()
        assert [o.status.value for o in reading.events] == ["confirmed", "cancelled"][: len(reading.events)]
