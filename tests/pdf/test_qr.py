"""The code made by XOR is the code that segno makes."""

from __future__ import annotations

import random

import pytest
import segno

from pdtracker.domain.codes import CROCKFORD
from pdtracker.pdf.qr import Code, _frame, code_of


def matrix(code: Code) -> list[list[int]]:
    stride = len(code.rows) // code.side
    return [
        [code.rows[row * stride + column // 8] >> 7 - column % 8 & 1 for column in range(code.side)]
        for row in range(code.side)
    ]


@pytest.mark.parametrize(
    "prefix",
    [
        "http://127.0.0.1:5000/verify/",
        "https://pd.maplewood.example/verify/",
        "https://professional-learning.upper-susquehanna-boces.example/a/b/verify/",
    ],
)
def test_each_code_is_the_one_that_segno_makes(prefix: str) -> None:
    dice = random.Random(prefix)
    for _ in range(40):
        tail = "".join(dice.choices(CROCKFORD, k=16))
        frame = _frame(prefix, 16)
        expected = segno.make(
            prefix + tail,
            error=frame.error,
            version=frame.version,
            mask=frame.mask,
            mode="byte",
            boost_error=False,
        )
        assert matrix(code_of(prefix, tail)) == [list(row) for row in expected.matrix]


def test_only_ascii_addresses_have_a_code() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        code_of("https://pd.example/", "É" * 16)
