"""The review desk in Chromium: by keys, without scripts, and the pages that only a form leads to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.browser import axe, sideways
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
    page.keyboard.press("a")
    # The second row is one to look at first, the third is worth a glance.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Approve 1\N{NO-BREAK SPACE}claim")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1\N{NO-BREAK SPACE}left")


def test_the_keys_can_be_switched_off(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page)
    page.keyboard.press("?")
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(0)


def test_a_decision_is_undone_with_a_key_on_the_page_that_tells_of_it(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page, "?select=passing")
    page.keyboard.press("a")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("approved")
    page.keyboard.press("u")
    expect(page.get_by_role("status").first).to_contain_text("wait for you again")


def test_the_page_of_a_claim_has_its_keys_and_their_switch(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page)
    page.locator("tbody th a").first.click()
    first = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Return")).to_be_focused()
    page.get_by_label("Note to").press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    page.get_by_label("Note to").fill("This was a sales event.")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    second = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("?")
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    for key in ("j", "u", "?"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text(second)


def test_a_claim_is_opened_with_keys_alone(demo_site: Demo, page: Page) -> None:
    for key in ("Enter", "o"):
        at_the_desk(demo_site, page)
        title = page.locator("tbody th a").first.inner_text()
        page.keyboard.press("j")
        page.keyboard.press(key)
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
    page.get_by_role("link", name="that pass every check").click()
    page.get_by_role("button", name="Approve …").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("approved")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").first).to_contain_text("wait for you again")


def test_one_after_the_other_is_decided_and_taken_back(demo_site: Demo, page: Page) -> None:
    at_the_desk(demo_site, page)
    page.locator("tbody th a").last.click()
    first = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)


@pytest.mark.parametrize("look", LOOKS, ids=["phone, dark", "desk, light"])
def test_the_pages_behind_a_form_are_for_everybody(
    demo_site: Demo, new_page: NewPage, look: dict[str, object]
) -> None:
    page = at_the_desk(demo_site, new_page(**look), "?select=passing")
    page.get_by_role("button", name="Return …").click()
    assert ("what a return asks", axe(page), sideways(page)) == ("what a return asks", [], 0)
    page.get_by_role("button", name="Return").click()
    assert ("without its note", axe(page), sideways(page)) == ("without its note", [], 0)

    page.goto(f"{demo_site.address}/maplewood/reviews?select=passing")
    page.locator("tbody input").first.check()
    page.get_by_role("button", name="Approve …").click()
    assert ("before many", axe(page), sideways(page)) == ("before many", [], 0)
    page.get_by_role("button", name="Approve").click()
    assert ("the outcome", axe(page), sideways(page)) == ("the outcome", [], 0)
    page.goto(f"{demo_site.address}/maplewood/reviews")
    page.locator("tbody th a").first.click()
    for part in page.locator("form details").all():
        part.evaluate("part => part.open = true")
    page.get_by_label("Hours", exact=True).fill("NaN")
    page.get_by_role("button", name="Deny").click()
    assert ("what has to be put right", axe(page), sideways(page)) == ("what has to be put right", [], 0)
