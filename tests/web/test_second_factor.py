"""The second step of a sign-in cannot be walked around, and everybody sets up, renews and removes their own."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from pdtracker.domain.refs import ref_of
from pdtracker.one_time_codes import code_at
from tests.factories import PASSWORD, House, a_second_factor
from tests.reviewing_client import ReviewingClient, fields, texts

ADA = "ada@maplewood.example"
PLACE = "/account/second-factor"


def half(house: House, **more: str) -> ReviewingClient:
    client = house.visitor()
    answer = client.post("/sign-in", data={"email": ADA, "password": PASSWORD, **more})
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in/code")
    return client


def now_code(secret: str) -> str:
    return code_at(secret, datetime.now(UTC))


def test_the_password_alone_opens_no_page(house: House) -> None:
    a_second_factor(house, "ada")
    client = half(house)
    with client.session_transaction() as cookie:
        assert set(cookie) <= {"half", "csrf_token", "_permanent"}
        stolen = cookie["half"]
    for rule in house.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "static":
            answer = client.get(rule.rule)
            assert "Account of" not in answer.get_data(as_text=True), rule.rule
    assert client.get("/account").status_code == 303
    assert client.get("/maplewood/claims").status_code == 303
    # Nor is the secret of the half one of a whole.
    forged = house.visitor()
    with forged.session_transaction() as cookie:
        cookie["_user_id"] = stolen
    assert forged.get("/account").status_code == 303


def test_a_code_leads_on_to_where_the_person_wanted_to_go(house: House) -> None:
    factor = a_second_factor(house, "ada")
    client = half(house, next="/maplewood/claims?show=waiting")
    page = client.get("/sign-in/code?next=/maplewood/claims?show%3Dwaiting")
    answer = client.post("/sign-in/code", data=fields(page) | {"code": now_code(factor.secret)})
    assert (answer.status_code, answer.location) == (303, "/maplewood/claims?show=waiting")
    with client.session_transaction() as cookie:
        assert "half" not in cookie
    assert client.get("/account").status_code == 200


def test_a_wrong_code_is_asked_again_and_a_used_one_too(house: House) -> None:
    factor = a_second_factor(house, "ada")
    code = now_code(factor.secret)
    assert half(house).post("/sign-in/code", data={"code": code}).status_code == 303
    client = half(house)
    for typed in (code, "000000", ""):
        answer = client.post("/sign-in/code", data={"code": typed})
        assert answer.status_code == 422
        assert "Error: Enter your code" in answer.get_data(as_text=True).replace("\n", "")
    spaced = f" {factor.codes[0].upper()} "
    assert client.post("/sign-in/code", data={"code": spaced}).status_code == 303


def test_without_a_first_step_there_is_no_second(house: House) -> None:
    factor = a_second_factor(house, "ada")
    visitor = house.visitor()
    assert visitor.get("/sign-in/code").location == "/sign-in"
    answer = visitor.post("/sign-in/code", data={"code": now_code(factor.secret)})
    assert answer.status_code == 422
    assert "waited too long" in texts(answer)
    with visitor.session_transaction() as cookie:
        cookie["half"] = "guessed"
    assert visitor.post("/sign-in/code", data={"code": now_code(factor.secret)}).status_code == 422


def test_a_wrong_password_says_nothing_of_a_second_factor(house: House) -> None:
    with_it, without = [], []
    a_second_factor(house, "ada")
    for name, pages in (("ada", with_it), ("bo", without)):
        answer = house.visitor().post(
            "/sign-in", data={"email": house.email_of(name), "password": "not the password"}
        )
        assert answer.status_code == 422
        page = answer.get_data(as_text=True).replace(house.email_of(name), "")
        pages.append(re.sub(r'name="csrf_token" value="[^"]+"', "", page))
    assert with_it == without


def test_what_was_typed_travels_through_both_steps(house: House) -> None:
    factor = a_second_factor(house, "ada")
    client = house.visitor()
    kept = {"kept-path": "/maplewood/claims", "kept-owner": "", "kept-field-text": "What I learned. " * 9}
    page = client.post("/sign-in", data={"email": ADA, "password": PASSWORD, **kept})
    assert page.status_code == 200
    again = client.post("/sign-in/code", data=fields(page) | {"code": now_code(factor.secret)}, token=False)
    assert again.status_code == 200
    assert "What I learned." in texts(again)
    assert fields(again, "/maplewood/claims")["text"].startswith("What I learned.")


def test_an_app_is_set_up_confirmed_and_its_codes_are_shown_once(house: House) -> None:
    client = house.client_of("ada")
    other = house.client_of("ada")
    assert "Not set up" in texts(client.get("/account"))
    wrong = client.post(PLACE, data={"password": "wrong"})
    assert wrong.status_code == 422
    assert "This is not your password." in texts(wrong)
    assert client.post(PLACE, data={"password": PASSWORD}).location == PLACE
    page = client.get(PLACE)
    secret = re.search(r"secret=([A-Z2-7]+)", page.get_data(as_text=True))
    assert secret is not None
    assert 'aria-label="QR code that sets up' in page.get_data(as_text=True)
    assert client.post(f"{PLACE}/confirmation", data={"code": "123"}).status_code == 422
    code = now_code(secret[1])
    codes = client.post(f"{PLACE}/confirmation", data={"code": f"{code[:3]} {code[3:]}"})
    assert codes.status_code == 200
    assert len(re.findall(r'class="code">[0-9a-z-]{19}<', codes.get_data(as_text=True))) == 10
    shown = client.get(PLACE)
    assert secret[1] not in shown.get_data(as_text=True)
    assert "10 of 10" in texts(shown)
    assert other.get("/account").status_code == 303
    assert client.post(PLACE, data={"password": PASSWORD}).status_code == 409


@pytest.mark.parametrize("path", ["confirmation", "recovery-codes", "removal"])
def test_a_page_that_is_older_than_the_factor_says_so(house: House, path: str) -> None:
    assert house.client_of("ada").post(f"{PLACE}/{path}", data={}).status_code == 409


def test_codes_are_renewed_and_the_factor_is_removed_with_the_password(house: House) -> None:
    a_second_factor(house, "ada")
    client = house.client_of("ada")
    assert client.post(f"{PLACE}/recovery-codes", data={"renew-password": "wrong"}).status_code == 422
    assert client.post(f"{PLACE}/recovery-codes", data={"renew-password": PASSWORD}).status_code == 200
    assert client.post(f"{PLACE}/removal", data={"remove-password": "wrong"}).status_code == 422
    assert client.post(f"{PLACE}/removal", data={"remove-password": PASSWORD}).location == "/account"
    answer = house.visitor().post("/sign-in", data={"email": ADA, "password": PASSWORD})
    assert answer.location == "/"


def test_an_administrator_removes_a_lost_one_with_a_reason(house: House) -> None:
    a_second_factor(house, "ada")
    cam = house.client_of("cam")
    person = f"/maplewood/people/{ref_of(house.person_ids['ada'])}"
    assert "Their second factor" in texts(cam.get(person))
    assert "Their second factor" not in texts(house.client_of("bo").get(person))
    refused = cam.post(f"{person}/second-factor-reset", data={"reason": " "})
    assert refused.status_code == 422
    assert "Enter the reason" in texts(refused)
    done = cam.post(f"{person}/second-factor-reset", data={"reason": "Lost her phone"})
    assert done.status_code == 303
    assert "they are told" in texts(cam.get(person))
    assert "Their second factor" not in texts(cam.get(person)).replace("Their second factor is removed", "")


@pytest.mark.parametrize("typed", ["9" * 41, "\x00", "1\r\n2", "१२३४५६"])
def test_strange_codes_are_only_wrong(house: House, typed: str) -> None:
    a_second_factor(house, "ada")
    assert half(house).post("/sign-in/code", data={"code": typed}).status_code == 422


def test_waiting_does_not_help_a_thief_of_the_half(house: House) -> None:
    """A copy of the waiting cookie is used up by its owner."""
    factor = a_second_factor(house, "ada")
    client, thief = half(house), house.visitor()
    with client.session_transaction() as cookie:
        stolen = cookie["half"]
    with thief.session_transaction() as cookie:
        cookie["half"] = stolen
    now = datetime.now(UTC)
    assert client.post("/sign-in/code", data={"code": code_at(factor.secret, now)}).status_code == 303
    later = code_at(factor.secret, now + timedelta(seconds=30))
    assert thief.post("/sign-in/code", data={"code": later}).status_code == 422
    assert thief.get("/account").status_code == 303
