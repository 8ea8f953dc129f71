"""Before anybody attends: what an event would count for one's licences stands on its page, with the reasons."""

from __future__ import annotations

from datetime import date, timedelta

from pdtracker.domain.refs import ref_of
from tests.calendars import statements
from tests.claiming import a_draft, today
from tests.factories import House, a_licence, an_event
from tests.reviewing_client import texts

A_CYCLE = {"starts_on": date(2024, 7, 1), "ends_on": date(2034, 6, 30)}


def page_of_event(event_id: int) -> str:
    """Where the event is read."""
    return f"/events/{ref_of(event_id)}"


def a_coming_event(house: House) -> int:
    """An hour of tomorrow."""
    ada = today(house)
    return an_event(ada, starts_at=ada.at + timedelta(days=1), ends_at=ada.at + timedelta(days=1, hours=1))


def test_the_page_of_an_event_says_what_it_would_count_for_each_licence(house: House) -> None:
    event_id = a_coming_event(house)
    a_licence(today(house), regime="new-jersey", name="Teacher", **A_CYCLE)
    a_licence(today(house), **A_CYCLE)
    said = texts(house.client_of("ada").get(page_of_event(event_id)))
    assert "Would count 1 hour for New Jersey professional development" in said
    assert "Not for New York CTLE yet" in said
    assert "It doesn't count: nothing shows approved provider." in said
    # A reviewer attends nothing, and a colleague's licences are nobody else's.
    assert "New Jersey" not in texts(house.client_of("bo").get(page_of_event(event_id)))


def test_a_claim_stands_in_place_of_what_if(house: House) -> None:
    ada = today(house)
    a_licence(ada, regime="new-jersey", name="Teacher", **A_CYCLE)
    event_id = an_event(ada)
    client = house.client_of("ada")
    assert "Would count 1 hour" in texts(client.get(page_of_event(event_id)))
    client.post("/maplewood/claims", data={"event": ref_of(event_id)})
    assert "Would count" not in texts(client.get(page_of_event(event_id)))


def test_the_page_costs_the_same_however_many_licences_and_claims_there_are(house: House) -> None:
    event_id = a_coming_event(house)
    client = house.client_of("ada")
    counts = []
    for number in range(3):
        a_licence(today(house), name=f"Licence {number}", **A_CYCLE)
        a_draft(today(house))
        with statements(house.database) as asked:
            assert client.get(page_of_event(event_id)).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 20
