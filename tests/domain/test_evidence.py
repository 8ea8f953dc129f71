"""What shows attendance: in one sentence, the strongest first, and as an award keeps it."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest

from pdtracker.domain.evidence import (
    EvidenceKind,
    Piece,
    by_strength,
    pieces_document,
    read_pieces,
    together_words,
)
from pdtracker.domain.text import quoted

GIVEN = date(2014, 10, 16)
REPORT = Piece(
    EvidenceKind.REPORT, "In the Zoom report 4:02-5:28 pm, 86 minutes. Imported by Cam Okafor.", 86, GIVEN
)
CODE = Piece(EvidenceKind.CODE, "Code entered 5:29 pm.", None, GIVEN)
LINK = Piece(EvidenceKind.LINK, "https://posts.example/1", None, GIVEN)
FILE = Piece(EvidenceKind.FILE, "notes.pdf", None, GIVEN)
WORD = Piece(EvidenceKind.ATTESTATION, "I was there.", None, GIVEN)


@pytest.mark.parametrize("pieces", list(permutations([REPORT, CODE, LINK, WORD])))
def test_the_order_in_which_it_was_given_is_no_matter(pieces: tuple[Piece, ...]) -> None:
    assert by_strength(pieces) == (REPORT, CODE, LINK, WORD)


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ((), ""),
        ((CODE, REPORT), "In the Zoom report 4:02-5:28 pm, 86 minutes; code entered 5:29 pm."),
        ((FILE, LINK), "A link, given October 16, 2014; a file, given October 16, 2014."),
        ((WORD,), "Their own word, given October 16, 2014."),
        ((LINK, LINK), "A link, given October 16, 2014."),
        (
            (Piece(EvidenceKind.CHECK_IN, "Checked in 3:58 pm, out 5:01 pm.", 61, part="The chat"),),
            f"For {quoted('The chat')} checked in 3:58 pm, out 5:01 pm.",
        ),
        ((Piece(EvidenceKind.LINK, "https://a.example", part="A"),), f"For {quoted('A')} a link."),
        (
            (Piece(EvidenceKind.REPORT, "In the Teams report, 60 minutes. The end is assumed.", 60),),
            "In the Teams report, 60 minutes. The end is assumed.",
        ),
    ],
)
def test_all_of_it_is_told_in_one_sentence(pieces: tuple[Piece, ...], words: str) -> None:
    assert together_words(pieces).replace("\N{NO-BREAK SPACE}", " ") == words


def test_of_two_reports_the_longer_one_comes_first() -> None:
    short = Piece(EvidenceKind.REPORT, "In the Teams report, 40 minutes.", 40)
    assert by_strength((short, REPORT)) == (REPORT, short)


def test_an_award_keeps_it_whole() -> None:
    pieces = (WORD, REPORT, Piece(EvidenceKind.LINK, "https://a.example", part="The chat"))
    assert read_pieces(pieces_document(pieces)) == by_strength(pieces)
