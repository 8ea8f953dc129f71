"""Audit pack: everything about one event or one person in one file, for whoever audits the district."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from pdtracker.domain.text import clean_line

SCHEMA: Final = "pdtracker.audit-pack/1"
MEDIA_TYPE: Final = "application/zip"
COVER: Final = "cover.pdf"
INDEX: Final = "index.csv"
MANIFEST: Final = "manifest.json"
MOST_CLAIMS: Final = 20_000
"""So many claims go into one pack."""

_NAME_CHARACTERS: Final = 60


class PackOf(StrEnum):
    """What a pack is about."""

    EVENT = "event"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class PackSubject:
    """The event or the person, by name; `about` tells two of one name apart."""

    of: PackOf
    id: int
    name: str
    about: str

    @property
    def words(self) -> str:
        """In a list of packs."""
        return f"{self.name}, {self.about}" if self.about else self.name

    def file_name(self, on: str) -> str:
        """What the pack's file is called: `audit-Reading-circle-2014-10-20.zip`."""
        letters = "".join(each if each.isalnum() else " " for each in clean_line(self.name, _NAME_CHARACTERS))
        return "-".join(("audit", *letters.split(), on)) + ".zip"


class Table(StrEnum):
    """The lists of a pack, in their order."""

    ROSTER = "roster.csv"
    REPORTS = "attendance-reports.csv"
    CLAIMS = "claims.csv"
    REFLECTIONS = "reflections.csv"
    EVIDENCE = "evidence.csv"
    DECISIONS = "decisions.csv"
    CREDIT = "credit.csv"
    TRAIL = "trail.csv"

    @property
    def says(self) -> str:
        """What it tells, in a sentence of the cover."""
        return _SAYS[self]


_SAYS: Mapping[Table, str] = {
    Table.ROSTER: "who checked in and out, when, and how that is known",
    Table.REPORTS: "what attendance reports of hosts and meetings say",
    Table.CLAIMS: "each claim that was sent, with its time and where it stands",
    Table.REFLECTIONS: "the questions as they were asked, and the answers",
    Table.EVIDENCE: "each piece of evidence; files are in the folder evidence",
    Table.DECISIONS: "each step of each claim: who, when, what, and why",
    Table.CREDIT: "each entry of the ledger: minutes, policy, and the reasons",
    Table.TRAIL: "what the audit trail has about all of it, with its hashes",
}


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file of the pack: its name, what it is, and the SHA-256 of its bytes."""

    name: str
    says: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Cover:
    """All that the cover says; `counts` are words with their numbers, `missing` files that are not what was brought."""

    district: str
    place: str
    subject: PackSubject
    made_at: datetime
    made_on: str
    made_by: str
    counts: tuple[tuple[str, str], ...]
    files: tuple[PackedFile, ...]
    evidence_files: int
    missing: tuple[str, ...]
    trail: str
