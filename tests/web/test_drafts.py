"""Step 1 of a claim: which session it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pdtracker.actions.claims import withdraw_claim
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.queries import claims
from tests.claiming import ON_ONE_DATABASE, a_draft, a_sent_claim, page_of, today
from tests.factories import House, an_event
from tests.reviewing_client import fields, texts

OWN = "/maplewood/claims/new/own"
ENTERED = {
    "title": "A week on reading",
    "host": "State library",
    "kind": "webinar",
    "category": "content",
    "link": "https://library.example/week",
}


def test_one_press_makes_a_draft_with_the_event_s_times(house: House) -> None:
    who = today(house)
    event_id = an_event(who)
    ada = house.client_of("ada")
    for _ in range(2):
        answer = ada.post("/maplewood/claims", data={"event": ref_of(event_id)})
        assert answer.status_code == 303
    (row,) = claims.own_claims(today(house), list(claims.ClaimState), before=None).rows
    assert answer.location == page_of(row.claim.id, "/time")
    assert row.claim.minutes == 60
    assert "You claim so far 1 hour" in texts(ada.get(answer.location))


def test_an_event_that_was_sent_already_leads_to_its_claim(house: House) -> None:
    who = today(house)
    claim_id = a_sent_claim(who)
    event = ref_of(claims.own_claim(who, claim_id).event_id or 0)
    ada = house.client_of("ada")
    answer = ada.post("/maplewood/claims", data={"event": event})
    assert answer.location == page_of(claim_id)
    assert ada.get(f"/maplewood/claims/new?event={event}").location == page_of(claim_id)


@ON_ONE_DATABASE
@pytest.mark.parametrize("event", ["", "x", "0" * 13, "zzzzzzzzzzzzz"])
def test_an_event_that_is_none_is_not_here(house: House, event: str) -> None:
    assert house.client_of("ada").post("/maplewood/claims", data={"event": event}).status_code == 404


def test_an_event_to_come_says_when_it_begins(house: House) -> None:
    who = today(house)
    event = an_event(who, starts_at=who.at + timedelta(days=1), ends_at=who.at + timedelta(days=1, hours=1))
    answer = house.client_of("ada").post("/maplewood/claims", data={"event": ref_of(event)})
    assert answer.status_code == 409
    assert "You can log it from then on" in texts(answer)


def test_recent_events_are_offered_with_a_button_each(house: House) -> None:
    event_id = an_event(today(house))
    page = house.client_of("ada").get("/maplewood/claims/new")
    assert "Closing the gap with open resources" in texts(page)
    began = local(today(house).at - timedelta(hours=2), "America/New_York")
    assert f"{began:%b} {began.day}, " in texts(page).replace("\N{NO-BREAK SPACE}", " ")
    assert fields(page, "/maplewood/claims")["event"] == ref_of(event_id)


def test_what_one_withdrew_is_gone_on_with_instead_of_begun_again(house: House) -> None:
    claim_id = a_sent_claim(today(house))
    withdraw_claim(today(house), claim_id)
    page = house.client_of("ada").get("/maplewood/claims/new")
    assert "You withdrew this. Go on with it" in texts(page)
    assert f'href="{page_of(claim_id)}"' in page.get_data(as_text=True)
    assert "Log it" not in texts(page)


def test_one_s_own_session_is_offered_above_all_suggestions(house: House) -> None:
    an_event(today(house))
    said = texts(house.client_of("ada").get("/maplewood/claims/new"))
    assert said.index("Search") < said.index("Log one of my own") < said.index("Were you at one of these?")


def test_a_search_that_can_not_be_read_is_told_at_its_field(house: House) -> None:
    page = house.client_of("ada").get("/maplewood/claims/new", query_string={"q": "chat\u202e"})
    assert "hidden character" in texts(page)


def test_a_session_of_one_s_own_is_one_draft_however_often_the_button_is_pressed(house: House) -> None:
    ada = house.client_of("ada")
    form = {**fields(ada.get(OWN), OWN), **ENTERED}
    places = {ada.post(OWN, data=form).location for _ in range(3)}
    assert len(places) == 1
    (row,) = claims.own_claims(today(house), list(claims.ClaimState), before=None).rows
    assert (row.claim.title, row.claim.host) == ("A week on reading", "State library")


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "Enter what it was called."),
        ("title", "read \u202eteg", "hidden character"),
        ("title", "x" * 500, "Use at most"),
        ("host", "  ", "Enter who hosted it."),
        ("kind", "", "Choose what kind of event it was."),
        ("kind", "party", "Choose from the list."),
        ("category", "", "Choose what the hours were about."),
        ("link", "javascript:alert(1)", "begins with https://"),
        ("link", "https://ada:secret@x.example/", "name and password"),
    ],
)
def test_a_slip_is_told_at_its_field_and_nothing_else_is_lost(
    house: House, field: str, typed: str, sentence: str
) -> None:
    ada = house.client_of("ada")
    answer = ada.post(OWN, data={**fields(ada.get(OWN), OWN), **ENTERED, field: typed})
    assert answer.status_code == 422
    assert sentence in texts(answer)
    assert "One thing to put right" in texts(answer)
    kept = fields(answer, OWN)
    assert {name: kept[name] for name in ENTERED if name != field} == {
        name: value for name, value in ENTERED.items() if name != field
    }


@pytest.mark.parametrize(
    "title", ["<img src=/etc/passwd>", "O<Brien", "</title><script>alert(1)</script>", "{{ 7*7 }}"]
)
def test_titles_are_text(house: House, title: str) -> None:
    ada = house.client_of("ada")
    place = ada.post(OWN, data={**fields(ada.get(OWN), OWN), **ENTERED, "title": title}).location
    assert title in texts(ada.get(place))
    assert title in texts(ada.get("/maplewood/claims"))


@ON_ONE_DATABASE
@pytest.mark.parametrize("typed", ["www.site.org/x?y=1", " site.org/x?y=1 ", "library.site.org:8080"])
def test_an_address_is_taken_as_people_say_it(house: House, typed: str) -> None:
    ada = house.client_of("ada")
    form = {**fields(ada.get(OWN), OWN), **ENTERED, "link": typed}
    assert ada.post(OWN, data=form).status_code == 303
    (row,) = claims.own_claims(today(house), list(claims.ClaimState), before=None).rows
    assert row.claim.link == f"https://{typed.strip()}"


def test_of_an_event_only_the_category_is_asked(house: House) -> None:
    claim_id = a_draft(today(house))
    ada = house.client_of("ada")
    address = page_of(claim_id, "/session")
    form = fields(ada.get(address), address)
    assert set(form) == {"csrf_token", "category"}
    answer = ada.post(address, data={**form, "category": "technology", "title": "Mine now"})
    assert answer.location == page_of(claim_id, "/time")
    claim = claims.own_claim(today(house), claim_id)
    assert (claim.category.value, claim.title) == ("technology", "Closing the gap with open resources")


@pytest.mark.parametrize("kind", ["course", "workshop", "other"])
def test_what_is_no_event_of_the_month_has_its_kind_too(house: House, kind: str) -> None:
    ada = house.client_of("ada")
    ada.post(OWN, data={**fields(ada.get(OWN), OWN), **ENTERED, "kind": kind})
    (row,) = claims.own_claims(today(house), list(claims.ClaimState), before=None).rows
    assert row.claim.kind.value == kind
