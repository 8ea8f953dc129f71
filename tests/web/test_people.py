"""The people pages: the list, adding somebody, roles, leaving and coming back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from pdtracker.actions.joining import join_with_password
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.domain.access import Role
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.models.people import Membership, Person
from pdtracker.models.records import AuditEntry
from tests.factories import PASSWORD, SECRET, House
from tests.reviewing_client import ReviewingClient, fields, texts

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


def _code(answer: TestResponse) -> str:
    return next(word for word in texts(answer).split() if word.count("-") == 3)


def _enters(house: House, email: str, password: str) -> bool:
    answer = house.visitor().post("/sign-in", data={"email": email, "password": password})
    return answer.status_code == 303


def test_a_new_person_joins_with_a_code_that_is_shown_once(house: House) -> None:
    answer = house.client_of("cam").post("/maplewood/people", data=NEW)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store, private"
    code = _code(answer)
    entry = _last_audit(house)
    assert (entry.action, entry.by_name) == ("person.added", "Cam Okafor")
    assert code not in str(entry.facts)
    assert not _enters(house, "eve@maplewood.example", code)
    eve = house.visitor()
    assert eve.post("/join", data={"code": code, "password": "password1234"}).status_code == 422
    typed = code.upper().replace("-", " ")
    assert eve.post("/join", data={"code": typed, "password": PASSWORD}).status_code == 303
    assert _enters(house, "eve@MAPLEWOOD.example", PASSWORD)
    assert _last_audit(house).action == "person.joined"
    again = eve.post("/join", data={"code": code, "password": "another four words here"})
    assert again.status_code == 422
    assert "not in use" in texts(again)


def test_a_code_ends_after_two_weeks_and_when_its_person_left(house: House) -> None:
    cam = house.client_of("cam")
    code = _code(cam.post("/maplewood/people", data=NEW))
    later = datetime.now(UTC) + timedelta(days=15)
    with pytest.raises(NotValid):
        join_with_password(house.database, code, PASSWORD, network="", key=SECRET, at=later)
    eve = house.scope("cam").session.scalar(sa.select(Person.id).where(Person.name == NEW["name"]))
    assert eve is not None
    cam.post(f"/maplewood/people/{ref_of(eve)}/departure")
    assert house.visitor().post("/join", data={"code": code, "password": PASSWORD}).status_code == 422
    assert house.visitor().post("/join", data={"code": "", "password": ""}).status_code == 422


def test_an_address_is_taken_once_only(house: House) -> None:
    client = house.client_of("cam")
    answer = client.post("/maplewood/people", data={**NEW, "email": "ADA@maplewood.example"})
    assert answer.status_code == 422
    assert "already has this address" in texts(answer)
    assert fields(answer, "/maplewood/people")["name"] == "Eve Nguyễn"


def _dee_is_added(house: House) -> tuple[ReviewingClient, str, str]:
    """Cam, Dee's page in Maplewood, and the code that Cam was shown."""
    cam = house.client_of("cam")
    # The address that Cam typed comes back to Cam; nothing else of Dee does.
    cam.foreign -= {"dee@riverton.example"}
    answer = cam.post("/maplewood/people", data={**NEW, "email": "dee@riverton.example"})
    links = answer.get_data(as_text=True).split('"')
    page = next(link for link in links if link.startswith("/maplewood/people/") and link[-3:] != "new")
    return cam, page, _code(answer)


def _dee_joins(house: House, code: str) -> ReviewingClient:
    dee = house.client_of("dee")
    dee.foreign = frozenset()
    assert dee.post("/join", data={"code": code}).status_code == 303
    return dee


def test_adding_an_address_tells_nothing_of_its_account(house: House) -> None:
    cam = house.client_of("cam")
    cam.foreign -= {"dee@riverton.example"}
    pages = []
    for email in ("dee@riverton.example", "nobody@riverton.example"):
        answer = cam.post("/maplewood/people", data={**NEW, "email": email})
        assert answer.status_code == 200
        pages.append(texts(answer).replace(_code(answer), "").replace(email, ""))
    assert pages[0] == pages[1]


def test_somebody_of_another_district_joins_by_themselves(house: House) -> None:
    _, _, code = _dee_is_added(house)
    dee = house.client_of("dee")
    dee.foreign = frozenset()
    assert "Maplewood" not in texts(dee.get("/account"))
    assert dee.get("/maplewood").status_code == 404
    dee = _dee_joins(house, code)
    account = texts(dee.get("/account"))
    assert "Maplewood School District" in account
    assert "Riverton School District" in account
    assert dee.get("/maplewood/people").status_code == 403
    assert dee.post("/join", data={"code": code}).status_code == 422


def test_a_code_joins_an_account_of_the_address_with_its_own_password_only(house: House) -> None:
    _, _, code = _dee_is_added(house)
    wrong = house.visitor().post("/join", data={"code": code, "password": "not the password of dee"})
    assert wrong.status_code == 422
    assert not _enters(house, "dee@riverton.example", "not the password of dee")
    assert house.visitor().post("/join", data={"code": code, "password": PASSWORD}).status_code == 303
    assert _enters(house, "dee@riverton.example", PASSWORD)


def test_a_code_is_no_way_to_guess_a_password(house: House) -> None:
    _, _, code = _dee_is_added(house)
    visitor = house.visitor()
    tries = [
        visitor.post("/join", data={"code": code, "password": f"a guess {n} of many"}) for n in range(11)
    ]
    assert [answer.status_code for answer in tries] == [422] * 10 + [429]


def test_an_account_made_elsewhere_for_an_address_opens_no_other_district(house: House) -> None:
    """Maplewood's administrator makes one for somebody who will work in Riverton, and knows its password."""
    cam = house.client_of("cam")
    address = "newhire@riverton.example"
    code = _code(cam.post("/maplewood/people", data={**NEW, "email": address}))
    squatter = house.visitor()
    squatter.post("/join", data={"code": code, "password": PASSWORD})
    assert squatter.post("/sign-in", data={"email": address, "password": PASSWORD}).status_code == 303
    roles = Roles(roles=frozenset({Role.REVIEWER}))
    new = NewPerson(name="New Hire", email=address, title="", school_id=None, roles=roles)
    added = add_person(house.operator(house.riverton), new)
    assert added.joining_code is not None
    assert squatter.get("/riverton").status_code == 404
    # Also when the one who was meant uses the code with a password of their own.
    own = {"code": added.joining_code, "password": "the owner's four words"}
    assert house.visitor().post("/join", data=own).status_code == 422
    assert squatter.get("/riverton").status_code == 404


def test_an_administrator_gives_no_code_to_an_account_that_is_used_elsewhere(house: House) -> None:
    cam, page, code = _dee_is_added(house)
    _dee_joins(house, code)
    answer = cam.post(f"{page}/code")
    assert answer.status_code == 409
    assert "Ask your operator" in texts(answer)
    assert _enters(house, "dee@riverton.example", PASSWORD)


def test_leaving_one_district_ends_no_sign_in_of_another(house: House) -> None:
    cam, page, code = _dee_is_added(house)
    stranger = house.client_of("dee")
    assert cam.post(f"{page}/departure").status_code == 303
    assert stranger.get("/riverton").status_code == 200
    assert cam.post(f"{page}/return").status_code == 303
    dee = _dee_joins(house, code)
    assert dee.get("/maplewood").status_code == 200
    cam.post(f"{page}/departure")
    assert dee.get("/maplewood").status_code == 404
    assert dee.get("/riverton").status_code == 200


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


def test_a_new_code_ends_the_old_password_and_every_sign_in(house: House) -> None:
    ada, cam = house.client_of("ada"), house.client_of("cam")
    code = _code(cam.post(f"{_person(house, 'ada')}/code"))
    assert ada.get("/account").status_code == 303
    assert not _enters(house, "ada@maplewood.example", PASSWORD)
    wrong = house.client_of("bo").post("/join", data={"code": code})
    assert wrong.status_code == 422
    assert "Sign out" in texts(wrong)
    new = {"code": code, "password": "another four words here"}
    assert house.visitor().post("/join", data=new).status_code == 303
    assert _enters(house, "ada@maplewood.example", new["password"])
    assert _last_audit(house).action == "person.password_chosen"


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


def test_an_employee_number_is_one_person_s_and_finds_them(house: House) -> None:
    client = house.client_of("cam")
    wanted = {"name": "Ada Lindqvist", "title": "", "school": "", "employee_number": " E-1042 "}
    assert client.post(_person(house, "ada"), data=wanted).status_code == 303
    assert "E-1042" in texts(client.get(_person(house, "ada")))
    assert "Ada Lindqvist" in texts(client.get("/maplewood/people?words=e-1042"))
    taken = client.post("/maplewood/people", data=NEW | {"employee_number": "e-1042"})
    assert taken.status_code == 422
    assert "already has this number" in texts(taken)
    kept = client.post("/maplewood/people", data=NEW | {"employee_number": "001042"})
    assert kept.status_code == 200


def test_extra_fields_change_nothing(house: House) -> None:
    before = _row(house)
    data = {column.key: "1" for column in sa.inspect(Person).columns} | {
        "name": "Ada Lindqvist",
        "school": "",
    }
    answer = house.client_of("cam").post(_person(house, "ada"), data=data)
    assert answer.status_code == 303
    changed = {key for key, value in _row(house).items() if before[key] != value}
    assert changed <= {"title", "school_id", "employee_number", "employee_key"}


def _row(house: House) -> dict[str, object]:
    person = house.scope("cam").session.scalar(sa.select(Person).where(Person.id == house.person_ids["ada"]))
    return {column.key: getattr(person, column.key) for column in sa.inspect(Person).columns}
