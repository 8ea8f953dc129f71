"""Bringing a colleague, from the event's page to the letter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pdtracker.domain.refs import ref_of
from pdtracker.models.records import OutboxMail
from tests.factories import House, an_event
from tests.reviewing_client import fields, texts


def coming(house: House) -> str:
    """The address of an event of Maplewood that comes."""
    at = datetime.now(UTC) + timedelta(days=1)
    event_id = an_event(house.scope("ada"), starts_at=at, ends_at=at + timedelta(hours=1))
    return f"/events/{ref_of(event_id)}"


def test_a_letter_leaves_from_the_events_page(house: House) -> None:
    page, ada = coming(house), house.client_of("ada")
    assert f'href="{page}/invitation"' in ada.get(page).get_data(as_text=True)
    asked = ada.get(f"{page}/invitation")
    assert "Ada Lindqvist of Maplewood School District thinks that this could be for you" in texts(asked)
    assert "Of somebody of Maplewood School District, whose own this event is." in texts(asked)
    sent = fields(asked, f"{page}/invitation") | {"email": "bo@maplewood.example", "note": "Come along!"}
    answer = ada.post(f"{page}/invitation", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert "The letter to bo@maplewood.example is on its way." in texts(ada.get(page))
    mail = house.operator().session.scalars(sa.select(OutboxMail)).one()
    assert f"http://localhost{page}" in mail.body
    assert "Come along!" in mail.body
    again = ada.post(f"{page}/invitation", data=sent)
    assert again.status_code == 422
    assert "It is never sent twice." in texts(again)


def test_a_form_that_is_refused_keeps_what_was_typed(house: House) -> None:
    page, ada = coming(house), house.client_of("ada")
    answer = ada.post(
        f"{page}/invitation", data={"email": "bo@maplewood.example", "note": "Buy at pills.example"}
    )
    assert answer.status_code == 422
    assert "Leave links, addresses and numbers out." in texts(answer)
    assert "Buy at pills.example" in answer.get_data(as_text=True)
    assert ada.post(f"{page}/invitation", data={"email": "nobody", "note": ""}).status_code == 422


def test_the_sixth_letter_of_an_hour_waits(house: House) -> None:
    page, ada = coming(house), house.client_of("ada")
    for number in range(5):
        ada.post(f"{page}/invitation", data={"email": f"n{number}@elsewhere.example", "note": ""})
    answer = ada.post(f"{page}/invitation", data={"email": "bo@maplewood.example", "note": ""})
    assert answer.status_code == 429
    assert house.operator().session.scalars(sa.select(OutboxMail)).all() == []


def test_what_is_over_offers_no_letter(house: House) -> None:
    page = f"/events/{ref_of(an_event(house.scope('ada')))}"
    ada = house.client_of("ada")
    assert "Bring a colleague" not in texts(ada.get(page))
    assert "There is nothing to come to any more." in texts(ada.get(f"{page}/invitation"))
    assert ada.post(f"{page}/invitation", data={"email": "bo@maplewood.example"}).status_code == 409
    assert house.visitor().get(f"{page}/invitation").status_code == 303
