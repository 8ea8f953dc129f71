"""In a browser: a file is chosen and answered, and a certificate's page prints on one sheet."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests.certifying import certified, pdf, reissue, with_page_changed
from tests.factories import House
from tests.harness.browser import axe, sideways
from tests.harness.server import serving


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
            page.get_by_role("button", name="Check the file").click()
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
