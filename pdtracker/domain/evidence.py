"""Attendance evidence: what speaks for a person's having been there, and how strongly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from pdtracker.domain.text import quoted
from pdtracker.domain.when import date_text

FILE_LIMIT_BYTES = 10 * 1024 * 1024
"""The largest file that is taken."""

MOST_PIECES = 20
"""How many pieces of evidence a claim can have; beyond that nobody would look at them."""

BROUGHT_BY: Final = " Imported by "
"""Stands in the words of a report's line before the name of whoever brought it."""

ALLOWED_GAP_MINUTES = 5
"""How far a claim may lie above what was recorded before a reviewer is told: clocks differ, people step out."""


class EvidenceKind(StrEnum):
    """The forms of evidence, strongest first: what was recorded, what anyone can open, what the person kept or says.

    `REPORT` is a meeting's own record of from when to when, or how long; `CHECK_IN` coming and, at best, going;
    `CODE` a word that was shown there; `HOST_LIST` says only that somebody came.
    """

    REPORT = "report"
    CHECK_IN = "check_in"
    CODE = "code"
    HOST_LIST = "host_list"
    LINK = "link"
    FILE = "file"
    ATTESTATION = "attestation"

    @property
    def label(self) -> str:
        """The form's name on pages and certificates."""
        return _LABELS[self]

    @property
    def is_recorded(self) -> bool:
        """Whether it was recorded at the event: the claimant neither adds nor removes it."""
        return self not in OWN_KINDS


OWN_KINDS = (EvidenceKind.LINK, EvidenceKind.FILE, EvidenceKind.ATTESTATION)
"""What a claimant adds by themselves."""

_LABELS = {
    EvidenceKind.REPORT: "Attendance report",
    EvidenceKind.CHECK_IN: "Check-in",
    EvidenceKind.CODE: "Code",
    EvidenceKind.HOST_LIST: "Host\N{RIGHT SINGLE QUOTATION MARK}s list",
    EvidenceKind.LINK: "Link",
    EvidenceKind.FILE: "File",
    EvidenceKind.ATTESTATION: "Own word",
}


def strongest(kinds: Collection[EvidenceKind]) -> EvidenceKind | None:
    """The strongest of several forms of evidence; `None` when there is no evidence at all."""
    return next((kind for kind in EvidenceKind if kind in kinds), None)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence as people read it, and as an award keeps it.

    `words` are those of a report or a check-in ("In the Zoom report 4:02-5:28 pm, 86 minutes."), a link, a file's name
    or what somebody wrote. `minutes` are those that were recorded; the day is that on which it was given, where it is
    known. Of a bundle, `part` is the title of the session that it shows.
    """

    kind: EvidenceKind
    words: str
    minutes: int | None = None
    given_on: date | None = None
    part: str = ""

    @property
    def told(self) -> str:
        """What it is, in part of a sentence: `code entered 5:29 pm`, `a link, given October 16, 2014`."""
        of_part = f"for {quoted(self.part)} " if self.part else ""
        if self.kind.is_recorded and self.words:
            said = self.words.partition(BROUGHT_BY)[0].rstrip(". ")
            return of_part + said[:1].lower() + said[1:]
        given = f", given {date_text(self.given_on)}" if self.given_on else ""
        return f"{of_part}{_OWN_WORDS.get(self.kind, self.kind.label.lower())}{given}"


def by_strength(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces, the strongest first; of equal ones first what shows the longest time."""
    return tuple(sorted(pieces, key=lambda one: rank(one.kind, one.minutes)))


def rank(kind: EvidenceKind, minutes: int | None) -> tuple[int, int]:
    """Where a piece stands among others: lower is stronger."""
    return list(EvidenceKind).index(kind), -(minutes or 0)


def together_words(pieces: Iterable[Piece]) -> str:
    """All of it in one sentence, the strongest first; empty without any.

    `In the Zoom report 4:02-5:28 pm, 86 minutes; code entered 5:29 pm.`
    """
    told = "; ".join(dict.fromkeys(one.told for one in by_strength(pieces)))
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def pieces_document(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """What an award keeps of its evidence, as JSON, the strongest first."""
    return [
        {
            "kind": one.kind.value,
            "words": one.words,
            "minutes": one.minutes,
            "given_on": one.given_on.isoformat() if one.given_on else None,
            "part": one.part,
        }
        for one in by_strength(pieces)
    ]


def read_pieces(document: Iterable[Mapping[str, Any]]) -> tuple[Piece, ...]:
    """The pieces that an award keeps."""
    return tuple(
        Piece(
            EvidenceKind(one["kind"]),
            one["words"],
            one["minutes"],
            date.fromisoformat(one["given_on"]) if one["given_on"] else None,
            one["part"],
        )
        for one in document
    )


_OWN_WORDS = {
    EvidenceKind.LINK: "a link",
    EvidenceKind.FILE: "a file",
    EvidenceKind.ATTESTATION: "their own word",
}
