"""Check-in in a real browser: a phone that loses its network keeps the scan and sends it later, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from pdtracker.domain.check_in_codes import badge_of
from pdtracker.domain.refs import ref_of
from tests.checking_in import a_desk, lines, token_at
from tests.factories import PASSWORD, House
from tests.harness.browser import axe, follow, leaving, sideways
from tests.harness.server import serving

# The camera is Chromium's own pretended one; which square it sees is said here.
READS_SQUARES = """let looks = 0;
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() {
    if (++looks > 3) document.body.dataset.looked = "often";
    return [{ rawValue: "https://pd.example/scanner?badge=%s" }];
  }
};"""
PHONE = {"viewport": {"width": 320, "height": 640}}


def signed_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))


def test_a_phone_checks_in_and_out(house: House, new_page: Callable[..., Page]) -> None:
    desk = a_desk(house, datetime.now(UTC))
    page = new_page(**PHONE)
    with serving(house.app) as address:
        signed_in(page, address, house.email_of("ada"))
        page.goto(f"{address}/check-in/{token_at(desk, datetime.now(UTC))}")
        assert (axe(page), sideways(page)) == ([], 0)
        with leaving(page):
            page.get_by_role("button", name="I’m here").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("You are here since")
        assert (axe(page), sideways(page)) == ([], 0)
    assert len(lines(house.scope("hal"))) == 1


def test_a_scan_without_network_is_kept_and_sent_once(house: House, new_page: Callable[..., Page]) -> None:
    desk = a_desk(house, datetime.now(UTC))
    page = new_page(**PHONE)
    with serving(house.app) as address:
        signed_in(page, address, house.email_of("ada"))
        page.goto(f"{address}/check-in/{token_at(desk, datetime.now(UTC))}")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.context.set_offline(True)
        page.get_by_role("button", name="I’m here").click()
        expect(page.locator("[data-kept-words]")).to_contain_text("1 scan waits on this device")
        assert lines(house.scope("hal")) == []
        page.context.set_offline(False)
        expect(page.locator("[data-kept-told]")).to_contain_text("Sent. You are noted.")
    assert len(lines(house.scope("hal"))) == 1


def test_a_camera_scans_each_badge_once(house: House, new_page: Callable[..., Page]) -> None:
    desk = a_desk(house, datetime.now(UTC))
    badge = badge_of(desk.secret, desk.id, house.person_ids["ada"])
    page = new_page(**PHONE, permissions=["camera"])
    page.add_init_script(READS_SQUARES % badge)
    with serving(house.app) as address:
        signed_in(page, address, house.email_of("hal"))
        page.goto(f"{address}/maplewood/desks/{ref_of(desk.id)}/scanner")
        page.get_by_role("button", name="Use the camera").click()
        expect(page.locator("[data-scanned]")).to_contain_text("Ada Lindqvist is checked in.")
        expect(page.locator("[data-no-camera]")).to_be_hidden()
        expect(page.locator("body")).to_have_attribute("data-looked", "often")
        assert page.locator("[data-scanned] li").count() == 1
        assert (axe(page), sideways(page)) == ([], 0)
    assert len(lines(house.scope("hal"))) == 1


def test_a_badge_that_the_phones_camera_read_takes_one_press(
    house: House, new_page: Callable[..., Page]
) -> None:
    desk = a_desk(house, datetime.now(UTC))
    badge = badge_of(desk.secret, desk.id, house.person_ids["ada"])
    page = new_page(**PHONE)
    with serving(house.app) as address:
        signed_in(page, address, house.email_of("hal"))
        link = f"{address}/maplewood/desks/{ref_of(desk.id)}/scanner?badge={badge}"
        for button, became in (("Check in", "is checked in."), ("Check out", "is checked out.")):
            page.goto(link)
            assert (axe(page), sideways(page)) == ([], 0)
            page.locator("[data-read]").get_by_role("button").first.click()
            expect(page.locator("[data-scanned]")).to_contain_text(f"Ada Lindqvist {became}")
            expect(page.get_by_role("button", name=button)).to_have_count(0)
    assert len(lines(house.scope("hal"))) == 2


def test_a_phone_without_a_reader_opens_the_badge_in_the_scanner(
    house: House, new_page: Callable[..., Page]
) -> None:
    desk = a_desk(house, datetime.now(UTC))
    badge = badge_of(desk.secret, desk.id, house.person_ids["ada"])
    page = new_page(**PHONE)
    page.add_init_script("delete window.BarcodeDetector")
    with serving(house.app) as address:
        signed_in(page, address, house.email_of("hal"))
        scanner = f"{address}/maplewood/desks/{ref_of(desk.id)}/scanner"
        page.goto(scanner)
        expect(page.locator("[data-no-camera]")).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.context.set_offline(True)
        page.goto(f"{scanner}?badge={badge}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Your scan can wait on this device")
        expect(page.get_by_label("Badge", exact=True)).to_have_value(badge)
        page.get_by_role("button", name="Keep it").click()
        expect(page.locator("[data-scanned]")).to_contain_text("kept here and sent later")
        page.context.set_offline(False)
        expect(page.locator("[data-kept-told]")).to_contain_text("Ada Lindqvist is checked in.")
    assert len(lines(house.scope("hal"))) == 1


def test_a_scanner_without_network_keeps_badges(house: House, new_page: Callable[..., Page]) -> None:
    desk = a_desk(house, datetime.now(UTC))
    page = new_page(**PHONE)
    with serving(house.app) as address:
        signed_in(page, address, house.email_of("hal"))
        page.goto(f"{address}/maplewood/desks/{ref_of(desk.id)}/scanner")
        assert (axe(page), sideways(page)) == ([], 0)
        page.context.set_offline(True)
        page.get_by_label("Badge", exact=True).fill(badge_of(desk.secret, desk.id, house.person_ids["ada"]))
        page.get_by_role("button", name="Take it").click()
        expect(page.locator("[data-scanned]")).to_contain_text("kept here and sent later")
        page.context.set_offline(False)
        expect(page.locator("[data-kept-told]")).to_contain_text("Ada Lindqvist is checked in.")
    assert [line.person_id for line in lines(house.scope("hal"))] == [house.person_ids["ada"]]
