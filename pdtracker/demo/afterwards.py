"""What stays of the demo's last hashtag chat: links in its archive, and what people say about it."""

from __future__ import annotations

from datetime import datetime

from pdtracker.actions.archives import ArchiveEntry, give_archive_link
from pdtracker.actions.discussions import contribute, hide_contribution, report_contribution
from pdtracker.demo.founding import Founded
from pdtracker.domain.archive import ArchiveKind
from pdtracker.domain.refs import ref_of

_EVENT = "birchchat-past-1"
_HOST = "hugo@maplewood.example"
_GIVEN = (
    (
        _HOST,
        ArchiveKind.CHAT,
        "All posts of the hour, in order",
        "https://birchhill.example/birchchat/archive",
    ),
    (
        _HOST,
        ArchiveKind.RESOURCE,
        "The five questions as a handout",
        "https://birchhill.example/birchchat/questions",
    ),
    (
        "paul.novak@maplewood.example",
        ArchiveKind.RESOURCE,
        "My notes, with what we tried on Friday",
        "https://notes.example/paul/birchchat",
    ),
)
_SAID = (
    (
        "paul.novak@maplewood.example",
        "I tried the second question with grade 7 on Friday, and they went further with it than we did."
        "\n\nThe sheet that I made of it: https://notes.example/paul/sheet",
    ),
    (_HOST, "Thank you, Paul. May I bring the sheet to the next chat?"),
    ("chloe.martin@maplewood.example", "Did anybody try it with a class that is new to the language?"),
    ("leah.cohen@maplewood.example", "I sell my old projector, ask me in the staff room."),
)


def look_back(founded: Founded, at: datetime, base_url: str) -> None:
    """Give the links and say the words; the last words are reported, and its host hides them."""
    event_id = founded.event_ids[_EVENT]
    address = f"{base_url.rstrip('/')}/events/{ref_of(event_id)}/discussion"
    for email, kind, title, link in _GIVEN:
        with founded.scope(email, at) as scope:
            give_archive_link(scope, event_id, ArchiveEntry(kind, title, link))
    said = 0
    for email, words in _SAID:
        with founded.scope(email, at) as scope:
            said = contribute(scope, event_id, words, address=address)
    with founded.scope("chloe.martin@maplewood.example", at) as scope:
        report_contribution(scope, event_id, said, "This is not about the chat.", address=address)
    with founded.scope(_HOST, at) as scope:
        hide_contribution(scope, event_id, said, "Not about the chat. The staff room has a board for this.")
