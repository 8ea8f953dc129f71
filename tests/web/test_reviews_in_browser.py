"""The review desk in Chromium: by keys, without scripts, and the pages that only a form leads to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.browser import axe, follow, follow_key, sideways, staying
from tests.loaded_demo import Demo

NewPage = Callable[..., Page]
BO = "bo@maplewood.example"
LOOKS = [
    {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
]


def at_the_desk(demo_site: Demo, page: Page, query: str = "") -> Page:
    demo_site.sign_in(page, BO)
    page.goto(f"{demo_site.address}/maplewood/reviews{query}")
    return page


def test_claims_are_selected_and_approved_with_keys_alone(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page)
    for key in ("j", "j", "x", "j", "x", "k"):
        page.keyboard.press(key)
    chosen = page.locator("tbody input:checked")
    expect(chosen).to_have_count(2)
    expect(page.locator("[data-count]")).to_contain_text("2 of")
    follow_key(page, "a")
    # The second row is one to look at first, the third is worth a glance.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Approve 1\N{NO-BREAK SPACE}claim")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1\N{NO-BREAK SPACE}left")


def test_the_keys_can_be_switched_off(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page)
    page.keyboard.press("?")
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    with staying(page):
        page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(0)


def test_a_decision_is_undone_with_a_key_on_the_page_that_tells_of_it(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page, "?select=passing")
    follow_key(page, "a")
    follow(page.get_by_role("button", name="Approve"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("approved")
    follow_key(page, "u")
    expect(page.get_by_role("status").first).to_contain_text("wait for you again")


def test_the_page_of_a_claim_has_its_keys_and_their_switch(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page)
    follow(page.locator("tbody th a").first)
    first = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Return")).to_be_focused()
    with staying(page):
        page.get_by_label("Note to").press("j")
    page.get_by_label("Note to").fill("This was a sales event.")
    follow(page.get_by_role("button", name="Deny"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    follow_key(page, "u")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    follow_key(page, "j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    page.keyboard.press("?")
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    with staying(page):
        for key in ("j", "u", "?"):
            page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_claim_is_opened_with_keys_alone(demo_site: Demo, page: Page) -> None:
    for key in ("Enter", "o"):
        at_the_desk(demo_site, page)
        title = page.locator("tbody th a").first.inner_text()
        page.keyboard.press("j")
        follow_key(page, key)
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"{title} claims")


@pytest.mark.parametrize("look", LOOKS, ids=["phone, dark", "desk, light"])
def test_a_long_word_in_a_title_takes_no_room_from_the_other_columns(
    demo_site: Demo, new_page: NewPage, look: dict[str, object]
) -> None:
    page = at_the_desk(demo_site, new_page(**look))
    cells = page.locator("tbody tr:not(.grp)").first.locator("th, td")
    before = cells.evaluate_all("cells => cells.map(cell => cell.offsetWidth)")
    page.locator("tbody td.full").first.evaluate("cell => cell.prepend('W'.repeat(200))")
    page.locator("tbody td.mid span span").first.evaluate("said => said.append('W'.repeat(200))")
    after = cells.evaluate_all("cells => cells.map(cell => cell.offsetWidth)")
    assert after == before
    assert sideways(page) == 0
    if look is LOOKS[1]:
        assert min(after) > 40
    overflowing = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).length"
    assert cells.evaluate_all(overflowing) == 0


def test_many_are_approved_and_undone_without_scripts(demo_site: Demo, new_page: NewPage) -> None:
    page = at_the_desk(demo_site, new_page(java_script_enabled=False))
    follow(page.get_by_role("link", name="that pass every check"))
    follow(page.get_by_role("button", name="Approve …"))
    follow(page.get_by_role("button", name="Approve"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("approved")
    follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status").first).to_contain_text("wait for you again")


def test_one_after_the_other_is_decided_and_taken_back(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page)
    follow(page.locator("tbody th a").last)
    first = page.get_by_role("heading", level=1).inner_text()
    follow(page.get_by_role("button", name="Approve"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("heading", level=1)).to_have_text(first)


@pytest.mark.parametrize("look", LOOKS, ids=["phone, dark", "desk, light"])
def test_the_pages_behind_a_form_are_for_everybody(
    demo_site: Demo, new_page: NewPage, look: dict[str, object]
) -> None:
    page = at_the_desk(demo_site, new_page(**look), "?select=passing")
    follow(page.get_by_role("button", name="Return …"))
    assert ("what a return asks", axe(page), sideways(page)) == ("what a return asks", [], 0)
    follow(page.get_by_role("button", name="Return"))
    assert ("without its note", axe(page), sideways(page)) == ("without its note", [], 0)

    page.goto(f"{demo_site.address}/maplewood/reviews?select=passing")
    page.locator("tbody input").first.check()
    follow(page.get_by_role("button", name="Approve …"))
    assert ("before many", axe(page), sideways(page)) == ("before many", [], 0)
    follow(page.get_by_role("button", name="Approve"))
    assert ("the outcome", axe(page), sideways(page)) == ("the outcome", [], 0)
    page.goto(f"{demo_site.address}/maplewood/reviews")
    follow(page.locator("tbody th a").first)
    for part in page.locator("form details").all():
        part.evaluate("part => part.open = true")
    page.get_by_label("Hours", exact=True).fill("NaN")
    follow(page.get_by_role("button", name="Deny"))
    assert ("what has to be put right", axe(page), sideways(page)) == ("what has to be put right", [], 0)
