"""Small reports of one session, October 14, 2026, 4:00 to 5:30 pm in New York, one of each shape.

Each says what is to be read in it: minutes by e-mail, or by name where there is none; `None` is presence only.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook

from pdtracker.domain.attendance import SessionHours
from pdtracker.domain.when import instant
from pdtracker.exchange.attendance.report import Report, read_report

ZONE = "America/New_York"


def session(start: str, end: str) -> SessionHours:
    """A session by what the clocks of New York show."""
    begins, ends = datetime.fromisoformat(start), datetime.fromisoformat(end)
    return SessionHours(instant(begins, ZONE), instant(ends, ZONE), ZONE)


HOURS = session("2026-10-14T16:00", "2026-10-14T17:30")


@dataclass(frozen=True, slots=True)
class Sample:
    data: bytes
    format: str
    people: Mapping[str, float | None]
    encoding: str = "utf-8"
    flags: Mapping[str, list[str]] | None = None


def read(data: bytes | str, hours: SessionHours = HOURS, zone: str = ZONE) -> Report:
    return read_report(data.encode() if isinstance(data, str) else data, hours, zone)


def minutes_by_person(report: Report) -> dict[str, float | None]:
    return {
        attendee.email or attendee.name: None if attendee.minutes is None else float(attendee.minutes)
        for attendee in report.people
    }


def flags_by_person(report: Report) -> dict[str, list[str]]:
    return {
        attendee.email or attendee.name: [flag.value for flag in attendee.flags]
        for attendee in report.people
        if attendee.flags
    }


def clock(face: str) -> datetime:
    """What Excel keeps for a time of the session's day."""
    return datetime.fromisoformat(f"2026-10-14T{face}")


def text(*lines: str, end: str = "\r\n") -> str:
    return "".join(line + end for line in lines)


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ZOOM_HEADING = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"
ADA = "Ada Lindqvist,ada@maplewood.example,10/14/2026 03:50:00 PM,10/14/2026 04:40:00 PM,50,No"
ADA_AGAIN = (
    "Ada’s iPhone (Ada Lindqvist),ADA@maplewood.example,10/14/2026 04:30:00 PM,10/14/2026 05:00:00 PM,30,No"
)

TEAMS_SECTIONS = text(
    "1. Summary",
    "Meeting title\tConnected Learning 101",
    "Start time\t10/14/26, 3:55:54 PM",
    "",
    "2. Participants",
    "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole",
    "Lindqvist, Ada\t10/14/26, 4:00:00 PM\t10/14/26, 5:30:00 PM\t1h\tada@maplewood.example\tT1@x.example\tPresenter",
    "",
    "3. In-Meeting Activities",
    "Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole",
    "Lindqvist, Ada\t10/14/26, 4:00:00 PM\t10/14/26, 4:30:00 PM\t30m\tada@maplewood.example\tPresenter",
    "Lindqvist, Ada\t10/14/26, 5:00:00 PM\t10/14/26, 5:30:00 PM\t30m\tada@maplewood.example\tPresenter",
    "Mai Nguyen (Unverified)\t10/14/26, 4:10:00 PM\t10/14/26, 5:30:00 PM\t1h 20m\t\tAttendee",
    end="\n",
)

SAMPLES: Mapping[str, Sample] = {
    "zoom by join": Sample(
        text(
            ZOOM_HEADING,
            ADA,
            ADA_AGAIN,
            '"Nguyễn, Mai",,10/14/2026 04:00:00 PM,10/14/2026 04:09:30 PM,10,Yes',
            "12025550143,,10/14/2026 04:10:00 PM,10/14/2026 05:30:00 PM,80,Yes",
            "read.ai meeting notes,,10/14/2026 04:00:00 PM,10/14/2026 05:30:00 PM,90,Yes",
            "iPad (2),,10/14/2026 04:00:00 PM,10/14/2026 04:30:00 PM,30,Yes",
        ).encode("utf-8-sig"),
        "zoom-meeting",
        {
            "ada@maplewood.example": 60.0,
            "Nguyễn, Mai": 9.5,
            "12025550143": 80.0,
            "read.ai meeting notes": 90.0,
            "iPad (2)": 30.0,
        },
        flags={"12025550143": ["phone"], "read.ai meeting notes": ["bot"], "iPad (2)": ["device"]},
    ),
    "zoom with a block and a waiting room": Sample(
        text(
            "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,",
            '965 4478 1203,"Learning, connected",10/14/2026 03:48:55 PM,10/14/2026 05:36:20 PM,h@x.example,108,6,',
            "",
            ZOOM_HEADING + ",Recording Consent,In Waiting Room",
            "Mai,,10/14/2026 03:57:00 PM,10/14/2026 04:10:00 PM,3,Yes,,Yes",
            "Mai,,10/14/2026 04:10:00 PM,10/14/2026 05:30:40 PM,80,Yes,Y,No",
            "Bo,,10/14/2026 04:00:00 PM,10/14/2026 05:00:00 PM,60,Yes,,Yes",
        ).encode(),
        "zoom-meeting-header",
        {"Mai": 80.0, "Bo": 0.0},
        flags={"Bo": ["waiting room"]},
    ),
    "zoom unique users": Sample(
        text(
            "Name (Original Name),User Email,Total Duration (Minutes),Guest",
            "Ada Lindqvist,ada@maplewood.example,91,No",
            "Bo,,84,Yes",
        ).encode(),
        "zoom-meeting-unique",
        {"ada@maplewood.example": 91.0, "Bo": 84.0},
        flags={"ada@maplewood.example": ["longer than the session"]},
    ),
    "zoom unique users of 2024, under a block": Sample(
        text(
            "Topic,ID,Duration (minutes),Start time,End time,Participants",
            'Book club,965 4478 1203,97,"10/14/2026 03:55:00 PM","10/14/2026 05:32:00 PM",4',
            "",
            "Name (original name),Email,Total duration (minutes),Guest",
            "Ada Lindqvist,ada@maplewood.example,88,No",
        ).encode(),
        "zoom-meeting-unique",
        {"ada@maplewood.example": 88.0},
    ),
    "zoom by join of 2024": Sample(
        text(
            "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,"
            "Recording disclaimer response,In waiting room",
            "Ada Lindqvist,ada@maplewood.example,10/14/2026 04:30:00 PM,10/14/2026 05:35:00 PM,65,No,OK,No",
        ).encode(),
        "zoom-meeting",
        {"ada@maplewood.example": 60.0},
    ),
    "zoom flat, two meetings": Sample(
        text(
            "Topic,Meeting ID,Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)",
            "Book club,1,Ada Lindqvist,ada@maplewood.example,10/14/2026 04:00:00 PM,10/14/2026 05:00:00 PM,60",
            "Book club,1,Ada Lindqvist,ada@maplewood.example,10/21/2026 04:00:00 PM,10/21/2026 05:30:00 PM,90",
            "Other,2,Dee,dee@riverton.example,10/14/2026 09:00:00 AM,10/14/2026 10:00:00 AM,60",
        ).encode(),
        "zoom-meeting-flat",
        {"ada@maplewood.example": 60.0},
    ),
    "zoom, day first": Sample(
        text(
            ZOOM_HEADING,
            "Ada Lindqvist,ada@maplewood.example,14/10/2026 16:20:00,14/10/2026 17:30:00,70,No",
        ).encode(),
        "zoom-meeting",
        {"ada@maplewood.example": 70.0},
    ),
    "zoom webinar": Sample(
        text(
            "Attendee Report,,,,,,,,,,,,",
            'Report Generated:,"Oct 15, 2026 9:02 AM",,,,,,,,,,,',
            "Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,,,,,,,,",
            'Learning,847 5984 1045,"Oct 14, 2026 3:55 PM",97,6,,,,,,,,',
            "Host Details,,,,,,,,,,,,",
            "Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,,,,,,",
            'Yes,Hal,hal@maplewood.example,"Oct 14, 2026 15:55:02","Oct 14, 2026 17:31:40",97,No,,,,,,',
            "Attendee Details,,,,,,,,,,,,",
            "Attended,User Name (Original Name),First Name,Last Name,Email,Registration Time,Approval Status,Join Time,"
            'Leave Time,Time in Session (minutes),Is Guest,"Licence, if any",Country/Region Name',
            'Yes,Ada,Ada,L,ADA@maplewood.example,"Oct 1, 2026 11:23:29",approved,"Oct 14, 2026 16:02:00",'
            '"Oct 14, 2026 16:50:00",48,Yes,L-1,United States',
            ',Ada,Ada,L,ada@maplewood.example,,,"Oct 14, 2026 16:45:00","Oct 14, 2026 17:30:30",46,Yes,,',
            'No,Bo,Bo,B,bo@maplewood.example,"Oct 2, 2026 08:00:00",approved,--,--,--,--,,',
            "Other Attended,,,,,,,,,,,,",
            "User Name,Join Time,Leave Time,Time in Session (minutes),Country/Region Name,,,,,,,,",
            '+1*******143,"Oct 14, 2026 16:10:00","Oct 14, 2026 17:30:00",80,United States,,,,,,,,',
        ).encode(),
        "zoom-webinar",
        {"hal@maplewood.example": 90.0, "ada@maplewood.example": 88.0, "+1*******143": 80.0},
        flags={"+1*******143": ["phone"]},
    ),
    "teams list of 2020": Sample(
        text(
            "Full Name\tUser Action\tTimestamp",
            "Hal\tJoined before\t10/14/2026, 4:00:00 PM",
            "Ada\tJoined\t10/14/2026, 4:02:10 PM",
            "Ada\tLeft\t10/14/2026, 4:30:00 PM",
            "Ada\tJoined\t10/14/2026, 4:33:00 PM",
        ).encode("utf-16"),
        "teams-2020-list",
        {"Hal": 90.0, "Ada": 84.8},
        encoding="utf-16-le",
        flags={"Hal": ["end assumed"], "Ada": ["end assumed"]},
    ),
    "teams of 2021": Sample(
        b"\xfe\xff"
        + text(
            "Meeting Summary",
            "Total Number of Participants\t2",
            "Meeting Title\tLearning",
            "Meeting Start Time\t10/14/2026, 3:55:00 PM",
            "Meeting End Time\t10/14/2026, 5:20:00 PM",
            "",
            "Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)",
            "Ada\t10/14/2026, 4:50:00 PM\t10/14/2026, 5:19:22 PM\t29m 22s\tada@maplewood.example\tHost\tA@x",
            "Bo\t10/14/2026, 5:00:00 PM\t\t\t\tAttendee\tbo@maplewood.example",
        ).encode("utf-16-be"),
        "teams-2021",
        {"ada@maplewood.example": 29.4, "bo@maplewood.example": 20.0},
        encoding="utf-16-be",
        flags={"bo@maplewood.example": ["end assumed"]},
    ),
    "teams since 2022": Sample(
        TEAMS_SECTIONS.encode("utf-16"),
        "teams-2022+",
        {"ada@maplewood.example": 60.0, "Mai Nguyen (Unverified)": 80.0},
        encoding="utf-16-le",
        flags={"Mai Nguyen (Unverified)": ["unverified"]},
    ),
    "teams since 2022, without a mark": Sample(
        TEAMS_SECTIONS.encode("utf-16-le"),
        "teams-2022+",
        {"ada@maplewood.example": 60.0, "Mai Nguyen (Unverified)": 80.0},
        encoding="utf-16-le",
    ),
    "teams in Polish": Sample(
        text(
            "1. Podsumowanie",
            "2. Uczestnicy",
            "Nazwa\tPierwsze\tOstatnie\tCzas\tE-mail\tUPN\tRola",
            "Ada\t14.10.2026, 16:00:00\t14.10.2026, 17:30:00\t1 godz. 5 min 3 sek.\tada@maplewood.example\t\tX",
            "3. Działania",
            "Nazwa\tWejście\tWyjście\tCzas\tE-mail\tRola",
            "Ada\t14.10.2026, 16:00:00\t14.10.2026, 17:05:03\t1 godz. 5 min 3 sek.\tada@maplewood.example\tX",
        ).encode("utf-16"),
        "teams-2022+",
        {"ada@maplewood.example": 65.1},
        encoding="utf-16-le",
    ),
    "teams without activities, saved again by Excel": Sample(
        text(
            "1. Summary,,,,,,",
            "2. Participants,,,,,,",
            "Name,First Join,Last Leave,In-Meeting Duration,Email,Participant ID,Role",
            'Ada,"10/14/26, 4:00:00 PM","10/14/26, 5:30:00 PM",1h 2m,ada@maplewood.example,,Presenter',
        ).encode(),
        "teams-2022+",
        {"ada@maplewood.example": 62.0},
    ),
    "teams live event": Sample(
        text(
            "SessionId,ParticipantId,FullName,UserAgent,UtcEventTimestamp,Action,Role",
            "s1,p1,Ada,Edge,2026-10-14T20:00:00Z,Joined,Attendee",
            "s1,p2,Bo,Edge,2026-10-14T20:30:00Z,Joined,Attendee",
            "s1,p1,Ada,Edge,2026-10-14T20:45:30Z,Left,Attendee",
        ).encode(),
        "teams-live-event",
        {"Ada": 45.5, "Bo": 60.0},
        flags={"Bo": ["end assumed"]},
    ),
    "google meet": Sample(
        text(
            "First name,Last name,Email,Duration,Time joined,Time exited",
            "Ada,L,ada@maplewood.example,1 hr 26 min,4:01 PM,5:31 PM",
            "Bo,B,bo@maplewood.example,1 hr 40 min,3:50 PM,5:30 PM",
            "+1 202-555-••43,,,40 min,4:20 PM,5:00 PM",
            "Guest,,,< 1 min,5:00 PM,5:00 PM",
            end="\n",
        ).encode(),
        "google-meet",
        {"ada@maplewood.example": 86.0, "bo@maplewood.example": 90.0, "+1 202-555-••43": 40.0, "Guest": 0.0},
        flags={"+1 202-555-••43": ["phone"]},
    ),
    "google forms": Sample(
        text(
            "Timestamp,Email Address,Full name,School,Employee ID,What will you try?",
            '10/14/2026 17:29:41,ada@maplewood.example,Ada,Lincoln,001042,"Book club\nwith 6th grade"',
            '10/14/2026 17:30:02,, bo  b ,lincoln,1043,"=HYPERLINK(""http://evil.example"",""click"")"',
            "10/14/2026 17:31:20,ada@maplewood.example,Ada,Lincoln,001042,second try",
            "10/17/2026 08:00:00,,Late,Lincoln,1044,on Saturday",
        ).encode(),
        "forms-signin",
        {"ada@maplewood.example": None, "bo b": None, "Late": None},
        flags={"ada@maplewood.example": ["repeated"], "Late": ["outside the session"]},
    ),
    "webex": Sample(
        text(
            "Event Name\tEvent Start Time\tEvent End Time\tName\tAttendee Email\tJoin Time\tLeave Time\t"
            "Attendance Duration\tConnection Type",
            'Learning\t"=""2026-10-14 16:00:00"""\t"=""2026-10-14 17:30:00"""\tAda\tada@maplewood.example\t'
            '"=""2026-10-14 16:06:00"""\t"=""2026-10-14 19:30:00"""\t204 mins\tDesktop',
        ).encode(),
        "webex-event",
        {"ada@maplewood.example": 84.0},
    ),
    "eventbrite": Sample(
        text(
            "Order #,Order Date,First Name,Last Name,Email,Quantity,Attendee #,Attendee Status",
            "1,10/01/26 22:28,Ada,L,ada@maplewood.example,1,101,Checked In",
            "1,10/01/26 22:28,Mai,N,ada@maplewood.example,1,102,Checked In",
            "2,10/01/26 22:28,Bo,B,bo@maplewood.example,1,103,Attending",
            "3,10/01/26 22:28,Cam,C,cam@maplewood.example,1,104,Refunded",
        ).encode(),
        "eventbrite",
        {"ada@maplewood.example": None},
        flags={"ada@maplewood.example": ["shared e-mail"]},
    ),
    "eventbrite, other columns": Sample(
        text(
            "Order ID,Order Date,Attendee Status,Name,Email,Event Name,Ticket Quantity,Buyer Name,Buyer Email",
            "1,10/01/26 22:28,Checked In,Ada L,ada@maplewood.example,X,1,Ada L,ada@maplewood.example",
        ).encode(),
        "eventbrite",
        {"ada@maplewood.example": None},
    ),
    "moodle": Sample(
        text(
            "Course\tConnected Learning 101",
            "Group\tAll participants",
            "",
            "Last name\tFirst name\tStudent ID\tEmail address\t14 Oct 2026 4.00PM All students\t"
            "21 Oct 2026 4.00PM All students\tP\tL\tE\tA\tTaken sessions\tPoints\tPercentage",
            "L\tAda\t001042\tada@maplewood.example\tP (2/2)\tL (1/2)\t1\t1\t0\t0\t2\t3 / 4\t75.00",
            "B\tBo\t001043\tbo@maplewood.example\tA (0/2)\t?\t0\t0\t0\t1\t1\t0 / 2\t0.00",
            "C\tCam\t001044\tcam@maplewood.example\tL (1/2)\t?\t0\t1\t0\t0\t1\t1 / 2\t50.00",
            "D\tDot\t001045\tdot@maplewood.example\t?\tP (2/2)\t1\t0\t0\t0\t1\t2 / 2\t100.00",
            end="\n",
        ).encode(),
        "moodle-attendance",
        {"ada@maplewood.example": None, "bo@maplewood.example": 0.0, "cam@maplewood.example": None},
        flags={"bo@maplewood.example": ["absent"], "cam@maplewood.example": ["late"]},
    ),
    "gotowebinar": Sample(
        text(
            "Attended,Interest Rating,Last Name,First Name,Email Address,Registration Date/Time,Join Time,Leave Time,"
            "Time in Session (minutes)",
            'Yes,80,L,Ada,ada@maplewood.example,"Oct 1, 2026 9:00 AM EDT","Oct 14, 2026 4:10 PM EDT",'
            '"Oct 14, 2026 5:10 PM EDT",60',
            "No,0,B,Bo,bo@maplewood.example,,--,--,--",
        ).encode(),
        "gotowebinar",
        {"ada@maplewood.example": 60.0},
    ),
    "gotowebinar's interface": Sample(
        json.dumps(
            [
                {
                    "registrantKey": 5,
                    "firstName": "Ada",
                    "lastName": "L",
                    "email": "ada@maplewood.example",
                    "attendanceTimeInSeconds": 3600,
                    "attendance": [
                        {"joinTime": "2026-10-14T20:00:00Z", "leaveTime": "2026-10-14T20:30:00Z"},
                        {"joinTime": "2026-10-14T21:00:00Z", "leaveTime": "2026-10-14T21:30:00Z"},
                    ],
                }
            ]
        ).encode(),
        "gotowebinar",
        {"ada@maplewood.example": 60.0},
    ),
    "a list in cp1252, with semicolons": Sample(
        text("Name;Email;Minutes", "José;jose@maplewood.example;75,5", "Siobhán;;40").encode("cp1252"),
        "table",
        {"jose@maplewood.example": 75.5, "Siobhán": 40.0},
        encoding="cp1252",
    ),
    "an Excel sheet": Sample(
        workbook(
            ["Sign-in sheet of Lincoln"],
            ["Name", "Email", "Time in", "Time out"],
            ["Ada", "ada@maplewood.example", clock("16:00"), clock("17:00")],
            ["=1+1", None, clock("16:00"), clock("16:30")],
            ["Bo", None, clock("16:00").time(), clock("16:45").time()],
        ),
        "table",
        {"ada@maplewood.example": 60.0, "Bo": 45.0},
    ),
}
