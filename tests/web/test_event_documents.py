"""An event as JSON: its facts and the words of CEDS, for whoever may see the event."""

from __future__ import annotations

from pdtracker.actions.calendar import propose_event
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import ref_of
from tests.calendars import entry, hours, load, proposal
from tests.factories import House, an_event


def test_an_event_tells_its_facts_and_its_kind_in_the_words_of_ceds(house: House) -> None:
    load(house.database, entry("chat", hours("2014-10-14T19:00"), kind=EventKind.HASHTAG_CHAT))
    page = house.visitor().get("/events?programme=all").get_data(as_text=True)
    address = page.split('href="/events/')[1:]
    (ref,) = {part.split('"')[0] for part in address if part.split('"')[0].isalnum() and '">chat' in part}
    answer = house.visitor().get(f"/events/{ref}.json")
    assert (answer.mimetype, answer.headers["X-Robots-Tag"]) == ("application/json", "noindex")
    told = answer.get_json()
    assert (told["title"], told["kind"], told["starts"], told["minutes"]) == (
        "chat",
        "hashtag_chat",
        "2014-10-14T19:00:00-04:00",
        60,
    )
    assert told["address"].endswith(f"/events/{ref}")
    assert {one["element"]: one["codes"] for one in told["ceds"]} == {
        "P001442": ["P2P"],
        "P001431": ["Virtual"],
        "P001458": ["Online"],
        "P001279": [],
        "P001492": [],
    }
    assert f'href="/events/{ref}.json"' in house.visitor().get(f"/events/{ref}").get_data(as_text=True)


def test_another_district_s_event_and_a_proposal_are_no_document(house: House) -> None:
    theirs = an_event(house.scope("dee"), title="theirs")
    mine = propose_event(house.scope("ada"), proposal("a wish"))
    assert house.client_of("ada").get(f"/events/{ref_of(theirs)}.json").status_code == 404
    assert house.client_of("bo").get(f"/events/{ref_of(mine)}.json").status_code == 404
    assert house.visitor().get(f"/events/{ref_of(mine)}.json").status_code == 404
    assert house.client_of("ada").get(f"/events/{ref_of(mine)}.json").get_json()["status"] == "proposed"
