"""Checkpoints of the audit trail that leave the house: to whom they go, and what is written to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pdtracker.domain.letters import Letter
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import date_text

LATE: Final = timedelta(days=2)
"""A newest checkpoint older than this says that nobody writes them any more."""

FILE_NAME: Final = "checkpoint.json"
_SHOWN_LETTERS: Final = 16


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who keeps checkpoints outside of the house; they need be nobody of the district."""

    name: str
    email: str


def short_hash(whole: str) -> str:
    """The beginning of a hash, which fits on paper: 64 bits are more than anybody can aim at."""
    return whole[:_SHOWN_LETTERS]


def officers_of(first: Officer, second: Officer) -> tuple[Officer, ...]:
    """Both officers, or none where nothing was entered. Refuses with NotValid one alone, half of one, one twice."""
    entered = {"first": first, "second": second}
    if not any(one.name or one.email for one in entered.values()):
        return ()
    faults = {}
    for place, one in entered.items():
        if not one.name:
            faults[f"{place}_name"] = (
                "Enter a name. Two people keep the checkpoints, so that neither can lose them."
            )
        if not one.email:
            faults[f"{place}_email"] = "Enter an e-mail address. Two people keep the checkpoints."
    if not faults and first.email.casefold() == second.email.casefold():
        faults["second_email"] = "Enter another address: two people keep the checkpoints."
    if faults:
        raise NotValid(faults)
    return first, second


def checkpoint_letter(officer: Officer, district: str, on: date, seq: int, chain_hash: str) -> Letter:
    """How far the audit trail has grown; the same, signed, goes with it as a file."""
    lines = [
        f"Dear {officer.name},",
        "",
        f"On {date_text(on)} the audit trail of {district} ended with entry {seq:,}. Its hash is",
        "",
        chain_hash,
        "",
        "Keep this letter, or the file with it, where nobody who runs the server can change it. It shows later that no"
        " entry up to this one was changed, taken out or cut off.",
        "There is nothing else to do. An operator holds the file against the trail with:"
        f" pdtracker audit verify --checkpoint {FILE_NAME}",
        "",
    ]
    return Letter(f"Checkpoint of {district}’s audit trail, entry {seq:,}", "\n".join(lines))


def officers_changed_letter(
    officer: Officer, district: str, by: str, now: tuple[Officer, ...], address: str
) -> Letter:
    """To everybody who keeps or kept checkpoints: who keeps them from now on."""
    kept_by = (
        f"From now on {now[0].name} and {now[1].name} get them."
        if now
        else "From now on nobody gets them: they stay in the database and its backups."
    )
    lines = [
        f"Dear {officer.name},",
        "",
        f"{by} changed who gets the checkpoints of {district}’s audit trail. {kept_by}",
        "If that surprises you, ask the district, and keep the letters that you have.",
        "",
        f"Where it is set: {address}",
        "",
    ]
    return Letter(f"Who keeps {district}’s checkpoints", "\n".join(lines))
