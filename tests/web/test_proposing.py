"""Adding an event of one's own over HTTP, and deciding about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import propose_event
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.models.records import OutboxMail
from pdtracker.queries.programmes import themes_to_choose
from tests.calendars import EASTERN, entry, hours, load, proposal
from tests.factories import House
from tests.reviewing_client import fields, texts


def in_days(days: int) -> str:
    """A day from today on."""
    return (local(datetime.now(UTC), EASTERN).date() + timedelta(days=days)).isoformat()


def proposed(house: House, title: str = "Our own book talk") -> str:
    """The address of Ada's proposal."""
    time = hours(f"{in_days(3)}T16:00")
    return f"/events/{ref_of(propose_event(house.scope('ada', datetime.now(UTC)), proposal(title, time)))}"


def offered(**more: Any) -> dict[str, Any]:
    """What the form sends."""
    told = {
        "title": "Our own book talk",
        "host": "Oak Street School",
        "kind": "book_club",
        "category": "",
        "hours": "fixed",
        "starts": f"{in_days(3)}T16:00",
        "ends": f"{in_days(3)}T17:30",
        "first_on": "",
        "last_on": "",
        "zone": EASTERN,
        "platform": "Library",
        "link": "https://oak.example/talk",
        "hashtag": "#oaktalk",
        "programme": "",
        "summary": "Bring the book.",
    }
    return told | more


def test_whoever_has_not_signed_in_is_asked_to(house: House) -> None:
    answer = house.visitor().get("/events/new")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/events/new"


def test_a_teachers_event_goes_to_the_administrators(house: House) -> None:
    ada, cam = house.client_of("ada"), house.client_of("cam")
    asked = ada.get("/events/new")
    answer = ada.post("/events", data=fields(asked, "/events") | offered())
    assert answer.status_code == 303
    page = answer.headers["Location"]
    shown = texts(ada.get(page))
    assert "Sent to your administrators." in shown
    assert "Proposed, not in the calendar yet" in shown
    assert "4:00\u20135:30 pm Eastern Time" in shown
    assert "#oaktalk" in shown
    assert house.client_of("bo").get(page).status_code == 404
    assert house.client_of("dee").get(page).status_code == 404
    assert house.visitor().get(page).status_code == 404
    waiting = texts(cam.get("/events/proposals"))
    assert "Our own book talk" in waiting
    assert "4:00\u20135:30 pm. Proposed by Ada Lindqvist, today, " in waiting
    accepted = cam.post(f"{page}/decision", data={"decision": "accept", "reason": ""})
    assert accepted.status_code == 303
    assert "It is in your district’s calendar." in texts(cam.get(page)).replace("'", "’")
    assert house.client_of("bo").get(page).status_code == 200
    assert "Our own book talk" in texts(house.client_of("bo").get("/events?programme=all"))
    assert house.client_of("dee").get(page).status_code == 404
    assert "Nothing waits for you" in texts(cam.get("/events/proposals"))


def test_an_event_has_co_hosts_and_themes(house: House) -> None:
    load(house.database)
    ada = house.client_of("ada")
    asked = ada.get("/events/new")
    theme = themes_to_choose(house.scope("ada"))[0]
    more = {"co_hosts": "Edcamp\n\n A library ", "themes": ref_of(theme.id)}
    wrong = ada.post("/events", data=fields(asked, "/events") | offered(**more))
    assert wrong.status_code == 422
    assert "Choose themes of the programme that the event is part of, or none." in texts(wrong)
    assert fields(wrong, "/events")["themes"] == ref_of(theme.id)
    more |= {"programme": ref_of(theme.programme_id)}
    page = ada.post("/events", data=fields(asked, "/events") | offered(**more)).headers["Location"]
    shown = texts(ada.get(page))
    assert "with Edcamp" in shown
    assert "with A library" in shown
    assert theme.name in shown
    form = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
    assert form["co_hosts"].split() == ["A", "library", "Edcamp"]
    assert form["themes"] == ref_of(theme.id)


def test_an_administrators_event_is_there_at_once(house: House) -> None:
    cam = house.client_of("cam")
    page = cam.post("/events", data=offered()).headers["Location"]
    assert "It is in the calendar." in texts(cam.get(page))
    assert house.client_of("bo").get(page).status_code == 200


def test_an_open_window_has_days_in_place_of_hours(house: House) -> None:
    cam = house.client_of("cam")
    sent = offered(hours="open", starts="", ends="", first_on="2030-10-01", last_on="2030-10-31")
    page = cam.post("/events", data=sent).headers["Location"]
    assert "October 1\u201331, 2030" in texts(cam.get(page))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"title": " "}, "Enter what it is called."),
        ({"title": "x" * 161}, "Use at most 160 characters. There are 161 now."),
        ({"title": "a\u202eb"}, "There is a hidden character"),
        ({"host": ""}, "Enter who hosts it."),
        ({"kind": "party"}, "Choose from the list."),
        ({"category": "fun"}, "Choose from the list."),
        ({"starts": ""}, "Enter when it starts."),
        ({"starts": "2030-02-30T10:00"}, "Enter day and time such as 2014-10-15T19:00."),
        ({"starts": "2030-03-10T02:30", "ends": "2030-03-10T04:00"}, "the clocks were put forward"),
        ({"starts": "\u0662\u0660\u0663\u0660-10-15T10:00"}, "Enter day and time such as 2014-10-15T19:00."),
        ({"starts": "1999-10-15T10:00"}, "Enter a year between 2000 and 2100."),
        ({"starts": "2030-10-15T10:00", "ends": "2030-10-15T09:00"}, "Enter an end after that."),
        ({"starts": "2030-10-15T10:00", "ends": "2030-10-16T10:01"}, "One session lasts at most a day."),
        ({"hours": "open"}, "Enter the first day."),
        (
            {"hours": "open", "first_on": "2030-10-02", "last_on": "2030-10-01"},
            "Enter a last day on or after",
        ),
        ({"hours": "open", "first_on": "2030-10-02", "last_on": "2032-10-01"}, "within a year"),
        ({"hours": "open", "first_on": "1999-10-02", "last_on": "1999-10-03"}, "between 2000 and 2100"),
        ({"hours": "never"}, "hoice"),
        ({"zone": "Mars/Olympus"}, "Choose a time zone from the list."),
        ({"link": "javascript:alert(1)"}, "It begins with https://"),
        ({"hashtag": "two words"}, "Enter one hashtag"),
        ({"programme": "0000000000001"}, "Choose from the list."),
        ({"summary": "x" * 2001}, "Use at most 2,000 characters."),
    ],
)
def test_a_refused_form_says_why_and_loses_nothing(house: House, more: dict[str, str], sentence: str) -> None:
    load(house.database)
    sent = offered(**more)
    answer = house.client_of("ada").post("/events", data=sent)
    assert answer.status_code == 422
    assert sentence in texts(answer)
    assert "put right" in texts(answer)
    kept = fields(answer, "/events")
    # What is chosen from a list can't come back when the list doesn't have it.
    typed = set(sent) - {"kind", "category", "hours", "zone", "programme", "summary"}
    assert {name: kept.get(name) for name in typed} == {
        name: sent[name].strip(" ") and sent[name] for name in typed
    }
    assert kept["summary"].strip() == sent["summary"]


def test_the_same_form_sent_twice_is_one_event(house: House) -> None:
    ada = house.client_of("ada")
    sent = fields(ada.get("/events/new"), "/events") | offered()
    first, second = ada.post("/events", data=sent), ada.post("/events", data=sent)
    assert first.headers["Location"] == second.headers["Location"]


def test_a_refusal_tells_its_proposer_why(house: House) -> None:
    page = proposed(house)
    cam = house.client_of("cam")
    empty = cam.post(f"{page}/decision", data={"decision": "refuse", "reason": " "})
    assert empty.status_code == 422
    assert "Say why. Whoever proposed it reads this." in texts(empty)
    refused = cam.post(f"{page}/decision", data={"decision": "refuse", "reason": "It is there already."})
    assert refused.status_code == 303
    assert "Not taken into the calendar: It is there already." in texts(house.client_of("ada").get(page))
    assert house.client_of("bo").get(page).status_code == 404
    again = cam.post(f"{page}/decision", data={"decision": "accept", "reason": ""})
    assert again.status_code == 409


def test_a_button_that_is_none_decides_nothing(house: House) -> None:
    page = proposed(house)
    cam = house.client_of("cam")
    assert cam.post(f"{page}/decision", data={"decision": "later", "reason": ""}).status_code == 422
    assert "Into your calendar?" in texts(cam.get(page))


def test_only_administrators_see_and_decide_proposals(house: House) -> None:
    page = proposed(house)
    for name in ("ada", "bo", "hal", "dee"):
        client = house.client_of(name)
        assert client.get("/events/proposals").status_code == 403
        assert client.post(f"{page}/decision", data={"decision": "accept", "reason": ""}).status_code == 403
    assert "Into your calendar?" not in texts(house.client_of("ada").get(page))


def test_the_shared_calendar_is_nobodys_to_decide(house: House) -> None:
    ids = load(house.database, entry("shared", hours("2014-10-14T19:00")))
    page = f"/events/{ref_of(ids['shared'])}"
    answer = house.client_of("cam").post(f"{page}/decision", data={"decision": "accept", "reason": ""})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("who", "said", "may_log"),
    [
        ("ada", "once an administrator accepts it", True),
        ("bo", "once an administrator accepts it", False),
        ("cam", "see it at once", False),
    ],
)
def test_the_page_offers_only_what_its_reader_may_do(
    house: House, who: str, said: str, may_log: bool
) -> None:
    answer = house.client_of(who).get("/events/new")
    assert said in texts(answer)
    assert ("/claims/new" in answer.get_data(as_text=True)) == may_log


def test_the_host_proposes_a_split_and_everybody_sees_it(house: House) -> None:
    ada = house.client_of("ada")
    asked = fields(ada.get("/events/new"), "/events")
    refused = ada.post("/events", data=asked | offered(split_content="1", split_ell="0.25"))
    assert refused.status_code == 422
    assert "These add up to 1.25 hours; it lasts 1.5 hours." in texts(refused)
    assert fields(refused, "/events")["split_ell"] == "0.25"
    answer = ada.post("/events", data=asked | offered(split_content="1", split_ell="0.5"))
    assert answer.status_code == 303
    shown = texts(ada.get(answer.headers["Location"]))
    assert "Hours are about Content 60 minutes, English language learners 30 minutes" in shown


@pytest.mark.parametrize("typed", ["NaN", "-1", "0", "25"])
def test_what_is_no_hours_is_refused_at_its_category(house: House, typed: str) -> None:
    ada = house.client_of("ada")
    asked = fields(ada.get("/events/new"), "/events")
    refused = ada.post("/events", data=asked | offered(split_content=typed))
    assert refused.status_code == 422
    assert fields(refused, "/events")["split_content"] == typed


def test_whoever_adds_what_may_be_there_is_shown_it_first(house: House) -> None:
    page = proposed(house)
    bo, cam = house.client_of("bo"), house.client_of("cam")
    cam.post(f"{page}/decision", data={"decision": "accept", "reason": ""})
    sent = fields(bo.get("/events/new"), "/events") | offered(summary="Ours, with tea.")
    asked = bo.post("/events", data=sent)
    assert asked.status_code == 422
    shown = texts(asked)
    assert "Is it one of these?" in shown
    assert "It has nearly the same title, the same time and the same host." in shown
    again = fields(asked, "/events")
    assert again["summary"].strip() == "Ours, with tea."
    added = bo.post("/events", data=again)
    assert added.status_code == 303
    assert added.headers["Location"] != page


def test_a_returned_proposal_comes_back_to_its_proposer(house: House) -> None:
    page, ada, cam = proposed(house), house.client_of("ada"), house.client_of("cam")
    returned = cam.post(f"{page}/decision", data={"decision": "return", "reason": "Say in which room."})
    assert returned.status_code == 303
    assert "With their proposers" in texts(cam.get("/events/proposals"))
    assert "Into your calendar?" not in texts(cam.get(page))
    assert "Change your event \u201cOur own book talk\u201d" in texts(ada.get("/maplewood"))
    assert "To change: Say in which room." in texts(ada.get(page))
    asked = ada.get(f"{page}/changes/new")
    assert "Send it again" in texts(asked)
    sent = fields(asked, f"{page}/changes") | {"platform": "Room 12"}
    assert "Sent to your administrators again." in texts(
        ada.get(ada.post(f"{page}/changes", data=sent).location)
    )
    assert "Into your calendar?" in texts(cam.get(page))


def test_a_duplicate_is_merged_and_its_address_leads_on(house: House) -> None:
    first, cam = proposed(house), house.client_of("cam")
    cam.post(f"{first}/decision", data={"decision": "accept", "reason": ""})
    second = proposed(house, "Our own book talks")
    decides = texts(cam.get(second))
    assert "It may be there already" in decides
    assert "It has nearly the same title, the same time and the same host." in decides
    assert "It may be there already" not in texts(house.client_of("ada").get(second))
    asked = cam.get(f"{second}/merging")
    assert "Our own book talk" in texts(asked)
    none = cam.post(f"{second}/merging", data={})
    assert none.status_code == 422
    assert "Choose the event that it is." in texts(none)
    merged = cam.post(f"{second}/merging", data={"into": first.removeprefix("/events/")})
    assert merged.location == first
    assert "This one remains, and the other address leads here." in texts(cam.get(first))
    for name in ("ada", "bo", "cam"):
        led = house.client_of(name).get(second)
        assert (led.status_code, led.location) == (301, first)
    assert house.client_of("dee").get(second).status_code == 404
    assert house.client_of("ada").get(f"{first}/merging").status_code == 403


def test_what_is_only_proposed_is_nothing_to_merge_into(house: House) -> None:
    proposed(house, "Our own book talks")
    page = proposed(house)
    assert "Nothing in the calendar is like it" in texts(house.client_of("cam").get(f"{page}/merging"))


def test_the_home_of_a_host_has_what_was_returned(house: House) -> None:
    at = datetime.now(UTC)
    event_id = propose_event(house.scope("hal", at), proposal("Open house", hours(f"{in_days(3)}T16:00")))
    house.client_of("cam").post(
        f"/events/{ref_of(event_id)}/decision", data={"decision": "return", "reason": "Where?"}
    )
    assert "Change your event \u201cOpen house\u201d" in texts(house.client_of("hal").get("/maplewood"))


def test_a_decision_is_written_to_who_proposed_with_the_address_of_its_page(house: House) -> None:
    page, cam = proposed(house), house.client_of("cam")
    sent = {"decision": "return", "reason": "Say in which room."}
    assert cam.post(f"{page}/decision", data=sent).status_code == 303
    letter = house.operator().session.scalars(sa.select(OutboxMail)).one()
    assert letter.subject == "Returned to you: Our own book talk"
    assert "What to change: Say in which room." in letter.body
    assert f"{page}\n" in letter.body
