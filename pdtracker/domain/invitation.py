"""Bringing a colleague: what may stand in the letter with which one person tells another of an event."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from pdtracker.domain.letters import Letter

NOTE_CHARACTERS = 200
INVITATIONS_BY_ONE = ((timedelta(hours=1), 5), (timedelta(days=1), 20))
"""How many letters one person may have sent within a time."""
INVITATIONS_TO_ONE = ((timedelta(days=1), 3),)
"""How many letters of this kind one address gets within a time, whoever sends them."""

# A note is a word between colleagues. Whoever wants to sell something needs an address, a link or a number in it.
_LEADS_ELSEWHERE = re.compile(
    r"://|@|\bwww\.|[A-Za-z0-9-]\.(?:[A-Za-z]{2,})(?:/|\b)|(?:[0-9][ ().-]?){7,}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class EventNews:
    """What a letter about an event says of it. `when` is in the zone of whoever sends it, in words."""

    title: str
    kind: str
    host: str
    when: str
    where: str
    address: str


def note_fault(note: str) -> str | None:
    """What is wrong with a note: addresses, links and telephone numbers stay out of it."""
    if _LEADS_ELSEWHERE.search(note):
        return "Leave links, addresses and numbers out. The event’s own page is in the letter."
    return None


def invitation_letter(sender: str, district: str, event: EventNews, note: str) -> Letter:
    """One person tells another of an event; the calendar's entry goes with it."""
    lines = [
        "Hello,",
        "",
        f"{sender} of {district} thinks that this could be for you:",
        "",
        event.title,
        f"{event.kind} by {event.host}",
        event.when,
    ]
    lines += [event.where] if event.where else []
    lines += ["", f"Read more: {event.address}"]
    lines += ["", f"{sender} adds: {note}"] if note else []
    lines += [
        "",
        "The attached file puts it into your calendar.",
        "You get this once: nobody there can send you this event again. Your address is in no list.",
        "",
    ]
    return Letter(f"{sender} invites you: {event.title}", "\n".join(lines))
