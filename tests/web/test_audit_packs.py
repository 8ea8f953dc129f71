"""The pages of audit packs: asked for at a person, fetched once it is made, by who asked alone."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

from pdtracker.domain.look import Record
from pdtracker.domain.refs import ref_of
from pdtracker.queries.looks import looks_at
from pdtracker.work import carry_on
from tests.factories import House
from tests.reviewing_client import texts
from tests.working import a_shop

PATH = "/maplewood/audit/packs"


def test_a_pack_is_asked_for_and_how_far_it_is_is_told(house: House) -> None:
    cam, of = house.client_of("cam"), f"person-{ref_of(house.person_ids['ada'])}"
    assert "Audit pack: Ada Lindqvist" in texts(cam.get(f"{PATH}?of={of}"))
    answer = cam.post(PATH, data={"of": of, "idempotency_key": "one"})
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "0 of 0" in texts(cam.get(page))
    assert cam.get(f"{page}/progress.json").get_json() == {"done": 0, "total": 0, "is_open": True}
    assert cam.post(f"{page}/file").status_code == 409
    assert "0 of 0 claims packed so far" in texts(cam.get(PATH))


def test_the_file_is_given_to_who_asked_alone(house: House) -> None:
    cam, of = house.client_of("cam"), f"person-{ref_of(house.person_ids['ada'])}"
    page = cam.post(PATH, data={"of": of, "idempotency_key": "one"}).headers["Location"]
    while carry_on(a_shop(house, datetime.now(UTC))):
        pass
    answer = cam.post(f"{page}/file")
    assert answer.status_code == 200
    assert "claims.csv" in zipfile.ZipFile(io.BytesIO(answer.get_data())).namelist()
    assert "no-store" in answer.headers["Cache-Control"]
    ada = house.scope("ada")
    assert [(look.by_name, look.record) for look in looks_at(ada, ada.me.id)] == [
        ("Cam Okafor", Record.TRANSCRIPT)
    ]


def test_what_is_nothing_is_not_here(house: House) -> None:
    cam = house.client_of("cam")
    for of in ("person-0", "claim-0", "nothing", f"person-{ref_of(house.person_ids['dee'])}"):
        assert cam.get(f"{PATH}?of={of}").status_code == 404
    assert house.client_of("bo").get(PATH).status_code == 403
