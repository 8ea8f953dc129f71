"""Changing and cancelling an event over HTTP, and its history."""

from __future__ import annotations

from datetime import UTC, datetime

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.domain.refs import ref_of
from tests.calendars import hours, proposal, statements, window
from tests.factories import House
from tests.reviewing_client import fields, texts


def published(house: House, **more: object) -> str:
    """The address of an event that Ada hosts."""
    at = datetime.now(UTC)
    told = proposal("Our own book talk", **{"time": hours("2030-10-15T16:00", 90), **more})  # type: ignore[arg-type]
    event_id = propose_event(house.scope("ada", at), told)
    decide_proposal(house.scope("cam", at), event_id, accept=True, reason="")
    return f"/events/{ref_of(event_id)}"


def test_the_form_begins_with_what_the_event_says(house: House) -> None:
    page = published(house, link="https://oak.example/", hashtag="#oak")
    asked = fields(house.client_of("ada").get(f"{page}/changes/new"), f"{page}/changes")
    told = {name: asked[name] for name in ("title", "host", "starts", "ends", "link", "hashtag", "version")}
    assert told == {
        "title": "Our own book talk",
        "host": "Oak Street School",
        "starts": "2030-10-15T16:00",
        "ends": "2030-10-15T17:30",
        "link": "https://oak.example/",
        "hashtag": "#oak",
        "version": "1",
    }


def test_a_change_is_on_the_page_and_in_the_history(house: House) -> None:
    page, ada = published(house), house.client_of("ada")
    asked = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
    answer = ada.post(f"{page}/changes", data=asked | {"platform": "The gym", "ends": "2030-10-15T18:00"})
    assert answer.status_code == 303
    shown = texts(ada.get(page))
    assert "Changed. Claims that were made before keep what they say." in shown
    assert "The gym" in shown
    assert "4:00\u20136:00 pm" in shown
    told = texts(ada.get(f"{page}/changes"))
    assert "Where: Library is now The gym" in told
    assert "Ada Lindqvist, today" in told


def test_a_window_is_changed_as_a_window(house: House) -> None:
    page, ada = published(house, time=window("2030-10-01", "2030-10-31")), house.client_of("ada")
    asked = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
    assert (asked["first_on"], asked["last_on"]) == ("2030-10-01", "2030-10-31")
    ada.post(f"{page}/changes", data=asked | {"last_on": "2030-11-30"})
    assert "October 1 \u2013 November 30, 2030" in texts(ada.get(page))


def test_who_was_slower_keeps_what_they_typed(house: House) -> None:
    page = published(house)
    ada, cam = house.client_of("ada"), house.client_of("cam")
    sent = fields(ada.get(f"{page}/changes/new"), f"{page}/changes") | {"title": "Ada's title"}
    theirs = fields(cam.get(f"{page}/changes/new"), f"{page}/changes") | {"platform": "Gym"}
    assert cam.post(f"{page}/changes", data=theirs).status_code == 303
    slower = ada.post(f"{page}/changes", data=sent)
    assert slower.status_code == 409
    shown = texts(slower)
    assert "Somebody changed this event while you were writing." in shown
    assert "Cam Okafor, today" in shown
    assert "Where: Library is now Gym" in shown
    again = fields(slower, f"{page}/changes")
    assert again["title"] == "Ada's title"
    assert ada.post(f"{page}/changes", data=again).status_code == 303
    assert "Ada's title" in texts(cam.get(page))


def test_a_refused_change_loses_nothing(house: House) -> None:
    page, ada = published(house), house.client_of("ada")
    asked = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
    for more, sentence in (
        ({"title": " "}, "Enter what it is called."),
        ({"ends": "2030-10-15T15:00"}, "Enter an end after that."),
        ({"split_content": "1"}, "These add up to 1 hour"),
    ):
        answer = ada.post(f"{page}/changes", data=asked | more | {"summary": "Bring the book."})
        assert answer.status_code == 422
        assert sentence in texts(answer)
        assert fields(answer, f"{page}/changes")["summary"].strip() == "Bring the book."


def test_a_cancelled_event_says_why_and_comes_back(house: House) -> None:
    page, ada = published(house), house.client_of("ada")
    asked = ada.get(f"{page}/cancellation")
    empty = ada.post(f"{page}/cancellation", data=fields(asked, f"{page}/cancellation"))
    assert empty.status_code == 422
    assert "Say why." in texts(empty)
    assert "expected by" not in texts(asked)
    assert ada.post(f"{page}/going").status_code == 303
    assert "It is expected by one person: one who means to come." in texts(ada.get(f"{page}/cancellation"))
    answer = ada.post(f"{page}/cancellation", data={"reason": "The library is flooded."})
    assert answer.status_code == 303
    assert "One person hears of it, with your reason." in texts(ada.get(answer.location))
    for name in ("ada", "bo"):
        shown = texts(house.client_of(name).get(page))
        assert "Cancelled" in shown
        assert "The library is flooded." in shown
    assert "It is cancelled already" in texts(ada.get(f"{page}/cancellation"))
    assert ada.post(f"{page}/cancellation", data={"reason": "Again."}).status_code == 409
    assert ada.post(f"{page}/reinstatement").status_code == 303
    assert "It takes place again." in texts(ada.get(page))


def test_only_keepers_are_offered_and_let_in(house: House) -> None:
    page = published(house)
    for name, status in (("bo", 403), ("hal", 403), ("dee", 404)):
        client = house.client_of(name)
        for address in (f"{page}/changes", f"{page}/changes/new", f"{page}/cancellation"):
            assert client.get(address).status_code == status
        assert client.post(f"{page}/reinstatement").status_code == status
    assert "You look after this event" not in texts(house.client_of("bo").get(page))
    assert "You look after this event" in texts(house.client_of("cam").get(page))


def test_the_history_takes_as_many_statements_for_many_changes_as_for_one(house: House) -> None:
    page, ada = published(house), house.client_of("ada")

    def change(title: str) -> None:
        asked = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
        ada.post(f"{page}/changes", data=asked | {"title": title})

    change("One")
    with statements(house.database) as few:
        ada.get(f"{page}/changes")
    for title in ("Two", "Three", "Four"):
        change(title)
    with statements(house.database) as many:
        ada.get(f"{page}/changes")
    assert len(many) == len(few)
