"""What may stand in the letter with which one person brings another to an event."""

from __future__ import annotations

import pytest

from pdtracker.domain.invitation import EventNews, invitation_letter, note_fault

NEWS = EventNews(
    "#birchchat", "Hashtag chat", "Birch Hill", "Tuesday, October 14", "", "https://pd.example/e/1"
)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "See you there?",
        "It is about fractions, e.g. thirds. Bring your own.",
        "At 7:30 pm, room 12",
        "3.5 hours",
    ],
)
def test_a_word_between_colleagues_goes_through(note: str) -> None:
    assert note_fault(note) is None


@pytest.mark.parametrize(
    "note",
    [
        "Cheap pills at https://pills.example/now",
        "look at www.pills.example",
        "pills.com/buy",
        "Write to me@pills.example",
        "Call 212 555 0100 99",
        "HTTP://X",
    ],
)
def test_nothing_in_it_leads_elsewhere(note: str) -> None:
    assert "Leave links" in (note_fault(note) or "")


def test_the_letter_names_who_sends_it_and_that_it_comes_once() -> None:
    letter = invitation_letter("Ada Lindqvist", "Maplewood", NEWS, "See you there?")
    assert letter.subject == "Ada Lindqvist invites you: #birchchat"
    assert "Ada Lindqvist of Maplewood thinks" in letter.body
    assert "Ada Lindqvist adds: See you there?" in letter.body
    assert "You get this once" in letter.body
    assert "adds:" not in invitation_letter("Ada", "Maplewood", NEWS, "").body
