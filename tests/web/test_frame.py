"""The frame of every page: its navigation leads somewhere for everybody who sees it."""

from __future__ import annotations

import re

import pytest

from tests.factories import CAST, House


@pytest.mark.parametrize("name", sorted(CAST))
def test_every_entry_of_the_navigation_opens_and_knows_where_it_is(house: House, name: str) -> None:
    client = house.client_of(name)
    page = client.get("/account").get_data(as_text=True)
    navigation = re.search(r'<nav class="nav".*?</nav>', page, re.DOTALL)
    assert navigation is not None
    for href in re.findall(r'href="(/[^"#]*)"', navigation[0]):
        if href.startswith("/static/"):
            continue
        answer = client.get(href)
        assert (href, answer.status_code) == (href, 200)
        assert 'aria-current="page"' in answer.get_data(as_text=True)
