"""A roster holds whole or not at all, twice is once, nobody is deleted, and undo takes back just that import."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker import audit
from pdtracker.actions.people import edit_person, give_new_code
from pdtracker.actions.roster_undoing import undo_roster
from pdtracker.actions.rosters import (
    Brought,
    bring_roster,
    commit_roster,
    discard_roster,
    purge_rosters,
    save_roster_profile,
)
from pdtracker.domain.access import Role
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.roster import RosterAction, RosterState
from pdtracker.models.districts import School
from pdtracker.models.people import Membership, Person, SignIn
from pdtracker.models.records import AuditEntry
from pdtracker.models.rosters import RosterImport, RosterLine, RosterPerson
from pdtracker.queries.rosters import lines, one_roster, plan_of, profiles, roster_imports
from pdtracker.scope import Scope
from tests.exchange.roster.rosters import teacher
from tests.factories import Cast
from tests.rostering import imported, roster

ADA = (
    teacher("T1", "ada", "x")
    .replace("ada.x@Maplewood.example", "Ada@maplewood.example")
    .replace("ada,x", "Ada,Lindqvist")
)
NEW = teacher("T2", "Nia", "New", orgs="org-120")


def people(scope: Scope) -> dict[str, Person]:
    return {
        one.email: one
        for one in scope.session.scalars(sa.select(Person).execution_options(populate_existing=True))
    }


def counts(scope: Scope, import_id: int) -> dict[str, int]:
    told = one_roster(scope, import_id).counts
    return {kind.value: told[kind.value] for kind in RosterAction}


def test_who_is_new_can_claim_and_has_their_school(cast: Cast) -> None:
    scope = cast.scope("cam")
    written = imported(scope, roster(NEW))
    one = people(scope)["nia.new@maplewood.example"]
    assert (one.name, one.employee_number, one.employee_key, one.left_at) == ("Nia New", "002", "002", None)
    assert scope.session.scalar(sa.select(School.name).where(School.id == one.school_id)) == "Adams"
    roles = scope.session.scalars(sa.select(Membership.role).where(Membership.person_id == one.id)).all()
    assert roles == [Role.TEACHER]
    assert counts(scope, written.import_id) == {"create": 21, "update": 0, "deactivate": 0, "unchanged": 0}
    assert audit.first_break(scope.session) is None


def test_a_roster_gives_nobody_more_than_the_teachers_role(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(teacher("T3", "Aisha", "Khan", role="administrator")))
    one = people(scope)["aisha.khan@maplewood.example"]
    assert scope.session.scalars(sa.select(Membership.role).where(Membership.person_id == one.id)).all() == [
        Role.TEACHER
    ]
    assert (
        scope.session.scalar(sa.select(RosterPerson.role).where(RosterPerson.person_id == one.id))
        is Role.ADMINISTRATOR
    )


def test_the_same_file_again_changes_nobody(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(ADA, NEW))
    again = imported(scope, roster(ADA, NEW))
    assert again.plan.changes_nothing
    assert counts(scope, again.import_id)["unchanged"] == 22


def test_who_was_there_by_hand_keeps_their_account_and_roles(cast: Cast) -> None:
    scope = cast.scope("cam")
    ada = people(scope)["ada@maplewood.example"].id
    before = scope.session.scalars(sa.select(Membership.id).where(Membership.person_id == ada)).all()
    imported(scope, roster(ADA))
    assert people(scope)["ada@maplewood.example"].id == ada
    assert scope.session.scalars(sa.select(Membership.id).where(Membership.person_id == ada)).all() == before
    assert scope.session.scalar(sa.select(RosterPerson.key).where(RosterPerson.person_id == ada)) == "T1"


def test_who_is_missing_leaves_is_signed_out_and_comes_back(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(ADA, NEW))
    with cast.database.session(None, installation=True) as doors:
        signed_in = sa.select(sa.func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))
        before = doors.scalar(signed_in)
        gone = imported(scope, roster(NEW))
        doors.rollback()
        assert (before or 0) >= (doors.scalar(signed_in) or 0)
    ada = people(scope)["ada@maplewood.example"]
    assert ada.left_at == scope.at
    assert counts(scope, gone.import_id) == {"create": 0, "update": 0, "deactivate": 1, "unchanged": 21}
    told = scope.session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.action == "person.left")).all()
    assert told[-1]["why"] == "They are missing from the file."
    # Nobody who was added by hand left.
    assert people(scope)["bo@maplewood.example"].left_at is None
    again = imported(scope, roster(NEW))
    assert again.plan.changes_nothing
    imported(scope, roster(ADA, NEW))
    assert people(scope)["ada@maplewood.example"].left_at is None


def test_more_than_a_tenth_leaving_needs_a_second_yes(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(ADA, NEW))
    few = roster(ADA, more=False)
    for may_leave in (0, 20):
        with pytest.raises(NotNow, match="21 of 22 people would leave"):
            imported(scope, few, may_leave)
    assert people(scope)["nia.new@maplewood.example"].left_at is None
    assert imported(scope, few, 21).plan.leaving == 21


def test_a_delta_changes_whom_it_names(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(ADA, NEW))
    told = roster(
        NEW.replace("Nia,New", "Nia,Newer").replace("T2,,", "T2,active,"),
        ADA.replace("T1,,", "T1,tobedeleted,"),
        teacher("T9", "Zoe", "Zed", orgs="org-999", status="active"),
        mode="delta",
    )
    written = imported(scope, told)
    assert counts(scope, written.import_id) == {"create": 1, "update": 1, "deactivate": 1, "unchanged": 0}
    assert people(scope)["nia.new@maplewood.example"].name == "Nia Newer"
    assert people(scope)["zoe.zed@maplewood.example"].school_id is None
    assert any("org-999" in warning for warning in written.plan.warnings)
    assert imported(scope, told).plan.changes_nothing


def test_an_address_of_another_district_becomes_a_person_of_its_own(cast: Cast) -> None:
    scope = cast.scope("cam")
    dee = teacher("T7", "Dee", "x").replace("Dee.x@Maplewood.example", "dee@riverton.example")
    imported(scope, roster(dee))
    assert people(scope)["dee@riverton.example"].school_id is not None
    assert "dee@riverton.example" not in {
        one.email for one in people(cast.scope("ada")).values() if one.left_at
    }
    assert len(roster_imports(cast.scope("rex"))) == 0


def test_nothing_holds_before_the_yes(cast: Cast) -> None:
    scope = cast.scope("cam")
    before = sorted(people(scope))
    import_id = bring_roster(scope, Brought("r.zip", "0" * 64, roster(ADA, NEW)))
    one = one_roster(scope, import_id)
    assert (one.state, one.counts["create"]) == (RosterState.WAITING, 21)
    shown = lines(scope, one, RosterAction.CREATE, 0)
    assert (shown.rows[0].name, shown.rows[0].schools, shown.last) == ("Nia New", ("Adams",), None)
    assert sorted(people(scope)) == before
    commit_roster(scope, cast.database, import_id, may_leave=0)
    assert "nia.new@maplewood.example" in people(scope)
    row = scope.session.execute(sa.select(RosterImport.listed, RosterImport.state)).one()
    assert (row.listed, row.state) == (None, RosterState.COMMITTED)
    with pytest.raises(NotNow, match="not waiting"):
        commit_roster(scope, cast.database, import_id, may_leave=0)


def test_a_waiting_import_can_be_thrown_away(cast: Cast) -> None:
    scope = cast.scope("cam")
    import_id = bring_roster(scope, Brought("r.zip", "0" * 64, roster(NEW)))
    discard_roster(scope, import_id)
    with pytest.raises(NotHere):
        one_roster(scope, import_id)
    assert scope.session.scalar(sa.select(sa.func.count()).select_from(RosterLine)) == 0


def test_a_roster_that_nobody_wants_goes_by_itself(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(ADA))
    import_id = bring_roster(scope, Brought("r.zip", "0" * 64, roster(NEW)))
    assert purge_rosters(replace(scope, at=scope.at + timedelta(days=13))) == 0
    later = replace(scope, at=scope.at + timedelta(days=15))
    assert (purge_rosters(later), purge_rosters(later)) == (1, 0)
    with pytest.raises(NotHere):
        one_roster(scope, import_id)
    assert [one.state for one in roster_imports(scope)] == [RosterState.COMMITTED]


def test_undo_takes_back_just_that_import(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(ADA, NEW))
    later = replace(scope, at=scope.at + timedelta(hours=1))
    second = imported(
        later, roster(ADA.replace("Ada,Lindqvist", "Ada,Lind"), teacher("T5", "Vic", "Vane", orgs="org-130"))
    )
    assert counts(later, second.import_id) == {"create": 1, "update": 1, "deactivate": 1, "unchanged": 20}
    done = undo_roster(later, second.import_id)
    assert (done.gone, done.restored, done.stayed) == (1, 2, 0)
    now = people(scope)
    assert now["ada@maplewood.example"].name == "Ada Lindqvist"
    assert now["nia.new@maplewood.example"].left_at is None
    assert "vic.vane@maplewood.example" not in now
    assert plan_of(later, roster(ADA, NEW)).changes_nothing
    with pytest.raises(NotNow, match="only once"):
        undo_roster(later, second.import_id)
    assert audit.first_break(scope.session) is None


def test_undo_of_the_first_import_leaves_nothing_of_it(cast: Cast) -> None:
    scope = cast.scope("cam")
    before, schools = sorted(people(scope)), scope.session.scalars(sa.select(School.name)).all()
    written = imported(scope, roster(ADA, NEW))
    undo_roster(scope, written.import_id)
    assert sorted(people(scope)) == before
    assert scope.session.scalars(sa.select(School.name)).all() == schools
    assert scope.session.scalar(sa.select(sa.func.count()).select_from(RosterPerson)) == 0


def test_undo_leaves_what_somebody_did_since(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(ADA))
    later = replace(scope, at=scope.at + timedelta(hours=1))
    second = imported(later, roster(ADA.replace("Ada,Lindqvist", "Ada,Lind"), NEW))
    now = people(scope)
    ada, nia = now["ada@maplewood.example"], now["nia.new@maplewood.example"].id
    edit_person(later, ada.id, name="Ada L.", title="Ms", school_id=ada.school_id, employee_number="")
    give_new_code(later, cast.database, nia)
    done = undo_roster(later, second.import_id)
    assert (done.gone, done.restored, done.stayed) == (0, 0, 2)
    now = people(scope)
    assert (now["ada@maplewood.example"].name, now["nia.new@maplewood.example"].left_at) == (
        "Ada L.",
        later.at,
    )
    told = lines(later, one_roster(later, second.import_id), RosterAction.CREATE, 0).rows
    assert told[0].stayed.startswith("They have used it since")


def test_who_may_not_manage_people_imports_nothing(cast: Cast) -> None:
    for name in ("ada", "bo", "hal"):
        with pytest.raises(NotPermitted):
            imported(cast.scope(name), roster(NEW))


def test_whoever_imports_stays_though_they_are_missing(cast: Cast) -> None:
    scope = cast.scope("cam")
    cam = teacher("C1", "Cam", "x").replace("Cam.x@Maplewood.example", "cam@maplewood.example")
    imported(scope, roster(cam))
    written = imported(scope, roster(NEW))
    assert people(scope)["cam@maplewood.example"].left_at is None
    assert any("You are missing" in warning for warning in written.plan.warnings)


def test_a_broken_rule_undoes_all_of_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    scope = cast.scope("cam")
    before = sorted(people(scope))
    told = roster(NEW)
    monkeypatch.setattr("pdtracker.actions.rosters.rosters.known_people", lambda *_: [])
    taken = replace(
        told, people=(*told.people, replace(told.people[0], key="T8", email="ada@maplewood.example"))
    )
    with pytest.raises(NotValid, match="put right"):
        imported(scope, taken)
    assert sorted(people(scope)) == before


def test_columns_are_kept_under_a_name(cast: Cast) -> None:
    scope = cast.scope("cam")
    save_roster_profile(scope, "Payroll", {"number": "Emp"})
    save_roster_profile(scope, "Payroll", {"number": "Emp ID"})
    assert [(one.name, one.columns) for one in profiles(scope)] == [("Payroll", {"number": "Emp ID"})]
    assert profiles(cast.scope("rex")) == ()


def test_the_older_import_can_be_undone_first(cast: Cast) -> None:
    scope = cast.scope("cam")
    elsewhere = ADA.replace("org-110", "org-120")
    first = imported(scope, roster(elsewhere))
    second = imported(scope, roster(ADA))
    undo_roster(scope, first.import_id)
    undo_roster(scope, second.import_id)
    ada = people(scope)["ada@maplewood.example"]
    assert ada.school_id is None or ada.school_id in set(scope.session.scalars(sa.select(School.id)))


def test_undo_leaves_the_key_of_who_was_as_before(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(NEW))
    second = imported(scope, roster(NEW.replace("teacher", "administrator"), teacher("T3", "Ned", "Newer")))
    undo_roster(scope, second.import_id)
    scope.session.rollback()
    keys = set(scope.session.scalars(sa.select(RosterPerson.key)))
    assert "T2" in keys
    assert "T3" not in keys


def test_a_key_that_went_to_somebody_else_stays_theirs(cast: Cast) -> None:
    scope = cast.scope("cam")
    imported(scope, roster(ADA))
    other = ADA.replace("T1", "T9").replace("Lindqvist", "Lindquist")
    renamed = imported(scope, roster(other), may_leave=1)
    imported(scope, roster(other, teacher("T1", "Q", "Other")))
    undo_roster(scope, renamed.import_id)
    scope.session.rollback()
    owner = scope.session.scalar(sa.select(RosterPerson.person_id).where(RosterPerson.key == "T1"))
    assert owner == people(scope)["q.other@maplewood.example"].id
