"""The pages of the district's mail: what stands where, one letter, sending it again, trying whether mail arrives."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pdtracker.actions.outbox import take_due_mail, tell_not_sent
from pdtracker.actions.resending import send_trial_letter
from pdtracker.domain.refs import ref_of
from pdtracker.queries.bounces import standing_bounces
from pdtracker.scope import Scope
from tests.factories import House
from tests.reviewing_client import texts

PATH = "/maplewood/mail"


def now(house: House, who: str = "cam") -> Scope:
    return house.scope(who, datetime.now(UTC))


def a_letter_put_off(house: House) -> int:
    send_trial_letter(now(house))
    (taken,) = take_due_mail(now(house))
    tell_not_sent(now(house), taken.id, attempts=4, error="452 <b>mailbox</b> full")
    return taken.id


def test_a_letter_put_off_says_why_and_is_tried_at_once(house: House) -> None:
    letter_id = a_letter_put_off(house)
    client = house.client_of("cam")
    words = texts(client.get(f"{PATH}?tab=delayed"))
    assert "Put off 1" in words
    assert "Mail from Maplewood" in words
    page = client.get(f"{PATH}/{ref_of(letter_id)}")
    assert "452 <b>mailbox</b> full" in texts(page)
    assert "Try it now" in texts(page)
    answer = client.post(f"{PATH}/{ref_of(letter_id)}/again", follow_redirects=True)
    assert "It is tried now." in texts(answer)
    assert [mail.id for mail in take_due_mail(now(house))] == [letter_id]


def test_a_trial_letter_goes_to_oneself(house: House) -> None:
    client = house.client_of("cam")
    answer = client.post(f"{PATH}/test", follow_redirects=True)
    assert f"A letter to {now(house).me.email} is on its way." in texts(answer)
    assert "Waiting 1" in texts(client.get(PATH))


def test_the_letters_to_one_person(house: House) -> None:
    a_letter_put_off(house)
    client = house.client_of("cam")
    person = ref_of(now(house).me.id)
    assert f"Letters to {now(house).me.name}" in texts(client.get(f"{PATH}?person={person}"))
    links = client.get(f"/maplewood/people/{person}").get_data(as_text=True)
    assert f"/maplewood/mail?person={person}" in links
    assert f"/maplewood/audit?of=person-{person}" in links


@pytest.mark.parametrize("who", ["ada", "bo"])
def test_only_administrators_see_mail(house: House, who: str) -> None:
    letter_id = a_letter_put_off(house)
    client = house.client_of(who)
    for path in (PATH, f"{PATH}/{ref_of(letter_id)}"):
        assert client.get(path).status_code == 403
    for path in (f"{PATH}/test", f"{PATH}/{ref_of(letter_id)}/again"):
        assert client.post(path).status_code == 403


@pytest.mark.parametrize("query", ["?tab=everything", "?person=1", "?after=x", "/00000000000zz"])
def test_an_address_that_nobody_wrote_is_no_page(house: House, query: str) -> None:
    assert house.client_of("cam").get(PATH + query).status_code == 404


def test_an_address_that_letters_came_back_from_is_noted_shown_and_lifted(house: House) -> None:
    client, ada = house.client_of("cam"), now(house, "ada").me
    assert "Every address takes letters" in texts(client.get(f"{PATH}/addresses"))
    told = {"email": ada.email, "why": "550 <b>No such user</b>"}
    answer = client.post(f"{PATH}/addresses", data=told, follow_redirects=True)
    assert "550 <b>No such user</b>, noted by Cam Okafor" in texts(answer)
    assert "Letters came back" in texts(client.get(f"/maplewood/people/{ref_of(ada.id)}"))
    theirs = house.client_of("ada")
    assert f"Letters to {ada.email} came back" in texts(theirs.get("/maplewood/letters"))
    answer = theirs.post("/maplewood/letters/confirmation", follow_redirects=True)
    assert "0 letters that waited leave now." in texts(answer)
    assert "Every address takes letters" in texts(client.get(f"{PATH}/addresses"))
    client.post(f"{PATH}/addresses", data=told)
    (bounce,) = standing_bounces(now(house))
    answer = client.post(f"{PATH}/addresses/{ref_of(bounce.id)}/lifting", follow_redirects=True)
    assert "Letters go there again." in texts(answer)


def test_a_strangers_address_is_put_right_at_its_field(house: House) -> None:
    answer = house.client_of("cam").post(
        f"{PATH}/addresses", data={"email": "nobody@elsewhere.example", "why": "No"}
    )
    assert answer.status_code == 422
    assert "Nobody in this district has this address." in texts(answer)
