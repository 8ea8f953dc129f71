"""Somebody shows their certificates to whoever has the address, and sees that it was opened."""

from __future__ import annotations

import re
from datetime import timedelta

from pdtracker.actions.summing_up import sum_up_mine
from pdtracker.domain.summary import SummaryKind
from tests.certifying import a_programme, certified, revoke, sum_everything_up
from tests.factories import AN_ISSUER, NOW, House, an_event
from tests.reviewing_client import texts

LINKS = "/maplewood/transcript/links"


def address(house: House, certificate: str = "", name: str = "the licensing office") -> str:
    more = f"?certificate={certificate}" if certificate else ""
    answer = house.client_of("ada").post(f"{LINKS}{more}", data={"name": name, "days": "30"})
    assert answer.status_code == 200
    found = re.search(r"http://localhost(/shared/[\w-]{43})", answer.get_data(as_text=True))
    assert found is not None
    return found[1]


def test_whoever_has_the_address_reads_the_certificates_without_signing_in(house: House) -> None:
    numbers = certified(house)
    answer = house.visitor().get(address(house))
    assert answer.status_code == 200
    assert "1 hour of Ada Lindqvist" in texts(answer).replace("\u00a0", " ")
    assert f'href="/verify/{numbers.code}"' in answer.get_data(as_text=True)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers


def test_its_owner_sees_the_opening_and_ends_it(house: House) -> None:
    certified(house)
    at, ada = address(house, name="my new school"), house.client_of("ada")
    assert "Nobody has opened it yet" in texts(ada.get(LINKS))
    house.visitor().get(at)
    page = ada.get(LINKS)
    assert "Opened:" in texts(page)
    assert "my new school" in texts(ada.get(LINKS))
    assert "my new school" not in texts(house.client_of("bo").get(LINKS))
    found = re.search(r'action="([^"]+/revocation)"', page.get_data(as_text=True))
    assert found is not None
    assert ada.post(found[1]).status_code == 303
    assert house.visitor().get(at).status_code == 404
    assert house.visitor().get("/shared/never-was").status_code == 404


def test_one_certificate_shows_itself_alone_and_what_became_of_it(house: House) -> None:
    one, other = certified(house), certified(house, title="Another session")
    at = address(house, one.serial)
    page = texts(house.visitor().get(at))
    assert "Reading circle" in page
    assert "Another session" not in page
    revoke(house, one)
    assert "revoked" in texts(house.visitor().get(at))
    assert "Another session" in texts(house.visitor().get(address(house)))
    assert house.client_of("cam").get(f"{LINKS}?certificate={other.serial}").status_code == 404


def test_an_address_without_a_name_is_asked_for_again(house: House) -> None:
    answer = house.client_of("ada").post(LINKS, data={"name": " ", "days": "30"})
    assert answer.status_code == 422
    assert "Say who it is for." in texts(answer)
    assert house.client_of("ada").post(LINKS, data={"name": "x", "days": "4000"}).status_code == 422


def test_hours_that_a_certificate_only_sums_up_count_once(house: House) -> None:
    sum_everything_up(house)
    month = a_programme(house)
    for _ in range(2):
        certified(house, event_id=an_event(house.scope("cam"), programme_id=month))
    later = house.scope("ada", NOW + timedelta(hours=3))
    serial = sum_up_mine(later, AN_ISSUER, SummaryKind.PROGRAMME, month)
    page = texts(house.visitor().get(address(house))).replace("\u00a0", " ")
    assert "2 hours of Ada Lindqvist" in page
    assert page.count("sums up others") == 1
    alone = texts(house.visitor().get(address(house, serial))).replace("\u00a0", " ")
    assert "2 hours of Ada Lindqvist" in alone
