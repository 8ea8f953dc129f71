"""The pages of automatic approval: tried, published and ended by the administrator, read by everybody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refs import ref_of
from tests.approving import publish, sent, state_of, work
from tests.factories import House
from tests.reviewing_client import HTML, document_of

DAY = timedelta(days=1)
POLICY = {
    "kinds": ["webinar"],
    "up_to": "2",
    "evidence": "check_in",
    "audit_percent": "10",
}


def from_in(days: int) -> dict[str, object]:
    """The policy, from so many days from now."""
    return POLICY | {"effective_from": (datetime.now(UTC) + days * DAY).date().isoformat()}


def a_looked_at_claim(house: House, **more: object) -> int:
    """A claim that was sent just now under a policy, and that the worker looked at."""
    at = datetime.now(UTC)
    publish(house, at=at - 2 * DAY, **more)
    work(house, at - DAY)
    claim_id = sent(house.scope("ada", at))
    work(house, at)
    return claim_id


def test_an_administrator_tries_publishes_and_ends_a_policy_and_everybody_reads_it(house: House) -> None:
    cam = house.client_of("cam")
    preview = cam.post("/maplewood/rules/automatic/preview", data=from_in(2))
    assert preview.status_code == HTTPStatus.OK
    assert "Nothing to try it on" in preview.text
    carried = {
        field.get("name"): field.get("value")
        for field in document_of(preview).iterfind(
            f".//{HTML}form[@action='/maplewood/rules/automatic']//{HTML}input"
        )
    }
    assert cam.post("/maplewood/rules/automatic", data=carried).status_code == HTTPStatus.SEE_OTHER
    read = house.client_of("ada").get("/maplewood/rules/automatic").text
    assert "Sealed until" in read
    assert cam.post("/maplewood/rules/automatic/end", data={}).status_code == HTTPStatus.SEE_OTHER
    assert "A person decides each one" in house.client_of("ada").get("/maplewood/rules/automatic").text


def test_what_is_wrong_stands_at_its_field(house: House) -> None:
    cam = house.client_of("cam")
    answer = cam.post("/maplewood/rules/automatic/preview", data=from_in(-1) | {"audit_percent": "0"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Enter a whole number between 1 and 100." in answer.text


def test_the_claimant_reads_who_decided_and_a_person_decides_instead(house: House) -> None:
    claim_id = a_looked_at_claim(house)
    ada = house.client_of("ada")
    address = f"/maplewood/claims/{ref_of(claim_id)}"
    page = ada.get(address).text
    assert "No person decided this" in page
    assert "published by Cam Okafor" in page
    for refused in ("x" * 1_001, "It was \u202esruoh owt."):
        assert ada.post(f"{address}/person", data={"words": refused}).status_code == 422
    assert state_of(house, claim_id) is ClaimState.CREDITED
    asked = ada.post(f"{address}/person", data={"words": "It was two hours."})
    assert asked.status_code == HTTPStatus.SEE_OTHER
    assert state_of(house, claim_id) is ClaimState.SUBMITTED
    assert "Let a person decide it" not in ada.get(address).text
    review = house.client_of("bo").get(f"/maplewood/reviews/{ref_of(claim_id)}").text
    assert "It was two hours." in review


def test_a_reviewer_sees_which_claims_were_drawn(house: House) -> None:
    claim_id = a_looked_at_claim(house, audit_percent=100)
    bo = house.client_of("bo")
    assert "Drawn for a person" in bo.get("/maplewood/reviews").text
    assert "Drawn at random for a person" in bo.get(f"/maplewood/reviews/{ref_of(claim_id)}").text
