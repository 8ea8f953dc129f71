"""A transcript in Chromium: on paper nothing stands over anything else, and its sums stand once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import combinations

import pypdfium2
import pytest
from playwright.sync_api import Page

from tests.certifying import certified
from tests.factories import NOW, PASSWORD, House
from tests.harness.browser import axe, follow, sideways
from tests.harness.server import serving

Box = tuple[float, float, float, float]


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_a_long_transcript_prints_without_overprinting(
    house: House, new_page: Callable[..., Page], paper: str
) -> None:
    titles = [f"Evening {number}: reading the river, with maps and a kettle" for number in range(24)]
    for number, title in enumerate(titles):
        certified(house, NOW - timedelta(hours=number), title=title)
        house.open.close()  # so many scopes would need more connections than there are
    with serving(house.app) as address:
        page = new_page(viewport={"width": 320, "height": 800})
        page.goto(f"{address}/sign-in?next=/maplewood/transcript%3Fyear=2014")
        page.get_by_label("E-mail").fill(house.email_of("ada"))
        page.locator("input[type=password]").fill(PASSWORD)
        follow(page.get_by_role("main").get_by_role("button", name="Sign in"))
        assert (axe(page), sideways(page)) == ([], 0)
        data = page.pdf(format=paper)
    with closing(pypdfium2.PdfDocument(data)) as printed:
        words = " ".join(" ".join(sheet.get_textpage().get_text_range() for sheet in printed).split())
        assert len(printed) > 1
        assert [words.count(title) for title in titles] == [1] * len(titles)
        assert words.count("24 activities") == 1
        assert "Ada Lindqvist, " in words
        for sheet in printed:
            for one, other in combinations(_boxes(sheet), 2):
                assert not _stands_over(one, other), (one, other)


def _boxes(sheet: pypdfium2.PdfPage) -> Iterator[Box]:
    """Where text stands: left, bottom, right, top."""
    text = sheet.get_textpage()
    for place in range(text.count_rects()):
        yield text.get_rect(place)


def _stands_over(one: Box, other: Box) -> bool:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    narrow = min(one[2] - one[0], other[2] - other[0])
    low = min(one[3] - one[1], other[3] - other[1])
    # Letters that are kerned reach a little into each other: the r of "Transcript" under its T.
    return wide > max(1, narrow / 4) and high > low / 3
