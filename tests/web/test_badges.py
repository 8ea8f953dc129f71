"""A certificate's badge: for everybody who has its code, in four forms, and checked like the PDF."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pdtracker.domain.recipient import identity_hash
from pdtracker.domain.refs import ref_of
from pdtracker.exchange.open_badges import baking
from tests.certifying import certified, certified_now, reissue, revoke, tamper
from tests.factories import NOW, House
from tests.harness.databases import DatabaseUrls
from tests.reviewing_client import texts

FORMS = {
    "json": "application/vc+ld+json",
    "jwt": "application/vc+jwt",
    "png": "image/png",
    "svg": "image/svg+xml",
}


@pytest.mark.parametrize(("ending", "media_type"), FORMS.items())
def test_the_badge_is_there_for_whoever_has_the_code_and_is_checked_like_the_pdf(
    house: House, ending: str, media_type: str
) -> None:
    numbers, visitor = certified(house), house.visitor()
    answer = visitor.get(f"/verify/{numbers.code}/badge.{ending}")
    assert answer.status_code == 200
    assert answer.mimetype == media_type
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    again = visitor.get(
        f"/verify/{numbers.code}/badge.{ending}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    page = visitor.post("/verify", data={"file": (io.BytesIO(answer.data), f"mine.{ending}")}, token=False)
    assert "Valid. Issued by Maplewood School District" in texts(page)
    told = visitor.post(
        "/verify",
        data={"file": (io.BytesIO(answer.data), f"mine.{ending}")},
        token=False,
        headers={"Accept": "application/json"},
    )
    assert told.get_json()["verdict"] == "genuine"


def test_a_badge_of_nothing_and_of_what_has_not_left_the_house_is_not_there(
    house: House, database_urls: DatabaseUrls
) -> None:
    waiting, damaged = certified_now(house), certified(house)
    tamper(house, database_urls.owner, damaged, signature=b"x" * 64)
    for code in (waiting.code, damaged.code, "7" * 16, "nonsense"):
        for ending in FORMS:
            assert house.visitor().get(f"/verify/{code}/badge.{ending}").status_code == 404
    assert "Badge" not in texts(house.client_of("ada").get(f"/maplewood/certificates/{waiting.serial}"))


def test_a_changed_badge_is_altered_and_a_strangers_has_an_unknown_key(house: House) -> None:
    numbers, visitor = certified(house), house.visitor()
    data = visitor.get(f"/verify/{numbers.code}/badge.json").data
    altered = data.replace(b"Ada Lindqvist", b"Bea Lindqvist")
    page = visitor.post("/verify", data={"file": (io.BytesIO(altered), "mine.json")}, token=False)
    assert "Altered. The file is not what was issued" in texts(page)
    assert "something in the badge was changed after it was signed" in texts(page)
    revoke(house, numbers)
    page = visitor.post("/verify", data={"file": (io.BytesIO(data), "mine.json")}, token=False)
    assert "Revoked. Withdrawn by" in texts(page)


def test_the_certificates_page_offers_the_badge_and_a_way_to_linkedin(house: House) -> None:
    numbers = certified(house)
    at = f"/maplewood/certificates/{numbers.serial}"
    page = house.client_of("ada").get(at).get_data(as_text=True)
    for ending in FORMS:
        assert f'href="/verify/{numbers.code}/badge.{ending}" download' in page
    start = page.index("https://www.linkedin.com/profile/add?")
    address = page[start : page.index('"', start)].replace("&amp;", "&")
    fields = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
    assert fields == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Reading circle",
        "organizationName": "Maplewood School District",
        "issueYear": "2014",
        "issueMonth": "10",
        "certUrl": f"http://localhost/verify/{numbers.code}",
        "certId": numbers.code,
    }
    assert "linkedin" not in house.client_of("cam").get(at).get_data(as_text=True)


def test_the_picture_holds_the_badge_that_stands_alone(house: House) -> None:
    numbers, visitor = certified(house), house.visitor()
    alone = visitor.get(f"/verify/{numbers.code}/badge.json").get_data(as_text=True)
    assert baking.of_png(visitor.get(f"/verify/{numbers.code}/badge.png").data) == alone
    assert json.loads(alone)["credentialSubject"]["achievement"]["image"]["id"].endswith(
        f"/verify/{numbers.code}/badge.png"
    )


def test_the_badge_is_hosted_for_readers_of_version_2(house: House) -> None:
    numbers, visitor = certified(house), house.visitor()
    at = f"/verify/{numbers.code}"
    assertion = visitor.get(f"{at}/assertion.json").get_json()
    assert (assertion["type"], assertion["verification"]) == ("Assertion", {"type": "hosted"})
    assert assertion["id"] == f"http://localhost{at}/assertion.json"
    assert (
        assertion["recipient"]["identity"]
        == f"sha256${identity_hash(numbers.serial, 'ada@maplewood.example')}"
    )
    badge_class = visitor.get(assertion["badge"].removeprefix("http://localhost")).get_json()
    assert (badge_class["type"], badge_class["name"]) == ("BadgeClass", "Reading circle")
    issuer = visitor.get(badge_class["issuer"].removeprefix("http://localhost")).get_json()
    assert (issuer["id"], issuer["name"]) == (badge_class["issuer"], "Maplewood School District")
    assert visitor.get("/verify/issuers/nowhere.json").status_code == 404


def test_what_no_longer_stands_is_gone_from_its_hosted_address_with_the_reason(house: House) -> None:
    revoked = certified(house)
    replaced = certified(house, NOW - timedelta(days=2), title="Another session")
    revoke(house, revoked)
    successor = reissue(house, replaced)
    for numbers, words in ((revoked, "The same hour was credited twice."), (replaced, successor.code)):
        answer = house.visitor().get(f"/verify/{numbers.code}/assertion.json")
        assert answer.status_code == 410
        told = answer.get_json()
        assert told["revoked"] is True
        assert words in told["revocationReason"]


def test_the_transcript_gives_its_certificates_as_one_record(house: House) -> None:
    numbers = certified(house)
    ada = house.client_of("ada")
    page = texts(ada.get("/maplewood/transcript?year=2014"))
    assert "CLR" in page
    answer = ada.get("/maplewood/transcript.json?year=2014")
    assert answer.status_code == 200
    told = answer.get_json(force=True)
    held = told["credentialSubject"]["verifiableCredential"]
    assert [one["id"] for one in held] == [f"http://localhost/verify/{numbers.code}"]
    sent = {"file": (io.BytesIO(answer.data), "record.json")}
    assert "Sound, and signed with the key of one of our districts" in texts(
        house.visitor().post("/verify", data=sent, token=False)
    )
    assert house.client_of("hal").get("/maplewood/transcript.json?year=2014").status_code == 409
    ref = ref_of(house.scope("ada").me.id)
    assert house.client_of("hal").get(f"/maplewood/transcript.json?person={ref}").status_code == 404


@pytest.mark.parametrize(
    "url", ["https://x.example/\ud800.json", "https://x.example/\x00.json", "https://x.example/é.json"]
)
def test_an_issuer_that_no_district_could_be_is_not_looked_for(house: House, url: str) -> None:
    file = Path(__file__).parents[1] / "exchange" / "open_badges" / "vectors" / "simple.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["issuer"] = {"id": "https://x.example/1", "type": ["Profile"], "name": "X", "url": url}
    sent = {"file": (io.BytesIO(json.dumps(document).encode()), "badge.json")}
    answer = house.visitor().post("/verify", data=sent, token=False)
    assert answer.status_code < 500
