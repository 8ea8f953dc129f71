"""What stays of an event when it is over: recording, chat archive, resources, as links with the day they were given."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from pdtracker.domain.letters import Letter
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import Mistyped, NotNow, NotPermitted
from pdtracker.domain.text import clean_line, clean_link, quoted

TITLE_CHARACTERS = 120
MOST_LINKS = 40
"""So many stand in one event's archive."""
MOST_WAITING = 5
"""So many proposals of one person may wait at one event."""


class ArchiveKind(StrEnum):
    """What a link leads to."""

    RECORDING = "recording"
    CHAT = "chat"
    RESOURCE = "resource"

    @property
    def label(self) -> str:
        """Its name on pages."""
        return {"recording": "Recording", "chat": "Chat archive", "resource": "Resource"}[self.value]


class ArchiveState(StrEnum):
    """Where a link stands. Only a listed one is in the archive; the others are kept."""

    PROPOSED = "proposed"
    LISTED = "listed"
    REFUSED = "refused"
    REMOVED = "removed"


def require_something_to_keep(noun: str, *, is_published: bool, has_begun: bool) -> None:
    """Refuses with `NotNow` an event that hasn't begun, or isn't in the calendar."""
    if not is_published or not has_begun:
        raise NotNow("archive_not_yet", f"There is nothing to keep of this {noun} yet.")


def require_keeper(*, speaks_for_it: bool) -> None:
    """Refuses with `NotPermitted` whoever neither hosts the event nor manages the calendar."""
    if not speaks_for_it:
        raise NotPermitted(
            "not_its_host",
            "Only who hosts this event, or an administrator, decides what stays in its archive.",
        )


def archive_faults(title: str, link: str) -> dict[str, str]:
    """What is wrong with a link to the archive, by field; empty when nothing is."""
    faults = {
        "title": _fault(clean_line, title, "Enter what it is."),
        "link": _fault(_link, link, "Paste the address."),
    }
    return {name: fault for name, fault in faults.items() if fault}


def _fault(read: Callable[[str, int], str], typed: str, if_empty: str) -> str:
    try:
        return "" if read(typed, TITLE_CHARACTERS) else if_empty
    except Mistyped as error:
        return error.sentence


def _link(typed: str, _limit: int) -> str:
    return clean_link(typed)


def decided_letter(to_name: str, given: str, title: str, by_name: str, refused: str, address: str) -> Letter:
    """To who gave a link: it is in the archive of the event, or it is not, with the reason (`refused`)."""
    said = (
        [
            f"{by_name} did not take {quoted(given)} into the archive of {quoted(title)}.",
            f"The reason: {refused}",
        ]
        if refused
        else [f"{by_name} took {quoted(given)} into the archive of {quoted(title)}. Thank you."]
    )
    subject = f"Not in the archive: {given}" if refused else f"In the archive: {given}"
    body = "\n".join([f"Dear {to_name},", "", *said, "", f"The archive: {address}", ""])
    return Letter(subject, body, LetterKind.PROPOSAL, address)
