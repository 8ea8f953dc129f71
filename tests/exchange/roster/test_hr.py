"""Lists of a personnel office: titles above, a footer below, any encoding, one person on two lines, days of leaving."""

from __future__ import annotations

from datetime import date

import pytest

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.roster import Roster
from pdtracker.exchange.roster.days import day_of
from pdtracker.exchange.roster.hr import HrColumn, list_of
from tests.exchange.roster.rosters import read, workbook

LIST = """Maplewood Unified School District
Active employees as of 11/15/2026

Emp ID;Employee Name;Work E-mail;Building;Job Title;Term Date
001042;Lee, Patricia;PAT.LEE@maplewood.example;Lincoln;Teacher;
001042;Lee, Patricia;;ADAMS;Teacher;
001043;Núñez-Ortiz, José;jose@maplewood.example;Lincoln;Aide;06/30/2026
001044;Smith, Robert, Jr.;rob@maplewood.example;lincoln;Aide;46387
001045;Khan, Aisha;aisha@maplewood.example;;Clerk;soon
;Nobody, At All;;Lincoln;Clerk;
Total employees: 4
Printed by jdoe
"""


def hr(data: bytes, name: str = "hr.csv") -> Roster:
    return read({name: data})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_list_is_read_in_any_encoding(encoding: str) -> None:
    roster = hr(LIST.encode(encoding))
    assert (roster.format.value, roster.version, roster.mode.value) == ("hr", None, "bulk")
    assert [(one.key, one.name, one.email, one.schools) for one in roster.people] == [
        ("001042", "Patricia Lee", "pat.lee@maplewood.example", ("lincoln", "adams")),
        ("001043", "José Núñez-Ortiz", "jose@maplewood.example", ("lincoln",)),
        ("001044", "Robert Smith Jr.", "rob@maplewood.example", ("lincoln",)),
    ]
    assert [one.name for one in roster.schools] == ["Lincoln", "ADAMS"]
    assert [one.leaves for one in roster.people] == ["", "The list says that they left on 2026-06-30.", ""]
    assert [(told.line, told.key) for told in roster.refused] == [(9, "001045"), (10, "")]


def test_excel_keeps_numbers_as_numbers_and_days_as_serials() -> None:
    roster = hr(
        workbook(
            ("Staff list",),
            (),
            (
                "Employee Number",
                "First Name",
                "Last Name",
                "Email",
                "School Code",
                "School",
                "Status",
                "End Date",
            ),
            (1042.0, "Patricia", "Lee", "pat@maplewood.example", 110, "Lincoln", "Active", None),
            (998, "Bo", "Berg", "bo@maplewood.example", 110, "Lincoln", "Active", date(2026, 6, 30)),
            (997, "Cy", "Cole", "cy@maplewood.example", 120, None, "Terminated", None),
        ),
        "staff.xlsx",
    )
    assert [(one.key, one.schools, bool(one.leaves)) for one in roster.people] == [
        ("1042", ("110",), False),
        ("998", ("110",), True),
        ("997", ("120",), True),
    ]
    assert [(one.key, one.name) for one in roster.schools] == [("110", "Lincoln"), ("120", "Building 120")]
    assert "cut the zeros" in roster.warnings[0]


def test_of_two_posts_the_one_that_goes_on_counts() -> None:
    roster = hr(
        b"Employee ID,Name,Email,Building,End date\n"
        b"1,Ada Lindqvist,ada@maplewood.example,Lincoln,2026-06-30\n"
        b"1,Ada Lindqvist,ada@maplewood.example,Adams,\n"
    )
    (one,) = roster.people
    assert (one.schools, one.leaves) == (("adams",), "")


def test_columns_are_chosen_where_nobody_could_guess_them() -> None:
    data = b"Kennung,Wer,Post,Passwort\n7,Ada Lindqvist,ada@maplewood.example,geheim\n"
    with pytest.raises(Mistyped, match="Choose the columns"):
        hr(data)
    chosen = {HrColumn.NUMBER: "Kennung", HrColumn.NAME: "wer", HrColumn.EMAIL: "Post"}
    (one,) = read({"x.csv": data}, chosen).people
    assert (one.key, one.name, one.email) == ("7", "Ada Lindqvist", "ada@maplewood.example")
    with pytest.raises(Mistyped, match="all the headings that were chosen"):
        read({"x.csv": data}, {**chosen, HrColumn.TITLE: "Amt"})


def test_what_there_is_to_choose_from_shows_no_secrets() -> None:
    shown = list_of(
        "x.csv", b"A title\nEmp ID,Full name,Mail,SSN,Date of birth\n7,Ada,a@b.example,123-45,1980-01-01\n"
    )
    assert shown.headings == ("Emp ID", "Full name", "Mail", "SSN", "Date of birth")
    assert shown.samples == (("7", "Ada", "a@b.example", "", ""),)
    assert shown.guess == {
        HrColumn.NUMBER: "Emp ID",
        HrColumn.NAME: "Full name",
        HrColumn.EMAIL: "Mail",
    }


def test_without_numbers_the_address_is_the_key() -> None:
    roster = hr(b"Name,Email\nAda,Ada@maplewood.example\n")
    assert [one.key for one in roster.people] == ["ada@maplewood.example"]


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-06-30", date(2026, 6, 30)),
        ("2026-06-30 00:00:00", date(2026, 6, 30)),
        ("6/30/2026", date(2026, 6, 30)),
        ("3/4/26", date(2026, 3, 4)),
        ("30.06.2026", date(2026, 6, 30)),
        ("30-Jun-2026", date(2026, 6, 30)),
        ("June 30, 2026", date(2026, 6, 30)),
        ("46203", date(2026, 6, 30)),
        ("46203.5", date(2026, 6, 30)),
        ("2026-02-30", None),
        ("30-Jux-2026", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days_of_every_kind(told: str, day: date | None) -> None:
    assert day_of(told) == day
