"""Logging a session in a real browser: saved while typing, two windows at once, looked at by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from pdtracker.queries import reflections
from tests.claiming import (
    ANSWER,
    ON_ONE_DATABASE,
    a_complete_draft,
    a_draft,
    a_sent_claim,
    at_hours,
    page_of,
    today,
)
from tests.factories import PASSWORD, House
from tests.harness.browser import axe, follow, held, leaving, sideways, staying
from tests.harness.server import serving
from tests.web.test_claims import returned


@pytest.fixture
def site(house: House) -> Iterator[str]:
    with serving(house.app) as address:
        yield address


def signed_in(page: Page, site: str, house: House, name: str = "ada") -> Page:
    page.goto(f"{site}/sign-in")
    page.get_by_label("E-mail").fill(house.email_of(name))
    page.locator("input[type=password]").fill(PASSWORD)
    follow(page.get_by_role("main").get_by_role("button", name="Sign in"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("hours")
    return page


@ON_ONE_DATABASE
def test_it_is_saved_while_one_types_and_two_windows_keep_both(house: House, page: Page, site: str) -> None:
    claim_id = a_draft(today(house))
    address = f"{site}{page_of(claim_id, '/reflection')}"
    laptop = signed_in(page, site, house)
    phone = laptop.context.new_page()
    laptop.goto(address)
    phone.goto(address)
    expect(laptop.get_by_text("We save as you type")).to_be_visible()
    expect(laptop.get_by_text("The buttons save")).to_be_hidden()
    laptop.locator("#answer_1").fill("From the laptop")
    expect(laptop.get_by_text("Saved ")).to_be_visible()
    phone.locator("#answer_1").fill("From the phone")
    expect(phone.get_by_text("We kept both.")).to_be_visible()
    rows = reflections.answers(today(house), claim_id)
    assert (rows[0].answer, rows[0].other_answer) == ("From the laptop", "From the phone")
    phone.get_by_role("button", name="Keep both, one after the other").click()
    expect(phone.get_by_text("Saved ")).to_be_visible()
    rows = reflections.answers(today(house), claim_id)
    assert (rows[0].answer, rows[0].other_answer) == ("From the phone\n\nFrom the laptop", None)
    phone.locator("#answer_2").fill(ANSWER)
    follow(phone.get_by_role("button", name="Go on to check answers"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Check your answers")


@ON_ONE_DATABASE
def test_the_button_waits_for_a_save_that_is_under_way(house: House, page: Page, site: str) -> None:
    """Otherwise what was saved a moment ago would come back as another version of the same answer."""
    claim_id = a_draft(today(house))
    signed_in(page, site, house).goto(f"{site}{page_of(claim_id, '/reflection')}")
    under_way = held(page, "**/draft")
    page.locator("#answer_1").fill(ANSWER)
    expect(page.get_by_text("Saving …")).to_be_visible()
    page.locator("#answer_2").fill(ANSWER)
    page.locator("#answer_1").fill(f"{ANSWER} And on Friday.")
    with staying(page):
        page.get_by_role("button", name="Go on to check answers").click()
    with leaving(page):
        under_way[0].continue_()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    rows = reflections.answers(today(house), claim_id)
    assert [(row.answer, row.other_answer) for row in rows] == [
        (f"{ANSWER} And on Friday.", None),
        (ANSWER, None),
    ]


@ON_ONE_DATABASE
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_a_claim_passes_axe_and_fits(
    house: House, new_page: Callable[..., Page], site: str, width: int, scheme: str
) -> None:
    who = today(house)
    draft, ready = a_draft(who), a_complete_draft(who, **at_hours(who, 4, 3))
    sent, back = a_sent_claim(who, **at_hours(who, 6, 5)), a_sent_claim(who, **at_hours(who, 8, 7))
    returned(
        house,
        back,
        {"minutes": "Did you stay?", "answer_1": "Say more.", "evidence": "Is there a link?"},
        "Hello.",
    )
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    signed_in(page, site, house)
    places = ["/maplewood", "/maplewood/claims", "/maplewood/claims/new", "/maplewood/claims/new/own"]
    places += [page_of(draft, below) for below in ("", "/session", "/time", "/reflection", "/answers")]
    places += [page_of(back, below) for below in ("", "/session", "/time", "/reflection", "/answers")]
    places += [page_of(ready, "/answers"), page_of(sent)]
    found = {}
    for place in places:
        page.goto(site + place)
        if faults := [*axe(page), *([f"{sideways(page)} px too wide"] if sideways(page) else [])]:
            found[place] = faults
    assert found == {}
    page.goto(f"{site}{page_of(draft, '/time')}")
    follow(page.get_by_role("button", name="Save and go on").first)
    expect(page.get_by_role("alert")).to_be_focused()
    assert axe(page) == []


@ON_ONE_DATABASE
def test_on_the_smallest_phone_a_step_that_is_done_is_led_to_by_its_tick(
    house: House, new_page: Callable[..., Page], site: str
) -> None:
    claim_id = a_complete_draft(today(house))
    page = signed_in(new_page(viewport={"width": 320, "height": 568}), site, house)
    page.goto(f"{site}{page_of(claim_id, '/answers')}")
    steps = page.get_by_role("navigation", name="Steps")
    links = steps.get_by_role("link").all()
    assert len(links) == 3
    for link in links:
        tick, ring = link.bounding_box(), link.locator("svg").bounding_box()
        assert tick is not None
        assert ring is not None
        assert min(tick["width"], tick["height"]) >= 24
        assert tick["x"] <= ring["x"] < ring["x"] + ring["width"] <= tick["x"] + tick["width"]
    here = steps.locator("[aria-current]")
    ring, name = here.locator("svg").bounding_box(), here.locator("span").bounding_box()
    assert ring is not None
    assert name is not None
    assert name["x"] <= ring["x"] + 1
    assert name["y"] >= ring["y"] + ring["height"]
    follow(links[1])
    expect(page.get_by_role("heading", level=1)).to_have_text("Time and evidence")


@ON_ONE_DATABASE
def test_on_the_smallest_phone_the_button_to_log_stands_free_of_the_navigation(
    house: House, new_page: Callable[..., Page], site: str
) -> None:
    page = signed_in(new_page(viewport={"width": 320, "height": 568}), site, house)
    button = page.get_by_role("main").get_by_role("link", name="Log a session").bounding_box()
    bar = page.get_by_role("navigation", name="Main").bounding_box()
    assert button is not None
    assert bar is not None
    assert button["y"] + button["height"] + 8 <= bar["y"]
