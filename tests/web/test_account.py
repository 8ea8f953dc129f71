"""The account page: who one is, the password, the browsers."""

from __future__ import annotations

import pytest

from pdtracker.web.account import browser_words
from tests.factories import PASSWORD, House
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
