"""Going to an event over HTTP: the button, the reminder, and what pages say of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pdtracker.actions.calendar import propose_event
from pdtracker.actions.registering import set_terms
from pdtracker.domain.refs import ref_of
from tests.calendars import hours, proposal, statements
from tests.factories import House, an_event
from tests.reviewing_client import texts

AHEAD = proposal(time=hours("2030-10-15T16:00", 90))


def its_page(house: House) -> str:
    """The address of Cam's event in 2030."""
    event_id = propose_event(house.scope("cam", datetime.now(UTC)), AHEAD)
    return f"/events/{ref_of(event_id)}"


def test_an_event_is_marked_and_taken_back_on_its_page(house: House) -> None:
    page, ada = its_page(house), house.client_of("ada")
    assert "I’m going" in texts(ada.get(page))
    for _ in range(2):
        answer = ada.post(f"{page}/going")
        assert (answer.status_code, answer.location) == (303, page)
    shown = texts(ada.get(page))
    assert "You’re going We remind you by letter the day before." in shown
    ada.post(f"{page}/going/reminder", data={"wanted": ""})
    assert "Without a reminder. Remind me the day before" in texts(ada.get(page)).replace("\n", " ")
    ada.post(f"{page}/going/reminder", data={"wanted": "yes"})
    assert "No reminder" in texts(ada.get(page))
    for _ in range(2):
        assert ada.post(f"{page}/going/withdrawal").status_code == 303
    assert "You’re going" not in texts(ada.get(page))


def test_on_the_last_day_no_reminder_is_promised(house: House) -> None:
    soon = datetime.now(UTC) + timedelta(hours=3)
    page = (
        f"/events/{ref_of(an_event(house.scope('cam'), starts_at=soon, ends_at=soon + timedelta(hours=1)))}"
    )
    ada = house.client_of("ada")
    assert "It comes into your calendar" in texts(ada.get(page)).replace("\n", " ")
    ada.post(f"{page}/going")
    shown = texts(ada.get(page))
    assert "You’re going" in shown
    assert "remind" not in shown.lower()


def test_what_is_on_now_is_logged_and_no_longer_gone_to(house: House) -> None:
    begun = datetime.now(UTC) - timedelta(minutes=20)
    page = (
        f"/events/{ref_of(an_event(house.scope('cam'), starts_at=begun, ends_at=begun + timedelta(hours=1)))}"
    )
    shown = texts(house.client_of("ada").get(page))
    assert "I attended" in shown
    assert "I’m going" not in shown


def test_a_mark_is_on_ones_home_and_in_the_lists(house: House) -> None:
    page, ada = its_page(house), house.client_of("ada")
    ada.post(f"{page}/going")
    assert "You’re going · 4:00" in texts(ada.get("/maplewood"))
    for view in ("", "&view=month&month=2030-10"):
        address = f"/events?programme=all&from=2030-10-01{view}"
        assert "You’re going" in texts(ada.get(address))
        assert "You’re going" not in texts(house.client_of("bo").get(address))


def test_the_button_leads_back_to_the_page_where_it_stands_and_nowhere_else(house: House) -> None:
    page, ada = its_page(house), house.client_of("ada")
    assert ada.post(f"{page}/going", data={"next": "/events?view=month"}).location == "/events?view=month"
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"):
        assert ada.post(f"{page}/going", data={"next": elsewhere}).location == page


def test_who_cannot_go_finds_no_button(house: House) -> None:
    page = its_page(house)
    for name, status in (("hal", 403), ("bo", 403), ("dee", 404)):
        client = house.client_of(name)
        assert "I’m going" not in texts(client.get(page))
        assert client.post(f"{page}/going").status_code == status
    over = f"/events/{ref_of(an_event(house.scope('cam'), title='over'))}"
    ada = house.client_of("ada")
    assert "I’m going" not in texts(ada.get(over))
    assert ada.post(f"{over}/going").status_code == 409


def test_who_registers_is_told_of_their_place_only(house: House) -> None:
    page, ada = its_page(house), house.client_of("ada")
    ada.post(f"{page}/going")
    cam = house.scope("cam", datetime.now(UTC))
    event_id = propose_event(cam, AHEAD)
    set_terms(cam, event_id, places=5, closes_at=None)
    asks = f"/events/{ref_of(event_id)}"
    assert "I’m going" not in texts(ada.get(asks))
    ada.post(f"{asks}/registration")
    assert "You’re going" not in texts(ada.get(asks))


def test_a_list_takes_as_many_statements_for_two_marks_as_for_one(house: House) -> None:
    ada, counts = house.client_of("ada"), []
    for day in (1, 2):
        time = AHEAD.time
        begins = time.starts_at + timedelta(days=day)
        event_id = an_event(house.scope("cam"), starts_at=begins, ends_at=begins + timedelta(hours=1))
        ada.post(f"/events/{ref_of(event_id)}/going")
        with statements(house.database) as asked:
            ada.get("/events?programme=all&from=2030-10-01")
        counts.append(len(asked))
    assert counts[0] == counts[1]
