"""The people pages: the list, adding somebody, roles, leaving and coming back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from pdtracker.domain.refs import ref_of
from pdtracker.models.people import Membership, Person
from pdtracker.models.records import AuditEntry
from tests.factories import PASSWORD, House
from tests.reviewing_client import fields, texts

NEW = {
    "name": "Eve Nguyễn",
    "email": "Eve@maplewood.example",
    "title": "",
    "school": "",
    "roles": ["teacher"],
}


def _person(house: House, name: str) -> str:
    return f"/maplewood/people/{ref_of(house.person_ids[name])}"


def _last_audit(house: House) -> AuditEntry:
    scope = house.operator()
    entry = scope.session.scalar(sa.select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
    assert entry is not None
    return entry


def test_the_list_shows_people_with_roles_and_finds_by_words(house: House) -> None:
    client = house.client_of("cam")
    everybody = texts(client.get("/maplewood/people"))
    assert "Ada Lindqvist" in everybody
    assert "Administrator" in everybody
    found = texts(client.get("/maplewood/people?words=bo@"))
    assert "Bo Tran" in found
    assert "Ada Lindqvist" not in found
    assert "Nobody found" in texts(client.get("/maplewood/people?words=%25%25"))


def test_a_new_person_signs_in_with_the_password_that_is_shown_once(house: House) -> None:
    answer = house.client_of("cam").post("/maplewood/people", data=NEW)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store, private"
    password = next(word for word in texts(answer).split() if word.count("-") == 3)
    entered = house.visitor().post("/sign-in", data={"email": "eve@MAPLEWOOD.example", "password": password})
    assert entered.status_code == 303
    entry = _last_audit(house)
    assert (entry.action, entry.by_name) == ("person.added", "Cam Okafor")
    assert password not in str(entry.facts)


def test_an_address_is_taken_once_only(house: House) -> None:
    client = house.client_of("cam")
    answer = client.post("/maplewood/people", data={**NEW, "email": "ADA@maplewood.example"})
    assert answer.status_code == 422
    assert "already has this address" in texts(answer)
    assert fields(answer, "/maplewood/people")["name"] == "Eve Nguyễn"


def test_somebody_of_another_district_keeps_their_password(house: House) -> None:
    client = house.client_of("cam")
    # The address that Cam typed comes back to Cam; nothing else of Dee does.
    client.foreign -= {"dee@riverton.example"}
    answer = client.post("/maplewood/people", data={**NEW, "email": "dee@riverton.example"})
    assert answer.status_code == 200
    assert "keep their password" in texts(answer)
    dee = house.client_of("dee")
    dee.foreign = frozenset()
    account = texts(dee.get("/account"))
    assert "Maplewood School District" in account
    assert "Riverton School District" in account
    assert dee.get("/maplewood/people").status_code == 403


def test_an_administrator_gives_no_password_to_an_account_that_is_used_elsewhere(house: House) -> None:
    client = house.client_of("cam")
    client.foreign = frozenset()
    added = client.post("/maplewood/people", data={**NEW, "email": "dee@riverton.example"})
    page = next(
        link for link in added.get_data(as_text=True).split('"') if link.startswith("/maplewood/people/")
    )
    answer = client.post(f"{page}/password")
    assert answer.status_code == 409
    assert "Ask your operator" in texts(answer)
    assert (
        house.visitor()
        .post("/sign-in", data={"email": "dee@riverton.example", "password": PASSWORD})
        .status_code
        == 303
    )


def test_roles_change_at_the_next_request(house: House) -> None:
    ada, cam = house.client_of("ada"), house.client_of("cam")
    assert ada.get("/maplewood/people").status_code == 403
    north = ref_of(house.school_ids["Maplewood North"])
    answer = cam.post(
        f"{_person(house, 'ada')}/roles", data={"roles": ["teacher", "reviewer"], "review_schools": [north]}
    )
    assert answer.status_code == 303
    assert "Reviewer for Maplewood North" in texts(ada.get("/maplewood/people"))
    assert _last_audit(house).action == "person.roles_changed"
    cam.post(f"{_person(house, 'ada')}/roles", data={"roles": ["teacher"]})
    assert ada.get("/maplewood/people").status_code == 403
    rows = house.scope("cam").session.execute(
        sa.select(Membership.role, Membership.school_id).where(
            Membership.person_id == house.person_ids["ada"]
        )
    )
    assert [(row.role.value, row.school_id) for row in rows] == [("teacher", None)]


def test_schools_of_another_district_cannot_be_chosen(house: House) -> None:
    client = house.client_of("cam")
    foreign = ref_of(house.school_ids["Riverton North"])
    for data in ({"roles": ["reviewer"], "review_schools": [foreign]}, {"roles": ["emperor"]}):
        answer = client.post(f"{_person(house, 'ada')}/roles", data=data)
        assert answer.status_code == 422
    answer = client.post(_person(house, "ada"), data={"name": "Ada", "title": "", "school": foreign})
    assert answer.status_code == 422
    assert "Choose from the list." in texts(answer)


def test_administrators_neither_lose_their_own_role_nor_sign_themselves_out(house: House) -> None:
    client = house.client_of("cam")
    assert client.post(f"{_person(house, 'cam')}/roles", data={"roles": ["teacher"]}).status_code == 409
    assert client.post(f"{_person(house, 'cam')}/departure").status_code == 409
    assert client.get("/maplewood/people").status_code == 200


def test_whoever_left_is_signed_out_at_the_next_request(house: House) -> None:
    browsers = [house.client_of("ada") for _ in range(3)]
    cam = house.client_of("cam")
    assert all(browser.get("/account").status_code == 200 for browser in browsers)
    assert cam.post(f"{_person(house, 'ada')}/departure").status_code == 303
    assert [browser.get("/account").status_code for browser in browsers] == [303] * 3
    again = house.visitor()
    again.post("/sign-in", data={"email": "ada@maplewood.example", "password": PASSWORD})
    assert again.get("/account").status_code == 303
    cam.post(f"{_person(house, 'ada')}/return")
    again.post("/sign-in", data={"email": "ada@maplewood.example", "password": PASSWORD})
    assert again.get("/account").status_code == 200


def test_a_new_password_ends_the_old_one_and_every_sign_in(house: House) -> None:
    ada, cam = house.client_of("ada"), house.client_of("cam")
    answer = cam.post(f"{_person(house, 'ada')}/password")
    new = next(word for word in texts(answer).split() if word.count("-") == 3)
    assert ada.get("/account").status_code == 303
    entering = house.visitor()
    assert (
        entering.post("/sign-in", data={"email": "ada@maplewood.example", "password": PASSWORD}).status_code
        == 422
    )
    assert (
        entering.post("/sign-in", data={"email": "ada@maplewood.example", "password": new}).status_code == 303
    )


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("", "eve@maplewood.example", "Enter the name."),
        ("12345", "eve@maplewood.example", "at least one letter"),
        ("Eve \u202eevE", "eve@maplewood.example", "hidden character"),
        ("E" * 121, "eve@maplewood.example", "at most 120"),
        ("Eve", "not an address", "such as ada@maplewood.example"),
        ("Eve", "eve@maplewood.example\r\nBcc: all@x.example", "such as ada@maplewood.example"),
    ],
)
def test_bad_input_keeps_what_was_typed(house: House, name: str, email: str, words: str) -> None:
    answer = house.client_of("cam").post("/maplewood/people", data={**NEW, "name": name, "email": email})
    assert answer.status_code == 422
    assert words in texts(answer)
    assert fields(answer, "/maplewood/people")["email"].split() == email.split()


@pytest.mark.parametrize(
    "name", ["O<Brien", "<img src=/etc/passwd>", "José Ñandú", "Nguyễn Thị Ánh", "Ελένη", "李雷"]
)
def test_names_of_every_kind_are_taken_as_they_are(house: House, name: str) -> None:
    client = house.client_of("cam")
    client.post(_person(house, "ada"), data={"name": name, "title": "", "school": ""})
    assert name in texts(client.get(_person(house, "ada")))


def test_extra_fields_change_nothing(house: House) -> None:
    before = _row(house)
    data = {column.key: "1" for column in sa.inspect(Person).columns} | {
        "name": "Ada Lindqvist",
        "school": "",
    }
    answer = house.client_of("cam").post(_person(house, "ada"), data=data)
    assert answer.status_code == 303
    changed = {key for key, value in _row(house).items() if before[key] != value}
    assert changed <= {"title", "school_id"}


def _row(house: House) -> dict[str, object]:
    person = house.scope("cam").session.scalar(sa.select(Person).where(Person.id == house.person_ids["ada"]))
    return {column.key: getattr(person, column.key) for column in sa.inspect(Person).columns}
