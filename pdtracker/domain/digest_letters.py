"""A digest: letters that somebody doesn't want one by one, in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdtracker.domain.letters import Letter
from pdtracker.domain.mailing import LetterKind


@dataclass(frozen=True, slots=True)
class GatheredLetter:
    """What a digest says of a letter: its subject, and where the thing is found (or nothing)."""

    subject: str
    address: str
    kind: LetterKind


def digest_letter(to_name: str, district: str, letters: Sequence[GatheredLetter], choices: str) -> Letter:
    """What happened, by kind, each with its address; `choices` is where one chooses otherwise."""
    count = len(letters)
    things = "1 thing" if count == 1 else f"{count:,} things"
    lines = [f"Dear {to_name},", "", f"{things} from {district}, all in one letter as you chose."]
    for kind in LetterKind:
        of_kind = [letter for letter in letters if letter.kind is kind]
        if of_kind:
            lines += ["", f"{kind.label}:"]
            lines += [
                f"- {letter.subject}: {letter.address}" if letter.address else f"- {letter.subject}"
                for letter in of_kind
            ]
    lines += ["", f"Choose how you have your letters: {choices}", ""]
    return Letter(f"{things} from {district}", "\n".join(lines), LetterKind.DIGEST, choices)
