"""Each system's files give schools and staff; students are counted only, and nobody's password is looked at."""

from __future__ import annotations

import pytest

from pdtracker.domain.access import Role
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.roster import RosterMode
from tests.exchange.roster.rosters import (
    ROLES_12,
    USERS_11,
    lines,
    oneroster_11,
    oneroster_12,
    read,
    read_packed,
    role,
    teacher,
    user,
    zipped,
)


def test_oneroster_1_1_tells_schools_and_staff() -> None:
    roster = read(
        oneroster_11(
            teacher("T1", "Ana María", "López"),
            teacher("T2", "D'Andre", "Jackson", orgs="org-120, org-110", role="aide"),
            teacher("T3", "Aisha", "Khan", orgs="org-1", role="administrator"),
        )
    )
    assert (roster.format.value, roster.version, roster.mode) == ("oneroster", "1.1", RosterMode.BULK)
    assert [(one.key, one.name) for one in roster.schools] == [
        ("org-110", "Lincoln Middle School"),
        ("org-120", "Adams"),
    ]
    assert [(one.key, one.line, one.name, one.email, one.number) for one in roster.people] == [
        ("T1", 2, "Ana María López", "anamaría.lópez@maplewood.example", "001"),
        ("T2", 3, "D'Andre Jackson", "d'andre.jackson@maplewood.example", "002"),
        ("T3", 4, "Aisha Khan", "aisha.khan@maplewood.example", "003"),
    ]
    assert [one.schools for one in roster.people] == [("org-110",), ("org-120", "org-110"), ("org-1",)]
    assert [one.role for one in roster.people] == [Role.TEACHER, Role.TEACHER, Role.ADMINISTRATOR]
    assert roster.elsewhere == {"org-1"}


def test_students_and_families_are_counted_and_nothing_else_of_them_is_read() -> None:
    roster = read(
        oneroster_11(
            teacher("T1", "Ada", "Lindqvist"),
            *(
                teacher(f"S{word}", "\u202e", "x", role=word)
                for word in ("student", "guardian", "parent", "relative")
            ),
        )
    )
    # Their names would be refused, had anybody looked at them.
    assert roster.unread == 4
    assert roster.refused == ()
    assert [one.key for one in roster.people] == ["T1"]
    assert "secret" not in repr(roster)


def test_oneroster_1_2_has_a_role_for_each_school() -> None:
    roster = read(
        oneroster_12(
            (
                user("T1", "Ada", "Lindqvist"),
                user("T2", "Bo", "Berg"),
                user("S1", "Kim", "Child"),
                user("X1", "No", "Role"),
            ),
            (
                role("T1", "teacher", "org-120", kind="secondary"),
                role("T1", "teacher", "org-110"),
                role("T2", "principal", "org-110"),
                role("T2", "teacher", "org-120", ends="2026-06-30"),
                role("S1", "student", "org-110"),
            ),
        )
    )
    assert (roster.version, roster.unread) == ("1.2", 1)
    assert [(one.key, one.name, one.role, one.schools) for one in roster.people] == [
        ("T1", "Ada Lindqvist", Role.TEACHER, ("org-110", "org-120")),
        ("T2", "Bo Berg", Role.REVIEWER, ("org-110",)),
        ("X1", "No Role", None, None),
    ]


def test_who_has_only_roles_that_ended_leaves() -> None:
    roster = read(
        oneroster_12(
            (user("T1", "Ada", "Lindqvist"),), (role("T1", "teacher", "org-110", ends="2026-11-29"),)
        )
    )
    assert roster.people[0].leaves == "The last of their roles has ended."


def test_who_is_to_be_deleted_or_switched_off_leaves() -> None:
    off = teacher("T2", "Bo", "Berg").replace(",true,", ",false,")
    roster = read(oneroster_11(teacher("T1", "Ada", "Lindqvist", status="tobedeleted"), off, mode="delta"))
    assert roster.mode is RosterMode.DELTA
    assert all(one.leaves for one in roster.people)


def test_a_delta_of_roles_adds_and_takes_away_schools() -> None:
    roster = read(
        oneroster_12(
            (),
            (
                role("T1", "teacher", "org-120", status="active"),
                role("T1", "teacher", "org-110", status="tobedeleted"),
            ),
            mode="delta",
        )
    )
    (one,) = roster.people
    assert (one.key, one.name, one.schools, one.adds_schools, one.gone_schools, one.leaves) == (
        "T1",
        "",
        ("org-120",),
        True,
        ("org-110",),
        "",
    )


def test_a_roster_without_manifest_is_read_by_its_columns() -> None:
    files = oneroster_11(teacher("T1", "Ada", "Lindqvist"))
    del files["manifest.csv"]
    roster = read(files)
    assert (roster.version, roster.mode) == ("1.1", RosterMode.BULK)
    assert any("manifest" in told for told in roster.warnings)
    files["users.csv"] = lines(USERS_11, teacher("T1", "Ada", "Lindqvist", status="active"))
    assert read(files).mode is RosterMode.DELTA
    assert read({"roster-june.csv": files["users.csv"]}).people[0].key == "T1"


def test_columns_may_stand_in_any_order_beside_others() -> None:
    heading = "metadata.x,email,role,SOURCEDID,familyName,givenName,enabledUser,orgSourcedIds"
    files = oneroster_11() | {
        "users.csv": lines(heading, '"{""a"":1}",a@b.example,teacher,T1,L,A,true,org-110')
    }
    assert [(one.key, one.name, one.email) for one in read(files).people] == [("T1", "A L", "a@b.example")]


def test_lines_that_cannot_be_used_are_told_with_their_number() -> None:
    roster = read(
        oneroster_11(
            teacher("T1", "Ada", "Lindqvist"),
            teacher("T1", "Bo", "Berg"),
            teacher("", "Cy", "Cole"),
            teacher("T4", "D\u202ed", "Dahl"),
            teacher("T5", "Ed", "Eck").replace("@", " at "),
            'T6,,,true,"org-110,teacher',
        )
    )
    assert [one.key for one in roster.people] == ["T1"]
    assert [(told.file, told.line, told.key) for told in roster.refused] == [
        ("users.csv", 3, "T1"),
        ("users.csv", 4, ""),
        ("users.csv", 5, "T4"),
        ("users.csv", 6, "T5"),
        ("users.csv", 7, ""),
    ]


def test_clever_has_a_line_for_each_school() -> None:
    roster = read(
        {
            "schools.csv": lines("School_id,School_name,School_number", "110,Lincoln,110", "120,Adams,120"),
            "teachers.csv": lines(
                "School_id,Teacher_id,Teacher_number,Teacher_email,First_name,Last_name,Title,Password",
                "110,T1,001,Pat@Maplewood.example,Patricia,Lee,Math,secret",
                "120,T1,001,pat@maplewood.example,Patricia,Lee,Math,secret",
                "110,T2,002,x@maplewood.example,Xu,Yi,,secret",
                "120,T2,002,other@maplewood.example,Xu,Yi,,secret",
            ),
            "staff.csv": lines(
                "School_id,Staff_id,Staff_email,First_name,Last_name,Title,Role",
                "110,S1,cam@maplewood.example,Cam,Cole,Office,District Administrator",
            ),
            "students.csv": b"never opened",
        }
    )
    assert (roster.format.value, roster.version, roster.mode.value) == ("clever", None, "bulk")
    assert [(one.key, one.schools, one.number, one.title) for one in roster.people] == [
        ("T1", ("110", "120"), "001", "Math"),
        ("T2", ("110",), "002", ""),
        ("S1", ("110",), "", "Office"),
    ]
    assert roster.people[2].role is Role.ADMINISTRATOR
    assert [(told.line, told.key) for told in roster.refused] == [(5, "T2")]
    assert "secret" not in repr(roster)


def test_microsofts_files_of_both_versions() -> None:
    roster = read(
        {
            "orgs.csv": lines(
                "sourcedId,name,type,parentSourcedId", "110,Lincoln,school,", "1,Maplewood,district,"
            ),
            "users.csv": lines(
                "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms",
                "T1,pat@maplewood.example,Patricia,Lee,secret,,,,",
                "S1,kid@maplewood.example,Kim,Child,secret,,,,",
            ),
            "roles.csv": lines(
                "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate",
                "T1,110,teacher,,,TRUE,2026-08-17,",
                "S1,110,student,,,TRUE,2026-08-17,",
            ),
        }
    )
    assert (roster.format.value, roster.version, roster.unread) == ("sds", "2.1", 1)
    assert [(one.key, one.email, one.schools) for one in roster.people] == [
        ("T1", "pat@maplewood.example", ("110",))
    ]
    older = read(
        {
            "School.csv": lines("SIS ID,Name", "110,Lincoln", "120,Adams"),
            "Teacher.csv": lines(
                "SIS ID,School SIS ID,First Name,Last Name,Username,Password,State ID,Teacher Number,Status,"
                "Middle Name,Secondary Email,Title,Qualification",
                "T1,110,Patricia,Lee,pat,secret,,001,Active,,pat@maplewood.example,Ms,",
                "T1,120,Patricia,Lee,pat,secret,,001,Active,,pat@maplewood.example,Ms,",
                "T2,120,Xu,Yi,xu@maplewood.example,secret,,002,Inactive,,,,",
            ),
        }
    )
    assert (older.format.value, older.version) == ("sds", "1")
    assert [(one.key, one.email, one.schools, bool(one.leaves)) for one in older.people] == [
        ("T1", "pat@maplewood.example", ("110", "120"), False),
        ("T2", "xu@maplewood.example", ("120",), True),
    ]


def test_an_archive_may_have_its_files_in_a_folder() -> None:
    files = oneroster_11(teacher("T1", "Ada", "Lindqvist"))
    assert read_packed(zipped(files, "export/")) == read_packed(zipped(files))


def test_a_roster_without_staff_is_refused_whole() -> None:
    with pytest.raises(Mistyped, match="nobody of the staff"):
        read(oneroster_11(teacher("S1", "Kim", "Child", role="student")))


def test_a_version_that_nobody_knows_is_refused() -> None:
    files = oneroster_12((user("T1", "Ada", "L"),), (ROLES_12,))
    files["manifest.csv"] = files["manifest.csv"].replace(b"1.2", b"2.0")
    with pytest.raises(Mistyped, match=r"This is OneRoster 2\.0"):
        read(files)
