"""Signing in and out, what ends a sign-in, and what happens to text that was typed meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions import people as people_actions
from pdtracker.models.people import Account, SignIn
from tests.factories import PASSWORD, House
from tests.reviewing_client import ReviewingClient, fields, texts


def _sign_in(client: ReviewingClient, email: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def test_a_right_pair_signs_in_and_leads_on(house: House) -> None:
    client = house.visitor()
    answer = _sign_in(client, "Ada@Maplewood.example", next="/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "Ada Lindqvist" in texts(client.get("/account"))


def test_wrong_password_and_unknown_person_get_the_same_page(house: House) -> None:
    pages = []
    for email, password in (("ada@maplewood.example", "not her password"), ("zed@maplewood.example", PASSWORD)):
        answer = _sign_in(house.visitor(), email, password)
        assert answer.status_code == 422
        pages.append(texts(answer))
    assert pages[0] == pages[1]
    assert "don't fit together" in pages[0]
