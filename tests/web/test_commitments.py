"""A district's commitment: published by its administrators, read by everybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.calendars import statements
from tests.factories import House
from tests.reviewing_client import ReviewingClient, fields, texts

PAGE, PUBLIC = "/maplewood/commitment", "/commitments/maplewood"


def filled(cam: ReviewingClient, **more: str) -> dict[str, str]:
    """The form as an administrator fills it."""
    until = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
    told = {"words": "Nobody waits long.", "decision_days": "5", "until_on": until} | more
    return fields(cam.get(PAGE), PAGE) | told


def test_what_is_published_is_read_by_everybody(house: House) -> None:
    assert house.visitor().get(PUBLIC).status_code == 404
    cam = house.client_of("cam")
    assert cam.post(PAGE, data=filled(cam, teachers_credited="50 %")).status_code == 303
    for client in (house.visitor(), house.client_of("ada"), house.client_of("dee")):
        with statements(house.database) as asked:
            answer = client.get(PUBLIC)
        assert len(asked) <= 8
        said = texts(answer)
        assert "Maplewood School District keeps 0 of 2 promises so far" in said
        assert "Half of all claims are decided within 5 days" in said
        assert "At least 50% of our teachers have a credited hour" in said
        assert "fewer than 5 people so far" in said
        assert "People with the role of a teacher who are here today" in said
        assert "Cam Okafor" not in said


def test_a_next_version_leaves_the_one_before_to_be_read(house: House) -> None:
    cam = house.client_of("cam")
    cam.post(PAGE, data=filled(cam))
    cam.post(PAGE, data=filled(cam, decision_days="3"))
    said = texts(house.visitor().get(PUBLIC))
    assert "within 3 days" in said
    assert "Earlier versions" in said
    assert "within 5 days" in said
    kept = texts(cam.get(PAGE))
    assert "Version 2," in kept
    assert "Published by Cam Okafor." in kept
    assert cam.post(f"{PAGE}/withdrawal").status_code == 303
    assert "Maplewood School District took its commitment back" in texts(house.visitor().get(PUBLIC))


def test_what_is_wrong_comes_back_with_what_was_typed(house: House) -> None:
    cam = house.client_of("cam")
    answer = cam.post(PAGE, data=filled(cam, decision_days="soon", until_on="2001-01-01"))
    assert answer.status_code == 422
    assert "Enter a day after today." in texts(answer)
    assert "soon" in answer.get_data(as_text=True)
    answer = cam.post(PAGE, data=filled(cam, decision_days="soon"))
    assert "Enter a whole number from 1 to 60, or leave it empty." in texts(answer)


def test_only_administrators_come_to_the_form(house: House) -> None:
    assert house.client_of("ada").get(PAGE).status_code == 403
    assert house.client_of("rex").get(PAGE).status_code == 404
    assert "Our commitment" in texts(house.client_of("cam").get("/maplewood/reports"))
    assert "Our commitment" not in texts(house.client_of("bo").get("/maplewood/reports"))


def test_a_district_that_is_none_has_no_page(house: House) -> None:
    assert house.visitor().get("/commitments/nowhere").status_code == 404
