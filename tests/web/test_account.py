"""The account page: who one is, the password, the browsers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import span_text
from pdtracker.web.account import browser_words
from tests.factories import NOW, PASSWORD, House, an_event
from tests.reviewing_client import fields, texts

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
CHROMEBOOK = (
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0 Safari/537.36"
)


def test_the_page_says_who_and_where(house: House) -> None:
    said = texts(house.client_of("ada").get("/account"))
    for words in (
        "Ada Lindqvist",
        "ada@maplewood.example",
        "Maplewood School District",
        "Eastern Time",
        "This browser",
    ):
        assert words in said


def test_the_password_changes_and_other_browsers_are_signed_out(house: House) -> None:
    here, elsewhere = house.client_of("ada"), house.client_of("ada")
    answer = here.post("/account/password", data={"old": PASSWORD, "new": "another good phrase"})
    assert answer.status_code == 303
    assert "Your password is changed" in texts(here.get("/account"))
    assert elsewhere.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "another good phrase", "Enter the password that you signed in with."),
        ("wrong", "another good phrase", "This is not your password."),
        (PASSWORD, "", "Enter a new password."),
        (PASSWORD, "short", "at least 12 characters"),
        (PASSWORD, "password2024", "tried first"),
        (PASSWORD, "ada@maplewood.example", "without your name or address"),
        (PASSWORD, PASSWORD, "that you have now"),
        (PASSWORD, "x" * 2000, "too long"),
    ],
)
def test_a_refused_change_says_why_and_shows_no_password(
    house: House, old: str, new: str, words: str
) -> None:
    answer = house.client_of("ada").post("/account/password", data={"old": old, "new": new})
    assert answer.status_code == 422
    assert words in texts(answer)
    form = fields(answer, "/account/password")
    assert (form["old"], form["new"]) == ("", "")
    assert "Error: Your account" in answer.get_data(as_text=True).replace("\n", "")


def test_a_lost_browser_is_signed_out_from_another(house: House) -> None:
    here, lost = house.client_of("ada"), house.visitor()
    lost.post(
        "/sign-in",
        data={"email": "ada@maplewood.example", "password": PASSWORD},
        headers={"User-Agent": IPHONE},
    )
    page = here.get("/account")
    assert "Safari on iPhone" in texts(page)
    button = next(
        part for part in page.get_data(as_text=True).split('"') if part.startswith("/account/browsers/")
    )
    assert here.post(button).status_code == 303
    assert lost.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        (CHROMEBOOK, "Chrome on Chromebook"),
        ("curl/8.0", "A browser"),
        ("", "A browser"),
        ("<script>alert(1)</script>", "A browser"),
    ],
)
def test_browsers_are_called_by_their_names(agent: str, words: str) -> None:
    assert browser_words(agent) == words


def test_a_zone_of_one_s_own_is_chosen_and_leads_back(house: House) -> None:
    ada = house.client_of("ada")
    page = ada.get("/maplewood/claims", query_string={"show": "waiting"})
    change = "/account?next=/maplewood/claims?show%3Dwaiting#zone"
    assert f'href="{change}"' in page.get_data(as_text=True)
    form = fields(ada.get(change), "/account/zone")
    assert form["zone"] == "America/New_York"
    answer = ada.post("/account/zone", data={**form, "zone": "America/Denver"})
    assert (answer.status_code, answer.location) == (303, "/maplewood/claims?show=waiting")
    shown = texts(ada.get(answer.location))
    assert "Times are Mountain Time now." in shown
    assert "Times are Mountain Time. Change" in shown
    # Other people's times stay as they are, and the district's own zone is nobody's choice.
    assert "Times are Eastern Time." in texts(house.client_of("bo").get("/maplewood"))
    ada.post("/account/zone", data={**form, "zone": "America/New_York"})
    assert "Times are Eastern Time. Change" in texts(ada.get("/maplewood"))


def test_events_are_told_in_one_s_own_zone(house: House) -> None:
    scope = house.scope("ada")
    event_id = an_event(scope, starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1))
    ada = house.client_of("ada")
    place = f"/events/{ref_of(event_id)}"
    before = span_text(NOW - timedelta(hours=2), NOW - timedelta(hours=1), "America/New_York")
    after = span_text(NOW - timedelta(hours=2), NOW - timedelta(hours=1), "Pacific/Honolulu")
    assert plain(before) in texts(ada.get(place))
    ada.post("/account/zone", data={"zone": "Pacific/Honolulu", "next": ""})
    assert plain(after) in texts(ada.get(place))


@pytest.mark.parametrize(
    "place", ["https://elsewhere.example/", "//elsewhere.example", "\\\\elsewhere.example"]
)
def test_the_way_back_never_leaves_the_site(house: House, place: str) -> None:
    ada = house.client_of("ada")
    assert fields(ada.get("/account", query_string={"next": place}), "/account/zone")["next"] == ""
    answer = ada.post("/account/zone", data={"zone": "UTC", "next": place})
    assert (answer.status_code, answer.location) == (303, "/account")


def test_a_zone_that_is_none_is_told_at_its_field(house: House) -> None:
    answer = house.client_of("ada").post("/account/zone", data={"zone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert "Choose a time zone from the list." in texts(answer)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")
