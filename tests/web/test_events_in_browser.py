"""Events in Chromium: nothing typed is cut off, and the pages are for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.factories import PASSWORD, House
from tests.harness.browser import axe, follow, sideways
from tests.harness.server import serving

# What a control would take if nothing held it back, less what it has.
CUT_OFF = """
input => {
  const free = input.cloneNode();
  free.style.cssText = "width: max-content; max-width: none; position: absolute";
  input.after(free);
  const missing = free.getBoundingClientRect().width - input.getBoundingClientRect().width;
  free.remove();
  return missing;
}
"""


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_day_with_its_time_is_seen_whole(
    house: House, new_page: Callable[..., Page], width: int, scheme: str
) -> None:
    with serving(house.app) as address:
        page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-US")
        page.goto(f"{address}/sign-in?next=/events/new")
        page.get_by_label("E-mail").fill(house.email_of("ada"))
        page.locator("input[type=password]").fill(PASSWORD)
        follow(page.get_by_role("main").get_by_role("button", name="Sign in"))
        for label in ("Starts", "Ends"):
            field = page.get_by_label(label, exact=True)
            field.fill("2026-12-28T12:58")
            assert field.evaluate(CUT_OFF) <= 0
        assert (axe(page), sideways(page)) == ([], 0)
