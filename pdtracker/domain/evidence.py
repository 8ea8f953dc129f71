"""Attendance evidence: what speaks for a person's having been there, and how strongly."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

FILE_LIMIT_BYTES = 10 * 1024 * 1024
"""The largest file that is taken."""

MOST_PIECES = 20
"""How many pieces of evidence a claim can have; beyond that nobody would look at them."""

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
