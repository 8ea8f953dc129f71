"""Every format gives who was there and for how long; what can't be read is refused line by line, never in silence."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pdtracker.domain.attendance import SessionHours, Stay, Strength
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance.mapping import Mapping
from pdtracker.exchange.attendance.report import Report, read_report
from tests.exchange.attendance.reports import (
    ADA,
    HOURS,
    SAMPLES,
    TEAMS_SECTIONS,
    ZONE,
    ZOOM_HEADING,
    flags_by_person,
    minutes_by_person,
    read,
    session,
    text,
    workbook,
)

SHARED = Path(__file__).parents[4] / "shared" / "samples" / "attendance"


@pytest.mark.parametrize("name", SAMPLES)
def test_each_format_gives_each_person_their_minutes(name: str) -> None:
    sample = SAMPLES[name]
    report = read(sample.data)
    assert (report.format, report.encoding) == (sample.format, sample.encoding)
    if sample.format == "eventbrite":
        assert {attendee.email for attendee in report.people} == set(sample.people)
    assert minutes_by_person(report) == sample.people
    if sample.flags is not None:
        assert flags_by_person(report) == sample.flags


def shared_files() -> list[str]:
    expected = SHARED / "expected.json"
    return list(json.loads(expected.read_text(encoding="utf-8"))["files"]) if expected.exists() else []


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize("name", shared_files())
def test_the_shared_samples_give_what_they_should(name: str) -> None:
    expected: Any = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))["files"][name]
    report = read((SHARED / name).read_bytes())
    assert report.format == expected["format"]
    assert report.refused == ()
    found = {attendee.email or attendee.name: attendee for attendee in report.people}
    by_name = {attendee.name: attendee for attendee in report.people}
    assert len(found) == len(expected["people"])
    for person, minutes in expected["people"].items():
        attendee = found.get(person) or by_name[person]
        if isinstance(minutes, dict):
            # The marks of two sessions; ours is the first.
            assert (attendee.minutes is None) is (minutes["2026-10-14"] in {"P", "L"})
        else:
            assert attendee.minutes == (None if minutes is None else Decimal(str(minutes)))


def test_a_line_that_cannot_be_read_is_refused_with_its_number_and_the_others_are_read() -> None:
    report = read(
        text(
            ZOOM_HEADING,
            "Nobody,,yesterday,10/14/2026 05:00:00 PM,1,No",
            "Backwards,,10/14/2026 05:00:00 PM,10/14/2026 04:00:00 PM,1,No",
            "Never came,,,10/14/2026 04:00:00 PM,1,No",
            ",,10/14/2026 04:00:00 PM,10/14/2026 05:00:00 PM,60,No",
            '"Unclosed,,10/14/2026 04:00:00 PM,10/14/2026 05:00:00 PM,60,No',
            ADA,
            "Short",
        )
    )
    assert minutes_by_person(report) == {"ada@maplewood.example": 40.0}
    assert [(told.line, told.why) for told in report.refused] == [
        (2, "The time of joining can’t be read: “yesterday”."),
        (3, "The time of leaving is before the time of joining."),
        (4, "No time of joining."),
        (5, "Neither a name nor an e-mail address."),
        (6, "A quotation mark is not closed."),
        (8, "No time of joining."),
    ]


def test_a_number_alone_is_nobody() -> None:
    report = read(
        text(
            "Order #,Order Date,First Name,Last Name,Email,Quantity,Attendee #,Attendee Status",
            "1,10/01/26 22:28,,,,1,101,Checked In",
            "2,10/01/26 22:28,Ada,L,ada@maplewood.example,1,102,Checked In",
        )
    )
    assert [person.email for person in report.people] == ["ada@maplewood.example"]
    assert [(told.line, told.why) for told in report.refused] == [
        (2, "Neither a name nor an e-mail address.")
    ]


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    report = read(
        text(
            ZOOM_HEADING, '"Ada\r\nLindqvist",,10/14/2026 04:00 PM,10/14/2026 05:00 PM,60,No', "Bo,,x,y,1,No"
        )
    )
    assert [told.line for told in report.refused] == [4]
    assert [(attendee.name, attendee.lines) for attendee in report.people] == [("Ada Lindqvist", (2,))]


def test_a_total_without_a_duration_is_refused() -> None:
    report = read(text("Name,Email,Minutes", "Ada,,-5", "Bo,,NaN", "Cam,,1e5", "Hal,,٣", "Dot,,30"))
    assert minutes_by_person(report) == {"Dot": 30.0}
    assert [told.line for told in report.refused] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("rows", "minutes"),
    [
        # 5 October or 10 May? The other line has a day 14, so it is the day that comes first.
        (["05/10/2026 16:00,05/10/2026 17:00", "14/10/2026 16:00,14/10/2026 17:00"], {"B": 60.0}),
        # Only the session's day can tell.
        (["12/10/2026 16:00,12/10/2026 17:00"], {"A": 60.0}),
        # The same both ways.
        (["10/10/2026 16:00,10/10/2026 17:00"], {"A": 60.0}),
        (["2026-10-14 16:00:00,2026-10-14T17:00:00"], {"A": 60.0}),
        (["14.10.2026 16:00,14.10.26 17:00"], {"A": 60.0}),
        (["2026-10-14T20:00:00Z,2026-10-14T17:00:00-04:00"], {"A": 60.0}),
        (["46309.6666666667,46309.7083333333"], {"A": 60.0}),
        (["4:00 PM,17:00"], {"A": 60.0}),
        (["4:00\N{NARROW NO-BREAK SPACE}PM,5:00\N{NO-BREAK SPACE}p.m."], {"A": 60.0}),
    ],
)
def test_the_order_of_day_and_month_comes_from_the_whole_file_and_the_session(
    rows: list[str], minutes: dict[str, float]
) -> None:
    day = {"12/10": "2026-10-12", "10/10": "2026-10-10"}.get(rows[0][:5], "2026-10-14")
    hours = session(f"{day}T16:00", f"{day}T17:30")
    lines = [f"{name},{row}" for name, row in zip("AB", rows, strict=False)]
    report = read(text("Name,Joined,Left", *lines), hours)
    assert {name: told for name, told in minutes_by_person(report).items() if told} == minutes


def test_dates_that_can_be_read_both_ways_and_fit_neither_are_an_error() -> None:
    with pytest.raises(Mistyped, match="month/day and as day/month"):
        read(text("Name,Joined,Left", "Ada,05/06/2026 16:00,05/06/2026 17:00"))


def test_the_zone_of_the_file_can_be_another_one() -> None:
    report = read(
        text(ZOOM_HEADING, "Ada,,10/14/2026 01:00 PM,10/14/2026 02:00 PM,60,No"), zone="America/Los_Angeles"
    )
    assert minutes_by_person(report) == {"Ada": 60.0}
    assert report.zone == "America/Los_Angeles"
    assert read(SAMPLES["teams live event"].data, zone="America/Los_Angeles").zone == "UTC"


def night_of_the_clock_change() -> SessionHours:
    """Half past midnight to half past two, three hours long, because 1:00 to 2:00 comes twice."""
    return session("2026-11-01T00:30", "2026-11-01T02:30")


@pytest.mark.parametrize(
    ("joined", "left", "lasted", "minutes"),
    [
        ("12:45:00 AM", "1:30:00 AM", 45, 45.0),
        ("12:45:00 AM", "1:30:00 AM", 105, 105.0),
        ("1:15:00 AM", "1:30:00 AM", 75, 75.0),
        ("1:45:00 AM", "1:15:00 AM", 30, 30.0),
        ("1:30:00 AM", "2:15:00 AM", 105, 105.0),
        ("1:30:00 AM", "2:15:00 AM", 45, 45.0),
    ],
)
def test_the_hour_that_comes_twice_is_told_apart_by_the_duration(
    joined: str, left: str, lasted: int, minutes: float
) -> None:
    row = f"Ada,,11/01/2026 {joined},11/01/2026 {left},{lasted},No"
    assert minutes_by_person(read(text(ZOOM_HEADING, row), night_of_the_clock_change())) == {"Ada": minutes}


def test_breaks_earn_nothing() -> None:
    pause = Stay(HOURS.starts_at + timedelta(minutes=20), HOURS.starts_at + timedelta(minutes=30))
    hours = SessionHours(HOURS.starts_at, HOURS.ends_at, ZONE, (pause,))
    assert minutes_by_person(read(text(ZOOM_HEADING, ADA), hours)) == {"ada@maplewood.example": 30.0}
    report = read(text("Name,Minutes", "Ada,85"), hours)
    assert flags_by_person(report) == {"Ada": ["longer than the session"]}


def test_a_stay_outside_the_session_earns_nothing_and_says_so() -> None:
    report = read(text(ZOOM_HEADING, "Ada,,10/14/2026 03:00 PM,10/14/2026 03:50 PM,50,No", ADA))
    assert minutes_by_person(report) == {"Ada": 0.0, "ada@maplewood.example": 40.0}
    assert flags_by_person(report) == {"Ada": ["outside the session"]}


def test_people_under_one_email_are_flagged_unless_they_renamed_themselves() -> None:
    def row(name: str) -> str:
        return f'"{name}",ada@maplewood.example,10/14/2026 04:00 PM,10/14/2026 05:00 PM,60,No'

    renamed = read(
        text(ZOOM_HEADING, row("Ada Lindqvist"), row("Lindqvist, Ada (she/her)"), row("A. (Ada Lindqvist)"))
    )
    assert flags_by_person(renamed) == {}
    assert [attendee.name for attendee in renamed.people] == ["Ada Lindqvist"]
    family = read(text(ZOOM_HEADING, row("Ada Lindqvist"), row("Bo Berg")))
    assert flags_by_person(family) == {"ada@maplewood.example": ["several names"]}


def accounts_of(report: Report) -> dict[str, tuple[str, str]]:
    return {one.name: (one.email, one.account) for one in report.people}


def test_teams_tells_the_account_beside_the_e_mail_in_its_second_section_alone() -> None:
    report = read(TEAMS_SECTIONS.encode("utf-16"))
    assert accounts_of(report) == {
        "Lindqvist, Ada": ("ada@maplewood.example", "t1@x.example"),
        "Mai Nguyen (Unverified)": ("", ""),
    }


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
def test_the_shared_sample_of_teams_has_the_account_of_whoever_has_another_one() -> None:
    report = read((SHARED / "teams_c_2023_three_sections_utf16le.csv").read_bytes())
    found = {one.email: one.account for one in report.people if one.account}
    assert found == {"jose.nunez@maplewood.example.org": "t00214@maplewood.example.org"}


@pytest.mark.parametrize("separator", ["\t", ","])
def test_teams_of_2021_has_both_beside_each_join(separator: str) -> None:
    table = [
        ["Meeting Summary"],
        ["Meeting Start Time", "10/14/2026 3:55:00 PM"],
        ["Full Name", "Join Time", "Leave Time", "Duration", "Email", "Role", "Participant ID (UPN)"],
        [
            "Ada",
            "10/14/2026 4:00:00 PM",
            "10/14/2026 4:30:00 PM",
            "30m",
            "a@x.example",
            "Attendee",
            "T1@x.example",
        ],
        ["Bo", "10/14/2026 4:00:00 PM", "10/14/2026 4:30:00 PM", "30m", "", "Attendee", "bo@x.example"],
        [
            "Kim",
            "10/14/2026 4:00:00 PM",
            "10/14/2026 4:30:00 PM",
            "30m",
            "k@x.example",
            "Attendee",
            "8:orgid:1-2",
        ],
    ]
    report = read("".join(separator.join(row) + "\n" for row in table))
    assert accounts_of(report) == {
        "Ada": ("a@x.example", "t1@x.example"),
        "Bo": ("bo@x.example", ""),
        "Kim": ("k@x.example", ""),
    }


def test_an_account_that_two_people_go_by_tells_of_nobody() -> None:
    report = read(
        text(
            "Meeting Summary",
            "Meeting Start Time\t10/14/2026 3:55:00 PM",
            "Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)",
            "Ada\t10/14/2026 4:00:00 PM\t10/14/2026 4:30:00 PM\t30m\ta@x.example\tAttendee\troom@x.example",
            "Bo\t10/14/2026 4:00:00 PM\t10/14/2026 4:30:00 PM\t30m\tb@x.example\tAttendee\troom@x.example",
            "Kim\t10/14/2026 4:00:00 PM\t10/14/2026 4:30:00 PM\t30m\tk@x.example\tAttendee\ta@x.example",
        )
    )
    assert {account for _, account in accounts_of(report).values()} == {""}


def test_an_account_of_section_two_is_nobodys_where_two_people_look_the_same() -> None:
    report = read(
        text(
            "1. Summary",
            "2. Participants",
            "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole",
            "Kim\t10/14/26, 4:00:00 PM\t10/14/26, 4:30:00 PM\t30m\t\tk1@x.example\tAttendee",
            "Kim\t10/14/26, 4:40:00 PM\t10/14/26, 5:00:00 PM\t20m\t\tk2@x.example\tAttendee",
            "Bo\t10/14/26, 4:40:00 PM\t10/14/26, 5:00:00 PM\t20m\t\tbo@x.example\tAttendee",
            "3. In-Meeting Activities",
            "Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole",
            "Kim\t10/14/26, 4:00:00 PM\t10/14/26, 4:30:00 PM\t30m\t\tAttendee",
            "Bo\t10/14/26, 4:40:00 PM\t10/14/26, 5:00:00 PM\t20m\t\tAttendee",
        )
    )
    assert accounts_of(report) == {"Kim": ("", ""), "Bo": ("bo@x.example", "")}


def test_an_order_of_eventbrite_is_as_many_people_as_tickets() -> None:
    report = read(SAMPLES["eventbrite"].data)
    assert [(attendee.name, attendee.email) for attendee in report.people] == [
        ("Ada L", "ada@maplewood.example"),
        ("Mai N", "ada@maplewood.example"),
    ]
    assert report.absent == 2


def test_several_meetings_are_read_meeting_by_meeting() -> None:
    report = read(SAMPLES["zoom flat, two meetings"].data)
    assert [(told.line, told.why) for told in report.refused] == [
        (3, "It belongs to another meeting on October\N{NO-BREAK SPACE}21, 2026."),
        (4, "It belongs to another meeting on October\N{NO-BREAK SPACE}14, 2026."),
    ]
    week_later = SessionHours(HOURS.starts_at + timedelta(days=7), HOURS.ends_at + timedelta(days=7), ZONE)
    assert minutes_by_person(read(SAMPLES["zoom flat, two meetings"].data, week_later)) == {
        "ada@maplewood.example": 90.0
    }
    month_later = SessionHours(HOURS.starts_at + timedelta(days=28), HOURS.ends_at + timedelta(days=28), ZONE)
    with pytest.raises(Mistyped, match="None of the 3 meetings"):
        read(SAMPLES["zoom flat, two meetings"].data, month_later)


def test_totals_of_two_blocks_are_never_added() -> None:
    heading = "Topic,ID,Duration (minutes),Start time,End time,Participants"
    people = "Name (original name),Email,Total duration (minutes),Guest"
    file = text(
        heading, "A,1,60,10/14/2026 04:00 PM,10/14/2026 05:00 PM,1", people, "Ada,ada@maplewood.example,60,No",
        heading, "B,2,60,10/15/2026 04:00 PM,10/15/2026 05:00 PM,1", people, "Ada,ada@maplewood.example,55,No",
    )  # fmt: skip
    report = read(file)
    assert minutes_by_person(report) == {"ada@maplewood.example": 60.0}
    assert [told.line for told in report.refused] == [8]


def test_a_total_or_a_mark_of_another_day_is_no_report_of_this_session() -> None:
    hours = SessionHours(HOURS.starts_at + timedelta(days=1), HOURS.ends_at + timedelta(days=1), ZONE)
    for name in ("zoom unique users of 2024, under a block", "moodle"):
        with pytest.raises(Mistyped, match=r"began on October\s14, 2026|None of the 2 meetings"):
            read(SAMPLES[name].data, hours)


def test_marks_of_other_sessions_are_not_told_as_this_one() -> None:
    report = read(SAMPLES["moodle"].data)
    # Dot's only mark is of the 21st.
    assert [(told.line, told.why) for told in report.refused] == [
        (8, "It belongs to another meeting on October\N{NO-BREAK SPACE}21, 2026.")
    ]


def test_a_going_without_a_coming_is_refused() -> None:
    report = read(
        text("Full Name\tUser Action\tTimestamp", "Ada\tLeft\t10/14/2026, 4:30:00 PM", "Bo\tWaved\tx")
    )
    assert [told.line for told in report.refused] == [2, 3]
    assert report.people == ()


def test_stays_and_strength_are_kept_as_evidence() -> None:
    (ada, *_others) = read(SAMPLES["zoom by join"].data).people
    assert ada.strength is Strength.INTERVALS
    assert [stay.length for stay in ada.stays] == [timedelta(minutes=70)]
    assert ada.lines == (2, 3)


def test_a_list_of_any_shape_is_read_by_a_mapping() -> None:
    file = text(
        "Lincoln Middle School;;", "Wer;Adresse;Dauer", "Ada;ada@maplewood.example;1:15", ";;", "Bo;;1 Std"
    ).encode()
    with pytest.raises(Mistyped, match="no attendance report that we know"):
        read(file)
    report = read_report(file, HOURS, ZONE, Mapping(name="Wer", email="Adresse", lasted="Dauer"))
    assert minutes_by_person(report) == {"ada@maplewood.example": 75.0, "Bo": 60.0}
    with pytest.raises(Mistyped, match="Choose the columns again"):
        read_report(file, HOURS, ZONE, Mapping(name="Wer", joined="Von"))
    with pytest.raises(Mistyped, match="names, the e-mail"):
        read_report(file, HOURS, ZONE, Mapping(lasted="Dauer"))


def test_a_roster_is_not_taken_for_a_list_of_who_came() -> None:
    roster = text("Name,Email,School", "Ada,ada@maplewood.example,Lincoln").encode()
    with pytest.raises(Mistyped, match="no attendance report that we know"):
        read(roster)
    (ada,) = read_report(roster, HOURS, ZONE, Mapping(name="Name", email="Email")).people
    assert (ada.minutes, ada.strength) == (None, Strength.PRESENCE)


@pytest.mark.parametrize(
    ("joined", "left", "lasted", "minutes"),
    [
        ("11:40 PM", "12:20 AM", "40 min", 40.0),
        ("12:05 AM", "12:20 AM", "15 min", 15.0),
        ("11:30 PM", "11:45 PM", "15 min", 15.0),
        ("11:00 PM", "1:00 AM", "2 hr", 60.0),
    ],
)
def test_times_without_a_date_are_of_the_sessions_night(
    joined: str, left: str, lasted: str, minutes: float
) -> None:
    heading = "First name,Last name,Email,Duration,Time joined,Time exited"
    night = session("2026-10-14T23:30", "2026-10-15T00:30")
    assert minutes_by_person(read(text(heading, f"Ada,L,,{lasted},{joined},{left}"), night)) == {
        "Ada L": minutes
    }


def test_who_stays_past_midnight_after_an_evening_session_left_the_next_day() -> None:
    heading = "First name,Last name,Email,Duration,Time joined,Time exited"
    evening = session("2026-10-14T22:00", "2026-10-14T23:30")
    report = read(text(heading, "Ada,L,,1 hr 10 min,11:00 PM,12:10 AM"), evening)
    assert minutes_by_person(report) == {"Ada L": 30.0}
    backwards = read(text(heading, "Ada,L,,20 min,5:20 PM,5:00 PM"))
    assert [told.why for told in backwards.refused] == ["The time of leaving is before the time of joining."]


def test_reading_again_after_excel_saved_it_gives_the_same() -> None:
    rows: list[list[object]] = [line.split("\t") for line in TEAMS_SECTIONS.split("\n")]
    assert minutes_by_person(read(workbook(*rows))) == {
        "ada@maplewood.example": 60.0,
        "Mai Nguyen (Unverified)": 80.0,
    }


ZOOM_JOINS = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)"
VARIANTS = {
    "zoom with the account's columns": (
        text(
            "Name (Original Name),User Email,Department,Group,Has Zoom Rooms,Creation Time,Join Time,Leave Time,"
            "Duration (Minutes),Guest,RecordingConsent,InWaitingRoom,MarketingOptIn",
            "Ada,a@x.example,D,G,No,10/14/2026 15:00,10/14/2026 16:00,10/14/2026 17:00,60,No,,No,",
            "Bo,b@x.example,D,G,No,10/14/2026 15:00,10/14/2026 16:00,10/14/2026 17:00,60,No,,Yes,",
        ).encode(),
        "zoom-meeting",
        {"a@x.example": 60.0, "b@x.example": 0.0},
    ),
    "zoom with ISO times": (
        text(ZOOM_JOINS, "Ada,a@x.example,2026-10-14 16:00:00,2026-10-14 17:00:00,60").encode(),
        "zoom-meeting",
        {"a@x.example": 60.0},
    ),
    "zoom, telephones of a webinar": (
        text(
            "Attendee Report",
            "Topic,Webinar ID,Actual Start Time,Actual Duration (minutes)",
            'W,1,"Oct 14, 2026 15:55:00",100',
            "Attendee Details",
            "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes)",
            'Yes,Ada,a@x.example,"Oct 14, 2026 16:00:00","Oct 14, 2026 17:00:00",60',
            "Other Attended",
            "User Name,Join Time,Leave Time,Time in Session (minutes),Country/Region Name",
            '17175551234,"Oct 14, 2026 16:10:00","Oct 14, 2026 17:00:00",50,US',
        ).encode("utf-8-sig"),
        "zoom-webinar",
        {"a@x.example": 60.0, "17175551234": 50.0},
    ),
    "teams in German": (
        "1. Zusammenfassung\nBesprechungstitel\tT\nStartzeit\t14.10.26, 15:59:07\n\n2. Teilnehmende\n"
        "Name\tErster Beitritt\tLetztes Verlassen\tDauer\tE-Mail\tTeilnehmer-ID (UPN)\tRolle\n"
        "Ada\t14.10.26, 16:00:00\t14.10.26, 17:00:00\t1 Std. 0 Min.\ta@x.example\ta@x.example\tOrganisator\n\n"
        "3. Aktivit\u00e4ten in der Besprechung\nName\tBeitrittszeit\tVerlassen um\tDauer\tE-Mail\tRolle\n"
        "Ada\t14.10.26, 16:00:00\t14.10.26, 16:50:00\t50 Min.\ta@x.example\tOrganisator\n".encode("utf-16"),
        "teams-2022+",
        {"a@x.example": 50.0},
    ),
    "teams since 2022, big-endian with a mark": (
        "\ufeff1. Summary\nStart time\t14/10/26, 15:59:07\n\n2. Participants\n"
        "Name\tFirst join\tLast leave\tIn-meeting duration\tEmail\tParticipant ID (UPN)\tRole\n"
        "Ada\t14/10/26, 16:00:00\t14/10/26, 17:00:00\t1h\ta@x.example\ta@x.example\tOrganiser\n\n"
        "3. In-Meeting activities\nName\tJoin time\tLeave time\tDuration\tEmail\tRole\n"
        "Ada\t14/10/26, 16:00:00\t14/10/26, 17:00:00\t1h\ta@x.example\tOrganiser\n".encode("utf-16-be"),
        "teams-2022+",
        {"a@x.example": 60.0},
    ),
    "webex in UTF-16": (
        "Event Name\tEvent Start Time\tEvent End Time\tName\tAttendee Email\tJoin Time\tLeave Time\t"
        'Attendance Duration\tConnection Type\nE\t"=""2026-10-14 15:58:00"""\t"=""2026-10-14 17:31:00"""\tAda\t'
        'a@x.example\t"=""2026-10-14 16:00:00"""\t"=""2026-10-14 17:00:00"""\t60 mins\tDesktop\n'.encode(
            "utf-16"
        ),
        "webex-event",
        {"a@x.example": 60.0},
    ),
    "a sign-in sheet that was typed": (
        text(
            "Sign-in sheet,,,",
            "Printed Name,School,Sign in,Sign out",
            "Ada,North,4:00 pm,5:00 pm",
        ).encode(),
        "table",
        {"Ada": 60.0},
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_what_real_exports_vary_in_is_read_alike(name: str) -> None:
    data, format_name, minutes = VARIANTS[name]
    report = read(data)
    assert (report.format, minutes_by_person(report), report.refused) == (format_name, minutes, ())


def test_moodle_knows_its_staff_by_number() -> None:
    heading = "Last name\tFirst name\tID number\tEmail address\t14 Oct 2026 4.00PM All students Intro\t\tP\tL"
    report = read(
        f"Course\tPD\nGroup\tAll\n\n{heading}\nL\tAda\tE-7\ta@x.example\tP (2/2)\tlate bus\t1\t0\n".encode()
    )
    assert [(one.name, one.number, one.minutes) for one in report.people] == [("Ada L", "E-7", None)]


def test_very_many_meetings_at_the_same_time_are_read_in_time() -> None:
    block = "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,"
    lines = [
        part
        for number in range(4_000)
        for part in (
            block,
            f"{number},T,10/14/2026 03:48:55 PM,10/14/2026 05:36:20 PM,h@maplewood.example,108,6,",
            "",
            ZOOM_HEADING,
            ADA,
        )
    ]
    began = time.process_time()
    (ada,) = read(text(*lines)).people
    assert ada.minutes == 40
    assert time.process_time() - began < 8
