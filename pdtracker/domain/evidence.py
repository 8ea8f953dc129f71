"""Attendance evidence: what speaks for a person's having been there, and how strongly."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

FILE_LIMIT_BYTES = 10 * 1024 * 1024
"""The largest file that is taken."""

MOST_PIECES = 20
"""How many pieces of evidence a claim can have; beyond that nobody would look at them."""


class EvidenceKind(StrEnum):
    """The forms of evidence, strongest first: what anyone can open, what the person kept, what they say."""

    LINK = "link"
    FILE = "file"
    ATTESTATION = "attestation"

    @property
    def label(self) -> str:
        """The form's name on pages and certificates."""
        return _LABELS[self]


_LABELS = {
    EvidenceKind.LINK: "Link",
    EvidenceKind.FILE: "File",
    EvidenceKind.ATTESTATION: "Own word",
}


def strongest(kinds: Collection[EvidenceKind]) -> EvidenceKind | None:
    """The strongest of several forms of evidence; `None` when there is no evidence at all."""
    return next((kind for kind in EvidenceKind if kind in kinds), None)
