"""The discussion of an event: plain words of people of one district, with their links told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pdtracker.domain.letters import Letter
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import Mistyped, NotNow, NotPermitted
from pdtracker.domain.text import clean_link, quoted

WORDS_CHARACTERS = 2000
REASON_CHARACTERS = 300
CONTRIBUTIONS_BY_ONE = ((timedelta(minutes=10), 5), (timedelta(days=1), 40))
REPORTS_BY_ONE = ((timedelta(hours=1), 10),)

_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
# What ends a sentence or a bracket around an address is none of it.
_ENDS = ".,;:!?)]}'\u2019\u201d"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of somebody's words; with `link` it is an address that can be followed."""

    words: str
    link: str | None = None


class Said(Protocol):
    """Something that was said, as far as the rules of changing and hiding look at it."""

    @property
    def withdrawn_at(self) -> datetime | None:
        """When its author took it back."""

    @property
    def hidden_at(self) -> datetime | None:
        """When somebody hid it."""


def require_own(said: Said, *, is_mine: bool) -> None:
    """Refuses with `NotPermitted` the words of others, with `NotNow` one's own that are withdrawn."""
    if not is_mine:
        raise NotPermitted("not_ones_own", "Only who wrote it can change or withdraw it.")
    if said.withdrawn_at is not None:
        raise NotNow("contribution_gone", "You withdrew these words.")


def require_changeable(said: Said, *, is_mine: bool) -> None:
    """Refuses like `require_own`, and with `NotNow` what is hidden: nothing comes back by another wording."""
    require_own(said, is_mine=is_mine)
    if said.hidden_at is not None:
        raise NotNow("contribution_hidden", "This is hidden, so it can’t be changed. You can withdraw it.")


def require_reportable(said: Said, *, is_mine: bool) -> None:
    """Refuses with `NotNow` one's own words, and those that aren't shown."""
    require_shown(said)
    if is_mine:
        raise NotNow("contribution_own", "These are your own words. You can change or withdraw them.")


def require_shown(said: Said) -> None:
    """Refuses with `NotNow` words that are withdrawn or hidden."""
    if said.withdrawn_at is not None or said.hidden_at is not None:
        raise NotNow("contribution_gone", "These words are no longer shown.")


def require_moderator(*, speaks_for_it: bool) -> None:
    """Refuses with `NotPermitted` whoever neither hosts the event nor manages the calendar."""
    if not speaks_for_it:
        raise NotPermitted(
            "not_its_host", "Only who hosts this event, or an administrator, can hide what is said about it."
        )


def require_discussed(noun: str, district: str, *, is_closed: bool, is_published: bool) -> None:
    """Refuses with `NotNow` where nobody discusses: the district has it switched off, or the event isn't published."""
    if is_closed:
        raise NotNow("discussions_closed", f"{district} has no discussions. What was said is kept.")
    if not is_published:
        raise NotNow("discussion_closed", f"This {noun} isn’t in the calendar: nobody discusses it here.")


def pieces(words: str) -> tuple[Piece, ...]:
    """The words in order, addresses apart. What no browser should follow stays words.

    `See https://a.example/b.` -> `See `, the address, `.`
    """
    return tuple(_pieces(words))


def _pieces(words: str) -> Iterator[Piece]:
    at = 0
    for found in _ADDRESS.finditer(words):
        address = found[0].rstrip(_ENDS)
        try:
            link = clean_link(address)
        except Mistyped:
            continue
        if found.start() > at:
            yield Piece(words[at : found.start()])
        yield Piece(address, link)
        at = found.start() + len(address)
    if at < len(words):
        yield Piece(words[at:])


def begun_letter(to_name: str, title: str, by_name: str, address: str) -> Letter:
    """To who hosts an event, once: people have begun to discuss it."""
    lines = [
        f"Dear {to_name},",
        "",
        f"{by_name} wrote the first words under {quoted(title)}, which you host.",
        "You can answer there, and hide what doesn’t belong there, with a reason that everybody reads.",
        "You get this letter once for each event.",
        "",
        f"The discussion: {address}",
        "",
    ]
    return Letter(f"People discuss {title}", "\n".join(lines), LetterKind.DISCUSSION, address)


def hidden_letter(to_name: str, title: str, by_name: str, reason: str, address: str) -> Letter:
    """To whose words were hidden: by whom, and why."""
    lines = [
        f"Dear {to_name},",
        "",
        f"{by_name} hid what you wrote in the discussion of {quoted(title)}.",
        f"The reason, which everybody reads in its place: {reason}",
        "You still see your words, and can withdraw them. You can say it again in another way.",
        "",
        f"Your words: {address}",
        "",
    ]
    return Letter(f"Hidden: your words under {title}", "\n".join(lines), LetterKind.DISCUSSION, address)


def reported_letter(to_name: str, title: str, reason: str, address: str) -> Letter:
    """To who can hide it: somebody thinks that words under an event don't belong there."""
    lines = [
        f"Dear {to_name},",
        "",
        f"Somebody reported words in the discussion of {quoted(title)}.",
        f"Their reason: {reason}",
        "Look at it, and hide it with a reason, or leave it as it is.",
        "",
        f"What was reported: {address}",
        "",
    ]
    return Letter(f"Reported: words under {title}", "\n".join(lines), LetterKind.DISCUSSION, address)
