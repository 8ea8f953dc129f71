"""Being away, on pages: named by form, seen by both, ended by either."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pdtracker.domain.access import Role
from pdtracker.domain.refs import ref_of
from tests.factories import House
from tests.reviewing_client import fields, texts
from tests.waiting import a_waiting_claim, give_roles

PAGE = "/maplewood/reviews/absence"


def test_a_reviewer_names_who_stands_in_and_either_ends_it(house: House) -> None:
    give_roles(house, "bo", Role.REVIEWER, schools=["Maplewood North"])
    give_roles(house, "hal", Role.REVIEWER, schools=["Maplewood South"])
    claim_id = a_waiting_claim(house.scope("ada"))
    bo, hal = house.client_of("bo"), house.client_of("hal")
    until = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    form = fields(bo.get(PAGE), PAGE) | {"by": ref_of(house.person_ids["hal"]), "until_on": until}
    assert bo.post(PAGE, data=form).status_code == 303
    assert "Hal Whitfield stands in for you" in texts(bo.get(PAGE))
    assert "You stand in for Bo Tran" in texts(hal.get(PAGE))
    shown = texts(house.client_of("ada").get(f"/maplewood/claims/{ref_of(claim_id)}"))
    assert "Hal Whitfield stands in for Bo Tran." in shown
    assert "Reading circle 0" in texts(hal.get("/maplewood/reviews"))
    assert "You stand in for Bo Tran." in texts(hal.get(f"/maplewood/reviews/{ref_of(claim_id)}"))
    assert hal.post(f"{PAGE}/end", data=fields(hal.get(PAGE), f"{PAGE}/end")).status_code == 303
    assert "Reading circle 0" not in texts(hal.get("/maplewood/reviews"))


def test_days_that_cannot_be_are_asked_for_again(house: House) -> None:
    give_roles(house, "hal", Role.REVIEWER)
    bo = house.client_of("bo")
    form = fields(bo.get(PAGE), PAGE) | {"by": ref_of(house.person_ids["hal"]), "from_on": "2014-01-01"}
    answer = bo.post(PAGE, data=form)
    assert answer.status_code == 422
    assert "today or a later day" in texts(answer)
    assert bo.post(PAGE, data=form | {"by": ""}).status_code == 422
