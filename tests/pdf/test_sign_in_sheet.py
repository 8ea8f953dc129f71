"""A sign-in sheet has a line with their square for everybody who is expected, blank ones, and the way to its page."""

from __future__ import annotations

import pytest

from pdtracker.domain.sign_in_sheet import Paper
from tests.pdf.looks import codes_on, collisions, squashed, text_of
from tests.pdf.papers import SCANNER, signing_in
from tests.pdf.sheets import LONG_NAME

PAGE = "https://pd.maplewood.example/sheets/12"


@pytest.mark.parametrize("paper", list(Paper))
def test_each_name_stands_beside_its_square(paper: Paper) -> None:
    data = signing_in(9, paper)
    text = text_of(data)
    codes, *_ = codes_on(data, scale=3.0)
    assert sorted(codes) == sorted([PAGE, *(f"{SCANNER}0apr10qymwbk6{n:012d}" for n in range(9))])
    for number in range(9):
        assert squashed(f"{LONG_NAME} {number}") in text


@pytest.mark.parametrize("count", [0, 1, 30])
def test_nothing_meets_and_each_page_repeats_the_heads(count: int) -> None:
    data = signing_in(count, Paper.LETTER)
    assert collisions(data) == []
    pages = codes_on(data, scale=3.0)
    assert text_of(data).count("Signature") == len(pages)
    assert text_of(data).count(squashed("To scan")) == len(pages)


def test_the_same_values_give_the_same_bytes() -> None:
    assert signing_in(3, Paper.A4) == signing_in(3, Paper.A4)
