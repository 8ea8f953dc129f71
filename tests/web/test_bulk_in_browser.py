"""All claims of a filter in Chromium: the pages that only very many lead to, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pdtracker.blobs import BlobStore
from pdtracker.installation import issuer_of
from pdtracker.web.reviews import bulk
from pdtracker.work import Shop, carry_on
from tests.harness.browser import axe, follow, leaving, sideways
from tests.loaded_demo import Demo

NewPage = Callable[..., Page]
BO = "bo@maplewood.example"
LOOKS: list[dict[str, Any]] = [
    {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
]


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than two are many."""
    monkeypatch.setattr(bulk, "FEW", 2)


def a_round(demo: Demo, *, whole: bool) -> None:
    """A worker that does one part, or all there is to do."""
    shop = Shop(
        demo.database,
        issuer_of(demo.settings),
        BlobStore(demo.settings.evidence),
        "first",
        lambda: datetime.now(UTC),
        lambda: not whole,
    )
    while carry_on(shop) and whole:
        pass


def is_good(page: Page) -> None:
    """Nothing that axe finds, and nothing beside the window."""
    assert axe(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk"])
def test_from_the_queue_to_the_undo(demo_site: Demo, new_page: NewPage, look: dict[str, Any]) -> None:
    page = new_page(**look)
    demo_site.sign_in(page, BO)
    page.goto(f"{demo_site.address}/maplewood/reviews/all?decision=return")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Return")
    is_good(page)
    page.goto(f"{demo_site.address}/maplewood/reviews/all")
    is_good(page)
    follow(page.get_by_role("button", name="Approve"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("0 of")
    is_good(page)
    a_round(demo_site, whole=False)
    # Its script asks again by itself.
    expect(page.locator("[data-done]")).to_have_text("1")
    page.goto(f"{demo_site.address}/maplewood/reviews")
    is_good(page)
    follow(page.get_by_role("link", name="so far"))
    a_round(demo_site, whole=True)
    with leaving(page):
        # What it asks for tells it that the job is over.
        pass
    expect(page.get_by_role("heading", level=1)).to_contain_text("approved")
    is_good(page)
    follow(page.get_by_role("link", name="Left out"))
    is_good(page)
    follow(page.get_by_role("button", name="Undo"))
    a_round(demo_site, whole=True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("undone")
    is_good(page)


def test_it_works_without_scripts(demo_site: Demo, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    demo_site.sign_in(page, BO)
    page.goto(f"{demo_site.address}/maplewood/reviews/all")
    follow(page.get_by_role("button", name="Approve"))
    a_round(demo_site, whole=False)
    follow(page.get_by_role("link", name="See how far it is now"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 of")
    follow(page.get_by_role("button", name="Cancel the rest"))
    expect(page.get_by_text("Cancelled:")).to_be_visible()
