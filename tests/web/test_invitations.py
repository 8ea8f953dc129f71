"""Inviting people and coming in, over HTTP: what strangers learn, where links lead, what a refused list keeps."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from pdtracker.jobs import deliver_due_mail
from pdtracker.models.people import Person
from tests.actions.test_joining_letters import Postbox
from tests.factories import House, ways_in
from tests.reviewing_client import texts

PEOPLE = "/maplewood/people"
INVITATIONS = f"{PEOPLE}/invitations"
CHOSEN = "seven quiet rivers bend"
GUS = "Gus Peters, gus@maplewood.example"


def _letters(house: House) -> list[str]:
    box = Postbox()
    deliver_due_mail(house.database, box, base_url=house.settings.base_url, clock=lambda: datetime.now(UTC))
    return box.texts()


def _link(house: House) -> str:
    (body,) = _letters(house)
    found = re.search(re.escape(house.settings.base_url) + r"(/join/letter/[\w-]{43})\n", body)
    assert found is not None, body
    return found[1]


def _invite(house: House, people: str = GUS, **more: object) -> TestResponse:
    data = {"people": people, "roles": ["teacher"], "school": "", **more}
    return house.client_of("cam").post(INVITATIONS, data=data, headers={"Host": "localhost"})


def _a_link(house: House) -> str:
    return f"/join/link/{ways_in(house.operator(at=datetime.now(UTC)))['link_secret']}"


def test_from_the_invitation_to_the_first_page_of_ones_own(house: House) -> None:
    _invite(house)
    assert "Gus Peters" in texts(house.client_of("cam").get(INVITATIONS))
    link, gus = _link(house), house.visitor()
    page = gus.get(link)
    assert "Join Maplewood School District" in texts(page)
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert gus.post(link, data={"password": CHOSEN}).status_code == 303
    answer = gus.post("/sign-in", data={"email": "gus@maplewood.example", "password": CHOSEN})
    assert answer.status_code == 303
    assert gus.get("/maplewood").status_code == 200
    assert "Gus Peters" not in texts(house.client_of("cam").get(INVITATIONS))


def test_to_open_a_link_uses_nothing_up(house: House) -> None:
    """Scanners of mail open every link."""
    _invite(house)
    link = _link(house)
    for _ in range(3):
        assert house.visitor().get(link).status_code == 200
    assert house.visitor().post(link, data={"password": CHOSEN}).status_code == 303


def test_a_weak_password_is_refused_and_the_link_stays_good(house: House) -> None:
    _invite(house)
    link = _link(house)
    assert house.visitor().post(link, data={"password": "short"}).status_code == 422
    assert house.visitor().post(link, data={"password": CHOSEN}).status_code == 303


def test_a_link_that_was_used_looks_like_one_that_never_was(house: House) -> None:
    _invite(house)
    link = _link(house)
    house.visitor().post(link, data={"password": CHOSEN})
    used, never = (house.visitor().get(path) for path in (link, "/join/letter/" + "x" * 43))
    assert used.status_code == never.status_code == 404
    assert texts(used) == texts(never)
    for path in (link, "/join/letter/never"):
        assert house.visitor().post(f"{path}/again").headers["Location"] == "/join/sent"
    assert _letters(house) == []


def test_a_refused_list_keeps_what_was_typed_and_names_the_lines(house: House) -> None:
    typed = f"{GUS}\nnobody at all\n\nAda, {house.email_of('ada')}"
    answer = _invite(house, typed)
    page = texts(answer)
    assert answer.status_code == 422
    assert "Line 2: There is no e-mail address in it." in page
    assert "nobody at all" in page
    assert _letters(house) == []
    again = texts(_invite(house, f"{GUS}\n\nAda, {house.email_of('ada')}"))
    assert "Line 3: Ada Lindqvist can sign in already." in again


def test_a_file_is_read_as_a_list_is(house: House) -> None:
    data = "First name;Last name;E-mail;School\r\nZoë;Peters;zoe@maplewood.example;maplewood north\r\n"
    _invite(house, "", file=(io.BytesIO(data.encode("cp1252")), "staff.csv"))
    with house.database.session(house.maplewood.id) as session:
        name, school = session.execute(
            sa.select(Person.name, Person.school_id).where(Person.email_key == "zoe@maplewood.example")
        ).one()
    assert (name, school) == ("Zoë Peters", house.school_ids["Maplewood North"])


@pytest.mark.parametrize("name", ["ada", "bo", "hal"])
def test_only_who_manages_people_invites(house: House, name: str) -> None:
    assert house.client_of(name).post(INVITATIONS, data={"people": GUS}).status_code == 403


def test_strangers_read_the_same_whoever_they_name(house: House) -> None:
    link, answers = _a_link(house), []
    for email in (house.email_of("ada"), "nobody@maplewood.example"):
        stranger = house.visitor()
        answer = stranger.post(link, data={"name": "Some Body", "email": email})
        answers.append((answer.status_code, answer.headers["Location"], texts(stranger.get("/join/sent"))))
    assert answers[0] == answers[1]
    assert len(_letters(house)) == 2


def test_a_district_that_is_closed_looks_like_one_that_never_was(house: House) -> None:
    closed, never = (house.visitor().get(f"/join/district/{slug}") for slug in ("maplewood", "nowhere"))
    assert closed.status_code == never.status_code == 404
    assert texts(closed) == texts(never)


def test_an_open_district_writes_to_its_own_domains_only(house: House) -> None:
    cam = house.client_of("cam")
    assert cam.post(f"{PEOPLE}/registration", data={"open-domains": "no domain"}).status_code == 422
    assert cam.post(f"{PEOPLE}/registration", data={"open-domains": "@maplewood.example"}).status_code == 303
    front = "/join/district/maplewood"
    assert "@maplewood.example" in texts(house.visitor().get(front))
    refused = house.visitor().post(front, data={"name": "Eve", "email": "eve@evil.example"})
    assert refused.status_code == 422
    assert _letters(house) == []
    house.visitor().post(front, data={"name": "Gus Peters", "email": "gus@maplewood.example"})
    link = _link(house)
    form = {"name": "Gustav Peters", "password": CHOSEN}
    assert house.visitor().post(link, data=form).status_code == 303
    assert "Gustav Peters" in texts(cam.get(PEOPLE))
    assert cam.post(f"{PEOPLE}/registration/end").status_code == 303
    assert house.visitor().get(front).status_code == 404


def test_a_link_is_shown_once_and_ends(house: House) -> None:
    cam = house.client_of("cam")
    made = cam.post(
        f"{PEOPLE}/links",
        data={"name": "Workshop", "domains": "maplewood.example", "days": "7", "most": "30"},
    )
    found = re.search(r"http://localhost(/join/link/[\w-]{43})", made.get_data(as_text=True))
    assert found is not None
    assert house.visitor().get(found[1]).status_code == 200
    page = cam.get(INVITATIONS)
    assert "Workshop" in texts(page)
    assert found[1] not in page.get_data(as_text=True)
    end = re.search(r'action="([^"]+/links/[^"]+/end)"', page.get_data(as_text=True))
    assert end is not None
    assert cam.post(end[1]).status_code == 303
    assert house.visitor().get(found[1]).status_code == 404


@pytest.mark.parametrize(
    "field", [{"name": ""}, {"domains": "everywhere"}, {"days": "365"}, {"most": "0"}, {"most": "5001"}]
)
def test_a_link_that_says_too_little_or_too_much_is_refused(house: House, field: dict[str, str]) -> None:
    whole = {"name": "Workshop", "domains": "maplewood.example", "days": "7", "most": "30"}
    assert house.client_of("cam").post(f"{PEOPLE}/links", data=whole | field).status_code == 422


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host"])
def test_no_header_says_where_a_link_leads(house: House, header: str) -> None:
    house.visitor().post(
        _a_link(house),
        data={"name": "Gus", "email": "gus@maplewood.example"},
        headers={header: "evil.example"},
    )
    (body,) = _letters(house)
    assert "evil.example" not in body


def test_who_has_signed_in_brings_their_account(house: House) -> None:
    _invite(house, f"Dee A., {house.email_of('dee')}")
    link, dee = _link(house), house.client_of("dee")
    dee.foreign = frozenset()
    assert "Signed in as" in texts(dee.get(link))
    assert dee.post(link).status_code == 303
    assert dee.get("/maplewood").status_code == 200
