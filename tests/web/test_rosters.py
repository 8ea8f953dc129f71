"""Importing a roster over HTTP: look first, then let it hold, then perhaps back; columns are chosen where need be."""

from __future__ import annotations

import io
import re

import sqlalchemy as sa
from werkzeug.test import TestResponse

from pdtracker.models.people import Person
from pdtracker.models.rosters import RosterImport, RosterProfile
from tests.exchange.roster.rosters import oneroster_11, teacher, zipped
from tests.factories import House
from tests.reviewing_client import ReviewingClient, texts
from tests.rostering import MORE

HOME = "/maplewood/rosters"
NEW = teacher("T2", "Nia", "New", orgs="org-120").replace("Nia,New", "Nia,<b>New</b>")


def packed(*users: str) -> bytes:
    return zipped(oneroster_11(*users, *MORE))


def sent(
    client: ReviewingClient, data: bytes, file: str = "roster.zip", to: str = HOME, **more: str
) -> TestResponse:
    return client.post(
        to, data={"file": (io.BytesIO(data), file), **more}, content_type="multipart/form-data"
    )


def where(answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    return re.sub(r"^https?://[^/]+", "", answer.headers["Location"])


def names(house: House) -> list[str]:
    with house.database.session(house.maplewood.id) as session:
        return sorted(session.scalars(sa.select(Person.name).where(Person.left_at.is_(None))))


def test_a_roster_is_looked_at_then_holds_then_is_taken_back(house: House) -> None:
    cam = house.client_of("cam")
    before = names(house)
    page = where(sent(cam, packed(NEW, teacher("S1", "Kim", "Child", role="student"))))
    shown = texts(cam.get(page))
    assert "21 new, 0 changed, 0 leaving, 0 as they were" in shown
    assert "1 student or guardian was left out unread." in shown
    assert "Nia <b>New</b>" in shown
    assert names(house) == before
    assert where(cam.post(f"{page}/confirmation")) == page
    assert "Nia <b>New</b>" in names(house)
    shown = texts(cam.get(page))
    assert "Imported: 21 new, 0 changed, 0 leaving, 0 as they were." in shown
    assert where(cam.post(f"{page}/undo")) == page
    assert "Taken back: 21 people." in texts(cam.get(page))
    assert names(house) == before
    assert cam.post(f"{page}/undo").status_code == 409


def test_the_same_file_again_changes_nobody(house: House) -> None:
    cam = house.client_of("cam")
    for told in (
        "21 new, 0 changed, 0 leaving, 0 as they were",
        "0 new, 0 changed, 0 leaving, 21 as they were",
    ):
        page = where(sent(cam, packed(NEW)))
        assert told in texts(cam.get(page))
        cam.post(f"{page}/confirmation")


def test_many_leaving_need_a_second_yes(house: House) -> None:
    cam = house.client_of("cam")
    cam.post(f"{where(sent(cam, packed(NEW)))}/confirmation")
    few = zipped(oneroster_11(*MORE[:3]))
    page = where(sent(cam, few))
    assert "18 of 21 would leave." in texts(cam.get(page))
    refused = cam.post(f"{page}/confirmation")
    assert refused.status_code == 422
    assert "Say that they leave, or bring the whole roster." in texts(refused)
    assert "Nia <b>New</b>" in names(house)
    where(cam.post(f"{page}/confirmation", data={"all_of_them": "y"}))
    assert "Nia <b>New</b>" not in names(house)
    assert "Nia <b>New</b>" in texts(cam.get(f"{page}?show=leaving"))


def test_refused_lines_are_told_and_lists_come_in_pages(house: House) -> None:
    cam = house.client_of("cam")
    many = tuple(teacher(f"X{number:03}", "Given", f"Family{number:03}") for number in range(60))
    page = where(sent(cam, packed(*many, teacher("T3", "x", "y").replace("@", " at "))))
    shown = texts(cam.get(f"{page}?show=refused"))
    assert "The e-mail address isn\u2019t one." in shown
    first = cam.get(f"{page}?show=new").get_data(as_text=True)
    assert "Family049" in first
    assert "Family050" not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older is not None
    assert "Family050" in texts(cam.get(older[1].replace("&amp;", "&")))
    assert cam.get(f"{page}?show=nothing&after=x").status_code == 200


def test_a_list_of_no_known_shape_asks_for_its_columns_and_keeps_them(house: House) -> None:
    cam = house.client_of("cam")
    data = b"Kennung,Wer,Post,Kennwort\n7,Zoe Zed,zoe@maplewood.example,geheim\n"
    page = where(sent(cam, data, "liste.csv"))
    assert page.endswith("/columns")
    shown = cam.get(page).get_data(as_text=True)
    assert "Zoe Zed" in shown
    assert sent(cam, data, "liste.csv", page, number="Kennung").status_code == 422
    chosen = {"number": "Kennung", "name": "Wer", "email": "Post", "save_as": "Payroll"}
    assert cam.post(page, data=chosen).status_code == 422
    looked = where(sent(cam, data, "liste.csv", page, **chosen))
    assert "1 new" in texts(cam.get(looked))
    cam.post(f"{looked}/confirmation")
    assert "Zoe Zed" in names(house)
    again = where(sent(cam, data, "liste.csv", profile="Payroll"))
    assert "0 new, 0 changed, 0 leaving, 1 as they were" in texts(cam.get(again))
    with house.database.session(house.maplewood.id) as session:
        assert session.scalars(sa.select(RosterProfile.name)).all() == ["Payroll"]
        assert "geheim" not in repr(session.scalars(sa.select(RosterImport.listed)).all())


def test_what_is_no_roster_is_said_at_the_file(house: House) -> None:
    cam = house.client_of("cam")
    for data, why in (
        (b"", "Choose the file."),
        (b"%PDF-1.7", "This is a PDF."),
        (b"PK\x03\x04nothing", "can\u2019t be unpacked"),
        (zipped({"../users.csv": b"x"}), "outside of itself"),
    ):
        refused = sent(cam, data, "x.csv" if data else "")
        assert refused.status_code == 422
        assert why in texts(refused)


def test_a_waiting_roster_can_be_thrown_away(house: House) -> None:
    cam = house.client_of("cam")
    page = where(sent(cam, packed(NEW)))
    assert where(cam.post(f"{page}/removal")) == HOME
    assert cam.get(page).status_code == 404


def test_only_who_manages_people_gets_in(house: House) -> None:
    page = where(sent(house.client_of("cam"), packed(NEW)))
    for name in ("ada", "bo", "hal"):
        client = house.client_of(name)
        for path in (HOME, page):
            assert client.get(path).status_code == 403
        assert client.post(f"{page}/confirmation").status_code == 403
    assert house.client_of("rex").get(page.replace("maplewood", "riverton")).status_code in (403, 404)


def test_nobody_reads_rosters_without_end(house: House) -> None:
    cam = house.client_of("cam")
    data = packed(NEW)
    statuses = [sent(cam, data).status_code for _ in range(21)]
    assert statuses == [303] * 20 + [429]
