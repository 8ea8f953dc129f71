"""Who reviews claims, on pages: the path by form and in words, and a claim that goes by it, for everybody in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pdtracker.actions.claims import submit_claim
from pdtracker.domain.access import Role
from pdtracker.domain.refs import ref_of
from tests.claiming import ON_ONE_DATABASE
from tests.factories import House
from tests.reviewing_client import ReviewingClient, fields, texts
from tests.waiting import give_roles, many_drafts, seen

PAGE = "/maplewood/rules/reviews"
NEW = f"{PAGE}/new"
PREVIEW = f"{PAGE}/preview"


def plain(answer: Any) -> str:
    return texts(answer).replace("\N{NO-BREAK SPACE}", " ")


def typed(cam: ReviewingClient, **more: str) -> dict[str, Any]:
    """The form as it begins, with what is typed."""
    return fields(cam.get(NEW), PREVIEW) | more


def publish(house: House, **more: str) -> ReviewingClient:
    cam = house.client_of("cam")
    looked = cam.post(PREVIEW, data=typed(cam, **more))
    assert looked.status_code == 200, texts(looked)
    answer = cam.post(PAGE, data=fields(looked, PAGE))
    assert answer.status_code == 303, texts(answer)
    return cam


def two_steps(house: House) -> int:
    """A claim of Ada's on a path from a reviewer of her school, who is Hal, to the district office."""
    give_roles(house, "hal", Role.REVIEWER, schools=["Maplewood North"])
    publish(house, who_1="school", who_2="district")
    ada = house.scope("ada", at=datetime.now(UTC))
    (claim_id,) = many_drafts(ada, 1)
    submit_claim(ada, claim_id, seen_version=1)
    return claim_id


def decide(client: ReviewingClient, claim_id: int, version: int, **more: str) -> Any:
    form = {"claim": seen([claim_id], version), "one": "1", "decision": "approve"} | more
    return client.post("/maplewood/reviews", data=form)


@ON_ONE_DATABASE
def test_a_district_that_says_nothing_has_one_review(house: House) -> None:
    page = plain(house.client_of("ada").get(PAGE))
    assert "Every claim goes to whoever reviews for the school." in page
    assert "Change it from a date" not in page


@ON_ONE_DATABASE
def test_a_path_is_looked_at_in_words_before_it_is_published(house: House) -> None:
    give_roles(house, "hal", Role.REVIEWER, schools=["Maplewood North"])
    cam = house.client_of("cam")
    looked = cam.post(
        PREVIEW, data=typed(cam, who_1="school", who_2="district", kind_2="webinar", hours_2="3")
    )
    words = (
        "A webinar of more than 3 hours goes to a reviewer of the school itself, then the district office."
    )
    assert words in plain(looked)
    assert words not in plain(cam.get(PAGE))
    again = cam.post(PREVIEW, data=fields(looked, PREVIEW) | {"step": "edit"})
    assert fields(again, PREVIEW)["hours_2"] == "3"
    assert cam.post(PAGE, data=fields(looked, PAGE)).status_code == 303
    assert words in plain(cam.get(PAGE))
    assert words in plain(cam.get("/maplewood/rules"))


@ON_ONE_DATABASE
def test_only_what_was_looked_at_is_published(house: House) -> None:
    cam = house.client_of("cam")
    looked = cam.post(PREVIEW, data=typed(cam, who_1="district"))
    answer = cam.post(PAGE, data=fields(looked, PAGE) | {"who_1": "anybody"})
    assert answer.status_code == 422
    assert "not what you looked at" in texts(answer)
    assert "Version" not in texts(cam.get(PAGE))


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"effective_from": "2014-01-01"}, "Enter today or a later day"),
        ({"who_1": "somebody"}, "Choose from the list"),
        ({"who_1": ""}, "Say who reviews"),
        ({"who_1": "district", "who_2": "district"}, "Only one person reviews"),
        ({"school_1": "0" * 13}, "Choose from the list"),
        ({"hours_1": "3 or so"}, "Enter"),
    ],
)
def test_a_path_that_cannot_be_gone_comes_back_with_its_faults(
    house: House, more: dict[str, str], sentence: str
) -> None:
    cam = house.client_of("cam")
    answer = cam.post(PREVIEW, data=typed(cam, **more))
    assert answer.status_code == 422
    assert sentence in texts(answer)


def test_everybody_sees_whose_turn_it_is(house: House) -> None:
    claim_id = two_steps(house)
    page, review = f"/maplewood/claims/{ref_of(claim_id)}", f"/maplewood/reviews/{ref_of(claim_id)}"
    ada, hal, bo = house.client_of("ada"), house.client_of("hal"), house.client_of("bo")
    shown = plain(ada.get(page))
    assert "Hal Whitfield decides" in shown
    assert "review 1 of 2" in shown
    assert "The district office" in shown
    assert "With Hal Whitfield" in plain(ada.get("/maplewood"))
    assert "Review 1 of 2. With Hal Whitfield" in plain(bo.get(review))
    assert "Approve" not in plain(bo.get(review))
    mine = plain(hal.get(review))
    assert "Review 1 of 2, yours. After it: the district office." in mine
    assert "Approve and pass on" in mine
    assert decide(hal, claim_id, 2, note="Fine.").status_code == 303
    assert "It goes on to the district office" in plain(hal.get("/maplewood/reviews"))
    assert "You can undo until" in plain(hal.get(review))
    assert "Bo Tran decides" in plain(ada.get(page))
    assert "Approved and passed on by Hal Whitfield" in plain(ada.get(page))
    assert "With Bo Tran" in plain(ada.get("/maplewood/claims"))
    assert decide(bo, claim_id, 3).status_code == 303
    assert "Approved by Bo Tran" in plain(ada.get(page))


@ON_ONE_DATABASE
def test_a_review_out_of_turn_is_refused_by_its_address_too(house: House) -> None:
    claim_id = two_steps(house)
    bo, review = house.client_of("bo"), f"/maplewood/reviews/{ref_of(claim_id)}"
    assert decide(bo, claim_id, 2).status_code == 403
    for decision in ("return", "deny"):
        assert decide(bo, claim_id, 2, decision=decision, note="No.").status_code == 403
    assert "Review 1 of 2. With Hal Whitfield" in plain(bo.get(review))


@ON_ONE_DATABASE
def test_a_batch_tells_what_was_passed_on(house: House) -> None:
    claim_id = two_steps(house)
    hal = house.client_of("hal")
    form = {"claim": seen([claim_id], 2), "decision": "approve", "idempotency_key": "k"}
    answer = hal.post("/maplewood/reviews", data=form)
    assert answer.status_code == 303
    told = plain(hal.get(answer.headers["Location"]))
    assert "1 claim approved and passed on to another review" in told
    assert "Approved, goes on to the district office" in told


@ON_ONE_DATABASE
def test_who_sends_a_claim_reads_where_it_goes(house: House) -> None:
    two_steps(house)
    ada = house.scope("ada")
    (claim_id,) = many_drafts(ada, 1)
    shown = plain(house.client_of("ada").get(f"/maplewood/claims/{ref_of(claim_id)}/answers"))
    assert "Send to Hal Whitfield" in shown
    assert "After that it goes to the district office." in shown
