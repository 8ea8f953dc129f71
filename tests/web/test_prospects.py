"""Before anybody attends: what an event would count for one's licences stands on its page, with the reasons."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from pdtracker.actions.claims import AttendedTime, change_time
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.licence import FactAspect
from pdtracker.domain.refs import ref_of
from pdtracker.models.events import Event
from pdtracker.models.licences import ProviderApproval
from tests.calendars import statements
from tests.claiming import a_complete_draft, a_draft, at_hours, page_of, today
from tests.factories import House, a_licence, an_approval, an_event
from tests.licensing import a_fact
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
    assert (
        "It doesn't count, because this isn't shown: the sponsor was approved on that date, and the activity"
        in said
    )
    markup = house.client_of("ada").get(page_of_event(event_id)).get_data(as_text=True)
    assert '<a href="/maplewood/rules/providers">Approved providers</a>' in markup
    # A reviewer attends nothing, and a colleague's licences are nobody else's.
    assert "New Jersey" not in texts(house.client_of("bo").get(page_of_event(event_id)))


def test_before_a_claim_is_sent_it_says_what_it_would_count_for_each_licence(house: House) -> None:
    ada = today(house)
    a_licence(ada, regime="new-jersey", name="Teacher", **A_CYCLE)
    a_licence(ada, **A_CYCLE)
    claim_id = a_complete_draft(today(house))
    client, check = house.client_of("ada"), page_of(claim_id, "/answers")
    said = texts(client.get(check))
    assert "You would get 1 hour" in said
    assert "Would count 1 hour for New Jersey professional development" in said
    assert "Not for New York CTLE yet" in said
    assert "It doesn't count, because this isn't shown: the sponsor was approved on that date" in said
    markup = client.get(check).get_data(as_text=True)
    assert f'<a href="{page_of(claim_id, "/time")}">For your licences</a>' in markup
    assert '<a href="/maplewood/rules/providers">Approved providers</a>' in markup
    # What the claimant states for their licences is told as well.
    a_fact(today(house), claim_id, FactAspect.EVIDENCE, "approved_provider")
    said = texts(client.get(check))
    assert "Would count 1 clock hour for New York CTLE" in said


def test_a_licence_goes_by_the_minutes_that_the_district_takes_as_attended(house: House) -> None:
    """Who entered 90 minutes of a session of an hour is told of the hour, here as there."""
    ada = today(house)
    a_licence(ada, regime="new-jersey", name="Teacher", **A_CYCLE)
    claim_id = a_complete_draft(ada, **at_hours(ada, 3, 2))
    begun = ada.at - timedelta(hours=3)
    time = AttendedTime(
        starts_at=begun,
        ends_at=begun + timedelta(minutes=90),
        zone=ada.district.zone,
        minutes=None,
        longer_reason="Questions",
    )
    change_time(ada, claim_id, time)
    said = texts(house.client_of("ada").get(page_of(claim_id, "/answers")))
    assert "You would get 1 hour" in said
    assert "Would count 1 hour for New Jersey professional development" in said


def test_the_page_before_sending_costs_the_same_however_many_licences_there_are(house: House) -> None:
    claim_id = a_complete_draft(today(house))
    client, counts = house.client_of("ada"), []
    for number in range(3):
        a_licence(today(house), name=f"Licence {number}", **A_CYCLE)
        with statements(house.database) as asked:
            assert client.get(page_of(claim_id, "/answers")).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


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
    assert counts[0] <= 28


def an_approved_event(house: House, days: int, **more: object) -> int:
    """An hour by a host whom New York approved."""
    cam = today(house, "cam")
    approval_id = an_approval(cam)
    organization_id = cam.session.scalar(
        sa.select(ProviderApproval.organization_id).where(ProviderApproval.id == approval_id)
    )
    cam.session.rollback()
    ada = today(house)
    starts_at = ada.at + timedelta(days=days)
    event_id = an_event(ada, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), **more)
    with ada.session.writing():
        ada.session.execute(
            sa.update(Event).where(Event.id == event_id).values(organization_id=organization_id)
        )
    return event_id


def test_the_page_of_a_licence_names_the_next_events_that_fill_what_is_missing(house: House) -> None:
    licence_id = a_licence(today(house), **A_CYCLE)
    for days in range(1, 7):
        an_approved_event(house, days, title=f"Language {days}", category=CreditCategory.ELL)
    an_approved_event(house, 1, title="Something else", category=CreditCategory.STEM)
    ada = house.client_of("ada")
    page = ada.get(f"/maplewood/licences/{ref_of(licence_id)}")
    said = texts(page)
    assert "15 clock hours of English language learners are missing" in said
    assert "Six events of those that come next would count." in said
    assert [f"Language {days}" in said for days in range(1, 7)] == [True] * 4 + [False] * 2
    assert "Would add 1 clock hour, towards English language learners." in said
    # It serves the hours of any category, of which more are missing than those.
    assert "Of the events that come next, one more would count." in said
    assert said.index("Something else") > said.index("Language 4")
    assert "All that come and are listed as English language learners, whether they count here or not" in said
    more = f"/events?programme=all&category=ell&from={today(house).today.isoformat()}"
    assert more.replace("&", "&amp;") in page.get_data(as_text=True)
    listed = texts(ada.get(more))
    assert "Language 6" in listed
    assert "Something else" not in listed


def test_nobody_chooses_events_for_another_or_for_another_day(house: House) -> None:
    licence_id = a_licence(today(house), **A_CYCLE)
    address = f"/maplewood/licences/{ref_of(licence_id)}"
    assert "Events that would help" in texts(house.client_of("ada").get(address))
    assert "Events that would help" not in texts(house.client_of("cam").get(address))
    assert "Events that would help" not in texts(house.client_of("ada").get(f"{address}?on=2025-01-01"))


def test_the_page_of_a_licence_costs_the_same_however_many_events_come(house: House) -> None:
    licence_id = a_licence(today(house), **A_CYCLE)
    ada = house.client_of("ada")
    counts = []
    for days in range(1, 4):
        for _ in range(days * 2):
            an_approved_event(house, days, category=CreditCategory.ELL)
        with statements(house.database) as asked:
            assert ada.get(f"/maplewood/licences/{ref_of(licence_id)}").status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
