"""A second factor in Chromium: set up, signed in with, and no page of it has a fault."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from pdtracker.actions.second_factor_rules import insist_on_factor, stop_insisting_on_factor
from pdtracker.models.people import SignIn
from pdtracker.one_time_codes import code_at
from tests.factories import PASSWORD, House
from tests.harness.browser import axe, follow, sideways
from tests.harness.server import serving

PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}


def faults(page: Page, name: str) -> Sequence[object]:
    if folder := os.environ.get("PDTRACKER_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    return [*axe(page), *([sideways(page)] if sideways(page) else [])]


def sign_in(page: Page, address: str, email: str = "ada@maplewood.example") -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("viewport", "scheme", "scripts"), [(PHONE, "dark", False), (DESK, "light", True), (PHONE, "light", True)]
)
def test_a_second_factor_is_set_up_and_asked_for(
    house: House, new_page: Callable[..., Page], viewport: dict[str, int], scheme: str, scripts: bool
) -> None:
    look = f"{viewport['width']}-{scheme}"
    with serving(house.app) as address:
        page = new_page(viewport=viewport, color_scheme=scheme, java_script_enabled=scripts)
        shown = (lambda name: faults(page, f"{name}-{look}")) if scripts else (lambda name: [])
        sign_in(page, address)
        page.goto(f"{address}/account")
        follow(page.get_by_role("link", name="Set it up"))
        assert shown("off") == []
        page.get_by_label("Your password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Set up an app"))
        assert shown("begun") == []
        secret = page.locator("p.code").inner_text().replace(" ", "")
        page.get_by_role("textbox", name="Code").fill("000000")
        follow(page.get_by_role("button", name="Set it up"))
        assert shown("wrong") == []
        now = datetime.now(UTC)
        page.get_by_role("textbox", name="Code").fill(code_at(secret, now))
        follow(page.get_by_role("button", name="Set it up"))
        assert shown("codes") == []
        expect(page.get_by_role("listitem").filter(has=page.locator(".code"))).to_have_count(10)
        recovery = page.locator("li .code").first.inner_text()
        follow(page.get_by_role("link", name="I keep them safe"))
        assert shown("on") == []
        page.goto(f"{address}/account")
        follow(page.get_by_role("button", name="Sign out", exact=True))
        sign_in(page, address)
        assert shown("step") == []
        # Nobody waits half a minute here: the next code is taken a little early.
        page.get_by_role("textbox", name="Code").fill(code_at(secret, now + timedelta(seconds=30)))
        follow(page.get_by_role("button", name="Sign in"))
        page.goto(f"{address}/account")
        follow(page.get_by_role("button", name="Sign out", exact=True))
        sign_in(page, address)
        page.get_by_role("textbox", name="Code").fill(recovery)
        follow(page.get_by_role("button", name="Sign in"))
        page.goto(f"{address}/account/second-factor")
        expect(page.get_by_text("9 of 10")).to_be_visible()


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_a_district_insists_and_a_deed_asks_for_the_password(
    house: House, new_page: Callable[..., Page], viewport: dict[str, int], scheme: str
) -> None:
    look = f"{viewport['width']}-{scheme}"
    with serving(house.app) as address:
        page = new_page(viewport=viewport, color_scheme=scheme)
        sign_in(page, address, "cam@maplewood.example")
        page.goto(f"{address}/maplewood/people/second-factor")
        assert faults(page, f"rule-{look}") == []
        insist_on_factor(house.operator(), house.database)
        page.goto(f"{address}/maplewood/people")
        expect(page.get_by_role("heading", level=1)).to_have_text("Your second factor")
        assert faults(page, f"due-{look}") == []
        page.goto(f"{address}/account")
        assert faults(page, f"banner-{look}") == []
        stop_insisting_on_factor(house.operator())
        with house.database.session(None, installation=True) as session, session.writing():
            long_ago = datetime.now(UTC) - timedelta(minutes=16)
            session.execute(sa.update(SignIn).where(SignIn.id > 0).values(created_at=long_ago))
        page.goto(f"{address}/maplewood/people")
        follow(page.get_by_role("link", name="Ada Lindqvist"))
        page.get_by_label("Host: proposes events").check()
        follow(page.get_by_role("button", name="Save roles"))
        assert faults(page, f"proof-{look}") == []
        page.get_by_label("Your password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Go on"))
        assert faults(page, f"proved-{look}") == []
        follow(page.get_by_role("button", name="Send it now"))
        expect(page.get_by_label("Host: proposes events")).to_be_checked()
