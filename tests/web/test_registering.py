"""Registering over HTTP, and the host's list."""

from __future__ import annotations

from datetime import UTC, datetime

from pdtracker.actions.calendar import propose_event
from pdtracker.domain.refs import ref_of
from tests.calendars import hours, proposal, statements
from tests.factories import House
from tests.reviewing_client import fields, texts


def an_event(house: House, **terms: str) -> str:
    """The address of Cam's event in 2030, which asks people to register."""
    event_id = propose_event(
        house.scope("cam", datetime.now(UTC)), proposal(time=hours("2030-10-15T16:00", 90))
    )
    page = f"/events/{ref_of(event_id)}"
    cam = house.client_of("cam")
    asked = fields(cam.get(f"{page}/registrations"), f"{page}/registrations/terms")
    assert cam.post(f"{page}/registrations/terms", data=asked | {"places": "1"} | terms).status_code == 303
    return page


def test_a_place_is_asked_for_given_up_and_given_on(house: House) -> None:
    page = an_event(house)
    ada, bo = house.client_of("ada"), house.client_of("bo")
    assert "1 of 1 places left." in texts(ada.get(page))
    for _ in range(2):
        assert ada.post(f"{page}/registration").status_code == 303
    assert "You have a place" in texts(ada.get(page))
    assert "The only place is taken" in texts(bo.get(page))
    bo.post(f"{page}/registration")
    shown = texts(bo.get(page))
    assert "You are in the line" in shown
    assert "Nobody is before you." in shown
    ada.post(f"{page}/registration/withdrawal")
    assert "You have a place" in texts(bo.get(page))
    assert "Get in the line" in texts(ada.get(page))


def test_what_one_registered_for_is_on_ones_home(house: House) -> None:
    page, ada = an_event(house), house.client_of("ada")
    ada.post(f"{page}/registration")
    assert "Our own book talk You have a place · 4:00" in texts(ada.get("/maplewood"))


def test_the_host_sees_who_comes_and_keeps_it_as_a_table(house: House) -> None:
    page = an_event(house)
    for name in ("ada", "bo"):
        house.client_of(name).post(f"{page}/registration")
    cam = house.client_of("cam")
    shown = texts(cam.get(f"{page}/registrations"))
    assert "1 of 1 registered, 1 in the line." in shown
    assert "Ada Lindqvist" in shown
    lines = cam.get(f"{page}/registrations.csv").get_data(as_text=True).splitlines()
    assert lines[0].lstrip("\ufeff") == "Name,E-mail,Registration,Since"
    assert [line.split(",")[2] for line in lines[1:]] == ["registered", "waiting"]
    for name, status in (("ada", 403), ("hal", 403), ("dee", 404)):
        client = house.client_of(name)
        for address in (f"{page}/registrations", f"{page}/registrations.csv"):
            assert client.get(address).status_code == status
        assert client.post(f"{page}/registrations/terms", data={"places": "9"}).status_code == status
    assert house.client_of("dee").post(f"{page}/registration").status_code == 404


def test_terms_that_cannot_be_are_asked_again(house: House) -> None:
    page, cam = an_event(house), house.client_of("cam")
    for more, sentence in (
        ({"places": "0"}, "Enter between 1 and 100,000 places, or nothing."),
        ({"places": "many"}, "Not a valid integer value"),
        ({"closes": "2031-01-01T10:00"}, "Enter a moment before the event ends."),
        ({"closes": "soon"}, "Enter day and time"),
    ):
        answer = cam.post(f"{page}/registrations/terms", data={"places": "3", "closes": ""} | more)
        assert answer.status_code == 422
        assert sentence in texts(answer)


def test_closed_registration_says_so(house: House) -> None:
    page = an_event(house, closes="2020-01-01T10:00")
    assert "Registration is over." in texts(house.client_of("ada").get(page))
    assert house.client_of("ada").post(f"{page}/registration").status_code == 409


def test_the_list_takes_as_many_statements_for_two_as_for_one(house: House) -> None:
    page, cam = an_event(house, places="9"), house.client_of("cam")
    counts = []
    for name in ("ada", "bo"):
        house.client_of(name).post(f"{page}/registration")
        with statements(house.database) as asked:
            cam.get(f"{page}/registrations")
        counts.append(len(asked))
    assert counts[0] == counts[1]
