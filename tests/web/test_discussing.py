"""The discussion of an event and its archive, over HTTP."""

from __future__ import annotations

import re

from pdtracker.domain.refs import ref_of
from tests.calendars import entry, hours, load, statements
from tests.factories import House, a_contribution, an_archive_link, an_event
from tests.reviewing_client import fields, texts

MOST_STATEMENTS = 9


def own(house: House) -> tuple[int, str]:
    """An event of Maplewood that is over: its id and its address."""
    event_id = an_event(house.scope("ada"))
    return event_id, f"/events/{ref_of(event_id)}"


def test_something_is_said_and_everybody_of_the_district_reads_it(house: House) -> None:
    _, page = own(house)
    ada = house.client_of("ada")
    assert "Begin the discussion" in texts(ada.get(page))
    asked = ada.get(f"{page}/discussion")
    sent = fields(asked, f"{page}/discussion") | {
        "words": "<b>Tried it</b>, see https://a.example/x?a=1&b=2."
    }
    answer = ada.post(f"{page}/discussion", data=sent)
    assert answer.status_code == 303
    assert ada.post(f"{page}/discussion", data=sent).headers["Location"] == answer.headers["Location"]
    read = house.client_of("bo").get(f"{page}/discussion")
    assert texts(read).count("<b>Tried it</b>, see https://a.example/x?a=1&b=2 .") == 1
    assert (
        '<a href="https://a.example/x?a=1&amp;b=2" rel="nofollow ugc noopener noreferrer">'
        in read.get_data(as_text=True)
    )
    assert "1 contribution , the last today" in texts(house.client_of("bo").get(page))
    assert house.client_of("dee").get(f"{page}/discussion").status_code == 404
    assert house.visitor().get(f"{page}/discussion").status_code == 303


def test_a_shared_events_page_shows_strangers_nothing_of_it(house: House) -> None:
    event_id = load(house.database, entry("one", hours("2014-10-14T19:00")))["one"]
    a_contribution(house.scope("ada"), event_id, "Only ours")
    an_archive_link(house.scope("cam"), event_id, title="Only our recording")
    page = f"/events/{ref_of(event_id)}"
    assert "Only our recording" in texts(house.client_of("bo").get(page))
    for client in (house.visitor(), house.client_of("dee")):
        said = texts(client.get(page))
        assert "contribution" not in said
        assert "Only our recording" not in said
    assert "Only ours" not in texts(house.client_of("dee").get(f"{page}/discussion"))


def test_hidden_words_leave_their_reason_in_their_place(house: House) -> None:
    event_id, page = own(house)
    one = f"{page}/discussion/{ref_of(a_contribution(house.scope('ada'), event_id, 'Buy this'))}"
    bo, cam = house.client_of("bo"), house.client_of("cam")
    assert bo.post(f"{one}/reports", data={"reason": ""}).status_code == 422
    assert bo.post(f"{one}/reports", data={"reason": "Not about it."}).status_code == 303
    assert bo.post(f"{one}/hiding", data={"decision": "hide", "reason": "So."}).status_code == 403
    assert "Not about it." in texts(cam.get("/maplewood/discussions"))
    assert cam.post(f"{one}/hiding", data={"decision": "hide", "reason": ""}).status_code == 422
    assert cam.post(f"{one}/hiding", data={"decision": "hide", "reason": "Not for here."}).status_code == 303
    shown = texts(bo.get(f"{page}/discussion"))
    assert "Hidden by Cam Okafor: Not for here." in shown
    assert "Buy this" not in shown
    assert "Buy this" not in texts(bo.get(one))
    assert "Buy this" in texts(house.client_of("ada").get(one))
    assert "Nothing waits for you" in texts(cam.get("/maplewood/discussions"))


def test_ones_own_words_are_changed_and_withdrawn(house: House) -> None:
    event_id, page = own(house)
    one = f"{page}/discussion/{ref_of(a_contribution(house.scope('ada'), event_id, 'Frist'))}"
    ada = house.client_of("ada")
    assert ada.post(one, data=fields(ada.get(one), one) | {"words": "First"}).status_code == 303
    assert "First" in texts(house.client_of("bo").get(one))
    assert ada.post(one, data={"words": " "}).status_code == 422
    assert house.client_of("bo").post(one, data={"words": "Mine"}).status_code == 403
    assert ada.post(f"{one}/withdrawal").status_code == 303
    assert "Ada Lindqvist withdrew these words." in texts(house.client_of("bo").get(f"{page}/discussion"))


def test_the_sixth_contribution_in_ten_minutes_waits(house: House) -> None:
    _, page = own(house)
    ada = house.client_of("ada")
    answers = [ada.post(f"{page}/discussion", data={"words": f"Number {n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    # What was typed is not lost: it is sent again from the page that says how long to wait.
    assert "then try again. Nothing is lost" in texts(answers[5])
    assert fields(answers[5], f"{page}/discussion")["words"] == "Number 5"
    assert int(answers[5].headers["Retry-After"]) > 0


def test_a_district_switches_its_discussions_off_and_on(house: House) -> None:
    event_id, page = own(house)
    a_contribution(house.scope("ada"), event_id, "Kept")
    cam = house.client_of("cam")
    assert cam.post("/maplewood/discussions/closure").status_code == 303
    assert "Discussion" not in texts(house.client_of("ada").get(page))
    assert "There are no discussions here" in texts(house.client_of("ada").get(f"{page}/discussion"))
    assert house.client_of("ada").post(f"{page}/discussion", data={"words": "More"}).status_code == 409
    assert cam.post("/maplewood/discussions/opening").status_code == 303
    assert "Kept" in texts(house.client_of("ada").get(f"{page}/discussion"))


def test_a_long_discussion_is_read_page_by_page_in_few_statements(house: House) -> None:
    event_id, page = own(house)
    for number in range(30):
        a_contribution(house.scope("ada"), event_id, f"Number {number}.")
    bo = house.client_of("bo")
    with statements(house.database) as asked:
        first = bo.get(f"{page}/discussion")
    assert len(asked) <= MOST_STATEMENTS
    assert "Number 24." in texts(first)
    assert "Number 25." not in texts(first)
    found = re.search(r'href="([^"]*\?after=[^"]*)"', first.get_data(as_text=True))
    assert found is not None
    assert "Number 25." in texts(bo.get(found[1]))


def test_a_link_goes_into_the_archive_by_way_of_the_host(house: House) -> None:
    _, page = own(house)
    ada, cam = house.client_of("ada"), house.client_of("cam")
    sent = {"kind": "recording", "title": "The whole hour", "link": "video.example/hour"}
    assert ada.post(f"{page}/archive", data=sent | {"link": "javascript:x"}).status_code == 422
    assert ada.post(f"{page}/archive", data=sent).status_code == 303
    assert "Waits for who hosts the event" in texts(ada.get(f"{page}/archive"))
    assert "The whole hour" not in texts(house.client_of("bo").get(f"{page}/archive"))
    assert "1 link waits for a decision" in texts(cam.get(page))
    found = re.search(
        rf'href="({page}/archive/[a-z0-9]+)"', cam.get(f"{page}/archive").get_data(as_text=True)
    )
    assert found is not None
    assert house.client_of("bo").get(found[1]).status_code == 404
    assert cam.post(f"{found[1]}/decision", data={"decision": "refuse", "reason": ""}).status_code == 422
    assert cam.post(f"{found[1]}/decision", data={"decision": "accept"}).status_code == 303
    read = house.client_of("bo").get(page)
    assert "The whole hour Recording" in texts(read)
    assert 'href="https://video.example/hour" rel="nofollow ugc noopener noreferrer"' in read.get_data(
        as_text=True
    )
    assert cam.post(f"{found[1]}/removal").status_code == 303
    assert "The whole hour" not in texts(house.client_of("bo").get(page))


def test_whoever_may_not_change_words_is_refused_before_theirs_are_read(house: House) -> None:
    event_id, page = own(house)
    one = f"{page}/discussion/{ref_of(a_contribution(house.scope('ada'), event_id))}"
    bo, ada, hal = house.client_of("bo"), house.client_of("ada"), house.client_of("hal")
    assert bo.post(one, data={"words": ""}).status_code == 403
    assert hal.post(f"{one}/hiding", data={"decision": ""}).status_code == 403
    assert ada.post(f"{one}/reports", data={"reason": ""}).status_code == 409
    assert ada.post(one, data={"words": ""}).status_code == 422
    assert (
        house.client_of("cam")
        .post(f"{one}/hiding", data={"decision": "hide", "reason": "An advertisement"})
        .status_code
        == 303
    )
    assert ada.post(one, data={"words": "The same, in other words"}).status_code == 409


def test_a_closed_discussion_shows_words_to_their_author_and_to_who_may_hide_them(house: House) -> None:
    event_id, page = own(house)
    one = f"{page}/discussion/{ref_of(a_contribution(house.scope('ada'), event_id, 'Between us'))}"
    assert house.client_of("cam").post("/maplewood/discussions/closure").status_code == 303
    assert house.client_of("bo").get(one).status_code == 404
    assert "Between us" in texts(house.client_of("ada").get(one))
    assert "Between us" in texts(house.client_of("cam").get(one))
    refused = house.client_of("ada").post(f"{page}/discussion", data={"words": ""})
    assert refused.status_code == 409
