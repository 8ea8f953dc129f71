"""The components in a real browser: no violation, nothing sideways, nothing against the security policy."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from pdtracker.domain.hours import hours_phrase, hours_short, hours_text
from tests.harness.browser import axe, follow_key, held, sideways, staying
from tests.harness.server import serving
from tests.reviewing_client import page_faults
from tests.web.gallery import ERRORS, PAGES, ROOT, gallery

ADDRESSES = (*PAGES, *(f"errors/{code}" for code in ERRORS))
STATIC = ROOT / "pdtracker" / "web" / "static"
LARGE = ":root { font-size: 200% !important }"
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }
"""
NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def app() -> Flask:
    """The gallery."""
    return gallery()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where the gallery is served."""
    with serving(app) as served:
        yield served


@pytest.fixture
def sent(app: Flask) -> list[dict[str, str]]:
    """What the gallery has been sent in this test."""
    app.config["SENT"].clear()
    app.config["DRAFT"] = {"status": 200, "answer": {"version": 2, "saved_at": "10:42"}}
    received: list[dict[str, str]] = app.config["SENT"]
    return received


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_of_components_is_well_formed(app: Flask, name: str) -> None:
    assert page_faults(app.test_client().get(f"/{name}").get_data(as_text=True)) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_breaks_a_rule_or_scrolls_sideways(
    address: str, new_page: NewPage, width: int, scheme: str
) -> None:
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = {}
    for name in ADDRESSES:
        page.goto(f"{address}/{name}")
        # At the end of a page nothing lies beneath what floats; axe takes a half covered link for a small one.
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        if faults := [*axe(page), *["sideways"] * bool(sideways(page))]:
            found[name] = faults
    assert found == {}


@pytest.mark.parametrize("style", [LARGE, SPACED], ids=["text twice its size", "text spacing of WCAG"])
def test_a_small_screen_does_not_scroll_sideways_with(address: str, new_page: NewPage, style: str) -> None:
    page = new_page(viewport={"width": 320, "height": 800}, bypass_csp=True)
    wide = []
    for name in ADDRESSES:
        page.goto(f"{address}/{name}")
        page.add_style_tag(content=style)
        if sideways(page):
            wide.append(name)
    assert wide == []


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("certificate")])
def test_a_certificate_s_page_prints_on_one_sheet(address: str, page: Page, name: str, paper: str) -> None:
    page.goto(f"{address}/{name}")
    assert len(PdfReader(BytesIO(page.pdf(format=paper))).pages) == 1


def test_the_stylesheet_stays_small() -> None:
    style = (STATIC / "style.css").read_bytes()
    assert len(style) <= 32_000
    assert len(gzip.compress(style)) <= 8_192


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_empty_box_does_not_look_switched_off(address: str, new_page: NewPage, scheme: str) -> None:
    """Its edge stands out (3 : 1), and nothing fills it: a browser's own is grey in the dark."""
    page = new_page(color_scheme=scheme)
    for place, kind in (("queue", "checkbox"), ("form", "radio")):
        page.goto(f"{address}/{place}")
        box = page.locator(f"[type={kind}]:not(:checked, :indeterminate[data-all])").first
        edge, fill = (
            box.evaluate("(box, part) => getComputedStyle(box)[part]", part)
            for part in ("borderTopColor", "backgroundColor")
        )
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert fill == "rgba(0, 0, 0, 0)"
        assert box.evaluate("box => getComputedStyle(box).appearance") == "none"
        lighter, darker = sorted((_luminance(edge), _luminance(ground)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3


def _luminance(color: str) -> float:
    """The relative luminance of `rgb(...)`, as WCAG defines it."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("code", [500, 503])
def test_an_error_page_needs_neither_person_nor_navigation(app: Flask, code: int) -> None:
    page = app.jinja_env.get_template(f"errors/{code}.html").render()
    assert "Times are" not in page
    assert "/sign-in" not in page


def test_a_refused_form_takes_the_focus_and_leads_to_each_field(address: str, page: Page) -> None:
    page.goto(f"{address}/refused")
    expect(page).to_have_title("Error: Time and evidence · pdtracker")
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_role("link", name="Paste the address of one of your posts").click()
    expect(page.get_by_label("Address of your post")).to_be_focused()
    expect(page.get_by_label("Until")).to_have_accessible_description(
        "Error: The chat ended at 8:00 pm and you entered 8:30 pm. Enter 8:00 pm or earlier, "
        "or tell us why it was longer."
    )


def test_a_returned_field_is_heard_with_the_reviewer_s_comment(address: str, page: Page) -> None:
    page.goto(f"{address}/returned")
    described = page.get_by_label("Until").evaluate("field => field.ariaDescribedByElements[0].textContent")
    assert "Did you stay for the questions afterwards?" in described


def test_an_option_shows_its_own_field_only_when_it_is_chosen(address: str, new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto(f"{address}/form")
    expect(page.get_by_label("Address of your post")).to_be_visible()
    page.get_by_label("My word").check()
    expect(page.get_by_label("Address of your post")).to_be_hidden()


def test_times_say_what_they_add_up_to(address: str, page: Page) -> None:
    page.goto(f"{address}/form")
    total = page.locator("[data-minutes] output")
    expect(total).to_have_text("1 hour")
    page.get_by_label("Until").fill("20:35")
    expect(total).to_have_text("1 hour 35 minutes")
    page.get_by_label("Until").fill("18:00")
    expect(total).to_have_text("This ends before it begins.")


def test_hours_read_the_same_in_the_browser(address: str, page: Page) -> None:
    page.goto(f"{address}/form")
    minutes = [*range(1, 1441), 2070, 77_070, 3_600_000]
    shown = page.evaluate(
        "async minutes => { const { hoursText } = await import('/static/hours.js'); return minutes.map(hoursText) }",
        minutes,
    )
    assert shown == [hours_text(one) for one in minutes]
    said = page.evaluate(
        "async all => { const { hoursPhrase } = await import('/static/hours.js'); return all.map(hoursPhrase) }",
        minutes,
    )
    assert said == [hours_phrase(one) for one in minutes]
    listed = page.evaluate(
        "async all => { const { hoursShort } = await import('/static/hours.js'); return all.map(hoursShort) }",
        minutes,
    )
    assert listed == [hours_short(one) for one in minutes]


def test_a_form_is_sent_once(address: str, page: Page, sent: list[dict[str, str]]) -> None:
    page.goto(f"{address}/home")
    button = page.get_by_role("button", name="Withdraw")
    with page.expect_response("**/sent"):
        button.dblclick()
    with staying(page):
        button.click(force=True)
    assert len(sent) == 1


def test_a_link_is_copied(address: str, new_page: NewPage) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/certificate")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "https://pdtracker.example/verify/K7QF"


UNCOVERED = """part => {
    const box = (part ?? document.activeElement).getBoundingClientRect();
    const over = document.elementFromPoint(box.left + box.width / 2, box.bottom - 3);
    return box.bottom <= innerHeight && !over?.closest('.bulk, .nav');
}"""


class TestQueue:
    """The review queue's keys and sums."""

    def test_the_bar_counts_and_sums(self, address: str, page: Page) -> None:
        page.goto(f"{address}/queue")
        bar = page.locator("[data-bulk] > p").first
        expect(bar).to_have_text("5 of 7 selected, 6.5 h")
        page.get_by_label("Select Ada Lindqvist").uncheck()
        expect(bar).to_have_text("4 of 7 selected, 5 h")
        page.get_by_label("Select all 7").check()
        expect(bar).to_have_text("7 of 7 selected, 10.5 h")
        expect(page.locator("[data-said]")).to_have_text("7 of 7 selected, 10.5 hours")

    def test_keys_walk_select_and_decide(self, address: str, page: Page, sent: list[dict[str, str]]) -> None:
        page.goto(f"{address}/queue")
        page.keyboard.press("j")
        expect(page.get_by_label("Select Paul Novak")).to_be_focused()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        expect(page.get_by_label("Select Elena Petrova")).to_be_focused()
        page.keyboard.press("x")
        expect(page.get_by_label("Select Elena Petrova")).to_be_checked()
        with page.expect_response("**/sent"):
            page.keyboard.press("a")
        assert [form["decision"] for form in sent] == ["approve"]

    def test_enter_opens_a_claim_and_never_sends_the_form(
        self, address: str, page: Page, sent: list[dict[str, str]]
    ) -> None:
        for key in ("Enter", "o"):
            page.goto(f"{address}/queue")
            page.keyboard.press("j")
            follow_key(page, key)
            assert page.url.endswith("/review")
        assert sent == []

    def test_enter_in_the_box_for_all_sends_nothing(
        self, address: str, page: Page, sent: list[dict[str, str]]
    ) -> None:
        page.goto(f"{address}/queue")
        with staying(page):
            page.get_by_label("Select all 7").press("Enter")
        assert sent == []

    def test_the_bar_is_there_while_something_is_selected(self, address: str, page: Page) -> None:
        page.goto(f"{address}/queue")
        bar = page.get_by_role("group", name="Selected claims")
        expect(bar).to_be_visible()
        page.get_by_label("Select all 7").check()
        page.get_by_label("Select all 7").uncheck()
        expect(bar).to_be_hidden()
        expect(page.locator("[data-said]")).to_have_text("0 of 7 selected, 0 hours")
        page.get_by_label("Select Ada Lindqvist").check()
        expect(bar).to_be_visible()

    def test_without_scripts_the_bar_stands_behind_the_list(self, address: str, new_page: NewPage) -> None:
        page = new_page(java_script_enabled=False)
        page.goto(f"{address}/queue")
        bar = page.get_by_role("group", name="Selected claims").bounding_box()
        rows = page.get_by_role("table").bounding_box()
        assert bar is not None
        assert rows is not None
        assert bar["y"] >= rows["y"] + rows["height"]

    @pytest.mark.parametrize("size", [(320, 640), (1280, 560)], ids=["phone", "desk"])
    def test_the_bar_covers_neither_focus_nor_the_last_row(
        self, address: str, new_page: NewPage, size: tuple[int, int]
    ) -> None:
        page = new_page(viewport={"width": size[0], "height": size[1]})
        page.goto(f"{address}/queue")
        stops = page.locator("tbody :is(input, a)")
        for number in range(stops.count()):
            stops.nth(number).focus()
            assert page.evaluate(UNCOVERED), number
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        last = page.locator("tbody tr").last
        assert last.evaluate(f"row => ({UNCOVERED})(row)")

    def test_keys_can_be_switched_off_for_good(
        self, address: str, page: Page, sent: list[dict[str, str]]
    ) -> None:
        page.goto(f"{address}/queue")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys on this page")).to_be_visible()
        assert axe(page) == []
        page.get_by_label("Use these keys").uncheck()
        page.keyboard.press("Escape")
        page.reload()
        with staying(page):
            page.keyboard.press("j")
            page.keyboard.press("a")
        assert sent == []
        page.get_by_role("button", name="All keys, and switch off").click()
        expect(page.get_by_label("Use these keys")).not_to_be_checked()

    def test_letters_typed_into_a_field_are_letters(
        self, address: str, page: Page, sent: list[dict[str, str]]
    ) -> None:
        page.goto(f"{address}/queue")
        page.get_by_label("School").focus()
        with staying(page):
            page.keyboard.press("a")
        assert sent == []

    def test_it_works_without_scripts(
        self, address: str, new_page: NewPage, sent: list[dict[str, str]]
    ) -> None:
        page = new_page(java_script_enabled=False)
        page.goto(f"{address}/queue")
        expect(page.get_by_label("Select all 7")).to_be_disabled()
        expect(page.get_by_role("button", name="All keys")).to_be_hidden()
        with page.expect_response("**/sent"):
            page.get_by_role("button", name="Approve …").click()
        assert sent[0]["decision"] == "approve"


class TestAutosave:
    """A reflection is on the server or in the browser, whatever happens."""

    ANSWER = "What did you not know before?"

    @pytest.fixture
    def written(self, address: str, page: Page, sent: list[dict[str, str]]) -> Page:
        """The reflection, open; its third answer is empty."""
        page.goto(f"{address}/reflection")
        return page

    def third(self, page: Page) -> Any:
        return page.get_by_label(self.ANSWER).nth(2)

    def said(self, page: Page) -> Any:
        return page.locator('[data-saved="answers-2"]')

    def test_it_is_saved_and_says_when(self, written: Page, sent: list[dict[str, str]]) -> None:
        self.third(written).fill("Nothing yet.")
        expect(self.said(written)).to_have_text("Saved 10:42")
        assert sent[0]["answers-2"] == "Nothing yet."
        assert sent[0]["version"] == "1"
        expect(written.locator("input[name=version]")).to_have_value("2")
        assert written.evaluate("localStorage.length") == 0

    def test_the_word_guide_follows(self, written: Page) -> None:
        self.third(written).fill("Nothing  yet,\nreally.")
        expect(written.locator("#answers-2-words")).to_have_text("3 words. Most people write 40 to 120.")

    def test_text_survives_a_dropped_network(self, written: Page, sent: list[dict[str, str]]) -> None:
        written.route("**/draft", lambda route: route.abort())
        self.third(written).fill("Written in a tunnel.")
        expect(self.said(written)).to_contain_text("kept in this browser, and we try again")
        written.unroute("**/draft")
        written.reload()
        expect(self.third(written)).to_have_value("Written in a tunnel.")
        expect(self.said(written)).to_have_text("Saved 10:42")
        assert sent[-1]["answers-2"] == "Written in a tunnel."

    def test_text_survives_the_end_of_a_sign_in(self, app: Flask, written: Page) -> None:
        app.config["DRAFT"] = {"status": 401, "answer": {"sentence": "Sign in."}}
        self.third(written).fill("Half a thought")
        link = written.get_by_role("link", name="Sign in again")
        expect(link).to_have_attribute("href", "/sign-in?next=%2Freflection")
        app.config["DRAFT"] = {"status": 200, "answer": {"version": 2, "saved_at": "10:43"}}
        written.reload()
        expect(self.third(written)).to_have_value("Half a thought")
        expect(self.said(written)).to_have_text("Saved 10:43")

    def test_a_conflict_shows_both_versions_and_loses_neither(
        self, app: Flask, written: Page, sent: list[dict[str, str]]
    ) -> None:
        app.config["DRAFT"] = {
            "status": 409,
            "answer": {"version": 7, "changed_at": "9:58 pm", "fields": {"answers-2": "From the phone."}},
        }
        self.third(written).fill("From the desk.")
        both = written.get_by_role("group", name="Two versions of this answer")
        expect(both).to_contain_text("It was changed elsewhere at 9:58 pm. We kept both.")
        expect(both).to_contain_text("From the phone.")
        assert axe(written) == []
        app.config["DRAFT"] = {"status": 200, "answer": {"version": 8, "saved_at": "10:44"}}
        # Nothing is sent over the other version before a choice.
        with staying(written, 1_600):
            self.third(written).fill("From the desk, longer.")
        assert len(sent) == 1
        written.get_by_role("button", name="Keep both, one after the other").click()
        expect(self.said(written)).to_have_text("Saved 10:44")
        assert sent[-1]["version"] == "7"
        assert sent[-1]["answers-2"].split() == "From the desk, longer. From the phone.".split()

    def test_a_button_pressed_meanwhile_sends_nothing_over_a_version_from_elsewhere(
        self, written: Page, sent: list[dict[str, str]]
    ) -> None:
        under_way = held(written, "**/draft")
        self.third(written).fill("From the desk.")
        expect(self.said(written)).to_have_text("Saving …")
        with staying(written):
            written.get_by_role("button", name="Go on").click()
        with staying(written):
            under_way[0].fulfill(
                status=409,
                json={"version": 7, "changed_at": "9:58 pm", "fields": {"answers-2": "From the phone."}},
            )
            expect(written.get_by_role("group", name="Two versions of this answer")).to_be_visible()
        assert sent == []

    def test_what_was_changed_elsewhere_and_not_here_is_taken_over(self, app: Flask, written: Page) -> None:
        app.config["DRAFT"] = {
            "status": 409,
            "answer": {"version": 7, "changed_at": "9:58 pm", "fields": {"answers-0": "From the phone."}},
        }
        self.third(written).fill("From the desk.")
        expect(written.get_by_label(self.ANSWER).first).to_have_value("From the phone.")
        app.config["DRAFT"] = {"status": 200, "answer": {"version": 8, "saved_at": "10:44"}}
        expect(self.said(written)).to_have_text("Saved 10:44")

    def test_a_kept_text_meets_a_newer_answer_of_the_server(self, address: str, written: Page) -> None:
        written.evaluate(
            """localStorage.setItem("pdtracker.text.c1.p1.answers-0", '{"text": "Kept here.", "base": "Old."}')"""
        )
        written.goto(f"{address}/reflection")
        both = written.get_by_role("group", name="Two versions of this answer")
        expect(both).to_contain_text("Kept here.")
        written.reload()
        expect(both).to_contain_text("Kept here.")
        written.get_by_role("button", name="Take the other").click()
        expect(written.get_by_label(self.ANSWER).first).to_have_value("Kept here.")
        expect(written.locator('[data-saved="answers-0"]')).to_have_text("Saved 10:42")
        assert written.evaluate("localStorage.length") == 0

    def test_a_refusal_is_said_at_the_answer(self, app: Flask, written: Page) -> None:
        app.config["DRAFT"] = {
            "status": 422,
            "answer": {"sentence": "An answer may have up to 20,000 letters."},
        }
        self.third(written).fill("Too long")
        expect(self.said(written)).to_have_text("Not saved: An answer may have up to 20,000 letters.")


def test_no_script_writes_markup() -> None:
    for script in sorted(STATIC.glob("*.js")):
        text = script.read_text()
        assert not {"innerHTML", "insertAdjacentHTML", "eval("} & set(_words(text)), script.name


def _words(text: str) -> list[str]:
    return [word for word in ("innerHTML", "insertAdjacentHTML", "eval(") if word in text]


def test_every_sign_that_a_component_asks_for_is_in_the_sprite() -> None:
    sprite = (STATIC / "icons.svg").read_text()
    pages = "".join(path.read_text() for path in Path(ROOT / "templates").rglob("*.html"))
    asked = {piece.split('"')[0] for piece in pages.split('icon("')[1:]}
    assert {name for name in asked if name != "s-" and f'id="{name}"' not in sprite} == set()
