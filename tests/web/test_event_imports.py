"""Importing a calendar over HTTP: look first, then take over, then perhaps back."""

from __future__ import annotations

import base64
import io
import zlib

import sqlalchemy as sa

from pdtracker.models.events import Event
from tests.factories import House
from tests.reviewing_client import fields, texts

HOME = "/maplewood/imports/events"
CALENDAR = """BEGIN:VCALENDAR
X-WR-TIMEZONE:America/New_York
BEGIN:VEVENT
UID:1
SUMMARY:A <b>talk</b>
DTSTART:20301015T190000
DTEND:20301015T203000
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Hours unknown
DTSTART:20301016T190000
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Broken
DTSTART:tomorrow
END:VEVENT
END:VCALENDAR
"""


def asked(**more: object) -> dict[str, object]:
    return {
        "pasted": CALENDAR,
        "first_on": "2030-01-01",
        "last_on": "2030-12-31",
        "zone": "America/New_York",
    } | more


def titles(house: House) -> list[str]:
    with house.database.session(house.maplewood.id) as session:
        return sorted(session.scalars(sa.select(Event.title)))


def test_a_calendar_is_looked_at_then_taken_over_then_taken_back(house: House) -> None:
    cam = house.client_of("cam")
    looked = cam.post(f"{HOME}/preview", data=asked())
    assert looked.status_code == 200
    shown = texts(looked)
    assert "2 new, 0 changed, 0 cancelled." in shown
    assert "Tuesday, October 15, 2030, 7:00\u20138:30 pm Eastern Time" in shown
    assert "Wednesday, October 16, 2030, 7:00 pm Eastern Time, the end is not recorded" in shown
    assert "Line 14: Its DTSTART can\u2019t be read: \u201ctomorrow\u201d." in shown
    assert titles(house) == []
    sent = fields(looked, HOME)
    lines = looked.get_data(as_text=True)
    sent |= {"host": "Edcamp", "kind": "panel"}
    every = [part.partition('"')[0] for part in lines.split('name="listed" value="')[1:]]
    done = cam.post(HOME, data=sent | {"listed": every, "take": every, f"kind_{every[0]}": "webinar"})
    assert done.status_code == 303
    assert "2 new events in the calendar." in texts(cam.get(done.location)).replace("Two", "2")
    assert titles(house) == ["A talk", "Hours unknown"]
    undone = cam.post(f"{done.location}/undo")
    assert "Taken back" in texts(cam.get(undone.location))
    assert titles(house) == []
    assert "Taken back" in texts(cam.get(HOME))


def test_a_file_is_read_like_what_is_pasted(house: House) -> None:
    cam = house.client_of("cam")
    data = asked(pasted="", file=(io.BytesIO(CALENDAR.encode()), "feed.ics"))
    looked = cam.post(f"{HOME}/preview", data=data, content_type="multipart/form-data")
    assert "2 new" in texts(looked)
    assert fields(looked, HOME)["name"] == "feed.ics"


def test_the_same_again_says_that_nothing_is_new(house: House) -> None:
    cam = house.client_of("cam")
    looked = cam.post(f"{HOME}/preview", data=asked())
    sent = fields(looked, HOME)
    sent.pop("take", None)
    sent.pop("listed", None)
    assert cam.post(HOME, data=sent).status_code == 303
    again = cam.post(f"{HOME}/preview", data=asked())
    assert "0 new, 0 changed, 0 cancelled. 2 are here already, as the file says it." in texts(again)
    assert "Nothing new" in texts(again)


def test_what_is_no_calendar_says_so_and_loses_nothing(house: House) -> None:
    cam = house.client_of("cam")
    for more, sentence in (
        ({"pasted": ""}, "Choose a file, or paste the calendar."),
        ({"pasted": "hello"}, "This is no calendar"),
        ({"last_on": ""}, "Enter the last day."),
        ({"last_on": "2029-01-01"}, "Enter a last day on or after the first."),
    ):
        answer = cam.post(f"{HOME}/preview", data=asked(**more))
        assert answer.status_code == 422
        assert sentence in texts(answer)
    assert fields(answer, f"{HOME}/preview")["pasted"].strip() == CALENDAR.strip()


def test_a_lot_without_a_host_is_asked_again_with_all_that_was_chosen(house: House) -> None:
    cam = house.client_of("cam")
    sent = fields(cam.post(f"{HOME}/preview", data=asked()), HOME) | {"host": " ", "kind": "panel"}
    answer = cam.post(HOME, data=sent)
    assert answer.status_code == 422
    assert "Enter who hosts these events." in texts(answer)
    assert titles(house) == []


def test_a_packed_bomb_and_a_broken_one_bring_nothing(house: House) -> None:
    cam = house.client_of("cam")
    sent = fields(cam.post(f"{HOME}/preview", data=asked()), HOME)
    bomb = base64.b64encode(zlib.compress(b"\n" * 50_000_000, 9)).decode()
    for packed in ("", "not base64", "AAAA", bomb):
        answer = cam.post(HOME, data=sent | {"packed": packed})
        assert answer.status_code == 303
        assert answer.location == HOME
    assert titles(house) == []


def test_only_administrators_import(house: House) -> None:
    for name in ("ada", "bo", "hal"):
        client = house.client_of(name)
        assert client.get(HOME).status_code == 403
        assert client.post(f"{HOME}/preview", data=asked()).status_code == 403
    assert house.client_of("dee").get(HOME).status_code == 404


def test_nobody_has_calendars_read_without_end(house: House) -> None:
    cam = house.client_of("cam")
    answers = [cam.post(f"{HOME}/preview", data=asked(pasted="no calendar")).status_code for _ in range(20)]
    assert set(answers) == {422}
    assert cam.post(f"{HOME}/preview", data=asked()).status_code == 429
    assert cam.get(HOME).status_code == 200
