"""A district from nothing: its first page says what is missing, each step can be kept, skipped or taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from pdtracker.actions.districts import NewDistrict, create_district
from pdtracker.actions.setting_up import rename_school
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.set_up import SetUpStep
from pdtracker.models.districts import District, School
from pdtracker.models.people import Membership
from pdtracker.models.records import AuditEntry
from pdtracker.queries.set_up import set_up
from pdtracker.scope import Scope
from tests.factories import SECRET, House, a_claim
from tests.reviewing_client import texts

SET_UP = "/maplewood/set-up"
DETAILS = {
    "name": "Maplewood Schools",
    "place": "Maplewood, Vermont",
    "zone": "America/New_York",
    "sponsor_number": "VT-7",
}


def _added(house: House) -> list[str]:
    with house.database.session(house.maplewood.id) as session:
        return list(session.scalars(sa.select(School.name).order_by(School.name)))


def test_a_new_district_lacks_all_five_steps(house: House) -> None:
    new = NewDistrict(slug="oakdale", name="Oakdale", place="", zone="America/New_York")
    made = create_district(house.database, new, secret=SECRET, at=datetime.now(UTC))
    with house.database.session(made.id) as session:
        known = set_up(Scope(session, made, datetime.now(UTC)))
    assert not known.is_over
    assert known.facts.schools == known.facts.people == known.facts.reviewers == 0
    assert not known.facts.has_own_rules
    assert known.prompts == 2


def test_the_home_page_says_what_is_missing_until_it_was_kept(house: House) -> None:
    cam = house.client_of("cam")
    page = texts(cam.get("/maplewood"))
    assert "Still missing" in page
    assert "Rules and review" in page
    cam.post(f"{SET_UP}/kept", data={"step": "rules"})
    cam.post(f"{SET_UP}/kept", data={"step": "rules"})
    cam.get(SET_UP)  # it says once what was done
    assert "Rules and review" not in texts(cam.get("/maplewood"))
    cam.post(f"{SET_UP}/kept", data={"step": "certificate"})
    assert "Still missing" not in texts(cam.get("/maplewood"))
    with house.database.session(house.maplewood.id) as session:
        kept = session.scalars(sa.select(AuditEntry.seq).where(AuditEntry.action == "set_up.kept")).all()
    assert len(kept) == 2


def test_the_list_can_be_put_away(house: House) -> None:
    cam = house.client_of("cam")
    for _ in range(2):
        assert cam.post(f"{SET_UP}/end").status_code == 303
    assert "Still missing" not in texts(cam.get("/maplewood"))
    assert "Still missing" in texts(cam.get(SET_UP))


def test_an_administrator_who_teaches_finds_it_among_what_is_to_do(house: House) -> None:
    scope = house.operator()
    with scope.session.writing():
        scope.session.add(
            Membership(
                person_id=house.person_ids["cam"], role=Role.TEACHER, school_id=None, created_at=scope.at
            )
        )
    assert "Set up the district" in texts(house.client_of("cam").get("/maplewood"))
    assert "Set up the district" not in texts(house.client_of("ada").get("/maplewood"))


def test_the_district_is_described_and_the_next_step_comes(house: House) -> None:
    cam = house.client_of("cam")
    answer = cam.post(f"{SET_UP}/district", data=DETAILS)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{SET_UP}/rules")
    assert "Maplewood Schools" in texts(cam.get("/maplewood"))
    with house.database.session(None) as session:
        known = session.execute(
            sa.select(District.slug, District.place, District.sponsor_number).where(
                District.name == "Maplewood Schools"
            )
        ).one()
        other = session.scalar(sa.select(District.name).where(District.slug == "riverton"))
    assert tuple(known) == ("maplewood", "Maplewood, Vermont", "VT-7")
    assert other == "Riverton School District"


@pytest.mark.parametrize("field", [{"name": ""}, {"zone": "Mars/Olympus"}, {"place": "x" * 121}])
def test_what_says_nothing_is_refused(house: House, field: dict[str, str]) -> None:
    assert house.client_of("cam").post(f"{SET_UP}/district", data=DETAILS | field).status_code == 422


def test_the_zone_stays_once_there_are_claims(house: House) -> None:
    cam, moved = house.client_of("cam"), DETAILS | {"zone": "America/Denver"}
    a_claim(house.scope("ada"), ClaimState.DRAFT)
    answer = cam.post(f"{SET_UP}/district", data=moved)
    assert answer.status_code == 422
    assert "Days of claims are counted by the zone" in texts(answer)
    assert cam.post(f"{SET_UP}/district", data=DETAILS).status_code == 303


def test_schools_are_added_each_once(house: House) -> None:
    cam = house.client_of("cam")
    before = _added(house)
    answer = cam.post(
        f"{SET_UP}/schools", data={"names": "Oak Street\n\n maplewood north\r\nOak street\nElm"}
    )
    assert answer.status_code == 303
    assert _added(house) == sorted([*before, "Oak Street", "Elm"])
    for names in ("", " \n", "Oak\n\u202eevil"):
        assert cam.post(f"{SET_UP}/schools", data={"names": names}).status_code == 422


def test_a_schools_name_is_corrected_on_its_page(house: House) -> None:
    cam = house.client_of("cam")
    path = f"{SET_UP}/schools/{ref_of(house.school_ids['Maplewood North'])}"
    assert "Maplewood North" in texts(cam.get(path))
    assert cam.post(path, data={"name": ""}).status_code == 422
    assert cam.post(path, data={"name": "Maplewood South"}).status_code == 422
    assert cam.post(path, data={"name": "Maplewood N."}).status_code == 303
    assert "Maplewood N." in _added(house)


def test_a_school_is_renamed_but_not_to_another_ones_name(house: House) -> None:
    rename_school(house.scope("cam"), house.school_ids["Maplewood North"], "Northern")
    assert "Northern" in _added(house)
    with pytest.raises(NotValid):
        rename_school(house.scope("cam"), house.school_ids["Maplewood South"], "Northern")
    with pytest.raises(NotHere):
        rename_school(house.scope("cam"), house.school_ids["Riverton North"], "Ours")


@pytest.mark.parametrize("step", SetUpStep)
def test_every_step_has_its_page_for_administrators_only(house: House, step: SetUpStep) -> None:
    page = house.client_of("cam").get(f"{SET_UP}/{step.value}")
    assert step.label in texts(page)
    assert house.client_of("ada").get(f"{SET_UP}/{step.value}").status_code == 403
    assert house.client_of("bo").post(f"{SET_UP}/kept", data={"step": step.value}).status_code == 403
