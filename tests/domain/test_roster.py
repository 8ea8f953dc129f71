"""What an import of a roster would do: by key, by address, by number; who is missing leaves, and nobody is deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pdtracker.domain.access import Role
from pdtracker.domain.roster import (
    Listed,
    ListedSchool,
    Roster,
    RosterAction,
    RosterFormat,
    RosterMode,
    RosterRefused,
    is_never_read,
    leading_role,
    role_of,
)
from pdtracker.domain.roster_plan import Change, KnownPerson, KnownSchool, RosterPlan
from pdtracker.domain.roster_planning import plan_roster

CREATE, UPDATE, DEACTIVATE, UNCHANGED = RosterAction


def listed(key: str, line: int = 2, **told: object) -> Listed:
    one = Listed(
        key, "users.csv", line, f"Person {key}", f"{key}@x.example", role=Role.TEACHER, schools=("s1",)
    )
    return replace(one, **told)  # type: ignore[arg-type]


def known(person_id: int, key: str = "", **told: object) -> KnownPerson:
    one = KnownPerson(person_id, key, f"Person {key}", f"{key}@x.example", "", "", 10, ("s1",), Role.TEACHER)
    return replace(one, **told)  # type: ignore[arg-type]


def roster(*people: Listed, mode: RosterMode = RosterMode.BULK, **told: object) -> Roster:
    one = Roster(RosterFormat.ONEROSTER, "1.1", mode, (ListedSchool("s1", "North", 2),), people)
    return replace(one, **told)  # type: ignore[arg-type]


NORTH = KnownSchool(10, "s1", "North")


def plan(told: Roster, *people: KnownPerson, schools: tuple[KnownSchool, ...] = (NORTH,)) -> RosterPlan:
    return plan_roster(told, people, schools)


def actions(made: RosterPlan) -> dict[str, RosterAction]:
    return {one.key: one.action for one in made.people}


def test_who_is_new_who_is_as_before_and_who_is_missing() -> None:
    made = plan(
        roster(listed("a"), listed("b")),
        known(1, "b"),
        known(2, "c"),
        *(known(n, f"d{n}") for n in range(3, 9)),
    )
    assert actions(made) == {"a": CREATE, "b": UNCHANGED, "c": DEACTIVATE} | {
        f"d{n}": DEACTIVATE for n in range(3, 9)
    }
    assert made.people[2].why == "They are missing from the file."
    assert made.leaving == 7


def test_only_who_came_with_this_source_can_be_missing() -> None:
    made = plan(roster(listed("a")), known(1, "", email="by@hand.example"), known(2, "b", has_left=True))
    assert actions(made) == {"a": CREATE}


def test_a_delta_lets_nobody_leave_for_being_missing() -> None:
    made = plan(roster(listed("a", leaves="Deleted."), mode=RosterMode.DELTA), known(1, "a"), known(2, "b"))
    assert actions(made) == {"a": DEACTIVATE}


def test_what_changed_is_named() -> None:
    made = plan(
        roster(listed("a", name="Ada L", email="new@x.example", title="Ms", number="7")),
        known(1, "a", has_left=True, school_id=None),
    )
    (one,) = made.people
    assert one.action is UPDATE
    assert set(one.changes) == set(Change)
    assert (one.name, one.email, one.title, one.number) == ("Ada L", "new@x.example", "Ms", "7")


def test_what_a_roster_does_not_tell_stays() -> None:
    made = plan(
        roster(listed("a", name="", email="", role=None, schools=None), mode=RosterMode.DELTA),
        known(1, "a", title="Ms", number="7", school_keys=("s1", "s2")),
    )
    (one,) = made.people
    assert one.action is UNCHANGED
    assert (one.name, one.email, one.title, one.schools) == ("Person a", "a@x.example", "Ms", ("s1", "s2"))


def test_who_was_added_by_hand_is_found_by_address_or_number() -> None:
    made = plan(
        roster(listed("a", email="ADA@x.example"), listed("b", number="E-7")),
        known(1, "", name="Person a", email="ada@x.example"),
        known(2, "", name="Person b", email="old@x.example", number="e-7"),
    )
    assert [(one.person_id, one.action) for one in made.people] == [(1, UNCHANGED), (2, UPDATE)]


def test_who_got_another_key_is_the_same_by_their_address() -> None:
    made = plan(roster(listed("new", email="a@x.example", name="Person a")), known(1, "a"))
    assert [(one.key, one.person_id, one.action) for one in made.people] == [("new", 1, UNCHANGED)]


def test_an_address_of_somebody_else_is_refused() -> None:
    made = plan(
        roster(listed("a"), listed("b", 3, email="A@x.example"), listed("c", 4, email="z@x.example")),
        known(1, "a"),
        known(2, "z"),
        *(known(n, f"k{n}") for n in range(3, 5)),
    )
    assert made.refused[0] == RosterRefused(
        "users.csv", 3, "The address is that of a in this file already.", "b"
    )
    delta = plan(roster(listed("c", 4, email="z@x.example"), mode=RosterMode.DELTA), known(2, "z"))
    assert [told.why for told in delta.refused] == ["The address belongs to z in this district already."]


def test_known_people_keep_an_address_and_a_number_that_somebody_else_has() -> None:
    made = plan(
        roster(listed("a", email="hand@x.example", number="7"), mode=RosterMode.DELTA),
        known(1, "a"),
        known(2, "", email="hand@x.example", number="7"),
    )
    (one,) = made.people
    assert (one.action, one.email, one.number) == (UNCHANGED, "a@x.example", "")
    assert len(made.warnings) == 2


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"email": ""}, "no e-mail address"),
        ({"role": None}, "No role"),
        ({"name": ""}, "whom nobody here knows"),
    ],
)
def test_new_people_need_a_name_an_address_and_a_role(told: dict[str, object], why: str) -> None:
    made = plan(roster(listed("a", **told)))
    assert made.people == ()
    assert why in made.refused[0].why


def test_a_refused_line_lets_nobody_leave() -> None:
    told = RosterRefused("users.csv", 3, "The e-mail address isn\u2019t one.", "b")
    made = plan(roster(listed("a"), refused=(told,)), known(1, "a"), known(2, "b"))
    assert actions(made) == {"a": UNCHANGED}


def test_a_tenth_may_leave_and_more_needs_a_second_yes() -> None:
    people = [known(number, f"k{number}") for number in range(20)]
    for missing, needs in ((2, False), (3, True)):
        made = plan(roster(*(listed(one.key) for one in people[missing:])), *people)
        assert (made.leaving, made.needs_second_yes) == (missing, needs)


def test_who_may_stand_in_a_line_that_cannot_be_read_leaves_only_with_a_second_yes() -> None:
    people = [known(number, f"k{number}") for number in range(20)]
    unreadable = (RosterRefused("users.csv", 9, "A quotation mark is not closed."),)
    told = roster(*(listed(one.key) for one in people[1:]), refused=unreadable)
    assert plan(told, *people).needs_second_yes
    assert not plan(replace(told, refused=()), *people).needs_second_yes


def test_nobody_lets_themselves_leave() -> None:
    made = plan(roster(listed("a")), known(1, "a"), known(2, "me", is_me=True))
    assert actions(made) == {"a": UNCHANGED}
    assert "You are missing" in made.warnings[0]
    said = plan(roster(listed("me", leaves="Deleted.")), known(2, "me", is_me=True))
    assert actions(said) == {"me": UNCHANGED}


def test_who_left_and_was_never_here_is_not_made() -> None:
    assert actions(plan(roster(listed("a", leaves="They left.")))) == {"a": UNCHANGED}


def test_schools_are_known_by_key_then_by_name() -> None:
    told = roster(listed("a"), schools=(ListedSchool("s1", "North", 2), ListedSchool("s2", "South", 3)))
    made = plan(told, schools=(KnownSchool(10, "", "north"), KnownSchool(11, "s2", "Old South")))
    assert [(one.id, one.name, one.action) for one in made.schools] == [
        (10, "North", UPDATE),
        (11, "South", UPDATE),
    ]


def test_two_schools_of_one_name_are_told_apart_each_time() -> None:
    told = roster(listed("a"), schools=(ListedSchool("s1", "North", 2), ListedSchool("s2", "North", 3)))
    made = plan(told, schools=())
    assert [one.name for one in made.schools] == ["North", "North (s2)"]
    again = plan(told, schools=(NORTH, KnownSchool(11, "s2", "North (s2)")))
    assert [one.action for one in again.schools] == [UNCHANGED, UNCHANGED]


def test_a_school_that_is_not_listed_is_told_and_the_person_kept() -> None:
    made = plan(roster(listed("a", schools=("s9", "district")), elsewhere=frozenset({"district"})))
    assert made.people[0].schools == ("s9",)
    assert made.people[0].action is CREATE
    assert "1 school is named for people and not listed: s9" in made.warnings[0]


def test_whoever_works_at_one_of_several_schools_stays_there() -> None:
    schools = (NORTH, KnownSchool(11, "s2", "South"))
    told = roster(listed("a", schools=("s1", "s2")))
    both = ("s2", "s1")
    assert (
        plan(told, known(1, "a", school_id=11, school_keys=both), schools=schools).people[0].action
        is UNCHANGED
    )
    for elsewhere in ({"school_id": 12, "school_keys": both}, {"school_id": 11, "school_keys": ("s2",)}):
        assert plan(told, known(1, "a", **elsewhere), schools=schools).people[0].changes == (Change.SCHOOL,)


def test_roles_of_a_delta_add_and_take_away_schools() -> None:
    told = roster(
        listed("a", schools=("s2",), adds_schools=True, gone_schools=("s1",)),
        mode=RosterMode.DELTA,
        schools=(),
    )
    made = plan(
        told, known(1, "a", school_keys=("s1", "s3")), schools=(NORTH, KnownSchool(11, "s2", "South"))
    )
    assert made.people[0].schools == ("s2", "s3")


def test_zeros_that_a_spreadsheet_cut_off_do_not_make_strangers() -> None:
    told = roster(listed("42", name="Person 0042", email="0042@x.example"), format=RosterFormat.HR)
    made = plan(told, known(1, "0042"))
    assert [(one.key, one.person_id, one.action) for one in made.people] == [("0042", 1, UNCHANGED)]
    assert actions(plan(replace(told, format=RosterFormat.SDS), known(1, "0042", email="x@x.example"))) == {
        "42": CREATE,
        "0042": DEACTIVATE,
    }


def test_far_reaching_roles_and_what_was_left_unread_are_told() -> None:
    made = plan(roster(listed("a", role=Role.ADMINISTRATOR), unread=2))
    assert made.people[0].role is Role.ADMINISTRATOR
    assert "2 students and guardians were left out unread." in made.warnings
    assert any("nobody more than the teacher" in told for told in made.warnings)


def test_the_same_twice_changes_nothing() -> None:
    assert plan(roster(listed("a")), known(1, "a")).changes_nothing
    assert not plan(roster(listed("b")), known(1, "a")).changes_nothing


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("teacher", Role.TEACHER),
        ("aide", Role.TEACHER),
        ("ext:librarian", Role.TEACHER),
        ("", Role.TEACHER),
        ("principal", Role.REVIEWER),
        ("districtAdministrator", Role.ADMINISTRATOR),
        ("District Admin", Role.ADMINISTRATOR),
    ],
)
def test_the_words_of_rosters_are_ours(word: str, role: Role) -> None:
    assert role_of(word) is role


def test_students_and_families_are_never_read() -> None:
    assert all(
        is_never_read(word) for word in ("student", "Guardian", "PARENT", "relative", "ext:formerStudent")
    )
    assert not is_never_read("teacher")
    assert leading_role([]) is None
    assert leading_role([Role.TEACHER, Role.ADMINISTRATOR]) is Role.ADMINISTRATOR
