"""Attendance evidence: what speaks for a person's having been there, and how strongly."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class EvidenceKind(StrEnum):
    """The forms of evidence, strongest first: what others recorded, what the person can show, what the person says."""

    CHECK_IN = "check_in"
    HOST_REPORT = "host_report"
    CODE = "code"
    LINK = "link"
    FILE = "file"
    ATTESTATION = "attestation"

    @property
    def label(self) -> str:
        """The form's name on pages and certificates."""
        return _LABELS[self]


_LABELS = {
    EvidenceKind.CHECK_IN: "Check-in and check-out",
    EvidenceKind.HOST_REPORT: "The host’s attendance report",
    EvidenceKind.CODE: "Code of the session",
    EvidenceKind.LINK: "Link",
    EvidenceKind.FILE: "File",
    EvidenceKind.ATTESTATION: "Own word",
}


def strongest(kinds: Collection[EvidenceKind]) -> EvidenceKind | None:
    """The strongest of several forms of evidence; `None` when there is no evidence at all."""
    return next((kind for kind in EvidenceKind if kind in kinds), None)
