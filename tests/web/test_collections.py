"""Certificates as one file, over HTTP: counted, asked for, drawn, fetched by who asked, and expired."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pdtracker.domain.collecting import KEPT
from pdtracker.models.jobs import JobFile
from pdtracker.work import carry_on
from tests.certifying import certified, revoke
from tests.factories import House
from tests.reviewing_client import ReviewingClient
from tests.working import a_shop

HERE = "/maplewood/certificates/collections"


def asked(client: ReviewingClient, form: str = "zip", address: str = HERE) -> str:
    """Press a button of the page; gives where it leads."""
    key = re.findall(r'name="idempotency_key" value="([^"]+)"', client.get(address).text)[0]
    answer = client.post(HERE, data={"form": form, "idempotency_key": key})
    assert answer.status_code == 303
    return str(answer.location)


def test_they_are_counted_then_drawn_then_fetched(house: House) -> None:
    certified(house)
    certified(house)
    cam = house.client_of("cam")
    assert "2</b> certificates of <b>1</b> person" in cam.get(HERE).text
    page = asked(cam)
    assert "0</b> of <b>2&nbsp;certificates</b> drawn" in cam.get(page).text
    assert cam.get(f"{page}/progress.json").get_json() == {"done": 0, "total": 2, "is_open": True}
    assert cam.get(f"{page}/file").status_code == 409
    while carry_on(a_shop(house, datetime.now(UTC))):
        pass
    told = cam.get(page).text
    assert "2&nbsp;certificates</b> in one ZIP" in told
    answer = cam.get(f"{page}/file")
    assert answer.mimetype == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(archive.namelist()) == 3
    assert page in cam.get(HERE).text


def test_who_did_not_ask_finds_nothing(house: House) -> None:
    certified(house)
    page = asked(house.client_of("cam"))
    while carry_on(a_shop(house, datetime.now(UTC))):
        pass
    for name in ("bo", "ada"):
        assert house.client_of(name).get(f"{page}/file").status_code == 403
    assert house.client_of("dee").get(f"{page}/file").status_code in (403, 404)


def test_an_expired_file_says_so(house: House) -> None:
    certified(house)
    cam = house.client_of("cam")
    page = asked(cam, "print")
    while carry_on(a_shop(house, datetime.now(UTC))):
        pass
    assert cam.get(f"{page}/file").mimetype == "application/pdf"
    with house.database.session(house.maplewood.id) as session, session.writing():
        long_ago = datetime.now(UTC) - 2 * KEPT
        session.execute(sa.update(JobFile).values(made_at=long_ago, expires_at=long_ago + timedelta(days=1)))
    assert "This file has expired" in cam.get(page).text
    assert cam.get(f"{page}/file").status_code == 409


def test_a_filter_without_any_and_half_a_period_say_so(house: House) -> None:
    numbers = certified(house)
    cam = house.client_of("cam")
    assert "No certificate is in this" in cam.get(f"{HERE}?from=2010-01-01&to=2010-01-02").text
    half = cam.get(f"{HERE}?from=2010-01-01")
    assert (half.status_code, "Choose the last day as well." in half.text) == (422, True)
    assert cam.get(f"{HERE}?school=zzz").status_code == 404
    revoke(house, numbers)
    answer = cam.post(HERE, data={"form": "zip", "idempotency_key": "k"})
    assert (answer.status_code, "No certificate is in this" in answer.text) == (422, True)
    assert cam.post(HERE, data={"form": "exe", "idempotency_key": "k"}).status_code == 422
