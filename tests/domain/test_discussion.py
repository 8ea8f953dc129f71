"""Links in people's words are told apart; what no browser should follow stays words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.archive import archive_faults
from pdtracker.domain.discussion import Piece, pieces


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("No link here.", (Piece("No link here."),)),
        (
            "See https://a.example/b. Then go.",
            (Piece("See "), Piece("https://a.example/b", "https://a.example/b"), Piece(". Then go.")),
        ),
        ("(http://a.example)", (Piece("("), Piece("http://a.example", "http://a.example"), Piece(")"))),
        ("javascript:alert(1)", (Piece("javascript:alert(1)"),)),
        ("https://me:secret@a.example/", (Piece("https://me:secret@a.example/"),)),
        ("https://", (Piece("https://"),)),
    ],
)
def test_only_a_good_address_is_a_link(words: str, found: tuple[Piece, ...]) -> None:
    assert pieces(words) == found


@given(st.text(alphabet="htps:/. <>\"'a@\n(b)é雷", max_size=80))
def test_nothing_is_lost_or_added_whatever_is_typed(words: str) -> None:
    assert "".join(piece.words for piece in pieces(words)) == words


def test_a_link_to_an_archive_needs_a_name_and_a_good_address() -> None:
    assert archive_faults("Recording", "https://a.example/") == {}
    assert set(archive_faults(" ", "")) == {"title", "link"}
    assert "link" in archive_faults("Recording", "javascript:alert(1)")
