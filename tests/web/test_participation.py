"""The page by which districts, organizations and states take part in a programme."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.calendars import entry, hours, load
from tests.factories import House
from tests.reviewing_client import fields, texts

PAGE = "/maplewood/programmes/cem-2014/participants"
JOIN = "/maplewood/programmes/cem-2014/participation"
PROGRAMME = "/programmes/cem-2014"


def sent(**more: str) -> dict[str, str]:
    """A filled form for an organization."""
    told = {"kind": "organization", "name": "Oak Street Readers", "state": "", "link": "oak.example/readers"}
    return told | more


def test_a_district_joins_and_stands_in_the_public_list(house: House) -> None:
    load(house.database, entry("one", hours("2014-10-14T19:00")))
    cam = house.client_of("cam")
    assert "Your district isn’t in the list" in texts(cam.get(PAGE))
    assert cam.post(JOIN, data={"publishes_counts": "y"}).status_code == 303
    said = texts(cam.get(PAGE))
    assert "Your district takes part, for everybody to see." in said
    assert "fewer than 5 people so far" in said
    for client in (house.visitor(), house.client_of("ada"), house.client_of("dee")):
        assert "Districts Maplewood School District Maplewood, Massachusetts" in texts(client.get(PROGRAMME))
    assert "people with credit" not in texts(house.visitor().get(PROGRAMME))


def test_a_district_in_the_list_leads_to_what_it_commits_to(house: House) -> None:
    load(house.database, entry("one", hours("2014-10-14T19:00")))
    cam, there = house.client_of("cam"), "/maplewood/commitment"
    cam.post(JOIN, data={})
    assert "What it commits to" not in texts(house.visitor().get(PROGRAMME))
    until = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
    told = fields(cam.get(there), there) | {"decision_days": "5", "until_on": until}
    assert cam.post(there, data=told).status_code == 303
    assert "What it commits to : Maplewood School District" in texts(house.visitor().get(PROGRAMME))
    assert cam.post(f"{there}/withdrawal").status_code == 303
    assert "What it commits to" not in texts(house.visitor().get(PROGRAMME))


def test_a_teachers_organization_waits_for_an_administrator(house: House) -> None:
    load(house.database, entry("one", hours("2014-10-14T19:00")))
    ada, cam = house.client_of("ada"), house.client_of("cam")
    assert ada.post(PAGE, data=sent()).status_code == 303
    assert "Oak Street Readers Waits for an administrator" in texts(ada.get(PAGE))
    assert "Oak Street Readers" not in texts(house.client_of("bo").get(PAGE))
    assert "Oak Street Readers" not in texts(house.visitor().get(PROGRAMME))
    assert "1 waits for your decision" in texts(cam.get(PROGRAMME))
    page = cam.get(PAGE).get_data(as_text=True)
    action = next(part.split('"')[0] for part in page.split('href="') if "/decision" in part)
    refused = cam.post(action, data={"decision": "refuse", "reason": ""})
    assert refused.status_code == 422
    assert "Say why. Whoever proposed it reads this." in texts(refused)
    asked = cam.get(action)
    assert "Proposed by Ada Lindqvist, today" in texts(asked)
    assert cam.post(action, data=fields(asked, action) | {"decision": "accept"}).status_code == 303
    assert "This is decided." in texts(cam.get(action))
    answer = house.visitor().get(PROGRAMME)
    assert "Oak Street Readers Spoken for by Maplewood School District" in texts(answer)
    assert 'href="https://oak.example/readers" rel="nofollow ugc noopener noreferrer"' in answer.get_data(
        as_text=True
    )


def test_a_form_that_says_too_little_comes_back_with_what_was_typed(house: House) -> None:
    load(house.database)
    ada = house.client_of("ada")
    answer = ada.post(PAGE, data=sent(name=""))
    assert answer.status_code == 422
    assert "Enter the organization’s name." in texts(answer)
    assert "https://oak.example/readers" in answer.get_data(as_text=True)
    assert "Choose the state." in texts(ada.post(PAGE, data=sent(kind="state")))
    assert ada.post(PAGE, data=sent(kind="state", state="Atlantis")).status_code == 422
    assert ada.post(PAGE, data=sent(link="javascript:alert(1)")).status_code == 422


def test_who_has_not_signed_in_is_offered_to(house: House) -> None:
    load(house.database)
    assert "Sign in to take part" in texts(house.visitor().get(PROGRAMME))
    assert house.visitor().get(PAGE).status_code == 303
