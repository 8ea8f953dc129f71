"""Passkeys with Chromium's virtual authenticator: made, named, signed in with, removed; and what they don't do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import CDPSession, Page, expect

from pdtracker.models.passkeys import Passkey, PasskeyChallenge
from pdtracker.models.people import SignIn
from pdtracker.models.records import AuditEntry
from pdtracker.web.requests import Wiring
from tests.factories import PASSWORD, House, a_second_factor
from tests.harness.browser import axe, follow, sideways
from tests.harness.server import serving

pytestmark = pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The house on a name of its own: a passkey is made for a name, never for a number."""
    with serving(house.app) as numbered:
        named = numbered.replace("127.0.0.1", "localhost")
        settings = replace(house.settings, base_url=named)
        house.app.extensions["pdtracker"] = Wiring(settings, house.database)
        yield named


def authenticator(page: Page, **more: object) -> tuple[CDPSession, str]:
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR | more})
    return device, made["authenticatorId"]


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Work e-mail").fill("ada@maplewood.example")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))


def make(page: Page, address: str, name: str = "My phone") -> None:
    page.goto(f"{address}/account/passkeys")
    page.get_by_label("Name").fill(name)
    follow(page.get_by_role("button", name="Make a passkey"))


def sign_out(page: Page, address: str) -> None:
    page.goto(f"{address}/account")
    follow(page.get_by_role("button", name="Sign out", exact=True))


def faults(page: Page, name: str) -> list[object]:
    if folder := os.environ.get("PDTRACKER_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    return [*axe(page), *([sideways(page)] if sideways(page) else [])]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_the_pages_are_for_everybody(
    house: House, address: str, new_page: Callable[..., Page], width: int, scheme: str
) -> None:
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(f"{address}/sign-in")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()
    assert faults(page, f"passkey-sign-in-{width}-{scheme}") == []
    sign_in(page, address)
    # axe's own connection takes the virtual authenticator away when it ends: here comes a new one.
    authenticator(page)
    make(page, address)
    assert faults(page, f"passkeys-{width}-{scheme}") == []


def test_a_passkey_is_made_signs_in_and_is_removed(
    house: House, address: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    authenticator(page)
    sign_in(page, address)
    make(page, address)
    expect(page.get_by_text("You can sign in with this passkey now.")).to_be_visible()
    sign_out(page, address)
    page.goto(f"{address}/sign-in?next=/account/passkeys")
    follow(page.get_by_role("button", name="Use a passkey"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your passkeys")
    follow(page.get_by_role("button", name="Remove My phone"))
    expect(page.get_by_text("You have none yet.")).to_be_visible()
    sign_out(page, address)
    follow(page.get_by_role("button", name="Use a passkey"))
    expect(page.get_by_text("This passkey can't sign you in here.")).to_be_visible()
    with house.database.session(house.maplewood.id) as session:
        told = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(2)).all()
    assert told == ["person.passkey_removed", "person.passkey_added"]


def test_a_passkey_needs_no_code_and_the_password_still_does(
    house: House, address: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    authenticator(page)
    sign_in(page, address)
    make(page, address)
    sign_out(page, address)
    a_second_factor(house, "ada")
    sign_in(page, address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code of your app")
    page.goto(f"{address}/sign-in")
    follow(page.get_by_role("button", name="Use a passkey"))
    page.goto(f"{address}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Lindqvist")


def test_what_the_authenticator_signed_counts_once_here_and_for_its_challenge(
    house: House, address: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    authenticator(page)
    sign_in(page, address)
    make(page, address)
    sign_out(page, address)
    with page.expect_request(f"{address}/sign-in/passkey") as sent:
        follow(page.get_by_role("button", name="Use a passkey"))
    credential = sent.value.post_data_json["credential"]
    # Replayed by another browser: without a challenge, with a fresh one, with the same one.
    thief = house.visitor()
    refused = thief.post("/sign-in/passkey", data={"credential": credential})
    assert refused.status_code == 422
    assert thief.post("/sign-in/passkey/challenge").status_code == 200
    assert thief.post("/sign-in/passkey", data={"credential": credential}).status_code == 422
    with thief.session_transaction() as cookie:
        cookie["passkey"] = "A" * 43
    assert thief.post("/sign-in/passkey", data={"credential": credential}).status_code == 422
    assert thief.get("/account").status_code == 303


def test_a_copy_is_told_by_its_counter(house: House, address: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    authenticator(page)
    sign_in(page, address)
    make(page, address)
    sign_out(page, address)
    with house.database.session(None, installation=True) as session, session.writing():
        session.execute(sa.update(Passkey).where(Passkey.id > 0).values(sign_count=1000))
    follow(page.get_by_role("button", name="Use a passkey"))
    expect(page.get_by_text("This passkey can't sign you in here.")).to_be_visible()


def test_without_finger_face_or_pin_none_is_made(
    house: House, address: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    authenticator(page, isUserVerified=False)
    sign_in(page, address)
    page.goto(f"{address}/account/passkeys")
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_text("Nothing was done")).to_be_visible()
    with house.database.session(None, installation=True) as session:
        assert session.scalars(sa.select(Passkey.id)).all() == []


def test_another_origin_s_answer_is_refused(
    house: House, address: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    authenticator(page)
    sign_in(page, address)
    make(page, address)
    sign_out(page, address)
    settings = replace(house.settings, base_url="http://localhost:9")
    house.app.extensions["pdtracker"] = Wiring(settings, house.database)
    follow(page.get_by_role("button", name="Use a passkey"))
    expect(page.get_by_text("This passkey can't sign you in here.")).to_be_visible()


def test_without_scripts_the_password_is_all_there_is(
    house: House, address: str, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{address}/sign-in")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    sign_in(page, address)
    page.goto(f"{address}/account/passkeys")
    expect(page.get_by_role("button", name="Make a passkey")).to_be_hidden()
    with house.database.session(None, installation=True) as session:
        assert session.scalars(sa.select(PasskeyChallenge.challenge_hash)).all() == []
        assert len(session.scalars(sa.select(SignIn.id)).all()) == 1
