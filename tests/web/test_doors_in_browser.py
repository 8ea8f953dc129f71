"""The pages of the doors in Chromium: no faults by axe, one column at 320 px, and they work without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.factories import PASSWORD, House
from tests.harness.browser import axe, follow, sideways
from tests.harness.server import serving

PHONE = {"width": 320, "height": 640}
PATHS = ["/account", "/maplewood/people", "/maplewood/people/new", "/nothing"]


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_everybody(house: House, new_page: Callable[..., Page], scheme: str) -> None:
    with serving(house.app) as address:
        page = new_page(viewport=PHONE, color_scheme=scheme)
        page.goto(f"{address}/sign-in?next=/maplewood/people")
        assert (axe(page), sideways(page)) == ([], 0)
        follow(page.get_by_role("button", name="Sign in"))
        assert (axe(page), sideways(page)) == ([], 0)
        page.get_by_label("Work e-mail").fill("cam@maplewood.example")
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Sign in"))
        follow(page.get_by_role("link", name="Ada Lindqvist"))
        assert (axe(page), sideways(page)) == ([], 0)
        for path in PATHS:
            page.goto(address + path)
            assert (path, axe(page), sideways(page)) == (path, [], 0)


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_text_comes_back_after_the_sign_in_without_scripts(
    house: House, new_page: Callable[..., Page]
) -> None:
    with serving(house.app) as address:
        page = new_page(java_script_enabled=False)
        page.goto(f"{address}/sign-in?next=/maplewood/people/new")
        page.get_by_label("Work e-mail").fill("cam@maplewood.example")
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Sign in"))
        page.get_by_label("Name").fill("Eve Adams")
        page.get_by_label("Work e-mail").fill("eve@maplewood.example")
        with house.app.test_client() as other:
            cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == "pd")
            other.set_cookie("pd", cookie["value"], domain="localhost")
            token = (
                other.get("/account")
                .get_data(as_text=True)
                .split('name="csrf_token" value="')[1]
                .split('"')[0]
            )
            assert other.post("/sign-out", data={"csrf_token": token}).status_code == 303
        follow(page.get_by_role("button", name="Add this person"))
        assert "What you typed is kept" in page.content()
        page.get_by_label("Work e-mail").fill("cam@maplewood.example")
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Sign in and go on"))
        follow(page.get_by_role("button", name="Send it now"))
        page.get_by_role("heading", name="A code for Eve Adams").wait_for()
