"""The page on which a district says who keeps the checkpoints of its audit trail."""

from __future__ import annotations

from pdtracker.jobs import write_checkpoints
from tests.factories import AN_ISSUER, NOW, House, a_certificate
from tests.reviewing_client import texts

PATH = "/maplewood/audit/checkpoints"
BOTH = {
    "first_name": "Pat Superintendent",
    "first_email": "pat@maplewood.example",
    "second_name": "Ari Auditor",
    "second_email": "ari@county.example",
}


def test_two_officers_are_named_and_shown(house: House) -> None:
    cam = house.client_of("cam")
    assert "Nobody outside gets them yet" in texts(cam.get(PATH))
    words = texts(cam.post(PATH, data=BOTH, follow_redirects=True))
    assert "They go to Pat Superintendent and Ari Auditor, since" in words


def test_one_alone_is_put_right_at_its_field(house: House) -> None:
    answer = house.client_of("cam").post(PATH, data=BOTH | {"second_email": ""})
    assert answer.status_code == 422
    assert "Two people keep the checkpoints" in texts(answer)


def test_those_written_are_listed_and_kept_as_a_file(house: House) -> None:
    a_certificate(house.scope("ada"), house.scope("bo"))
    write_checkpoints(house.database, AN_ISSUER.secrets, NOW)
    cam = house.client_of("cam")
    kept = cam.get(f"{PATH}.json").get_json()["checkpoints"]
    assert [one["district"] for one in kept] == ["maplewood"]
    assert kept[0]["hash"][:16] in texts(cam.get(PATH))


def test_nobody_else_sees_them(house: House) -> None:
    for who in ("ada", "bo", "hal"):
        assert house.client_of(who).get(PATH).status_code == 403
        assert house.client_of(who).get(f"{PATH}.json").status_code == 403
