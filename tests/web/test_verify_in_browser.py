"""In a browser: a file is chosen or dropped and answered, codes are seen whole, the certificate prints on one sheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.certifying import certified, pdf, reissue, with_page_changed
from tests.factories import House
from tests.harness.browser import axe, follow, leaving, sideways
from tests.harness.server import serving

# The camera is Chromium's own pretended one; which square it sees is said here.
READS_SQUARES = """window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: "%s" }]; }
};"""


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_a_square_before_the_camera_leads_to_the_certificates_page(
    house: House, new_page: Callable[..., Page]
) -> None:
    numbers = certified(house)
    page = new_page(permissions=["camera"], viewport={"width": 320, "height": 800})
    page.add_init_script(READS_SQUARES % f"https://another.example/verify/{numbers.code}")
    with serving(house.app) as address:
        page.goto(f"{address}/verify")
        button = page.get_by_role("button", name="Scan its QR code with the camera")
        expect(button).to_be_visible()
        assert axe(page) == []
        assert sideways(page) == 0
        with leaving(page):
            button.click()
        expect(page).to_have_url(f"{address}/verify/{numbers.code}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Valid.")


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_a_picture_of_the_square_offers_its_page_and_another_square_does_not(
    house: House, new_page: Callable[..., Page]
) -> None:
    numbers = certified(house)
    picture = {"name": "shot.png", "mimeType": "image/png", "buffer": a_picture()}
    with serving(house.app) as address:
        for read, offered in ((f"{address}/verify/{numbers.code}", 1), ("https://elsewhere.example/", 0)):
            page = new_page()
            page.add_init_script(READS_SQUARES % read)
            page.goto(f"{address}/verify")
            expect(page.get_by_role("button", name="Scan its QR code")).to_be_visible()
            page.set_input_files("input[type=file]", picture)
            told = page.locator("[data-scan-told] a")
            expect(told).to_have_count(offered)
            if offered:
                follow(told)
                expect(page.get_by_role("heading", level=1)).to_contain_text("Valid.")


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_a_browser_that_reads_no_squares_says_so(house: House, page: Page) -> None:
    page.add_init_script("delete window.BarcodeDetector")
    with serving(house.app) as address:
        page.goto(f"{address}/verify")
        expect(page.locator("[data-scan-told]")).to_contain_text("This browser can’t read QR codes itself.")
        assert page.get_by_role("button", name="Scan its QR code").count() == 0


def a_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_a_chosen_file_is_answered_on_a_page_that_everyone_can_read(
    house: House, page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "mine.pdf"
    genuine = pdf(house, certified(house))
    with serving(house.app) as address:
        for data, words in (
            (genuine, "Valid."),
            (with_page_changed(genuine), "Altered."),
            (b"no", "This file"),
        ):
            file.write_bytes(data)
            page.goto(f"{address}/verify")
            page.set_input_files("input[type=file]", file)
            follow(page.get_by_role("button", name="Check the file"))
            assert page.get_by_role("heading", level=1).inner_text().startswith(words)
            assert axe(page) == []
            page.set_viewport_size({"width": 320, "height": 800})
            assert sideways(page) == 0
            page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_a_certificates_page_prints_on_one_sheet(house: House, page: Page) -> None:
    numbers = certified(house, title="Join Secretary Duncan for a Connected Educator Month Twitter Chat")
    reissue(house, numbers)
    with serving(house.app) as address:
        page.goto(f"{address}/verify/{numbers.code}")
        for paper in ("Letter", "A4"):
            printed = pypdfium2.PdfDocument(page.pdf(format=paper))
            assert len(printed) == 1
            assert "The signed record" in printed[0].get_textpage().get_text_range()
            printed.close()


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_a_file_dropped_on_the_zone_is_the_file_chosen(house: House, page: Page, tmp_path: Path) -> None:
    file, other = tmp_path / "from-the-mail.pdf", tmp_path / "other.pdf"
    file.write_bytes(pdf(house, certified(house)))
    other.write_bytes(b"no")
    with serving(house.app) as address:
        page.goto(f"{address}/verify")
        zone = page.locator("[data-drop]")
        expect(zone.get_by_text("Or drop it here.")).to_be_visible()
        _drop(page, zone, file, other)
        expect(zone.get_by_role("status")).to_have_text("Drop one file at a time.")
        # Beside the zone nothing is chosen, and the browser doesn't show the file in place of the page.
        _drop(page, page.get_by_role("heading", level=1), file)
        assert page.locator("input[type=file]").evaluate("input => input.files.length") == 0
        _drop(page, zone, file)
        expect(zone.get_by_role("status")).to_have_text("Chosen: from-the-mail.pdf")
        assert (axe(page), sideways(page)) == ([], 0)
        with leaving(page):
            page.get_by_role("button", name="Check the file").press("Enter")
        assert page.get_by_role("heading", level=1).inner_text().startswith("Valid.")


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_without_scripts_nothing_promises_that_a_file_can_be_dropped(
    house: House, new_page: Callable[..., Page]
) -> None:
    with serving(house.app) as address:
        page = new_page(java_script_enabled=False)
        page.goto(f"{address}/verify")
        assert "drop" not in page.locator("main").inner_text().lower()


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [320, 1280])
def test_the_whole_code_is_seen_while_it_is_typed(
    house: House, new_page: Callable[..., Page], width: int
) -> None:
    code = "MMWM MMWM MMWM MMWM"
    with serving(house.app) as address:
        page = new_page(viewport={"width": width, "height": 800})
        for path in ("/verify", "/verify/nothing"):
            page.goto(address + path)
            field = page.get_by_label("Code on the certificate")
            field.fill(code)
            assert field.evaluate("field => field.scrollWidth <= field.clientWidth")
            assert sideways(page) == 0


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_superseded_certificate_does_not_look_like_a_valid_one(
    house: House, new_page: Callable[..., Page], scheme: str
) -> None:
    numbers = certified(house)
    successor = reissue(house, numbers)
    with serving(house.app) as address:
        page = new_page(viewport={"width": 320, "height": 800}, color_scheme=scheme)
        fields = []
        for code in (numbers.code, successor.code):
            page.goto(f"{address}/verify/{code}")
            answer = page.locator(".answer")
            fields.append(answer.evaluate("field => getComputedStyle(field).backgroundColor"))
            fields.append(answer.locator(".state").inner_html())
            assert axe(page) == []
        assert len(set(fields)) == 4


def _drop(page: Page, target: Locator, *files: Path) -> None:
    """Drop files as a person does, from another window."""
    box = target.bounding_box()
    assert box is not None
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send(
            "Input.dispatchDragEvent",
            {
                "type": kind,
                "x": box["x"] + 20,
                "y": box["y"] + 20,
                "data": {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1},
            },
        )
    session.detach()
